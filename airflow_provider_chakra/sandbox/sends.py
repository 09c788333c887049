"""Sending through the pass-through to WhatsApp's own messages endpoint."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response

from airflow_provider_chakra.sandbox.answers import (
    check_plugin,
    check_version,
    envelope,
    no_such_object,
    read_json,
)
from airflow_provider_chakra.sandbox.chats import RE_ENGAGEMENT
from airflow_provider_chakra.sandbox.defaults import Account
from airflow_provider_chakra.sandbox.entries import Entry, text_of
from airflow_provider_chakra.sandbox.memory import Memory, new_wamid, recipient_of
from airflow_provider_chakra.sandbox.refusals import Refusal
from airflow_provider_chakra.sandbox.rules import is_receipt, judge
from airflow_provider_chakra.sandbox.templates.filled import filled_text
from airflow_provider_chakra.sandbox.templates.fit import misfits


def send_routes(account: Account, memory: Memory) -> APIRouter:
    """
    Build the route that messages and read receipts are posted to.

    :param account: the account the sandbox knows.
    :param memory: the sandbox's memory.
    """
    routes = APIRouter(prefix="/v1/ext/plugin/whatsapp/{plugin_id}")

    @routes.post("/api/{api_version}/{phone_number_id}/messages")
    async def send(plugin_id: str, api_version: str, phone_number_id: str, request: Request) -> Response:
        check_plugin(account, plugin_id)
        check_version(api_version)
        payload = await read_json(request)
        check_sender(account, phone_number_id)
        if is_receipt(payload):
            _refuse_for(judge(payload), request)
            memory.chats.receipts.append(
                {
                    "message_id": payload["message_id"],
                    "typing_indicator": "typing_indicator" in payload,
                    "received_at": memory.clock.stamp(),
                }
            )
            return envelope({"success": True})
        return envelope({"whatsappMessageId": take(payload, account, memory, request, api_version).wamid})

    return routes


def check_sender(account: Account, phone_number_id: str) -> None:
    """
    Let through the one sending number there is.

    :raises HTTPException: 400 for any other.
    """
    if phone_number_id != account.phone_number_id:
        raise HTTPException(400, f"(#100) {no_such_object(phone_number_id)}")


def take(
    payload: Any, account: Account, memory: Memory, request: Request, api_version: str | None = None
) -> Entry:
    """
    Take a message, or refuse it.

    :param payload: the message, in WhatsApp's shape.
    :param account: whose sending number it goes out from.
    :param memory: the sandbox's memory.
    :param request: the request that brought it.
    :param api_version: the version of WhatsApp's API that was asked for, where there is one.
    :return: the message as it stands in its chat.
    :raises HTTPException: 400 in WhatsApp's words, if it is not taken.
    """
    _refuse_for(judge(payload), request)
    kind, recipient = payload.get("type", "text"), recipient_of(payload)
    text = text_of(payload)
    if kind == "template":
        content = payload["template"]
        _refuse_for(list(misfits(memory.templates, content)), request)
        template = memory.templates.find(content["name"], content["language"]["code"])
        text = filled_text(template, content, "body") if template else ""
    if memory.chats.refuses(recipient, kind):
        details = "More than 24 hours have passed since the customer last wrote"
        _refuse_for([Refusal(131047, RE_ENGAGEMENT, details)], request)
    wamid = request.state.record["wamid"] = new_wamid(recipient)
    memory.messages.append(
        {
            "wamid": wamid,
            "recipient": recipient,
            "type": kind,
            "payload": payload,
            "plugin_id": account.plugin_id,
            "phone_number_id": account.phone_number_id,
            "api_version": api_version,
            "received_at": memory.clock.stamp(),
            "user_agent": request.headers.get("user-agent"),
        }
    )
    return memory.chats.sent(wamid, recipient, payload, text)


def _refuse_for(refusals: list[Refusal], request: Request) -> None:
    if refusals:
        # WhatsApp names the first fault it meets, and ChakraHQ loses its details; the record has it all.
        request.state.record["refusals"] = [asdict(refusal) for refusal in refusals]
        raise HTTPException(400, refusals[0].text)
