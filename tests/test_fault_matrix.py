"""
Every fault, in tasks with and without retries, with each ``on_unknown``: in whole runs over real sockets.

For each: how many requests were made, how many messages the server accepted, and how the task ended.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pytest

from airflow_provider_chakra.api.client import ChakraClient
from tests.meanwhile import PATIENCE
from tests.raw_server import RawServer, drip, flood, free_port, http, raw_server
from tests.running import ROOT, load_dag, run, states

pytestmark = [
    pytest.mark.usefixtures("airflow_db"),
    pytest.mark.skipif(
        tuple(map(int, version("apache-airflow").split(".")[:2])) < (3, 3),
        reason="what is expected here includes the ledger of Airflow 3.3",
    ),
]

ON_UNKNOWN = ("fail", "reconcile", "resend")
# Class of the fault -> (requests, accepted, end state) for (retries, on_unknown). The fault happens once.
FAILS = (1, 0, "failed")
EXPECTED: dict[str, dict[tuple[int, str], tuple[int, int, str]]] = {
    "refused": {(retries, way): FAILS for retries in (0, 3) for way in ON_UNKNOWN},
    "throttled": {
        (retries, way): FAILS if retries == 0 else (2, 1, "success")
        for retries in (0, 3)
        for way in ON_UNKNOWN
    },
    "accepted": {(retries, way): (1, 1, "success") for retries in (0, 3) for way in ON_UNKNOWN},
    "unknown, lost": {
        (0, "fail"): FAILS,
        (3, "fail"): FAILS,
        (0, "reconcile"): FAILS,
        (3, "reconcile"): FAILS,
        (0, "resend"): FAILS,
        (3, "resend"): (2, 1, "success"),
    },
    "unknown, accepted": {
        (0, "fail"): (1, 1, "failed"),
        (3, "fail"): (1, 1, "failed"),
        (0, "reconcile"): (1, 1, "success"),
        (3, "reconcile"): (1, 1, "success"),
        (0, "resend"): (1, 1, "failed"),
        (3, "resend"): (2, 2, "success"),
    },
}

HTML = {"body": "<html>Bad gateway</html>", "content_type": "text/html"}
FAULTS: list[tuple[str, str, dict[str, Any]]] = [
    *(
        (f"HTTP {status}", "refused", {"status": status, "errors": ["x"]})
        for status in (400, 401, 402, 403, 404, 409, 413)
    ),
    ("HTTP 429", "throttled", {"status": 429, "errors": ["x"]}),
    *((f"HTTP {status}", "unknown, lost", {"status": status, "errors": ["x"]}) for status in (500, 502, 503)),
    ("HTTP 500, accepted", "unknown, accepted", {"status": 500, "errors": ["x"], "accept": True}),
    ("131009", "refused", {"status": 400, "errors": ["(#131009) Parameter value is not valid"]}),
    ("130429", "throttled", {"status": 400, "errors": ["(#130429) Rate limit hit"]}),
    ("131016 with 500", "throttled", {"status": 500, "errors": ["(#131016) Service unavailable"]}),
    ("2xx with _errors", "refused", {"status": 200, "errors": ["(#131047) Re-engagement message"]}),
    ("2xx without an id", "unknown, lost", {"status": 200, "body": {"_data": {}}}),
    (
        "2xx without an id, accepted",
        "unknown, accepted",
        {"status": 200, "body": {"_data": {}}, "accept": True},
    ),
    ("2xx, empty", "unknown, accepted", {"status": 200, "body": "", "accept": True}),
    ("HTML with 200", "unknown, lost", {"status": 200, **HTML}),
    ("HTML with 502", "unknown, lost", {"status": 502, **HTML}),
    ("HTML with 404", "refused", {"status": 404, **HTML}),
    ("truncated JSON", "unknown, accepted", {"status": 200, "body": '{"_data": {"what', "accept": True}),
    (
        "wrong content type",
        "accepted",
        {
            "status": 200,
            "body": '{"_data": {"whatsappMessageId": "wamid.x"}}',
            "content_type": "text/html",
            "accept": True,
        },
    ),
    (
        "redirect",
        "refused",
        {"status": 307, "body": "", "headers": {"Location": "http://localhost:1/elsewhere"}},
    ),
    ("lost before acceptance", "unknown, lost", {"close": "before"}),
    ("lost after acceptance", "unknown, accepted", {"close": "after"}),
    ("time-out before acceptance", "unknown, lost", {"status": 200, "body": "", "delay": 3600}),
    ("time-out after acceptance", "unknown, accepted", {"delay": 3600}),
]
CELLS = [(retries, way) for retries in (0, 3) for way in ON_UNKNOWN]


@pytest.fixture(scope="module")
def dags() -> dict[int, Any]:
    """Load both Dags once."""
    load_dag(ROOT / "tests" / "dags" / "dag_faults.py")
    module = sys.modules["dag_faults"]
    return {0: module.dag, 3: module.patient}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airflow_provider_chakra.hooks.chakra._LISTED_AFTER", (0,))


@pytest.fixture
def lose_patience(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let time run out soon for the first request, and for none that comes after it."""
    ask, timeouts = ChakraClient._ask, iter([0.5])

    def timed(self: Any, *given: Any) -> Any:
        self._timeout = (PATIENCE, next(timeouts, PATIENCE))
        return ask(self, *given)

    return lambda: monkeypatch.setattr(ChakraClient, "_ask", timed)


