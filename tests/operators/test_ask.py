"""Ask a person, and go on with the answer. Over HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException, AirflowSkipException

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraThrottledError
from airflow_provider_chakra.operators.asking import AskBranchOperator, AskOperator, base
from airflow_provider_chakra.operators.messages.base import UnsendableMessageError
from tests.operators.arguments import assert_arguments_are_template_fields
from tests.operators.asking import (
    IN_VAIN,
    PHONE,
    SECOND,
    Deferred,
    Task,
    fails,
    finish,
    ids,
    start,
    taps,
    writes,
)

SLOTS = {"am": "In the morning", "pm": "In the afternoon"}
TEMPLATE = {
    "name": "slot",
    "language": "en_US",
    "buttons": [{"quick_reply": "am"}, {"quick_reply": "pm"}],
}
#: Seconds: the sandbox's clock goes on, however long a test takes.
CLOSE = 300
BOTH_WAYS = pytest.mark.parametrize("deferrable", [True, False])


def ask(**arguments: Any) -> AskOperator:
    """Make an operator."""
    fields = {"task_id": "t", "to": "+91 98765 43210", "question": "When?", "options": SLOTS}
    return AskOperator(**fields | {"poke_interval": 0.05, "answer_timeout": CLOSE} | arguments)


def sent(sandbox: Any) -> list[dict[str, Any]]:
    """Give what arrived."""
    return [message["payload"] for message in sandbox.messages()]


def kinds(sandbox: Any) -> list[str]:
    """Tell what arrived."""
    return [payload["type"] for payload in sent(sandbox)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Give the operators a clock that tests move."""
    times = SimpleNamespace(now=datetime.now(UTC).timestamp())
    monkeypatch.setattr(base, "time", SimpleNamespace(time=lambda: times.now))
    return times


@BOTH_WAYS
@pytest.mark.parametrize(
    ("answers", "option"),
    [
        ([taps("pm")], "pm"),
        ([writes("in the MORNING")], "am"),
        ([lambda sandbox, wamid: [writes("Who?")(sandbox, wamid), taps("am")(sandbox, wamid)]], "am"),
        ([lambda sandbox, wamid: [writes("pm")(sandbox, wamid), taps("am")(sandbox, wamid)]], "pm"),
    ],
)
def test_the_id_of_the_first_answer_is_returned(chakra_sandbox, logged, deferrable, answers, option):
    task = Task()
    began = datetime.now(UTC)
    assert finish(lambda: ask(deferrable=deferrable), task, *answers, sandbox=chakra_sandbox) == option
    answer = task.pushed.pop("answer")
    assert (answer["option"], answer["by"]) == (option, {"index": 0, "number": "91******3210"})
    assert began - timedelta(seconds=1) < datetime.fromisoformat(answer["at"]) <= datetime.now(UTC)
    assert set(answer) == {"option", "wamid", "at", "text", "by"}
    assert task.pushed == {}
    told = logged()
    assert f"91******3210 answered {option}" in told
    assert PHONE not in told + str(task.state)
    assert "When?" not in told + str(task.state)


