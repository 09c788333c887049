"""Operators of processes: arguments in; exact requests, bounded results, or an error out. Over HTTP."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG, AirflowFailException, TaskDeferred

from airflow_provider_chakra.exceptions import ChakraThrottledError, ChakraUnknownError
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.operators import processes as module
from airflow_provider_chakra.operators.processes import (
    BulkCreateProcessesOperator,
    BulkUpdateProcessesOperator,
    CreateLeadOperator,
    CreateProcessOperator,
    CreateTaskOperator,
    DeleteProcessOperator,
    FetchProcessOperator,
    ListProcessesOperator,
    UpdateLeadOperator,
    UpdateProcessOperator,
)
from tests.operators.arguments import assert_arguments_are_template_fields

OPERATORS = [getattr(module, name) for name in module.__all__]
BASE = "/v1/ext/procedure/order/process"


@pytest.fixture(autouse=True)
def _orders(chakra_sandbox):
    chakra_sandbox.add_procedure("order", primary_key="number")


def made(number: int | str = 1) -> str:
    """Make an order, and give its id."""
    return str(ChakraHook().processes.create("order", {"number": number})["id"])


def do(operator: type[Any], context: dict[str, Any] | None = None, **arguments: Any) -> Any:
    """Run an operator."""
    if "procedure" in operator.template_fields:
        arguments = {"procedure": "order"} | arguments
    return operator(task_id="t", **arguments).execute(context or {})


def last(sandbox: Any) -> tuple[str, str, Any]:
    """Give method, path and body of the last request."""
    request = sandbox.requests()[-1]
    return request["method"], request["path"], request["body"]


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_argument_is_a_template_field_and_plainly_assigned(operator):
    assert_arguments_are_template_fields_but(operator, {"deferrable"})


def assert_arguments_are_template_fields_but(operator: type[Any], others: set[str]) -> None:
    """Check the arguments, and that Airflow's own operator has none of these names."""
    from airflow.providers.common.compat.sdk import BaseOperator

    assert_arguments_are_template_fields(operator)
    own = {*operator.template_fields, *others}
    assert not own & inspect.signature(BaseOperator.__init__).parameters.keys()


REQUESTS: list[tuple[type[Any], dict[str, Any], tuple[str, str, Any]]] = [
    (
        CreateProcessOperator,
        {"data": {"number": 2}, "status": "", "next_action_at": "2026-11-22T09:00:00+00:00"},
        ("POST", BASE, {"data": {"number": 2}, "nextActionAt": 1795338000000}),
    ),
    (
        CreateProcessOperator,
        {
            "data": '{"number": 2}',
            "record": '{"data": {}}',
            "status": "OPEN",
            "state": "packed",
            "next_action_at": datetime(2026, 11, 22, 9, tzinfo=UTC),
            "assigned_to": "u",
        },
        (
            "POST",
            BASE,
            {
                "data": {"number": 2},
                "record": {"data": {}},
                "status": "OPEN",
                "state": "packed",
                "nextActionAt": 1795338000000,
                "assignedTo": "u",
            },
        ),
    ),
    (
        UpdateProcessOperator,
        {"process": "ORDER-000001", "primary_key": "", "value": None, "data": {"x": 1}},
        ("PUT", f"{BASE}/ORDER-000001", {"data": {"x": 1}}),
    ),
    (
        UpdateProcessOperator,
        {"primary_key": "number", "value": 1, "state": "sent", "status": "COMPLETED", "next_action_at": 7},
        ("PUT", f"{BASE}/number/1", {"state": "sent", "status": "COMPLETED", "nextActionAt": 7}),
    ),
    (FetchProcessOperator, {"process": "ORDER-000001"}, ("GET", f"{BASE}/ORDER-000001", None)),
    (
        CreateTaskOperator,
        {"process": "1", "state_task": "call", "data": '{"when": "now"}', "status": "", "assigned_to": "u"},
        ("POST", "/v1/ext/p/order/1/task/call", {"data": {"when": "now"}, "assignedTo": "u"}),
    ),
    (
        CreateLeadOperator,
        {"phone_number": "+91 98765 43210", "name": "Asha", "email_address": "", "data": {"city": "Pune"}},
        (
            "POST",
            "/v1/ext/procedure/lead/process",
            {"data": {"city": "Pune", "phone_number": "919876543210", "name": "Asha"}},
        ),
    ),
]


