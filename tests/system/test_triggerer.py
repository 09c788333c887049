"""The hook in the event loop of a real triggerer."""

from __future__ import annotations

from pathlib import Path

import pytest
from local_airflow import LocalAirflow

from airflow_provider_chakra.sandbox.server import SandboxServer

from .runs import run_to_its_end

pytestmark = pytest.mark.system


def test_a_trigger_sends_without_holding_up_the_event_loop(tmp_path: Path) -> None:
    folder = Path(__file__).parent / "triggers"
    with SandboxServer() as server:
        environment = {**server.sandbox.environment(), "PYTHONPATH": str(folder)}
        airflow = LocalAirflow(tmp_path / "airflow", dags_folder=folder, environment=environment)
        airflow.migrate()
        server.sandbox.fault(times=0, delay=0.5)
        with airflow.standalone():
            run = run_to_its_end(airflow, "dag_trigger")
            path = f"dags/dag_trigger/dagRuns/{run}/taskInstances/send/xcomEntries/return_value"
            event = airflow.call("GET", f"{path}?deserialize=true")["value"]
        arrived = server.sandbox.messages()
    assert sorted(event["wamids"]) == sorted(message["wamid"] for message in arrived)
    assert len(arrived) == 5
    assert event["ticks"] > 10
