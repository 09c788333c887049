"""The chats that somebody waits for, and what is read of them."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from airflow_provider_chakra.exceptions import ChakraError
from airflow_provider_chakra.triggers.feed import sort_by_chat
from airflow_provider_chakra.triggers.waits import A_ROUND, GRACE, Chat, Told, Wait

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
        # While the list fails chats are read one after the other, and after the first that fails, too, no
        # more before the next list: so an outage costs few requests, however many wait.
        self._one_by_one = False
        self._pausing = False
        self._deaf_since: float | None = None
        # Where the token is refused, or something else that all chats need.
        self._refused = False
        self._resumes = -math.inf
        self._work = False

    def __bool__(self) -> bool:
        """Tell whether anybody waits."""
        return bool(self._all)

    @property
    def work(self) -> bool:
        """Whether a chat could ever be read."""
        return self._work or any(wait.worked for wait in self._waits())

    @property
    def failing(self) -> bool:
        """Whether a chat could not be read."""
        return any(chat.failures for chat in self._all.values())

    @property
    def due(self) -> float:
        """When to read the next chat; never while as many are read as may be: their end tells."""
        if self._room <= 0:
            return math.inf
        due = min((chat.due for chat in self._all.values() if not chat.reading), default=math.inf)
        return max(due, self._resumes)

    @property
    def _room(self) -> int:
        """How many more chats may be read."""
        most = 1 if self._one_by_one or self._refused else A_ROUND
        return 0 if self._pausing else most - self._reading

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
        if now < self._resumes:
            return []
        due = [chat for chat in self._all.values() if chat.due <= now and not chat.reading]
        if self._one_by_one or self._refused:
            # One that failed is due later than those that still wait for their turn.
            due.sort(key=lambda chat: chat.due)
        chosen = due[: max(0, self._room)]
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
                # Another one may have failed since this one's turn was set.
                if chat.waits and not self._pausing and self._loop.time() >= self._resumes:
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

    def make_up(self, *, everything: bool) -> None:
        """
        Read anew what may have changed while webhooks could not be heard.

        :param everything: whether all may have; else what is in no list.
        """
        now = self._loop.time()
        for chat in self._all.values():
            if everything or chat.failures or not chat.customer.isdigit():
                chat.due = now

    def take(self, changed: Collection[str] | None) -> None:
        """
        Take notice of a list.

        :param changed: the customers whose chats changed; ``None`` if that may be all.
        """
        self._one_by_one = self._pausing = False
        if not self._refused:
            self._deaf_since = None
        now = self._loop.time()
        for customer, chat in self._all.items():
            if not chat.failures and chat.due > now and (changed is None or customer in changed):
                chat.due = now
        self._read_some()

    def do_without(self) -> None:
        """Take notice of a list that could not be read."""
        self._one_by_one = True
        if not self._pausing:
            self._read_some()
        self._pausing = False

    def fail(self, error: Exception) -> None:
        """Tell all that nothing will be found."""
        _end(self._waits(), error)

    def _read_some(self) -> None:
        """Let some be read of which nothing was heard."""
        now = self._loop.time()
        quiet = [
            chat for chat in self._all.values() if not (chat.failures or chat.due <= now or chat.reading)
        ]
        quiet.sort(key=lambda chat: (now - chat.read) / (now - chat.began), reverse=True)
        for chat in quiet[:_UNASKED]:
            chat.due = now

    async def _read(self, chat: Chat) -> None:
        if self._refused:
            await self._source.renew()
        # Whoever begins to wait from here on sets a time of its own.
        chat.due, chat.read = math.inf, self._loop.time()
        waits, read_at = list(chat.waits), time.time()
        wamids = {wamid for wait in waits for wamid in wait.wamids}
        try:
            events = await self._source.read(chat.customer, wamids)
        except ChakraError as error:
            if error.retryable or (self.work and error.of_connection):
                chat.due = self._later(error, chat.failures)
                chat.failures += 1
                self._not_read(chat, error)
            else:
                _end(waits, error)
            return
        except Exception as error:
            # What is wrong with one chat leaves the other chats alone.
            _end(waits, error)
            return
        chat.failures, self._deaf_since = 0, None
        self._work, self._refused, self._resumes = True, False, -math.inf
        self._tell(waits, events, read_at)
        if chat.due == math.inf:
            chat.rest(self._loop.time())

    def _not_read(self, chat: Chat, error: ChakraError) -> None:
        """Give up waits for a chat that cannot be read; and for all, where none could be read for long."""
        waits, now = chat.waits, self._loop.time()
        self._pausing = self._one_by_one
        if error.of_connection:
            # One may be refused alone; at the second refusal all are held to be.
            self._resumes = chat.due if self._refused else -math.inf
            self._refused = True
        if self._one_by_one or self._refused:
            self._deaf_since = now if self._deaf_since is None else self._deaf_since
            # Each of them is due at last, and it would take long until each was tried.
            if now - self._deaf_since >= GRACE:
                waits = self._waits()
        for wait in waits:
            wait.give_up(error)

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
