"""Threads for calls that block, none of which is waited for without bound."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

log = logging.getLogger(__name__)

#: Seconds for a call, waiting for a thread included: less than who calls a webhook waits.
_LONGEST = 12.0
#: Threads that were given up and did not come back; then no more are made.
_MOST_LOST = 20

Result = TypeVar("Result")


class LateError(Exception):
    """A call that blocks did not come back in time."""


class Threads:
    """
    Some threads. They are made when they are needed.

    No executor's, as Python does not end before all of these came back.

    :param count: how many.
    :param name: what they are called.
    :param renew: called after a thread was given up, before the first call in a fresh one. It must not block.
    """

    def __init__(self, count: int, name: str, renew: Callable[[], None] = lambda: None) -> None:
        self._count = count
        self._name = name
        self._renew = renew
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._lost: list[Thread] = []

    async def run(self, call: Callable[[], Result]) -> Result:
        """
        Call something that blocks.

        :param call: it.
        :return: what it gives.
        :raises LateError: if it did not come back in time. It may yet do what it should.
        """
        if not self._threads:
            self._start()
        job: Future[Result] = Future()
        jobs = self._jobs
        jobs.put((job, call))
        try:
            async with asyncio.timeout(_LONGEST) as limit:
                return await asyncio.wrap_future(job)
        except TimeoutError:
            if not limit.expired():
                raise
            # What has not begun is not begun any more, and says nothing about the threads.
            if not job.cancel() and not job.done() and jobs is self._jobs:
                self._start_anew()
            raise LateError from None

    def end(self) -> None:
        """Let the threads go, those that hang too."""
        for _ in self._threads:
            self._jobs.put(None)
        self._threads = []

    def _start(self) -> None:
        self._threads = [
            Thread(target=_work, args=(self._jobs,), name=self._name, daemon=True) for _ in range(self._count)
        ]
        for thread in self._threads:
            thread.start()

    def _start_anew(self) -> None:
        lost = [thread for thread in (*self._lost, *self._threads) if thread.is_alive()]
        if len(lost) > _MOST_LOST:
            # One of them is waited for. To make ever more would leave the process without memory.
            return
        self._lost = lost
        log.warning("%s: a call did not come back within %g seconds, and is given up", self._name, _LONGEST)
        self.end()
        self._jobs = SimpleQueue()
        self._renew()
        self._start()


def _work(jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None]) -> None:
    while task := jobs.get():
        job, call = task
        if not job.set_running_or_notify_cancel():
            continue
        try:
            result = call()
        except BaseException as error:
            job.set_exception(error)
        else:
            job.set_result(result)
            del result
        # Else they live until the next call.
        del task, job, call