@pytest.mark.parametrize(("operator", "arguments", "request_"), REQUESTS)
def test_arguments_become_one_exact_request_and_the_record_comes_back(
    chakra_sandbox, operator, arguments, request_
):
    made()
    record = do(operator, **arguments)
    assert last(chakra_sandbox) == request_
    assert len(chakra_sandbox.requests()) == 2
    known = [
        *chakra_sandbox.processes("order"),
        *chakra_sandbox.processes("lead"),
        *chakra_sandbox.tasks("order"),
    ]
    assert record in known


def test_a_lead_is_changed_by_its_phone_number(chakra_sandbox):
    do(CreateLeadOperator, phone_number=919876543210)
    changed = do(UpdateLeadOperator, phone_number="+919876543210", email_address="asha@example.com")
    assert changed["data"] == {"phone_number": "919876543210", "email": "asha@example.com"}


@pytest.mark.parametrize("named", [{"process": "ORDER-000001"}, {"primary_key": "number", "value": "1"}])
def test_a_process_is_deleted(chakra_sandbox, named):
    made(1)
    assert do(DeleteProcessOperator, **named) is None
    assert chakra_sandbox.processes("order") == []
    with pytest.raises(AirflowFailException, match="404"):
        do(DeleteProcessOperator, **named)


def test_a_list_comes_back_whole_or_not_at_all(chakra_sandbox):
    for number in range(3):
        made(number)
    where = '{"field": "number", "operator": "<", "value": 2}'
    for bound in (2, "2"):
        records = do(ListProcessesOperator, where=where, max_records=bound)
        assert [record["data"]["number"] for record in records] == [0, 1]
    assert len(do(ListProcessesOperator, where="")) == 3
    with pytest.raises(AirflowFailException, match="more than 2 such processes: narrow"):
        do(ListProcessesOperator, max_records=2)


MISTAKES: list[tuple[type[Any], dict[str, Any], str]] = [
    (ListProcessesOperator, {"max_records": "many"}, "whole number"),
    (UpdateProcessOperator, {"data": {"x": 1}}, "either process, or primary_key and value"),
    (UpdateProcessOperator, {"process": "1", "primary_key": "a", "value": "b", "data": {}}, "either process"),
    (UpdateProcessOperator, {"process": "1"}, "Nothing is to be changed"),
    (UpdateProcessOperator, {"process": "1", "data": "not JSON"}, "must be an object"),
    (DeleteProcessOperator, {"primary_key": "a", "value": ""}, "either process"),
    (DeleteProcessOperator, {"primary_key": "a", "value": "..", "procedure": "lead"}, "two dots"),
    (UpdateLeadOperator, {"name": "x"}, "phone_number"),
    (UpdateLeadOperator, {"phone_number": "", "name": "x"}, "phone_number"),
    (CreateLeadOperator, {"phone_number": ""}, "at least one attribute"),
    (CreateLeadOperator, {"phone_number": "09876543210"}, "country code"),
    (BulkCreateProcessesOperator, {"rows": None}, "must be a list, not a NoneType"),
    (BulkCreateProcessesOperator, {"rows": "not JSON"}, "must be a list, not a str"),
    (BulkCreateProcessesOperator, {"rows": [{"data": {}}, {"x": 1}]}, "1 of 2 rows"),
    (BulkCreateProcessesOperator, {"rows": [{"data": {"at": datetime(2026, 1, 1)}}]}, "such as a date"),
    (BulkUpdateProcessesOperator, {"rows": [{"id": "1"}]}, "1 of 1 rows"),
    (BulkCreateProcessesOperator, {"rows": [], "wait_for_completion": "x"}, "wait_for_completion must be"),
    (BulkCreateProcessesOperator, {"rows": [], "fail_on_row_errors": "maybe"}, "fail_on_row_errors must be"),
    (BulkCreateProcessesOperator, {"rows": [], "poll_interval": "x"}, "poll_interval must be a number"),
    (BulkCreateProcessesOperator, {"rows": [], "wait_timeout": -1}, "wait_timeout must be a number"),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "arguments", "told"), MISTAKES)
