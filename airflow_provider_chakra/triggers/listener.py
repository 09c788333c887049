"""
Listening to all chats of a connection: what customers write, whoever they are.

A listener shares the :class:`.Poller` of its connection with all that waits there. Of each chat that changed
it is told what was written in it, and from time to time how far the chats were looked through: to that place
a later listener can go back, and misses nothing.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from airflow_provider_chakra.exceptions import ChakraError, ChakraNotFoundError, ChakraResponseError
from airflow_provider_chakra.triggers.waits import A_ROUND

if TYPE_CHECKING:
    from airflow_provider_chakra.api.inbox import ChangedChat, ChangedChats
    from airflow_provider_chakra.events import Event, Inbound
    from airflow_provider_chakra.triggers.source import Source

log = logging.getLogger(__name__)


class Heard(NamedTuple):
    """
    What a listener is told.

    :param messages: what customers wrote, in any order; it may have been told before.
    :param place: when the last change was that was looked at, if all before it was.
    """

    messages: list[Inbound]
    place: datetime | None = None


@dataclass(eq=False)
class Listener:
    """
    Somebody who wants to hear what customers write.

    :param place: from when on chats that changed are looked at.
    :param since: what was written until then need not be told.
    :param interval: seconds between two looks.
    """

    place: datetime
    since: datetime
    interval: float
    #: Whether a list was looked through that goes back to its place.
    listed: bool = False
    _told: asyncio.Queue[Heard | Exception] = field(default_factory=asyncio.Queue)

    def tell(self, told: Heard | Exception) -> None:
        """Tell it what was heard, or why nothing is."""
        self._told.put_nowait(told)

    async def hear(self, until: float = math.inf) -> Heard | None:
        """
        Wait until there is something to tell.

        :param until: how long to wait, in the time of the event loop.
        :return: it; ``None`` if there was nothing until then.
        :raises ChakraError: if the chats cannot be read, and asking again does not help.
        """
        try:
            async with asyncio.timeout_at(until):
                told = await self._told.get()
        except TimeoutError:
            return None
        if isinstance(told, Exception):
            raise told
        return told


@dataclass(eq=False)
class _Unread:
    """A chat that changed, and is still to be read."""

    chat: ChangedChat
    #: When to read it, in the time of the event loop.
    due: float
    failures: int = 0


class Listeners:
    """
    All listeners of a poller, and the chats that they are still to hear of.

    :param source: to read through.
    :param slots: how many chats are read at the same time.
    :param later: tells when to try again what went wrong so many times before.
    """

    def __init__(
        self, source: Source, slots: asyncio.Semaphore, later: Callable[[ChakraError, int], float]
    ) -> None:
        self._source = source
        self._slots = slots
        self._later = later
        self._all: list[Listener] = []
        self._unread: dict[str, _Unread] = {}
        self._place: datetime | None = None
        self._place_due = math.inf

    def __bool__(self) -> bool:
        """Tell whether anybody listens."""
        return bool(self._all)

    @property
    def due(self) -> float:
        """When to read the next chat, or to tell the place, in the time of the event loop."""
        return min((unread.due for unread in self._unread.values()), default=self._place_due)

    @property
    def failing(self) -> bool:
        """Whether a chat could not be read."""
        return any(unread.failures for unread in self._unread.values())

    @property
    def unlisted(self) -> list[Listener]:
        """Those for whom no list was looked through yet."""
        return [listener for listener in self._all if not listener.listed]

    def intervals(self) -> list[float]:
        """Give how often they want to look."""
        return [listener.interval for listener in self._all]

    def add(self, listener: Listener) -> None:
        """Let one more listen."""
        self._all.append(listener)

    def remove(self, listener: Listener) -> None:
        """Let one listen no more."""
        self._all.remove(listener)
        if not self._all:
            self._unread.clear()
            self._place_due = math.inf

    def tell(self, events: Iterable[Event]) -> None:
        """Tell all of what came in."""
        from airflow_provider_chakra.events import Inbound

        messages = [event for event in events if isinstance(event, Inbound)]
        for listener in self._all if messages else ():
            listener.tell(Heard(messages))

    def fail(self, error: Exception) -> None:
        """Tell all that there is nothing to hear."""
        for listener in self._all:
            listener.tell(error)

    def list_from(self, changes: ChangedChats) -> list[Listener]:
        """
        Let a list go back as far as new listeners ask for.

        :param changes: what is to be listed.
        :return: these listeners.
        """
        new = self.unlisted
        for listener in new:
            changes.go_back(listener.place)
        return new

    def take(
        self, changed: Iterable[ChangedChat], new: Iterable[Listener], now: float, place: datetime | None
    ) -> None:
        """
        Take notice of a list.

        :param changed: the chats that changed.
        :param new: what :meth:`list_from` gave before.
        :param now: the time of the event loop.
        :param place: when the last change was that was listed.
        """
        if not self._all:
            return
        for chat in changed:
            self._unread.setdefault(chat.id, _Unread(chat, due=now)).chat = chat
        self._place, self._place_due = place, now
        for listener in new:
            listener.listed = True

    async def read(self) -> None:
        """
        Read chats that changed, and tell of them, and of the place once none is left.

        :raises ChakraError: if none can be read, and asking again does not help.
        """
        now = asyncio.get_running_loop().time()
        due = [unread for unread in self._unread.values() if unread.due <= now]
        done = await asyncio.gather(*map(self._read, due[:A_ROUND]), return_exceptions=True)
        for error in done:
            if isinstance(error, BaseException):
                raise error
        # The place lies before what is still to be read.
        if self._unread:
            return
        self._place_due = math.inf
        for listener in self._all:
            if listener.listed:
                listener.tell(Heard([], self._place))

    async def _read(self, unread: _Unread) -> None:
        from airflow_provider_chakra.api.inbox import read_written

        async with self._slots:
            if not self._all:
                return
            chat, hook = unread.chat, self._source.hook
            since = min(listener.since for listener in self._all)
            try:
                self.tell(await hook.run_async(lambda: read_written(hook.chats, chat, since)))
            except ChakraNotFoundError:
                log.info("A chat of WhatsApp's was deleted before it was read.")
            except ChakraError as error:
                if error.retryable or not _is_of_the_chat(error):
                    unread.due = self._later(error, unread.failures)
                    unread.failures += 1
                    if error.retryable:
                        return
                    # Who listens may come back when it is mended.
                    self._source.stale = True
                    raise
                log.error("A chat of WhatsApp's is refused, and passed over: %s", error)
            except Exception:
                # What is wrong with one chat leaves the other chats alone.
                log.exception("A chat of WhatsApp's cannot be read, and is passed over.")
        # It may have been listed anew while it was read.
        if self._unread.get(chat.id) is unread and unread.chat is chat:
            del self._unread[chat.id]


def _is_of_the_chat(error: ChakraError) -> bool:
    """Tell whether other chats may be read all the same."""
    return isinstance(error, ChakraResponseError) and not error.of_connection
