"""Messages from within a trigger: many at a time, over one hook, in the triggerer's event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from airflow.providers.common.compat.sdk import DAG, BaseOperator
from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_provider_chakra.hooks.chakra import ChakraHook


class SendingTrigger(BaseTrigger):
    """Sends messages side by side, and counts how often the event loop came by meanwhile."""

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Say how to make it anew."""
        return "dag_trigger.SendingTrigger", {}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Send."""
        hook, ticks = ChakraHook(), 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.01)
                ticks += 1

        ticking = asyncio.create_task(tick())
        payload = {"messaging_product": "whatsapp", "to": "919876543210", "type": "text"}
        messages = [payload | {"text": {"body": f"Number {number}"}} for number in range(5)]
        sent = await asyncio.gather(*map(hook.asend_message, messages))
        ticking.cancel()
        event = {"wamids": [message.wamid for message in sent], "ticks": ticks}
        yield TriggerEvent(event)  # type: ignore[no-untyped-call]


class SendInTriggerOperator(BaseOperator):
    """Leaves the sending to the trigger."""

    def execute(self, context: Any) -> None:
        """Defer."""
        trigger = SendingTrigger()  # type: ignore[no-untyped-call]
        self.defer(trigger=trigger, method_name="sent")

    def sent(self, context: Any, event: dict[str, Any]) -> dict[str, Any]:
        """Return what the trigger said."""
        return event


with DAG("dag_trigger", schedule=None, start_date=datetime(2026, 1, 1), catchup=False) as dag:
    SendInTriggerOperator(task_id="send")
