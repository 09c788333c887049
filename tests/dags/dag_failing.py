"""Messages that cannot be sent as they are, in tasks with retries."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.compat.sdk import DAG

from airflow_provider_chakra.operators.messages import SendTextOperator

with DAG(
    "dag_failing",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    params={"to": "0091 98765 43210"},
    default_args={"retries": 2, "retry_delay": timedelta(0)},
) as dag:
    SendTextOperator(task_id="rendered_wrong", to="{{ params.to }}", body="Hello")
    SendTextOperator.partial(task_id="mapped_wrong", body="").expand(to=["919876543210"])
    SendTextOperator(task_id="not_accepted", to="919876543210", body="Hello {{ run_id }}")
