"""The sensor that waits for background jobs, and its trigger."""

from __future__ import annotations

import asyncio

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException, TaskDeferred

from airflow_provider_chakra.exceptions import ChakraThrottledError, ChakraUnknownError
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.sensors.jobs import BackgroundJobSensor
from airflow_provider_chakra.triggers.jobs import BackgroundJobTrigger

COUNTS = {"INVALID": 0, "NOT_STARTED": 0, "SUCCESS": 2, "ERROR": 0}


@pytest.fixture
def job_id(chakra_sandbox):
    """Start a job with two rows; it is done at the second look."""
    rows = [{"data": {"name": "a"}}, {"data": {"name": "b"}}]
    return ChakraHook().processes.bulk_create("lead", rows)["id"]


def sensor(job_id, **arguments):
    """Make a sensor."""
    return BackgroundJobSensor(task_id="t", job_id=job_id, **arguments)


def test_a_job_that_is_under_way_is_left_to_the_triggerer(job_id):
    operator = sensor(job_id, poke_interval=3, timeout=60)
    with pytest.raises(TaskDeferred) as deferred:
        operator.execute({})
    assert deferred.value.trigger.poke_interval == 3
    assert deferred.value.trigger.job_id == job_id

    async def first() -> dict:
        async for event in deferred.value.trigger.run():
            return event.payload
        raise AssertionError

    event = asyncio.run(first())
    assert operator.execute_complete({}, event) == {"job_id": job_id, "counts": COUNTS, "failed": 0}


def test_a_job_that_is_done_needs_no_triggerer(job_id):
    ChakraHook().jobs.fetch(job_id)
    assert sensor(job_id).execute({}) == {"job_id": job_id, "counts": COUNTS, "failed": 0}


def test_it_waits_in_a_worker_too(job_id):
    done = sensor(job_id, deferrable=False, poke_interval=0.01, timeout=60).execute({})
    assert done == {"job_id": job_id, "counts": COUNTS, "failed": 0}


def test_rows_that_failed_fail_the_sensor_unless_they_may(chakra_sandbox):
    chakra_sandbox.fail_rows(0)
    job = ChakraHook().processes.bulk_create("lead", [{"data": {"name": "a"}}])["id"]
    ChakraHook().jobs.fetch(job)
    with pytest.raises(AirflowFailException, match=r"1 of 1 rows failed .*This row was made to fail"):
        sensor(job).execute({})
    assert sensor(job, fail_on_row_errors="false").execute({})["failed"] == 1


def test_a_job_that_failed_as_a_whole_fails_the_sensor(chakra_sandbox):
    for strict in (True, False):
        chakra_sandbox.fault(status=200, body={"_data": {"completionStatus": "FAILED"}})
        chakra_sandbox.fault(status=200, body={"_data": []})
        told = r"^Background job 7 failed as a whole \(no rows counted\): no entry says why\.$"
        with pytest.raises(AirflowFailException, match=told):
            sensor("7", fail_on_row_errors=strict).execute({})


def test_a_job_that_is_not_there_ends_the_sensor_and_its_trigger(chakra_sandbox):
    with pytest.raises(AirflowFailException, match="404"):
        sensor("none").execute({})
    with pytest.raises(AirflowFailException, match="404"):
        sensor("none").execute_complete({}, {"error": "404"})


def test_the_trigger_gives_up_when_time_is_up(chakra_sandbox, connect, job_id):
    connect({"max_tries": 1})
    chakra_sandbox.job_seconds(3600)
    slow = ChakraHook().processes.bulk_create("lead", [{"data": {"name": "a"}}])["id"]
    hook, arguments = ChakraHook(), {"hook": {}, "poke_interval": 1}
    late = BackgroundJobTrigger(job_id=slow, until=1, **arguments)
    assert "time to wait is up" in late.look(hook)["error"]
    assert BackgroundJobTrigger(job_id=slow, until=4e9, **arguments).look(hook) is None
    assert late.serialize()[1] == {"hook": {}, "poke_interval": 1, "job_id": slow, "until": 1}
    # With the server away, too.
    chakra_sandbox.fault(status=503, times=0)
    assert "cannot be seen" in late.look(hook)["error"]
    with pytest.raises(ChakraUnknownError):
        BackgroundJobTrigger(job_id=slow, until=4e9, **arguments).look(hook)
    chakra_sandbox.clear_faults()
    # What is done is done, however late.
    hook.jobs.fetch(job_id)
    done = BackgroundJobTrigger(job_id=job_id, until=1, **arguments).look(hook)
    assert done == {"job_id": job_id, "counts": COUNTS, "failed": 0, "ended_badly": False}


@pytest.mark.parametrize(("deferrable", "left_to"), [(True, TaskDeferred), (False, ChakraThrottledError)])
def test_a_poke_that_fails_for_now_is_left_to_the_triggerer_or_to_retries(
    chakra_sandbox, connect, job_id, deferrable, left_to
):
    connect({"max_tries": 1})
    chakra_sandbox.fault(status=429, errors=["slow down"])
    with pytest.raises(left_to):
        sensor(job_id, deferrable=deferrable).execute({})


def test_a_wrong_argument_fails_before_the_wait(chakra_sandbox):
    with pytest.raises(AirflowFailException, match="fail_on_row_errors must be true or false"):
        sensor("7", fail_on_row_errors="perhaps").execute({})
    assert chakra_sandbox.requests() == []