@pytest.mark.parametrize(
    ("options", "kind", "shown"),
    [
        (["Yes", "No"], "button", [{"id": "Yes", "title": "Yes"}, {"id": "No", "title": "No"}]),
        (
            SLOTS,
            "button",
            [{"id": "am", "title": "In the morning"}, {"id": "pm", "title": "In the afternoon"}],
        ),
        ('{"y": "Yes", "n": "No"}', "button", [{"id": "y", "title": "Yes"}, {"id": "n", "title": "No"}]),
        (
            [{"id": "a", "title": "A", "description": "The first"}, "B"],
            "list",
            [{"id": "a", "title": "A", "description": "The first"}, {"id": "B", "title": "B"}],
        ),
        (["1", "2", "3", "4"], "list", [{"id": n, "title": n} for n in "1234"]),
    ],
)
def test_options_are_buttons_or_a_list(chakra_sandbox, options, kind, shown):
    deferred = start(ask(options=options, header="Parcel", footer="Thank you", button="Days"), Task())
    assert isinstance(deferred, Deferred)
    (payload,) = sent(chakra_sandbox)
    interactive = payload["interactive"]
    action = interactive["action"]
    assert interactive["type"] == kind
    assert interactive["body"] == {"text": "When?"}
    assert interactive["header"] == {"type": "text", "text": "Parcel"}
    assert interactive["footer"] == {"text": "Thank you"}
    rows = [b["reply"] for b in action["buttons"]] if kind == "button" else action["sections"][0]["rows"]
    assert kind == "button" or action["button"] == "Days"
    (mark,) = {row["id"][-9:] for row in rows}
    assert re.fullmatch(r"#[0-9a-f]{8}", mark)
    assert [{**row, "id": row["id"].removesuffix(mark)} for row in rows] == shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"options": ["Yes"]}, "options: 2 to 10 of them; given: 1; add another one"),
        ({"options": list("abcdefghijk")}, "options: 2 to 10 of them; given: 11; leave out 1"),
        ({"options": []}, "given: 0; add another one"),
        ({"options": "Yes"}, "options: a list or a mapping; given: a str"),
        ({"options": ["Yes", ""]}, r"options\[1\]: a text, not empty"),
        ({"options": ["Yes", {"id": "no"}]}, r"options\[1\]: a text, not empty; given: a dict"),
        ({"options": ["Yes", {"id": "n", "title": "No", "x": 1}]}, r"options\[1\]: .* leave out x"),
        ({"options": {"y": "Yes", "n": "yes "}}, r"options\[1\].title: its own title"),
        ({"options": [{"id": "y", "title": "A"}, {"id": "Y", "title": "B"}]}, r"options\[1\].id: its own id"),
        ({"options": ["a" * 192, "b"]}, r"options\[0\].id: 1 to 191 characters; given: 192"),
        ({"options": ["a" * 21, "b"]}, "title"),
        ({"question": ""}, "interactive.body.text"),
        ({"to": "98765"}, "to: "),
        ({"to": ["919876543210", "919876543211"]}, "to: one person; given: 2; map the task"),
        ({"to": []}, "to: "),
        ({"default": "evening", "on_silence": "continue"}, "default: the id of an option"),
        ({"default": "am"}, "default: nothing without on_silence"),
        ({"on_silence": "approve"}, "on_silence: one of fail, skip, continue"),
        ({"confirmation": {"evening": "Thank you"}}, "confirmation: texts for am, pm"),
        ({"confirmation": "a" * 4097}, "confirmation: a text of at most 4096 characters; given: 4097"),
        ({"confirmation": {"am": 5}}, "confirmation: a text of at most 4096 characters; given: a int"),
        ({"options": ["Yes", " "]}, r"options\[1\]: a text, not empty"),
        ({"options": {" ": "Yes", "n": "No"}}, r"options\[0\]: a text, not empty"),
        ({"wait_for": "delivered"}, "wait_for: nothing"),
        ({"wait_timeout": 60}, "wait_timeout: nothing; given: a value; leave it out: answer_timeout"),
        ({"on_wait_timeout": "skip"}, "on_wait_timeout: nothing"),
        (
            {
                "fallback_template": TEMPLATE
                | {"buttons": [{"quick_reply": "am"}, {"quick_reply": "evening"}]}
            },
            r"fallback_template: buttons\[1\].quick_reply: one of am, pm",
        ),
        ({"fallback_template": {"name": "Slot", "language": "en"}}, "fallback_template: template.name"),
    ],
)
def test_a_mistake_breaks_the_import(arguments, told):
    with pytest.raises(UnsendableMessageError, match=told):
        ask(**arguments)
    # Also where who is asked, and what, is known only when the task runs.
    late = {"to": "{{ params.to }}", "question": "{{ ds }}"}
    if not late.keys() & arguments:
        with pytest.raises(UnsendableMessageError, match=told):
            ask(**late | arguments)


@pytest.mark.parametrize("timeout", ["soon", 0, -1, None, "", 1e12])
def test_a_timeout_is_a_time_span(timeout):
    with pytest.raises(ChakraConfigError, match="answer_timeout must be a number of seconds"):
        ask(answer_timeout=timeout)


