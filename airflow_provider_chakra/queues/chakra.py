"""WhatsApp as a message queue of Airflow's provider ``common.messaging``: its scheme is ``chakra``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.common.messaging.providers.base_provider import BaseMessageQueueProvider

if TYPE_CHECKING:
    from airflow.triggers.base import BaseEventTrigger


class ChakraMessageQueueProvider(BaseMessageQueueProvider):
    """
    Let ``MessageQueueTrigger`` watch what customers write.

    .. code-block:: python

        AssetWatcher(name="whatsapp", trigger=MessageQueueTrigger(scheme="chakra", keywords=["sales"]))

    .. seealso:: https://airflow.apache.org/docs/apache-airflow-providers-common-messaging/stable/triggers.html
    """

    scheme = "chakra"

    def trigger_class(self) -> type[BaseEventTrigger]:
        """Give the trigger, which takes all arguments of ``MessageQueueTrigger`` but its own."""
        from airflow_provider_chakra.triggers.watch import ChakraMessageTrigger

        return ChakraMessageTrigger
