"""The table: once, in order, for some days, by several servers."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable

from airflow_provider_chakra.inbox import engine, writer
from airflow_provider_chakra.inbox import store as store_module
from airflow_provider_chakra.inbox.rows import Row, read_rows
from airflow_provider_chakra.inbox.store import Store
from tests.events.samples import USER_ID
from tests.meanwhile import wait_until

from .calls import message
from .serving import CONN_ID, Served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def row(wamid: str) -> Row:
    """Make a row."""
    return Row(CONN_ID, f"message:{wamid}", None, wamid, f'"{wamid}"')


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Give the URL of a database that is not made yet."""
    return f"sqlite:///{tmp_path}/inbox.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """Open the table."""
    opened = Store(url)
    yield opened
    opened.close()


def ask(url: str, sql: str, *values: Any) -> list[Any]:
    """Ask the database behind the store's back."""
    with sqlite3.connect(url.removeprefix("sqlite:///"), timeout=60) as connection:
        return connection.execute(sql, values).fetchall()


LIBPQ = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 1,
    "keepalives_count": 5,
    "tcp_user_timeout": 10_000,
}


@pytest.mark.parametrize(
    ("url", "arguments", "expected"),
    [
        ("postgresql://h/d", {}, LIBPQ),
        ("postgresql+psycopg2://h/d", {"sslmode": "require"}, LIBPQ | {"sslmode": "require"}),
        ("postgresql+psycopg://h/d", {"keepalives_idle": 60}, LIBPQ | {"keepalives_idle": 60}),
        (
            "postgresql+psycopg2://h/d?connect_timeout=30",
            {},
            {name: value for name, value in LIBPQ.items() if name != "connect_timeout"},
        ),
        ("postgresql+pg8000://h/d", {}, {}),
        ("mysql+pymysql://h/d", {}, {"connect_timeout": 5}),
        ("sqlite:////d", {}, {"timeout": 5, "check_same_thread": False}),
    ],
)
def test_what_the_driver_is_told_of_patience(monkeypatch, url, arguments, expected):
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(engine, "PATIENCE", 5)
    monkeypatch.setattr(engine, "create_engine", lambda _, **options: told.append(options["connect_args"]))
    Store(url, arguments)
    assert told == [expected]


def test_ids_that_differ_in_case_are_two(store, url):
    store.add([row("wamid.A"), row("wamid.a")])
    assert ask(url, "SELECT count(*) FROM chakra_inbox") == [(2,)]
    # MySQL takes them for one if it is not told.
    made = str(CreateTable(store_module._INBOX).compile(dialect=mysql.dialect()))
    texts = [line for line in made.splitlines() if " VARCHAR(" in line]
    assert texts
    assert not [line for line in texts if "COLLATE utf8mb4_bin" not in line]


def test_a_row_is_what_was_told(store, url):
    told = message("wamid.1", from_user_id=USER_ID, context={"id": "wamid.asked"})
    (rows, left_out) = read_rows(CONN_ID, _bytes(told), oldest=datetime(2026, 1, 1, tzinfo=UTC))
    assert left_out is None
    begin = datetime.now(UTC).replace(tzinfo=None)
    store.add(rows)
    end = datetime.now(UTC).replace(tzinfo=None)
    ((number, conn_id, key, customer, wamid, record, *others),) = ask(url, "SELECT * FROM chakra_inbox")
    assert (number, conn_id, key) == (1, CONN_ID, "message:wamid.1")
    assert (customer, wamid, record) == ("919876543210", "wamid.1", rows[0].record)
    assert others[:2] == [USER_ID, "wamid.asked"]
    assert begin <= datetime.fromisoformat(others[2]) <= end


def _bytes(body: Any) -> bytes:
    import json

    return json.dumps(body).encode()


@pytest.mark.parametrize(
    ("about", "ways"),
    [
        ({}, ["INTEGER PRIMARY KEY (rowid>?"]),
        (
            {"customers": ["1"], "wamids": ["w"]},
            [f"INDEX chakra_inbox_{name} ({name}=?" for name in ("customer", "user_id", "wamid", "reply_to")],
        ),
    ],
    ids=["new", "about"],
)
def test_a_look_reads_no_more_rows_than_it_must(store, url, about, ways):
    store.prepare()
    asked: list[tuple[str, Any]] = []

    @event.listens_for(store._engine, "before_cursor_execute")
    def note(_: Any, __: Any, statement: str, given: Any, *___: Any) -> None:
        asked.append((statement, given))

    store.page(CONN_ID, 0, **about)
    statement, given = asked[-1]
    plan = [one[3] for one in ask(url, f"EXPLAIN QUERY PLAN {statement}", *given)]
    used = [line for line in plan if line.startswith("SEARCH ")]
    assert len(used) == len(ways)
    for line, way in zip(used, ways, strict=True):
        assert line.startswith(f"SEARCH chakra_inbox USING {way}")


def test_old_events_are_deleted_in_portions_and_their_numbers_do_not_come_again(store, url, monkeypatch):
    monkeypatch.setattr(store_module, "SWEEP", 2)
    store.add([row(f"wamid.{number}") for number in range(4)])
    ask(url, "UPDATE chakra_inbox SET received_at = '2026-01-01 00:00:00' WHERE id <> 2")
    before = datetime.now(UTC) - timedelta(days=1)
    assert store.sweep(before)
    assert [found[0] for found in ask(url, "SELECT id FROM chakra_inbox ORDER BY id")] == [2, 4]
    assert not store.sweep(before)
    assert [found[0] for found in ask(url, "SELECT id FROM chakra_inbox ORDER BY id")] == [2]
    ask(url, "DELETE FROM chakra_inbox")
    store.add([row("wamid.5")])
    assert ask(url, "SELECT id FROM chakra_inbox ORDER BY id") == [(5,)]