@pytest.mark.parametrize("timeout", [timedelta(0), timedelta(days=4000)])
def test_a_timeout_that_is_a_timedelta_is_above_0(chakra_sandbox, timeout):
    with pytest.raises((ChakraConfigError, AirflowFailException), match="answer_timeout must be a number"):
        start(ask(answer_timeout=timeout), Task())
    assert chakra_sandbox.requests() == []


def test_a_mistake_that_a_template_made_fails_before_anybody_is_asked(chakra_sandbox):
    operator = ask(options="{{ options }}")
    operator.options = '["Yes"]'
    with pytest.raises(AirflowFailException, match="2 to 10"):
        start(operator, Task())
    assert chakra_sandbox.requests() == []


@BOTH_WAYS
@pytest.mark.parametrize(
    ("arguments", "outcome"),
    [
        ({}, AirflowFailException),
        ({"on_silence": "skip"}, AirflowSkipException),
        ({"on_silence": "continue"}, None),
        ({"on_silence": "continue", "default": "am"}, "am"),
    ],
)
def test_silence(chakra_sandbox, deferrable, arguments, outcome):
    task = Task()
    made = lambda: ask(answer_timeout=0.6, deferrable=deferrable, **arguments)  # ruff: ignore[lambda-assignment]
    if isinstance(outcome, type):
        with pytest.raises(outcome, match="Nobody answered in time"):
            finish(made, task)
    else:
        assert finish(made, task) == outcome
    assert task.pushed == {}
    assert len(chakra_sandbox.messages()) == 1


def test_a_retry_after_silence_asks_nobody_and_is_silent_again(chakra_sandbox, clock):
    task = Task()
    assert isinstance(start(ask(), task), Deferred)
    clock.now += CLOSE + 1
    with pytest.raises(AirflowFailException, match="Nobody answered"):
        start(ask(), task)
    assert len(chakra_sandbox.messages()) == 1


def test_an_answer_given_in_time_counts_however_late_it_is_looked_for(chakra_sandbox, clock):
    task = Task()
    deferred = start(ask(), task)
    taps("pm")(chakra_sandbox, chakra_sandbox.messages()[0]["wamid"])
    clock.now += 3600
    assert deferred.resume(ask(), task, late=True) == "pm"
    assert start(ask(), task) == "pm"


def test_an_answer_after_the_time_does_not_count(chakra_sandbox, clock):
    task = Task()
    deferred = start(ask(on_silence="continue"), task)
    chakra_sandbox.advance(CLOSE + 1)
    taps("pm")(chakra_sandbox, chakra_sandbox.messages()[0]["wamid"])
    clock.now += CLOSE + 1
    assert deferred.resume(ask(on_silence="continue"), task, late=True) is None


def test_the_time_runs_from_the_first_try_on(chakra_sandbox, clock):
    task = Task()
    began = clock.now
    for passed in (0, 5, 10):
        clock.now = began + passed
        deferred = start(ask(), task)
        assert (deferred.trigger.closes, deferred.trigger.until) == (began + CLOSE, began + CLOSE)
    assert len(chakra_sandbox.messages()) == 1


