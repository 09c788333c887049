"""
Fixtures for whoever tests Dags that send WhatsApp messages.

pytest loads this module in every run of everybody who has the provider installed, so it imports nothing heavy
until a fixture is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_chakra.sandbox.client import Sandbox
    from airflow_provider_chakra.sandbox.server import SandboxServer


@pytest.fixture(scope="session")
def chakra_sandbox_server() -> Iterator[SandboxServer]:
    """Run one ChakraHQ sandbox on a free port for the whole test session."""
    try:
        from airflow_provider_chakra.sandbox.server import SandboxServer
    except ModuleNotFoundError:
        from airflow_provider_chakra.sandbox.defaults import MISSING_EXTRA

        pytest.fail(MISSING_EXTRA, pytrace=False)
    with SandboxServer() as server:
        yield server


@pytest.fixture
def chakra_sandbox(chakra_sandbox_server: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Give a sandbox that remembers nothing, and is Airflow's connection ``chakra_default``."""
    sandbox = chakra_sandbox_server.sandbox
    sandbox.reset()
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    return sandbox
