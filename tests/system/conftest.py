"""What the tests share that start whole programs."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from playwright.sync_api import expect, sync_playwright

from airflow_provider_chakra.sandbox.server import SandboxServer
from tests.sandbox.samples import session_for

from .phone import WIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

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


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder for screenshots."""
    return Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))


@pytest.fixture
def send(sandbox: Sandbox) -> Callable[[dict[str, Any]], str]:
    """Send a message, and give its wamid."""

    def sent(payload: dict[str, Any]) -> str:
        with session_for(sandbox) as http:
            answer = http.post(sandbox.messages_url, json=payload, timeout=60)
        assert answer.status_code == 200, answer.text
        wamid: str = answer.json()["_data"]["whatsappMessageId"]
        return wamid

    return sent


@pytest.fixture
def show(browser: Browser, sandbox: Sandbox) -> Iterator[Callable[..., Page]]:
    """Open the page; whatever its script complains of, or fetches elsewhere, fails the test."""
    complaints: list[str] = []
    fetched: list[str] = []
    with ExitStack() as windows:

        def opened(size: tuple[int, int] = WIDE, scheme: Any = "light", path: str = "/") -> Page:
            context = windows.enter_context(
                browser.new_context(
                    base_url=sandbox.url,
                    viewport={"width": size[0], "height": size[1]},
                    color_scheme=scheme,
                    locale="en-GB",
                    timezone_id="Asia/Kolkata",
                    reduced_motion="reduce",
                )
            )
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.append(said.text))
            page.on("dialog", lambda dialog: complaints.append(dialog.message))
            page.on("request", lambda request: fetched.append(request.url))
            page.goto(path)
            return page

        yield opened
    # Chromium itself tells of every answer that is no success; the page has its own words for them.
    assert [words for words in complaints if not words.startswith("Failed to load resource")] == []
    assert [url for url in fetched if not url.startswith(f"{sandbox.url}/")] == []
