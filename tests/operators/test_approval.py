"""Ask for an approval: who is asked and reminded when, who may answer, and what comes of it. Over HTTP."""

from __future__ import annotations

import asyncio
import inspect
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import (
    DAG,
    AirflowFailException,
    AirflowSkipException,
    BaseOperator,
)

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraThrottledError
from airflow_provider_chakra.operators.asking import ApprovalOperator, base
from airflow_provider_chakra.operators.messages.base import UnsendableMessageError
from airflow_provider_chakra.triggers import answers
from tests.operators.arguments import assert_arguments_are_template_fields
from tests.operators.asking import (
    IN_VAIN,
    PHONE,
    SECOND,
    THIRD,
    Deferred,
    Task,
    fails,
    finish,
    ids,
    start,
    taps,
    writes,
)

PEOPLE = [PHONE, SECOND, THIRD]
#: Seconds.
ESCALATE, REMIND, CLOSE = 100, 30, 1000


def approval(**arguments: Any) -> ApprovalOperator:
    """Make an operator."""
    fields = {"task_id": "t", "to": PHONE, "question": "Pay 4711.00?", "answer_timeout": CLOSE}
    return ApprovalOperator(**fields | {"poke_interval": 0.05} | arguments)


def ladder(**arguments: Any) -> ApprovalOperator:
    """Make an operator that asks one after the other."""
    return approval(**{"to": PEOPLE, "escalate_after": ESCALATE} | arguments)


def told(sandbox: Any) -> list[tuple[str, str]]:
    """Tell who was asked or told what."""
    found = []
    for message in sandbox.messages():
        payload = message["payload"]
        body = payload["interactive"]["body"]["text"] if payload["type"] == "interactive" else None
        found.append((payload["to"], body or payload.get("text", {}).get("body") or payload["type"]))
    return found


