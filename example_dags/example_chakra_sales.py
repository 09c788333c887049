"""
A Dag that customers start: whoever of the team writes "sales" gets the sales of the day as an answer.

It needs Airflow 3, and a triggerer that runs. Of several who ask at the same moment Airflow makes one run, so
there is an answer for each event. Run by hand, it goes to the number in its parameters.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from airflow.sdk import DAG, Asset, AssetWatcher, Param, task

from airflow_provider_chakra.operators.messages import SendTextOperator
from airflow_provider_chakra.triggers.watch import ChakraMessageTrigger

TEAM = os.environ.get("CHAKRA_TO", "919876543210")

asking = ChakraMessageTrigger(keywords=["sales", "बिक्री"], senders=[TEAM])
sales_asked = Asset("whatsapp_sales_asked", watchers=[AssetWatcher(name="whatsapp", trigger=asking)])

with DAG(
    dag_id="example_chakra_sales",
    schedule=[sales_asked],
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["example", "whatsapp"],
    params={"to": Param(TEAM, type="string", title="Recipient")},
    doc_md=__doc__,
) as dag:
    # Airflow logs what a task returns, unless it is told not to.
    @task(show_return_value_in_logs=False)
    def questions(triggering_asset_events: Any = None, params: Any = None) -> list[dict[str, Any]]:
        """Give whom to answer, and which message."""
        events = (event for events in triggering_asset_events.values() for event in events)
        asked = [event.extra["payload"] for event in events]
        answers = [{"to": message["sender"], "reply_to": message["wamid"]} for message in asked]
        return answers or [{"to": params["to"]}]

    @task
    def sales() -> str:
        """Count the sales; here a query would be."""
        return "Sales today: 290 orders, 4,71,100 rupees."

    SendTextOperator.partial(task_id="answer", body=sales()).expand_kwargs(questions())
