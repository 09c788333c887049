"""
A reminder for each order that is not paid: rows of a database, one template a customer.

Most of these customers did not write within the last 24 hours, so only a template may be sent. The connection
``orders_db`` is any database that Airflow's ``SQLExecuteQueryOperator`` knows, with a table ``orders``; the
template ``payment_reminder`` has three variables in its body, and a button that opens a page.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from airflow.providers.common.compat.sdk import DAG
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

from airflow_provider_chakra.operators.messages import SendTemplateOperator


def to_arguments(row: list[Any]) -> dict[str, Any]:
    """
    Make the arguments of one reminder.

    :param row: number, phone, name and amount of an order.
    :return: arguments of :class:`SendTemplateOperator`.
    """
    number, phone, name, amount = row
    return {
        "to": phone,
        "body": [name, number, f"{amount:.2f}"],
        "buttons": [{"url": f"orders/{number}"}],
        # Comes back with each delivery status.
        "callback_data": f"order-{number}",
    }


with DAG(
    dag_id="example_chakra_orders",
    schedule="0 10 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["example", "whatsapp"],
    doc_md=__doc__,
) as dag:
    unpaid = SQLExecuteQueryOperator(
        task_id="unpaid",
        conn_id="orders_db",
        sql="SELECT number, phone, name, amount FROM orders WHERE paid = 0 ORDER BY number",
    )
    SendTemplateOperator.partial(
        task_id="remind",
        name="payment_reminder",
        language="en",
        max_active_tis_per_dagrun=4,
        retries=3,
        retry_delay=timedelta(minutes=1),
        retry_exponential_backoff=True,
    ).expand_kwargs(unpaid.output.map(to_arguments))