def asked(sandbox: Any) -> list[str]:
    """Tell who was asked or told anything."""
    return [to for to, _ in told(sandbox)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Give the operators a clock that tests move."""
    times = SimpleNamespace(began=datetime.now(UTC).timestamp())
    times.now = times.began
    monkeypatch.setattr(base, "time", SimpleNamespace(time=lambda: times.now))
    return times


@pytest.mark.parametrize("deferrable", [True, False])
@pytest.mark.parametrize(("answer", "approved"), [(taps("approve"), True), (writes("reject"), False)])
def test_it_returns_whether_it_was_approved(chakra_sandbox, deferrable, answer, approved):
    task = Task()
    made = lambda: approval(deferrable=deferrable)  # ruff: ignore[lambda-assignment]
    assert finish(made, task, answer, sandbox=chakra_sandbox) is approved
    option = "approve" if approved else "reject"
    assert task.pushed["answer"]["option"] == option
    assert task.pushed["answer"]["by"] == {"index": 0, "number": "91******3210"}
    (payload,) = [message["payload"] for message in chakra_sandbox.messages()]
    titles = [button["reply"]["title"] for button in payload["interactive"]["action"]["buttons"]]
    assert titles == ["Approve", "Reject"]


def test_all_are_asked_at_once_and_the_first_answer_counts(chakra_sandbox):
    task = Task()
    made = lambda: approval(to=PEOPLE, approve="Go", reject="No go")  # ruff: ignore[lambda-assignment]
    deferred = start(made(), task)
    assert asked(chakra_sandbox) == PEOPLE
    messages = chakra_sandbox.messages()
    # While no triggerer runs, two answer, the second one first.
    chakra_sandbox.choose(SECOND, messages[1]["wamid"], ids(chakra_sandbox, 1)["approve"])
    chakra_sandbox.advance(5)
    chakra_sandbox.choose(PHONE, messages[0]["wamid"], ids(chakra_sandbox, 0)["reject"])
    event = asyncio.run(deferred.event())
    assert deferred.resume(made(), task, **event) is True
    assert task.pushed["answer"]["by"] == {"index": 1, "number": "91******3211"}
    # As in a retry, and in a resumption without word of it.
    assert start(made(), task) is True
    assert deferred.resume(made(), task, late=True) is True
    assert len(chakra_sandbox.messages()) == 3


def test_who_was_not_asked_may_not_answer(chakra_sandbox, clock):
    task = Task()
    deferred = start(ladder(), task)
    chakra_sandbox.receive(SECOND, "Approve")
    clock.now += ESCALATE - 1
    deferred = deferred.resume(ladder(), task, late=True)
    assert isinstance(deferred, Deferred)
    assert asked(chakra_sandbox) == [PHONE]


def test_one_after_the_other_is_asked(chakra_sandbox, clock):
    task = Task()
    deferred = start(ladder(), task)
    for number in (1, 2, 3):
        assert asked(chakra_sandbox) == PEOPLE[:number]
        last = number == 3
        assert deferred.trigger.until == clock.began + (CLOSE if last else number * ESCALATE)
        assert deferred.trigger.closes == clock.began + CLOSE
        clock.now = deferred.trigger.until
        if not last:
            deferred = deferred.resume(ladder(), task, late=True)
    # All of them may answer.
    taps("reject")(chakra_sandbox, chakra_sandbox.messages()[0]["wamid"])
    assert deferred.resume(ladder(), task, late=True) is False


def test_each_one_is_reminded_and_a_retry_reminds_nobody_twice(chakra_sandbox, clock):
    arguments = {"remind_after": REMIND, "reminders": 2, "to": [PHONE, SECOND]}
    # Where ChakraHQ tells what a tap answers, the reminder must be known.
    chakra_sandbox.listing(whole_bodies=True)
    task = Task()
    deferred = start(ladder(**arguments), task)
    due = []
    while deferred.trigger.until < clock.began + CLOSE:
        due.append(deferred.trigger.until - clock.began)
        clock.now = deferred.trigger.until
        deferred = deferred.resume(ladder(**arguments), task, late=True)
        # Whether it goes on or begins anew makes no difference.
        again = start(ladder(**arguments), task)
        assert again.trigger.serialize() == deferred.trigger.serialize()
    assert due == [30, 60, 100, 130, 160]
    question, reminder = "Pay 4711.00?", "Reminder: Pay 4711.00?"
    assert told(chakra_sandbox) == [
        (PHONE, question),
        (PHONE, reminder),
        (PHONE, reminder),
        (SECOND, question),
        (SECOND, reminder),
        (SECOND, reminder),
    ]
    first, second, *_ = chakra_sandbox.messages()
    assert second["payload"]["context"] == {"message_id": first["wamid"]}
    # A tap in a reminder is an answer, too.
    taps("approve")(chakra_sandbox, second["wamid"])
    assert deferred.resume(ladder(**arguments), task, late=True) is True


def test_reminders_that_fell_due_meanwhile_are_one(chakra_sandbox, clock):
    arguments = {"remind_after": timedelta(seconds=REMIND), "reminders": "5", "reminder": "Please answer"}
    task = Task()
    deferred = start(approval(**arguments), task)
    clock.now += 4 * REMIND + 1
    deferred = deferred.resume(approval(**arguments), task, late=True)
    assert told(chakra_sandbox)[1:] == [(PHONE, "Please answer")]
    assert deferred.trigger.until == clock.began + 5 * REMIND
    # An answer that is there is found before another one is sent.
    clock.now += REMIND
    taps("approve")(chakra_sandbox, chakra_sandbox.messages()[0]["wamid"])
    assert deferred.resume(approval(**arguments), task, late=True) is True
    assert len(chakra_sandbox.messages()) == 2


def test_a_long_question_is_cut_in_the_reminder(chakra_sandbox, clock):
    made = lambda: approval(remind_after=REMIND, question="a" * 1024)  # ruff: ignore[lambda-assignment]
    task = Task()
    deferred = start(made(), task)
    clock.now += REMIND
    deferred.resume(made(), task, late=True)
    assert told(chakra_sandbox)[1] == (PHONE, f"Reminder: {'a' * 1014}")


def test_after_a_long_pause_the_next_one_is_asked_once(chakra_sandbox, clock):
    task = Task()
    deferred = start(ladder(), task)
    clock.now += 5 * ESCALATE
    deferred = deferred.resume(ladder(), task, late=True)
    assert asked(chakra_sandbox) == [PHONE, SECOND]
    assert deferred.trigger.until == clock.now + ESCALATE


def test_a_reminder_that_fails_is_logged_and_not_sent_again(chakra_sandbox, clock, connect, logged):
    connect({"max_tries": 1})
    arguments = {"remind_after": REMIND, "reminders": 2}
    task = Task()
    deferred = start(approval(**arguments), task)
    for fault, told in (
        ({"status": 400, "errors": ["(#131047) x"]}, "was not sent"),
        ({"close": "after"}, "may have been sent, or not"),
    ):
        clock.now = deferred.trigger.until
        chakra_sandbox.fault(path_contains="/messages", **fault)
        deferred = deferred.resume(approval(**arguments), task, late=True)
        assert f"The question stands, though a reminder {told}: " in logged()
    start(approval(**arguments), task)
    assert len(chakra_sandbox.messages()) == 2


def test_the_template_reminds_where_the_window_is_closed(chakra_sandbox, clock):
    arguments = {"remind_after": REMIND, "fallback_template": {"name": "approve", "language": "en"}}
    task = Task()
    deferred = start(approval(**arguments), task)
    chakra_sandbox.windows("refuse")
    clock.now += REMIND
    deferred = deferred.resume(approval(**arguments), task, late=True)
    assert told(chakra_sandbox) == [(PHONE, "Pay 4711.00?"), (PHONE, "template")]


@pytest.mark.parametrize("how", ["refused", "later", "in the triggerer"])
def test_who_cannot_be_reached_is_passed_over_at_once(chakra_sandbox, clock, how):
    task = Task()
    if how == "refused":
        chakra_sandbox.fault(path_contains="/messages", status=400, errors=["(#131026) Undeliverable"])
    deferred = start(ladder(), task)
    if how != "refused":
        fails()(chakra_sandbox, chakra_sandbox.messages()[0]["wamid"])
        event = {"late": True} if how == "later" else asyncio.run(deferred.event())
        deferred = deferred.resume(ladder(), task, **event)
    assert asked(chakra_sandbox)[-1] == SECOND
    assert deferred.trigger.until == clock.began + ESCALATE
    again = start(ladder(), task)
    for name in ("people", "until", "closes", "mark"):
        assert getattr(again.trigger, name) == getattr(deferred.trigger, name)
    taps("approve", SECOND)(chakra_sandbox, chakra_sandbox.messages()[-1]["wamid"])
    assert deferred.resume(ladder(), task, late=True) is True
    assert task.pushed["answer"]["by"]["index"] == 1


def test_if_nobody_can_be_reached_it_fails_and_says_why(chakra_sandbox):
    chakra_sandbox.fault(path_contains="/messages", times=3, status=400, errors=["(#131026) Undeliverable"])
    with pytest.raises(AirflowFailException) as failed:
        start(ladder(), Task())
    assert str(failed.value).count("WhatsApp code 131026") == 3
    assert not any(phone in str(failed.value) for phone in PEOPLE)


def test_the_last_one_who_cannot_be_reached_leaves_the_others(chakra_sandbox, clock):
    task = Task()
    deferred = start(ladder(to=[PHONE, SECOND]), task)
    clock.now += ESCALATE
    deferred = deferred.resume(ladder(to=[PHONE, SECOND]), task, late=True)
    fails()(chakra_sandbox, chakra_sandbox.messages()[1]["wamid"])
    deferred = deferred.resume(ladder(to=[PHONE, SECOND]), task, **asyncio.run(deferred.event()))
    assert isinstance(deferred, Deferred)
    taps("approve")(chakra_sandbox, chakra_sandbox.messages()[0]["wamid"])
    assert deferred.resume(ladder(to=[PHONE, SECOND]), task, **asyncio.run(deferred.event())) is True


@pytest.mark.parametrize("doubt", [True, False])
def test_who_cannot_be_asked_for_now_leaves_the_question_that_is_open(
    chakra_sandbox, clock, connect, logged, doubt
):
    connect({"max_tries": 1})
    task = Task()
    deferred = start(ladder(to=[PHONE, SECOND], poke_interval=7), task)
    clock.now += ESCALATE
    fault = {"close": "after"} if doubt else {"status": 429, "errors": ["(#131056) Pair rate limit"]}
    chakra_sandbox.fault(path_contains="/messages", **fault)
    deferred = deferred.resume(ladder(to=[PHONE, SECOND], poke_interval=7), task, late=True)
    assert "91******3211 cannot be asked" in logged()
    assert deferred.trigger.until == clock.began + (CLOSE if doubt else ESCALATE + 7)
    clock.now += 7
    deferred = deferred.resume(ladder(to=[PHONE, SECOND], poke_interval=7), task, late=True)
    assert deferred.trigger.until == clock.began + CLOSE
    # A message in doubt arrived here, and is not sent again.
    assert asked(chakra_sandbox) == [PHONE, SECOND]
    # What passed does not make silence anything else.
    clock.now = clock.began + CLOSE
    with pytest.raises(AirflowFailException, match="Nobody answered in time"):
        deferred.resume(ladder(to=[PHONE, SECOND]), task, late=True)
    taps("approve")(chakra_sandbox, chakra_sandbox.messages()[0]["wamid"])
    assert deferred.resume(ladder(to=[PHONE, SECOND]), task, late=True) is True


@pytest.mark.parametrize(
    ("status", "error", "once_mended"),
    [
        # The token and the plan may be mended while the question is open.
        (401, "Unauthorized", [PHONE, SECOND]),
        (402, "A paid plan is needed", [PHONE, SECOND]),
        (400, "(#131009) Parameter value is not valid", [PHONE]),
        (404, "(#132001) Template name does not exist", [PHONE]),
    ],
)
def test_what_a_person_must_mend_leaves_the_question_that_is_open_and_is_no_silence(
    chakra_sandbox, clock, connect, status, error, once_mended
):
    connect({"max_tries": 1})
    arguments = {"to": [PHONE, SECOND], "poke_interval": 7, "on_silence": "approve"}
    task = Task()
    deferred = start(ladder(**arguments), task)
    clock.now += ESCALATE
    # A refused token is read anew, and tried once more.
    chakra_sandbox.fault(path_contains="/messages", status=status, errors=[error], times=0)
    deferred = deferred.resume(ladder(**arguments), task, late=True)
    clock.now = clock.began + CLOSE
    with pytest.raises(AirflowFailException, match=r"Nobody answered, and not all could be asked: .*HTTP 40"):
        deferred.resume(ladder(**arguments), task, late=True)
    chakra_sandbox.clear_faults()
    clock.now = clock.began + ESCALATE + 7
    deferred = deferred.resume(ladder(**arguments), task, late=True)
    assert asked(chakra_sandbox) == once_mended
    taps("approve")(chakra_sandbox, chakra_sandbox.messages()[0]["wamid"])
    assert deferred.resume(ladder(**arguments), task, late=True) is True


def test_who_may_have_been_asked_may_answer(chakra_sandbox, clock, connect):
    connect({"max_tries": 1})
    chakra_sandbox.listing(whole_bodies=True)
    task = Task()
    deferred = start(ladder(), task)
    clock.now += ESCALATE
    chakra_sandbox.fault(path_contains="/messages", close="after")
    deferred = deferred.resume(ladder(), task, late=True)
    taps("approve", SECOND)(chakra_sandbox, chakra_sandbox.messages()[1]["wamid"])
    assert deferred.resume(ladder(), task, late=True) is True
    assert task.pushed["answer"]["by"]["index"] == 1


@pytest.mark.parametrize(
    ("status", "error", "goes", "sent"),
    [
        (404, "(#132001) Template name does not exist", False, 2),
        (400, "(#130429) Rate limit hit", True, 3),
        (401, "Unauthorized", True, 3),
    ],
)
def test_a_template_in_the_place_of_a_question_leaves_the_others_open(
    chakra_sandbox, clock, connect, status, error, goes, sent
):
    connect({"max_tries": 1})
    arguments = {"to": [PHONE, SECOND], "fallback_template": {"name": "approve", "language": "en"}}
    task = Task()
    deferred = start(approval(**arguments), task)
    first, second = (message["wamid"] for message in chakra_sandbox.messages())
    fails("(#131047) Re-engagement message")(chakra_sandbox, first)
    chakra_sandbox.fault(path_contains="/messages", status=status, errors=[error], times=0)
    failed = {"person": 0, "wamid": first, "code": 131047}
    deferred = deferred.resume(approval(**arguments), task, failed=failed)
    chakra_sandbox.clear_faults()
    # As in a retry, which knows only what the ledger remembers.
    deferred = start(approval(**arguments), task)
    assert len(chakra_sandbox.messages()) == sent
    assert bool(deferred.trigger.people[0]["asked"]) is goes
    taps("approve", SECOND)(chakra_sandbox, second)
    assert deferred.resume(approval(**arguments), task, late=True) is True


def test_a_template_that_is_throttled_keeps_the_time_of_the_question(chakra_sandbox, clock, connect):
    connect({"max_tries": 1})
    arguments = {"fallback_template": {"name": "approve", "language": "en"}}
    task = Task()
    deferred = start(approval(**arguments), task)
    first = chakra_sandbox.messages()[0]["wamid"]
    clock.now += REMIND
    chakra_sandbox.fault(path_contains="/messages", status=400, errors=["(#130429) Rate limit hit"])
    failed = {"person": 0, "wamid": first, "code": 131047}
    with pytest.raises(ChakraThrottledError):
        deferred.resume(approval(**arguments), task, failed=failed)
    deferred = start(approval(**arguments), task)
    assert len(chakra_sandbox.messages()) == 2
    assert deferred.trigger.closes == clock.began + CLOSE


def test_chats_that_cannot_be_read_hold_up_reminders_and_not_who_is_next(chakra_sandbox, clock, connect):
    connect({"max_tries": 1})
    arguments = {"to": [PHONE, SECOND], "remind_after": REMIND, "poke_interval": 7}
    task = Task()
    deferred = start(ladder(**arguments), task)
    clock.now += ESCALATE
    chakra_sandbox.fault(path_contains="list-chat-messages", status=503, times=0)
    deferred = deferred.resume(ladder(**arguments), task, late=True)
    assert told(chakra_sandbox) == [(PHONE, "Pay 4711.00?"), (SECOND, "Pay 4711.00?")]
    # Who is due is reminded later, without a worker each minute that finds the same.
    assert deferred.trigger.until == clock.now + base._HELD_BACK
    chakra_sandbox.clear_faults()
    clock.now += 7
    deferred.resume(ladder(**arguments), task, late=True)
    assert told(chakra_sandbox)[2:] == [(PHONE, "Reminder: Pay 4711.00?")]


def test_who_cannot_be_reached_in_the_end_is_passed_over_whatever_was_before(chakra_sandbox, clock, connect):
    connect({"max_tries": 1})
    arguments = {"to": [PHONE, SECOND], "poke_interval": 7, "on_silence": "approve"}
    task = Task()
    deferred = start(ladder(**arguments), task)
    for status, error in ((429, "(#131056) Pair rate limit"), (400, "(#131026) Message undeliverable")):
        clock.now = deferred.trigger.until
        chakra_sandbox.fault(path_contains="/messages", status=status, errors=[error])
        deferred = deferred.resume(ladder(**arguments), task, late=True)
    clock.now = deferred.trigger.until
    assert deferred.resume(ladder(**arguments), task, late=True) is True


def test_whether_a_chat_could_be_read_is_carried_along(chakra_sandbox, clock):
    task = Task()
    deferred = start(ladder(), task)
    assert deferred.trigger.worked is False
    clock.now += ESCALATE
    assert deferred.resume(ladder(), task, late=True).trigger.worked is True


def test_waiting_in_the_worker_goes_no_deeper_with_each_turn(chakra_sandbox, connect, monkeypatch):
    connect({"max_tries": 1})
    arguments = {"to": [PHONE, SECOND], "escalate_after": 1, "poke_interval": 0.02, "deferrable": False}
    depths = []
    wait = base.wait

    def noted(*given: Any) -> Any:
        depths.append(len(inspect.stack(context=0)))
        return wait(*given)

    monkeypatch.setattr(base, "wait", noted)

    def throttle(sandbox: Any, _: str) -> None:
        sandbox.fault(path_contains="/messages", status=429, errors=["(#131056) Pair rate limit"], times=12)

    happenings = (throttle, taps("approve", SECOND))
    assert finish(lambda: approval(**arguments), Task(), *happenings, sandbox=chakra_sandbox) is True
    assert len(depths) > 10
    assert len(set(depths[1:])) == 1


def test_an_answer_comes_before_a_template_in_the_place_of_a_question(chakra_sandbox, clock):
    arguments = {"to": [PHONE, SECOND], "fallback_template": {"name": "approve", "language": "en"}}
    task = Task()
    deferred = start(approval(**arguments), task)
    first, second = (message["wamid"] for message in chakra_sandbox.messages())
    failed = {"person": 0, "wamid": first, "code": 131047}
    fails("(#131047) Re-engagement message")(chakra_sandbox, first)
    taps("approve", SECOND)(chakra_sandbox, second)
    assert deferred.resume(approval(**arguments), task, failed=failed) is True
    assert asked(chakra_sandbox) == [PHONE, SECOND]


def test_a_chat_that_cannot_be_read_keeps_nobody_else_from_answering(chakra_sandbox, clock, monkeypatch):
    monkeypatch.setattr(answers, "time", base.time)
    task = Task()
    made = lambda: approval(to=[PHONE, SECOND], on_silence="approve")  # ruff: ignore[lambda-assignment]
    deferred = start(made(), task)
    deaf = {"path_contains": "list-chat-messages", "status": 400, "errors": ["no such customer"]}
    # When answers no longer count, there may be one in that chat.
    chakra_sandbox.fault(**deaf)
    deferred = deferred.resume(made(), task, late=True)
    assert isinstance(deferred, Deferred)
    clock.now += CLOSE
    chakra_sandbox.fault(**deaf)
    with pytest.raises(AirflowFailException, match="no such customer"):
        deferred.resume(made(), task, late=True)
    chakra_sandbox.fault(**deaf)
    taps("approve", SECOND)(chakra_sandbox, chakra_sandbox.messages()[1]["wamid"])
    assert deferred.resume(made(), task, late=True) is True


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_task_that_is_killed_at_any_message_sends_each_once(
    chakra_sandbox, clock, monkeypatch, number, moment
):
    arguments = {"to": [PHONE, SECOND], "remind_after": 80, "told_others": "Done", "confirmation": "Thanks"}
    task = Task()
    sent = 0
    deliver = base.BaseAskOperator._send

    def killed(self: Any, *given: Any) -> str:
        nonlocal sent
        sent += 1
        if moment == "before" and sent == number + 1:
            raise KeyboardInterrupt
        wamid = deliver(self, *given)
        if moment == "after" and sent == number + 1:
            raise KeyboardInterrupt
        return wamid

    monkeypatch.setattr("airflow_provider_chakra.operators.messages.base.BaseSendOperator._send", killed)

    def go_on(deferred: Any) -> Any:
        made = ladder(**arguments)
        try:
            return start(made, task) if deferred is None else deferred.resume(made, task, late=True)
        except KeyboardInterrupt:
            # Another worker, and nothing of what was carried.
            return start(ladder(**arguments), task)

    deferred = go_on(None)
    for until in (80, 100, 180):
        clock.now = clock.began + until
        deferred = go_on(deferred)
    taps("approve")(chakra_sandbox, chakra_sandbox.messages()[0]["wamid"])
    assert go_on(deferred) is True
    question, reminder = "Pay 4711.00?", "Reminder: Pay 4711.00?"
    assert told(chakra_sandbox) == [
        (PHONE, question),
        (PHONE, reminder),
        (SECOND, question),
        (SECOND, reminder),
        (PHONE, "Thanks"),
        (SECOND, "Done"),
    ]


def test_others_are_told_unless_they_were_not_asked(chakra_sandbox, clock):
    arguments = {"told_others": "It is decided", "confirmation": {"approve": "Thank you"}}
    task = Task()
    deferred = start(ladder(**arguments), task)
    clock.now += ESCALATE
    deferred = deferred.resume(ladder(**arguments), task, late=True)
    taps("approve", SECOND)(chakra_sandbox, chakra_sandbox.messages()[1]["wamid"])
    assert deferred.resume(ladder(**arguments), task, late=True) is True
    assert told(chakra_sandbox)[2:] == [(SECOND, "Thank you"), (PHONE, "It is decided")]


@pytest.fixture
def webhooks(connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch webhooks on."""
    monkeypatch.setenv("AIRFLOW__CHAKRA__WEBHOOK", "True")
    connect({"webhook_secret": "s" * 32})


@pytest.mark.usefixtures("webhooks")
def test_nobody_is_silent_before_the_triggerer_has_heard_all_the_time(chakra_sandbox, clock):
    task = Task()
    made = lambda: approval(to="IN.1234", remind_after=REMIND, on_silence="approve")  # ruff: ignore[lambda-assignment]
    deferred = start(made(), task)
    assert deferred.trigger.until == clock.began + REMIND
    # No worker goes on until answers no longer count: one may have come since.
    clock.now += CLOSE + 1
    deferred = deferred.resume(made(), task, late=True)
    assert deferred.trigger.until == deferred.trigger.closes == clock.began + CLOSE
    assert deferred.resume(made(), task, late=True) is True
    assert len(chakra_sandbox.messages()) == 1


@pytest.mark.usefixtures("webhooks")
@pytest.mark.parametrize(("unread", "sent"), [({}, 2), ({"unread": True}, 1)])
def test_who_is_known_by_a_user_id_is_reminded_only_after_the_triggerer_could_hear(
    chakra_sandbox, clock, unread, sent
):
    task = Task()
    made = lambda: approval(to="IN.1234", remind_after=REMIND)  # ruff: ignore[lambda-assignment]
    deferred = start(made(), task)
    clock.now += REMIND
    deferred.resume(made(), task, late=True, **unread)
    assert len(chakra_sandbox.messages()) == sent


@pytest.mark.usefixtures("webhooks")
def test_a_retry_leaves_those_who_are_known_by_a_user_id_to_the_triggerer(chakra_sandbox, clock):
    task = Task()
    made = lambda: approval(to=[PHONE, "IN.1234"])  # ruff: ignore[lambda-assignment]
    deferred = start(made(), task)
    assert len(chakra_sandbox.messages()) == 2
    clock.now += CLOSE + 1
    again = start(made(), task)
    assert again.trigger.serialize() == deferred.trigger.serialize()
    # The triggerer has looked, and there is nothing.
    with pytest.raises(AirflowFailException, match="Nobody answered"):
        again.resume(made(), task, late=True)


@pytest.mark.parametrize(
    ("on_silence", "outcome"),
    [("fail", AirflowFailException), ("skip", AirflowSkipException), ("approve", True), ("reject", False)],
)
def test_silence(chakra_sandbox, clock, on_silence, outcome):
    task = Task()
    deferred = start(approval(on_silence=on_silence), task)
    clock.now += CLOSE
    if isinstance(outcome, type):
        with pytest.raises(outcome, match="Nobody answered in time"):
            deferred.resume(approval(on_silence=on_silence), task, late=True)
    else:
        assert deferred.resume(approval(on_silence=on_silence), task, late=True) is outcome
    assert "answer" not in task.pushed


@pytest.mark.parametrize("fail", [True, "True"])
def test_a_rejection_may_fail_the_task(chakra_sandbox, fail):
    with pytest.raises(AirflowFailException, match="It was rejected"):
        finish(lambda: approval(fail_on_reject=fail), Task(), taps("reject"), sandbox=chakra_sandbox)


@pytest.mark.parametrize("to", ['["919876543210", "+91 98765 43211"]', (PHONE, "+91 98765 43211")])
def test_people_may_be_a_list_in_json(chakra_sandbox, to):
    start(approval(to=to), Task())
    assert asked(chakra_sandbox) == [PHONE, SECOND]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"to": []}, "to: "),
        ({"to": [PHONE, "12"]}, r"to\[1\]: a recipient"),
        ({"to": ["12", PHONE]}, "to: "),
        ({"to": [PHONE, "IN.1234"], "deferrable": False}, r"to\[1\]: a phone number; given: a user id"),
        ({"to": "IN.1234", "deferrable": False}, r"to\[0\]: a phone number; given: a user id"),
        ({"approve": "a" * 21}, "title"),
        ({"approve": "Yes", "reject": "yes"}, r"options\[1\].title: its own title"),
        ({"reject": ""}, r"options\[1\]"),
        ({"approve": " "}, r"options\[0\]"),
        ({"to": [PHONE, "+91 98765-43210"]}, r"to\[1\]: each person once"),
        ({"to": ["IN.1234", "IN.1234"]}, r"to\[1\]: each person once"),
        ({"escalate_after": CLOSE}, "escalate_after: so short that all are asked before answer_timeout"),
        ({"to": PEOPLE, "escalate_after": CLOSE / 2}, "given: 2 times 500 of 1000 s"),
        ({"remind_after": CLOSE}, "remind_after: less than answer_timeout"),
        ({"reminder": "a" * 1025}, "reminder: a text of at most 1024 characters; given: 1025"),
        ({"told_others": "a" * 4097}, "told_others: a text of at most 4096 characters"),
        ({"button": "Open"}, "button: nothing"),
        ({"wait_timeout": 5}, "wait_timeout: nothing"),
        ({"on_silence": "continue"}, "on_silence: one of fail, skip, approve, reject"),
        ({"confirmation": {"yes": "x"}}, "confirmation: texts for approve, reject"),
    ],
)
def test_a_mistake_breaks_the_import(arguments, problem):
    with pytest.raises(UnsendableMessageError, match=problem):
        approval(**arguments)


