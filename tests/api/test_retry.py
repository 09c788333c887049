"""Trying again: what, how often, how long. The clock is a mock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from airflow_provider_chakra.api.codes import CODES, MINUTES, PAIR, SECONDS, STATUSES
from airflow_provider_chakra.api.retry import ONCE, Retrying, wait_before_retry
from airflow_provider_chakra.exceptions import (
    ChakraConnectError,
    ChakraError,
    ChakraRequestError,
    ChakraServerError,
    ChakraThrottledError,
    ChakraUnknownError,
)


def throttled(code: int | None = None, **fields: Any) -> ChakraThrottledError:
    """Make the error of a throttle."""
    return ChakraThrottledError("x", **{"status": 400 if code else 429, "code": code} | fields)


def failing(*errors: ChakraError) -> Callable[[], str]:
    """Make a call that fails with each error in turn, and then succeeds."""
    left = list(errors)

    def call() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return call


def test_the_first_success_ends_it():
    waits: list[float] = []
    assert Retrying(3, 30, waits.append).run(failing()) == "done"
    assert waits == []


@pytest.mark.parametrize(
    ("errors", "bounds"),
    [
        ([throttled(), throttled()], [(0, 1), (0, 2)]),
        ([throttled(131056), throttled(131056)], [(1, 1), (4, 4)]),
        ([throttled(retry_after=3), throttled(retry_after=5)], [(3, 3.3), (5, 5.5)]),
        ([ChakraConnectError("x"), ChakraConnectError("x")], [(0, 1), (0, 2)]),
        ([ChakraConnectError("x"), throttled(131056)], [(0, 1), (4, 4)]),
    ],
)
def test_what_was_surely_not_sent_is_tried_again_after_its_wait(errors, bounds):
    waits: list[float] = []
    assert Retrying(3, 30, waits.append).run(failing(*errors)) == "done"
    assert len(waits) == len(bounds)
    for wait, (least, most) in zip(waits, bounds, strict=True):
        assert least <= wait <= most


@pytest.mark.parametrize(
    "error",
    [
        ChakraUnknownError("x"),
        ChakraRequestError("x", status=400),
        throttled(131048, retryable=False),
    ],
)
def test_what_may_have_been_sent_or_what_no_retry_mends_is_not_tried_again(error):
    waits: list[float] = []
    with pytest.raises(type(error)):
        Retrying(3, 30, waits.append).run(failing(error))
    assert waits == []


def test_the_number_of_tries_is_bound():
    waits: list[float] = []
    errors = [throttled(retry_after=0) for _ in range(9)]
    with pytest.raises(ChakraThrottledError):
        Retrying(3, 30, waits.append).run(failing(*errors))
    assert len(waits) == 2
    with pytest.raises(ChakraThrottledError):
        ONCE.run(failing(throttled(retry_after=0)))


def test_a_wait_over_the_bound_is_left_to_the_caller_who_is_told_how_long():
    waits: list[float] = []
    with pytest.raises(ChakraThrottledError) as caught:
        Retrying(9, 30, waits.append).run(failing(*[throttled(131056) for _ in range(9)]))
    assert waits == [1, 4, 16]
    assert caught.value.retry_after == 64
    with pytest.raises(ChakraThrottledError) as caught:
        Retrying(9, 30, waits.append).run(failing(throttled(retry_after=120)))
    assert 120 <= caught.value.retry_after <= 132


def test_each_wait_is_logged(caplog):
    Retrying(3, 30, lambda seconds: None).run(failing(throttled(131056)))
    assert [record.getMessage() for record in caplog.records] == ["Try 2 of 3 in 1.0 s: x"]


def test_jitter_is_full():
    waits = {wait_before_retry(throttled(), 3) for _ in range(200)}
    assert len(waits) > 100
    assert min(waits) < 2
    assert 6 < max(waits) <= 8


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [
        (SECONDS, [1, 2, 4, 8, 16, 32, 60, 60]),
        (PAIR, [1, 4, 16, 64, 256, 256]),
        (MINUTES, [60, 120, 240, 480, 600]),
    ],
)
def test_a_schedule_grows_to_its_longest(wait, seconds):
    assert [wait.seconds(number) for number in range(len(seconds))] == seconds


@pytest.mark.parametrize("code", [code for code, meaning in CODES.items() if meaning.wait])
def test_only_throttles_and_troubles_of_the_other_side_are_waited_for(code):
    assert issubclass(CODES[code].error, ChakraThrottledError | ChakraServerError)
    assert wait_before_retry(CODES[code].error("x", status=400, code=code, retryable=True), 0) is not None


def test_of_statuses_only_429_is_waited_for():
    assert [status for status, meaning in STATUSES.items() if meaning.wait] == [429]
