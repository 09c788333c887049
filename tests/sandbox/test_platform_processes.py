from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from .test_app import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    from airflow_provider_chakra.sandbox.client import Sandbox

PHONE = "919876543210"
ASHA = {"name": "Asha", "phone_number": PHONE, "age": 31}


@pytest.fixture
def call(sandbox: Sandbox, http: requests.Session) -> Callable[..., requests.Response]:
    """Call a path under the processes of a procedure."""

    def call(method: str, path: str = "", body: object = None, procedure: str = "lead") -> requests.Response:
        return http.request(method, f"{sandbox.url}/v1/ext/procedure/{procedure}/process{path}", json=body)

    return call


@pytest.fixture
def lead(call: Callable[..., requests.Response]) -> dict[str, Any]:
    created: dict[str, Any] = call("POST", body={"data": ASHA}).json()["_data"]
    return created


def test_a_lead_is_created(sandbox: Sandbox, lead: dict[str, Any]) -> None:
    assert uuid.UUID(lead["id"])
    assert lead["createdAt"] == lead["updatedAt"]
    assert abs(lead["createdAt"] / 1000 - datetime.now(UTC).timestamp()) < 60
    assert {name: value for name, value in lead.items() if name not in {"id", "createdAt", "updatedAt"}} == {
        "shortId": "LEAD-000001",
        "procedure": "lead",
        "status": "OPEN",
        "state": None,
        "data": ASHA,
        "record": {"data": {}},
        "assignedTo": None,
        "nextActionAt": None,
    }
    assert sandbox.processes("lead") == [lead]


def test_everything_that_a_process_can_be_given(call: Callable[..., requests.Response]) -> None:
    given = {
        "data": {"name": "Bo"},
        "record": {"data": {"city": "Pune"}},
        "status": "COMPLETED",
        "state": "won",
        "nextActionAt": 1789000000000,
        "assignedTo": "5a4db0c5-0000-4000-8000-000000000101",
    }
    created = call("POST", body=given).json()["_data"]
    assert created == created | given


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("name", ["id", "shortId"])
def test_a_process_by_its_ids(
    call: Callable[..., requests.Response], lead: dict[str, Any], method: str, name: str
) -> None:
    answer = call(method, f"/{lead[name]}", {"state": "won"} if method == "PUT" else None)
    assert answer.status_code == 200
    assert answer.json()["_data"]["data"] == ASHA
    assert answer.json()["_data"]["state"] == ("won" if method == "PUT" else None)
    for each in ("id", "shortId"):
        assert call("GET", f"/{lead[each]}").status_code == (404 if method == "DELETE" else 200)


@pytest.mark.parametrize("by", ["/{id}", "/phone_number/919876543210"])
def test_an_update_adds(
    sandbox: Sandbox, call: Callable[..., requests.Response], lead: dict[str, Any], by: str
) -> None:
    change = {"data": {"age": 32}, "status": "CANCELLED", "state": "lost", "nextActionAt": 0}
    answer = call("PUT", by.format(**lead), change)
    changed = answer.json()["_data"]
    assert changed["updatedAt"] >= lead["updatedAt"]
    assert changed == lead | change | {"data": ASHA | {"age": 32}, "updatedAt": changed["updatedAt"]}
    assert sandbox.processes("lead") == [changed]


def test_a_primary_key_moves_with_an_update(
    call: Callable[..., requests.Response], lead: dict[str, Any]
) -> None:
    call("PUT", f"/{lead['id']}", {"data": {"phone_number": 919812345678}})
    assert call("PUT", f"/phone_number/{PHONE}", {"state": "won"}).status_code == 404
    assert call("PUT", "/phone_number/919812345678", {"state": "won"}).json()["_data"]["id"] == lead["id"]
    assert call("POST", body={"data": ASHA}).status_code == 200
    assert call("DELETE", "/phone_number/919812345678").json()["_data"]["id"] == lead["id"]
    assert call("DELETE", "/phone_number/919812345678").status_code == 404
    assert (
        call("POST", body={"data": {"phone_number": "919812345678"}}).json()["_data"]["shortId"]
        == "LEAD-000003"
    )


def test_a_primary_key_with_a_slash(sandbox: Sandbox, call: Callable[..., requests.Response]) -> None:
    sandbox.add_procedure("order", primary_key="number")
    call("POST", body={"data": {"number": "2026/17"}}, procedure="order")
    changed = call("PUT", "/number/2026%2F17", {"state": "paid"}, procedure="order")
    assert changed.json()["_data"]["shortId"] == "ORDER-000001"


