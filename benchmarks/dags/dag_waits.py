"""Many waits for a reply that begin in the triggerer: a worker for each would take minutes."""

from __future__ import annotations

import os
import time
from datetime import datetime
from typing import Any

from airflow.sdk import DAG
from airflow.triggers.base import StartTriggerArgs

from airflow_provider_chakra.sensors.messages import ReplySensor

#: Waits in each Dag.
A_DAG = 10
INTERVAL = float(os.environ.get("CHAKRA_BENCHMARK_INTERVAL", "5"))


class Wait(ReplySensor):
    """A sensor that notes when it goes on."""

    start_from_trigger = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.start_trigger_args = StartTriggerArgs(
            trigger_cls="airflow_provider_chakra.triggers.inbox.ReplyTrigger",
            trigger_kwargs={
                "to": self.to,
                "after": None,
                "since": "2020-01-01T00:00:00+00:00",
                "matches": "answer",
                "hook": {"chakra_conn_id": "chakra_default"},
                "poke_interval": INTERVAL,
            },
            next_method="execute_complete",
        )

    def execute_complete(self, context: Any, event: dict[str, Any]) -> float:
        """Give the time."""
        super().execute_complete(context, event)
        return time.time()


# The triggerer reads the whole Dag for each of its waits, so that one large Dag would be measured itself.
for first in range(0, int(os.environ.get("CHAKRA_BENCHMARK_WAITS", "10")), A_DAG):
    with DAG(f"waits_{first}", schedule=None, start_date=datetime(2026, 1, 1), catchup=False) as dag:
        for number in range(first, first + A_DAG):
            Wait(task_id=f"wait_{number}", to=str(919870000000 + number))
    globals()[dag.dag_id] = dag
