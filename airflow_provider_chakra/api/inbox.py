"""
Which chats changed, and what was said in one: what waiting for deliveries and replies reads.

https://apidocs.chakrahq.com (List chats, List chat messages for a chat, List previous messages for a phone
number). Assumptions beyond those of :mod:`.chats`:

* ``updatedAt`` of a chat moves with each new message, and is a time as a message has it. Whether it moves
  with a new status is not said, so nobody may rely on the list of chats alone.
* ``primaryContactHandle.value`` of a chat is the customer's phone number, or else the user id.
* ``providerHandleId``, or else ``providerHandle``, of a chat is the id of the business's number.
* Of the messages of a chat the newest are on the first page, in either order.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from airflow_provider_chakra.events import Inbound, read_row, read_rows
from airflow_provider_chakra.events.wire import bsuid, digits, mapping, moment, text, written_at

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
    :param user_id: the customer's business-scoped user id, if that is told instead.
    :param phone_number_id: the id of the business's number, if it is told.
    """

    id: str
    customer: str
    user_id: str | None
    phone_number_id: str | None


class ChangedChats:
    """
    What was seen of the list of chats, to tell what is new in it.

    :param since: tell of what changed from then on, too; else the first look only takes notice.
    """

    def __init__(self, since: datetime | None = None) -> None:
        self._newest = since
        self._seen: dict[str, int] = {}

    @property
    def newest(self) -> datetime | None:
        """When the last change was of which was told, in ChakraHQ's time."""
        return self._newest

    def go_back(self, since: datetime) -> None:
        """
        Let the next look tell of all that changed from some time on, of what was told before, too.

        :param since: the time; nothing changes if looks begin before it anyway.
        """
        if self._newest is None or since < self._newest:
            self._newest, self._seen = since, {}

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
    handle = mapping(row.get("primaryContactHandle")).get("value")
    return ChangedChat(
        id=str(row.get("id")),
        customer=digits(handle) or "",
        user_id=bsuid(handle),
        phone_number_id=text(row.get("providerHandleId"), row.get("providerHandle")),
    )


def read_chat(chats: ChatsAPI, customer: str, wamids: Collection[str]) -> Events:
    """
    Read what was said lately in the chat with a customer.

    :param chats: to ask through.
    :param customer: the digits of the phone number.
    :param wamids: messages that must be among it: if one of them is not, it is looked for further back,
        among the last 1000.
    :return: what was said, and how far the messages came; of what has the same time, the first in front.
    :raises ChakraError: if it could not be asked.
    """
    rows = chats.recent(customer, limit=_A_PAGE)
    chat = next((row["chat"] for row in rows if isinstance(row.get("chat"), str)), None)
    is_all = len(rows) < _A_PAGE or {row.get("externalId") for row in rows}.issuperset(wamids)
    if chat is not None and not is_all:
        rows = list(islice(chats.messages(chat, page_size=_DEEPEST), _DEEPEST))
    # Turned round: of those of the same time the newest is expected in front.
    return read_rows(reversed(rows), customer)


def read_written(chats: ChatsAPI, chat: ChangedChat, since: datetime) -> list[Inbound]:
    """
    Read what a customer wrote in a chat after some time.

    :param chats: to ask through.
    :param chat: the chat.
    :param since: the time.
    :return: the messages, the first one first, with who wrote them, and to which number.
    :raises ChakraNotFoundError: if there is no such chat.
    :raises ChakraError: if it could not be asked.
    """
    known = {
        "sender": chat.customer or None,
        "user_id": chat.user_id,
        "phone_number_id": chat.phone_number_id,
    }
    written: list[Inbound] = []
    for row in _newer(chats.messages(chat.id, page_size=_A_PAGE), since):
        message = read_row(row)
        if isinstance(message, Inbound):
            missing = {name: value for name, value in known.items() if getattr(message, name) is None}
            written.append(message.model_copy(update=missing))
    # Turned round first: of those of the same second the newest is expected in front.
    written.reverse()
    return sorted(written, key=lambda message: message.at or since)


def _newer(rows: Iterable[Fields], since: datetime) -> Iterator[Fields]:
    """Give the rows that are newer, and ask for no page behind them."""
    begun = False
    for number, row in enumerate(rows, start=1):
        at = written_at(row)
        if at is None or at > since:
            begun = True
            yield row
        elif begun or number >= _A_PAGE:
            return
