"""Parts of Airflow are killed while a person is asked: one question, and the answer counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from local_airflow import LocalAirflow

from airflow_provider_chakra.sandbox.defaults import WEBHOOK_SECRET
from tests.events.samples import USER_ID
from tests.operators.asking import taps

from .runs import RETRIES, TAKE_OVER, Parts, Run, in_parts, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_chakra.sandbox.client import Sandbox

pytestmark = pytest.mark.system

SETTINGS = {
    **RETRIES,
    **TAKE_OVER,
    "AIRFLOW__CHAKRA__WEBHOOK": "True",
    # The parts must know each other again.
    "AIRFLOW__API_AUTH__JWT_SECRET": "a secret that all parts of this Airflow share, and nobody else knows",
}


@pytest.fixture(scope="module")
def airflow(running: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> LocalAirflow:
    """Make an Airflow with two connections, of which webhooks tell one."""
    environment = {
        **SETTINGS,
        **running.environment("chakra_polling"),
        **running.environment("chakra_webhooks", webhook_secret=WEBHOOK_SECRET),
    }
    home, dags = tmp_path_factory.mktemp("airflow"), Path(__file__).parent / "conversation"
    made = LocalAirflow(home, dags_folder=dags, environment=environment)
    made.migrate()
    return made


@pytest.fixture(scope="module")
def parts(airflow: LocalAirflow) -> Iterator[Parts]:
    """Run it, each part a process of its own."""
    with in_parts(airflow) as running:
        yield running


def asked(sandbox: Sandbox) -> str:
    """Wait for the question, and give its wamid."""
    wait_until(sandbox.messages, "nobody asks")
    wamid: str = sandbox.messages()[0]["wamid"]
    return wamid


def told(sandbox: Sandbox) -> dict[str, Any]:
    """Wait until the answer is told, and say what became of that."""

    def calls() -> list[dict[str, Any]]:
        return [call for call in sandbox.webhook_calls() if call["body"]["event"] == "message"]

    wait_until(calls, "no answer is told")
    return calls()[0]


def check_answer(run: Run, sandbox: Sandbox, option: str) -> None:
    """Wait for a run's end, which must come with an answer to one question."""
    wait_until(lambda: run.is_over() or len(sandbox.messages()) > 1, "the run does not end")
    assert len(sandbox.messages()) == 1
    assert run.end() == {"ask": "success"}
    assert run.xcoms("ask")["answer"]["option"] == option


@pytest.mark.parametrize("part", ["triggerer", "scheduler"])
def test_an_answer_counts_that_comes_while_a_part_is_down(
    airflow: LocalAirflow, parts: Parts, sandbox: Sandbox, part: str
) -> None:
    run = Run(airflow, "dag_question_polling")
    run.waits("ask")
    parts.kill(part)
    taps("no")(sandbox, asked(sandbox))
    parts.start(part)
    check_answer(run, sandbox, "no")


@pytest.mark.parametrize("moment", ["before it knows", "before it waits"])
def test_a_task_that_is_killed_after_it_asked_asks_once(
    airflow: LocalAirflow, parts: Parts, sandbox: Sandbox, moment: str
) -> None:
    run = Run(airflow, "dag_killed", moment=moment)
    taps("no")(sandbox, asked(sandbox))
    check_answer(run, sandbox, "no")
    assert run.task("ask")["try_number"] >= 2


def test_a_webhook_that_was_acknowledged_is_there_after_the_server_was_killed(
    airflow: LocalAirflow, parts: Parts, sandbox: Sandbox
) -> None:
    sandbox.webhooks(f"{airflow.url}/chakra/webhook/chakra_webhooks")
    run = Run(airflow, "dag_question_webhooks", to=USER_ID)
    run.waits("ask")
    parts.kill("triggerer")
    # What one writes who hides the number, no list tells.
    taps("no", USER_ID)(sandbox, asked(sandbox))
    wait_until(lambda: told(sandbox)["status"] == 200, "it is not acknowledged")
    parts.kill("api-server")
    parts.start("api-server", "triggerer")
    check_answer(run, sandbox, "no")


def test_a_webhook_that_was_lost_is_found_when_the_server_is_back(
    airflow: LocalAirflow, parts: Parts, sandbox: Sandbox
) -> None:
    sandbox.webhooks(f"{airflow.url}/chakra/webhook/chakra_webhooks", retries=0)
    run = Run(airflow, "dag_question_webhooks")
    run.waits("ask")
    parts.kill("api-server")
    taps("no")(sandbox, asked(sandbox))
    wait_until(lambda: told(sandbox)["tries"], "it is not told")
    parts.start("api-server")
    assert told(sandbox)["status"] is None
    check_answer(run, sandbox, "no")
