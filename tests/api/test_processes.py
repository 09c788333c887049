"""Processes, leads and tasks: exact requests, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from airflow_provider_chakra.api.bodies import milliseconds
from airflow_provider_chakra.exceptions import (
    ChakraConfigError,
    ChakraNotFoundError,
    ChakraRequestError,
    ChakraUnknownError,
)
from airflow_provider_chakra.hooks.chakra import ChakraHook

BASE = "/v1/ext/procedure/order/process"
NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def hook(chakra_sandbox):
    """Give a hook on a sandbox that knows orders."""
    chakra_sandbox.add_procedure("order", primary_key="number")
    return ChakraHook()


def asked(sandbox: Any) -> list[tuple[str, str, Any]]:
    """Give method, path and body of what arrived."""
    return [(request["method"], request["path"], request["body"]) for request in sandbox.requests()]


def test_a_process_from_its_creation_to_its_deletion(hook, chakra_sandbox):
    made = hook.processes.create(
        "order", {"number": "4711"}, record={"data": {"x": 1}}, status="OPEN", state="packed",
        next_action_at=NINE, assigned_to="user-1",
    )  # fmt: skip
    name = made["id"]
    assert hook.processes.fetch("order", name) == made
    changed = hook.processes.update("order", name, data={"weight": 2}, state="sent", next_action_at="1")
    assert changed["data"] == {"number": "4711", "weight": 2}
    assert hook.processes.update_by_key("order", "number", 4711, status="COMPLETED")["status"] == "COMPLETED"
    hook.processes.delete_by_key("order", "number", "4711")
    with pytest.raises(ChakraNotFoundError):
        hook.processes.delete("order", name)
    assert asked(chakra_sandbox) == [
        (
            "POST",
            BASE,
            {
                "data": {"number": "4711"},
                "record": {"data": {"x": 1}},
                "status": "OPEN",
                "state": "packed",
                "nextActionAt": 1795338000000,
                "assignedTo": "user-1",
            },
        ),
        ("GET", f"{BASE}/{name}", None),
        ("PUT", f"{BASE}/{name}", {"data": {"weight": 2}, "state": "sent", "nextActionAt": 1}),
        ("PUT", f"{BASE}/number/4711", {"status": "COMPLETED"}),
        ("DELETE", f"{BASE}/number/4711", None),
        ("DELETE", f"{BASE}/{name}", None),
    ]
    assert chakra_sandbox.processes("order") == []


def test_a_process_is_deleted_by_its_id(hook, chakra_sandbox):
    for number in (1, 2):
        hook.processes.create("order", {"number": number})
    hook.processes.delete("order", chakra_sandbox.processes("order")[0]["id"])
    assert [record["data"] for record in chakra_sandbox.processes("order")] == [{"number": 2}]


def test_a_list_is_narrowed_by_where(hook, chakra_sandbox):
    for number in range(3):
        hook.processes.create("order", {"number": number})
    where = {"field": "number", "operator": ">", "value": 0}
    assert [row["data"]["number"] for row in hook.processes.list("order", where=where)] == [1, 2]
    assert asked(chakra_sandbox)[-1] == ("POST", f"{BASE}/list", {"where": where, "skip": 0, "limit": 100})


def test_rows_in_bulk_become_a_background_job(hook, chakra_sandbox):
    created = hook.processes.bulk_create("order", [{"data": {"number": 1}}, {"data": {"number": 2}}])
    assert hook.jobs.fetch(created["id"]).done is False
    assert hook.jobs.fetch(created["id"]).done is True
    first = chakra_sandbox.processes("order")[0]
    rows = [
        {"id": first["id"], "update": {"state": "packed"}},
        {"number": 2, "update": {"state": "packed"}},
    ]
    updated = hook.processes.bulk_update("order", tuple(rows))
    assert [hook.jobs.fetch(updated["id"]).done for _ in range(2)] == [False, True]
    assert {record["state"] for record in chakra_sandbox.processes("order")} == {"packed"}
    bulk = [request for request in asked(chakra_sandbox) if request[2] is not None]
    assert bulk == [
        ("POST", f"{BASE}/bulk-create", [{"data": {"number": 1}}, {"data": {"number": 2}}]),
        ("PATCH", BASE, {"processes": rows}),
    ]


def test_leads_are_known_by_the_digits_of_their_phone_number(hook, chakra_sandbox):
    hook.leads.create(
        phone_number="+91 98765 43210", name="Asha", email_address="asha@example.com", data={"city": "Pune"}
    )
    hook.leads.update_by_phone_number(919876543210, name="Asha K", data={"city": "Goa"})
    (lead,) = chakra_sandbox.processes("lead")
    assert lead["data"] == {
        "phone_number": "919876543210",
        "name": "Asha K",
        "email": "asha@example.com",
        "city": "Goa",
    }
    with pytest.raises(ChakraNotFoundError):
        hook.leads.update_by_phone_number("919876543211", name="Nobody")
    hook.leads.create(name="Without a number")
    assert len(chakra_sandbox.processes("lead")) == 2


def test_a_task_is_made_of_a_process(hook, chakra_sandbox):
    hook.processes.create("order", {"number": "A 1"})
    made = hook.tasks.create("order", "A 1", "call", data={"when": "now"}, status="OPEN", assigned_to="u")
    assert made == chakra_sandbox.tasks("order")[0]
    method, path, body = asked(chakra_sandbox)[-1]
    assert (method, path) == ("POST", "/v1/ext/p/order/A 1/task/call")
    assert body == {"data": {"when": "now"}, "status": "OPEN", "assignedTo": "u"}


MISTAKES = [
    (lambda hook: hook.processes.create("order", None), "needs data"),
    (lambda hook: hook.processes.create("order", ["x"]), "data must be an object, not a list"),
    (lambda hook: hook.processes.create("order", {}, record="x"), "record must be an object, not a str"),
    (lambda hook: hook.processes.create("", {}), "a value for procedure"),
    (lambda hook: hook.processes.create("order", {}, next_action_at="soon"), "is no time"),
    (lambda hook: hook.processes.create("order", {}, next_action_at="2026-11-22T09:00"), "with its zone"),
    (lambda hook: hook.processes.create("order", {}, next_action_at=True), "with its zone"),
    (lambda hook: hook.processes.update("order", "1"), "Nothing is to be changed"),
    (lambda hook: hook.processes.update_by_key("order", "number", 1), "Nothing is to be changed"),
    (lambda hook: hook.processes.list("order", page_size=101), "from 1 to 100, not 101"),
    (lambda hook: hook.processes.bulk_create("order", []), "rows is empty"),
    (lambda hook: hook.processes.bulk_create("order", {"data": {}}), "must be a list of .*not a dict"),
    (lambda hook: hook.processes.bulk_create("order", [{"data": {}}, {}, 7]), r"2 of 3 rows .*rows 1, 2,"),
    (
        lambda hook: hook.processes.bulk_update("order", [{"id": "1", "update": {}}] * 9 + [{}]),
        "1 of 10 rows .*rows 9,",
    ),
    (lambda hook: hook.processes.bulk_update("order", [{"update": {}}]), "1 of 1 rows .*rows 0,"),
    (lambda hook: hook.processes.bulk_update("order", [{}] * 9), r"rows 0, 1, 2, 3, 4, \.\.\.,"),
    (lambda hook: hook.leads.create(), "at least one attribute"),
    (lambda hook: hook.leads.create(phone_number="09876543210"), "country code"),
    (lambda hook: hook.leads.update_by_phone_number("919876543210"), "at least one attribute"),
    (lambda hook: hook.leads.update_by_phone_number("x", name="A"), "without digits"),
]


@pytest.mark.parametrize(("call", "told"), MISTAKES)
def test_a_mistake_is_named_and_nothing_is_sent(hook, chakra_sandbox, call, told):
    with pytest.raises(ChakraConfigError, match=told):
        call(hook)
    assert chakra_sandbox.requests() == []


WRITES = [
    lambda hook: hook.processes.create("order", {"number": "secret of the row"}),
    lambda hook: hook.processes.update("order", "1", data={"number": "secret of the row"}),
    lambda hook: hook.processes.delete("order", "1"),
    lambda hook: hook.processes.bulk_create("order", [{"data": {"number": "secret of the row"}}]),
    lambda hook: hook.leads.create(name="secret of the row"),
    lambda hook: hook.tasks.create("order", "1", "call"),
]


@pytest.mark.parametrize("write", WRITES)
def test_an_unknown_outcome_of_a_change_is_not_tried_again(hook, chakra_sandbox, write):
    chakra_sandbox.fault(status=502, body="<html>", times=0)
    with pytest.raises(ChakraUnknownError) as caught:
        write(hook)
    assert caught.value.retryable is False
    assert len(chakra_sandbox.requests()) == 1


@pytest.mark.parametrize("write", [WRITES[0], WRITES[1], *WRITES[3:]])
def test_a_good_status_without_a_record_is_an_unknown_outcome(hook, chakra_sandbox, write):
    chakra_sandbox.fault(status=200, body={"_data": []})
    with pytest.raises(ChakraUnknownError, match="without a record"):
        write(hook)


def test_what_a_refusal_repeats_of_a_record_is_not_told(hook, chakra_sandbox):
    chakra_sandbox.fault(status=400, errors=["Bad value: secret of the row"])
    with pytest.raises(ChakraRequestError) as caught:
        WRITES[0](hook)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("time", "found"),
    [
        (None, None),
        ("", None),
        (1795338000000, 1795338000000),
        ("1795338000000", 1795338000000),
        (NINE, 1795338000000),
        ("2026-11-22T09:00:00+00:00", 1795338000000),
        ("2026-11-22 14:30:00+05:30", 1795338000000),
    ],
)
def test_a_time_is_milliseconds_since_1970(time, found):
    assert milliseconds(time) == found
