"""
Reading chats.

https://apidocs.chakrahq.com, List previous messages for a phone number. The page says little; these
are assumptions, from code of its integrators:

* The body is ``{"customerPhoneNumber", "limit", "page"}``, and ``_data`` a list of messages.
* ``direction`` begins with "in" for what the customer sent, in any case.
* ``externalId`` is the wamid.
* ``timestamp``, else ``createdAt``, is a number of milliseconds, or of seconds, or an ISO date.
* Messages that were sent through the pass-through are listed, the newest within the first page.
* What a message says, and its callback data, is one of the texts in it, unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_chakra.api.client import ChakraClient
    from airflow_provider_chakra.messages.base import Message

_RECENT = "/v1/ext/plugin/whatsapp/list-chat-messages-for-phone-number"
# The clocks of a worker and of ChakraHQ may differ by so much.
_CLOCK_SKEW = timedelta(seconds=30)


class ChatsAPI:
    """
    The chats of a team.

    :param client: the client to speak through.
    """

    def __init__(self, client: ChakraClient) -> None:
        self._client = client

    def recent(self, phone_number: str, *, limit: int = 50) -> list[Mapping[str, Any]]:
        """
        List the recent messages from and to a customer.

        :param phone_number: digits with the country code.
        :param limit: how many at most.
        :return: the messages as ChakraHQ tells them.
        :raises ChakraError: if it could not be asked.
        """
        body = {"customerPhoneNumber": phone_number, "limit": limit, "page": 1}
        answer = self._client.request("POST", _RECENT, json=body, subject="Listing a chat")
        rows = answer.get("_data") if isinstance(answer, Mapping) else None
        return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def find_sent(rows: list[Mapping[str, Any]], message: Message, since: datetime) -> str | None:
    """
    Find a message among those of a chat.

    :param rows: what :meth:`ChatsAPI.recent` gave.
    :param message: the message, as it would have been sent.
    :param since: when it was about to be sent.
    :return: its wamid; ``None`` if it is not there.
    """
    payload = message.payload()
    callback_data = payload.get("biz_opaque_callback_data")
    said = _said(payload)
    for row in rows:
        sent_at, wamid = _time_of(row), row.get("externalId")
        if str(row.get("direction", "")).lower().startswith("in") or not isinstance(wamid, str) or not wamid:
            continue
        if sent_at is None or sent_at < since - _CLOCK_SKEW:
            continue
        texts = set(_texts(row))
        if (callback_data and callback_data in texts) or (said and said in texts):
            return wamid
    return None


def _said(payload: Mapping[str, Any]) -> str | None:
    """Give the text by which a message is known again: its body, its caption, or its link."""
    content = payload[payload["type"]]
    if not isinstance(content, Mapping):
        return None
    body = content.get("body")
    if isinstance(body, Mapping):
        body = body.get("text")
    said = body or content.get("caption") or content.get("link")
    return said if isinstance(said, str) else None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _time_of(row: Mapping[str, Any]) -> datetime | None:
    for name in ("timestamp", "createdAt"):
        value = row.get(name)
        if isinstance(value, str) and value.isdecimal():
            value = int(value)
        try:
            if isinstance(value, int | float) and not isinstance(value, bool):
                return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
            if isinstance(value, str):
                time = datetime.fromisoformat(value)
                return time if time.tzinfo else time.replace(tzinfo=UTC)
        except (ValueError, OverflowError, OSError):
            continue
    return None
