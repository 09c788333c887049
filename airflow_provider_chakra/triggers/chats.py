"""The chats that somebody waits for, and what is read of them."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from airflow_provider_chakra.exceptions import ChakraError
from airflow_provider_chakra.triggers.feed import sort_by_chat
from airflow_provider_chakra.triggers.waits import A_ROUND, Chat, Told, Wait

if TYPE_CHECKING:
    from airflow_provider_chakra.api.inbox import Events
    from airflow_provider_chakra.triggers.source import Source

# Chats read at each look though nothing is known to have changed in them.
_UNASKED = 5


class Chats:
    """
    All chats that somebody waits for in a poller.

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
        self._loop = asyncio.get_running_loop()
        self._all: dict[str, Chat] = {}
        self._reading = 0

    def __bool__(self) -> bool:
        """Tell whether anybody waits."""
        return bool(self._all)

    @property
    def failing(self) -> bool:
        """Whether a chat could not be read."""
        return any(chat.failures for chat in self._all.values())

    @property
    def due(self) -> float:
        """When to read the next chat; never while as many are read as may be: their end tells."""
        if self._reading >= A_ROUND:
            return math.inf
        return min((chat.due for chat in self._all.values() if not chat.reading), default=math.inf)

    def intervals(self) -> list[float]:
        """Give how often the waits want to look, in seconds."""
        return [wait.interval for wait in self._waits()]

    async def wait(self, customer: str, wait: Wait, begun: Callable[[], None]) -> Told:
        """
        Wait until there is something to tell of a chat.

        :param customer: the digits of the phone number, or a business-scoped user id.
        :param wait: what is waited for.
        :param begun: is called when the chat is among those to be read.
        :return: what was found.
        """
        now = self._loop.time()
        chat = self._all.setdefault(customer, Chat(customer, began=now, due=now, read=now))
        chat.waits.append(wait)
        chat.due = now
        begun()
        try:
            return await wait.found
        finally:
            chat.waits.remove(wait)
            if not chat.waits:
                del self._all[customer]

    def next(self) -> list[Chat]:
        """
        Give the chats to read now, each of which must then be read.

        Not all at once: while thousands of waits begin, those that stand want to hear, too.
        """
        now = self._loop.time()
        due = [chat for chat in self._all.values() if chat.due <= now and not chat.reading]
        chosen = due[: A_ROUND - self._reading]
        for chat in chosen:
            chat.reading = True
        self._reading += len(chosen)
        return chosen

    async def read(self, chat: Chat) -> None:
        """
        Read a chat, and tell those who wait what was found.

        :param chat: one that :meth:`next` gave.
        """
        try:
            async with self._slots:
                if chat.waits:
                    await self._read(chat)
        finally:
            chat.reading = False
            self._reading -= 1

    def hear(self, events: Events) -> None:
        """
        Tell those who wait what webhooks brought.

        :param events: it.
        """
        for customer, told in sort_by_chat(events, self._all).items():
            # What is listed may lack what these events tell, so time is not up before it is read.
            self._tell(self._all[customer].waits, told, -math.inf)

    def make_up(self) -> None:
        """Read anew what may have changed while webhooks could not be heard, and is in no list."""
        now = self._loop.time()
        for chat in self._all.values():
            if chat.failures or not chat.customer.isdigit():
                chat.due = now

    def take(self, changed: Collection[str]) -> None:
        """
        Take notice of a list.

        :param changed: the customers whose chats changed.
        """
        now = self._loop.time()
        quiet = []
        for customer, chat in self._all.items():
            if chat.failures or chat.due <= now:
                continue
            if customer in changed:
                chat.due = now
            elif not chat.reading:
                quiet.append(chat)
        quiet.sort(key=lambda chat: (now - chat.read) / (now - chat.began), reverse=True)
        for chat in quiet[:_UNASKED]:
            chat.due = now

    def fail(self, error: Exception) -> None:
        """Tell all that nothing will be found."""
        _end(self._waits(), error)

    async def _read(self, chat: Chat) -> None:
        # Whoever begins to wait from here on sets a time of its own.
        chat.due, chat.read = math.inf, self._loop.time()
        waits, read_at = list(chat.waits), time.time()
        wamids = {wamid for wait in waits for wamid in wait.wamids}
        try:
            events = await self._source.read(chat.customer, wamids)
        except ChakraError as error:
            if not error.retryable:
                _end(waits, error)
            else:
                chat.due = self._later(error, chat.failures)
                chat.failures += 1
            return
        except Exception as error:
            # What is wrong with one chat leaves the other chats alone.
            _end(waits, error)
            return
        chat.failures = 0
        self._tell(waits, events, read_at)
        if chat.due == math.inf:
            chat.rest(self._loop.time())

    def _tell(self, waits: Iterable[Wait], events: Events, read_at: float) -> None:
        number = self._source.hook.settings.phone_number_id
        for wait in waits:
            try:
                found = wait.look(events, read_at, number)
            except Exception as error:
                # What is wrong with one wait leaves the others alone.
                wait.fail(error)
                continue
            if found is not None:
                wait.end(found)

    def _waits(self) -> list[Wait]:
        return [wait for chat in self._all.values() for wait in chat.waits]


def _end(waits: Iterable[Wait], error: Exception) -> None:
    for wait in waits:
        if isinstance(error, ChakraError):
            wait.end({"error": str(error)})
        else:
            wait.fail(error)