def test_a_mistake_ends_the_task_and_nothing_is_sent(chakra_sandbox, operator, arguments, told):
    with pytest.raises(AirflowFailException, match=told):
        do(operator, **arguments)
    assert chakra_sandbox.requests() == []


WRITES: list[tuple[type[Any], dict[str, Any]]] = [
    (CreateProcessOperator, {"data": {"number": 1}}),
    (CreateLeadOperator, {"name": "Asha"}),
    (CreateTaskOperator, {"process": "1", "state_task": "call"}),
    (BulkCreateProcessesOperator, {"rows": [{"data": {"number": 1}}]}),
    (UpdateProcessOperator, {"process": "1", "state": "sent"}),
    (DeleteProcessOperator, {"process": "1"}),
]


@pytest.mark.parametrize(("operator", "arguments"), WRITES)
def test_an_unknown_outcome_of_a_change_ends_the_task(chakra_sandbox, operator, arguments):
    chakra_sandbox.fault(close="after", times=0)
    with pytest.raises(AirflowFailException) as caught:
        do(operator, **arguments)
    assert isinstance(caught.value.__cause__, ChakraUnknownError)
    assert len(chakra_sandbox.requests()) == 1


def test_a_throttled_change_is_left_to_the_retries_of_the_task(chakra_sandbox, connect):
    connect({"max_tries": 1})
    chakra_sandbox.fault(status=429, errors=["slow down"])
    with pytest.raises(ChakraThrottledError):
        do(CreateProcessOperator, data={"number": 1})
    assert chakra_sandbox.processes("order") == []


# --- in bulk

ROWS = [{"data": {"number": number}} for number in range(5)]
HERE = {"deferrable": False, "poll_interval": 0}


def test_rows_are_sent_and_waited_for(chakra_sandbox):
    outcome = do(BulkCreateProcessesOperator, rows=ROWS, **HERE)
    assert outcome == {
        "job_id": outcome["job_id"],
        "counts": {"INVALID": 0, "NOT_STARTED": 0, "SUCCESS": 5, "ERROR": 0},
        "failed": 0,
    }
    assert [record["data"]["number"] for record in chakra_sandbox.processes("order")] == [0, 1, 2, 3, 4]
    update = [{"number": 3, "update": {"state": "sent"}}, {"number": 9, "update": {"state": "sent"}}]
    outcome = do(BulkUpdateProcessesOperator, rows=update, fail_on_row_errors="False", **HERE)
    assert outcome["failed"] == 1
    assert [record["state"] for record in chakra_sandbox.processes("order")][3] == "sent"


@pytest.mark.parametrize("rows", [[], (), "[]"])
def test_without_rows_nothing_is_sent(chakra_sandbox, rows):
    assert do(BulkCreateProcessesOperator, rows=rows) == {"job_id": None, "counts": {}, "failed": 0}
    assert chakra_sandbox.requests() == []


def test_without_waiting_the_id_of_the_job_comes_back(chakra_sandbox):
    outcome = do(BulkCreateProcessesOperator, rows=ROWS, wait_for_completion="false")
    assert outcome == {"job_id": outcome["job_id"], "counts": {}, "failed": None}
    assert outcome["job_id"]
    assert len(chakra_sandbox.requests()) == 1


