"""
Reading chats.

https://apidocs.chakrahq.com (List previous messages for a phone number, List chats, List chat messages for a
chat). The pages say little; these are assumptions, from code of its integrators:

* The body is ``{"customerPhoneNumber", "limit", "page"}``, and ``_data`` a list of messages.
* ``direction`` begins with "out" for what the business sent, and with "in" for what it got, in any case.
* ``externalId`` is the wamid.
* ``timestamp``, else ``createdAt``, is a number of milliseconds, or of seconds, or an ISO date.
* Messages that were sent through the pass-through are listed, the newest within the first page.
* What a message says is its ``text``, ``caption``, ``body`` or ``body.body``, and an image's link is the
  ``url`` of an attachment, both unchanged. Callback data, if it is listed, is ``bizOpaqueCallbackData``.
* Pages are numbered from 1, and the page after the last one is empty.
* A message that failed has the ``deliveryStatus`` FAILED.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from airflow_provider_chakra.api.bodies import digits_of
from airflow_provider_chakra.api.endpoints import CHAT_MESSAGES, LIST_CHATS, PREVIOUS_MESSAGES
from airflow_provider_chakra.api.pages import Page, Record, read_page, walk
from airflow_provider_chakra.events.wire import written_at

if TYPE_CHECKING:
    from airflow_provider_chakra.api.endpoints import Endpoint
    from airflow_provider_chakra.api.resources import Resources
    from airflow_provider_chakra.messages.base import Message

#: How long session messages may go to a customer who wrote.
WINDOW = timedelta(hours=24)
#: Messages as ChakraHQ tells them.
Rows = list[Mapping[str, Any]]
_CHATS_A_PAGE = 100
_MESSAGES_A_PAGE = 100
# The clocks of a worker and of ChakraHQ may differ by so much.
_CLOCK_SKEW = timedelta(seconds=5)
_CALLBACK_FIELDS = ("bizOpaqueCallbackData", "biz_opaque_callback_data", "callbackData")


class ChatsAPI:
    """
    The chats of a team.

    :param chakra: the client or hook to speak through.
    """

    def __init__(self, chakra: Resources) -> None:
        self._chakra = chakra

    def recent(self, phone_number: str | int, *, limit: int = 50) -> Rows:
        """
        List the recent messages from and to a customer.

        :param phone_number: with its country code; sent as digits.
        :param limit: how many at most.
        :return: the messages as ChakraHQ tells them.
        :raises ChakraConfigError: if it is no such number; nothing was asked.
        :raises ChakraError: if it could not be asked.
        """
        body = {"customerPhoneNumber": digits_of(phone_number), "limit": limit, "page": 1}
        answer = self._chakra.call(PREVIOUS_MESSAGES, json=body, subject="Listing a chat")
        rows = answer.get("_data") if isinstance(answer, Mapping) else None
        return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []

    def window_closes_at(self, phone_number: str | int) -> datetime | None:
        """
        Tell when the window for session messages to a customer closes.

        :param phone_number: with its country code.
        :return: the time, in UTC, which may be past; ``None`` if none of the customer's messages is
            among the recent ones, so that it is not known.
        :raises ChakraError: if ChakraHQ could not be asked.
        """
        return window_closes_at(self.recent(phone_number))

    def list(
        self,
        *,
        search: str | None = None,
        order_field: Literal["createdAt", "updatedAt"] = "updatedAt",
        order_direction: Literal["asc", "desc"] = "desc",
        page_size: int = _CHATS_A_PAGE,
    ) -> Iterator[Record]:
        """
        List chats, one page at a time: the next is asked for when its first chat is.

        :param search: what to look for, such as a phone number; all chats if left out.
        :param order_field: what to order them by.
        :param order_direction: ``desc`` for the newest first.
        :param page_size: how many a page holds; more than 100 has not been seen.
        :return: the chats as ChakraHQ tells them.
        :raises ChakraError: if a page could not be asked for.
        """
        body: Record = {"orderField": order_field, "orderDirection": order_direction, "limit": page_size}
        return self._pages(LIST_CHATS, body | ({"search": search} if search else {}))

    def messages(self, chat_id: str, *, page_size: int = _MESSAGES_A_PAGE) -> Iterator[Record]:
        """
        List the messages of a chat, one page at a time: the next is asked for when its first message is.

        :param chat_id: ChakraHQ's id of the chat.
        :param page_size: how many a page holds; more than 1000 has not been seen.
        :return: the messages as ChakraHQ tells them.
        :raises ChakraNotFoundError: if there is no such chat.
        :raises ChakraError: if a page could not be asked for.
        """
        return self._pages(CHAT_MESSAGES, {"limit": page_size}, chat_id=chat_id)

    def _pages(self, endpoint: Endpoint, body: Record, **path_params: str) -> Iterator[Record]:
        def ask(place: Mapping[str, Any]) -> Page:
            page: Page = self._chakra.call(
                endpoint, path_params=path_params, json={**body, **place}, read=read_page
            )
            return page

        return walk(ask, {"page": 1}, lambda place, page: {"page": place["page"] + 1})


def window_closes_at(rows: list[Mapping[str, Any]]) -> datetime | None:
    """
    Tell when the window for session messages closes: 24 hours after the customer last wrote.

    https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages (customer service
    windows)

    :param rows: what :meth:`ChatsAPI.recent` gave.
    :return: the time, which may be past; ``None`` if no message of the customer's is listed.
    """
    came_in = [time for row in rows if _is(row, "in") and (time := written_at(row)) is not None]
    return max(came_in) + WINDOW if came_in else None


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
    time, wamid = written_at(row), row.get("externalId")
    return (
        isinstance(wamid, str)
        and bool(wamid)
        and _is(row, "out")
        and str(row.get("deliveryStatus", "")).upper() != "FAILED"
        and time is not None
        and time >= since
    )


def _is(row: Mapping[str, Any], direction: str) -> bool:
    return str(row.get("direction", "")).lower().startswith(direction)


def _is_the_same(row: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    listed_data = next(filter(None, map(row.get, _CALLBACK_FIELDS)), None)
    data = payload.get("biz_opaque_callback_data")
    if data and listed_data and data != listed_data:
        return False
    content = payload[payload["type"]]
    # Contacts are a list.
    content = content if isinstance(content, Mapping) else {}
    body = content.get("body", content.get("caption"))
    said = body.get("text") if isinstance(body, Mapping) else body
    link = content.get("link")
    if said is None and link is None:
        # Of a template, contacts or a file by id nothing is listed to compare; its callback data may be.
        return bool(data) and data == listed_data
    return (said is None or said in _texts(row)) and (link is None or link in _urls(row))


def _texts(row: Mapping[str, Any]) -> list[Any]:
    body = row.get("body")
    return [row.get("text"), row.get("caption"), body.get("body") if isinstance(body, Mapping) else body]


def _urls(row: Mapping[str, Any]) -> list[Any]:
    attachments = row.get("attachments")
    rows = attachments if isinstance(attachments, list) else []
    return [attachment.get("url") for attachment in rows if isinstance(attachment, Mapping)]