@pytest.mark.parametrize("name", ["escalate_after", "remind_after", "answer_timeout"])
@pytest.mark.parametrize("value", [0, -1, "soon"])
def test_time_spans_are_above_0(name, value):
    with pytest.raises(ChakraConfigError, match=f"{name} must be a number of seconds"):
        approval(**{name: value})


@pytest.mark.parametrize("reminders", [-1, "often", None])
def test_reminders_are_a_number(reminders):
    with pytest.raises(ChakraConfigError, match="reminders must be a whole number"):
        approval(reminders=reminders)


def test_what_default_args_give_to_others_is_let_be():
    with DAG("d", schedule=None, default_args={"wait_timeout": 60, "on_wait_timeout": "skip"}):
        assert approval()


@pytest.mark.parametrize("fail", [True, False])
def test_a_mapped_approval_that_could_skip_nothing_asks_nobody(chakra_sandbox, fail):
    task = Task()
    task.map_index = 0
    with DAG("d", schedule=None):
        operator, alone = approval(fail_on_reject=fail), approval(task_id="alone")
        operator >> BaseOperator(task_id="pay")
    if fail:
        assert isinstance(start(operator, task), Deferred)
    else:
        with pytest.raises(AirflowFailException, match="Airflow skips nothing that follows a mapped task"):
            start(operator, task)
        assert chakra_sandbox.requests() == []
    assert isinstance(start(alone, task), Deferred)


def test_arguments_are_template_fields():
    assert_arguments_are_template_fields(ApprovalOperator, but=IN_VAIN)
    with DAG("d", schedule=None) as dag:
        approval() >> BaseOperator(task_id="pay")
    assert dag.get_task("t").inherits_from_skipmixin
