"""
A customer chooses when to get a parcel, and the Dag takes that way.

After 24 hours of silence the parcel comes in the morning. Where WhatsApp takes only templates, as the
customer has not written lately, the template ``delivery_slot`` asks; its buttons carry the ids of the
options.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.compat.sdk import DAG, Param, task

from airflow_provider_chakra.operators.asking import AskBranchOperator

with DAG(
    dag_id="example_chakra_slot",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["example", "whatsapp"],
    params={"customer": Param("919876543210", type="string", title="The customer")},
    # A retry asks nobody twice, and finds an answer that was given meanwhile.
    default_args={"retries": 3, "retry_delay": timedelta(seconds=30)},
    doc_md=__doc__,
) as dag:
    ask = AskBranchOperator(
        task_id="ask",
        to="{{ params.customer }}",
        question="When shall we bring your parcel tomorrow?",
        options={"morning": "8 to 12", "afternoon": "12 to 18", "not_at_all": "I'll pick it up"},
        branches={"morning": "plan_tour", "afternoon": "plan_tour", "not_at_all": "keep_at_the_shop"},
        on_silence="continue",
        default="morning",
        confirmation="Thank you, we have noted that.",
        fallback_template={
            "name": "delivery_slot",
            "language": "en",
            "buttons": [
                {"quick_reply": "morning"},
                {"quick_reply": "afternoon"},
                {"quick_reply": "not_at_all"},
            ],
        },
        poke_interval=30,
    )

    @task
    def plan_tour(slot: str) -> str:
        """Plan the tour."""
        return f"on the tour of the {slot}"

    @task
    def keep_at_the_shop() -> str:
        """Keep the parcel."""
        return "at the shop"

    ask >> [plan_tour(ask.output), keep_at_the_shop()]