def test_a_primary_key_is_there_once(call: Callable[..., requests.Response], lead: dict[str, Any]) -> None:
    twice = call("POST", body={"data": {"phone_number": int(PHONE)}})
    other = call("POST", body={"data": {"phone_number": "919812345678"}}).json()["_data"]
    moved = call("PUT", f"/{other['id']}", {"data": {"phone_number": PHONE}})
    for answer in (twice, moved):
        assert answer.status_code == 400
        assert refused(answer) == "lead has a process with this phone_number already"
    assert call("PUT", f"/{lead['id']}", {"data": {"phone_number": PHONE}}).status_code == 200
    # Who has no number stands in nobody's way.
    assert [call("POST", body={"data": {}}).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize(
    ("method", "path", "status", "reason"),
    [
        ("GET", "/nobody", 404, "Process not found in lead"),
        ("PUT", "/nobody", 404, "Process not found in lead"),
        ("DELETE", "/nobody", 404, "Process not found in lead"),
        ("PUT", "/phone_number/1", 404, "Process not found in lead by its phone_number"),
        ("DELETE", "/phone_number/1", 404, "Process not found in lead by its phone_number"),
        ("PUT", "/email/a@example.com", 400, "email is not the primary key of lead"),
        ("DELETE", "/email/a@example.com", 400, "email is not the primary key of lead"),
    ],
)
def test_no_such_process(
    call: Callable[..., requests.Response], method: str, path: str, status: int, reason: str
) -> None:
    answer = call(method, path, {"state": "won"})
    assert (answer.status_code, refused(answer)) == (status, reason)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/x"),
        ("POST", ""),
        ("POST", "/list"),
        ("POST", "/bulk-create"),
        ("PATCH", ""),
        ("PUT", "/x"),
        ("DELETE", "/x"),
    ],
)
def test_no_such_procedure(
    sandbox: Sandbox, call: Callable[..., requests.Response], method: str, path: str
) -> None:
    answer = call(method, path, {}, procedure="orders")
    assert (answer.status_code, refused(answer)) == (404, "Procedure orders not found")
    sandbox.add_procedure("orders")
    answer = call(method, path, {}, procedure="orders")
    assert "Procedure" not in answer.text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ([], "a process or a task must be an object"),
        ("x", "a process or a task must be an object"),
        (None, "The request body is not valid JSON"),
        ({}, "data is required"),
        ({"record": {"data": {}}}, "data is required"),
        ({"data": []}, "data must be an object"),
        ({"data": {}, "record": []}, "record must be an object with data"),
        ({"data": {}, "record": {"data": 1}}, "record must be an object with data"),
        ({"data": {}, "status": "DONE"}, "status must be one of OPEN, COMPLETED, CANCELLED"),
        ({"data": {}, "status": ["OPEN"]}, "status must be one of OPEN"),
        ({"data": {}, "state": 1}, "state must be text"),
        ({"data": {}, "assignedTo": ""}, "assignedTo must be text"),
        ({"data": {}, "nextActionAt": "soon"}, "nextActionAt must be milliseconds since 1970"),
        ({"data": {}, "nextActionAt": True}, "nextActionAt must be milliseconds since 1970"),
        ({"data": {}, "nextActionAt": -1}, "nextActionAt must be milliseconds since 1970"),
        ({"data": {}, "phone_number": PHONE}, "phone_number is not a field of this request"),
    ],
)
def test_what_is_no_process(
    sandbox: Sandbox, call: Callable[..., requests.Response], body: object, reason: str
) -> None:
    answer = call("POST", body=body)
    assert answer.status_code == 400
    assert refused(answer).startswith(reason)
    assert sandbox.processes("lead") == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ([], "a process or a task must be an object"),
        ({}, "an update has at least one of data, status, state, nextActionAt"),
        ({"assignedTo": "x"}, "assignedTo is not a field of this request"),
        ({"record": {}}, "record is not a field of this request"),
        ({"data": None}, "data must be an object"),
        ({"status": "open"}, "status must be one of"),
    ],
)
def test_what_is_no_update(
    sandbox: Sandbox, call: Callable[..., requests.Response], lead: dict[str, Any], body: object, reason: str
) -> None:
    for path in (f"/{lead['id']}", f"/phone_number/{PHONE}"):
        answer = call("PUT", path, body)
        assert answer.status_code == 400
        assert refused(answer).startswith(reason)
    assert sandbox.processes("lead") == [lead]


def test_a_list_to_its_end(call: Callable[..., requests.Response]) -> None:
    for number in range(25):
        call("POST", body={"data": {"number": number}})
    pages, more = [], True
    while more:
        answer = call("POST", "/list", {"skip": sum(map(len, pages))}).json()
        pages.append([record["data"]["number"] for record in answer["_data"]])
        more = answer["_meta"]["hasMore"]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [number for page in pages for number in page] == list(range(25))


