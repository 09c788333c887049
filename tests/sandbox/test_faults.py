from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from airflow_provider_chakra.sandbox import wire
from airflow_provider_chakra.sandbox.server import SandboxServer
from tests.meanwhile import wait_until

from .samples import assert_ended, session_for, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_chakra.sandbox.client import Sandbox


@pytest.mark.parametrize(
    ("fault", "status", "content_type", "body"),
    [
        ({"status": 502}, 502, None, ""),
        ({"status": 204}, 204, None, ""),
        (
            {"status": 400, "errors": ["(#130429) Rate limit hit"]},
            400,
            "application/json",
            '{"_data": [], "_errors": ["(#130429) Rate limit hit"]}',
        ),
        (
            {"errors": [{"code": 2, "message": "down"}]},
            500,
            "application/json",
            '{"_data": [], "_errors": [{"code": 2, "message": "down"}]}',
        ),
        (
            {"status": 502, "body": "<h1>Bad Gateway</h1>", "content_type": "text/html"},
            502,
            "text/html",
            "<h1>Bad Gateway</h1>",
        ),
        ({"status": 503, "body": "down"}, 503, "text/plain; charset=utf-8", "down"),
        ({"status": 200, "body": {"id": ["x"]}}, 200, "application/json", '{"id": ["x"]}'),
        ({"status": 200, "body": None}, 200, "application/json", "null"),
        ({"status": 200, "body": '{"c', "content_type": "text/json"}, 200, "text/json", '{"c'),
        ({"status": 200, "errors": ["late"]}, 200, "application/json", '{"_data": [], "_errors": ["late"]}'),
    ],
)  # fmt: skip
def test_an_answer_in_chakras_place(
    sandbox: Sandbox,
    http: requests.Session,
    fault: dict[str, Any],
    status: int,
    content_type: str | None,
    body: str,
) -> None:
    sandbox.fault(**fault)
    answer = http.post(sandbox.messages_url, json=text())
    assert (answer.status_code, answer.headers.get("Content-Type"), answer.text) == (
        status,
        content_type,
        body,
    )
    assert sandbox.messages() == []
    (request,) = sandbox.requests()
    assert (request["status"], request["fault"], request["body"]) == (status, fault, text())
    assert http.post(sandbox.messages_url, json=text()).status_code == 200


