"""Messages around the work, as its setup and teardown."""

from __future__ import annotations

from datetime import datetime

from airflow.providers.common.compat.sdk import DAG, task

from airflow_provider_chakra.operators.messages import SendTextOperator

with DAG("dag_setup_teardown", schedule=None, start_date=datetime(2026, 1, 1), catchup=False) as dag:

    @task
    def work() -> None:
        raise RuntimeError("The work fails")

    begin = SendTextOperator(task_id="begin", to="919876543210", body="Begin").as_setup()
    end = SendTextOperator(task_id="end", to="919876543210", body="End", reply_to=begin.output)
    begin >> work() >> end.as_teardown(setups=begin)
