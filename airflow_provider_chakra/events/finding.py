"""What waits look for among events: how far a message came, a reply, the answer to a question."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from airflow_provider_chakra.events.inbound import Inbound
from airflow_provider_chakra.events.status import Delivery, Status
from airflow_provider_chakra.events.wire import Fields, number

_NO_REPLIES: Final = frozenset({"reaction", "system"})


def find_delivery(
    events: Iterable[Status | Inbound], wamid: str, known: Delivery | None = None
) -> Delivery | None:
    """
    Find how far a message came.

    :param events: what was told.
    :param wamid: the message.
    :param known: what was known before.
    :return: what is known now; ``None`` if nothing is.
    """
    for event in events:
        if isinstance(event, Status) and event.wamid == wamid:
            known = Delivery.of(event) if known is None else known.after(event)
    return known


def find_reply(
    events: Iterable[Status | Inbound],
    *,
    after: Collection[str],
    since: datetime,
    until: datetime | None = None,
    matches: re.Pattern[str] | None = None,
) -> Inbound | None:
    """
    Find the first reply of a customer.

    :param events: what was told about one chat.
    :param after: the messages that may be replied to, see :func:`replies`.
    :param since: when the waiting began.
    :param until: when it ended.
    :param matches: what the whole text of the reply must be.
    :return: the reply; ``None`` if there is none yet.
    """
    return next(
        (
            reply
            for reply in replies(events, after=after, since=since, until=until)
            if matches is None or matches.fullmatch((reply.text or "").strip())
        ),
        None,
    )


def find_answer(
    events: Iterable[Status | Inbound],
    *,
    options: Mapping[str, str],
    after: Collection[str],
    since: datetime,
    until: datetime | None = None,
) -> tuple[Inbound, str] | None:
    """
    Find the first answer to a question.

    A tap on a button or row counts, and so does its title, or its id, as a text of its own.

    :param events: what was told about one chat.
    :param options: the titles of the answers by their ids.
    :param after: the messages that ask, see :func:`replies`.
    :param since: when the question was asked.
    :param until: when the waiting ended.
    :return: the reply and the id of the answer; ``None`` if there is none yet.
    """
    for reply in replies(events, after=after, since=since, until=until):
        chosen = reply.choice.id if reply.choice else None
        if chosen is not None and chosen in options:
            return reply, chosen
        said = (reply.text or "").strip().casefold()
        for words in (options.values(), options):
            found = [
                option for option, word in zip(options, words, strict=True) if word.strip().casefold() == said
            ]
            if len(found) == 1:
                return reply, found[0]
    return None


def replies(
    events: Iterable[Status | Inbound],
    *,
    after: Collection[str],
    since: datetime,
    until: datetime | None = None,
) -> Iterator[Inbound]:
    """
    Give the replies of a customer, the first one first.

    Reactions are no replies, nor is what WhatsApp itself writes into a chat.

    :param events: what was told about one chat; of what has the same time, the first comes first.
    :param after: the wamids of the messages that may be replied to. What answers another one does not
        count, and what was written before the first of them does not either. If it is not told when
        they were sent, ``since`` counts.
    :param since: when the waiting began.
    :param until: when it ended: what was written later does not count.
    """
    told = list(events)
    sent = [
        event.at
        for event in told
        if isinstance(event, Status) and event.wamid in after and event.status == "SENT" and event.at
    ]

    def counts(message: Inbound) -> bool:
        if message.type in _NO_REPLIES:
            return False
        if until is not None and (message.at is None or message.at > until):
            return False
        if after and message.reply_to:
            return message.reply_to in after
        if message.at is None:
            return False
        if sent and _is_exact(message.at, message.payload):
            return message.at >= min(sent)
        # WhatsApp tells whole seconds, and a reply may come within the second.
        return message.at >= min(sent, default=since).replace(microsecond=0)

    found = [event for event in told if isinstance(event, Inbound) and counts(event)]
    return iter(sorted(found, key=lambda reply: reply.at or since))


def _is_exact(at: datetime, told: Fields) -> bool:
    """Tell whether a time was told in milliseconds, though it may be a whole second by chance."""
    listed = number(told.get("timestamp") or told.get("createdAt"))
    return at.microsecond != 0 or listed == at.timestamp() * 1000