def test_the_time_runs_from_a_try_that_was_killed_while_it_asked(chakra_sandbox, clock, monkeypatch):
    task = Task()
    began = clock.now
    with monkeypatch.context() as killing:
        killing.setattr(base.Person, "got", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            start(ask(), task)
    clock.now += 5
    assert start(ask(), task).trigger.closes == began + CLOSE
    assert len(chakra_sandbox.messages()) == 1


@pytest.mark.parametrize("moment", ["before the question", "after the question", "before the wait"])
def test_a_retry_of_a_try_that_was_killed_asks_once(chakra_sandbox, monkeypatch, moment):
    task = Task()
    kill = {"before the question": "send", "after the question": "got", "before the wait": "_wait_for_answer"}
    place = base.Person if moment == "after the question" else base.BaseAskOperator
    with monkeypatch.context() as killing:
        killing.setattr(place, kill[moment], lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            start(ask(), task)
    before = len(chakra_sandbox.messages())
    if before:
        taps("am")(chakra_sandbox, chakra_sandbox.messages()[0]["wamid"])
    assert before == (moment != "before the question")
    made = finish(ask, task, taps("am"), sandbox=chakra_sandbox) if not before else finish(ask, task)
    assert made == "am"
    assert len(chakra_sandbox.messages()) == 1


def test_a_doubt_about_the_question_is_told_and_nobody_is_asked_twice(chakra_sandbox, connect):
    connect({"max_tries": 1})
    task = Task()
    chakra_sandbox.fault(close="after")
    with pytest.raises(AirflowFailException, match="no answer came"):
        start(ask(), task)
    with pytest.raises(AirflowFailException, match="An earlier try was about to send"):
        start(ask(), task)
    assert len(chakra_sandbox.messages()) == 1


def test_what_was_throttled_is_left_to_a_retry(chakra_sandbox, connect, clock):
    connect({"max_tries": 1})
    task = Task()
    chakra_sandbox.fault(status=429, errors=["(#131056) Pair rate limit"])
    with pytest.raises(ChakraThrottledError):
        start(ask(), task)
    # Nobody was asked: no time has passed.
    clock.now += 3600
    deferred = start(ask(), task)
    assert deferred.trigger.closes == clock.now + CLOSE


def test_a_cleared_task_asks_whom_it_could_not_ask(chakra_sandbox):
    task = Task()
    chakra_sandbox.fault(path_contains="/messages", status=400, errors=["(#131026) Undeliverable"])
    with pytest.raises(AirflowFailException, match="not on WhatsApp"):
        start(ask(), task)
    task.max_tries += 3
    assert isinstance(start(ask(), task), Deferred)


def test_a_cleared_task_asks_anew_only_if_it_is_to_resend(chakra_sandbox, clock):
    task = Task()
    start(ask(resend=True), task)
    clock.now += 3600
    task.max_tries += 3
    with pytest.raises(AirflowFailException, match="Nobody answered"):
        start(ask(), task)
    deferred = start(ask(resend=True), task)
    assert deferred.trigger.closes == clock.now + CLOSE
    assert len(chakra_sandbox.messages()) == 2


def test_an_edited_question_is_a_new_one(chakra_sandbox, clock):
    task = Task()
    start(ask(), task)
    clock.now += 5
    assert start(ask(question="When then?"), task).trigger.closes == clock.now + CLOSE
    assert len(chakra_sandbox.messages()) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"question": "When then?"},
        {"options": {"am": "At 9", "pm": "At 5"}},
        {"footer": "Soon"},
        {"to": SECOND},
        {"resend": True},
    ],
)
def test_a_tap_on_the_question_before_it_was_edited_or_asked_anew_is_no_answer(chakra_sandbox, changed):
    task = Task()
    start(ask(), task)
    old = ids(chakra_sandbox)
    task.max_tries += 3 if "resend" in changed else 0
    deferred = start(ask(**changed), task)
    new = ids(chakra_sandbox)
    assert len(chakra_sandbox.messages()) == 2
    assert not set(old.values()) & set(new.values())
    # A retry, and whoever goes on, knows the same mark.
    again = start(ask(**changed), task)
    assert again.trigger.mark == deferred.trigger.mark == new["am"].rpartition("#")[2]
    assert deferred.resume(ask(**changed), task, late=True).trigger.mark == deferred.trigger.mark
    assert len(chakra_sandbox.messages()) == 2


def test_what_is_rendered_when_it_resumes_does_not_change_the_mark(chakra_sandbox):
    task = Task()
    deferred = start(ask(question="It is 9:00. When?"), task)
    taps("pm")(chakra_sandbox, chakra_sandbox.messages()[0]["wamid"])
    assert deferred.resume(ask(question="It is 9:01. When?"), task, late=True) == "pm"


def test_yesterdays_question_is_not_todays(chakra_sandbox):
    start(ask(), Task("yesterday"))
    deferred = start(ask(), Task("today"))
    yesterday, today = chakra_sandbox.messages()
    chakra_sandbox.choose(PHONE, yesterday["wamid"], ids(chakra_sandbox, 0)["am"])
    from airflow_provider_chakra.hooks.chakra import ChakraHook

    assert deferred.trigger.look(ChakraHook()) is None
    chakra_sandbox.choose(PHONE, today["wamid"], ids(chakra_sandbox, 1)["pm"])
    assert deferred.trigger.look(ChakraHook())["option"] == "pm"


