"""Trying again by itself: only what was surely not sent or only reads, a few times, for a bounded while."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from airflow_provider_chakra.api.codes import MINUTES, Wait, meaning_of
from airflow_provider_chakra.exceptions import ChakraConnectError, ChakraError

log = logging.getLogger(__name__)

_random = random.SystemRandom()

T = TypeVar("T")

_NO_CONNECTION = Wait(1, 2, 30)
_NO_ANSWER = Wait(1, 2, 30)


def wait_before_retry(error: ChakraError, number: int) -> float | None:
    """
    Tell how long to wait before a request is made again.

    :param error: what the last try met.
    :param number: 0 for the wait before the first further try.
    :return: seconds: what the server asked for, else what the table of codes says; ``None`` where
        trying again does not help or is not safe.
    """
    if not error.retryable:
        return None
    if error.retry_after is not None:
        # Never earlier than asked, and not all at the same moment.
        return error.retry_after * _random.uniform(1, 1.1)
    if isinstance(error, ChakraConnectError):
        wait = _NO_CONNECTION
    elif error.outcome == "unknown":
        wait = _NO_ANSWER
    else:
        wait = meaning_of(error.status or 0, error.code).wait or MINUTES
    seconds = wait.seconds(number)
    return _random.uniform(0, seconds) if wait.jitter else seconds


@dataclass(frozen=True)
class Retrying:
    """
    A bound on trying again.

    :param max_tries: how many times a request is made at most; 1 never makes it again.
    :param max_wait: seconds of waiting in all. A longer wait is left to the caller, so that no
        worker sleeps through it; the error says how long it is.
    :param sleep: what waits.
    """

    max_tries: int
    max_wait: float
    sleep: Callable[[float], None] = time.sleep

    def run(self, call: Callable[[], T]) -> T:
        """
        Call, and again where that is safe and can help.

        :param call: makes a request and reads its answer.
        :return: what it returns.
        :raises ChakraError: what the last try met.
        """
        waited, number = 0.0, 0
        while True:
            try:
                return call()
            except ChakraError as error:
                seconds = wait_before_retry(error, number)
                if seconds is None:
                    raise
                number += 1
                if number >= self.max_tries or waited + seconds > self.max_wait:
                    error.retry_after = seconds
                    raise
                log.warning("Try %d of %d in %.1f s: %s", number + 1, self.max_tries, seconds, error)
            self.sleep(seconds)
            waited += seconds


#: Never again.
ONCE = Retrying(max_tries=1, max_wait=0)
