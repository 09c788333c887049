"""What the tests share that start whole programs."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, NoReturn

import pytest
from playwright.sync_api import expect, sync_playwright

from airflow_provider_chakra.sandbox.server import SandboxServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from airflow_provider_chakra.sandbox.client import Sandbox

# Chromium on its own looks for updates and the like; a test must not, and may run without a network.
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


# Seconds; for a page that waits for what ought to come, however slow the machine is.
_PATIENCE = 120


def miss(reason: str) -> NoReturn:
    """Skip what this machine has not got, unless it must have it."""
    if os.environ.get("CHAKRA_TEST_REQUIRE_SYSTEM") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Run a browser."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        miss(f"there is no browser: none of {', '.join(names)}")
    # Chromium refuses to run as root inside its own sandbox.
    arguments = [*_QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(_QUIET)
    expect.set_options(timeout=_PATIENCE * 1000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    """Run a sandbox."""
    with SandboxServer() as server:
        yield server.sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """Give a sandbox that remembers nothing."""
    running.reset()
    return running
