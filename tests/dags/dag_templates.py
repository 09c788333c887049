"""Templates whose parts other tasks make: one-time codes, and components."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from airflow.providers.common.compat.sdk import DAG, task

from airflow_provider_chakra.operators.messages import SendTemplateOperator
from airflow_provider_chakra.operators.templates import CreateTemplateOperator

with DAG("dag_templates", schedule=None, start_date=datetime(2026, 1, 1), catchup=False) as dag:

    @task
    def components() -> list[dict[str, Any]]:
        """Write a template."""
        return [{"type": "BODY", "text": "Hello {{1}}", "example": {"body_text": [["Asha"]]}}]

    CreateTemplateOperator(
        task_id="create", name="hello", language="en", category="UTILITY", components=components()
    )
    login = {"to": "919876543210", "name": "login", "language": "en"}
    SendTemplateOperator(task_id="one", otp="{{ dag_run.conf['code'] }}", **login)
    SendTemplateOperator.partial(task_id="many", **login).expand(otp=["731", "842999"])