def test_rows_that_fail_end_the_task_with_their_number_and_reasons(chakra_sandbox, logged):
    chakra_sandbox.fail_rows(1)
    rows = [*ROWS, {"data": {"number": 0}}, {"data": {"number": "x"}, "status": "SECRET-STATUS"}]
    with pytest.raises(AirflowFailException) as caught:
        do(BulkCreateProcessesOperator, rows=rows, **HERE)
    told = str(caught.value)
    assert told.startswith("3 of 7 rows failed in background job ")
    assert "(ERROR 1, INVALID 2, SUCCESS 4)" in told
    assert "This row was made to fail; order has a process with this number already; status must be" in told
    chakra_sandbox.fail_rows(0)
    outcome = do(BulkCreateProcessesOperator, rows=[{"data": {}}], fail_on_row_errors=False, **HERE)
    assert outcome["failed"] == 1
    assert "1 of 1 rows failed" in logged()


def run_to_the_end(operator: Any) -> None:
    """Run an operator, its trigger too."""
    try:
        operator.execute({})
    except TaskDeferred as deferred:
        event = deferred.trigger.look(ChakraHook()) or deferred.trigger.look(ChakraHook())
        operator.execute_complete({}, event)


@pytest.mark.parametrize("deferrable", [True, False])
def test_what_a_reason_repeats_of_the_rows_is_not_told(chakra_sandbox, logged, deferrable):
    chakra_sandbox.fail_rows(0)
    entry = {"completionStatus": "ERROR", "statusMessage": "Asha Kulkarni (919876543210) is known"}
    chakra_sandbox.fault(path_contains="/entries", status=200, body={"_data": [entry] * 2}, times=0)
    rows = [{"data": {"name": "Asha Kulkarni", "number": 919876543210}}]
    operator = BulkCreateProcessesOperator(
        task_id="t", procedure="order", rows=rows, deferrable=deferrable, poll_interval=0
    )
    with pytest.raises(AirflowFailException) as caught:
        run_to_the_end(operator)
    assert str(caught.value).endswith("(ERROR 1): *** (91******3210) is known.")
    assert "Kulkarni" not in logged()


def test_reasons_are_few_masked_and_may_stay_away(chakra_sandbox, connect):
    connect({"max_tries": 1})
    chakra_sandbox.fail_rows(0)
    entries = [{"completionStatus": "ERROR", "statusMessage": f"No {n} for +91 98765 43210"} for n in "abcd"]
    chakra_sandbox.fault(path_contains="/entries", status=200, body={"_data": entries})
    with pytest.raises(AirflowFailException) as caught:
        do(BulkCreateProcessesOperator, rows=ROWS, **HERE)
    assert "No a for 91******3210; No b for" in str(caught.value)
    assert str(caught.value).endswith("; and more reasons.")
    assert "No d" not in str(caught.value)
    chakra_sandbox.fail_rows(0)
    chakra_sandbox.fault(path_contains="/entries", status=503, times=0)
    with pytest.raises(AirflowFailException, match=r"1 of 1 rows failed .*why could not be read"):
        do(BulkCreateProcessesOperator, rows=[{"data": {}}], **HERE)


def test_once_rows_are_taken_no_failure_lets_them_be_sent_again(chakra_sandbox, connect):
    connect({"max_tries": 1})
    chakra_sandbox.fault(path_contains="/background-job/", status=429, errors=["slow down"], times=3)
    assert do(BulkCreateProcessesOperator, rows=ROWS, **HERE)["failed"] == 0
    chakra_sandbox.fault(path_contains="/background-job/", status=404, errors=["gone"])
    with pytest.raises(AirflowFailException, match=r"background job [-0-9a-f]{36} cannot be seen.*404"):
        do(BulkCreateProcessesOperator, rows=[{"data": {}}], **HERE)
    chakra_sandbox.job_seconds(3600)
    with pytest.raises(AirflowFailException, match="time to wait is up"):
        do(BulkCreateProcessesOperator, rows=[{"data": {}}], wait_timeout="0", **HERE)
    chakra_sandbox.fault(path_contains="bulk-create", status=200, body={"_data": {"type": "x"}})
    with pytest.raises(AirflowFailException, match="named no background job"):
        do(BulkCreateProcessesOperator, rows=[{"data": {}}], **HERE)