def test_headers_beside_a_fault(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.fault(status=429, errors=["slow down"], headers={"Retry-After": "7", "Content-Type": "text/json"})
    answer = http.post(sandbox.messages_url, json=text())
    assert (answer.headers["Retry-After"], answer.headers["Content-Type"]) == ("7", "text/json")


def test_headers_alone_leave_the_answer_as_it_is(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.fault(headers={"X-Proxy": "here"})
    answer = http.post(sandbox.messages_url, json=text())
    assert (answer.status_code, answer.headers["X-Proxy"]) == (200, "here")
    assert answer.json()["_data"]["whatsappMessageId"] == sandbox.messages()[0]["wamid"]


def test_accepted_although_the_answer_is_an_error(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.fault(status=502, accept=True)
    assert http.post(sandbox.messages_url, json=text()).status_code == 502
    (message,) = sandbox.messages()
    (request,) = sandbox.requests()
    assert (request["status"], request["wamid"]) == (502, message["wamid"])


def test_nothing_wrong_is_accepted_by_a_fault(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.fault(status=502, accept=True)
    assert http.post(sandbox.messages_url, json=text("")).status_code == 502
    assert sandbox.messages() == []
    assert sandbox.requests()[0]["refusals"][0]["code"] == 100


@pytest.mark.parametrize(("times", "broken"), [(None, 1), (1, 1), (3, 3), (0, 4)])
def test_times(sandbox: Sandbox, http: requests.Session, times: int | None, broken: int) -> None:
    sandbox.fault(status=503, **({} if times is None else {"times": times}))
    statuses = [http.post(sandbox.messages_url, json=text()).status_code for _ in range(4)]
    assert statuses == [503] * broken + [200] * (4 - broken)
    assert len(sandbox.faults()) == (1 if times == 0 else 0)


def test_faults_come_in_the_order_they_were_asked_for(sandbox: Sandbox, http: requests.Session) -> None:
    for status in (500, 502, 503):
        sandbox.fault(status=status)
    assert [http.get(f"{sandbox.url}/v1/health").status_code for _ in range(4)] == [500, 502, 503, 200]


def test_a_fault_can_be_called_off(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.fault(status=503, times=2)
    assert sandbox.faults() == [{"status": 503, "times": 2}]
    http.get(f"{sandbox.url}/v1/health")
    assert sandbox.faults() == [{"status": 503, "times": 1}]
    sandbox.clear_faults()
    assert sandbox.faults() == []
    assert http.get(f"{sandbox.url}/v1/health").status_code == 200


def test_a_fault_waits_for_its_request(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.fault(status=503, path_contains="/messages", method="post")
    assert http.get(f"{sandbox.url}/v1/health").status_code == 200
    assert http.get(sandbox.messages_url).status_code == 405
    assert http.post(f"{sandbox.url}/v1/health").status_code == 405
    assert http.post(sandbox.messages_url, json=text()).status_code == 503


@pytest.mark.parametrize(
    "fault",
    [
        {"nonsense": 1},
        {"times": -1},
        {"status": 99},
        {"status": 600},
        {"delay": -1},
        {"close": "soon"},
        {"errors": "text"},
        {"errors": [], "body": ""},
        {"close": "before", "status": 500},
        {"close": "before", "accept": True},
        {"close": "after", "headers": {"X": "1"}},
    ],
)
def test_there_is_no_such_fault(sandbox: Sandbox, fault: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="The sandbox refused POST faults: "):
        sandbox.fault(**fault)
    assert sandbox.faults() == []


def raw_message(sandbox: Sandbox) -> bytes:
    address = urlsplit(sandbox.messages_url)
    body = json.dumps(text()).encode()
    head = (
        f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {sandbox.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def raw_post(sandbox: Sandbox) -> bytes:
    """Post a message and read, without any HTTP client between, until the connection is closed."""
    address = urlsplit(sandbox.messages_url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=60) as connection:
        connection.sendall(raw_message(sandbox))
        try:
            return connection.recv(65536)
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize("parser", ["h11", "httptools"])
@pytest.mark.parametrize(("close", "accepted"), [("before", 0), ("after", 1)])
def test_hanging_up(parser: str, close: str, accepted: int, caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip(parser)
    with SandboxServer(http=parser) as server:
        sandbox = server.sandbox
        sandbox.fault(close=close)
        assert raw_post(sandbox) == b""
        assert len(sandbox.messages()) == accepted
        (request,) = sandbox.requests()
        assert (request["status"], request["fault"]) == (None, {"close": close})
        sandbox.fault(close=close)
        with session_for(sandbox) as http, pytest.raises(requests.ConnectionError):
            http.post(sandbox.messages_url, json=text(), timeout=60)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.fixture
def may_answer(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let every delay end when the test wants it to."""
    event = threading.Event()

    async def wait(*_: object) -> None:
        while not event.is_set():
            await asyncio.sleep(0.01)

    monkeypatch.setattr(wire, "_wait", wait)
    yield event
    event.set()


def test_a_delayed_answer_holds_up_nobody_else(
    sandbox: Sandbox, http: requests.Session, may_answer: threading.Event
) -> None:
    sandbox.fault(delay=0.6)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(http.post, sandbox.messages_url, json=text("slow"))
        try:
            while not sandbox.messages():
                assert not slow.done()
            with session_for(sandbox) as other:
                assert other.get(f"{sandbox.url}/v1/health", timeout=60).status_code == 200
            assert not slow.done()
        finally:
            may_answer.set()
        assert slow.result().status_code == 200
    assert len(sandbox.messages()) == 1


def test_a_message_is_accepted_before_its_answer_is_delayed_and_who_goes_is_not_waited_for() -> None:
    with SandboxServer(timeout_graceful_shutdown=600) as server:
        server.sandbox.fault(delay=3600)
        with socket.create_connection((server.host, server.port), timeout=60) as connection:
            connection.sendall(raw_message(server.sandbox))
            wait_until(server.sandbox.messages)
    assert_ended(server)


def test_a_delayed_fault_is_still_a_fault(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.fault(status=504, delay=0.2)
    start = time.monotonic()
    assert http.post(sandbox.messages_url, json=text()).status_code == 504
    assert time.monotonic() - start >= 0.2
    assert sandbox.messages() == []
