"""Two messages, of which each task waits until it arrived."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.compat.sdk import DAG, task

from airflow_provider_chakra.operators.messages import SendTextOperator

with DAG(
    "dag_wait_for",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    default_args={"retries": 1, "retry_delay": timedelta(0)},
) as dag:
    tell = SendTextOperator.partial(
        task_id="tell", body="We are on our way", wait_for="delivered", wait_timeout=600, poke_interval=0.1
    ).expand(to=["919876543210", "919876543211"])

    @task(trigger_rule="all_done")
    def look(ti: object = None) -> list[str]:
        """Tell how far the messages came."""
        told = ti.xcom_pull(task_ids="tell", key="delivery", map_indexes=[0, 1])  # type: ignore[attr-defined]
        return [delivery["status"] for delivery in told]

    tell >> look()
