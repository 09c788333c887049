"""Who waits for what, in which chat."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_chakra.api.inbox import Events

#: What a trigger tells: JSON.
Told = dict[str, Any]
#: Chats read before others get their turn.
A_ROUND = 40
#: Seconds after time was up until a chat that cannot be read is given up.
GRACE = 3600.0
#: Seconds until it is tried again what cannot help, unless somebody mends it.
PAUSE = 300.0


@dataclass(eq=False)
class Wait:
    """
    Somebody who waits for something in one chat.

    :param find: makes of what was said what there is to tell; ``None`` if there is nothing yet. It is asked
        in the event loop, and must not hold it up.
    :param late: makes what there is to tell when time is up.
    :param wamids: messages that it needs to see.
    :param interval: seconds between two looks.
    :param until: when time is up, in seconds since 1970.
    :param number: the id of the business's number that was written from; the connection's if left out.
    :param worked: whether the chat was read before, by who waited then: the connection was right.
    """

    find: Callable[[Events], Told | None]
    late: Callable[[], Told]
    wamids: Collection[str]
    interval: float
    until: float | None = None
    number: str | None = None
    worked: bool = False
    found: asyncio.Future[Told] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def look(self, events: Events, read_at: float, number: str | None) -> Told | None:
        """
        Look whether there is something to tell.

        :param events: what was said.
        :param read_at: from when on something may have been said that is not among it, in seconds since 1970.
        :param number: the id of the connection's number, if it has one.
        :return: what there is to tell.
        """
        told = self.find(self._said_here(events, self.number or number))
        if told is None and self.until is not None and read_at >= self.until:
            return self.late()
        return told

    def _said_here(self, events: Events, number: str | None) -> Events:
        """Leave out what was written to another number of the business, and quotes nothing of this one."""
        from airflow_provider_chakra.events import Inbound

        return [
            event
            for event in events
            if not isinstance(event, Inbound)
            or None in (number, event.phone_number_id)
            or event.phone_number_id == number
            or event.reply_to in self.wamids
        ]

    def give_up(self, error: Exception) -> None:
        """
        End it if its time was up so long ago that nobody should wait any longer for a word.

        :param error: why the chat cannot be read.
        """
        if told := given_up(self.until, error):
            self.end(told)

    def end(self, told: Told) -> None:
        """Tell it, unless something was told."""
        if not self.found.done():
            self.found.set_result(told)

    def fail(self, error: Exception) -> None:
        """Raise where somebody waits."""
        if not self.found.done():
            self.found.set_exception(error)


def given_up(until: float | None, error: Exception) -> Told | None:
    """
    Give what there is to tell where a chat cannot be read, if time was up so long ago that nobody waits on.

    :param until: when time was up, in seconds since 1970.
    :param error: why it cannot be read.
    :return: ``{"error": sentence}``; ``None`` if it is to be tried again.
    """
    if until is None or time.time() < until + GRACE:
        return None
    return {"error": f"Time is up, and the chat could not be read since: {error}"}


@dataclass(eq=False)
class Chat:
    """A chat that somebody waits for. Its times are those of the event loop."""

    customer: str
    began: float
    #: When to read it next.
    due: float
    read: float
    waits: list[Wait] = field(default_factory=list)
    failures: int = 0
    #: Whether it is being read, or about to be.
    reading: bool = False

    def rest(self, now: float) -> None:
        """Read it next when time is up for one of the waits, if nothing else happens before."""
        ends = [wait.until for wait in self.waits if wait.until is not None and not wait.found.done()]
        self.due = min((now + max(0, end - time.time()) for end in ends), default=math.inf)
