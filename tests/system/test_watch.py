"""A message starts a Dag, in a whole Airflow, whatever becomes of its triggerer."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from local_airflow import EXAMPLE_DAGS, LocalAirflow

from airflow_provider_chakra.sandbox.server import SandboxServer

from .runs import RETRIES, TAKE_OVER, in_parts, wait_until

pytestmark = pytest.mark.system

CUSTOMER = "919876543210"
WATCHERS = ("example_chakra_sales", "dag_stop")


def test_a_message_starts_a_dag_once_also_if_nobody_looked_when_it_came(tmp_path: Path) -> None:
    dags = tmp_path / "dags"
    shutil.copytree(Path(__file__).parent / "watch", dags)
    shutil.copy(EXAMPLE_DAGS / "example_chakra_sales.py", dags)
    with SandboxServer() as server:
        sandbox = server.sandbox
        environment = {**sandbox.environment(), **RETRIES, **TAKE_OVER}
        airflow = LocalAirflow(tmp_path / "airflow", dags_folder=dags, environment=environment)
        airflow.migrate()

        def runs(dag_id: str) -> int:
            count: int = airflow.call("GET", f"dags/{dag_id}/dagRuns")["total_entries"]
            return count

        def looks() -> int:
            return sum(request["path"] == "/v1/ext/chat" for request in sandbox.requests())

        def answered() -> list[str]:
            contexts = (message["payload"].get("context", {}) for message in sandbox.messages())
            return [context["message_id"] for context in contexts if context]

        sandbox.receive(CUSTOMER, "Sales, long ago")
        with in_parts(airflow) as parts:
            wait_until(lambda: airflow.call("GET", "dags")["total_entries"] == 2, "the Dags do not appear")
            for dag_id in WATCHERS:
                airflow.call("PATCH", f"dags/{dag_id}", {"is_paused": False})
            wait_until(lambda: looks() > 1, "nobody looks")
            first = sandbox.receive(CUSTOMER, "Send me today's SALES, please")
            wait_until(answered, "no answer")
            # How far it looked is kept some seconds later.
            time.sleep(12)
            parts.kill("triggerer")
            second = sandbox.receive(CUSTOMER, "Sales?")
            sandbox.receive(CUSTOMER, "Stop!")
            before = looks()
            time.sleep(2)
            assert looks() == before
            parts.start("triggerer")
            wait_until(lambda: len(answered()) == 2, "no second answer")
            wait_until(lambda: len(sandbox.messages()) == 3, "no answer to the stop")
            seen = looks()
            wait_until(lambda: looks() > seen + 3, "nobody looks any more")
            assert answered() == [first, second]
            assert {dag_id: runs(dag_id) for dag_id in WATCHERS} == {
                "example_chakra_sales": 2,
                "dag_stop": 1,
            }
            assert "today's SALES" not in airflow.log.read_text()
            assert CUSTOMER not in airflow.log.read_text()