@BOTH_WAYS
@pytest.mark.parametrize("at_once", [True, False])
def test_a_question_that_did_not_arrive_is_no_silence(chakra_sandbox, deferrable, at_once):
    if at_once:
        chakra_sandbox.fault(path_contains="/messages", status=400, errors=["(#131026) Undeliverable"])
    with pytest.raises(AirflowFailException, match="not on WhatsApp"):
        finish(lambda: ask(deferrable=deferrable), Task(), fails(), sandbox=chakra_sandbox)


@BOTH_WAYS
def test_a_closed_window_lets_the_template_ask(chakra_sandbox, deferrable):
    chakra_sandbox.add_template(
        "slot",
        body="When?",
        buttons=[{"type": "QUICK_REPLY", "text": text} for text in ("Morning", "Afternoon")],
    )
    task = Task()

    def tap(sandbox: Any, wamid: str) -> None:
        (button,) = [b for b in sent(sandbox)[-1]["template"]["components"] if b["index"] == 1]
        sandbox.choose(PHONE, wamid, button["parameters"][0]["payload"])

    made = lambda: ask(deferrable=deferrable, fallback_template=TEMPLATE)  # ruff: ignore[lambda-assignment]
    happenings = (fails("(#131047) Re-engagement message"), tap)
    assert finish(made, task, *happenings, sandbox=chakra_sandbox) == "pm"
    assert kinds(chakra_sandbox) == ["interactive", "template"]
    assert task.pushed["sent_as"] == "fallback_template"
    assert task.pushed["answer"]["text"] == "Afternoon"
    buttons = sent(chakra_sandbox)[1]["template"]["components"]
    payloads = [button["parameters"][0]["payload"] for button in buttons]
    assert payloads == list(ids(chakra_sandbox, 0).values())
    # A retry finds all of that.
    assert finish(made, task) == "pm"
    assert len(chakra_sandbox.messages()) == 2


def test_a_window_that_is_known_to_be_closed_lets_the_template_ask_at_once(chakra_sandbox):
    chakra_sandbox.windows("refuse")
    task = Task()
    start(ask(fallback_template=TEMPLATE), task)
    start(ask(fallback_template=TEMPLATE), task)
    assert kinds(chakra_sandbox) == ["template"]
    with pytest.raises(AirflowFailException, match="24 hours"):
        start(ask(), Task("another"))


@pytest.mark.parametrize("answered", [True, False])
def test_a_closed_window_that_is_known_too_late_is_no_silence(chakra_sandbox, clock, answered):
    task = Task()
    made = lambda: ask(fallback_template=TEMPLATE, on_silence="continue")  # ruff: ignore[lambda-assignment]
    deferred = start(made(), task)
    wamid = chakra_sandbox.messages()[0]["wamid"]
    if answered:
        taps("pm")(chakra_sandbox, wamid)
    fails("(#131047) Re-engagement message")(chakra_sandbox, wamid)
    clock.now += CLOSE + 1
    if answered:
        assert deferred.resume(made(), task, late=True) == "pm"
        return
    with pytest.raises(AirflowFailException, match=r"could not deliver .* 131047"):
        deferred.resume(made(), task, late=True)
    with pytest.raises(AirflowFailException, match="131047"):
        start(made(), task)
    assert kinds(chakra_sandbox) == ["interactive"]


def test_a_user_id_is_asked_only_where_webhooks_tell_the_answer(chakra_sandbox, connect, monkeypatch):
    with pytest.raises(AirflowFailException, match="Only webhooks tell"):
        start(ask(to="IN.1234"), Task())
    monkeypatch.setenv("AIRFLOW__CHAKRA__WEBHOOK", "True")
    with pytest.raises(AirflowFailException, match="give the connection its webhook_secret"):
        start(ask(to="IN.1234"), Task())
    assert chakra_sandbox.requests() == []
    connect({"webhook_secret": "s" * 32})
    assert isinstance(start(ask(to="IN.1234"), Task()), Deferred)


def test_a_template_that_does_not_arrive_either_ends_the_task(chakra_sandbox):
    closed = fails("(#131047) Re-engagement message")
    with pytest.raises(AirflowFailException, match="131047"):
        finish(lambda: ask(fallback_template=TEMPLATE), Task(), closed, closed, sandbox=chakra_sandbox)
    assert kinds(chakra_sandbox) == ["interactive", "template"]


