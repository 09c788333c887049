"""
A payment that somebody must approve on WhatsApp.

The head of accounts is asked first, and reminded after half an hour; after two hours the deputy is asked,
too. The first answer counts. Rejected, ``pay`` is skipped; without an answer within the working day the Dag
fails. Nothing waits in a worker meanwhile, and a restart of Airflow asks nobody twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.compat.sdk import DAG, Param, task

from airflow_provider_chakra.operators.asking import ApprovalOperator

with DAG(
    dag_id="example_chakra_approval",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["example", "whatsapp"],
    params={
        "head": Param("919876543210", type="string", title="Who is asked first"),
        "deputy": Param("919876543211", type="string", title="Who is asked next"),
        "amount": Param("4711.00", type="string", title="The amount"),
    },
    # A retry asks nobody twice, and finds an answer that was given meanwhile.
    default_args={"retries": 3, "retry_delay": timedelta(seconds=30)},
    doc_md=__doc__,
) as dag:
    approve = ApprovalOperator(
        task_id="approve",
        to=["{{ params.head }}", "{{ params.deputy }}"],
        question="Invoice 4711 of Acme Ltd.: shall {{ params.amount }} be paid?",
        header={"document": "https://cdn.example.com/invoice-4711.pdf", "filename": "invoice-4711.pdf"},
        approve="Pay",
        reject="Do not pay",
        remind_after=timedelta(minutes=30),
        escalate_after=timedelta(hours=2),
        answer_timeout=timedelta(hours=8),
        confirmation={"approve": "It will be paid today.", "reject": "It will not be paid."},
        told_others="Invoice 4711 is decided.",
        poke_interval=30,
    )

    @task
    def pay(ti: object = None) -> str:
        """Pay, and tell who approved it."""
        answer = ti.xcom_pull(task_ids="approve", key="answer")  # type: ignore[attr-defined]
        return f"approved by {answer['by']['number']} at {answer['at']}"

    approve >> pay()
