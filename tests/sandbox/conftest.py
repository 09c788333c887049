from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from airflow_provider_chakra.sandbox.server import SandboxServer

from .samples import session_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from airflow_provider_chakra.sandbox.client import Sandbox


@pytest.fixture(scope="session")
def server() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def sandbox(server: SandboxServer) -> Sandbox:
    server.sandbox.reset()
    return server.sandbox


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[requests.Session]:
    with session_for(sandbox) as session:
        yield session
