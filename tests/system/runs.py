"""Runs of a Dag, by Airflow's REST API, and the parts of an Airflow, which may be killed meanwhile."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Generator

    from local_airflow import LocalAirflow

PATIENCE = 900
#: Airflow takes a task for failed that goes on before its executor has told that it waits, which takes some
#: seconds. Answers may come sooner, and a retry finds them.
RETRIES = {"AIRFLOW__CORE__DEFAULT_TASK_RETRIES": "3", "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "1"}
#: Another triggerer soon takes over from one that was killed.
TAKE_OVER = {
    "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "5",
    "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "1",
}


def wait_until(holds: Callable[[], Any], what: str) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.2)


class Run:
    """A run of a Dag, triggered as soon as Airflow knows the Dag."""

    def __init__(self, airflow: LocalAirflow, dag_id: str, **conf: Any) -> None:
        def is_known() -> bool:
            return any(dag["dag_id"] == dag_id for dag in airflow.call("GET", "dags")["dags"])

        wait_until(is_known, "the Dag does not appear")
        airflow.call("PATCH", f"dags/{dag_id}", {"is_paused": False})
        body = {"logical_date": None, "conf": conf}
        self.id = quote(airflow.call("POST", f"dags/{dag_id}/dagRuns", body)["dag_run_id"])
        self._airflow = airflow
        self._path = f"dags/{dag_id}/dagRuns/{self.id}"

    def is_over(self) -> bool:
        """Tell whether it ended."""
        return self._ask()["state"] not in ("queued", "running")

    def end(self) -> dict[str, str]:
        """Wait for its end, and give the states of its tasks."""
        wait_until(self.is_over, "the run does not end")
        tasks = self._ask("/taskInstances")["task_instances"]
        return {task["task_id"]: task["state"] for task in tasks}

    def task(self, task_id: str) -> dict[str, Any]:
        """Give what Airflow knows of a task."""
        return self._ask(f"/taskInstances/{task_id}")

    def waits(self, task_id: str) -> None:
        """Wait until a task waits without a worker."""
        wait_until(lambda: self.task(task_id)["state"] == "deferred", f"{task_id} does not wait")

    def xcoms(self, task_id: str) -> dict[str, Any]:
        """Give what a task told."""
        path = f"/taskInstances/{task_id}/xcomEntries"
        return {
            key: self._ask(f"{path}/{key}?deserialize=true")["value"]
            for key in (entry["key"] for entry in self._ask(path)["xcom_entries"])
        }

    def _ask(self, path: str = "") -> dict[str, Any]:
        found: dict[str, Any] = self._airflow.call("GET", self._path + path)
        return found


def run_to_its_end(airflow: LocalAirflow, dag_id: str, **conf: int) -> str:
    """Trigger a Dag, wait for the run's end, and give its id, quoted."""
    run = Run(airflow, dag_id, **conf)
    run.end()
    return run.id


class Parts:
    """Parts of an Airflow, each a process of its own."""

    def __init__(self, airflow: LocalAirflow) -> None:
        self._airflow = airflow
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        """Start parts, and wait until Airflow is healthy."""
        self._running |= {name: self._airflow.start(name) for name in names}
        self._airflow.wait_until_healthy(*self._running.values())

    def kill(self, *names: str) -> None:
        """Kill parts, with all that they started, by what nothing can catch; without names, all of them."""
        for process in [self._running.pop(name) for name in names or list(self._running)]:
            # It may have ended by itself, and the others are to be killed all the same.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def in_parts(airflow: LocalAirflow) -> Generator[Parts, None, None]:
    """Run an Airflow whose parts can be killed and started again, as long as the ``with`` block lasts."""
    parts = Parts(airflow)
    try:
        parts.start("api-server", "scheduler", "dag-processor", "triggerer")
        yield parts
    finally:
        parts.kill()
