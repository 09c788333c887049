"""Airflow's own web interface, in a real browser: from the connection's form to wamids and reasons."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import pytest
from local_airflow import LocalAirflow
from playwright.sync_api import expect
from ui import CONN_ID, conn_fields, connection_to

from airflow_provider_chakra.sandbox.defaults import PORT
from airflow_provider_chakra.sandbox.server import SandboxServer

from .runs import PATIENCE, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

    from airflow_provider_chakra.sandbox.client import Sandbox

pytestmark = pytest.mark.system

DAG_ID = "example_chakra_messages"
TASKS = ("send_text", "send_image", "send_list")
BUNDLES = "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Run a sandbox that Airflow knows nothing of."""
    # In the pictures it has the usual port.
    with SandboxServer(port=PORT if os.environ.get("SCREENSHOTS") else 0) as server:
        yield server.sandbox


@pytest.fixture(scope="module")
def airflow(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAirflow]:
    """Run Airflow, once there is a browser to look at it with."""
    environment = {
        "CHAKRA_TO": "919876543210",
        # The example Dags and the tests' own.
        BUNDLES: os.environ[BUNDLES],
    }
    made = LocalAirflow(tmp_path_factory.mktemp("airflow"), environment=environment)
    made.migrate()
    with made.standalone():
        yield made


@pytest.fixture
def page(browser: Browser, airflow: LocalAirflow) -> Iterator[Page]:
    """Open a window on Airflow."""
    opened = browser.new_page(base_url=airflow.url, viewport={"width": 1100, "height": 900})
    opened.set_default_timeout(PATIENCE * 1000)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def stored(browser: Browser, airflow: LocalAirflow, sandbox: Sandbox, pictures: Path) -> dict[str, Any]:
    """Make the connection in Airflow's form, as a user does, and give it as Airflow stored it."""
    page = browser.new_page(base_url=airflow.url, viewport={"width": 1100, "height": 900})
    page.set_default_timeout(PATIENCE * 1000)
    wanted = connection_to(sandbox)
    form = open_form(page)
    form.locator("input[name=connection_id]").fill(CONN_ID)
    form.get_by_role("combobox").fill("Chakra")
    page.get_by_role("option", name="ChakraHQ", exact=True).click()

    expect(form.get_by_text("API base URL")).to_be_visible()
    expect(form.get_by_text("Access token")).to_be_visible()
    expect(form.locator("input[name=login], input[name=schema]")).to_have_count(0)
    form.locator("input[name=host]").fill(wanted["host"])
    form.locator("input[name=password]").fill(wanted["password"])
    form.locator("input[name=port]").fill(str(wanted["port"]))
    assert form.locator("input[name=password]").get_attribute("type") == "password"
    take(page, form, pictures / "connection-form.png")

    form.get_by_text("Extra Fields", exact=True).click()
    for name, field in conn_fields().items():
        expect(form.get_by_text(field["label"], exact=True)).to_be_visible()
        expect(form.get_by_text(field["description"], exact=True)).to_be_visible()
        expect(form.locator(f"input[name=element_{name}]")).to_have_count(1)
    for name, value in sandbox.connection()["extra"].items():
        form.locator(f"input[name=element_{name}]").fill(value)
    expect(form.locator("input[name=element_verify_tls]")).to_be_checked()
    form.locator("input[name=element_waba_id]").press("Tab")
    take(page, form, pictures / "connection-form-extra.png")

    form.get_by_role("button", name="Save").click()
    expect(form).to_be_hidden()
    page.close()
    connection: dict[str, Any] = airflow.call("GET", f"connections/{CONN_ID}")
    return connection


def open_form(page: Page) -> Locator:
    """Open the empty form for a new connection."""
    page.goto("/connections")
    page.get_by_role("button", name="Add Connection").click()
    form = page.get_by_role("dialog")
    form.wait_for()
    return form