@pytest.mark.parametrize(
    ("body", "numbers", "more"),
    [
        ({"limit": 3}, [0, 1, 2], True),
        ({"limit": 5}, [0, 1, 2, 3, 4], False),
        ({"limit": 100, "skip": 3}, [3, 4], False),
        ({"skip": 5}, [], False),
        ({"skip": 10**30}, [], False),
        ({"limit": 2, "where": {"field": "number", "operator": ">=", "value": 2}}, [2, 3], True),
    ],
)
def test_pages(
    call: Callable[..., requests.Response], body: dict[str, Any], numbers: list[int], more: bool
) -> None:
    for number in range(5):
        call("POST", body={"data": {"number": number}})
    answer = call("POST", "/list", body).json()
    assert [record["data"]["number"] for record in answer["_data"]] == numbers
    assert answer["_meta"] == {"hasMore": more}


def condition(field: str, operator: str, value: object) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


@pytest.mark.parametrize(
    ("where", "names"),
    [
        (None, "ABC"),
        ({}, "ABC"),
        (condition("status", "=", "OPEN"), "AC"),
        (condition("status", "!=", "OPEN"), "B"),
        (condition("state", "=", "new"), "AB"),
        (condition("state", "=", None), "C"),
        (condition("state", "!=", None), "AB"),
        (condition("state", ">", "a"), "AB"),
        (condition("assignedTo", "=", "asha"), "A"),
        (condition("assignedTo", "!=", "asha"), "BC"),
        (condition("age", "=", 9), "A"),
        (condition("age", "=", "9"), "A"),
        (condition("age", ">", 9), "BC"),
        (condition("age", ">=", 9), "ABC"),
        (condition("age", "<", 10.5), "AB"),
        (condition("age", "<=", 10), "AB"),
        (condition("vip", "=", True), "A"),
        (condition("vip", "=", "true"), "A"),
        (condition("vip", "=", 1), ""),
        (condition("city", "=", "Pune"), "B"),
        (condition("unheard_of", "=", "x"), ""),
        (condition("unheard_of", "!=", "x"), "ABC"),
        ({"and": [condition("state", "=", "new"), condition("age", ">", 9)]}, "B"),
        ({"or": [condition("age", "<", 10), condition("age", ">", 10)]}, "AC"),
        (
            {
                "and": [
                    {"or": [condition("age", "=", 9), condition("age", "=", 11)]},
                    condition("status", "=", "OPEN"),
                ]
            },
            "AC",
        ),
        ({"or": [{"and": [condition("age", "=", 9), condition("age", "=", 10)]}]}, ""),
        (condition("createdAt", ">", (datetime.now(UTC) - timedelta(days=1)).isoformat()), "ABC"),
        (condition("createdAt", "<", (datetime.now(UTC) - timedelta(days=1)).isoformat()), ""),
        (condition("createdAt", ">", "2000-01-01"), "ABC"),
        (condition("createdAt", ">", "2000-01-01T00:00:00.000Z"), "ABC"),
        (condition("createdAt", "<=", "2000-01-01T00:00:00+05:30"), ""),
    ],
)
def test_where(call: Callable[..., requests.Response], where: object, names: str) -> None:
    call("POST", body={"data": {"name": "A", "age": 9, "vip": True}, "state": "new", "assignedTo": "asha"})
    call(
        "POST",
        body={
            "data": {"name": "B", "age": 10, "vip": False},
            "record": {"data": {"city": "Pune", "name": "record"}},
            "state": "new",
            "status": "COMPLETED",
        },
    )
    call("POST", body={"data": {"name": "C", "age": 11}})
    answer = call("POST", "/list", {"where": where})
    assert "".join(record["data"]["name"] for record in answer.json()["_data"]) == names


