"""ChakraHQ's side of the conversation: its paths, its envelope, its refusals."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any, Final

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from airflow_provider_chakra.sandbox.chats import list_chat
from airflow_provider_chakra.sandbox.control import control_routes
from airflow_provider_chakra.sandbox.defaults import Account
from airflow_provider_chakra.sandbox.memory import Memory, new_wamid, now, parse_json, recipient_of
from airflow_provider_chakra.sandbox.rules import is_receipt, judge
from airflow_provider_chakra.sandbox.wire import Wire

_API_VERSION: Final = re.compile(r"v[0-9]{1,2}\.[0-9]")


def create_app(account: Account | None = None) -> FastAPI:
    """
    Build a sandbox with a memory of its own.

    :param account: the account it knows; the one of :mod:`.defaults` if there is none.
    """
    account = account or Account()
    memory = Memory()
    app = FastAPI(
        title="ChakraHQ sandbox", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    app.add_middleware(Wire, memory=memory, token=account.token)
    app.add_exception_handler(StarletteHTTPException, _refuse)
    app.include_router(_api_routes(account, memory))
    app.include_router(control_routes(memory))
    return app


def _envelope(content: dict[str, Any], status: int = 200, headers: Any = None) -> Response:
    return Response(json.dumps(content), status, headers, media_type="application/json")


def _refuse(_: Request, error: Exception) -> Response:
    # The signature is Starlette's; it is registered for this one class.
    assert isinstance(error, StarletteHTTPException)  # ruff: ignore[assert]
    return _envelope({"_data": [], "_errors": [error.detail]}, error.status_code, error.headers)


def _check_token(request: Request) -> None:
    record = request.state.record
    if not record["authorized"]:
        reason = "invalid" if "authorization" in record["headers"] else "missing"
        raise HTTPException(401, f"UNAUTHORIZED: the access token is {reason}")


def _api_routes(account: Account, memory: Memory) -> APIRouter:
    routes = APIRouter(prefix="/v1", dependencies=[Depends(_check_token)])

    def check_plugin(plugin_id: str) -> None:
        if plugin_id != account.plugin_id:
            raise HTTPException(404, f"Plugin {plugin_id} not found")

    @routes.get("/health")
    async def health() -> Response:
        return _envelope({"_data": {"status": "ok"}})

    @routes.get("/ext/config")
    async def config() -> Response:
        plugin = {"id": account.plugin_id, "type": "whatsapp", "name": "Sandbox", "isActive": True}
        return _envelope({"_data": {"team": {"name": "Sandbox"}, "plugins": [plugin]}})

    @routes.get("/ext/plugin/whatsapp/{plugin_id}/config")
    async def plugin_config(plugin_id: str) -> Response:
        check_plugin(plugin_id)
        data = {
            "id": account.plugin_id,
            "isActive": True,
            "whatsappBusinessAccounts": [{"id": account.waba_id, "chakraStatus": "CONNECTED"}],
            "whatsappPhoneNumbers": [{"id": account.phone_number_id, "waba": account.waba_id}],
        }
        return _envelope({"_data": data})

    @routes.post("/ext/plugin/whatsapp/list-chat-messages-for-phone-number")
    async def chat(request: Request) -> Response:
        try:
            listed = list_chat(memory.messages, parse_json(await request.body()))
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        return _envelope({"_data": listed, "_meta": {}})

    @routes.post("/ext/plugin/whatsapp/{plugin_id}/api/{api_version}/{phone_number_id}/messages")
    async def send(plugin_id: str, api_version: str, phone_number_id: str, request: Request) -> Response:
        check_plugin(plugin_id)
        if not _API_VERSION.fullmatch(api_version):
            raise HTTPException(400, f"Invalid WhatsApp API version: {api_version}")
        try:
            payload = parse_json(await request.body())
        except ValueError as error:
            raise HTTPException(400, f"The request body is not valid JSON: {error}") from error
        if phone_number_id != account.phone_number_id:
            raise HTTPException(
                400,
                f"(#100) Unsupported post request. Object with ID '{phone_number_id}' does not exist, "
                "cannot be loaded due to missing permissions, or does not support this operation",
            )
        refusals = judge(payload)
        if refusals:
            # WhatsApp names the first fault it meets, and ChakraHQ loses its details; the record has it all.
            request.state.record["refusals"] = [asdict(refusal) for refusal in refusals]
            raise HTTPException(400, refusals[0].text)
        if is_receipt(payload):
            return _envelope({"_data": {"success": True}})
        recipient = recipient_of(payload)
        wamid = request.state.record["wamid"] = new_wamid(recipient)
        memory.messages.append(
            {
                "wamid": wamid,
                "recipient": recipient,
                "type": payload.get("type", "text"),
                "payload": payload,
                "plugin_id": plugin_id,
                "phone_number_id": phone_number_id,
                "api_version": api_version,
                "received_at": now(),
                "user_agent": request.headers.get("user-agent"),
            }
        )
        return _envelope({"_data": {"whatsappMessageId": wamid}})

    return routes
