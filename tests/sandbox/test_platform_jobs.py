from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from .test_app import refused

if TYPE_CHECKING:
    import requests

    from airflow_provider_chakra.sandbox.client import Sandbox


class Client:
    """Asks for bulk work on leads, and looks at what becomes of it."""

    def __init__(self, sandbox: Sandbox, http: requests.Session) -> None:
        self.sandbox = sandbox
        self.http = http
        self.path = f"{sandbox.url}/v1/ext/procedure/lead/process"

    def create(self, *rows: object) -> dict[str, Any]:
        job: dict[str, Any] = self.http.post(f"{self.path}/bulk-create", json=rows).json()["_data"]
        return job

    def update(self, *rows: object) -> dict[str, Any]:
        job: dict[str, Any] = self.http.patch(self.path, json={"processes": rows}).json()["_data"]
        return job

    def fetch(self, job: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.get(f"{self.sandbox.url}/v1/ext/background-job/{job['id']}").json()
        return answer

    def look(self, job: dict[str, Any]) -> dict[str, Any]:
        """Fetch a job: its counts, without those that are 0."""
        counts = self.fetch(job)["_meta"]["bjEntryCompletionStatusVsCount"]
        assert set(counts) == {"INVALID", "NOT_STARTED", "SUCCESS", "ERROR"}
        return {status: count for status, count in counts.items() if count}

    def entries(self, job: dict[str, Any], query: str = "") -> dict[str, Any]:
        path = f"{self.sandbox.url}/v1/ext/background-job/{job['id']}/entries{query}"
        answer: dict[str, Any] = self.http.get(path).json()
        return answer


@pytest.fixture
def client(sandbox: Sandbox, http: requests.Session) -> Client:
    return Client(sandbox, http)


def lead(number: int) -> dict[str, Any]:
    return {"data": {"phone_number": f"91987654{number:04}"}}


def test_a_job_is_done_at_the_second_look(client: Client, sandbox: Sandbox) -> None:
    job = client.create(lead(1), lead(2))
    assert uuid.UUID(job["id"])
    assert set(job) == {
        "id",
        "createdAt",
        "updatedAt",
        "completionStatus",
        "statusMessage",
        "startedAt",
        "completedAt",
        "team",
        "type",
    }
    assert (job["completionStatus"], job["completedAt"]) == ("IN_PROGRESS", 0)
    assert client.look(job) == {"NOT_STARTED": 2}
    assert client.look(job) == {"SUCCESS": 2}
    shown = client.fetch(job)["_data"]
    assert set(shown) == {"id", "createdAt", "updatedAt", "startedAt", "team", "type"}
    assert shown["id"] == job["id"]
    assert [record["data"] for record in sandbox.processes("lead")] == [lead(1)["data"], lead(2)["data"]]


def test_nobody_has_to_look(client: Client, sandbox: Sandbox) -> None:
    job = client.create(lead(1))
    assert len(sandbox.processes("lead")) == 1
    assert client.look(job) == {"SUCCESS": 1}


def test_an_update_in_bulk(client: Client, sandbox: Sandbox) -> None:
    client.create(lead(1), lead(2), lead(3))
    first, second, _ = before = sandbox.processes("lead")
    job = client.update(
        {"id": first["id"], "update": {"data": {"age": 31}, "status": "COMPLETED"}},
        {"phone_number": second["data"]["phone_number"], "update": {"state": "won"}},
        {"phone_number": int(before[2]["data"]["phone_number"]), "update": {"state": "lost"}},
    )
    assert client.look(job) == {"NOT_STARTED": 3}
    assert client.look(job) == {"SUCCESS": 3}
    after = sandbox.processes("lead")
    assert [(record["status"], record["state"]) for record in after] == [
        ("COMPLETED", None),
        ("OPEN", "won"),
        ("OPEN", "lost"),
    ]
    assert after[0]["data"] == first["data"] | {"age": 31}
    assert [entry["process"] for entry in client.entries(job)["_data"]] == [record["id"] for record in before]


def test_rows_that_cannot_be_created(client: Client, sandbox: Sandbox) -> None:
    rows = (lead(1), {}, {"data": 1}, 5, lead(1), {"data": {}, "who": 1}, lead(2))
    job = client.create(*rows)
    client.look(job)
    assert client.look(job) == {"SUCCESS": 2, "INVALID": 5}
    entries = client.entries(job)["_data"]
    assert [entry["completionStatus"] for entry in entries] == ["SUCCESS", *["INVALID"] * 5, "SUCCESS"]
    assert [entry["statusMessage"] for entry in entries] == [
        "",
        "data is required",
        "data must be an object",
        "a process or a task must be an object",
        "lead has a process with this phone_number already",
        "who is not a field of this request",
        "",
    ]
    assert [entry["process"] is None for entry in entries] == [False, *[True] * 5, False]
    assert len(sandbox.processes("lead")) == 2


@pytest.mark.parametrize(
    ("row", "status", "reason"),
    [
        ({"id": "x", "update": {"state": "won"}}, "ERROR", "Process not found in lead"),
        ({"phone_number": "1", "update": {"state": "won"}}, "ERROR", "Process not found in lead by its"),
        ({"email": "x", "update": {"state": "won"}}, "INVALID", "email is not the primary key of lead"),
        ({"phone_number": None, "update": {"state": "won"}}, "INVALID", "phone_number must be text"),
        ({"phone_number": "919876540001"}, "INVALID", "a row has update, and id or the primary key"),
        ({"update": {"state": "won"}}, "INVALID", "a row has update"),
        (
            {"id": "x", "phone_number": "919876540001", "update": {"state": "won"}},
            "INVALID",
            "a row has update",
        ),
        ("x", "INVALID", "a row has update"),
        ({"phone_number": "919876540001", "update": {}}, "INVALID", "an update has at least one of"),
        ({"phone_number": "919876540001", "update": []}, "INVALID", "a process or a task must be"),
        ({"phone_number": "919876540001", "update": {"status": 1}}, "INVALID", "status must be one of"),
        ({"phone_number": "919876540001", "update": {"nextActionAt": 1}}, "INVALID", "nextActionAt is not"),
    ],
)
def test_a_row_that_cannot_be_updated(
    client: Client, sandbox: Sandbox, row: object, status: str, reason: str
) -> None:
    client.create(lead(1))
    before = sandbox.processes("lead")
    job = client.update(row, {"phone_number": "919876540001", "update": {"data": {"age": 31}}})
    client.look(job)
    assert client.look(job) == {status: 1, "SUCCESS": 1}
    bad, good = client.entries(job)["_data"]
    assert bad["statusMessage"].startswith(reason)
    assert (bad["completionStatus"], good["completionStatus"]) == (status, "SUCCESS")
    (after,) = sandbox.processes("lead")
    assert after == before[0] | {"data": after["data"], "updatedAt": after["updatedAt"]}
    assert after["data"] == lead(1)["data"] | {"age": 31}


def test_rows_made_to_fail(client: Client, sandbox: Sandbox) -> None:
    sandbox.fail_rows(0, 2)
    job = client.create(lead(1), lead(2), lead(3))
    client.look(job)
    assert client.look(job) == {"SUCCESS": 1, "ERROR": 2}
    assert [entry["statusMessage"] for entry in client.entries(job)["_data"]] == [
        "This row was made to fail",
        "",
        "This row was made to fail",
    ]
    assert [record["data"] for record in sandbox.processes("lead")] == [lead(2)["data"]]
    # It was for one job only.
    again = client.create(lead(1), lead(3))
    client.look(again)
    assert client.look(again) == {"SUCCESS": 2}


def test_a_job_goes_on_with_the_clock(client: Client, sandbox: Sandbox) -> None:
    sandbox.job_seconds(10_000)
    started = client.create(lead(1), lead(2), lead(3), lead(4))
    for seconds, done in ((0, 0), (2400, 0), (200, 1), (5000, 3), (3000, 4), (90_000, 4)):
        sandbox.advance(seconds)
        assert client.look(started).get("SUCCESS", 0) == done
        assert len(sandbox.processes("lead")) == done
    shown = client.fetch(started)["_data"]
    assert shown["startedAt"] == shown["createdAt"] == started["startedAt"]
    assert 10_000 < (shown["updatedAt"] - shown["startedAt"]) / 1000 < 11_000


def test_jobs_go_on_in_the_order_in_which_they_were_asked_for(client: Client, sandbox: Sandbox) -> None:
    sandbox.job_seconds(10_000)
    client.create(lead(1), lead(2))
    update = client.update({"phone_number": "919876540001", "update": {"state": "won"}})
    sandbox.advance(11_000)
    assert client.look(update) == {"SUCCESS": 1}
    assert [record["state"] for record in sandbox.processes("lead")] == ["won", None]


def test_entries_to_the_end(client: Client, sandbox: Sandbox, http: requests.Session) -> None:
    job = client.create(*(lead(number) for number in range(205)))
    assert len(sandbox.processes("lead")) == 205
    sizes, ids, path = [], [], f"/v1/ext/background-job/{job['id']}/entries"
    while path:
        answer = http.get(sandbox.url + path).json()
        assert answer["_meta"]["total"] == 205
        sizes.append(len(answer["_data"]))
        ids += [entry["process"] for entry in answer["_data"]]
        path = answer["_meta"]["nextPage"]
    assert sizes == [100, 100, 5]
    assert ids == [record["id"] for record in sandbox.processes("lead")]


@pytest.mark.parametrize(
    ("query", "size", "more"),
    [
        ("?limit=2", 2, "?skip=2&limit=2"),
        ("?limit=3", 3, None),
        ("?skip=2&limit=2", 1, None),
        ("?skip=9", 0, None),
    ],
)
def test_a_page_of_entries(client: Client, query: str, size: int, more: str | None) -> None:
    job = client.create(lead(1), lead(2), lead(3))
    answer = client.entries(job, query)
    assert len(answer["_data"]) == size
    assert {entry["completionStatus"] for entry in answer["_data"]} <= {"NOT_STARTED"}
    path = answer["_meta"]["nextPage"]
    assert path == (more and f"/v1/ext/background-job/{job['id']}/entries{more}")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "skip=-1", "skip=", "skip=1e9", "skip=\u0663"]
)
def test_no_page_of_entries(client: Client, sandbox: Sandbox, http: requests.Session, query: str) -> None:
    job = client.create(lead(1))
    answer = http.get(f"{sandbox.url}/v1/ext/background-job/{job['id']}/entries?{query}")
    assert answer.status_code == 400
    assert refused(answer).startswith(f"{query.split('=')[0]} must be a number from")


