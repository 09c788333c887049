"""
Customers of a shop kept as leads in ChakraHQ: new ones are created and changed ones updated, in bulk.

In place of ``customers`` stands what reads them in real life, such as a query. Rows that fail do not stop the
others: the report at the end says how many there were, and the logs of the bulk tasks say why.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from airflow.providers.common.compat.sdk import DAG, task

from airflow_provider_chakra.operators.messages import SendTextOperator
from airflow_provider_chakra.operators.processes import (
    BulkCreateProcessesOperator,
    BulkUpdateProcessesOperator,
    ListProcessesOperator,
)

with DAG(
    dag_id="example_chakra_leads",
    schedule="0 5 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    # Two runs at once would both find the same customers new.
    max_active_runs=1,
    tags=["example", "whatsapp"],
    # From Airflow 3.3 on a retry sends no rows again, and waits on.
    default_args={"retries": 3, "retry_delay": timedelta(seconds=30)},
    doc_md=__doc__,
) as dag:

    @task
    def customers() -> dict[str, str]:
        """Read the shop's customers: names by phone number, in digits as ChakraHQ keeps them."""
        return {"919876543210": "Asha", "919876543211": "Bruno", "919876543212": "Chitra"}

    known = ListProcessesOperator(task_id="known", procedure="lead", max_records=10_000)

    @task
    def compare(names: dict[str, str], leads: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
        """Tell which leads are to be created and which updated."""
        before = {lead["data"].get("phone_number"): lead for lead in leads}
        return {
            "new": [
                {"data": {"phone_number": number, "name": name}}
                for number, name in names.items()
                if number not in before
            ],
            "changed": [
                {"phone_number": number, "update": {"data": {"name": name}}}
                for number, name in names.items()
                if number in before and before[number]["data"].get("name") != name
            ],
        }

    rows = compare(customers(), known.output)

    # Without rows nothing is sent. The waiting takes no worker.
    create = BulkCreateProcessesOperator(
        task_id="create", procedure="lead", rows=rows["new"], fail_on_row_errors=False, poll_interval=2
    )
    update = BulkUpdateProcessesOperator(
        task_id="update", procedure="lead", rows=rows["changed"], fail_on_row_errors=False, poll_interval=2
    )

    report = SendTextOperator(
        task_id="report",
        to="919876543219",
        body=(
            "Leads: {{ ti.xcom_pull('create')['counts'].get('SUCCESS', 0) }} new, "
            "{{ ti.xcom_pull('update')['counts'].get('SUCCESS', 0) }} changed, "
            "{{ ti.xcom_pull('create')['failed'] + ti.xcom_pull('update')['failed'] }} failed."
        ),
    )

    [create, update] >> report
