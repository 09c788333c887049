"""Tasks that are killed while they send: SIGKILL, which nothing can catch, at moments of all kinds."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from airflow.providers.common.compat.sdk import DAG, Param, task

from airflow_provider_chakra.operators.messages import SendTextOperator

# About as long as a task takes to send and to remember it, with the delay of the sandbox.
_RANDOM_SECONDS = 0.15


def die() -> None:
    """End this process, and leave a line for the test."""
    with open(os.environ["KILLS_FILE"], "a", encoding="utf-8") as file:  # ruff: ignore[builtin-open]
        file.write("killed\n")
    os.kill(os.getpid(), signal.SIGKILL)


def arm(moment: str) -> None:
    """Choose the moment."""
    from airflow_provider_chakra import ledger
    from airflow_provider_chakra.api import client, messages

    if moment == "random":

        def later() -> None:
            time.sleep(random.uniform(0, _RANDOM_SECONDS))
            die()

        threading.Thread(target=later, daemon=True).start()
    elif moment == "before the request":
        patch.object(messages.MessagesAPI, "send", lambda *_, **__: die()).start()
    elif moment == "after the request left":
        read = client._Body.read

        def read_then_die(self: Any, size: int | None = -1, /) -> bytes:
            content = read(self, size)
            if not content:
                die()
            return content

        patch.object(client._Body, "read", read_then_die).start()
    elif moment == "after acceptance":
        patch.object(messages, "read_sent", lambda _: die()).start()
    elif moment == "after the ledger":
        done = ledger.Ledger.done

        def done_then_die(self: Any, wamid: str) -> None:
            done(self, wamid)
            die()

        patch.object(ledger.Ledger, "done", done_then_die).start()


class KilledOperator(SendTextOperator):
    """Sends a text, if it is let."""

    def __init__(self, *, moment: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.moment = moment

    def execute(self, context: Any) -> Any:
        """Send, and be killed in the first three tries."""
        if context["ti"].try_number <= 3:
            arm(self.moment)
        return super().execute(context)


with DAG(
    "dag_kills",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    params={"random": Param(0, type="integer")},
    default_args={"retries": 5, "retry_delay": timedelta(0), "to": "919876543210"},
) as dag:

    @task
    def at_random(params: dict[str, Any] | None = None) -> list[str]:
        """Make as many messages as are asked for."""
        return [f"random {number}" for number in range((params or {})["random"])]

    KilledOperator.partial(task_id="random", moment="random").expand(body=at_random())
    for way in ("fail", "reconcile"):
        KilledOperator.partial(task_id=way, on_unknown=way).expand_kwargs(
            [
                {"moment": moment, "body": f"{way}: {moment}"}
                for moment in (
                    "before the request",
                    "after the request left",
                    "after acceptance",
                    "after the ledger",
                )
            ]
        )
