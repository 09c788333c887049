"""
A text, an image and a list, one after the other: the three messages to begin with.

Runs with the connection ``chakra_default``. The recipient is a parameter of the Dag; its default
comes from the environment variable ``CHAKRA_TO``.
"""

from __future__ import annotations

import os
from datetime import datetime

from airflow.providers.common.compat.sdk import DAG, Param

from airflow_provider_chakra.operators.messages import SendImageOperator, SendListOperator, SendTextOperator

with DAG(
    dag_id="example_chakra_messages",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["example", "whatsapp"],
    params={"to": Param(os.environ.get("CHAKRA_TO", "919876543210"), type="string", title="Recipient")},
    doc_md=__doc__,
) as dag:
    send_text = SendTextOperator(
        task_id="send_text",
        to="{{ params.to }}",
        body="Good morning! Your order *#4711* is packed and leaves today. 📦",
    )

    send_image = SendImageOperator(
        task_id="send_image",
        to="{{ params.to }}",
        link="https://static-data.chakrahq.com/documentation-assets/whatsapp/api-docs/copy-plugin-id.png",
        caption="This is how it looks.",
    )

    send_list = SendListOperator(
        task_id="send_list",
        to="{{ params.to }}",
        header="Delivery",
        body="When shall we come?",
        footer="You can change your mind until 18:00.",
        button="Choose a time",
        sections=[
            {
                "title": "Tomorrow",
                "rows": [
                    {"id": "tomorrow-am", "title": "Morning", "description": "8:00 to 12:00"},
                    {"id": "tomorrow-pm", "title": "Afternoon", "description": "13:00 to 17:00"},
                ],
            },
            {"title": "Later", "rows": [{"id": "later", "title": "Another day"}]},
        ],
        # Every message returns its wamid: this one answers the text.
        reply_to=send_text.output,
    )

    send_text >> send_image >> send_list