def test_a_server_deletes_what_is_older_than_it_takes_by_itself(database, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_DAYS", "2")
    monkeypatch.setattr(store_module, "SWEEP", 1)
    monkeypatch.setattr(writer, "_BETWEEN_PORTIONS", 0)
    now = datetime.now(UTC).replace(tzinfo=None)
    opened = Store(database)
    opened.add([row("new"), row("just taken"), row("old"), row("older")])
    for wamid, hours in (("just taken", 48.5), ("old", 49.5), ("older", 99)):
        received_at = (now - timedelta(hours=hours)).isoformat(" ")
        ask(database, "UPDATE chakra_inbox SET received_at = ? WHERE wamid = ?", received_at, wamid)
    opened.close()
    with Served() as server:
        wait_until(lambda: len(ask(database, "SELECT 1 FROM chakra_inbox")) <= 2)
        assert ask(database, "SELECT wamid FROM chakra_inbox ORDER BY id") == [("new",), ("just taken",)]
        # What would be deleted is not taken, so that it is not taken twice.
        assert server.post(message("late", ago=47.5 * 3600)).status_code == 200
        assert server.post(message("too late", ago=48.5 * 3600)).status_code == 200
        assert ask(database, "SELECT wamid FROM chakra_inbox ORDER BY id")[2:] == [("late",)]


def test_a_writer_that_stops_keeps_what_waits_and_takes_no_more(store, url):
    async def stop() -> None:
        keeper = writer.Writer(store, 7)
        await keeper.start()
        waiting = [asyncio.create_task(keeper.add([row(f"wamid.{number}")])) for number in range(5)]
        await asyncio.sleep(0)
        await keeper.stop()
        await asyncio.gather(*waiting)
        with pytest.raises(writer.NotKeptError):
            await keeper.add([row("late")])

    asyncio.run(stop())
    assert len(ask(url, "SELECT 1 FROM chakra_inbox")) == 5


def test_a_table_that_was_lost_is_made_anew(store, url):
    store.add([row("wamid.1")])
    ask(url, "DROP TABLE chakra_inbox")
    with pytest.raises(DBAPIError):
        store.add([row("wamid.2")])
    store.add([row("wamid.2")])
    assert ask(url, "SELECT wamid FROM chakra_inbox") == [("wamid.2",)]


@pytest.mark.parametrize("quoted", ["x" * 256, "wam\0id"])
def test_what_is_answered_is_kept_where_it_is_an_id(quoted):
    told = _bytes(message("wamid.1", context={"id": quoted}))
    ((kept,), left_out) = read_rows(CONN_ID, told, oldest=datetime(2026, 1, 1, tzinfo=UTC))
    assert (kept.reply_to, left_out) == (None, None)


def test_many_servers_make_the_table_at_the_same_time(url):
    stores = [Store(url) for _ in range(8)]
    barrier = threading.Barrier(len(stores))

    def begin(opened: Store) -> None:
        barrier.wait()
        opened.add([row("wamid.1")])

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(begin, stores))
    assert ask(url, "SELECT id, wamid FROM chakra_inbox") == [(1, "wamid.1")]
    assert (
        len(ask(url, "SELECT 1 FROM sqlite_master WHERE name LIKE 'chakra_inbox_%' AND type = 'index'")) == 5
    )
    for opened in stores:
        opened.close()


def test_who_writes_while_the_table_is_made_is_waited_for(store, url, monkeypatch):
    # Left by a server that went away before it had said how to keep it.
    store.prepare()
    store.close()
    store._prepared = False
    assert ask(url, "PRAGMA journal_mode=DELETE") == [("delete",)]
    with sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        waits: list[float] = []

        def wait(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 3:
                other.rollback()

        monkeypatch.setattr(engine, "time", SimpleNamespace(sleep=wait))
        assert store.page(CONN_ID, None).place == 0
    assert len(waits) == 3
    assert ask(url, "PRAGMA journal_mode") == [("wal",)]


def test_who_writes_for_too_long_is_not_waited_for(store, url, monkeypatch):
    monkeypatch.setattr(engine, "PATIENCE", 0.1)
    opened = Store(url)
    with sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None) as other:
        other.execute("CREATE TABLE others (id INTEGER)")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DBAPIError, match="database is locked"):
            opened.page(CONN_ID, None)
        other.rollback()
    assert opened.page(CONN_ID, None).place == 0
    opened.close()


def test_two_servers_on_one_database(database, monkeypatch):
    from airflow_provider_chakra.hooks.chakra import ChakraHook
    from airflow_provider_chakra.inbox.feed import Feed

    with Served() as one, Served() as two, ThreadPoolExecutor(16) as pool:
        readers = []
        for server in (one, two):
            monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_URL", server.url)
            readers.append(Feed.of(CONN_ID, ChakraHook(CONN_ID)))
        for reader in readers:
            reader.look()
        # Both get everything.
        calls = [pool.submit(server.post, message(f"wamid.{n}")) for n in range(100) for server in (one, two)]
        found: list[list[str]] = [[], []]
        while not all(call.done() for call in calls):
            for reader, wamids in zip(readers, found, strict=True):
                wamids += [event.wamid for event in reader.look()]
        assert {call.result().status_code for call in calls} == {200}
        for reader, wamids in zip(readers, found, strict=True):
            wamids += [event.wamid for event in reader.look()]
            assert sorted(wamids) == sorted(f"wamid.{number}" for number in range(100))
        assert found[0] == found[1]
