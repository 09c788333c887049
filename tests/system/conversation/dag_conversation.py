"""Conversations, once by each way in which answers come back: ChakraHQ is asked, or tells."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.hitl import ApprovalOperator as HITLApprovalOperator
from airflow.sdk import DAG

from airflow_provider_chakra.notifications.hitl import ChakraHITLNotifier
from airflow_provider_chakra.operators.asking import ApprovalOperator, AskBranchOperator
from airflow_provider_chakra.operators.messages import SendTextOperator

ASHA, BRUNO, CHLOE = "919876543210", "919876543211", "919876543212"


POLLING: dict[str, Any] = {"chakra_conn_id": "chakra_polling", "poke_interval": 1}
# So long that whatever is found soon was told by a webhook.
WEBHOOKS: dict[str, Any] = {"chakra_conn_id": "chakra_webhooks", "poke_interval": 600}

for way, arguments in (("polling", POLLING), ("webhooks", WEBHOOKS)):
    with DAG(f"dag_parcel_{way}", schedule=None, default_args=arguments):
        tell = SendTextOperator(task_id="tell", to=ASHA, body="Your parcel is here.", wait_for="delivered")
        ask = AskBranchOperator(
            task_id="ask",
            to=ASHA,
            question="When shall we bring it?",
            button="See times",
            options={"am": "8 to 12", "pm": "12 to 18", "late": "18 to 21", "shop": "I'll pick it up"},
            branches={"am": "bring", "pm": "bring", "late": "bring", "shop": "keep"},
        )
        bring = SendTextOperator(
            task_id="bring",
            to=ASHA,
            body="We come from {{ ti.xcom_pull('ask', key='answer')['text'] }}.",
        )
        keep = SendTextOperator(task_id="keep", to=ASHA, body="We keep it at the shop.")
        tell >> ask >> [bring, keep]

with DAG("dag_approval", schedule=None, default_args=POLLING):
    ApprovalOperator(task_id="approve", to=[ASHA, BRUNO], question="Shall 4711.00 be paid?")

with DAG("dag_silence", schedule=None, default_args=WEBHOOKS):
    AskBranchOperator(
        task_id="ask",
        to=CHLOE,
        question="May we call you?",
        options={"call": "Please do", "write": "Rather write"},
        answer_timeout=2,
        on_silence="continue",
        default="write",
    ) >> [EmptyOperator(task_id="call"), EmptyOperator(task_id="write")]

with DAG("dag_request", schedule=None):
    HITLApprovalOperator(
        task_id="approve",
        subject="Shall the offer go out?",
        notifiers=ChakraHITLNotifier(
            to=ASHA, chakra_conn_id="chakra_polling", base_url="https://airflow.example.com"
        ),
    ) >> EmptyOperator(task_id="send")
