"""A task that sent its message waits until it arrived. Over HTTP, in the triggerer and in a worker."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG, AirflowFailException, AirflowSkipException, TaskDeferred

from airflow_provider_chakra.exceptions import ChakraThrottledError
from airflow_provider_chakra.operators import deliveries, waiting
from airflow_provider_chakra.operators.base import BaseChakraOperator
from airflow_provider_chakra.operators.messages import (
    SendMessageOperator,
    SendReactionOperator,
    SendTemplateOperator,
    SendTextOperator,
)
from airflow_provider_chakra.operators.messages.base import UnsendableMessageError
from airflow_provider_chakra.triggers import chats, inbox, waits
from airflow_provider_chakra.triggers.inbox import MessageStatusTrigger
from tests.meanwhile import PATIENCE, Happening, happens, over_and_over
from tests.messages.payloads import GROUP
from tests.operators.asking import fails
from tests.operators.test_session import PHONE, TEMPLATE, Task, kinds
from tests.running import ROOT, load_dag, returned, run, states

BOTH_WAYS = pytest.mark.parametrize("deferrable", [True, False])


def text(**arguments: Any) -> SendTextOperator:
    """Make an operator that waits."""
    fields = {"task_id": "t", "to": "+91 98765 43210", "body": "Hello", "wait_for": "delivered"}
    return SendTextOperator(**fields | {"poke_interval": 0.05, "wait_timeout": 300} | arguments)


async def first_event(trigger: Any) -> dict[str, Any]:
    """Run a trigger to its event."""
    event = await asyncio.wait_for(anext(trigger.run()), PATIENCE)
    return json.loads(json.dumps(event.payload))


def finish(make: Callable[[], Any], context: Any) -> Any:
    """Run a task to its end: as Airflow, which makes operator and trigger anew after each deferral."""
    method, arguments = "execute", {}
    while True:
        try:
            return getattr(make(), method)(context, **arguments)
        except TaskDeferred as deferral:
            deferred = deferral
        assert deferred.timeout is None
        fields = json.loads(json.dumps(deferred.trigger.serialize()[1]))
        event = asyncio.run(first_event(type(deferred.trigger)(**fields)))
        # No more than that comes back where dag.test() runs a trigger in line.
        method, arguments = deferred.method_name, {"event": event}


def go(sandbox: Any, task: Task, *happenings: Happening, **arguments: Any) -> Any:
    """Run a task to its end; to the first, the second, ... message that arrives something happens."""
    with happens(sandbox, *happenings):
        return finish(lambda: text(**arguments), task.context)


def comes(*statuses: str) -> Happening:
    """Let a message come further."""
    return lambda sandbox, wamid: [sandbox.deliver(wamid, status) for status in statuses] and None


@pytest.mark.parametrize(
    ("wait_for", "happenings", "status", "times"),
    [
        ("sent", [], "sent", {"sent"}),
        ("delivered", [comes("DELIVERED")], "delivered", {"delivered"}),
        ("delivered", [comes("READ")], "read", {"read"}),
        ("read", [comes("DELIVERED", "READ")], "read", {"read"}),
    ],
)
@BOTH_WAYS
def test_the_wamid_is_returned_when_the_message_came_so_far(
    chakra_sandbox, deferrable, wait_for, happenings, status, times
):
    task = Task()
    began = datetime.now(UTC)
    wamid = go(chakra_sandbox, task, *happenings, wait_for=wait_for, deferrable=deferrable)
    (arrived,) = chakra_sandbox.messages()
    assert wamid == arrived["wamid"]
    assert set(task.pushed) == {"delivery"}
    delivery = task.pushed["delivery"]
    assert set(delivery) == {"status", "times"}
    assert delivery["status"] == status
    assert times <= set(delivery["times"])
    for at in delivery["times"].values():
        assert began - timedelta(seconds=1) < datetime.fromisoformat(at) <= datetime.now(UTC)


@pytest.mark.parametrize("wait_for", [None, ""])
def test_without_wait_for_nothing_is_waited_for(chakra_sandbox, wait_for):
    task = Task()
    text(wait_for=wait_for).execute(task.context)
    assert task.pushed == {}
    assert len(chakra_sandbox.requests()) == 1


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            "(#131026) Undeliverable to 919876543210",
            r"not deliver wamid\S+: code 131026\. The recipient",
        ),
        ("(#131047) Re-engagement message", r"code 131047\. More than 24 hours .* only a template"),
        ("No code", "ChakraHQ does not tell why"),
    ],
)
@BOTH_WAYS
def test_a_message_that_fails_fails_the_task_for_good(chakra_sandbox, deferrable, error, told):
    task = Task()
    with pytest.raises(AirflowFailException, match=told) as failed:
        go(chakra_sandbox, task, fails(error), deferrable=deferrable)
    assert PHONE not in str(failed.value)
    assert task.pushed["delivery"]["status"] == "failed"
    assert len(chakra_sandbox.messages()) == 1


@pytest.mark.parametrize(
    ("on_wait_timeout", "raised"),
    [("fail", AirflowFailException), ("skip", AirflowSkipException), ("continue", None)],
)
@BOTH_WAYS
def test_when_time_is_up_the_task_does_as_it_is_told(
    chakra_sandbox, logged, deferrable, on_wait_timeout, raised
):
    task = Task()
    # Time is up before it would look again.
    how = {"on_wait_timeout": on_wait_timeout, "wait_timeout": 0.3, "poke_interval": PATIENCE}
    if deferrable:
        how |= {name: timedelta(seconds=how[name]) for name in ("wait_timeout", "poke_interval")}
    arguments = how | {"deferrable": deferrable}
    began = time.monotonic()
    if raised:
        with pytest.raises(raised, match=r"wamid\S+ was not delivered in time; its status is sent\."):
            go(chakra_sandbox, task, **arguments)
    else:
        assert go(chakra_sandbox, task, **arguments) == chakra_sandbox.messages()[0]["wamid"]
        assert "The task goes on, as on_wait_timeout is continue" in logged()
    assert 0.3 <= time.monotonic() - began < PATIENCE
    assert task.pushed["delivery"]["status"] == "sent"
    assert len(chakra_sandbox.messages()) == 1


def test_time_may_be_up_before_anything_is_known(chakra_sandbox):
    task = Task()
    event = {"late": True, "wamid": "wamid.A", "status": None, "times": {}, "code": None}
    state = {"wamid": "wamid.A", "to": PHONE, "status": "read", "sent_as": "message"}
    with pytest.raises(AirflowFailException, match="was not read in time; its status is not known"):
        text().delivery_told(task.context, event, **state)
    assert task.pushed == {"delivery": {"status": None, "times": {}}}


def test_what_cannot_be_read_is_given_up_long_after_time_was_up(chakra_sandbox, connect, monkeypatch):
    connect({"max_tries": 1})
    monkeypatch.setattr(waits, "GRACE", 0.2)
    chakra_sandbox.fault(path_contains="list-chat", status=503, times=0)
    how = {"wait_timeout": 0.1, "poke_interval": 0.05, "on_wait_timeout": "skip", "deferrable": False}
    with pytest.raises(AirflowFailException, match="Time is up, and the chat could not be read since"):
        go(chakra_sandbox, Task(), **how)
    assert len(chakra_sandbox.messages()) == 1


@BOTH_WAYS
def test_what_was_told_in_time_counts_though_it_is_looked_for_late(chakra_sandbox, monkeypatch, deferrable):
    now, pauses = time.time(), 0

    def pause(*_: float) -> float:
        """Let the message arrive between two looks, and time be up before the second one."""
        nonlocal now, pauses
        (message,) = chakra_sandbox.messages()
        chakra_sandbox.deliver(message["wamid"], "DELIVERED")
        now, pauses = now + 3600, pauses + 1
        return now

    clock = SimpleNamespace(time=lambda: now, sleep=pause)
    for module in (deliveries, waiting, chats):
        monkeypatch.setattr(module, "time", clock)
    # Who looks no more before time is up asks here how long that is.
    monkeypatch.setattr(waits, "time", SimpleNamespace(time=pause))
    assert go(chakra_sandbox, Task(), wait_timeout=10, poke_interval=60, deferrable=deferrable)
    assert pauses == 1


def test_no_execute_calls_another(chakra_sandbox, monkeypatch):
    # Airflow 2 refuses that, but not where tests run.
    monkeypatch.setattr(BaseChakraOperator, "execute", None)
    assert text(wait_for=None).execute(Task().context)


# Falling back


@BOTH_WAYS
def test_the_template_goes_after_whatsapp_told_that_the_window_was_closed(chakra_sandbox, deferrable):
    task = Task()
    wamid = go(
        chakra_sandbox,
        task,
        fails("(#131047) Re-engagement message"),
        comes("DELIVERED"),
        deferrable=deferrable,
        fallback_template=TEMPLATE,
        callback_data="run-7",
    )
    assert kinds(chakra_sandbox) == ["text", "template"]
    template = chakra_sandbox.messages()[1]
    assert template["wamid"] == wamid
    assert template["payload"]["to"] == PHONE
    assert template["payload"]["biz_opaque_callback_data"] == "run-7"
    assert task.pushed["sent_as"] == "fallback_template"
    assert task.pushed["delivery"]["status"] == "delivered"
    # A retry finds both, and sends neither.
    task.pushed = {}
    assert go(chakra_sandbox, task, deferrable=deferrable, fallback_template=TEMPLATE, callback_data="run-7")
    assert len(chakra_sandbox.messages()) == 2
    assert (task.pushed["sent_as"], task.pushed["delivery"]["status"]) == ("fallback_template", "delivered")


@pytest.mark.parametrize("known", [False, True])
@BOTH_WAYS
def test_a_template_that_fails_has_no_template_in_its_place(chakra_sandbox, deferrable, known):
    chakra_sandbox.windows("refuse")
    task = Task()
    closed = fails("(#131047) Re-engagement message")
    if not known:
        chakra_sandbox.windows("open")
    happenings = [closed] if known else [closed, closed]
    with pytest.raises(AirflowFailException, match="131047"):
        go(chakra_sandbox, task, *happenings, deferrable=deferrable, fallback_template=TEMPLATE)
    assert kinds(chakra_sandbox) == ["template"] if known else ["text", "template"]
    assert task.pushed["sent_as"] == "fallback_template"
    assert task.pushed["delivery"]["status"] == "failed"


def test_for_no_other_failure_the_template_goes(chakra_sandbox):
    task = Task()
    with pytest.raises(AirflowFailException, match="131026"):
        go(chakra_sandbox, task, fails("(#131026) Undeliverable"), fallback_template=TEMPLATE)
    assert kinds(chakra_sandbox) == ["text"]
    assert task.pushed["sent_as"] == "message"


@pytest.mark.parametrize(
    ("status", "error", "raised"),
    [
        (400, "(#132001) No such template", AirflowFailException),
        (429, "(#131056) Pair", ChakraThrottledError),
    ],
)
def test_a_template_that_is_refused_fails_the_task(chakra_sandbox, connect, status, error, raised):
    connect({"max_tries": 1})
    task = Task()

    def closed(sandbox: Any, wamid: str) -> None:
        sandbox.fault(path_contains="/messages", status=status, errors=[error])
        fails("(#131047) Re-engagement message")(sandbox, wamid)

    with pytest.raises(raised, match=error[2:8]):
        go(chakra_sandbox, task, closed, fallback_template=TEMPLATE)
    assert kinds(chakra_sandbox) == ["text"]
    assert task.pushed["delivery"]["status"] == "failed"
    # The next try sends no text, and the template.
    assert go(chakra_sandbox, task, comes("READ"), fallback_template=TEMPLATE)
    assert kinds(chakra_sandbox) == ["text", "template"]


def test_a_template_in_doubt_is_not_sent_again(chakra_sandbox):
    task = Task()

    def closed(sandbox: Any, wamid: str) -> None:
        sandbox.fault(path_contains="/messages", close="after")
        fails("(#131047) Re-engagement message")(sandbox, wamid)

    with pytest.raises(AirflowFailException, match="template message"):
        go(chakra_sandbox, task, closed, fallback_template=TEMPLATE)
    with pytest.raises(AirflowFailException, match="earlier try was about to send the template message"):
        go(chakra_sandbox, task, fallback_template=TEMPLATE)
    assert kinds(chakra_sandbox) == ["text", "template"]


# Tries


def carried(deferred: Any) -> dict[str, Any]:
    """Give what a deferral carries along."""
    then = deferred.value.trigger.serialize()[1]["carried"]
    assert then["method_name"] == "delivery_told"
    return then["kwargs"]


def test_a_retry_sends_nothing_and_waits_on_for_the_same_message(chakra_sandbox):
    task = Task()
    with pytest.raises(TaskDeferred) as first:
        text().execute(task.context)
    with pytest.raises(TaskDeferred) as second:
        text().execute(task.context)
    wamid = carried(first)["wamid"]
    assert carried(second)["wamid"] == wamid == chakra_sandbox.messages()[0]["wamid"]
    chakra_sandbox.deliver(wamid)
    assert go(chakra_sandbox, task) == wamid
    assert len(chakra_sandbox.messages()) == 1


def test_a_resumption_sends_nothing_where_nothing_is_remembered(chakra_sandbox):
    task = Task()
    task.state = None
    assert go(chakra_sandbox, task, comes("DELIVERED"))
    assert len(chakra_sandbox.messages()) == 1


def test_what_a_task_waits_for_is_what_it_sent_and_not_what_is_rendered_when_it_resumes(chakra_sandbox):
    task = Task()
    with pytest.raises(TaskDeferred) as deferred:
        text(wait_for="read").execute(task.context)
    known = carried(deferred)
    event = {"wamid": known["wamid"], "status": "failed", "times": {}, "code": 131047}
    other = text(to="919876543211", body="Another", wait_for="sent", fallback_template=TEMPLATE)
    with pytest.raises(TaskDeferred) as again:
        other.delivery_told(task.context, event, **known)
    assert carried(again) == known | {
        "wamid": chakra_sandbox.messages()[1]["wamid"],
        "sent_as": "fallback_template",
    }
    arguments = again.value.trigger.serialize()[1]
    assert (arguments["to"], arguments["status"]) == (PHONE, "read")
    # That the first one failed may be told only when its time is up: the template has a time of its own.
    assert arguments["until"] > deferred.value.trigger.until
    assert "Hello" not in str(deferred.value.trigger.serialize())


def test_what_the_event_carries_does_not_show_where_triggerers_log_it(chakra_sandbox):
    with pytest.raises(TaskDeferred) as deferred:
        text(wait_for="sent").execute(Task().context)
    shown = repr(deferred.value.trigger.event({"wamid": "wamid.A"}))
    assert shown == "TriggerEvent<<wamid, carried>>"


@BOTH_WAYS
def test_trouble_that_passes_is_waited_out(chakra_sandbox, connect, logged, deferrable):
    connect({"max_tries": 1})
    chakra_sandbox.fault(path_contains="list-chat", times=3, status=503)
    assert go(chakra_sandbox, Task(), comes("DELIVERED"), deferrable=deferrable)
    assert len(chakra_sandbox.messages()) == 1
    assert deferrable or "Asking again in 0.05 s" in logged()


@BOTH_WAYS
def test_what_cannot_be_asked_ends_the_task_and_no_retry_sends_again(chakra_sandbox, deferrable):
    chakra_sandbox.fault(path_contains="list-chat", times=9, status=403, errors=["Forbidden"])
    with pytest.raises(AirflowFailException, match=r"wamid\S+ was sent, but nothing tells whether it came: "):
        go(chakra_sandbox, Task(), deferrable=deferrable)
    assert len(chakra_sandbox.messages()) == 1


def test_a_worker_looks_once_an_interval_and_once_when_time_is_up(chakra_sandbox, connect, monkeypatch):
    connect({"max_tries": 1})
    slept: list[float] = []

    class Clock:
        now = 1000.0

        @classmethod
        def time(cls) -> float:
            return cls.now

        @classmethod
        def sleep(cls, seconds: float) -> None:
            slept.append(seconds)
            cls.now += seconds

    looks: list[float] = []

    class Slow(MessageStatusTrigger):
        def look(self, hook: Any) -> Any:
            looks.append(Clock.now)
            Clock.now += 10
            return super().look(hook)

    for module in (waiting, deliveries, waits):
        monkeypatch.setattr(module, "time", Clock)
    with pytest.raises(AirflowFailException, match="in time"):
        text(deferrable=False, poke_interval=60, wait_timeout=150).execute(Task().context)
    assert slept == [60, 60, 30]
    assert len(chakra_sandbox.requests()) == 1 + 4
    # What came while the last look was under way is looked for once more.
    slept.clear()
    monkeypatch.setattr(inbox, "MessageStatusTrigger", Slow)
    began = Clock.now
    with pytest.raises(AirflowFailException, match="in time"):
        text(deferrable=False, poke_interval=60, wait_timeout=5).execute(Task().context)
    assert [at - began for at in looks] == [0, 10]
    monkeypatch.setattr(inbox, "MessageStatusTrigger", MessageStatusTrigger)
    # Trouble at the end is waited out, too: what is not looked at is not silence.
    slept.clear()
    chakra_sandbox.fault(path_contains="list-chat", times=3, status=503)
    with pytest.raises(AirflowFailException, match="in time"):
        text(deferrable=False, poke_interval=60, wait_timeout=30).execute(Task().context)
    assert slept == [60, 60, 60]


# Arguments

LIMIT = "a number of seconds above 0, and of ten years at most"


@pytest.mark.parametrize(
    ("arguments", "field", "limit"),
    [
        ({"wait_for": "deliverd"}, "wait_for", "one of sent, delivered, read"),
        ({"wait_for": "FAILED"}, "wait_for", "one of sent, delivered, read"),
        ({"wait_timeout": 0}, "wait_timeout", LIMIT),
        ({"wait_timeout": "soon"}, "wait_timeout", LIMIT),
        ({"wait_timeout": None}, "wait_timeout", LIMIT),
        ({"poke_interval": -1}, "poke_interval", LIMIT),
        ({"poke_interval": float("nan")}, "poke_interval", LIMIT),
        ({"poke_interval": float("inf")}, "poke_interval", LIMIT),
        ({"wait_timeout": timedelta(4000)}, "wait_timeout", LIMIT),
        ({"on_wait_timeout": "retry"}, "on_wait_timeout", "one of fail, skip, continue"),
    ],
)
@pytest.mark.parametrize("body", ["Hello", "{{ params.body }}"])
def test_a_wrong_argument_breaks_the_import_even_if_the_message_is_a_template(arguments, field, limit, body):
    with pytest.raises(UnsendableMessageError) as wrong:
        text(body=body, **arguments)
    (problem,) = wrong.value.problems
    assert (problem.field, problem.limit) == (field, limit)
    assert repr(next(iter(arguments.values()))) in problem.given


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(UnsendableMessageError) as wrong:
        text(body="", wait_for="x", on_wait_timeout="x", wait_timeout="x", poke_interval="x")
    told = {problem.field for problem in wrong.value.problems}
    assert told == {"text.body", "wait_for", "on_wait_timeout", "wait_timeout", "poke_interval"}


TO_A_GROUP = {
    "messaging_product": "whatsapp",
    "type": "text",
    "text": {"body": "Hello"},
    "recipient_type": "group",
    "to": GROUP,
}


@pytest.mark.parametrize(
    ("make", "limit"),
    [
        (
            lambda: SendMessageOperator(task_id="t", payload=TO_A_GROUP, wait_for="delivered"),
            "nothing for a group",
        ),
        (
            lambda: text(to="IN.1349120865530274", deferrable=False),
            "nothing for a user id",
        ),
        (
            lambda: SendTemplateOperator(
                task_id="t", process="lead/LEAD-1", name="hello", language="en", wait_for="sent"
            ),
            "nothing with process",
        ),
        (
            lambda: SendReactionOperator(
                task_id="t", to=PHONE, wamid="wamid.A", emoji="👍", wait_for="delivered"
            ),
            "sent for a reaction",
        ),
    ],
)
def test_what_will_never_be_told_is_not_waited_for(make, limit):
    with pytest.raises(UnsendableMessageError) as wrong:
        make()
    assert [(problem.field, problem.limit) for problem in wrong.value.problems] == [("wait_for", limit)]


def test_somebody_known_by_a_user_id_needs_webhooks(chakra_sandbox):
    with pytest.raises(AirflowFailException, match=r"switch webhooks on .* Nothing was sent"):
        go(chakra_sandbox, Task(), to="IN.1349120865530274")
    assert chakra_sandbox.requests() == []
    text(to="IN.1349120865530274", wait_for=None).execute(Task().context)
    assert len(chakra_sandbox.messages()) == 1


def test_a_reaction_may_be_waited_for_until_it_is_sent(chakra_sandbox):
    wamid = chakra_sandbox.receive(PHONE, "Hi")
    operator = SendReactionOperator(
        task_id="t", to=PHONE, wamid=wamid, emoji="👍", wait_for="sent", poke_interval=0.05, wait_timeout=300
    )
    assert finish(lambda: operator, Task().context) == chakra_sandbox.messages()[0]["wamid"]


@pytest.mark.parametrize("native", [True, False])
def test_how_to_wait_may_be_a_template(chakra_sandbox, native):
    fields = {
        "wait_for": "{{ params.wait_for }}",
        "wait_timeout": "{{ params.seconds }}",
        "poke_interval": "{{ params.seconds }}",
        "on_wait_timeout": "{{ params.late }}",
    }
    params = {"wait_for": "read", "seconds": 30, "late": "skip"}
    with DAG(
        "d", schedule=None, start_date=datetime(2026, 1, 1), render_template_as_native_obj=native
    ) as dag:
        good, bad, off = (text(**fields, **{"task_id": name}) for name in ("good", "bad", "off"))
    assert dag
    good.render_template_fields({"params": params})
    bad.render_template_fields({"params": params | {"late": "never"}})
    off.render_template_fields({"params": params | {"wait_for": ""}})
    with pytest.raises(UnsendableMessageError, match="on_wait_timeout: one of fail, skip, continue"):
        bad.execute(Task().context)
    assert chakra_sandbox.messages() == []
    began = time.time()
    with pytest.raises(TaskDeferred) as deferred:
        good.execute(Task().context)
    trigger = deferred.value.trigger
    assert (trigger.status, trigger.poke_interval) == ("read", 30.0)
    assert began + 30 <= trigger.until <= time.time() + 30
    assert off.execute(Task().context)


def test_a_dag_with_marks_of_its_own_is_not_checked_before_it_is_rendered():
    marks = {"variable_start_string": "[[", "variable_end_string": "]]"}
    with DAG("d", schedule=None, start_date=datetime(2026, 1, 1), jinja_environment_kwargs=marks):
        assert text(wait_for="[[ params.wait_for ]]")


# Whole runs


@pytest.mark.usefixtures("airflow_db")
def test_a_dag_goes_on_when_its_messages_arrived(chakra_sandbox):
    done: set[str] = set()

    def deliver() -> None:
        for message in chakra_sandbox.messages():
            if message["wamid"] not in done:
                done.add(message["wamid"])
                is_first = message["payload"]["to"].endswith("0")
                error = None if is_first else "(#131026) Undeliverable"
                chakra_sandbox.deliver(message["wamid"], "DELIVERED" if is_first else "FAILED", error=error)

    with over_and_over(deliver):
        instances = run(load_dag(ROOT / "tests" / "dags" / "dag_wait_for.py"))
    assert states(instances) == {"tell": ["success", "failed"], "look": ["success"]}
    first, second = sorted(chakra_sandbox.messages(), key=lambda message: message["payload"]["to"])
    assert returned(instances["tell"][0]) == first["wamid"]
    assert returned(instances["look"][0]) == ["delivered", "failed"]
    assert instances["tell"][1].try_number == 1
    assert second["payload"]["to"] == "919876543211"
