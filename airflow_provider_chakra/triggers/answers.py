"""Waiting for the answer to a question that one person was asked, or several."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow_provider_chakra.exceptions import ChakraError
from airflow_provider_chakra.messages.marks import unmarked
from airflow_provider_chakra.triggers.inbox import InboxTrigger, Reply, chat_of
from airflow_provider_chakra.triggers.waits import Told

if TYPE_CHECKING:
    from airflow_provider_chakra.api.inbox import Events
    from airflow_provider_chakra.events import Delivery, Event
    from airflow_provider_chakra.hooks.chakra import ChakraHook


# Seconds in which a chat that can be read is read once more.
_LAST_LOOK = 30.0


class AnswerTrigger(InboxTrigger):
    """
    Wait for the first answer to a question, in the chats of all who were asked it.

    Its event is the reply with ``person``, the place in ``people`` of who wrote it, and ``option``, the id of
    the answer; or ``{"failed": {"person", "wamid", "code"}}``, if a message did not arrive; or
    ``{"late": True}``, with ``unread`` if a chat could not be read; or ``{"error": sentence}``.

    An answer that is told first need not be the first one. So when one is found, all chats are read once
    more, and WhatsApp's time counts. A chat that cannot be read keeps neither those who can answer in the
    others from it, nor what is to be done next; but when answers no longer count it is an error, as there may
    be one in it.

    :param people: who was asked: ``to``; ``since``, when, in seconds since 1970, or ``None`` if they surely
        were not; ``wamids``, the messages that ask, any of which may be answered, as far as they are known;
        and ``asked``, that of them which must arrive, or ``None``.
    :param options: the titles of the answers by their ids.
    :param mark: the mark of the question, see :mod:`.marks`.
    :param closes: until when an answer counts, in seconds since 1970.
    :param kwargs: as for :class:`.InboxTrigger`.
    """

    def __init__(
        self,
        *,
        people: Sequence[Mapping[str, Any]],
        options: Mapping[str, str],
        mark: str,
        closes: float,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"to": "", **kwargs})
        self.people = people
        self.options = options
        self.mark = mark
        self.closes = closes

    def arguments(self) -> dict[str, Any]:
        """Give the arguments of this trigger."""
        return {
            "until": self.until,
            "worked": self.worked,
            "people": [dict(person) for person in self.people],
            "options": dict(self.options),
            "mark": self.mark,
            "closes": self.closes,
        }

    def check(self) -> str:
        """
        Check the arguments.

        :return: the chat of the first person.
        :raises ChakraConfigError: if one of them is wrong.
        """
        chats = [chat_of(person["to"]) for person in self.people]
        return chats[0]

    def look(self, hook: ChakraHook) -> Told | None:
        """
        Read all chats once, but for those of user ids: ChakraHQ lists the chats of phone numbers only.

        :param hook: to ask through.
        :return: the event; ``None`` if there is nothing yet.
        :raises ChakraError: if there is nothing, and a chat could not be read in which something may be.
        """
        from airflow_provider_chakra.api.inbox import read_chat

        found: list[Told | None] = []
        deaf: dict[int, ChakraError] = {}
        unread: list[ChakraError] = []
        for place in self._places():
            if not (chat := chat_of(place.to)).isdigit():
                continue
            try:
                found.append(place.find(read_chat(hook.chats, chat, place.wamids)))
            except ChakraError as error:
                if error.retryable:
                    unread.append(error)
                else:
                    deaf[place.number] = error
        told = _first([one for one in found if one is not None])
        if told is None and deaf and self._is_over(deaf, time.time()):
            raise next(iter(deaf.values()))
        if told is None and unread:
            raise unread[0]
        return told

    def unread(self, error: ChakraError) -> Told | None:
        """Go on with what is to be done next, if it is due, see :meth:`.InboxTrigger.unread`."""
        if self.until is not None and self.until < self.closes and time.time() >= self.until:
            return self._late_for_all()
        return super().unread(error)

    async def heard(self) -> Told:
        """Wait in all chats at once, see :meth:`.InboxTrigger.heard`."""
        self.check()
        waiting = [asyncio.ensure_future(self._ask(place, self.until)) for place in self._places()]
        try:
            # What is to be done next must not wait for a chat that cannot be read for now.
            try:
                async with asyncio.timeout(self._seconds_left()) as bound:
                    told = await self._first_told(waiting)
            except TimeoutError:
                if not bound.expired():
                    raise
                return self._late_for_all()
            return await self._first_of_all(told) if "option" in told else told
        finally:
            await _end(waiting)

    async def _first_told(self, waiting: Iterable[asyncio.Future[tuple[int, Told]]]) -> Told:
        deaf: dict[int, Told] = {}
        for next_one in asyncio.as_completed(waiting):
            number, told = await next_one
            if "option" in told or "failed" in told:
                return told
            if "error" in told:
                deaf[number] = told
                if self._is_over(deaf):
                    return told
        if deaf and self._is_over(deaf, self.until):
            return next(iter(deaf.values()))
        return self.late()

    async def _first_of_all(self, told: Told) -> Told:
        now = time.time()
        again = [asyncio.ensure_future(self._ask(place, now)) for place in self._places()]
        try:
            done, _ = await asyncio.wait(again, timeout=_LAST_LOOK)
        finally:
            await _end(again)
        return _first([told, *(one.result()[1] for one in done if one.exception() is None)]) or told

    def _late_for_all(self) -> Told:
        return {**self.late(), "unread": True}

    def _seconds_left(self) -> float | None:
        """Tell how long all chats together may take, if something is to be done before answers close."""
        if self.until is None or self.until >= self.closes:
            return None
        return max(0, self.until - time.time()) + _LAST_LOOK

    async def _ask(self, place: _Place, until: float | None) -> tuple[int, Told]:
        return place.number, await self.hear(chat_of(place.to), place.find, place.wamids, until)

    def _is_over(self, deaf: Collection[int], read_at: float | None = None) -> bool:
        """Tell whether waiting has no sense where some chats cannot be read."""
        if read_at is not None and read_at >= self.closes:
            return True
        return not any(place.asked for place in self._places() if place.number not in deaf)

    def _places(self) -> list[_Place]:
        return [
            _Place(self, number, person["to"], person["since"], person["wamids"], person["asked"])
            for number, person in enumerate(self.people)
            # Who may have been asked, though nobody knows, may answer.
            if person["since"] is not None
        ]


@dataclass
class _Place:
    """One chat in which an answer may stand."""

    trigger: AnswerTrigger
    number: int
    to: str
    since: float
    wamids: Sequence[str]
    asked: str | None
    _known: Delivery | None = field(default=None, init=False)

    def find(self, events: Events) -> Told | None:
        """
        Look for the answer, or for word that the question did not arrive.

        :param events: what was said in the chat, or a new part of it.
        :return: the event; ``None`` while there is none.
        """
        from airflow_provider_chakra.events.finding import find_answer, find_delivery

        answer = find_answer(
            _without_others(events, self.trigger.mark),
            options=self.trigger.options,
            # The mark stands for the question in messages of which nobody knows that they were sent, too.
            after=(*self.wamids, self.trigger.mark),
            since=datetime.fromtimestamp(self.since, UTC),
            until=datetime.fromtimestamp(self.trigger.closes, UTC),
        )
        if answer is not None:
            return Reply.of(answer[0], option=answer[1], person=self.number)
        if self.asked is None:
            return None
        known = self._known = find_delivery(events, self.asked, self._known)
        if known is None or known.status != "FAILED":
            return None
        code = known.error.code if known.error else None
        return {"failed": {"person": self.number, "wamid": self.asked, "code": code}}


def _without_others(events: Events, mark: str) -> Iterator[Event]:
    """Leave out what was tapped in other messages, and take the mark off the rest."""
    from airflow_provider_chakra.events import Inbound

    for event in events:
        if not isinstance(event, Inbound) or event.choice is None or event.choice.id is None:
            yield event
            continue
        option, its_mark = unmarked(event.choice.id)
        if its_mark == mark:
            choice = event.choice.model_copy(update={"id": option})
            yield event.model_copy(update={"choice": choice, "reply_to": mark})
        elif its_mark is None and event.choice.kind == "template_button":
            # A template's button without a payload says its text.
            yield event


async def _end(waiting: Sequence[asyncio.Future[Any]]) -> None:
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


def _first(found: Sequence[Told]) -> Told | None:
    """Give the earliest answer by WhatsApp's time; without one, the first that tells anything."""
    answers = [told for told in found if "option" in told]
    return min(answers, key=_time, default=found[0] if found else None)


def _time(answer: Told) -> datetime:
    return datetime.fromisoformat(answer["at"])
