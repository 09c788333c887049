"""
Reading chats.

https://apidocs.chakrahq.com, List previous messages for a phone number. The page says little; these
are assumptions, from code of its integrators:

* The body is ``{"customerPhoneNumber", "limit", "page"}``, and ``_data`` a list of messages.
* ``direction`` begins with "out" for what the business sent, in any case.
* ``externalId`` is the wamid.
* ``timestamp``, else ``createdAt``, is a number of milliseconds, or of seconds, or an ISO date.
* Messages that were sent through the pass-through are listed, the newest within the first page.
* What a message says is its ``text``, ``caption``, ``body`` or ``body.body``, and an image's link is the
  ``url`` of an attachment, both unchanged. Callback data, if it is listed, is ``bizOpaqueCallbackData``.
* A message that failed has the ``deliveryStatus`` FAILED.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_chakra.api.client import ChakraClient
    from airflow_provider_chakra.messages.base import Message

_RECENT = "/v1/ext/plugin/whatsapp/list-chat-messages-for-phone-number"
# The clocks of a worker and of ChakraHQ may differ by so much.
_CLOCK_SKEW = timedelta(seconds=5)
_CALLBACK_FIELDS = ("bizOpaqueCallbackData", "biz_opaque_callback_data", "callbackData")


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
    :return: its wamid; ``None`` if it is not there, or if there are several that it may be.
    """
    payload = message.payload()
    found = {
        row["externalId"]
        for row in rows
        if _went_out(row, since - _CLOCK_SKEW) and _is_the_same(row, payload)
    }
    return str(found.pop()) if len(found) == 1 else None


def _went_out(row: Mapping[str, Any], since: datetime) -> bool:
    time, wamid = _time_of(row), row.get("externalId")
    return (
        isinstance(wamid, str)
        and bool(wamid)
        and str(row.get("direction", "")).lower().startswith("out")
        and str(row.get("deliveryStatus", "")).upper() != "FAILED"
        and time is not None
        and time >= since
    )


def _is_the_same(row: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    listed_data = next(filter(None, map(row.get, _CALLBACK_FIELDS)), None)
    data = payload.get("biz_opaque_callback_data")
    if data and listed_data and data != listed_data:
        return False
    content = payload[payload["type"]]
    if not isinstance(content, Mapping):
        return False
    body = content.get("body", content.get("caption"))
    said = body.get("text") if isinstance(body, Mapping) else body
    link = content.get("link")
    if said is None and link is None:
        return False
    return (said is None or said in _texts(row)) and (link is None or link in _urls(row))


def _texts(row: Mapping[str, Any]) -> list[Any]:
    body = row.get("body")
    return [row.get("text"), row.get("caption"), body.get("body") if isinstance(body, Mapping) else body]


def _urls(row: Mapping[str, Any]) -> list[Any]:
    attachments = row.get("attachments")
    rows = attachments if isinstance(attachments, list) else []
    return [attachment.get("url") for attachment in rows if isinstance(attachment, Mapping)]


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
