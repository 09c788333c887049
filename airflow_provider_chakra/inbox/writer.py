"""
One writer for all webhooks of a process, which keeps many events with one commit.

A commit of each webhook's own would bound a server to what its disk can do, some hundred a second. What
arrives while one commit is on its way goes with the next, and each webhook is answered when its own events
are kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from airflow_provider_chakra.inbox.rows import Row
from airflow_provider_chakra.inbox.store import Store
from airflow_provider_chakra.inbox.threads import Threads

log = logging.getLogger(__name__)

#: Events of one commit; a webhook's are never parted.
_AT_ONCE = 500
#: Seconds to wait for company: a commit costs more than the events in it.
_GATHERING = 0.005
#: Events that may wait, and the characters of their records. More is refused, and may be sent again.
_MOST_WAITING = 20_000
_MOST_CHARACTERS = 64_000_000
#: Seconds until a webhook is answered; its events may be kept later, and are passed over if they come again.
_PATIENCE = 15.0
#: Seconds for what waits when the server stops.
_ENDING = 10.0
#: Seconds between two looks for what is too old.
_BETWEEN_SWEEPS = 3600.0
_BETWEEN_PORTIONS = 1.0
#: Longer than events are taken for: else one could be deleted, and taken anew when it comes again.
_MARGIN = timedelta(hours=1)


class NotKeptError(Exception):
    """Events could not be kept, and must not be acknowledged."""


class _Load:
    """The events of a webhook, and whoever waits until they are kept."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.characters = sum(len(row.record) for row in rows)
        self.kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Writer:
    """
    Keep events, and delete them when they are old.

    :param store: where.
    :param days: for how many days.
    """

    def __init__(self, store: Store, days: int) -> None:
        self._store = store
        self._days = timedelta(days=days)
        self._waiting: deque[_Load] = deque()
        self._rows = 0
        self._characters = 0
        self._sweep_due = 0.0
        self._ended = False
        self._failing = False

    @property
    def oldest(self) -> datetime:
        """The time before which events are no longer taken."""
        return datetime.now(UTC) - self._days

    async def start(self) -> None:
        """Start, within the event loop that webhooks arrive in."""
        # One thread: the commits of a process come one after another.
        self._thread = Threads(1, "chakra-inbox-writer", self._store.renew)
        self._arrived = asyncio.Event()
        self._sweep_due = asyncio.get_running_loop().time()
        self._task = asyncio.create_task(self._run(), name="chakra-inbox-writer")

    async def stop(self) -> None:
        """Keep what waits, if the database answers, and end."""
        self._ended = True
        self._arrived.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ENDING):
                await self._task
        self._thread.end()

    async def add(self, rows: Sequence[Row]) -> None:
        """
        Keep events.

        :param rows: those of one webhook.
        :raises NotKeptError: if they could not be kept, or not in time.
        """
        load = _Load(rows)
        if (
            self._ended
            or self._rows + len(rows) > _MOST_WAITING
            or self._characters + load.characters > _MOST_CHARACTERS
        ):
            raise NotKeptError("too many webhooks at once")
        self._waiting.append(load)
        self._count(load, 1)
        self._arrived.set()
        try:
            async with asyncio.timeout(_PATIENCE):
                await load.kept
        except TimeoutError:
            raise NotKeptError("the database does not answer in time") from None

    def _count(self, load: _Load, sign: int) -> None:
        self._rows += sign * len(load.rows)
        self._characters += sign * load.characters

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting or not self._ended:
            if self._waiting:
                if self._rows < _AT_ONCE and not self._ended:
                    await asyncio.sleep(_GATHERING)
                await self._write(self._next())
            elif loop.time() >= self._sweep_due:
                await self._sweep()
            else:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(self._sweep_due):
                        await self._arrived.wait()
                self._arrived.clear()

    def _next(self) -> list[_Load]:
        loads = [self._waiting.popleft()]
        rows = len(loads[0].rows)
        while self._waiting and rows + len(self._waiting[0].rows) <= _AT_ONCE:
            loads.append(self._waiting.popleft())
            rows += len(loads[-1].rows)
        return loads

    async def _write(self, loads: list[_Load]) -> None:
        rows = [row for load in loads for row in load.rows]
        error: NotKeptError | None = None
        try:
            await self._thread.run(partial(self._store.add, rows))
        except Exception as cause:
            self._tell(cause)
            error = NotKeptError("the database does not keep them")
        else:
            self._failing = False
        for load in loads:
            self._count(load, -1)
            # Whoever waited may have given up.
            if load.kept.done():
                continue
            if error:
                load.kept.set_exception(error)
            else:
                load.kept.set_result(None)

    async def _sweep(self) -> None:
        loop, more = asyncio.get_running_loop(), False
        try:
            before = self.oldest - _MARGIN
            more = await self._thread.run(partial(self._store.sweep, before))
        except Exception as cause:
            self._tell(cause)
        self._sweep_due = loop.time() + (_BETWEEN_PORTIONS if more else _BETWEEN_SWEEPS)

    def _tell(self, cause: Exception) -> None:
        # The error's own text may quote what was to be kept.
        if not self._failing:
            log.error("ChakraHQ's webhooks cannot be kept in the database: %s", type(cause).__name__)
        self._failing = True
