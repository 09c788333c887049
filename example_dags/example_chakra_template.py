"""
A template created, its approval awaited, and the template used: for customers who have not written lately.

A template that is there already is used as it is. WhatsApp's review takes minutes to a day; meanwhile the
sensor waits in the triggerer, without a worker. Needs the connection's ``waba_id``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.compat.sdk import DAG, Param

from airflow_provider_chakra.operators.messages import SendTemplateOperator
from airflow_provider_chakra.operators.templates import CreateTemplateOperator
from airflow_provider_chakra.sensors.templates import TemplateStatusSensor

with DAG(
    dag_id="example_chakra_template",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["example", "whatsapp"],
    params={
        "to": Param("919876543210", type="string", title="Who gets it"),
        "customer": Param("Asha", type="string", title="Who that is"),
    },
    default_args={
        "name": "parcel_on_its_way",
        "language": "en_US",
        # Where a worker is lost, or the wait ends as soon as it began.
        "retries": 3,
        "retry_delay": timedelta(seconds=30),
    },
    doc_md=__doc__,
) as dag:
    # WhatsApp's variables are left alone by Jinja.
    create = CreateTemplateOperator(
        task_id="create",
        category="UTILITY",
        parameter_format="NAMED",
        components=[
            {
                "type": "BODY",
                "text": "Dear {{customer}}, your parcel {{number}} is on its way.",
                "example": {
                    "body_text_named_params": [
                        {"param_name": "customer", "example": "Asha"},
                        {"param_name": "number", "example": "4711"},
                    ]
                },
            },
            {
                "type": "BUTTONS",
                "buttons": [
                    {
                        "type": "URL",
                        "text": "Track it",
                        "url": "https://example.com/track/{{1}}",
                        "example": ["https://example.com/track/4711"],
                    },
                    {"type": "QUICK_REPLY", "text": "I am not at home"},
                ],
            },
        ],
        if_exists="ignore",
    )

    # Most reviews are done within a minute.
    approved = TemplateStatusSensor(
        task_id="approved", poke_interval=10, timeout=timedelta(days=1).total_seconds()
    )

    send = SendTemplateOperator(
        task_id="send",
        to="{{ params.to }}",
        body={"customer": "{{ params.customer }}", "number": 4711},
        buttons=[{"url": "4711"}, {"quick_reply": "NOT AT HOME"}],
    )

    create >> approved >> send