@pytest.mark.parametrize(
    ("confirmation", "text"),
    [("Thank you", "Thank you"), ({"am": "Early bird", "pm": "Late"}, "Late"), ({"am": "Early"}, None)],
)
def test_a_confirmation_is_sent_once(chakra_sandbox, confirmation, text):
    task = Task()
    made = lambda: ask(confirmation=confirmation)  # ruff: ignore[lambda-assignment]
    assert finish(made, task, taps("pm"), sandbox=chakra_sandbox) == "pm"
    assert finish(made, task) == "pm"
    texts = [(p["to"], p["text"]["body"]) for p in sent(chakra_sandbox) if p["type"] == "text"]
    assert texts == ([(PHONE, text)] if text else [])


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"status": 400, "errors": ["(#131047) x"]}, "was not sent"),
        ({"close": "after"}, "may have been sent, or not"),
    ],
)
def test_a_confirmation_that_fails_does_not_undo_the_answer(chakra_sandbox, connect, logged, fault, told):
    connect({"max_tries": 1})
    task = Task()
    deferred = start(ask(), task)
    taps("pm")(chakra_sandbox, chakra_sandbox.messages()[0]["wamid"])
    chakra_sandbox.fault(path_contains="/messages", **fault)
    assert deferred.resume(ask(confirmation="Thank you"), task, late=True) == "pm"
    assert f"The answer counts, though a text about it {told}: " in logged()


def test_what_the_trigger_cannot_ask_ends_the_task(chakra_sandbox):
    task = Task()
    with pytest.raises(AirflowFailException, match="nothing tells the answer: no"):
        start(ask(), task).resume(ask(), task, error="no")


def test_chats_that_cannot_be_read_for_now_are_waited_for(chakra_sandbox, connect, clock):
    connect({"max_tries": 1})
    task = Task()
    deferred = start(ask(), task)
    chakra_sandbox.fault(path_contains="list-chat", status=503)
    clock.now += CLOSE + 1
    again = deferred.resume(ask(), task, late=True)
    assert isinstance(again, Deferred)
    with pytest.raises(AirflowFailException, match="Nobody answered"):
        again.resume(ask(), task, late=True)
    # Somebody may mend that; the triggerer knows whether nobody does.
    chakra_sandbox.fault(path_contains="list-chat", status=401, errors=["Unauthorized"], times=2)
    assert isinstance(start(ask(), task), Deferred)


def test_without_a_ledger_what_was_done_is_carried_through_the_waits(chakra_sandbox):
    task = Task()
    task.state = None
    happening = fails("(#131047) Re-engagement message")
    made = lambda: ask(fallback_template=TEMPLATE | {"buttons": None})  # ruff: ignore[lambda-assignment]
    answer = writes("am")
    assert finish(made, task, happening, answer, sandbox=chakra_sandbox) == "am"
    assert kinds(chakra_sandbox) == ["interactive", "template"]


def test_a_store_that_fails_loses_no_answer(chakra_sandbox, logged):
    task = Task()
    task.state.failing = ("notes",)
    assert finish(ask, task, taps("am"), sandbox=chakra_sandbox) == "am"
    assert "could not be remembered" in logged()
    assert finish(ask, task) == "am"
    assert len(chakra_sandbox.messages()) == 1


def test_mapped_tasks_ask_each_a_question_of_their_own(chakra_sandbox):
    found = []
    for index, phone in enumerate((PHONE, SECOND)):
        task = Task()
        task.map_index = index
        found.append((ask(to=phone), task, start(ask(to=phone), task)))
    marks = {ids(chakra_sandbox, index)["am"] for index in (0, 1)}
    assert len(marks) == 2
    taps("pm", SECOND)(chakra_sandbox, chakra_sandbox.messages()[1]["wamid"])
    operator, task, deferred = found[1]
    assert deferred.resume(operator, task, late=True) == "pm"


@pytest.mark.parametrize("operator", [AskOperator, AskBranchOperator])
def test_arguments_are_template_fields(operator):
    assert_arguments_are_template_fields(operator, but=IN_VAIN)
