"""Who is asked and reminded when: a table over times."""

from __future__ import annotations

import json

import pytest

from airflow_provider_chakra.operators.asking.plan import Person, Plan, Times

ONE = Times(closes_after=1000)
LADDER = Times(closes_after=1000, escalate_after=100)
REMINDING = Times(closes_after=1000, escalate_after=400, remind_after=30, reminders=3)


def asked(at: float, reminded: int = 0) -> Person:
    """Make somebody who was asked."""
    return Person(at=at, wamids=[f"wamid.{at}"], asked=f"wamid.{at}", reminded=reminded)


def failed(at: float) -> Person:
    """Make somebody who cannot be asked."""
    return Person(at=at, failed="no")


NEW = Person()
BEGUN = Person(at=50)


@pytest.mark.parametrize(
    ("people", "times", "now", "who"),
    [
        ([NEW], ONE, 0, 0),
        ([asked(0)], ONE, 5, None),
        ([failed(0)], ONE, 5, None),
        # All at once.
        ([asked(0), NEW, NEW], ONE, 0, 1),
        ([asked(0), asked(0), NEW], ONE, 0, 2),
        # One after the other.
        ([asked(0), NEW], LADDER, 99, None),
        ([asked(0), NEW], LADDER, 100, 1),
        ([asked(0), asked(150), NEW], LADDER, 249, None),
        ([asked(0), asked(150), NEW], LADDER, 250, 2),
        # At once where the one before cannot be reached.
        ([failed(0), NEW], LADDER, 1, 1),
        ([asked(0), failed(100), NEW], LADDER, 101, 2),
        ([failed(0), asked(1), NEW], LADDER, 100, None),
        # What a try began, the next one ends.
        ([asked(0), BEGUN], LADDER, 51, 1),
        # On a worker whose clock is behind, too.
        ([NEW], ONE, -5, 0),
    ],
)
def test_who_is_asked(people, times, now, who):
    assert Plan(0, people).to_ask(now, times) == who


@pytest.mark.parametrize(
    ("people", "now", "who"),
    [
        ([asked(0)], 29, []),
        ([asked(0)], 30, [(0, 1)]),
        ([asked(0, 1)], 59, []),
        ([asked(0, 1)], 60, [(0, 2)]),
        # After a long pause one reminder is sent, not three.
        ([asked(0)], 500, [(0, 3)]),
        ([asked(0, 3)], 500, []),
        ([failed(0)], 500, []),
        ([NEW], 500, []),
        ([asked(0, 3), asked(400)], 430, [(1, 1)]),
        ([asked(0, 1), asked(40)], 70, [(0, 2), (1, 1)]),
    ],
)
def test_who_is_reminded(people, now, who):
    assert list(Plan(0, people).to_remind(now, REMINDING)) == who
    assert list(Plan(0, people).to_remind(now, LADDER)) == []


@pytest.mark.parametrize(
    ("people", "times", "at"),
    [
        ([asked(0)], ONE, 1000),
        ([asked(0), NEW], LADDER, 100),
        ([asked(0), asked(150)], LADDER, 1000),
        ([asked(0), NEW], REMINDING, 30),
        ([asked(0, 3), NEW], REMINDING, 400),
        ([asked(0, 3), asked(400)], REMINDING, 430),
        ([asked(0, 3), asked(400, 3)], REMINDING, 1000),
        ([asked(0, 1), failed(5)], REMINDING, 60),
        ([asked(980)], REMINDING, 1000),
        ([failed(0), NEW], LADDER, 0),
    ],
)
def test_when_there_is_something_to_do_next(people, times, at):
    assert Plan(0, people).next_at(times) == at


def test_a_plan_is_made_anew_from_what_it_tells():
    plan = Plan(7, [asked(1, 2), failed(2), NEW])
    assert Plan.of(json.loads(json.dumps(plan.tell()))) == plan
    assert plan.is_asked
    assert not Plan(0, [NEW, failed(1)]).is_asked
