"""Background jobs: when they are done, and what became of their rows."""

from __future__ import annotations

import pytest

from airflow_provider_chakra.exceptions import ChakraNotFoundError, ChakraUnknownError
from airflow_provider_chakra.hooks.chakra import ChakraHook


def start(rows: int = 4) -> str:
    """Begin to create leads."""
    made = ChakraHook().processes.bulk_create("lead", [{"data": {"name": str(n)}} for n in range(rows)])
    return str(made["id"])


def test_a_job_is_seen_to_its_end(chakra_sandbox):
    chakra_sandbox.fail_rows(1, 3)
    job_id, jobs = start(), ChakraHook().jobs
    job = jobs.fetch(job_id)
    assert (job.id, job.done) == (job_id, False)
    assert job.counts == {"INVALID": 0, "NOT_STARTED": 4, "SUCCESS": 0, "ERROR": 0}
    job = jobs.fetch(job_id)
    assert (job.done, job.failed, job.ended_badly) == (True, 2, False)
    assert job.counts == {"INVALID": 0, "NOT_STARTED": 0, "SUCCESS": 2, "ERROR": 2}
    assert list(jobs.failures(job_id)) == ["This row was made to fail"] * 2


def test_entries_come_page_by_page_by_the_path_that_meta_names(chakra_sandbox):
    job_id, jobs = start(250), ChakraHook().jobs
    assert len({entry["id"] for entry in jobs.entries(job_id)}) == 250
    pages = [request["query"] for request in chakra_sandbox.requests() if "/entries" in request["path"]]
    assert pages == ["", "skip=100&limit=100", "skip=200&limit=100"]


def test_a_job_that_is_not_there(chakra_sandbox):
    with pytest.raises(ChakraNotFoundError):
        ChakraHook().jobs.fetch("none")


DONE = [
    ({}, None, False),
    ({}, {}, False),
    ({}, {"NOT_STARTED": 0, "SUCCESS": 0}, False),
    ({}, {"NOT_STARTED": 1, "SUCCESS": 5}, False),
    ({}, {"IN_PROGRESS": 1, "SUCCESS": 5}, False),
    ({}, {"NOT_STARTED": 0, "SUCCESS": 5}, True),
    ({}, {"success": 5}, True),
    ({}, {"ERROR": 5}, True),
    ({}, {"SUCCESS": "5"}, False),
    ({"completionStatus": "IN_PROGRESS"}, {"SUCCESS": 5}, False),
    ({"completionStatus": "NOT_STARTED"}, {"SUCCESS": 5}, False),
    ({"completionStatus": "in_progress"}, {}, False),
    ({"completionStatus": None}, {"SUCCESS": 5}, True),
    ({"completionStatus": "SUCCESS"}, None, True),
    ({"completionStatus": "ERROR"}, {"NOT_STARTED": 3}, True),
]


@pytest.mark.parametrize(("record", "counts", "done"), DONE)
def test_when_a_job_is_done(chakra_sandbox, record, counts, done):
    meta = {"bjEntryCompletionStatusVsCount": counts}
    chakra_sandbox.fault(status=200, body={"_data": record, "_meta": meta})
    assert ChakraHook().jobs.fetch("1").done is done


@pytest.mark.parametrize(
    ("record", "counts", "failed", "badly"),
    [
        ({}, {"SUCCESS": 5}, 0, False),
        ({}, {"SUCCESS": 5, "ERROR": 2, "INVALID": 1}, 3, False),
        ({"completionStatus": "ERROR"}, {"NOT_STARTED": 3, "SUCCESS": 1}, 3, True),
        ({"completionStatus": "FAILED"}, {}, 0, True),
        ({"completionStatus": "COMPLETED"}, {}, 0, False),
    ],
)
def test_what_has_failed(chakra_sandbox, record, counts, failed, badly):
    meta = {"bjEntryCompletionStatusVsCount": counts}
    chakra_sandbox.fault(status=200, body={"_data": record, "_meta": meta})
    job = ChakraHook().jobs.fetch("1")
    assert (job.failed, job.ended_badly) == (failed, badly)


def test_entries_are_read_leniently(chakra_sandbox):
    entries = [
        {"completionStatus": "SUCCESS", "statusMessage": "fine"},
        {"status": "error", "message": "No such state"},
        {"completionStatus": "INVALID"},
        {"completionStatus": "NOT_STARTED"},
        {"completionStatus": "ERROR", "statusMessage": {"x": 1}},
        {},
        "nonsense",
    ]
    chakra_sandbox.fault(status=200, body={"_data": entries})
    assert list(ChakraHook().jobs.failures("1")) == [
        "No such state",
        "no reason given (INVALID)",
        "no reason given (ERROR)",
    ]


def test_an_answer_that_is_no_job(chakra_sandbox, connect):
    connect({"max_tries": 1})
    chakra_sandbox.fault(status=200, body={"_data": []})
    with pytest.raises(ChakraUnknownError, match="without a background job") as caught:
        ChakraHook().jobs.fetch("1")
    assert caught.value.retryable
