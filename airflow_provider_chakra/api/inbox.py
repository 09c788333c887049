"""
Which chats changed, and what was said in one: what waiting for deliveries and replies reads.

https://apidocs.chakrahq.com (List chats, List chat messages for a chat, List previous messages for a phone
number). Assumptions beyond those of :mod:`.chats`:

* ``updatedAt`` of a chat moves with each new message, and is a time as a message has it. Whether it moves
  with a new status is not said, so nobody may rely on the list of chats alone.
* ``primaryContactHandle.value`` of a chat is the customer's phone number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from airflow_provider_chakra.events import Delivery, Inbound, Status, read_row
from airflow_provider_chakra.events.wire import digits, mapping, moment

if TYPE_CHECKING:
    from airflow_provider_chakra.api.chats import ChatsAPI, Rows
    from airflow_provider_chakra.events.wire import Fields

# A chat may come into the list a little later than its time says, and one time may stand for two changes.
_OVERLAP = timedelta(seconds=10)
_A_PAGE = 100
#: How far back a message is looked for, in messages; more in one page have not been seen.
_DEEPEST = 1000
_NO_REPLIES = frozenset({"reaction", "system"})


class ChangedChats:
    """What was seen of the list of chats, to tell what is new in it."""

    def __init__(self) -> None:
        self._newest: datetime | None = None
        self._seen: dict[str, int] = {}

    def look(self, chats: ChatsAPI) -> set[str]:
        """
        List the chats that changed since the last look; the first look only takes notice of them.

        If it fails, nothing is taken notice of, and the next look tells what this one would have told.

        :param chats: to ask through.
        :return: the digits of the customers' phone numbers.
        :raises ChakraError: if a page could not be asked for.
        """
        newest, seen, changed = self._newest, {}, set()
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
                changed.add(digits(mapping(row.get("primaryContactHandle")).get("value")) or "")
        # After a list without a chat, each chat is a new one.
        self._newest, self._seen = newest or datetime.fromtimestamp(0, UTC), seen
        return changed


def read_chat(chats: ChatsAPI, customer: str, wamids: Collection[str]) -> Rows:
    """
    List what was said lately in the chat with a customer.

    :param chats: to ask through.
    :param customer: the digits of the phone number.
    :param wamids: messages that must be among it: if one of them is not, it is looked for further back,
        among the last 1000.
    :return: the messages as ChakraHQ tells them.
    :raises ChakraError: if it could not be asked.
    """
    rows = chats.recent(customer, limit=_A_PAGE)
    chat = next((row["chat"] for row in rows if isinstance(row.get("chat"), str)), None)
    if chat is None or len(rows) < _A_PAGE or {row.get("externalId") for row in rows}.issuperset(wamids):
        return rows
    return list(islice(chats.messages(chat, page_size=_DEEPEST), _DEEPEST))


def find_delivery(rows: Rows, wamid: str, known: Delivery | None = None) -> Delivery | None:
    """
    Find how far a message came.

    :param rows: what was said in its chat, see :func:`read_chat`.
    :param wamid: the message.
    :param known: what was known before.
    :return: what is known now; ``None`` if nothing is.
    """
    for row in rows:
        status = read_row(row) if row.get("externalId") == wamid else None
        if isinstance(status, Status):
            known = Delivery.of(status) if known is None else known.after(status)
    return known


def find_reply(
    rows: Rows, *, after: str | None, since: datetime, matches: re.Pattern[str] | None
) -> Inbound | None:
    """
    Find the first reply of a customer.

    Reactions are no replies, nor is what WhatsApp itself writes into a chat.

    :param rows: what was said in the chat, see :func:`read_chat`.
    :param after: the message that is replied to. What answers another one does not count, and what was
        written before it does not either. If it is not listed, ``since`` counts.
    :param since: when the waiting began.
    :param matches: what the whole text of the reply must be.
    :return: the reply; ``None`` if there is none yet.
    """
    sent = next((_sent_at(row) for row in rows if after and row.get("externalId") == after), None)

    def counts(message: Inbound) -> bool:
        if message.type in _NO_REPLIES:
            return False
        if after and message.reply_to:
            return message.reply_to == after
        if message.at is None:
            return False
        # WhatsApp tells whole seconds.
        return message.at >= since.replace(microsecond=0) if sent is None else message.at > sent

    replies = [
        event
        for event in map(read_row, rows)
        if isinstance(event, Inbound)
        and counts(event)
        and (matches is None or matches.fullmatch((event.text or "").strip()))
    ]
    return min(replies, key=lambda reply: reply.at or since, default=None)


def _sent_at(row: Fields) -> datetime | None:
    return moment(row.get("timestamp"), row.get("createdAt"))
