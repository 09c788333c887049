"""Requests to people, told on WhatsApp. A second notifier fails in the first try of one of the tasks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from airflow.providers.common.compat.sdk import DAG, BaseNotifier, BaseOperator, Param
from airflow.providers.standard.operators.hitl import (
    ApprovalOperator,
    HITLBranchOperator,
    HITLEntryOperator,
    HITLOperator,
)

from airflow_provider_chakra.notifications.hitl import ChakraHITLNotifier

ADDRESS = "https://airflow.example.com"


class FailsOnce(BaseNotifier):
    """Fails in the task's first try."""

    def notify(self, context: Any) -> None:
        """Fail once everybody was told."""
        if context["ti"].try_number == 1:
            raise RuntimeError("Something further on")


class Done(BaseOperator):
    """Does nothing."""

    def execute(self, context: Any) -> None:
        """Do nothing."""


# One object for several tasks, as people write it.
notifier = ChakraHITLNotifier(to="{{ params.approvers | tojson }}", base_url=ADDRESS)

with DAG(
    "dag_hitl",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    params={"approvers": ["919876543210", "919876543211"]},
    default_args={"retries": 2, "retry_delay": timedelta(0), "notifiers": notifier},
) as dag:
    ask = HITLOperator(
        task_id="ask",
        subject="How much of {{ dag.dag_id }}?",
        body="It costs **19.90**.",
        options=["All", "Half"],
        notifiers=[notifier, FailsOnce()],
    )
    approve = ApprovalOperator(task_id="approve", subject="Go on?", response_timeout=timedelta(hours=1))
    branch = HITLBranchOperator(task_id="branch", subject="Which way?", options=["left", "right"])
    entry = HITLEntryOperator(task_id="entry", subject="Why?", params={"reason": Param("", type="string")})
    approve >> Done(task_id="after")
    branch >> [Done(task_id="left"), Done(task_id="right")]