@pytest.mark.parametrize("path", ["x", "x/entries"])
def test_no_such_job(sandbox: Sandbox, http: requests.Session, path: str) -> None:
    answer = http.get(f"{sandbox.url}/v1/ext/background-job/{path}")
    assert (answer.status_code, refused(answer)) == (404, "Background job not found")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/bulk-create", []),
        ("POST", "/bulk-create", {}),
        ("POST", "/bulk-create", {"processes": [{"data": {}}]}),
        ("PATCH", "", {}),
        ("PATCH", "", {"processes": []}),
        ("PATCH", "", {"processes": {}}),
    ],
)
def test_no_rows_no_job(client: Client, http: requests.Session, method: str, path: str, body: object) -> None:
    answer = http.request(method, client.path + path, json=body)
    assert answer.status_code == 400
    assert refused(answer) == "a bulk request needs a list of at least one process"


def test_a_bulk_update_by_the_id_of_the_procedure(client: Client, http: requests.Session) -> None:
    client.create(lead(1))
    (procedure,) = http.get(f"{client.sandbox.url}/v1/ext/config").json()["_data"]["procedures"]
    client.path = client.path.replace("/lead/", f"/{procedure['id']}/")
    job = client.update({"phone_number": "919876540001", "update": {"state": "won"}})
    client.look(job)
    assert client.look(job) == {"SUCCESS": 1}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("jobs", {"seconds": -1}),
        ("jobs", {"failing": ["a"]}),
        ("jobs", {"other": 1}),
        ("procedures", {"short_id": ""}),
        ("procedures", {}),
    ],
)
def test_control_refuses_what_makes_no_sense(
    sandbox: Sandbox, http: requests.Session, path: str, body: object
) -> None:
    assert http.post(f"{sandbox.url}/_sandbox/{path}", json=body).status_code == 422


def test_reset_forgets_jobs(client: Client, sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.job_seconds(1000)
    sandbox.fail_rows(0)
    job = client.create(lead(1))
    sandbox.fail_rows(0)
    sandbox.reset()
    assert http.get(f"{sandbox.url}/v1/ext/background-job/{job['id']}").status_code == 404
    after = client.create(lead(1))
    client.look(after)
    assert client.look(after) == {"SUCCESS": 1}
