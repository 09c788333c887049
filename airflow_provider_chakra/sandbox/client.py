"""A small handle on a running sandbox. It needs nothing but the standard library."""

from __future__ import annotations

import json
from typing import Any

from airflow_provider_chakra.sandbox.customer_caller import CustomerCaller
from airflow_provider_chakra.sandbox.platform.handle import PlatformCaller
from airflow_provider_chakra.sandbox.webhooks.handle import WebhookCaller
from airflow_provider_chakra.sandbox.whatsapp_caller import WhatsAppCaller


class Sandbox(WhatsAppCaller, CustomerCaller, WebhookCaller, PlatformCaller):
    """
    A running sandbox, looked into and steered over its control API.

    :param url: where it listens, such as ``http://127.0.0.1:8765``.
    :param account: the account it knows; the one of :mod:`.defaults` if there is none.
    """

    @property
    def token(self) -> str:
        """The bearer token that is let in."""
        return self.account.token

    @property
    def plugin_id(self) -> str:
        """The WhatsApp plugin it knows."""
        return self.account.plugin_id

    @property
    def phone_number_id(self) -> str:
        """Meta's id of the sending number it knows."""
        return self.account.phone_number_id

    @property
    def waba_id(self) -> str:
        """The WhatsApp business account of that number."""
        return self.account.waba_id

    @property
    def messages_url(self) -> str:
        """The address that messages are posted to."""
        return f"{self.url}/v1/ext/plugin/whatsapp/{self.plugin_id}/api/v23.0/{self.phone_number_id}/messages"

    def messages(self) -> list[dict[str, Any]]:
        """Give the accepted messages, oldest first."""
        found: list[dict[str, Any]] = self._ask("GET", "messages")
        return found

    def requests(self) -> list[dict[str, Any]]:
        """Give every request to the API, refused ones too, oldest first."""
        found: list[dict[str, Any]] = self._ask("GET", "requests")
        return found

    def conversation(self) -> str:
        """Draw the accepted messages as phones would show them."""
        return self._call("GET", "conversation")

    def reset(self) -> None:
        """Make the sandbox forget everything, call off what is to come, and set its clock right."""
        self._call("POST", "reset")

    def fault(self, **fault: Any) -> None:
        """
        Make something go wrong with the next request.

        :param fault: what goes wrong, as :class:`.faults.Fault` lists it: ``fault(status=503)``,
            ``fault(close="after")``, ``fault(times=3, errors=["(#130429) Rate limit hit"], status=400)``.
        :raises ValueError: if there is no such fault.
        """
        self._call("POST", "faults", fault)

    def faults(self) -> list[dict[str, Any]]:
        """Give the faults still to come."""
        found: list[dict[str, Any]] = self._ask("GET", "faults")
        return found

    def clear_faults(self) -> None:
        """Call off the faults still to come."""
        self._call("DELETE", "faults")

    def connection(self, **extra: str) -> dict[str, Any]:
        """
        Describe the sandbox as an Airflow connection.

        :param extra: more extras, such as ``webhook_secret``.
        """
        return {
            "conn_type": "chakra",
            "host": self.url,
            "password": self.token,
            "extra": {
                "plugin_id": self.plugin_id,
                "phone_number_id": self.phone_number_id,
                "waba_id": self.waba_id,
                **extra,
            },
        }

    def environment(self, conn_id: str = "chakra_default", **extra: str) -> dict[str, str]:
        """
        Give the environment variable that makes the sandbox known to Airflow.

        :param conn_id: the name of the connection.
        :param extra: as for :meth:`connection`.
        """
        return {f"AIRFLOW_CONN_{conn_id.upper()}": json.dumps(self.connection(**extra))}