def take(page: Page, what: Locator, file: Path) -> None:
    """Take a picture of all of a dialog, however long it is."""
    before = page.viewport_size
    assert before
    # The accordion opens slowly; a picture taken meanwhile shows it half open.
    page.wait_for_timeout(700)
    page.set_viewport_size({"width": before["width"], "height": 2400})
    page.wait_for_timeout(300)
    what.screenshot(path=file, animations="disabled")
    page.set_viewport_size(before)


def press_test(page: Page, conn_id: str) -> tuple[dict[str, Any], Locator]:
    """Press a stored connection's Test button; give Airflow's answer, and the connection's row."""
    page.goto("/connections")
    row = page.get_by_role("row").filter(has=page.get_by_role("cell", name=conn_id, exact=True))
    with page.expect_response("**/api/v2/connections/test") as answer:
        row.get_by_role("button", name="Test Connection").click()
    said: dict[str, Any] = answer.value.json()
    return said, row


def test_the_form_stores_what_was_filled_in(stored: dict[str, Any], sandbox: Sandbox) -> None:
    wanted = connection_to(sandbox)
    assert {name: stored[name] for name in ("conn_type", "host", "port")} == {
        name: wanted[name] for name in ("conn_type", "host", "port")
    }
    assert json.loads(stored["extra"]) == json.loads(wanted["extra"])
    assert set(json.loads(stored["extra"])) == set(conn_fields())


def test_airflow_never_shows_the_token(stored: dict[str, Any], sandbox: Sandbox, page: Page) -> None:
    assert sandbox.token not in json.dumps(stored)
    page.goto("/connections")
    page.get_by_role("row").filter(has_text=CONN_ID).get_by_role("button", name="Edit Connection").click()
    password = page.get_by_role("dialog").locator("input[name=password]")
    expect(password).to_be_visible()
    assert sandbox.token not in password.input_value()


@pytest.mark.usefixtures("stored")
def test_the_test_button_of_a_right_connection(page: Page, sandbox: Sandbox) -> None:
    said, row = press_test(page, CONN_ID)
    assert said == {
        "status": True,
        "message": f"{sandbox.url} accepts the access token and knows the plugin.",
    }
    # Airflow shows that it worked by the colour of the button alone.
    expect(row.get_by_role("button", name="Test Connection").locator("svg")).to_have_css(
        "color", "rgb(0, 128, 0)"
    )


def test_the_test_button_tells_what_to_mend(page: Page, airflow: LocalAirflow, sandbox: Sandbox) -> None:
    wrong = connection_to(sandbox) | {"connection_id": "wrong_plugin", "extra": '{"plugin_id": "another"}'}
    airflow.call("POST", "connections", wrong)
    said, _ = press_test(page, "wrong_plugin")
    assert said["status"] is False
    assert "the plugin id is not" in said["message"]
    expect(page.get_by_text(said["message"]).first).to_be_visible()


def test_connections_can_be_tested_over_rest(airflow: LocalAirflow, sandbox: Sandbox) -> None:
    right = connection_to(sandbox) | {"connection_id": "over_rest"}
    assert airflow.call("POST", "connections/test", right)["status"] is True
    refused = airflow.call("POST", "connections/test", right | {"password": "some-other-token"})
    assert refused["status"] is False
    assert "does not accept the access token" in refused["message"]
    assert "some-other-token" not in refused["message"]
    incomplete = airflow.call("POST", "connections/test", right | {"password": None})
    assert "The access token is missing" in incomplete["message"]


@pytest.mark.usefixtures("stored")
def test_a_run_started_in_the_browser(
    page: Page, airflow: LocalAirflow, sandbox: Sandbox, pictures: Path
) -> None:
    # What is stored must be all that the tasks know the sandbox by.
    assert not [name for name in airflow.environment if name.startswith("AIRFLOW_CONN")]
    let_run(airflow, DAG_ID)
    sandbox.reset()

    page.goto(f"/dags/{DAG_ID}")
    page.get_by_role("button", name="Trigger").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Recipient")).to_be_visible()
    dialog.get_by_role("button", name="Trigger").click()
    run_id = wait_for_run(airflow)

    messages = sandbox.messages()
    assert [message["payload"]["type"] for message in messages] == ["text", "image", "interactive"]
    for task, message in zip(TASKS, messages, strict=True):
        page.goto(f"/dags/{DAG_ID}/runs/{run_id}/tasks/{task}/xcom")
        expect(page.get_by_text(message["wamid"])).to_be_visible()
    page.set_viewport_size({"width": 1300, "height": 560})
    page.wait_for_timeout(1000)
    page.screenshot(path=pictures / "xcom.png", animations="disabled")


