"""A task whose retries our policy decides. For Airflow 3.3 and later."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.compat.sdk import DAG

from airflow_provider_chakra.operators.messages import SendTextOperator

try:
    from airflow_provider_chakra.retry_policy import ChakraRetryPolicy
except ImportError:
    policy = {}
else:
    policy = {"retry_policy": ChakraRetryPolicy()}

with DAG("dag_policy", schedule=None, start_date=datetime(2026, 1, 1), catchup=False) as dag:
    SendTextOperator(
        task_id="send", to="919876543210", body="Hello", retries=5, retry_delay=timedelta(hours=1), **policy
    )
