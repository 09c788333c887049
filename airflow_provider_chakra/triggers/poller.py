"""
One poller for all that waits for something in a chat.

Each wait that asked for itself would cost as many requests as there are waits. The poller lists the chats
that changed since it last looked, which is one request while they fit into a page, and reads those of them
that somebody waits for, and all of them if somebody listens to all (:mod:`.listener`). Besides, it reads

* the chat of each wait that begins, so that what happened while nobody looked is not lost;
* the chat of each wait whose time is up, so that nothing is called silence that was not looked at;
* a few chats of which it heard nothing, each time it lists: whether the list tells of a new status is not
  documented. Those that were read least of late, measured by how long they are waited for, come first.

Where webhooks arrive, their events are asked for each second, and the list is only the net below them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Generator
from typing import TYPE_CHECKING

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraError, ChakraInboxError
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.triggers.feed import join, open_feed, sort_by_chat
from airflow_provider_chakra.triggers.listener import Listener, Listeners
from airflow_provider_chakra.triggers.waits import A_ROUND, Chat, Told, Wait, intervals

if TYPE_CHECKING:
    from airflow_provider_chakra.api.inbox import Events
    from airflow_provider_chakra.inbox.feed import Feed

log = logging.getLogger(__name__)

# Chats read at the same time, each in a thread: the triggerer's other triggers need threads, too.
_AT_ONCE = 4
# Chats read at each look though nothing is known to have changed in them.
_UNASKED = 5
# Seconds between two tries at most, unless the wait itself asks for more.
_LONGEST_PAUSE = 600.0
_MOST_DOUBLINGS = 20
# Seconds between two looks at what webhooks brought, and at the list while they bring it.
_FEED_INTERVAL = 1.0
_NET_INTERVAL = 600.0
# Seconds since the last event for which webhooks are believed to come: they may be switched on here, and
# nobody may have told ChakraHQ.
_BELIEVED = 3600.0
# Seconds between two looks whether webhooks were switched on meanwhile.
_OPEN_INTERVAL = 600.0
# Seconds at most until what webhooks brought is asked for again where it could not be read: the API server
# is near, and may just have been started anew.
_DEAF_INTERVAL = 5.0


class Poller:
    """
    Looks into the chats of one connection, for all waits of one event loop.

    It lives from its first wait to its last, see :mod:`.pollers`.

    :param hook: to ask through.
    """

    def __init__(self, hook: ChakraHook) -> None:
        from airflow_provider_chakra.api.inbox import ChangedChats

        self._hook = hook
        self._loop = asyncio.get_running_loop()
        self._changes = ChangedChats()
        self._chats: dict[str, Chat] = {}
        self._feed: Feed | None = None
        self._hears = False
        self._heard_at = -math.inf
        self._feed_due = self._open_due = self._loop.time()
        self._begun = asyncio.Event()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._listeners = Listeners(hook, self._slots, self._later)
        self._list_due = self._loop.time()
        self._list_failures = 0
        self._warned: set[str] = set()
        self._task = self._loop.create_task(self._run(), name=f"chats of {hook.chakra_conn_id}")

    @property
    def idle(self) -> bool:
        """Whether nobody waits or listens."""
        return not self._chats and not self._listeners

    @property
    def ended(self) -> bool:
        """Whether it looks no more, though some may still be about to leave."""
        return self._task.done()

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
        now = self._loop.time()
        chat = self._chats.setdefault(customer, Chat(began=now, due=now, read=now))
        chat.waits.append(wait)
        chat.due = now
        if not self._list_failures:
            self._list_due = min(self._list_due, now + self._between_lists(wait.interval))
        self._begun.set()
        try:
            return await wait.found
        finally:
            chat.waits.remove(wait)
            if not chat.waits:
                del self._chats[customer]

    @contextlib.contextmanager
    def listening(self, listener: Listener) -> Generator[None, None, None]:
        """
        Tell a listener what customers write, as long as the ``with`` block lasts.

        :param listener: whom to tell.
        """
        self._listeners.add(listener)
        if not self._list_failures:
            self._list_due = self._loop.time()
        self._begun.set()
        try:
            yield
        finally:
            self._listeners.remove(listener)

    async def _run(self) -> None:
        try:
            self._feed = await open_feed(self._hook)
            self._open_due = self._loop.time() + _OPEN_INTERVAL
            while not self.idle:
                await self._look()
                await self._sleep()
        except ChakraError as error:
            self._end(self._waits(), error)
            self._listeners.fail(error)
        except Exception as error:
            # Whoever waits must not wait forever.
            self._break(self._waits(), error)
            self._listeners.fail(error)

    async def _look(self) -> None:
        if self._feed is None and self._loop.time() >= self._open_due:
            await self._open()
        # Both before any chat is read: what is told after that is found by the next look.
        if self._feed and self._loop.time() >= self._feed_due:
            await self._hear(self._feed)
        if self._loop.time() >= self._list_due:
            await self._list()
        # What cannot be listed cannot be read either.
        if self._list_failures:
            return
        now = self._loop.time()
        due = [customer for customer, chat in self._chats.items() if chat.due <= now]
        # Not all at once: while thousands of waits begin, those that stand want to hear, too.
        await asyncio.gather(*map(self._read, due[:A_ROUND]))
        if now >= self._listeners.due:
            await self._overhear()
        if not self._listeners.failing and not any(chat.failures for chat in self._chats.values()):
            self._warned.discard("chats")

    async def _sleep(self) -> None:
        due = min(self._list_due, self._feed_due if self._feed else math.inf)
        if not self._list_failures:
            due = min(due, self._listeners.due, *(chat.due for chat in self._chats.values()))
        # Python 3.11's wait_for may lose that the task is to end.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(due):
                await self._begun.wait()
        self._begun.clear()

    async def _open(self) -> None:
        """Look whether the connection has a webhook secret by now."""
        self._open_due = self._loop.time() + _OPEN_INTERVAL
        try:
            self._feed = await open_feed(ChakraHook(self._hook.chakra_conn_id))
        except Exception as error:
            # Chats are listed with what was read of the connection before.
            log.info("The connection could not be read once more: %s", type(error).__name__)

    async def _hear(self, feed: Feed) -> None:
        try:
            events = await self._hook.run_async(feed.look)
        except ChakraError as error:
            self._warn(
                "webhooks", "What webhooks brought cannot be read; chats are listed instead: %s", error
            )
            if self._hears:
                self._list_due = self._loop.time()
            self._hears, self._feed_due = False, self._loop.time() + min(self._shortest(), _DEAF_INTERVAL)
            return
        if not self._hears:
            self._make_up_for_it()
        self._warned.discard("webhooks")
        self._hears, self._feed_due = True, self._loop.time() + _FEED_INTERVAL
        if events:
            self._heard_at = self._loop.time()
        self._listeners.tell(events)
        for customer, told in sort_by_chat(events, self._chats).items():
            for wait in self._chats[customer].waits:
                try:
                    # What is listed may lack what these events tell, so time is not up before it is read.
                    found = wait.look(told, -math.inf, self._hook.settings.phone_number_id)
                except Exception as error:
                    # What is wrong with one wait leaves the others alone.
                    wait.fail(error)
                    continue
                if found is not None:
                    wait.end(found)

    def _make_up_for_it(self) -> None:
        """Look for what was told while nothing could be heard."""
        now = self._list_due = self._loop.time()
        for chat in self._chats.values():
            if chat.failures:
                chat.due = now

    async def _list(self) -> None:
        new = self._listeners.list_from(self._changes)
        try:
            changed = await self._hook.run_async(lambda: self._changes.look(self._hook.chats))
        except ChakraError as error:
            if not error.retryable:
                raise
            self._list_due = self._later(error, self._list_failures)
            self._list_failures += 1
            return
        now = self._loop.time()
        self._listeners.take(changed, new, now)
        self._list_due = now if self._listeners.unlisted else now + self._between_lists(self._shortest())
        self._list_failures = 0
        customers = {chat.customer for chat in changed}
        quiet = []
        for customer, chat in self._chats.items():
            if chat.failures or chat.due <= now:
                continue
            if customer in customers:
                chat.due = now
            else:
                quiet.append(chat)
        quiet.sort(key=lambda chat: (now - chat.read) / (now - chat.began), reverse=True)
        for chat in quiet[:_UNASKED]:
            chat.due = now

    async def _overhear(self) -> None:
        try:
            await self._listeners.read(self._changes.newest)
        except ChakraError as error:
            self._listeners.fail(error)

    async def _read(self, customer: str) -> None:
        async with self._slots:
            chat = self._chats.get(customer)
            if chat is None:
                return
            # Whoever begins to wait from here on sets a time of its own.
            chat.due, chat.read = math.inf, self._loop.time()
            waits, read_at = list(chat.waits), time.time()

            def look() -> list[Told | None]:
                wamids = {wamid for wait in waits for wamid in wait.wamids}
                events = self._events_of(customer, wamids)
                number = self._hook.settings.phone_number_id
                return [wait.look(events, read_at, number) for wait in waits]

            try:
                found = await self._hook.run_async(look)
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
        for wait, told in zip(waits, found, strict=True):
            if told is not None:
                wait.end(told)
        if chat.due == math.inf:
            chat.rest(self._loop.time())

    def _events_of(self, customer: str, wamids: set[str]) -> Events:
        from airflow_provider_chakra.api.inbox import read_chat

        try:
            events = self._feed.about(customers=[customer], wamids=wamids) if self._feed else []
        except ChakraInboxError:
            # The chat itself tells enough, where it can be read.
            if not customer.isdigit():
                raise
            events = []
        if customer.isdigit():
            return join(read_chat(self._hook.chats, customer, wamids), events)
        if self._feed is None:
            raise ChakraConfigError(
                "ChakraHQ lists the chats of phone numbers only: to wait for somebody who is known by a user "
                "id, switch webhooks on."
            )
        return events

    def _waits(self) -> list[Wait]:
        return [wait for chat in self._chats.values() for wait in chat.waits]

    def _shortest(self) -> float:
        """Tell how often those who wait or listen want to look, in seconds."""
        return min([*intervals(self._chats.values()), *self._listeners.intervals()], default=0)

    def _between_lists(self, interval: float) -> float:
        """Tell how many seconds lie between two lists, for whom an interval would do."""
        believed = self._hears and self._loop.time() - self._heard_at <= _BELIEVED
        return max(interval, _NET_INTERVAL) if believed else interval

    def _later(self, error: ChakraError, failures: int) -> float:
        """Say once that something went wrong, and tell when to try again."""
        if error.retryable:
            self._warn(
                "chats", "WhatsApp's chats cannot be read; asking again with growing pauses: %s", error
            )
        interval = self._shortest()
        growing = interval * 2.0 ** min(failures, _MOST_DOUBLINGS)
        return self._loop.time() + max(interval, min(growing, _LONGEST_PAUSE), error.retry_after or 0)

    def _warn(self, about: str, text: str, error: ChakraError) -> None:
        if about not in self._warned:
            log.warning(text, error)
            self._warned.add(about)

    @staticmethod
    def _end(waits: list[Wait], error: ChakraError) -> None:
        for wait in waits:
            wait.end({"error": str(error)})

    @staticmethod
    def _break(waits: list[Wait], error: Exception) -> None:
        for wait in waits:
            wait.fail(error)