class Memory:
    """What Airflow 3.3 keeps for a task across its tries."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.max_tries = 1

    def get(self, key: str) -> Any:
        """Give what is kept."""
        return self.kept.get(key)

    def set(self, key: str, value: Any, **_: Any) -> None:
        """Keep."""
        self.kept[key] = value

    def delete(self, key: str) -> None:
        """Forget."""
        self.kept.pop(key, None)

    def context(self) -> dict[str, Any]:
        """Give the context of a try."""
        return {"task_state_store": self, "ti": self}


def test_a_retry_waits_for_the_rows_of_the_killed_try_and_a_clear_sends_anew(chakra_sandbox):
    memory = Memory()
    arguments = {"rows": [{"data": {}}], "wait_for_completion": False}
    first = do(BulkCreateProcessesOperator, memory.context(), **arguments)
    assert do(BulkCreateProcessesOperator, memory.context(), **arguments) == first
    assert len(chakra_sandbox.requests()) == 1
    memory.max_tries = 3
    assert do(BulkCreateProcessesOperator, memory.context(), **arguments) != first
    # A try that was killed before the answer came.
    for entry in memory.kept.values():
        entry["state"] = "about to send"
    with pytest.raises(AirflowFailException, match="clear the task"):
        do(BulkCreateProcessesOperator, memory.context(), **arguments)
    assert len(chakra_sandbox.requests()) == 2
    memory.max_tries = 5
    chakra_sandbox.fault(status=400, errors=["no"])
    with pytest.raises(AirflowFailException):
        do(BulkCreateProcessesOperator, memory.context(), **arguments)
    assert do(BulkCreateProcessesOperator, memory.context(), **arguments)["job_id"]


def test_a_wait_in_the_triggerer_begins_with_the_job_and_ends_with_the_outcome(chakra_sandbox):
    operator = BulkCreateProcessesOperator(
        task_id="t", procedure="order", rows=ROWS, poll_interval="3", wait_timeout=None, plugin_id="p"
    )
    with pytest.raises(TaskDeferred) as deferred:
        operator.execute({})
    path, arguments = deferred.value.trigger.serialize()
    assert path == "airflow_provider_chakra.triggers.jobs.BackgroundJobTrigger"
    assert arguments["poke_interval"] == 3
    assert arguments["until"] is None
    assert arguments["hook"]["plugin_id"] == "p"
    trigger = type(deferred.value.trigger)(**arguments)
    assert trigger.look(ChakraHook()) is None
    event = trigger.look(ChakraHook())
    assert getattr(operator, deferred.value.method_name)({}, event)["counts"]["SUCCESS"] == 5
    with pytest.raises(AirflowFailException, match="gone"):
        operator.execute_complete({}, {"error": "gone"})
    assert len([r for r in chakra_sandbox.requests() if r["method"] == "POST"]) == 1


def test_objects_may_come_from_a_template_and_texts_stay_texts(chakra_sandbox):
    with DAG("d", schedule=None, start_date=datetime(2026, 1, 1), render_template_as_native_obj=True):
        bulk = BulkCreateProcessesOperator(task_id="b", procedure="order", rows="{{ rows }}")
        one = UpdateProcessOperator(
            task_id="u", procedure="order", primary_key="number", value="{{ n }}", data={"price": "{{ n }}"}
        )
    bulk.render_template_fields({"rows": ROWS})
    one.render_template_fields({"n": "007"})
    assert bulk.rows == ROWS
    assert (one.value, one.data) == ("007", {"price": "007"})
