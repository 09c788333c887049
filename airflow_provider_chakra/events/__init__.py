"""
What is told about messages: how far one came, and what a customer wrote. It knows neither Airflow nor HTTP.

.. code-block:: python

    from airflow_provider_chakra.events import Inbound, read_webhook

    for event in read_webhook(body):
        if isinstance(event, Inbound) and event.choice:
            print(event.choice.id)
"""

from airflow_provider_chakra.events.inbound import Choice, Inbound
from airflow_provider_chakra.events.rows import read_row, read_rows
from airflow_provider_chakra.events.status import Delivery, DeliveryStatus, Failure, Status, later
from airflow_provider_chakra.events.webhooks import read_webhook

#: What is told, in any order.
Event = Status | Inbound

__all__ = [
    "Choice",
    "Delivery",
    "DeliveryStatus",
    "Event",
    "Failure",
    "Inbound",
    "Status",
    "later",
    "read_row",
    "read_rows",
    "read_webhook",
]
