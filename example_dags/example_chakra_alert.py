"""
An alert to whoever is on call when a nightly load fails, and a short word when it went well.

Who is on call may not have written for days: then WhatsApp takes the alert, and reports only later that it
failed. So the alert waits until it is delivered, and outside of the 24-hour window the template
``load_failed`` goes instead. The load succeeds unless the Dag is run with the parameter ``fail``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.compat.sdk import DAG, Param, TriggerRule, task

from airflow_provider_chakra.operators.messages import SendTextOperator

with DAG(
    dag_id="example_chakra_alert",
    schedule="0 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["example", "whatsapp"],
    params={
        "on_call": Param("919876543210", type="string", title="Who is on call"),
        "fail": Param(False, type="boolean", title="Let the load fail"),
    },
    default_args={"to": "{{ params.on_call }}"},
    doc_md=__doc__,
) as dag:

    @task
    def load(params: dict[str, object] | None = None) -> int:
        """Load the night's rows."""
        if params and params["fail"]:
            raise RuntimeError("The source is empty")
        return 4711

    rows = load()

    # Text stays text where a number is put into it.
    SendTextOperator(task_id="report", body="✅ {{ dag.dag_id }}: {{ ti.xcom_pull('load') }} rows loaded.")
    SendTextOperator(
        task_id="alert",
        body="🚨 *{{ dag.dag_id }}* failed in run {{ run_id }}.",
        fallback_template={
            "name": "load_failed",
            "language": "en",
            "body": ["{{ dag.dag_id }}", "{{ run_id }}"],
        },
        wait_for="delivered",
        # An alert that nobody got in time is a task that failed.
        wait_timeout=timedelta(minutes=30).total_seconds(),
        retries=3,
        retry_delay=timedelta(seconds=30),
        trigger_rule=TriggerRule.ONE_FAILED,
    )
    rows >> [dag.get_task("report"), dag.get_task("alert")]
