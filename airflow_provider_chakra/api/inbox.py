"""
Which chats changed, and what was said in one: what waiting for deliveries and replies reads.

https://apidocs.chakrahq.com (List chats, List chat messages for a chat, List previous messages for a phone
number). Assumptions beyond those of :mod:`.chats`:

* ``updatedAt`` of a chat moves with each new message, and is a time as a message has it. Whether it moves
  with a new status is not said, so nobody may rely on the list of chats alone.
* ``primaryContactHandle.value`` of a chat is the customer's phone number.
* ``providerHandleId``, or else ``providerHandle``, of a chat is the id of the business's number.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from airflow_provider_chakra.events import read_rows
from airflow_provider_chakra.events.wire import digits, mapping, moment, text

if TYPE_CHECKING:
    from airflow_provider_chakra.api.chats import ChatsAPI
    from airflow_provider_chakra.events import Event
    from airflow_provider_chakra.events.wire import Fields

#: What was said in chats, or told about its messages.
Events = list["Event"]

# A chat may come into the list a little later than its time says, and one time may stand for two changes.
_OVERLAP = timedelta(seconds=10)
_A_PAGE = 100
#: How far back a message is looked for, in messages; more in one page have not been seen.
_DEEPEST = 1000


@dataclass(frozen=True)
class ChangedChat:
    """
    A chat in which something happened.

    :param id: ChakraHQ's id of it.
    :param customer: the digits of the customer's phone number; empty where it is not told.
    :param phone_number_id: the id of the business's number, if it is told.
    """

    id: str
    customer: str
    phone_number_id: str | None


class ChangedChats:
    """
    What was seen of the list of chats, to tell what is new in it.

    :param since: tell of what changed from then on, too; else the first look only takes notice.
    """

    def __init__(self, since: datetime | None = None) -> None:
        self._newest = since
        self._seen: dict[str, int] = {}

    def look(self, chats: ChatsAPI) -> list[ChangedChat]:
        """
        List the chats that changed since the last look.

        If it fails, nothing is taken notice of, and the next look tells what this one would have told.

        :param chats: to ask through.
        :return: the chats, those that changed last in front.
        :raises ChakraError: if a page could not be asked for.
        """
        newest, seen, changed = self._newest, {}, []
        horizon = None if newest is None else newest - _OVERLAP
        for row in chats.list(page_size=_A_PAGE):
            at = moment(row.get("updatedAt"))
            if at is None:
                continue
            horizon = horizon or at - _OVERLAP
            if at < horizon:
                break
            newest = at if newest is None else max(newest, at)
            chat, content = str(row.get("id")), hash(json.dumps(row, sort_keys=True))
            seen[chat] = content
            if self._newest is not None and self._seen.get(chat) != content:
                changed.append(_chat_of(row))
        # After a list without a chat, each chat is a new one.
        self._newest, self._seen = newest or datetime.fromtimestamp(0, UTC), seen
        return changed


def _chat_of(row: Fields) -> ChangedChat:
    return ChangedChat(
        id=str(row.get("id")),
        customer=digits(mapping(row.get("primaryContactHandle")).get("value")) or "",
        phone_number_id=text(row.get("providerHandleId"), row.get("providerHandle")),
    )


def read_chat(chats: ChatsAPI, customer: str, wamids: Collection[str]) -> Events:
    """
    Read what was said lately in the chat with a customer.

    :param chats: to ask through.
    :param customer: the digits of the phone number.
    :param wamids: messages that must be among it: if one of them is not, it is looked for further back,
        among the last 1000.
    :return: what was said, and how far the messages came.
    :raises ChakraError: if it could not be asked.
    """
    rows = chats.recent(customer, limit=_A_PAGE)
    chat = next((row["chat"] for row in rows if isinstance(row.get("chat"), str)), None)
    is_all = len(rows) < _A_PAGE or {row.get("externalId") for row in rows}.issuperset(wamids)
    if chat is not None and not is_all:
        rows = list(islice(chats.messages(chat, page_size=_DEEPEST), _DEEPEST))
    return read_rows(rows, customer)
