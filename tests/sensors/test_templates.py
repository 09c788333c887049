"""The sensor that waits for a template: over HTTP, from a worker and from a trigger."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException, AirflowSkipException, TaskDeferred

from airflow_provider_chakra.sensors.base import BaseChakraSensor
from airflow_provider_chakra.sensors.templates import TemplateStatusSensor
from airflow_provider_chakra.triggers.templates import TemplateStatusTrigger
from tests.meanwhile import PATIENCE
from tests.triggers.waiting import until


def sensor(**arguments: Any) -> TemplateStatusSensor:
    """Make a sensor."""
    defaults = {"task_id": "t", "name": "hello", "language": "en_US", "poke_interval": 0.05}
    return TemplateStatusSensor(**defaults | arguments)


@pytest.mark.parametrize("deferrable", [True, False])
def test_an_approved_template_is_returned_at_once(chakra_sandbox, deferrable):
    chakra_sandbox.add_template("hello", body="Hi")
    template = sensor(deferrable=deferrable).execute({})
    assert (template["name"], template["status"]) == ("hello", "APPROVED")
    assert len(chakra_sandbox.requests()) == 1


@pytest.mark.parametrize("deferrable", [True, False])
@pytest.mark.parametrize("status", ["REJECTED", "DISABLED"])
def test_a_template_that_will_not_be_approved_ends_the_task(chakra_sandbox, deferrable, status):
    chakra_sandbox.add_template("hello", status=status)
    with pytest.raises(AirflowFailException, match=rf"hello \(en_US\) is {status}"):
        sensor(deferrable=deferrable).execute({})


def test_why_it_was_rejected_is_told(chakra_sandbox):
    chakra_sandbox.add_template("hello", status="PENDING")
    chakra_sandbox.reject_template("hello", reason="TAG_CONTENT_MISMATCH")
    with pytest.raises(AirflowFailException, match="because of TAG_CONTENT_MISMATCH"):
        sensor().execute({})


def test_a_template_that_does_not_exist_ends_the_task(chakra_sandbox):
    chakra_sandbox.add_template("hello", language="hi")
    with pytest.raises(AirflowFailException, match="does not exist: create it first"):
        sensor().execute({})


@pytest.mark.parametrize("deferrable", [True, False])
@pytest.mark.parametrize("lenient", ["soft_fail", "never_fail"])
@pytest.mark.parametrize("fault", [None, {"status": 401, "errors": ["Unauthorized"]}])
def test_the_first_look_obeys_airflows_ways_to_fail_softly(chakra_sandbox, deferrable, lenient, fault):
    if fault is not None:
        chakra_sandbox.fault(times=0, **fault)
    with pytest.raises(AirflowSkipException):
        sensor(deferrable=deferrable, **{lenient: True}).execute({})


@pytest.mark.parametrize("status", ["PENDING", "PAUSED", "IN_APPEAL"])
def test_the_trigger_waits_until_it_is_approved(chakra_sandbox, status):
    chakra_sandbox.add_template("hello", status=status)
    with pytest.raises(TaskDeferred) as deferred:
        sensor().execute({})
    path, arguments = deferred.value.trigger.serialize()
    assert path == "airflow_provider_chakra.triggers.templates.TemplateStatusTrigger"
    trigger = TemplateStatusTrigger(**arguments)

    async def first_event() -> Any:
        waiting = asyncio.ensure_future(anext(trigger.run()))
        await until(lambda: len(chakra_sandbox.requests()) > 2)
        assert not waiting.done()
        await asyncio.to_thread(chakra_sandbox.approve_template, "hello")
        return await asyncio.wait_for(waiting, PATIENCE)

    event = asyncio.run(first_event()).payload
    assert sensor().execute_complete({}, event)["status"] == "APPROVED"


def test_what_the_trigger_cannot_ask_ends_the_task():
    with pytest.raises(AirflowFailException, match="no"):
        sensor().execute_complete({}, {"error": "no"})


def test_every_argument_is_a_template_field():
    assert set(TemplateStatusSensor.template_fields) == {
        "name",
        "language",
        *BaseChakraSensor.template_fields,
    }
