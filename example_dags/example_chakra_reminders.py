"""
Reminders at nine on each working day: one task instance a recipient, by dynamic task mapping.

In place of ``appointments`` stands what reads them in real life, such as a query. WhatsApp takes these
texts from people who wrote within the last 24 hours.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.compat.sdk import DAG, task

from airflow_provider_chakra.operators.messages import SendTextOperator

with DAG(
    dag_id="example_chakra_reminders",
    schedule="0 9 * * 1-5",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["example", "whatsapp"],
    doc_md=__doc__,
) as dag:

    @task
    def appointments() -> list[dict[str, str]]:
        """Find the appointments of the day, as arguments of the operator."""
        return [
            {"to": "+91 98765 43210", "body": "Reminder: your appointment is today at 10:30."},
            {"to": "+91 98765 43211", "body": "Reminder: your appointment is today at 11:00."},
        ]

    # Up to four at a time keeps clear of WhatsApp's rate limits. What it throttles all the same
    # is tried again after a while; what it refuses is not.
    SendTextOperator.partial(
        task_id="remind",
        max_active_tis_per_dagrun=4,
        retries=3,
        retry_delay=timedelta(minutes=1),
        retry_exponential_backoff=True,
    ).expand_kwargs(appointments())
