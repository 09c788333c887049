"""A message whose task fails after it was sent, and is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from airflow.providers.common.compat.sdk import DAG

from airflow_provider_chakra.operators.messages import SendTextOperator


class FailsAfterwards(SendTextOperator):
    """Sends, and fails in its first try."""

    def post_execute(self, context: Any, result: Any = None) -> None:
        """Fail where everything else was done."""
        if context["ti"].try_number == 1:
            raise RuntimeError("Something further on")


with DAG(
    "dag_tries",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    params={"ledger": ""},
    default_args={"retries": 2, "retry_delay": timedelta(0)},
) as dag:
    FailsAfterwards.partial(task_id="send", to="919876543210", ledger="{{ params.ledger }}").expand(
        body=["First", "Second"]
    )
