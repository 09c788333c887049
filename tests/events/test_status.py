"""What is told of a message's way, in any order and any number of times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import reduce
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from airflow_provider_chakra.events import Delivery, DeliveryStatus, Failure, Status, later

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORDER: list[DeliveryStatus] = ["SENT", "FAILED", "DELIVERED", "READ"]


def status(word: str, at: datetime | None = NOON, **fields: Any) -> Status:
    return Status(wamid="wamid.x", status=word, at=at, **fields)


@pytest.mark.parametrize(("known", "new"), list(product(ORDER, ORDER)))
def test_which_status_counts(known: DeliveryStatus, new: DeliveryStatus) -> None:
    found = later(status(known), status(new, NOON - timedelta(hours=1)))
    assert found.status == ORDER[max(ORDER.index(known), ORDER.index(new))]


def test_the_same_status_twice_is_told_once_with_all_that_is_known() -> None:
    earlier = NOON - timedelta(seconds=1)
    error = Failure(code=131026)
    told = status("FAILED", earlier, recipient="919876543210")
    known = status("FAILED", error=error)
    expected = status("FAILED", earlier, recipient="919876543210", error=error)
    assert later(known, told) == later(told, known) == expected


def test_a_delivery_shows_no_words_of_others() -> None:
    delivery = Delivery.of(status("FAILED", error=Failure(code=131026, title="To 919876543210")))
    assert repr(delivery) == "Delivery(wamid='wamid.x', status='FAILED', error=Failure(code=131026))"


def test_statuses_of_two_messages_are_not_compared() -> None:
    with pytest.raises(ValueError, match="two messages"):
        later(status("SENT"), Status(wamid="wamid.y", status="READ"))


def test_the_times_of_each_status_are_kept() -> None:
    delivery = Delivery.of(status("READ", NOON + timedelta(minutes=2)))
    delivery = delivery.after(status("SENT")).after(status("FAILED", None, error=Failure(code=1)))
    assert delivery == Delivery(
        wamid="wamid.x", status="READ", times={"READ": NOON + timedelta(minutes=2), "SENT": NOON}
    )


def test_a_failure_keeps_its_reason() -> None:
    error = Failure(code=131047, title="Re-engagement message")
    delivery = Delivery.of(status("FAILED", None, error=error)).after(status("SENT")).after(status("FAILED"))
    assert delivery == Delivery(
        wamid="wamid.x", status="FAILED", times={"SENT": NOON, "FAILED": NOON}, error=error
    )


STATUSES = st.builds(
    status,
    st.sampled_from(ORDER),
    st.none() | st.integers(0, 5).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    recipient=st.sampled_from([None, "919876543210", "919876543211"]),
    error=st.none()
    | st.builds(
        Failure,
        code=st.sampled_from([None, 131026, 131047]),
        title=st.sampled_from([None, "a", "b"]),
        details=st.sampled_from([None, "a", "b"]),
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STATUSES, min_size=1, max_size=6), st.data())
def test_neither_order_nor_repetition_matters(told: list[Status], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(told), max_size=4))
    otherwise = data.draw(st.permutations(told + again))
    first, *rest = told
    other_first, *other_rest = otherwise
    assert reduce(later, otherwise) == reduce(later, told)
    delivery = reduce(Delivery.after, rest, Delivery.of(first))
    assert reduce(Delivery.after, other_rest, Delivery.of(other_first)) == delivery
    assert delivery.status == max((one.status for one in told), key=ORDER.index)


def test_times_are_in_utc() -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    assert status("SENT", datetime(2026, 11, 22, 17, 30, tzinfo=india)).model_dump()["at"].tzinfo is UTC


@pytest.mark.parametrize(
    "at", [datetime(2026, 11, 22, 12), datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))]
)
def test_times_without_a_zone_or_beyond_the_calendar_are_refused(at: datetime) -> None:
    with pytest.raises(ValidationError):
        status("SENT", at)