def test_created_at_is_an_instant(call: Callable[..., requests.Response], lead: dict[str, Any]) -> None:
    instant = datetime.fromtimestamp(lead["createdAt"] / 1000, UTC)
    for written in (instant.isoformat(), instant.replace(tzinfo=None).isoformat()):
        for operator, found in (("=", 1), (">=", 1), ("<=", 1), ("!=", 0), (">", 0), ("<", 0)):
            where = condition("createdAt", operator, written)
            assert len(call("POST", "/list", {"where": where}).json()["_data"]) == found, operator


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ([], "The request body must be a JSON object"),
        ({"filter": {}}, "filter is not a field of this request"),
        ({"skip": -1}, "skip must be a number from 0"),
        ({"skip": "1"}, "skip must be a number from 0"),
        ({"limit": 0}, "limit must be a number from 1 to 100"),
        ({"limit": 101}, "limit must be a number from 1 to 100"),
        ({"limit": 1.5}, "limit must be a number from 1 to 100"),
        ({"limit": True}, "limit must be a number from 1 to 100"),
        ({"where": []}, "where must be an object"),
        ({"where": "x"}, "where must be an object"),
        ({"where": {"and": []}}, "and must be a list of at least one condition"),
        ({"where": {"or": {}}}, "or must be a list of at least one condition"),
        ({"where": {"and": [{}]}}, "a condition of where has"),
        ({"where": {"and": [1], "or": [1]}}, "a condition of where has"),
        ({"where": {"not": []}}, "a condition of where has"),
        ({"where": {"field": "state", "value": "new"}}, "a condition of where has"),
        ({"where": {"state": "new"}}, "a condition of where has"),
        ({"where": condition("state", "~", "new")}, "operator must be one of = != > >= < <="),
        ({"where": {"field": "state", "operator": [], "value": 1}}, "operator must be one of"),
        ({"where": {"field": 1, "operator": "=", "value": 1}}, "field must be text"),
        ({"where": condition("state", "=", ["new"])}, "value must be text, a number"),
        (
            {"where": condition("createdAt", ">", "yesterday")},
            "createdAt is compared with a time in ISO 8601",
        ),
        ({"where": condition("createdAt", ">", 5)}, "createdAt is compared with a time in ISO 8601"),
        ({"where": condition("createdAt", ">", None)}, "createdAt is compared with a time in ISO 8601"),
        ({"where": {"or": [condition("state", "=", "new"), condition("state", "~", 1)]}}, "operator must be"),
    ],
)
def test_what_is_no_question(call: Callable[..., requests.Response], body: object, reason: str) -> None:
    # There is no record: what is wrong with a question does not hang on what there is to find.
    answer = call("POST", "/list", body)
    assert answer.status_code == 400
    assert refused(answer).startswith(reason)


@pytest.mark.parametrize(
    ("levels", "reason"),
    [(19, None), (20, "where is nested deeper"), (400, "where is nested deeper"), (9000, "The request body")],
)
def test_a_deep_question(sandbox: Sandbox, http: requests.Session, levels: int, reason: str | None) -> None:
    body = (
        '{"where": '
        + '{"and": [' * levels
        + '{"field": "a", "operator": "=", "value": 1}'
        + "]}" * levels
        + "}"
    )
    answer = http.post(f"{sandbox.url}/v1/ext/procedure/lead/process/list", data=body)
    if reason is None:
        assert answer.json() == {"_data": [], "_meta": {"hasMore": False}}
    else:
        assert answer.status_code == 400
        assert refused(answer).startswith(reason)


@pytest.mark.parametrize("by", ["{id}", "{shortId}", PHONE])
def test_a_task(sandbox: Sandbox, http: requests.Session, lead: dict[str, Any], by: str) -> None:
    given = {"data": {"note": "Call back"}, "status": "OPEN", "assignedTo": "asha"}
    answer = http.post(f"{sandbox.url}/v1/ext/p/lead/{by.format(**lead)}/task/call_back", json=given)
    task = answer.json()["_data"]
    assert task == task | given | {"process": lead["id"], "stateTask": "call_back", "procedure": "lead"}
    assert uuid.UUID(task["id"])
    assert sandbox.tasks("lead") == [task]


@pytest.mark.parametrize(
    ("path", "body", "status", "reason"),
    [
        ("order/x", {}, 404, "Procedure order not found"),
        ("lead/x", {}, 404, "Process not found in lead"),
        (f"lead/{PHONE}", {"data": 1}, 400, "data must be an object"),
        (f"lead/{PHONE}", {"state": "x"}, 400, "state is not a field of this request"),
        (f"lead/{PHONE}", [], 400, "a process or a task must be an object"),
    ],
)
def test_no_task(
    sandbox: Sandbox,
    http: requests.Session,
    lead: dict[str, Any],
    path: str,
    body: object,
    status: int,
    reason: str,
) -> None:
    answer = http.post(f"{sandbox.url}/v1/ext/p/{path}/task/call_back", json=body)
    assert (answer.status_code, refused(answer)) == (status, reason)
    assert sandbox.tasks("lead") == []


def test_reset_leaves_an_empty_lead(
    sandbox: Sandbox, call: Callable[..., requests.Response], lead: dict[str, Any]
) -> None:
    sandbox.add_procedure("order")
    sandbox.reset()
    assert sandbox.processes("lead") == []
    with pytest.raises(ValueError, match="Procedure order not found"):
        sandbox.processes("order")
    assert re.fullmatch(r"LEAD-0{5}1", call("POST", body={"data": ASHA}).json()["_data"]["shortId"])
