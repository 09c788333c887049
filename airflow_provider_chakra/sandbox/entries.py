"""One message of a chat, and the way that it goes."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

_CODE: Final = re.compile(r"\(#([0-9]+)\)\s*")

DeliveryStatus = Literal["SENT", "DELIVERED", "READ", "FAILED"]


@dataclass(frozen=True)
class Move:
    """
    A message comes to a status.

    :param status: the status.
    :param at: when; a time to come for what is going to be.
    :param error: why it failed, as ``(#code) title``.
    """

    status: DeliveryStatus
    at: datetime
    error: str | None = None

    @property
    def error_context(self) -> dict[str, Any] | None:
        """Why it failed, as ChakraHQ's webhooks tell it."""
        if self.error is None:
            return None
        code, title = _CODE.search(self.error), _CODE.sub("", self.error)
        return {
            "message": title,
            "providerPayload": {"code": int(code[1]) if code else None, "title": title, "message": title},
        }


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
    :param moves: its way, SENT at first and those to come at last; none of what the customer wrote.
    :param settled: whether nothing but a hand changes its way any more.
    """

    wamid: str
    contact: str
    direction: Literal["INBOUND", "OUTBOUND"]
    payload: dict[str, Any]
    at: datetime
    text: str
    moves: list[Move] = field(default_factory=list)
    settled: bool = False
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def kind(self) -> str:
        """The type of the message; text is what one without a type is."""
        return str(self.payload.get("type", "text"))

    @property
    def hides_number(self) -> bool:
        """Whether the customer is known by a user id, which has a point behind its country."""
        return "." in self.contact

    @property
    def reply_to(self) -> str | None:
        """The wamid of the message that it answers, which the two sides write in two ways."""
        context = self.payload.get("context")
        answered = context.get("message_id", context.get("id")) if isinstance(context, dict) else None
        return None if answered is None else str(answered)

    def moves_until(self, now: datetime) -> list[Move]:
        """
        Tell which way the message has gone.

        :param now: until when.
        """
        return [move for index, move in enumerate(self.moves) if index == 0 or move.at <= now]

    def move_at(self, now: datetime) -> Move | None:
        """
        Tell where the message is.

        :param now: when.
        :return: the last move; ``None`` of what the customer wrote.
        """
        gone = self.moves_until(now)
        return gone[-1] if gone else None

    def changed_at(self, now: datetime) -> datetime:
        """
        Tell when something last happened to the message.

        :param now: until when.
        """
        move = self.move_at(now)
        return self.at if move is None else move.at

    def whole(self) -> dict[str, Any]:
        """Give what a customer wrote as WhatsApp's webhooks tell it."""
        sender = "from_user_id" if self.hides_number else "from"
        stamp = str(int(self.at.timestamp()))
        return {sender: self.contact, "id": self.wamid, "timestamp": stamp, **self.payload}


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
