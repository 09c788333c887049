"""
The account and its WhatsApp plugin: what there is, and where webhooks go.

https://apidocs.chakrahq.com (Fetch Config; Partner Access). Of the plugin's configuration the title is
documented; its path and fields, and all about phone numbers and business accounts, are assumed, as
integrators use them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from airflow_provider_chakra.api.answer import Answer, unclear
from airflow_provider_chakra.api.endpoints import (
    CREATE_CONNECT_TOKEN,
    FETCH_CONFIG,
    FETCH_PLUGIN_CONFIG,
    LIST_BUSINESS_ACCOUNTS,
    LIST_PHONE_NUMBERS,
    UPDATE_PLUGIN_CONFIG,
)
from airflow_provider_chakra.api.pages import Page, Record, Records, read_page, read_record
from airflow_provider_chakra.exceptions import ChakraConfigError

if TYPE_CHECKING:
    from airflow_provider_chakra.api.resources import Resources

#: What ChakraHQ's own webhook can tell of.
WebhookEvent = Literal["message", "status", "message_echo", "smb_message_echo"]


class AccountAPI:
    """
    What belongs to the team as a whole.

    :param chakra: the client or hook to speak through.
    """

    def __init__(self, chakra: Resources) -> None:
        self._chakra = chakra

    def config(self) -> Record:
        """
        Fetch the team's configuration: its procedures, attributes, roles and more. It may be large.

        :return: the configuration.
        :raises ChakraError: if it could not be asked for.
        """
        record: Record = self._chakra.call(FETCH_CONFIG, read=read_record)
        return record

    def phone_numbers(self) -> Records:
        """
        List the phone numbers to send from.

        :return: the numbers, with ``id`` (Meta's), ``waba`` and ``displayPhoneNumber``.
        :raises ChakraError: if they could not be asked for.
        """
        page: Page = self._chakra.call(LIST_PHONE_NUMBERS, read=read_page)
        return page.rows

    def business_accounts(self) -> Records:
        """
        List the WhatsApp business accounts of the connection's plugin.

        :return: the accounts, with ``id``, ``name`` and ``chakraStatus``.
        :raises ChakraError: if they could not be asked for.
        """
        params = {"pluginId": self._chakra.ids("plugin_id")["plugin_id"]}
        page: Page = self._chakra.call(LIST_BUSINESS_ACCOUNTS, params=params, read=read_page)
        return page.rows

    def plugin_config(self) -> Record:
        """
        Fetch the configuration of the connection's plugin.

        :return: the configuration.
        :raises ChakraError: if it could not be asked for.
        """
        record: Record = self._chakra.call(FETCH_PLUGIN_CONFIG, read=read_record)
        return record

    def update_plugin_config(
        self,
        *,
        pass_through_webhook_url: str | None = None,
        message_echoes_to_pass_through: bool | None = None,
        template_events_to_pass_through: bool | None = None,
        chakra_webhook_enabled: bool | None = None,
        chakra_webhook_url: str | None = None,
        chakra_webhook_events: Sequence[WebhookEvent] | None = None,
    ) -> None:
        """
        Change where the plugin's webhooks go. What is left out stays as it is.

        :param pass_through_webhook_url: address that gets WhatsApp's events as Meta writes them.
        :param message_echoes_to_pass_through: whether it gets what people write in the phone's app, too.
        :param template_events_to_pass_through: whether it gets an event for each template that is sent, too.
        :param chakra_webhook_enabled: whether ChakraHQ's own webhook is called.
        :param chakra_webhook_url: address that gets ChakraHQ's own events.
        :param chakra_webhook_events: which of them.
        :raises ChakraConfigError: if nothing is to be changed; nothing was sent.
        :raises ChakraUnknownError: if it is unknown whether it was changed.
        :raises ChakraError: if it was not changed.
        """
        settings = {
            "passThroughWebhookUrl": pass_through_webhook_url,
            "enableMessageEchoesForPassThroughWebhook": message_echoes_to_pass_through,
            "enableSendMessageTemplateEventForPassThroughWebhook": template_events_to_pass_through,
            "enableChakraWebhook": chakra_webhook_enabled,
            "chakraWebhookUrl": chakra_webhook_url,
            "whichChakraWebhookEventsToSend": chakra_webhook_events and [*chakra_webhook_events],
        }
        settings = {name: value for name, value in settings.items() if value is not None}
        if not settings:
            raise ChakraConfigError("Nothing is to be changed: give at least one setting.")
        self._chakra.call(UPDATE_PLUGIN_CONFIG, json=settings)

    def create_connect_token(
        self,
        *,
        plugin_id: str | None = None,
        new_plugin_name: str | None = None,
        client_reference_id: str | None = None,
        client_name: str | None = None,
        client_email: str | None = None,
    ) -> str:
        """
        Create a token with which a partner's client can connect a WhatsApp business account, for an hour.

        The token is a secret: pass it to Airflow's ``mask_secret`` before anything may log it, and keep it
        out of XCom. Give either the plugin that is there, or what a new one needs.

        :param plugin_id: id of the plugin that is there.
        :param new_plugin_name: name of the plugin to be made.
        :param client_reference_id: the partner's own id of the client.
        :param client_name: name of the client.
        :param client_email: e-mail address of the client.
        :return: the token.
        :raises ChakraConfigError: if neither or both are given; nothing was sent.
        :raises ChakraUnknownError: if it is unknown whether it was made.
        :raises ChakraError: if it was not made.
        """
        if (plugin_id is None) == (new_plugin_name is None):
            raise ChakraConfigError("Give either plugin_id or new_plugin_name.")
        body = {
            "pluginId": plugin_id,
            "newPluginName": new_plugin_name,
            "clientReferenceId": client_reference_id,
            "clientName": client_name,
            "clientEmail": client_email,
        }
        body = {name: value for name, value in body.items() if value is not None}
        token: str = self._chakra.call(CREATE_CONNECT_TOKEN, json=body, read=_read_connect_token)
        return token


def _read_connect_token(answer: Answer) -> str:
    token = read_record(answer).get("connectToken")
    if not isinstance(token, str) or not token:
        raise unclear(answer, "without a connect token")
    return token
