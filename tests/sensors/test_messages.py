"""The sensors that wait for a delivery and for a reply: over HTTP, from a worker and from a trigger."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import (
    AirflowException,
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
    TaskDeferred,
)

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraError
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.sensors.messages import MessageStatusSensor, ReplySensor
from tests.events.samples import USER_ID
from tests.meanwhile import PATIENCE
from tests.operators.asking import JsonStore
from tests.triggers.test_inbox import READ, asked
from tests.triggers.waiting import until

CUSTOMER = "919876543210"
BUTTON = {
    "type": "interactive",
    "interactive": {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}},
}


@pytest.fixture
def wamid(chakra_sandbox) -> str:
    """Send a text, to somebody who wrote before."""
    chakra_sandbox.receive(CUSTOMER, text="Before")
    # Later by more than the second that WhatsApp tells, and whatever a clock is put right by.
    chakra_sandbox.advance(5)
    text = {"type": "text", "text": {"body": "Is Monday fine?"}}
    return ChakraHook().send_message({"messaging_product": "whatsapp", "to": CUSTOMER, **text}).wamid


def status(wamid: str, **arguments: Any) -> MessageStatusSensor:
    """Make a sensor."""
    defaults = {"task_id": "t", "to": "+91 98765 43210", "wamid": wamid, "poke_interval": 0.05, "timeout": 60}
    return MessageStatusSensor(**defaults | arguments)


def reply(**arguments: Any) -> ReplySensor:
    """Make a sensor."""
    defaults = {"task_id": "t", "to": CUSTOMER, "poke_interval": 0.05, "timeout": 60}
    return ReplySensor(**defaults | arguments)


def finish_in_triggerer(sandbox: Any, sensor: Any, meanwhile: Any) -> Any:
    """Let a sensor defer, let something happen, and go on with the event of a trigger made anew."""
    with pytest.raises(TaskDeferred) as deferred:
        sensor.execute({})
    trigger = deferred.value.trigger
    trigger = type(trigger)(**trigger.serialize()[1])

    async def first() -> Any:
        before = await asyncio.to_thread(asked, sandbox)
        waiting = asyncio.ensure_future(anext(trigger.run()))
        # When it is read once more, what was read first told nothing.
        await until(lambda: asked(sandbox)[READ] > before[READ] + 1)
        assert not waiting.done()
        await asyncio.to_thread(meanwhile)
        return await asyncio.wait_for(waiting, PATIENCE)

    return sensor.execute_complete({}, asyncio.run(first()).payload)


@pytest.mark.parametrize("deferrable", [True, False])
def test_what_arrived_already_needs_one_question(chakra_sandbox, wamid, deferrable):
    chakra_sandbox.deliver(wamid)
    before = len(chakra_sandbox.requests())
    told = status(wamid, deferrable=deferrable).execute({})
    assert (told["wamid"], told["status"], set(told)) == (wamid, "delivered", {"wamid", "status", "times"})
    assert datetime.fromisoformat(told["times"]["delivered"]) > datetime.now(UTC) - timedelta(minutes=1)
    assert len(chakra_sandbox.requests()) == before + 1


def test_the_triggerer_sees_what_arrives_later(chakra_sandbox, wamid):
    told = finish_in_triggerer(
        chakra_sandbox, status(wamid, status="READ"), lambda: chakra_sandbox.deliver(wamid, "READ")
    )
    assert told["status"] == "read"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("(#131026) Undeliverable to 919876543210", r"code 131026\. The recipient is not on WhatsApp"),
        ("(#131047) Re-engagement message", r"code 131047\. More than 24 hours .* only a template"),
        ("(#999999) Something new", r"code 999999\. Look it up"),
        ("No code", r"ChakraHQ does not tell why"),
    ],
)
@pytest.mark.parametrize("deferrable", [True, False])
def test_a_message_that_failed_fails_the_task_at_once(chakra_sandbox, wamid, deferrable, error, told):
    chakra_sandbox.deliver(wamid, "FAILED", error=error)
    with pytest.raises(AirflowFailException, match=told) as failed:
        status(wamid, deferrable=deferrable).execute({})
    assert CUSTOMER not in str(failed.value)
    with pytest.raises(AirflowSkipException):
        status(wamid, deferrable=deferrable, soft_fail=True).execute({})


def test_a_message_that_fails_later_fails_the_task(chakra_sandbox, wamid):
    with pytest.raises(AirflowFailException, match="131026"):
        finish_in_triggerer(
            chakra_sandbox,
            status(wamid),
            lambda: chakra_sandbox.deliver(wamid, "FAILED", error="(#131026) Undeliverable"),
        )


@pytest.mark.parametrize("deferrable", [True, False])
def test_the_first_reply_to_a_message_is_returned(chakra_sandbox, wamid, deferrable):
    first = chakra_sandbox.receive(CUSTOMER, payload=BUTTON)
    chakra_sandbox.advance(5)
    chakra_sandbox.receive(CUSTOMER, text="Later")
    told = reply(after=wamid, deferrable=deferrable).execute({})
    assert set(told) == {"wamid", "at", "type", "text", "choice", "media", "location"}
    assert (told["wamid"], told["type"], told["text"]) == (first, "interactive", "Yes")
    assert datetime.fromisoformat(told["at"]).tzinfo


@pytest.mark.parametrize("after", [True, False])
def test_what_was_written_before_does_not_count(chakra_sandbox, wamid, after):
    # Times of the sandbox and of the sensor are apart by more than the second that WhatsApp tells.
    chakra_sandbox.advance(5)
    sensor = reply(after=wamid if after else None)
    if not after:
        sensor._began = datetime.now(UTC) + timedelta(seconds=2)
    told = finish_in_triggerer(chakra_sandbox, sensor, lambda: chakra_sandbox.receive(CUSTOMER, text="Now"))
    assert told["text"] == "Now"


def test_a_reply_that_does_not_match_is_passed_over(chakra_sandbox, wamid):
    chakra_sandbox.receive(CUSTOMER, text="Who is this?")
    sensor = reply(after=wamid, matches="yes|no")
    told = finish_in_triggerer(chakra_sandbox, sensor, lambda: chakra_sandbox.receive(CUSTOMER, text="YES"))
    assert told["text"] == "YES"


def test_a_sensor_that_is_rescheduled_goes_on_from_where_it_began(chakra_sandbox):
    chakra_sandbox.receive(CUSTOMER, text="Between two pokes")
    now = datetime.now(UTC)
    for began, found in [(now - timedelta(minutes=5), True), (now + timedelta(minutes=5), False)]:
        ti = SimpleNamespace(get_first_reschedule_date=lambda context, began=began: began, start_date=now)
        context = {"ti": ti}
        sensor = reply(deferrable=False)
        assert bool(sensor.poke(context)) is found
    # Airflow 2 keeps the first start in start_date.
    assert reply(deferrable=False).poke({"ti": SimpleNamespace(start_date=now - timedelta(minutes=5))})


@pytest.mark.parametrize(
    ("sensor", "told"),
    [
        (status("wamid.A", status="seen"), "status must be"),
        (status(""), "wamid must be"),
        (status("wamid.A", to="12"), "phone_number is"),
        (reply(matches="("), "matches must be"),
    ],
)
def test_a_wrong_argument_fails_before_the_wait(chakra_sandbox, sensor, told):
    with pytest.raises(AirflowFailException, match=told):
        sensor.execute({})
    assert chakra_sandbox.requests() == []


def test_what_the_trigger_cannot_ask_ends_the_task(wamid):
    with pytest.raises(AirflowFailException, match="no"):
        status(wamid).execute_complete({}, {"error": "no"})


def test_a_wait_in_a_worker_pokes(chakra_sandbox, wamid, monkeypatch):
    sensor, pokes = status(wamid, deferrable=False), itertools.count(1)
    poke = sensor.poke

    def deliver_before_the_third(context: Any) -> Any:
        if next(pokes) == 3:
            chakra_sandbox.deliver(wamid)
        return poke(context)

    monkeypatch.setattr(sensor, "poke", deliver_before_the_third)
    assert sensor.execute({})["status"] == "delivered"
    assert asked(chakra_sandbox)[READ] == 3


@pytest.mark.parametrize(("cleared", "found"), [(False, True), (True, False)])
def test_a_reply_between_two_tries_is_found_where_the_first_try_is_remembered(
    chakra_sandbox, connect, cleared, found
):
    connect({"max_tries": 1})
    store, now = JsonStore(), datetime.now(UTC)

    def poke(began: datetime, max_tries: int = 2) -> bool:
        ti = SimpleNamespace(start_date=began, max_tries=max_tries)
        return bool(reply(deferrable=False).poke({"ti": ti, "task_state_store": store}))

    chakra_sandbox.fault(path_contains="list-chat", status=503)
    with pytest.raises(ChakraError):
        poke(now - timedelta(minutes=5))
    chakra_sandbox.receive(CUSTOMER, text="Between two tries")
    assert poke(now + timedelta(minutes=5), max_tries=5 if cleared else 2) is found


@pytest.mark.parametrize("interval", [0, -1])
def test_there_is_a_pause_between_two_looks(interval):
    with pytest.raises((ChakraConfigError, AirflowException, ValueError), match="poke_interval"):
        reply(poke_interval=interval)


def deferred(sensor: Any, context: Any = None) -> TaskDeferred:
    """Let a sensor defer."""
    with pytest.raises(TaskDeferred) as raised:
        sensor.execute(context or {})
    return raised.value


def go_on(sensor: Any, deferral: TaskDeferred) -> Any:
    """Let the trigger wait, and the sensor go on as Airflow lets it."""

    async def first() -> Any:
        return await asyncio.wait_for(anext(deferral.trigger.run()), PATIENCE)

    event = asyncio.run(first()).payload
    return sensor.resume_execution(deferral.method_name, {"event": event}, {})


@pytest.mark.parametrize("deferrable", [True, False])
@pytest.mark.parametrize(
    ("arguments", "raised"),
    [
        ({}, AirflowSensorTimeout),
        ({"on_timeout": "skip"}, AirflowSkipException),
        ({"soft_fail": True}, AirflowSkipException),
        ({"on_timeout": "continue"}, None),
    ],
)
def test_when_time_is_up_the_task_does_as_it_is_told(chakra_sandbox, wamid, deferrable, arguments, raised):
    told = f"{wamid} was not read in time; its status is delivered"
    chakra_sandbox.deliver(wamid)
    for make, why in [(status, told), (reply, f"No reply to {wamid} came in time")]:
        more = {"status": "read", "wamid": wamid} if make is status else {"after": wamid}
        sensor = make(timeout=0.2, deferrable=deferrable, **more | arguments)

        def end(sensor: Any = sensor) -> Any:
            return go_on(sensor, deferred(sensor)) if deferrable else sensor.execute({})

        if raised is None:
            known = end()
            assert known is None if make is reply else known["status"] == "delivered"
            continue
        with pytest.raises(raised) as ended:
            end()
        # Airflow's own soft_fail has words of its own.
        assert "soft_fail" in arguments or why in str(ended.value)


def test_what_is_not_known_when_time_is_up_is_none(chakra_sandbox, wamid):
    event = {"late": True, "wamid": wamid, "status": None, "times": {}, "code": None}
    known = status(wamid, on_timeout="continue").execute_complete({}, event)
    assert known == {"wamid": wamid, "status": None, "times": {}}
    with pytest.raises(AirflowSensorTimeout, match="its status is not known"):
        status(wamid).execute_complete({}, event)


def test_the_trigger_tells_itself_when_time_is_up_as_airflow_would_not_look_once_more(chakra_sandbox, wamid):
    sensor, before = reply(after=wamid, timeout=60, poke_interval=3600), datetime.now(UTC).timestamp()
    deferral = deferred(sensor)
    assert deferral.timeout is None
    assert before + 60 <= deferral.trigger.until <= datetime.now(UTC).timestamp() + 60
    # What was told after the sensor's look, and before the trigger's.
    chakra_sandbox.receive(CUSTOMER, text="In time")
    assert go_on(sensor, deferral)["text"] == "In time"


def test_time_counts_from_the_first_try_where_that_is_remembered(chakra_sandbox, wamid):
    store, now = JsonStore(), datetime.now(UTC)
    tries = [now - timedelta(minutes=5), now]
    ends = [
        deferred(
            status(wamid, timeout=3600),
            {"ti": SimpleNamespace(start_date=began, max_tries=2), "task_state_store": store},
        ).trigger.until
        for began in tries
    ]
    assert ends == [tries[0].timestamp() + 3600] * 2


@pytest.mark.parametrize("make", [lambda **arguments: status("wamid.A", **arguments), reply])
def test_what_becomes_of_lateness_is_checked(make):
    assert "on_timeout" in type(make()).template_fields
    with pytest.raises((ChakraConfigError, AirflowException), match="on_timeout must be one of fail, skip"):
        make(on_timeout="wait")
    sensor = make(on_timeout="{{ params.late }}")
    sensor.on_timeout = "wait"
    with pytest.raises(AirflowFailException, match="on_timeout must be one of fail, skip"):
        sensor.execute({})


BOTH = pytest.mark.parametrize(
    "sensor",
    [lambda **arguments: status("wamid.A", to=USER_ID, **arguments), lambda **a: reply(to=USER_ID, **a)],
)


@BOTH
def test_a_customer_who_hides_the_number_is_waited_for_where_webhooks_arrive(
    chakra_sandbox, connect, monkeypatch, sensor
):
    monkeypatch.setenv("AIRFLOW__CHAKRA__WEBHOOK", "True")
    connect({"webhook_secret": "a secret"})
    assert deferred(sensor()).trigger.to == USER_ID
    with pytest.raises(AirflowFailException, match="Only the triggerer hears"):
        sensor(deferrable=False).execute({})
    # ChakraHQ lists no such chat.
    assert chakra_sandbox.requests() == []


@BOTH
def test_without_webhooks_a_customer_who_hides_the_number_is_refused_at_once(chakra_sandbox, sensor):
    with pytest.raises(AirflowFailException, match="switch webhooks on"):
        sensor().execute({})
    assert chakra_sandbox.requests() == []


@pytest.mark.parametrize("code", [429, 500, 503])
def test_trouble_that_passes_is_waited_out_from_the_first_look_on(chakra_sandbox, connect, wamid, code):
    connect({"max_tries": 1})
    chakra_sandbox.deliver(wamid)
    chakra_sandbox.fault(status=code, errors=["Not now"])
    sensor = status(wamid)
    assert go_on(sensor, deferred(sensor))["status"] == "delivered"
    chakra_sandbox.fault(status=code, errors=["Not now"])
    with pytest.raises(ChakraError, match=r"Not now|no clear answer"):
        status(wamid, deferrable=False).execute({})


def test_a_mistyped_host_shows_at_once(wamid, connect):
    connect({"max_tries": 1}, host="http://127.0.0.1:1")
    with pytest.raises(ChakraError, match="no connection"):
        status(wamid).execute({})
