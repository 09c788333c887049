"""Who is asked when, and what became of it so far: what is carried from try to try, and through each wait."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from airflow_provider_chakra.messages.marks import NO_MARK


@dataclass(frozen=True)
class Times:
    """
    When what is due, in seconds after somebody was asked.

    :param closes_after: when the first one was asked, until when an answer counts.
    :param escalate_after: until the next one is asked, too; ``None`` asks all at once.
    :param remind_after: until a reminder, and from one to the next; ``None`` sends none.
    :param reminders: how many reminders each one gets.
    """

    closes_after: float
    escalate_after: float | None = None
    remind_after: float | None = None
    reminders: int = 0


@dataclass
class Person:
    """
    One of those who may be asked. Times are in seconds since 1970.

    :param at: when the question was about to be sent; ``None`` before.
    :param wamids: the messages that asked.
    :param asked: that of them which must arrive.
    :param sent_as: what it is: the question, or the template in its place.
    :param reminded: how many reminders are behind.
    :param refused: why the question did not arrive, while a template may go in its place.
    :param failed: why the question cannot arrive.
    :param trouble: why they were not asked though they could be: silence says nothing, then.
    """

    at: float | None = None
    wamids: list[str] = field(default_factory=list)
    asked: str | None = None
    sent_as: str = "message"
    reminded: int = 0
    refused: str | None = None
    failed: str | None = None
    trouble: str | None = None

    def got(self, wamid: str, sent_as: str) -> None:
        """
        Take down that the question was sent.

        :param wamid: the message.
        :param sent_as: what it is.
        """
        self.wamids.append(wamid)
        self.asked, self.sent_as = wamid, sent_as
        self.refused = self.trouble = None

    def refuse(self, reason: str) -> None:
        """
        Take down that the question did not arrive, and that a template may go in its place.

        :param reason: why.
        """
        self.asked, self.refused = None, reason

    def fail(self, reason: str) -> None:
        """
        Take down that the question cannot arrive.

        :param reason: why.
        """
        self.asked, self.failed = None, reason


@dataclass
class Plan:
    """
    What becomes of a question.

    :param began: when the first one was asked, in seconds since 1970.
    :param people: those who may be asked, in their order.
    :param mark: the mark of the question, see :mod:`.marks`.
    :param worked: whether a chat could be read.
    """

    began: float
    people: list[Person]
    mark: str = NO_MARK
    worked: bool = False

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """
        Make it anew.

        :param told: what :meth:`tell` gave.
        """
        return cls(**{**told, "people": [Person(**person) for person in told["people"]]})

    def tell(self) -> dict[str, Any]:
        """Give it, as JSON knows it."""
        return asdict(self)

    @property
    def is_asked(self) -> bool:
        """Whether anybody was asked."""
        return any(person.wamids for person in self.people)

    @property
    def is_begun(self) -> bool:
        """Whether anybody was asked, or may have been: who was surely not has no time."""
        return any(person.at is not None for person in self.people)

    @property
    def is_open(self) -> bool:
        """Whether there is a question that may be answered."""
        return any(person.asked for person in self.people)

    @property
    def reasons(self) -> str:
        """Why people could not be asked, in sentences."""
        return " ".join(filter(None, (one.failed or one.trouble or one.refused for one in self.people)))

    def to_ask(self, now: float, times: Times) -> int | None:
        """
        Tell who is to be asked now.

        :param now: the time.
        :param times: when what is due.
        :return: the place of the next one; ``None`` if nobody is.
        """
        number = self._next()
        return number if number is not None and self._due(number, times) <= now else None

    def to_remind(self, now: float, times: Times) -> Iterator[tuple[int, int]]:
        """
        Tell who is to be reminded now. Of several reminders that are due, the last is sent.

        :param now: the time.
        :param times: when what is due.
        :return: the place of each, and which reminder it is, from 1 on.
        """
        if times.remind_after is None:
            return
        for number, person in enumerate(self.people):
            if person.asked is None or person.at is None:
                continue
            due = min(int((now - person.at) // times.remind_after), times.reminders)
            if due > person.reminded:
                yield number, due

    def next_at(self, times: Times) -> float:
        """
        Tell when there is something to do next.

        :param times: when what is due.
        :return: seconds since 1970; at the latest, when answers no longer count.
        """
        number = self._next()
        due = [self.closes_at(times)] + ([] if number is None else [self._due(number, times)])
        if times.remind_after is not None:
            due += [
                person.at + (person.reminded + 1) * times.remind_after
                for person in self.people
                if person.asked and person.at is not None and person.reminded < times.reminders
            ]
        return max(self.began, min(due))

    def closes_at(self, times: Times) -> float:
        """
        Tell until when an answer counts.

        :param times: when what is due.
        :return: seconds since 1970.
        """
        return self.began + times.closes_after

    def _next(self) -> int | None:
        waiting = (number for number, person in enumerate(self.people) if not (person.asked or person.failed))
        return next(waiting, None)

    def _due(self, number: int, times: Times) -> float:
        """Tell when one is to be asked: at once where the one before cannot be reached."""
        before = self.people[number - 1] if number else None
        if before is None or times.escalate_after is None or before.failed or self.people[number].at:
            return -math.inf
        return (before.at or 0) + times.escalate_after