def let_run(airflow: LocalAirflow, dag_id: str) -> None:
    """Wait until Airflow has read the Dag, then let it run."""

    def is_let() -> bool:
        try:
            airflow.call("PATCH", f"dags/{dag_id}", {"is_paused": False})
        except HTTPError:
            return False
        return True

    wait_until(is_let, "the Dag does not appear")


def wait_for_run(airflow: LocalAirflow) -> str:
    """Wait for the only run of the Dag, and give its id."""
    runs: list[dict[str, Any]] = []

    def is_over() -> bool:
        runs[:] = airflow.call("GET", f"dags/{DAG_ID}/dagRuns")["dag_runs"]
        assert "failed" not in [run["state"] for run in runs], airflow.log.read_text()[-6000:]
        return [run["state"] for run in runs] == ["success"]

    wait_until(is_over, "the run does not end")
    run_id: str = runs[0]["dag_run_id"]
    return run_id


THROTTLED = "(#130429) Rate limit hit (HTTP 400, WhatsApp code 130429). The number's throughput is used up."
TOO_LATE = "(#131047) Re-engagement message (HTTP 400, WhatsApp code 131047). More than 24 hours have passed"


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("fault", "state", "decided", "why", "in_the_database"),
    [
        (
            {"errors": ["(#130429) Rate limit hit"], "headers": {"Retry-After": "600"}},
            "up_for_retry",
            r"action=retry reason=(Trying again in (?:6\d\d|700) s: .+ exponential back-off\.)$",
            THROTTLED,
            True,
        ),
        (
            {"errors": ["(#131047) Re-engagement message"]},
            "failed",
            r"action=fail reason=(Failing now: .+ only a template may be sent now\.)$",
            TOO_LATE,
            False,
        ),
    ],
    ids=["a throttle", "a refusal"],
)
def test_a_policys_reason_is_in_the_log(
    page: Page,
    airflow: LocalAirflow,
    sandbox: Sandbox,
    fault: dict[str, Any],
    state: str,
    decided: str,
    why: str,
    in_the_database: bool,
) -> None:
    let_run(airflow, "dag_policy")
    sandbox.reset()
    sandbox.fault(path_contains="/messages", status=400, **fault)
    run_id = airflow.call("POST", "dags/dag_policy/dagRuns", {"logical_date": None})["dag_run_id"]
    task = f"dags/dag_policy/dagRuns/{run_id}/taskInstances/send"
    wait_until(lambda: airflow.call("GET", task)["state"] == state, f"the task is not {state}")

    page.goto(f"/dags/dag_policy/runs/{run_id}/tasks/send")
    expect(page.get_by_text(why).first).to_be_visible()
    page.get_by_text("Post Execute").click()
    line = page.get_by_text(re.compile(rf"Retry policy decision {decided}")).last
    expect(line).to_be_visible()
    found = re.search(decided, line.inner_text())
    assert found
    assert why in found[1]
    page.get_by_text("Pre Execute").click()
    shown = page.locator("body").inner_text()
    assert not [secret for secret in (sandbox.token, "919876543210", "Hello") if secret in shown]

    with closing(sqlite3.connect(airflow.home / "airflow.db")) as database:
        query = "SELECT retry_reason FROM task_instance WHERE dag_id = 'dag_policy' AND run_id = ?"
        ((stored_reason,),) = database.execute(query, [run_id]).fetchall()
    assert stored_reason == (found[1] if in_the_database else None)
