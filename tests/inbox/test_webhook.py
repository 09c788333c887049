"""Calls of a webhook in; answers, events in the feed, and the log out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from airflow_provider_chakra.inbox import app, bodies, engine, keys, writer
from tests.events.samples import PHONE, whatsapp
from tests.meanwhile import wait_until
from tests.raw_server import free_port

from .calls import TEXT, message, status
from .serving import CONN_ID, CONNECTION, SECRET, VERIFY_TOKEN, Served, sign

ALLOWED = 200
UNAUTHORIZED = {"detail": "Unauthorized"}


def told(feed: Any) -> list[str]:
    """Give the wamids of all that is kept about the customer."""
    return [event.wamid for event in feed().about(customers=[PHONE])]


@pytest.mark.parametrize("prefix", ["", "sha256=", "SHA256="])
def test_a_signed_webhook_is_kept_and_acknowledged(server, feed, prefix):
    body = json.dumps(message("wamid.1")).encode()
    answer = server.post(body, signature=prefix + sign(body))
    assert (answer.status_code, answer.content) == (ALLOWED, b"")
    assert server.post(body, signature=sign(body).upper()).status_code == ALLOWED
    (event,) = feed().about(customers=[PHONE])
    assert (event.wamid, event.text, event.sender) == ("wamid.1", TEXT, PHONE)


@pytest.mark.parametrize(
    ("conn_id", "signature"),
    [
        (CONN_ID, ""),
        (CONN_ID, "0" * 64),
        (CONN_ID, "sha1=" + "0" * 64),
        (CONN_ID, "not a signature"),
        (CONN_ID, "\xe9" * 64),
        (CONN_ID, None),
        ("chakra_nobody", None),
        ("chakra_without_secret", None),
        ("chakra_broken", None),
        ("..%5C", None),
        ("x" * 300, None),
    ],
)
def test_strangers_are_all_answered_the_same(server, feed, logged, monkeypatch, conn_id, signature):
    without = CONNECTION | {"extra": {}}
    monkeypatch.setenv("AIRFLOW_CONN_CHAKRA_WITHOUT_SECRET", json.dumps(without))
    monkeypatch.setenv("AIRFLOW_CONN_CHAKRA_BROKEN", json.dumps(CONNECTION | {"password": ""}))
    body = json.dumps(message("wamid.1")).encode()
    if conn_id == CONN_ID and signature is None:
        signature = sign(body, "another secret")
    answers = [server.post(body, signature=signature, conn_id=conn_id) for _ in range(3)]
    for answer in answers:
        assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)
        assert answer.headers["content-type"] == "application/json"
    assert told(feed) == []
    log = logged()
    assert log.count("not signed with that secret") == 1
    for hidden in (TEXT, PHONE, SECRET, "another secret"):
        assert hidden not in log


def test_connections_of_others_are_not_even_read(server, monkeypatch, logged):
    of_others = {
        "conn_type": "postgres",
        "password": "p",
        "extra": {"webhook_secret": SECRET, "sslrootcert": "x"},
    }
    monkeypatch.setenv("AIRFLOW_CONN_CHAKRA_DATABASE", json.dumps(of_others))
    assert server.post(message("wamid.1"), conn_id="chakra_database").status_code == 401
    assert "sslrootcert" not in logged()


def test_nobody_is_sent_elsewhere(server):
    headers = {"Host": "elsewhere.example.com"}
    for method, url in (
        ("POST", f"{server.webhook}/"),
        ("GET", f"{server.url}/chakra/inbox/{CONN_ID}/"),
        ("POST", f"{server.url}/chakra/inbox/{CONN_ID}/about/"),
    ):
        answer = requests.request(method, url, headers=headers, allow_redirects=False, timeout=60)
        assert answer.status_code == 404
        assert "location" not in answer.headers


def test_the_signature_is_of_the_bytes_and_checked_before_they_are_read(server, feed):
    body = json.dumps(message("wamid.1")).encode()
    assert server.post(body + b" ", signature=sign(body)).status_code == 401
    assert server.post(b"{", signature=sign(b"[")).status_code == 401
    assert told(feed) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no status and no message"),
        (b"{", "no status and no message"),
        (b"\xff\xfe", "no status and no message"),
        (b"[]", "no status and no message"),
        (b"[" * 100_000, "no status and no message"),
        (json.dumps(whatsapp("account_update")).encode(), "no status and no message"),
        (json.dumps(message("wamid.1", ago=8 * 86400)).encode(), "older than what is kept"),
        (json.dumps(message("w" * 256)).encode(), "an id that is none"),
        (json.dumps(message("wamid\x00")).encode(), "an id that is none"),
        (json.dumps(message("wamid.1", text="x" * 250_000)).encode(), "too large to be kept"),
        (
            json.dumps(message("wamid.1", referral=json.loads('{"a":' * 300 + "1" + "}" * 300))).encode(),
            "too large to be kept",
        ),
    ],
)
def test_what_is_signed_and_of_no_use_is_acknowledged(server, feed, logged, body, reason):
    assert [server.post(body).status_code for _ in range(2)] == [ALLOWED, ALLOWED]
    assert feed().about(customers=[PHONE], wamids=["wamid.1", "w" * 256]) == []
    log = logged()
    assert log.count(reason) == 1
    assert TEXT not in log


def test_of_a_body_with_good_and_bad_the_good_is_kept(server, feed):
    good, old = (message(wamid, ago=ago)["entry"][0] for wamid, ago in (("wamid.1", 0), ("w", 8 * 86400)))
    assert server.post({"entry": [old, good, 5, old]}).status_code == ALLOWED
    assert told(feed) == ["wamid.1"]


def test_what_is_told_again_is_kept_once(server, feed):
    reader = feed()
    reader.look()
    for body in (message("wamid.1"), status("wamid.1"), status("wamid.1", "READ"), status("wamid.2")) * 3:
        assert server.post(body).status_code == ALLOWED
    double = message("wamid.3")
    double["entry"] *= 2
    assert server.post(double).status_code == ALLOWED
    events = reader.look()
    assert [(event.wamid, getattr(event, "status", None)) for event in events] == [
        ("wamid.1", None),
        ("wamid.1", "DELIVERED"),
        ("wamid.1", "READ"),
        ("wamid.2", "DELIVERED"),
        ("wamid.3", None),
    ]
    assert reader.look() == []


@pytest.mark.parametrize("way", ["length", "lying length", "chunks"])
def test_a_body_that_is_too_long_is_refused(server, feed, way):
    longest = bodies.LONGEST
    head = f"POST /chakra/webhook/{CONN_ID} HTTP/1.1\r\nHost: x\r\nX-Chakra-Signature-256: {'0' * 64}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        if way == "length":
            # Refused before anything of it came.
            connection.sendall(f"{head}Content-Length: {longest + 1}\r\n\r\n".encode())
        elif way == "lying length":
            # What is beyond the length is no part of the body.
            connection.sendall(f"{head}Content-Length: 10\r\n\r\n".encode() + b"x" * 1000)
        else:
            connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
            try:
                for _ in range(longest // 65536 + 2):
                    connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            except OSError:
                pass
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 40" if way == "lying length" else b"HTTP/1.1 413 ")
    assert server.post(b" " * (longest + 1)).status_code == 413
    assert server.post(b" " * longest).status_code == ALLOWED
    assert told(feed) == []


@pytest.mark.parametrize(("events", "at_once"), [(1, True), (60, False)])
def test_other_requests_do_not_wait_for_a_large_body(server, monkeypatch, events, at_once):
    loops: list[bool] = []
    read = app.read_rows

    def note(*given: Any, **options: Any) -> Any:
        loops.append(asyncio._get_running_loop() is not None)
        return read(*given, **options)

    monkeypatch.setattr(app, "read_rows", note)
    statuses = [{"id": f"w{number}", "status": "read"} for number in range(events)]
    body = whatsapp(statuses=[one | {"recipient_id": PHONE, "timestamp": "1795797614"} for one in statuses])
    assert server.post(body).status_code == ALLOWED
    assert loops == [at_once]


def test_a_large_body_is_read(server, feed):
    entries = [message(f"wamid.{number}", text="x" * 2000)["entry"][0] for number in range(1000)]
    assert server.post({"entry": entries}).status_code == ALLOWED
    assert told(feed) == [f"wamid.{number}" for number in range(1000)]


def test_a_slow_sender_is_not_waited_for(server, monkeypatch, logged):
    monkeypatch.setattr(bodies, "_DEADLINE", 0.5)
    head = f"POST /chakra/webhook/{CONN_ID} HTTP/1.1\r\nHost: x\r\nX-Chakra-Signature-256: {'0' * 64}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        # Whoever waits for the whole of it waits for seconds, and refuses its signature.
        connection.sendall(f"{head}Content-Length: 60\r\n\r\n".encode())
        connection.settimeout(0.1)
        answer = b""
        for _ in range(60):
            connection.sendall(b"x")
            try:
                answer = connection.recv(65536)
            except TimeoutError:
                continue
            break
        connection.settimeout(60)
        answer = answer or connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 408 ")
        # The connection ends with the answer; roughly, if a byte was sent after that.
        with contextlib.suppress(ConnectionError):
            while connection.recv(65536):
                pass
    monkeypatch.setattr(bodies, "_DEADLINE", 60)
    assert server.post(message("wamid.1")).status_code == ALLOWED
    # A sender who goes away is no trouble.
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(f"{head}Content-Length: 1000\r\n\r\nx".encode())
    assert server.post(message("wamid.1")).status_code == ALLOWED
    assert "Traceback" not in logged()


def test_many_large_bodies_at_once_are_refused_and_small_ones_are_not(server, monkeypatch):
    monkeypatch.setattr(bodies, "_MOST_HELD", 100_000)
    head = f"POST /chakra/webhook/{CONN_ID} HTTP/1.1\r\nHost: x\r\nX-Chakra-Signature-256: {'0' * 64}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as slow:
        slow.sendall(f"{head}Content-Length: 200000\r\n\r\n".encode() + b"x" * 99_990)
        wait_until(lambda: server.post(b" " * 50_000).status_code == 503)
        assert server.post(message("wamid.1")).status_code == ALLOWED
    wait_until(lambda: server.post(b" " * 50_000).status_code == ALLOWED)


def test_concurrent_webhooks_are_all_kept_in_few_commits(server, feed, monkeypatch):
    commits: list[int] = []
    arrived: list[object] = []
    keep, arrive = app.Store.add, writer.Writer.add

    def count(self: Any, rows: Any) -> None:
        commits.append(len(rows))
        if len(commits) == 1:
            # The first one takes until all others wait.
            wait_until(lambda: len(arrived) == 20)
        keep(self, rows)

    async def note(self: Any, rows: Any) -> None:
        arrived.append(rows)
        await arrive(self, rows)

    monkeypatch.setattr(app.Store, "add", count)
    monkeypatch.setattr(writer.Writer, "add", note)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: server.post(message(f"wamid.{n % 150}")).status_code, range(300)))
    assert set(answers) == {ALLOWED}
    assert sorted(told(feed)) == sorted(f"wamid.{number}" for number in range(150))
    assert sum(commits) == 300
    assert commits[0] + commits[1] >= 20


@pytest.fixture
def impatient(database, monkeypatch):
    """Let the database answer at once, or never."""
    monkeypatch.setattr(engine, "PATIENCE", 0.5)


def test_a_database_that_does_not_answer_acknowledges_nothing(impatient, server, feed, database, logged):
    assert server.post(message("wamid.1")).status_code == ALLOWED
    lock = sqlite3.connect(database.removeprefix("sqlite:///"))
    lock.execute("BEGIN EXCLUSIVE")
    refused = server.post(message("wamid.2"))
    assert (refused.status_code, refused.json()) == (503, {"detail": "Service Unavailable"})
    lock.rollback()
    lock.close()
    assert told(feed) == ["wamid.1"]
    assert server.post(message("wamid.2")).status_code == ALLOWED
    assert told(feed) == ["wamid.1", "wamid.2"]
    log = logged()
    assert "cannot be kept in the database: OperationalError" in log
    assert TEXT not in log


def test_a_database_that_comes_later_is_made_use_of(database, monkeypatch, tmp_path):
    path = tmp_path / "later" / "inbox.db"
    monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_SQL_ALCHEMY_CONN", f"sqlite:///{path}")
    with Served() as server:
        assert server.post(message("wamid.1")).status_code == 503
        path.parent.mkdir()
        assert server.post(message("wamid.1")).status_code == ALLOWED


def test_while_airflows_database_is_away_nobody_is_told_to_be_unknown(server, monkeypatch, logged):
    away = f"postgresql+psycopg2://u:hush@127.0.0.1:{free_port()}/airflow"
    assert server.post(message("wamid.1")).status_code == ALLOWED
    assert server.post(message("wamid.1"), conn_id="chakra_other").status_code == 401
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", away)
    monkeypatch.setattr(keys, "_FRESH", 0)
    monkeypatch.setattr(keys, "_FRESH_ENOUGH", 0)
    for conn_id in ("chakra_late", "chakra_other"):
        answer = server.post(message("wamid.2"), conn_id=conn_id)
        assert (answer.status_code, answer.json()) == (503, {"detail": "Service Unavailable"})
    # Known already, and not to be read any more.
    own = f"AIRFLOW_CONN_{CONN_ID.upper()}"
    monkeypatch.delenv(own)
    assert server.post(message("wamid.2")).status_code == ALLOWED
    assert server.post(message("wamid.2"), signature="0" * 64).status_code == 401
    monkeypatch.setattr(keys, "_STALE", -1)
    monkeypatch.setattr(keys, "_FRESH_ENOUGH", 600)
    assert server.post(message("wamid.2")).status_code == 503
    # It is back. Nothing was remembered of those that could not be found.
    monkeypatch.delenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN")
    monkeypatch.setattr(keys, "_FRESH", 600)
    monkeypatch.setenv("AIRFLOW_CONN_CHAKRA_LATE", json.dumps(CONNECTION))
    assert server.post(message("wamid.3"), conn_id="chakra_late").status_code == ALLOWED
    assert server.post(message("wamid.3"), conn_id="chakra_nobody").status_code == 401
    log = logged()
    assert "Airflow's database does not answer" in log
    assert "hush" not in log


def test_more_than_can_wait_is_refused(server, feed, monkeypatch):
    monkeypatch.setattr(writer, "_MOST_WAITING", 2)
    body = {"entry": [message(f"wamid.{number}")["entry"][0] for number in range(3)]}
    assert server.post(body).status_code == 503
    # What was kept waits no more.
    assert [server.post(message("wamid.1")).status_code for _ in range(4)] == [ALLOWED] * 4
    monkeypatch.setattr(writer, "_MOST_CHARACTERS", 100)
    assert server.post(message("wamid.2")).status_code == 503
    assert told(feed) == ["wamid.1"]


def test_a_slow_database_is_not_waited_for_and_loses_nothing(server, feed, monkeypatch):
    monkeypatch.setattr(writer, "_PATIENCE", 0.1)
    keep, answers = app.Store.add, threading.Event()
    monkeypatch.setattr(app.Store, "add", lambda self, rows: (answers.wait(60), keep(self, rows))[1])
    assert server.post(message("wamid.1")).status_code == 503
    answers.set()
    monkeypatch.setattr(writer, "_PATIENCE", 60)
    assert server.post(message("wamid.1")).status_code == ALLOWED
    assert server.post(message("wamid.2")).status_code == ALLOWED
    assert told(feed) == ["wamid.1", "wamid.2"]


def test_what_was_acknowledged_outlives_the_server(database, monkeypatch):
    with ThreadPoolExecutor(10) as pool:
        with Served() as server:
            url = server.url
            calls = [pool.submit(server.post, message(f"wamid.{number}")) for number in range(200)]
            while not any(call.done() for call in calls):
                time.sleep(0.01)
        kept = set()
        for number, call in enumerate(calls):
            # A server that stops lets calls fail; what it answers counts.
            if call.exception() is None and call.result().status_code == ALLOWED:
                kept.add(f"wamid.{number}")
    assert kept
    with Served() as server:
        assert server.url != url
        monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_URL", server.url)
        from airflow_provider_chakra.hooks.chakra import ChakraHook
        from airflow_provider_chakra.inbox.feed import Feed

        feed = Feed.of(CONN_ID, ChakraHook(CONN_ID))
        assert feed is not None
        assert {event.wamid for event in feed.about(customers=[PHONE])} >= kept
        assert server.post(message("wamid.new")).status_code == ALLOWED


def test_a_server_that_stops_keeps_what_waits(database, monkeypatch):
    arrived: list[object] = []
    keep, arrive = app.Store.add, writer.Writer.add

    async def note(self: Any, rows: Any) -> None:
        arrived.append(rows)
        await arrive(self, rows)

    def wait(self: Any, rows: Any) -> None:
        wait_until(lambda: server.stops)
        keep(self, rows)

    monkeypatch.setattr(app.Store, "add", wait)
    monkeypatch.setattr(writer.Writer, "add", note)
    with ThreadPoolExecutor(5) as pool:
        with Served() as server:
            calls = [pool.submit(server.post, message(f"wamid.{number}")) for number in range(5)]
            wait_until(lambda: len(arrived) == 5)
        assert [call.result().status_code for call in calls] == [ALLOWED] * 5
    with sqlite3.connect(database.removeprefix("sqlite:///")) as connection:
        assert connection.execute("SELECT count(*) FROM chakra_inbox").fetchone() == (5,)


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ({}, 200, "1158201444"),
        ({"hub.challenge": "a.b_c~-"}, 200, "a.b_c~-"),
        ({"hub.challenge": "<script>"}, 403, None),
        ({"hub.challenge": "1" * 201}, 403, None),
        ({"hub.challenge": ""}, 403, None),
        ({"hub.mode": "unsubscribe"}, 403, None),
        ({"hub.verify_token": "wrong"}, 403, None),
        ({"hub.verify_token": "wröng"}, 403, None),
        ({"hub.verify_token": ""}, 403, None),
    ],
)
def test_a_handshake_is_answered(server, query, status, text):
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
    answer = requests.get(server.webhook, params=asked | query, timeout=60)
    assert answer.status_code == status
    if text is not None:
        assert answer.text == text
        assert answer.headers["content-type"].startswith("text/plain")
    else:
        assert answer.json() == {"detail": "Forbidden"}
    other = requests.get(server.webhook.replace(CONN_ID, "chakra_nobody"), params=asked, timeout=60)
    assert other.status_code == 403


def test_a_connection_without_a_verify_token_shakes_no_hands(server, monkeypatch):
    monkeypatch.setenv(
        f"AIRFLOW_CONN_{CONN_ID.upper()}", json.dumps(CONNECTION | {"extra": {"webhook_secret": SECRET}})
    )
    asked = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}
    assert requests.get(server.webhook, params=asked, timeout=60).status_code == 403


def test_a_new_secret_is_noticed_and_strangers_cause_few_looks(server, monkeypatch):
    looks: list[str] = []
    find = keys.Keyring._find

    async def count(ring: Any, conn_id: str, known: Any) -> Any:
        looks.append(conn_id)
        return await find(ring, conn_id, known)

    monkeypatch.setattr(keys.Keyring, "_find", count)
    body = json.dumps(message("wamid.1")).encode()
    assert server.post(body).status_code == ALLOWED
    for _ in range(5):
        assert server.post(body, signature="0" * 64).status_code == 401
        assert server.post(body, conn_id="chakra_nobody").status_code == 401
    assert looks == [CONN_ID, "chakra_nobody"]
    new = CONNECTION | {"extra": {"webhook_secret": "new"}}
    monkeypatch.setenv(f"AIRFLOW_CONN_{CONN_ID.upper()}", json.dumps(new))
    monkeypatch.setattr(keys, "_FRESH_ENOUGH", 0)
    assert server.post(body, signature=sign(body, "new")).status_code == ALLOWED
    assert server.post(body).status_code == 401
    # The connection is gone: Airflow says the same when a secrets backend does not answer.
    monkeypatch.delenv(f"AIRFLOW_CONN_{CONN_ID.upper()}")
    monkeypatch.setattr(keys, "_FRESH", 0)
    assert server.post(body, signature=sign(body, "new")).status_code == ALLOWED
    monkeypatch.setattr(keys, "_STALE", -1)
    assert server.post(body, signature=sign(body, "new")).status_code == 401
