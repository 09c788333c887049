"""
The account and its WhatsApp plugin: what there is, and where webhooks go.

https://apidocs.chakrahq.com (Fetch Config; Fetch and Update WhatsApp plugin configuration) is known by the
fields of the update and the names of the configuration's parts: what is in them is assumed, or what
integrators read.
"""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response

from airflow_provider_chakra.sandbox.answers import check_plugin, envelope, read_object
from airflow_provider_chakra.sandbox.defaults import Account
from airflow_provider_chakra.sandbox.memory import Memory
from airflow_provider_chakra.sandbox.platform.team import NAME, ROLES

_URLS: Final = ("passThroughWebhookUrl", "chakraWebhookUrl")
_SWITCHES: Final = (
    "enableMessageEchoesForPassThroughWebhook",
    "enableSendMessageTemplateEventForPassThroughWebhook",
    "enableChakraWebhook",
)
_EVENTS: Final = "whichChakraWebhookEventsToSend"
_EVENT_NAMES: Final = ("message", "status", "message_echo", "smb_message_echo")
_LEAD_ATTRIBUTES: Final = ("name", "phone_number", "email")


def account_routes(account: Account, memory: Memory) -> APIRouter:
    """
    Build the routes that tell what there is, and the one that sets up webhooks.

    :param account: the account the sandbox knows.
    :param memory: the sandbox's memory.
    """
    routes = APIRouter()
    plugin = {"id": account.plugin_id, "type": "whatsapp", "name": NAME, "isActive": True}
    business = {"id": account.waba_id, "name": NAME, "chakraStatus": "CONNECTED"}
    number = {"id": account.phone_number_id, "waba": account.waba_id}

    @routes.get("/v1/health")
    async def health() -> Response:
        return envelope({"status": "ok"})

    @routes.get("/v1/ext/config")
    async def config() -> Response:
        procedures = memory.platform.procedures.values()
        return envelope(
            {
                "team": {"name": NAME},
                "plugins": [plugin],
                "entities": [],
                "procedures": [
                    {"id": procedure.id, "shortId": procedure.short_id, "primaryKey": procedure.primary_key}
                    for procedure in procedures
                ],
                "attributes": [
                    {"shortId": short_id, "procedure": procedure.short_id}
                    for procedure in procedures
                    for short_id in _attributes(procedure.short_id, procedure.primary_key)
                ],
                "roles": ROLES,
            }
        )

    @routes.get("/v1/ext/plugin/whatsapp/{plugin_id}/config")
    async def plugin_config(plugin_id: str) -> Response:
        check_plugin(account, plugin_id)
        return envelope(
            {
                "id": account.plugin_id,
                "isActive": True,
                "whatsappBusinessAccounts": [business],
                "whatsappPhoneNumbers": [number],
            }
            | memory.platform.plugin_settings
        )

    @routes.post("/v1/ext/plugin/whatsapp/{plugin_id}/update-config")
    async def update_config(plugin_id: str, request: Request) -> Response:
        check_plugin(account, plugin_id)
        change = await read_object(request)
        _check(change)
        memory.platform.plugin_settings.update(change)
        return envelope({"success": True})

    @routes.get("/v1/ext/whatsapp-phone-number")
    async def phone_numbers() -> Response:
        return envelope([number])

    @routes.get("/v1/ext/whatsapp-business-account")
    async def business_accounts(request: Request) -> Response:
        check_plugin(account, request.query_params.get("pluginId", account.plugin_id))
        return envelope([business])

    return routes


def _attributes(short_id: str, primary_key: str | None) -> tuple[str, ...]:
    if short_id == "lead":
        return _LEAD_ATTRIBUTES
    return () if primary_key is None else (primary_key,)


def _check(change: dict[str, Any]) -> None:
    for name, value in change.items():
        if name in _URLS:
            right = value is None or (isinstance(value, str) and value.startswith(("http://", "https://")))
            kind = "an address, or null"
        elif name in _SWITCHES:
            right, kind = isinstance(value, bool), "true or false"
        elif name == _EVENTS:
            right = isinstance(value, list) and all(event in _EVENT_NAMES for event in value)
            kind = f"a list of {', '.join(_EVENT_NAMES)}"
        else:
            raise HTTPException(400, f"{name} is not a setting of the plugin")
        if not right:
            raise HTTPException(400, f"{name} must be {kind}")
