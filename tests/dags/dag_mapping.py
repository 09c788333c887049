"""Dynamic task mapping in all its forms, in a Dag with native rendering."""

from __future__ import annotations

from datetime import datetime

from airflow.providers.common.compat.sdk import DAG, TaskGroup, task

from airflow_provider_chakra.operators.messages import (
    SendImageOperator,
    SendListOperator,
    SendMessageOperator,
    SendTextOperator,
)

with DAG(
    "dag_mapping",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    render_template_as_native_obj=True,
    params={"price": "19.90", "to": "+919876543210", "code": "007", "preview": True},
) as dag:

    @task
    def recipients() -> list[object]:
        return ["+91 98765 43210", 919876543211]

    @task
    def rows() -> list[dict[str, str]]:
        return [{"id": "1", "title": "{{ not_rendered }}"}]

    SendTextOperator.partial(task_id="over_to", body="Hello").expand(to=recipients())

    with TaskGroup("group"):
        SendImageOperator.partial(task_id="over_kwargs", to="{{ params.to }}").expand_kwargs(
            [{"link": "https://example.com/a.png"}, {"media_id": "1003", "caption": "{{ params.price }}"}]
        )
        SendMessageOperator.partial(
            task_id="one_payload_for_all",
            payload={"messaging_product": "whatsapp", "type": "text", "text": {"body": "{{ params.code }}"}},
        ).expand(to=["{{ params.to }}"])

    native = SendTextOperator(
        task_id="native", to="{{ params.to }}", body="{{ params.price }}", preview_url="{{ params.preview }}"
    )
    nested = SendListOperator(
        task_id="nested",
        to="{{ 919876543210 }}",
        body="{{ 1 + 1 }}",
        button="{{ params.code }}",
        rows=[{"id": "{{ params.code }}", "title": "{{ params.price }}"}],
    )
    whole = SendListOperator(
        task_id="whole",
        to="{{ params.to }}",
        body="Choose",
        button="Open",
        rows="{{ ti.xcom_pull(task_ids='rows') }}",
    )
    rows() >> whole
