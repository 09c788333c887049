"""The chats with customers: what was said in both directions, and how long each may be answered freely."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from airflow_provider_chakra.sandbox.clock import Clock

# https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages (Customer service windows)
_WINDOW: Final = timedelta(hours=24)
# Long enough that a message is seen as sent before it is seen as failed.
_FAILS_AFTER: Final = timedelta(seconds=1)
_CODE: Final = re.compile(r"\(#([0-9]+)\)\s*")

RE_ENGAGEMENT: Final = "(#131047) Re-engagement message"

WindowRule = Literal["open", "refuse", "late"]
DeliveryStatus = Literal["SENT", "DELIVERED", "READ", "FAILED"]


@dataclass
class Entry:
    """
    One message of a chat.

    :param wamid: WhatsApp's id of it.
    :param contact: the customer: digits, a group's id or a user's id.
    :param direction: ``INBOUND`` from the customer, else ``OUTBOUND``.
    :param payload: what was said, in WhatsApp's shape.
    :param at: when.
    :param text: what there is to read in it.
    :param status: how far it came; ``None`` for what the customer wrote.
    :param changed_at: when it came there; a time to come for what is going to.
    :param error: why it failed, as ``(#code) title``.
    """

    wamid: str
    contact: str
    direction: Literal["INBOUND", "OUTBOUND"]
    payload: dict[str, Any]
    at: datetime
    text: str
    status: DeliveryStatus | None
    changed_at: datetime
    error: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def kind(self) -> str:
        """The type of the message; text is what one without a type is."""
        return str(self.payload.get("type", "text"))

    def status_at(self, now: datetime) -> DeliveryStatus | None:
        """Tell how far the message had come at a time."""
        return "SENT" if self.status and now < self.changed_at else self.status

    def error_at(self, now: datetime) -> dict[str, Any] | None:
        """Tell why it had failed at a time, as ChakraHQ's webhooks do; ``None`` if it had not."""
        if self.error is None or self.status_at(now) != "FAILED":
            return None
        code, title = _CODE.search(self.error), _CODE.sub("", self.error)
        return {
            "message": title,
            "providerPayload": {"code": int(code[1]) if code else None, "title": title, "message": title},
        }


class Chats:
    """
    All chats of a sandbox.

    :param clock: the sandbox's clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Forget everything that was said, and let every message pass again."""
        self.entries: list[Entry] = []
        self.receipts: list[dict[str, Any]] = []
        self.window_rule: WindowRule = "open"
        self._ids: dict[str, str] = {}
        self._written_at: dict[str, datetime] = {}

    def id_of(self, contact: str) -> str:
        """Give ChakraHQ's id of the chat with a contact, which is made when it is first asked for."""
        return self._ids.setdefault(contact, str(uuid.uuid4()))

    def window_is_open(self, contact: str) -> bool:
        """Tell whether a contact wrote within the last 24 hours."""
        written_at = self._written_at.get(contact)
        return written_at is not None and self._clock.now() - written_at < _WINDOW

    def refuses(self, contact: str, kind: str) -> bool:
        """Tell whether a message is refused at once, because the contact has not written lately."""
        return self.window_rule == "refuse" and kind != "template" and not self.window_is_open(contact)

    def sent(self, wamid: str, contact: str, payload: dict[str, Any], text: str) -> Entry:
        """
        Write down a message that was accepted.

        :param wamid: its id.
        :param contact: whom it is for.
        :param payload: what it says.
        :param text: what there is to read in it.
        """
        now = self._clock.now()
        entry = Entry(wamid, contact, "OUTBOUND", payload, now, text, "SENT", now)
        if self.window_rule == "late" and entry.kind != "template" and not self.window_is_open(contact):
            entry.status, entry.changed_at, entry.error = "FAILED", now + _FAILS_AFTER, RE_ENGAGEMENT
        self.entries.append(entry)
        return entry

    def received(self, wamid: str, contact: str, payload: dict[str, Any], text: str) -> Entry:
        """
        Write down a message of a customer, which opens the window.

        :param wamid: its id.
        :param contact: who wrote it.
        :param payload: what it says.
        :param text: what there is to read in it.
        """
        now = self._written_at[contact] = self._clock.now()
        entry = Entry(wamid, contact, "INBOUND", payload, now, text, None, now)
        self.entries.append(entry)
        return entry

    def deliver(self, wamid: str, status: DeliveryStatus, error: str | None) -> None:
        """
        Move a message on.

        :param wamid: its id.
        :param status: where it came.
        :param error: why it failed, as ``(#code) title``.
        :raises KeyError: if there is no such message.
        """
        for entry in self.entries:
            if entry.wamid == wamid and entry.direction == "OUTBOUND":
                entry.status, entry.error, entry.changed_at = status, error, self._clock.now()
                return
        raise KeyError(wamid)


def text_of(payload: dict[str, Any]) -> str:
    """
    Give what there is to read in a message: its text, its caption, or the words on a button.

    :param payload: a message in WhatsApp's shape.
    """
    content = payload.get(payload.get("type", "text"))
    if not isinstance(content, dict):
        return ""
    for reply in ("list_reply", "button_reply"):
        if isinstance(content.get(reply), dict):
            return str(content[reply].get("title", ""))
    body = content.get("body", content.get("caption", content.get("text", content.get("emoji", ""))))
    return str(body.get("text", "")) if isinstance(body, dict) else str(body)
