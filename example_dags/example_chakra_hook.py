"""
The hook in a task of one's own: many messages over one connection, and any request to ChakraHQ.

Choose this way where the messages of a run belong together. The operators are the better choice where
each message should be a task instance, with its own state, log and retries.
"""

from __future__ import annotations

from datetime import datetime

from airflow.providers.common.compat.sdk import DAG, task

from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.messages import Image, ImageMessage, Text, TextMessage

with DAG(
    dag_id="example_chakra_hook",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["example", "whatsapp"],
    doc_md=__doc__,
) as dag:

    @task
    def which_plugin() -> str:
        """Ask ChakraHQ about the plugin; the ids in the path come from the connection."""
        answer = ChakraHook().request("GET", "/v1/ext/plugin/whatsapp/{plugin_id}/config")
        return str(answer["_data"]["id"])

    @task
    def send_report() -> list[str]:
        """Send a text and a picture to each manager, and return the wamids."""
        hook = ChakraHook()
        chart = Image(link="https://example.com/sales.png", caption="Sales, week by week")
        wamids = []
        for manager in ("919876543210", "919876543211"):
            text = TextMessage(to=manager, text=Text(body="The sales report of this week is below."))
            wamids.append(hook.send_message(text).wamid)
            wamids.append(hook.send_message(ImageMessage(to=manager, image=chart)).wamid)
        return wamids

    which_plugin() >> send_report()
