"""Whole conversations: a Dag asks, a person taps on a phone, and the Dag goes on by that answer."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from local_airflow import LocalAirflow
from playwright.sync_api import expect

from airflow_provider_chakra.sandbox.defaults import WEBHOOK_SECRET
from airflow_provider_chakra.sandbox.pace import Pace
from airflow_provider_chakra.sandbox.server import SandboxServer
from tests.inbox.calls import message
from tests.inbox.serving import sign
from tests.operators.asking import taps

from .runs import PATIENCE, RETRIES, Run, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from airflow_provider_chakra.sandbox.client import Sandbox

pytestmark = pytest.mark.system

ASHA, BRUNO, CHLOE = "919876543210", "919876543211", "919876543212"
WAYS = ("polling", "webhooks")


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[dict[str, Sandbox]]:
    """Run a sandbox for each of the ways in which answers come back."""
    with ExitStack() as running:
        pace = Pace(delivered_after=0.5, read_after=1)
        yield {way: running.enter_context(SandboxServer(pace=pace)).sandbox for way in WAYS}


@pytest.fixture(scope="module")
def airflow(
    browser: Browser, sandboxes: dict[str, Sandbox], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalAirflow]:
    """Run Airflow with a connection for each of the ways, once there is a browser to answer in."""
    environment = {**RETRIES, "AIRFLOW__CHAKRA__WEBHOOK": "True"}
    for way, sandbox in sandboxes.items():
        secret = {"webhook_secret": WEBHOOK_SECRET} if way == "webhooks" else {}
        environment |= sandbox.environment(f"chakra_{way}", **secret)
    home, dags = tmp_path_factory.mktemp("airflow"), Path(__file__).parent / "conversation"
    made = LocalAirflow(home, dags_folder=dags, environment=environment)
    made.migrate()
    # As badly as it can be told: everything four times, and the statuses backwards.
    sandboxes["webhooks"].webhooks(
        webhook(made, "webhooks"), dialects=("chakra", "passthrough"), duplicates=1, disorder=True
    )
    with made.standalone():
        yield made
    log = made.log.read_text()
    assert not [words for words in (ASHA, BRUNO, CHLOE, "12 to 18", WEBHOOK_SECRET) if words in log]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a window."""
    opened = browser.new_page()
    opened.set_default_timeout(PATIENCE * 1000)
    yield opened
    opened.close()


def webhook(airflow: LocalAirflow, way: str) -> str:
    """Give the address that ChakraHQ calls."""
    return f"{airflow.url}/chakra/webhook/chakra_{way}"


def forge(airflow: LocalAirflow, way: str, text: str) -> None:
    """Answer in the customer's place, without the secret."""
    body = json.dumps(message("wamid.forged", text=text)).encode()
    headers = {"X-Chakra-Signature-256": sign(body, "a guess")}
    assert requests.post(webhook(airflow, way), body, headers=headers, timeout=30).status_code == 401


def listed(sandbox: Sandbox) -> int:
    """Count how often chats were listed."""
    return sum(request["path"] == "/v1/ext/chat" for request in sandbox.requests())


def looked(sandbox: Sandbox) -> bool:
    """Tell whether the chat was read since the last message went out."""
    paths = [request["path"] for request in sandbox.requests()]
    sent = max(place for place, path in enumerate(paths) if path.endswith("/messages"))
    return any("chat-messages" in path for path in paths[sent:])


@pytest.mark.parametrize("way", WAYS)
def test_a_tap_on_the_phone_chooses_the_branch(
    page: Page, airflow: LocalAirflow, sandboxes: dict[str, Sandbox], way: str
) -> None:
    sandbox = sandboxes[way]
    sandbox.receive(ASHA, "Where is my parcel?")
    page.goto(sandbox.url)
    ours = page.get_by_role("article", name="From the business")
    expect(page.get_by_text("Where is my parcel?").first).to_be_visible()

    run = Run(airflow, f"dag_parcel_{way}")
    question = ours.filter(has_text="When shall we bring it?")
    question.wait_for()
    question.get_by_role("img", name="read").wait_for()
    expect(ours.filter(has_text="Your parcel is here.").get_by_role("img", name="read")).to_be_visible()
    run.waits("ask")
    # As each wait begins with a look: what comes now is new.
    wait_until(lambda: looked(sandbox), "nobody looks")
    forge(airflow, way, "I'll pick it up")
    question.get_by_role("button", name="See times").click()
    tapped = time.monotonic()
    page.get_by_role("dialog", name="See times").get_by_role("button", name="12 to 18").click()
    ours.filter(has_text="We come from 12 to 18.").wait_for()
    took = time.monotonic() - tapped

    assert run.end() == {"tell": "success", "ask": "success", "bring": "success", "keep": "skipped"}
    expect(ours).to_have_count(3)
    assert run.xcoms("tell")["delivery"]["status"] in ("delivered", "read")
    told = run.xcoms("ask")
    assert told["return_value"] == "pm"
    assert told["answer"]["text"] == "12 to 18"
    assert told["answer"]["by"] == {"index": 0, "number": "91******3210"}
    assert took < 120
    if way == "webhooks":
        # Two pages as each of the waits began, and as the answer was there; a retry may wait once more.
        assert listed(sandbox) <= 8


def test_the_first_of_two_people_decides(airflow: LocalAirflow, sandboxes: dict[str, Sandbox]) -> None:
    sandbox = sandboxes["polling"]
    before = len(sandbox.messages())
    run = Run(airflow, "dag_approval")
    run.waits("approve")
    asked = {sent["recipient"]: sent["wamid"] for sent in sandbox.messages()[before:]}
    taps("approve", BRUNO)(sandbox, asked[BRUNO])
    taps("reject", ASHA)(sandbox, asked[ASHA])
    assert run.end() == {"approve": "success"}
    told = run.xcoms("approve")
    assert told["return_value"] is True
    assert told["answer"]["by"] == {"index": 1, "number": "91******3211"}
    assert len(sandbox.messages()) == before + 2


def test_silence_chooses_the_default(airflow: LocalAirflow, sandboxes: dict[str, Sandbox]) -> None:
    run = Run(airflow, "dag_silence")
    assert run.end() == {"ask": "success", "call": "skipped", "write": "success"}
    told = run.xcoms("ask")
    assert told["return_value"] == "write"
    assert "answer" not in told
    assert [sent["recipient"] for sent in sandboxes["webhooks"].messages()].count(CHLOE) == 1


def test_airflows_own_request_is_opened_from_the_phone(
    page: Page, airflow: LocalAirflow, sandboxes: dict[str, Sandbox]
) -> None:
    sandbox = sandboxes["polling"]
    sandbox.receive(ASHA, "Anything to approve?")
    run = Run(airflow, "dag_request")
    page.goto(sandbox.url)
    request = page.get_by_role("article", name="From the business").filter(has_text="Shall the offer go out?")
    address = request.get_by_role("link", name="Answer").get_attribute("href")

    assert address is not None
    page.goto(address.replace("https://airflow.example.com", airflow.url))
    page.get_by_role("button", name="Approve").click()
    assert run.end() == {"approve": "success", "send": "success"}
    assert run.xcoms("approve")["return_value"]["chosen_options"] == ["Approve"]
