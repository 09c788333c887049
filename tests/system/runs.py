"""Runs of a Dag, by Airflow's REST API."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from local_airflow import LocalAirflow

PATIENCE = 900


def run_to_its_end(airflow: LocalAirflow, dag_id: str, **conf: int) -> str:
    """Trigger a Dag as soon as Airflow knows it, wait for its end, and give the run's id, quoted."""
    end = time.monotonic() + PATIENCE
    while not any(dag["dag_id"] == dag_id for dag in airflow.call("GET", "dags")["dags"]):
        assert time.monotonic() < end, "the Dag does not appear"
        time.sleep(0.5)
    airflow.call("PATCH", f"dags/{dag_id}", {"is_paused": False})
    body = {"logical_date": None, "conf": conf}
    run = quote(airflow.call("POST", f"dags/{dag_id}/dagRuns", body)["dag_run_id"])
    while airflow.call("GET", f"dags/{dag_id}/dagRuns/{run}")["state"] in ("queued", "running"):
        assert time.monotonic() < end, "the run does not end"
        time.sleep(1)
    return run
