"""
One poller for all that waits for something in a chat.

Each wait that asked for itself would cost as many requests as there are waits. The poller lists the chats
that changed since it last looked, which is one request while they fit into a page, and reads those of them
that somebody waits for (:mod:`.chats`), and all of them if somebody listens to all (:mod:`.listener`).
Besides, it reads

* the chat of each wait that begins, so that what happened while nobody looked is not lost;
* the chat of each wait whose time is up, so that nothing is called silence that was not looked at;
* a few chats of which it heard nothing, each time it lists: whether the list tells of a new status is not
  documented. Those that were read least of late, measured by how long they are waited for, come first.

Where webhooks arrive, their events are asked for each second, and the list is only the net below them. All
of these are tasks beside each other, so that what takes long holds up nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any

from airflow_provider_chakra.exceptions import ChakraError
from airflow_provider_chakra.triggers import waits
from airflow_provider_chakra.triggers.chats import Chats
from airflow_provider_chakra.triggers.listener import Listener, Listeners
from airflow_provider_chakra.triggers.source import Source

if TYPE_CHECKING:
    from airflow_provider_chakra.triggers.waits import Told, Wait

log = logging.getLogger(__name__)

Work = Callable[[], Coroutine[Any, Any, None]]

# Chats read at the same time, each in a thread: the triggerer's other triggers need threads, too.
_AT_ONCE = 4
# Seconds between two tries at most, unless the wait itself asks for more.
_LONGEST_PAUSE = 600.0
_MOST_DOUBLINGS = 20
# Seconds between two looks at what webhooks brought, and at the list while they bring it.
_FEED_INTERVAL = 1.0
_NET_INTERVAL = 600.0
# Seconds since the last event for which webhooks are believed to come: they may be switched on here, and
# nobody may have told ChakraHQ.
_BELIEVED = 3600.0
# Seconds between two looks at the connection: webhooks may have been switched on meanwhile.
_RENEW_INTERVAL = 600.0
# Seconds at most until what webhooks brought is asked for again where it could not be read: the API server
# is near, and may just have been started anew.
_DEAF_INTERVAL = 5.0


class Poller:
    """
    Looks into the chats of one connection, for all waits of one event loop.

    It lives from its first wait to its last, see :mod:`.pollers`.

    :param chakra_conn_id: the Airflow connection.
    """

    def __init__(self, chakra_conn_id: str) -> None:
        from airflow_provider_chakra.api.inbox import ChangedChats

        self._loop = asyncio.get_running_loop()
        self._source = Source(chakra_conn_id)
        self._changes = ChangedChats()
        slots = asyncio.Semaphore(_AT_ONCE)
        self._chats = Chats(self._source, slots, self._later)
        self._listeners = Listeners(self._source, slots, self._later)
        self._hears = False
        self._heard_at = -math.inf
        self._feed_due = self._renew_due = self._list_due = self._loop.time()
        self._list_failures = 0
        self._is_listed = False
        # What was tried once by now, well or badly.
        self._tried: set[str] = set()
        self._warned: set[str] = set()
        self._failed = False
        self._woken = asyncio.Event()
        self._tasks: dict[asyncio.Task[None], str] = {}
        self._task = self._loop.create_task(self._run(), name=f"chats of {chakra_conn_id}")

    @property
    def idle(self) -> bool:
        """Whether nobody waits or listens."""
        return not self._chats and not self._listeners

    @property
    def ended(self) -> bool:
        """Whether it looks no more, though some may still be about to leave."""
        return self._failed or self._task.done()

    def stop(self) -> None:
        """End it."""
        self._task.cancel()

    async def wait(self, customer: str, wait: Wait) -> Told:
        """
        Wait until there is something to tell of a chat.

        :param customer: the digits of the phone number, or a business-scoped user id.
        :param wait: what is waited for; the shortest interval of all waits counts.
        :return: what was found; ``{"error": sentence}`` if asking again cannot help.
        """

        def begun() -> None:
            if not self._list_failures:
                due = self._loop.time() + self._between_lists(wait.interval)
                self._list_due = min(self._list_due, due)
            self._woken.set()

        return await self._chats.wait(customer, wait, begun)

    @contextlib.contextmanager
    def listening(self, listener: Listener) -> Generator[None, None, None]:
        """
        Tell a listener what customers write, as long as the ``with`` block lasts.

        :param listener: whom to tell.
        """
        self._listeners.add(listener)
        if not self._list_failures:
            self._list_due = self._loop.time()
        self._woken.set()
        try:
            yield
        finally:
            self._listeners.remove(listener)

    async def _run(self) -> None:
        try:
            await self._source.open()
            self._renew_due = self._loop.time() + _RENEW_INTERVAL
            while True:
                self._start_what_is_due()
                await self._sleep()
        except Exception as error:
            self._fail(error)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start_what_is_due(self) -> None:
        if self._warned and not (self._list_failures or self._listeners.failing or self._chats.failing):
            self._warned -= {"chats", "connection"}
        now = self._loop.time()
        for name, (due, work) in self._plan().items():
            if due <= now:
                self._start(name, work())
        for chat in self._chats.next() if self._may_read() else ():
            self._start("a chat", self._chats.read(chat))

    def _plan(self) -> dict[str, tuple[float, Work]]:
        """Give what is to be done and when, but for what is being done."""
        plan = {"list": (self._list_due, self._list), "connection": (self._renew_due, self._renew)}
        if self._source.feed:
            plan["webhooks"] = self._feed_due, self._hear
        # What cannot be listed cannot be overheard either.
        if self._may_read() and not self._list_failures:
            plan["listeners"] = self._listeners.due, self._overhear
        return {name: step for name, step in plan.items() if name not in self._tasks.values()}

    def _may_read(self) -> bool:
        """
        Tell whether chats may be read.

        Not before the first look at the list, and at what webhooks brought: what is told after that is
        found by the next look.
        """
        return self._tried >= ({"list", "webhooks"} if self._source.feed else {"list"})

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(self._guard(work), name=f"{self._task.get_name()}: {name}")
        self._tasks[task] = name
        task.add_done_callback(self._done)

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            self._fail(error)
            self._task.cancel()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tried.add(self._tasks.pop(task))
        self._woken.set()

    def _fail(self, error: Exception) -> None:
        """Tell all that there is nothing to hear: whoever waits must not wait for ever."""
        self._failed = True
        self._chats.fail(error)
        self._listeners.fail(error)

    async def _sleep(self) -> None:
        times = [due for due, _ in self._plan().values()]
        if self._may_read():
            times.append(self._chats.due)
        # Python 3.11's wait_for may lose that the task is to end.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(min(times, default=math.inf)):
                await self._woken.wait()
        self._woken.clear()

    async def _renew(self) -> None:
        await self._source.renew()
        self._renew_due = self._loop.time() + _RENEW_INTERVAL

    async def _hear(self) -> None:
        feed = self._source.feed
        if feed is None:
            return
        # The first look tells nothing of what came before it, be that after the chats were read.
        begins = not feed.begun
        try:
            events = await self._source.hook.run_async(feed.look)
        except ChakraError as error:
            self._warn(
                "webhooks", "What webhooks brought cannot be read; chats are listed instead: %s", error
            )
            if self._hears:
                self._list_due = self._loop.time()
            self._hears, self._feed_due = False, self._loop.time() + min(self._shortest(), _DEAF_INTERVAL)
            return
        if not self._hears:
            self._list_due = self._loop.time()
            self._chats.make_up(everything=begins)
        self._warned.discard("webhooks")
        self._hears, self._feed_due = True, self._loop.time() + _FEED_INTERVAL
        if events:
            self._heard_at = self._loop.time()
        self._listeners.tell(events)
        self._chats.hear(events)

    async def _list(self) -> None:
        if self._list_failures or self._source.stale:
            await self._source.renew()
        new, hook = self._listeners.list_from(self._changes), self._source.hook
        try:
            changed = await hook.run_async(lambda: self._changes.look(hook.chats))
        except ChakraError as error:
            # At the first look nobody has to wait to see that the connection is wrong; later it is mended
            # while thousands wait.
            if not (error.retryable or self._chats.work):
                raise
            if not error.retryable:
                self._listeners.fail(error)
            self._list_due = self._later(error, self._list_failures)
            self._list_failures += 1
            self._chats.do_without()
            return
        now = self._loop.time()
        self._listeners.take(changed, new, now, self._changes.newest)
        # The first list tells of no change, and chats may have been read while it failed.
        self._chats.take({chat.customer for chat in changed} if self._is_listed else None)
        self._is_listed = True
        self._list_due = now if self._listeners.unlisted else now + self._between_lists(self._shortest())
        self._list_failures = 0

    async def _overhear(self) -> None:
        try:
            await self._listeners.read()
        except ChakraError as error:
            self._listeners.fail(error)

    def _shortest(self) -> float:
        """Tell how often those who wait or listen want to look, in seconds."""
        return min([*self._chats.intervals(), *self._listeners.intervals()], default=0)

    def _between_lists(self, interval: float) -> float:
        """Tell how many seconds lie between two lists, for whom an interval would do."""
        believed = self._hears and self._loop.time() - self._heard_at <= _BELIEVED
        return max(interval, _NET_INTERVAL) if believed else interval

    def _later(self, error: ChakraError, failures: int) -> float:
        """Say once that something went wrong, and tell when to try again."""
        if not error.retryable:
            if self._chats and "connection" not in self._warned:
                log.error(
                    "WhatsApp's chats cannot be read; trying again every %s s, with the connection as it is "
                    "by then: %s",
                    waits.PAUSE,
                    error,
                )
                self._warned.add("connection")
            return self._loop.time() + waits.PAUSE
        self._warn("chats", "WhatsApp's chats cannot be read; asking again with growing pauses: %s", error)
        interval = self._shortest()
        growing = interval * 2.0 ** min(failures, _MOST_DOUBLINGS)
        return self._loop.time() + max(interval, min(growing, _LONGEST_PAUSE), error.retry_after or 0)

    def _warn(self, about: str, text: str, error: ChakraError) -> None:
        if about not in self._warned:
            log.warning(text, error)
            self._warned.add(about)
