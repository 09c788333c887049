"""
An answer to a question, however long it took to find.

Within 24 hours after the customer last wrote it goes as a text, which costs nothing. After that WhatsApp
takes only templates, and ``your_answer_is_here`` goes in its place. WhatsApp mostly takes the text all the
same, and reports only later that it failed: so the task waits until it is delivered. XCom ``sent_as`` tells
which it was.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.compat.sdk import DAG, Param, task

from airflow_provider_chakra.operators.messages import SendTextOperator

with DAG(
    dag_id="example_chakra_window",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["example", "whatsapp"],
    params={
        "to": Param("919876543210", type="string", title="Who asked"),
        "answer": Param("Yes, it fits.", type="string", title="The answer"),
    },
    # A retry sends nothing again, and waits on.
    default_args={"retries": 3, "retry_delay": timedelta(seconds=30)},
    doc_md=__doc__,
) as dag:
    answer = SendTextOperator(
        task_id="answer",
        to="{{ params.to }}",
        body="{{ params.answer }}",
        fallback_template={"name": "your_answer_is_here", "language": "en", "body": ["{{ params.answer }}"]},
        wait_for="delivered",
        poke_interval=30,
    )

    @task
    def cost(ti: object = None) -> str:
        """Tell what it cost."""
        sent_as = ti.xcom_pull(task_ids="answer", key="sent_as")  # type: ignore[attr-defined]
        return "a template" if sent_as == "fallback_template" else "nothing"

    answer >> cost()
