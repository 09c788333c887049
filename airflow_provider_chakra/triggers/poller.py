"""
One poller for all that waits for something in a chat.

Each wait that asked for itself would cost as many requests as there are waits. The poller lists the chats
that changed since it last looked, which is one request while they fit into a page, and reads those of them
that somebody waits for. Besides, it reads

* the chat of each wait that begins, so that what happened while nobody looked is not lost;
* a few chats of which it heard nothing, each time it lists: whether the list tells of a new status is not
  documented. Those that were read least of late, measured by how long they are waited for, come first.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from airflow_provider_chakra.exceptions import ChakraError
from airflow_provider_chakra.hooks.chakra import ChakraHook

if TYPE_CHECKING:
    from airflow_provider_chakra.api.chats import Rows

log = logging.getLogger(__name__)

#: What a trigger tells: JSON.
Event = dict[str, Any]

# Chats read at the same time, each in a thread: the triggerer's other triggers need threads, too.
_AT_ONCE = 4
# Chats read at each look though nothing is known to have changed in them.
_UNASKED = 5
# Seconds between two tries at most, unless the wait itself asks for more.
_LONGEST_PAUSE = 600.0
_MOST_DOUBLINGS = 20


@dataclass(eq=False)
class _Wait:
    find: Callable[[Rows], Event | None]
    wamids: Collection[str]
    interval: float
    found: asyncio.Future[Event]


@dataclass(eq=False)
class _Chat:
    """A chat that somebody waits for. Times are those of the event loop."""

    began: float
    #: When to read it next.
    due: float
    read: float
    waits: list[_Wait] = field(default_factory=list)
    failures: int = 0


class Poller:
    """
    Looks into the chats of one connection, for all waits of one event loop.

    It lives from its first wait to its last, see :func:`wait_for`.

    :param hook: to ask through.
    """

    def __init__(self, hook: ChakraHook) -> None:
        from airflow_provider_chakra.api.inbox import ChangedChats

        self._hook = hook
        self._loop = asyncio.get_running_loop()
        self._changes = ChangedChats()
        self._chats: dict[str, _Chat] = {}
        self._begun = asyncio.Event()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._list_due = self._loop.time()
        self._list_failures = 0
        self._warned = False
        self._task = self._loop.create_task(self._run(), name=f"chats of {hook.chakra_conn_id}")

    @property
    def idle(self) -> bool:
        """Whether nobody waits."""
        return not self._chats

    def stop(self) -> None:
        """End it."""
        self._task.cancel()

    async def wait(
        self,
        customer: str,
        find: Callable[[Rows], Event | None],
        *,
        wamids: Collection[str],
        interval: float,
    ) -> Event:
        """
        Wait until there is something to tell of a chat.

        :param customer: the digits of the phone number.
        :param find: makes of a chat's messages what there is to tell; ``None`` if there is nothing yet.
        :param wamids: messages that it needs to see.
        :param interval: seconds between two looks; the shortest of all waits counts.
        :return: what was found; ``{"error": sentence}`` if asking again cannot help.
        """
        now = self._loop.time()
        wait = _Wait(find, wamids, interval, self._loop.create_future())
        chat = self._chats.setdefault(customer, _Chat(began=now, due=now, read=now))
        chat.waits.append(wait)
        chat.due = now
        if not self._list_failures:
            self._list_due = min(self._list_due, now + interval)
        self._begun.set()
        try:
            return await wait.found
        finally:
            chat.waits.remove(wait)
            if not chat.waits:
                del self._chats[customer]

    async def _run(self) -> None:
        try:
            while not self.idle:
                await self._look()
                await self._sleep()
        except Exception as error:
            # Whoever waits must not wait forever.
            self._break(self._waits(), error)

    async def _look(self) -> None:
        if self._loop.time() >= self._list_due:
            await self._list()
        # What cannot be listed cannot be read either.
        if self._list_failures:
            return
        now = self._loop.time()
        due = [customer for customer, chat in self._chats.items() if chat.due <= now]
        await asyncio.gather(*map(self._read, due))
        self._warned = any(chat.failures for chat in self._chats.values())

    async def _sleep(self) -> None:
        due = self._list_due
        if not self._list_failures:
            due = min(due, *(chat.due for chat in self._chats.values()), math.inf)
        # Python 3.11's wait_for may lose that the task is to end.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(due):
                await self._begun.wait()
        self._begun.clear()

    async def _list(self) -> None:
        try:
            changed = await self._hook.run_async(lambda: self._changes.look(self._hook.chats))
        except ChakraError as error:
            if not error.retryable:
                self._end(self._waits(), error)
            self._list_due = self._later(error, self._list_failures)
            self._list_failures += 1
            return
        now = self._loop.time()
        self._list_due, self._list_failures = now + self._interval(), 0
        quiet = []
        for customer, chat in self._chats.items():
            if chat.due != math.inf:
                continue
            if customer in changed:
                chat.due = now
            else:
                quiet.append(chat)
        quiet.sort(key=lambda chat: (now - chat.read) / (now - chat.began), reverse=True)
        for chat in quiet[:_UNASKED]:
            chat.due = now

    async def _read(self, customer: str) -> None:
        from airflow_provider_chakra.api.inbox import read_chat

        async with self._slots:
            chat = self._chats.get(customer)
            if chat is None:
                return
            # Whoever begins to wait from here on sets a time of its own.
            chat.due, chat.read = math.inf, self._loop.time()
            waits = list(chat.waits)

            def look() -> list[Event | None]:
                wamids = {wamid for wait in waits for wamid in wait.wamids}
                rows = read_chat(self._hook.chats, customer, wamids)
                return [wait.find(rows) for wait in waits]

            try:
                events = await self._hook.run_async(look)
            except ChakraError as error:
                if not error.retryable:
                    self._end(waits, error)
                else:
                    chat.due = self._later(error, chat.failures)
                    chat.failures += 1
                return
            except Exception as error:
                # What is wrong with one chat leaves the other chats alone.
                self._break(waits, error)
                return
        chat.failures = 0
        for wait, event in zip(waits, events, strict=True):
            if event is not None and not wait.found.done():
                wait.found.set_result(event)

    def _waits(self) -> list[_Wait]:
        return [wait for chat in self._chats.values() for wait in chat.waits]

    def _interval(self) -> float:
        return min((wait.interval for wait in self._waits()), default=0)

    def _later(self, error: ChakraError, failures: int) -> float:
        """Say once that something went wrong, and tell when to try again."""
        if error.retryable and not self._warned:
            log.warning("WhatsApp's chats cannot be read; asking again with growing pauses: %s", error)
            self._warned = True
        interval = self._interval()
        growing = interval * 2.0 ** min(failures, _MOST_DOUBLINGS)
        return self._loop.time() + max(interval, min(growing, _LONGEST_PAUSE), error.retry_after or 0)

    @staticmethod
    def _end(waits: list[_Wait], error: ChakraError) -> None:
        for wait in waits:
            if not wait.found.done():
                wait.found.set_result({"error": str(error)})

    @staticmethod
    def _break(waits: list[_Wait], error: Exception) -> None:
        for wait in waits:
            if not wait.found.done():
                wait.found.set_exception(error)


# Of each event loop, by connection.
_pollers: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Poller]] = WeakKeyDictionary()
_lock = threading.Lock()


async def wait_for(
    chakra_conn_id: str,
    customer: str,
    find: Callable[[Rows], Event | None],
    *,
    wamids: Collection[str],
    interval: float,
) -> Event:
    """
    Wait until there is something to tell of a chat, see :meth:`Poller.wait`.

    :param chakra_conn_id: the Airflow connection; all waits of one share a poller.
    :param customer: the digits of the phone number.
    :param find: makes of a chat's messages what there is to tell; ``None`` if there is nothing yet.
    :param wamids: messages that it needs to see.
    :param interval: seconds between two looks.
    :return: what was found; ``{"error": sentence}`` if asking again cannot help.
    """
    with _lock:
        pollers = _pollers.setdefault(asyncio.get_running_loop(), {})
    poller = pollers.get(chakra_conn_id)
    if poller is None:
        poller = pollers[chakra_conn_id] = Poller(ChakraHook(chakra_conn_id))
    try:
        return await poller.wait(customer, find, wamids=wamids, interval=interval)
    finally:
        if poller.idle and pollers.get(chakra_conn_id) is poller:
            del pollers[chakra_conn_id]
            poller.stop()
