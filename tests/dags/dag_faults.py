"""A message in a task without retries, and one in a task with three."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.compat.sdk import DAG

from airflow_provider_chakra.operators.messages import SendTextOperator


def make(retries: int) -> DAG:
    """Make a Dag with one message."""
    with DAG(
        f"dag_faults_{retries}",
        schedule=None,
        start_date=datetime(2026, 1, 1),
        catchup=False,
        params={"on_unknown": "fail"},
        default_args={"retries": retries, "retry_delay": timedelta(0)},
    ) as made:
        SendTextOperator(
            task_id="send", to="919876543210", body="Hello", on_unknown="{{ params.on_unknown }}"
        )
    return made


dag = make(0)
patient = make(3)
