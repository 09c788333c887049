"""An inbox of the test's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import airflow
import pytest

from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.inbox import app, bodies, engine, keys, threads, writer
from airflow_provider_chakra.inbox import feed as feed_module
from airflow_provider_chakra.inbox.feed import Feed

from .serving import CONN_ID, CONNECTION, Served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# Airflow 2 has no API server that could take webhooks.
collect_ignore_glob = ["test_[!p]*.py"] if airflow.__version__.startswith("2.") else []


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time run out, and nothing be told twice, because a machine is slow; tests of that say so."""
    for module, name in (
        (app, "_QUIET"),
        (bodies, "_DEADLINE"),
        (keys, "_FRESH"),
        (keys, "_FRESH_ENOUGH"),
        (engine, "PATIENCE"),
        (threads, "_LONGEST"),
        (writer, "_ENDING"),
        (writer, "_PATIENCE"),
    ):
        monkeypatch.setattr(module, name, 600)
    monkeypatch.setattr(feed_module, "_TIMEOUTS", (600, 600))


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Switch webhooks on, with a database that is not made yet; give its URL."""
    url = f"sqlite:///{tmp_path}/inbox.db"
    monkeypatch.setenv("AIRFLOW__CHAKRA__WEBHOOK", "True")
    monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_SQL_ALCHEMY_CONN", url)
    monkeypatch.setenv(f"AIRFLOW_CONN_{CONN_ID.upper()}", json.dumps(CONNECTION))
    return url


@pytest.fixture
def server(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Serve the inbox."""
    with Served() as served:
        monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_URL", served.url)
        yield served


@pytest.fixture
def feed(server: Served) -> Callable[[], Feed]:
    """Make a feed as a trigger does."""

    def make() -> Feed:
        found = Feed.of(CONN_ID, ChakraHook(CONN_ID))
        assert found is not None
        return found

    return make
