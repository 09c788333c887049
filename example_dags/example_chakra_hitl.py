"""
A message to customers that goes out only if somebody on WhatsApp said so. For Airflow 3.1 and later.

Who approves gets a message with a button, which opens the request in Airflow: there they approve or reject.
Outside of WhatsApp's 24-hour window the template ``approval_needed`` goes instead; its button leads to
``https://airflow.example.com/{{1}}``. Nobody answers within a day: nothing is sent.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.compat.sdk import DAG, Param
from airflow.providers.standard.operators.hitl import ApprovalOperator

from airflow_provider_chakra.notifications.hitl import ChakraHITLNotifier
from airflow_provider_chakra.operators.messages import SendTextOperator

with DAG(
    dag_id="example_chakra_hitl",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["example", "whatsapp"],
    params={
        "approvers": Param(["919876543210", "919876543211"], type="array", title="Who is asked"),
        "to": Param("919876543212", type="string", title="Who gets the message"),
        "offer": Param("Monsoon sale: 20 % off until Sunday.", type="string", title="The message"),
    },
    # A retry tells nobody again whose button still leads to the open request.
    default_args={"retries": 3, "retry_delay": timedelta(seconds=30)},
    doc_md=__doc__,
) as dag:
    approve = ApprovalOperator(
        task_id="approve",
        subject="Send the offer?",
        body="{{ params.offer }}",
        response_timeout=timedelta(days=1),
        defaults="Reject",
        notifiers=ChakraHITLNotifier(
            to="{{ params.approvers | tojson }}",
            template={
                "name": "approval_needed",
                "language": "en",
                "body": ["{{ task.subject }}"],
                "buttons": [{"url": "{{ link_path }}"}],
            },
            # base_url= is needed where base_url in section [api] of Airflow's configuration is missing, or is
            # no address by which the phones of those who are asked reach Airflow.
        ),
    )
    approve >> SendTextOperator(task_id="send", to="{{ params.to }}", body="{{ params.offer }}")
