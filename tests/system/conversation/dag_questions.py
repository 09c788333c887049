"""Questions, while parts of Airflow are killed: one waits, one is killed before it could."""

from __future__ import annotations

import os
import signal
from typing import Any
from unittest.mock import patch

from airflow.sdk import DAG, Param

from airflow_provider_chakra.operators.asking import AskOperator

PARAMS = {
    "to": Param("919876543210", type="string"),
    "moment": Param("", type="string"),
}
QUESTION: dict[str, Any] = {
    "to": "{{ params.to }}",
    "question": "Shall we come?",
    "options": {"yes": "Please do", "no": "Rather not"},
}


def die(*_: Any, **__: Any) -> Any:
    """End this process."""
    os.kill(os.getpid(), signal.SIGKILL)


class KilledOperator(AskOperator):
    """Asks, and is killed in its first try: before it knows that it asked, or before it waits."""

    def execute(self, context: Any) -> Any:
        """Ask."""
        from airflow_provider_chakra.api import messages

        if context["ti"].try_number == 1:
            if context["params"]["moment"] == "before it knows":
                patch.object(messages, "read_sent", die).start()
            patch.object(self, "defer", die).start()
        return super().execute(context)


for way, interval in (("polling", 1), ("webhooks", 600)):
    with DAG(
        f"dag_question_{way}",
        schedule=None,
        params=PARAMS,
        default_args={"chakra_conn_id": f"chakra_{way}", "poke_interval": interval},
    ):
        AskOperator(task_id="ask", **QUESTION)

with DAG(
    "dag_killed",
    schedule=None,
    params=PARAMS,
    default_args={"chakra_conn_id": "chakra_polling", "poke_interval": 1},
):
    KilledOperator(task_id="ask", on_unknown="reconcile", **QUESTION)