@pytest.mark.parametrize(("retries", "way"), CELLS)
@pytest.mark.parametrize(("name", "kind", "fault"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_fault_at_the_sandbox(
    chakra_sandbox, connect, lose_patience, dags, name, kind, fault, retries, way
):
    connect({"max_tries": 1})
    if "delay" in fault:
        lose_patience()
    chakra_sandbox.fault(path_contains="/messages", **fault)
    (state,) = states(run(dags[retries], on_unknown=way))["send"]
    requests = [request for request in chakra_sandbox.requests() if request["path"].endswith("/messages")]
    accepted = len(chakra_sandbox.messages())
    assert (len(requests), accepted, state) == EXPECTED[kind][retries, way]
    assert accepted <= 1 or way == "resend"


# These servers never accept anything, and never get well: a resent message meets the fault again.
RAW = [("slow drip", drip, {0: 1, 3: 4}), ("huge body", flood, {0: 1, 3: 4})]


@pytest.mark.parametrize(("retries", "way"), CELLS)
@pytest.mark.parametrize(("name", "serve", "resent"), RAW, ids=[row[0] for row in RAW])
def test_a_fault_of_the_socket(connect, dags, name, serve, resent, retries, way):
    with raw_server(serve) as server:
        connect({"max_tries": 1, "read_timeout": 0.3}, host=server.url)
        (state,) = states(run(dags[retries], on_unknown=way))["send"]
        expected = resent[retries] if way == "resend" else 1
        # Who waits no longer does not wait until the server has read what was sent, either.
        until = time.monotonic() + PATIENCE
        while len(sent := _messages(server)) < expected and time.monotonic() < until:
            time.sleep(0.01)
    assert (len(sent), state) == (expected, "failed")


@pytest.mark.parametrize(("retries", "way"), CELLS)
@pytest.mark.parametrize("name", ["unknown name", "refused", "no TLS", "TLS without an answer"])
def test_without_a_connection_nothing_is_sent(connect, dags, name, retries, way):
    # Whoever waits for the end of a request's head waits for ever if it is encrypted.
    with raw_server(http(b"{}") if name == "TLS without an answer" else greet) as server:
        host = {
            "unknown name": "http://no-such-host.invalid",
            "refused": f"http://127.0.0.1:{free_port()}",
        }.get(name, server.url.replace("http:", "https:"))
        connect({"max_tries": 1, "connect_timeout": 0.3, "read_timeout": 0.5}, host=host)
        (instance,) = run(dags[retries], on_unknown=way)["send"]
    assert str(instance.state) == "failed"
    assert instance.try_number == retries + 1
    assert not [request for request in server.requests if b"HTTP" in request]


def _messages(server: RawServer) -> list[bytes]:
    return [request for request in server.requests if b"/messages HTTP" in request]


def greet(connection, server):
    """Answer whoever begins to speak TLS with something else."""
    server.requests.append(connection.recv(65536))
    connection.sendall(http(b"{}"))
