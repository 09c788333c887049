from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

import pytest

from airflow_provider_chakra.sandbox import clock
from airflow_provider_chakra.sandbox.server import SandboxServer
from airflow_provider_chakra.sandbox.webhooks import post

from .samples import session_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from airflow_provider_chakra.sandbox.client import Sandbox


@pytest.fixture(scope="session")
def server() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


class Machine:
    """
    A machine's time, in the place of ``datetime``: a millisecond later at each look, however long they take.

    So no message comes further, in a sandbox of this process, because a machine is slow.
    """

    def __init__(self) -> None:
        self._time = datetime.now(UTC)

    def now(self, _: tzinfo) -> datetime:
        self._time += timedelta(milliseconds=1)
        return self._time

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self._time += timedelta(seconds=seconds)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(clock, "datetime", machine)
    return machine


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "PATIENCE", 600)


@pytest.fixture
def sandbox(server: SandboxServer) -> Sandbox:
    server.sandbox.reset()
    return server.sandbox


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[requests.Session]:
    with session_for(sandbox) as session:
        yield session
