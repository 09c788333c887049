"""Tasks killed with SIGKILL under Airflow's real supervisor: no message twice, and no doubt untold."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from local_airflow import LocalAirflow

from airflow_provider_chakra.sandbox.server import SandboxServer

from .runs import run_to_its_end

pytestmark = pytest.mark.system

DAG = "dag_kills"
#: So many tasks, each killed up to three times, make more than two hundred kills.
TASKS = 200
DOUBT = "An earlier try was about to send"


def instances_of(airflow: LocalAirflow, run: str) -> list[dict[str, Any]]:
    """List all task instances of a run."""
    found: list[dict[str, Any]] = []
    while True:
        path = f"dags/{DAG}/dagRuns/{run}/taskInstances?limit=100&offset={len(found)}"
        page = airflow.call("GET", path)["task_instances"]
        found += page
        if len(page) < 100:
            return found


def log_of(airflow: LocalAirflow, run: str, instance: dict[str, Any]) -> str:
    """Read the log of an instance's last try."""
    path = f"dags/{DAG}/dagRuns/{run}/taskInstances/{instance['task_id']}/logs/{instance['try_number']}"
    return str(airflow.call("GET", f"{path}?map_index={instance['map_index']}"))


def test_hundreds_of_kills_send_nothing_twice_and_leave_no_doubt_untold(tmp_path: Path) -> None:
    kills = tmp_path / "kills"
    kills.touch()
    with SandboxServer() as server:
        environment = {**server.sandbox.environment(), "KILLS_FILE": str(kills)}
        folder = Path(__file__).parent / "kills"
        airflow = LocalAirflow(tmp_path / "airflow", dags_folder=folder, environment=environment)
        airflow.migrate()
        # So that many are killed while they wait for the answer.
        server.sandbox.fault(times=0, delay=0.05)
        with airflow.standalone():
            run = run_to_its_end(airflow, DAG, random=TASKS)
            instances = instances_of(airflow, run)
            arrived = Counter(message["payload"]["text"]["body"] for message in server.sandbox.messages())
            logs = {
                (instance["task_id"], instance["map_index"]): log_of(airflow, run, instance)
                for instance in instances
                if instance["state"] == "failed"
            }
    by_task = {(instance["task_id"], instance["map_index"]): instance for instance in instances}
    killed = len(kills.read_text().splitlines())
    states = Counter(
        state for (task, _), state in ((key, i["state"]) for key, i in by_task.items()) if task == "random"
    )
    print(f"{killed} kills; random tasks: {dict(states)}; messages: {sum(arrived.values())}")

    assert max(arrived.values()) == 1
    assert killed >= 200
    assert set(states) == {"success", "failed"}
    for number in range(TASKS):
        if by_task["random", number]["state"] == "success":
            assert arrived[f"random {number}"] == 1
    for key, log in logs.items():
        assert DOUBT in log, key

    moments = ("before the request", "after the request left", "after acceptance", "after the ledger")
    assert [by_task["fail", index]["state"] for index in range(4)] == ["failed"] * 3 + ["success"]
    assert [by_task["reconcile", index]["state"] for index in range(2, 4)] == ["success"] * 2
    assert by_task["reconcile", 0]["state"] == "failed"
    for way in ("fail", "reconcile"):
        assert [arrived[f"{way}: {moment}"] for moment in (moments[0], *moments[2:])] == [0, 1, 1]
