"""The inbox on PostgreSQL, with several servers, servers that are killed, and a database that goes away."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from local_airflow import free_port
from sqlalchemy import create_engine, event, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from airflow_provider_chakra.exceptions import ChakraInboxError
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.inbox import engine as engine_module
from airflow_provider_chakra.inbox import threads
from airflow_provider_chakra.inbox.feed import Feed
from airflow_provider_chakra.inbox.rows import Row
from airflow_provider_chakra.inbox.store import Store
from tests.events.samples import PHONE
from tests.inbox.calls import message
from tests.inbox.serving import CONN_ID, CONNECTION, SECRET, Served, sign

from .conftest import miss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.system

FACTORY = "airflow_provider_chakra.inbox.app:create_app"


class Postgres:
    """A PostgreSQL of the test's own."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._data = folder / "data"
        self._port = free_port()
        # It refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None
        self._run("initdb", "-A", "trust", "-U", "postgres", "--no-sync")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", str(self._data), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=self._user, cwd="/")

    def start(self) -> None:
        """Start it."""
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self._run("pg_ctl", "-w", "-s", "-l", str(self._data / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it, whoever is connected."""
        self._run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")

    def database(self, name: str) -> str:
        """Make a database; give its URL."""
        base = f"postgresql+psycopg2://postgres@127.0.0.1:{self._port}"
        engine = create_engine(f"{base}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return f"{base}/{name}"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """Run PostgreSQL."""
    found = [Path(path).parent for path in (shutil.which("initdb"),) if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if not found:
        miss("there is no PostgreSQL: neither initdb nor /usr/lib/postgresql")
    folder = Path(tempfile.mkdtemp(prefix="chakra-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    running = Postgres(found[0], folder)
    running.start()
    try:
        yield running
    finally:
        with suppress(subprocess.CalledProcessError):
            running.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(postgres: Postgres, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Switch webhooks on, with an empty database; give its URL."""
    url = postgres.database(f"t{abs(hash(request.node.name))}")
    monkeypatch.setenv("AIRFLOW__CHAKRA__WEBHOOK", "True")
    monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_SQL_ALCHEMY_CONN", url)
    monkeypatch.setenv(f"AIRFLOW_CONN_{CONN_ID.upper()}", json.dumps(CONNECTION))
    return url


def feed_of(url: str, monkeypatch: pytest.MonkeyPatch) -> Feed:
    """Make a feed that asks one server."""
    monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_URL", url)
    feed = Feed.of(CONN_ID, ChakraHook(CONN_ID))
    assert feed is not None
    return feed


def row(wamid: str) -> Row:
    """Make a row."""
    return Row(CONN_ID, f"message:{wamid}", None, wamid, f'"{wamid}"')


def test_a_reader_misses_nothing_that_is_committed_late(database: str) -> None:
    first, second = Store(database), Store(database)
    first.add([row("before")])
    place = second.page(CONN_ID, None).place
    inserted, may_commit = threading.Event(), threading.Event()
    insert = first._insert

    def holds(table: Any) -> Any:
        # The turn is taken, the number is not drawn yet, or is: whoever comes must wait either way.
        inserted.set()
        may_commit.wait(60)
        return insert(table)

    first._insert = holds  # type: ignore[method-assign]
    with ThreadPoolExecutor(2) as pool:
        early = pool.submit(first.add, [row("early")])
        assert inserted.wait(60)
        late = pool.submit(second.add, [row("late")])
        time.sleep(0.5)
        assert not late.done()
        assert second.page(CONN_ID, place).records == []
        may_commit.set()
        early.result()
        late.result()
    assert second.page(CONN_ID, place).records == ['"early"', '"late"']
    for store in (first, second):
        store.close()


def test_a_server_that_is_cut_off_in_its_turn_does_not_hold_up_the_others(database: str) -> None:
    first, second = Store(database), Store(database)
    first.add([row("before")])
    with first._engine.connect() as connection:
        connection.execute(text("SELECT set_config('idle_in_transaction_session_timeout', '1s', true)"))
        connection.execute(text("SELECT id FROM chakra_inbox_turn FOR UPDATE"))
        begin = time.monotonic()
        second.add([row("after")])
        # Who waits in vain would have failed.
        assert time.monotonic() - begin > 0.5
        connection.invalidate()
    # What each transaction sets is this limit, and others.
    with second._engine.begin() as connection:
        assert tuple(connection.execute(engine_module._LIMITS).one()) == ("5s", "5s", "5s")
    for store in (first, second):
        store.close()


@pytest.mark.parametrize(
    ("known", "call"),
    [
        (True, lambda store: store.add([row("wamid.1")])),
        (True, lambda store: store.page(CONN_ID, 0)),
        (True, lambda store: store.sweep(datetime.now(UTC))),
        (False, lambda store: store.prepare()),
    ],
    ids=["add", "page", "sweep", "prepare"],
)
def test_nobody_waits_for_a_lock_for_long(
    database: str, monkeypatch: pytest.MonkeyPatch, known: bool, call: Callable[[Store], object]
) -> None:
    monkeypatch.setattr(engine_module, "_LIMITS", select(func.set_config("lock_timeout", "100ms", True)))
    locking, store = Store(database), Store(database)
    locking.prepare()
    if known:
        store.prepare()
    with locking._engine.connect() as connection, ThreadPoolExecutor(1) as pool:
        connection.execute(text("LOCK TABLE chakra_inbox, chakra_inbox_turn IN ACCESS EXCLUSIVE MODE"))
        waits = pool.submit(call, store)
        try:
            with pytest.raises(OperationalError, match="lock timeout"):
                waits.result(60)
        finally:
            connection.close()
    for one in (locking, store):
        one.close()


def test_a_batch_is_one_statement_and_keeps_what_was_told(database: str) -> None:
    store = Store(database)
    store.prepare()
    statements: list[str] = []

    @event.listens_for(store._engine, "before_cursor_execute")
    def note(_: Any, __: Any, statement: str, given: Any, ___: Any, many: bool) -> None:
        statements.extend([statement] * (len(given) if many else 1))

    told = Row(CONN_ID, "k", PHONE, "w", json.dumps("\"\0\\👍'%s:x"), "IN.1", "wamid.asked")
    store.add([row("wamid.0"), told, *(row(f"wamid.{number}") for number in range(499))])
    assert [statement.partition(" ")[0] for statement in statements].count("INSERT") == 1
    assert len(statements) <= 5
    with store._engine.connect() as connection:
        kept = [tuple(one) for one in connection.execute(text("SELECT * FROM chakra_inbox ORDER BY id"))]
    assert kept[1][1:8] == told
    assert abs(kept[1][8] - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=10)
    # In their order, and the one that was told twice once.
    assert [one[4] for one in kept] == ["wamid.0", "w", *(f"wamid.{number}" for number in range(1, 499))]
    store.close()


@pytest.mark.parametrize("level", ["read committed", "serializable"])
def test_many_writers_and_a_reader_that_misses_nothing(database: str, level: str) -> None:
    engine = create_engine(database, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_isolation TO '{level}'"))
    engine.dispose()
    stores = [Store(database) for _ in range(6)]
    reader = Store(database)
    place = reader.page(CONN_ID, None).place
    found: list[str] = []

    def write(number: int) -> None:
        for one in range(60):
            stores[number].add([row(f"{number}.{one}.{part}") for part in range(1 + one % 7)])

    def read() -> None:
        nonlocal place
        page = reader.page(CONN_ID, place)
        place = page.place
        found.extend(page.records)

    with ThreadPoolExecutor(len(stores)) as pool:
        # At the same time they make the table, too.
        writes = [pool.submit(write, number) for number in range(len(stores))]
        while not all(one.done() for one in writes):
            read()
        for one in writes:
            one.result()
    for _ in range(20):
        read()
    assert len(found) == len(set(found)) == 6 * sum(1 + one % 7 for one in range(60))
    for store in (*stores, reader):
        store.close()


def test_two_servers_take_and_tell_everything_once(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Served() as one, Served() as two, ThreadPoolExecutor(16) as pool:
        readers = [feed_of(server.url, monkeypatch) for server in (one, two)]
        for reader in readers:
            reader.look()
        calls = [
            pool.submit(server.post, message(f"wamid.{n}", text="👍" * 100))
            for n in range(150)
            for server in (one, two)
        ]
        assert {call.result().status_code for call in calls} == {200}
        for reader in readers:
            events = reader.look()
            assert sorted(event.wamid for event in events) == sorted(
                f"wamid.{number}" for number in range(150)
            )
            assert {getattr(event, "text", None) for event in events} == {"👍" * 100}
            assert reader.look() == []
        assert len(readers[0].about(customers=[PHONE], wamids=["wamid.1"])) == 150


def test_a_database_that_went_away_comes_back(
    postgres: Postgres, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Served() as server:
        feed = feed_of(server.url, monkeypatch)
        assert server.post(message("wamid.1")).status_code == 200
        postgres.stop()
        try:
            assert server.post(message("wamid.2")).status_code == 503
        finally:
            postgres.start()
        assert server.post(message("wamid.2")).status_code == 200
        assert [event.wamid for event in feed.about(customers=[PHONE])] == ["wamid.1", "wamid.2"]


class Way:
    """A way to a database that can go silent: what is sent on old connections is dropped, new ones work."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._age = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def go_silent(self) -> None:
        """Drop what comes on connections that are there."""
        self._age += 1

    def _serve(self) -> None:
        while True:
            near, _ = self._listener.accept()
            far = socket.create_connection(("127.0.0.1", self._to))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(one, other, self._age), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, age: int) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                if age == self._age:
                    other.sendall(data)


def test_a_database_that_went_silent_is_asked_anew(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = make_url(database)
    assert url.port is not None
    way = Way(url.port)
    monkeypatch.setenv(
        "AIRFLOW__CHAKRA__INBOX_SQL_ALCHEMY_CONN",
        url.set(port=way.port).render_as_string(hide_password=False),
    )
    with Served() as server:
        feed = feed_of(server.url, monkeypatch)
        assert server.post(message("wamid.1")).status_code == 200
        feed.look()
        monkeypatch.setattr(threads, "_LONGEST", 2)
        way.go_silent()
        # Whoever comes first finds the connections silent; nobody waits without bound for them.
        assert server.post(message("wamid.2")).status_code == 503
        assert server.post(message("wamid.2")).status_code == 200
        assert [event.wamid for event in feed.look()] == ["wamid.2"]
        way.go_silent()
        with pytest.raises(ChakraInboxError, match="cannot read its database"):
            feed.look()
        assert feed.look() == []
        assert server.post(message("wamid.3")).status_code == 200
        way.go_silent()
    # It ended, though the database had gone once more.


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_server_killed_under_load_loses_nothing_that_it_acknowledged(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/inbox.db" if kind == "sqlite" else request.getfixturevalue("database")
    monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_SQL_ALCHEMY_CONN", url)
    monkeypatch.setenv(f"AIRFLOW_CONN_{CONN_ID.upper()}", json.dumps(CONNECTION))
    port = free_port()
    acknowledged: set[str] = set()

    def call(wamid: str) -> None:
        body = json.dumps(message(wamid)).encode()
        headers = {"X-Chakra-Signature-256": sign(body, SECRET)}
        webhook = f"http://127.0.0.1:{port}/webhook/{CONN_ID}"
        with suppress(requests.ConnectionError):
            if requests.post(webhook, body, headers=headers, timeout=60).status_code == 200:
                acknowledged.add(wamid)

    command = [sys.executable, "-m", "uvicorn", "--factory", FACTORY, "--port", str(port)]
    for turn in range(3):
        with subprocess.Popen([*command, "--log-level", "warning"]) as server, ThreadPoolExecutor(16) as pool:
            end = time.monotonic() + 60
            while f"{turn}.first" not in acknowledged and time.monotonic() < end:
                call(f"{turn}.first")
                time.sleep(0.1)
            calls = [pool.submit(call, f"{turn}.{number}") for number in range(300)]
            before = len(acknowledged)
            while len(acknowledged) < before + 50 and time.monotonic() < end:
                time.sleep(0.005)
            server.send_signal(signal.SIGKILL)
            for one in calls:
                one.result()
    engine = create_engine(url)
    with engine.connect() as connection:
        kept = list(connection.execute(text("SELECT wamid FROM chakra_inbox")).scalars())
    engine.dispose()
    print(f"{len(acknowledged)} acknowledged, {len(kept)} kept")
    assert acknowledged <= set(kept)
    assert len(kept) == len(set(kept))
    assert 150 <= len(acknowledged) < 903
