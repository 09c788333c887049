"""
Sending a template in ChakraHQ's own way.

https://apidocs.chakrahq.com (Send WhatsApp Template Message For A Phone Number, Send WhatsApp Template
Message For Process). Assumptions: what WhatsApp refuses is told as by the pass-through; without a
``language`` the template has just one, and ``en`` stands for it where the sandbox knows no templates; the
entries of ``buttonMapping`` fill the buttons that need a value, in their order; a process's customer is its
``phone_number`` or ``phoneNumber``, and a process without one is refused with HTTP 400.
"""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response

from airflow_provider_chakra.sandbox.answers import check_plugin, envelope, read_object
from airflow_provider_chakra.sandbox.chat_routes import message_row
from airflow_provider_chakra.sandbox.defaults import Account
from airflow_provider_chakra.sandbox.memory import Memory
from airflow_provider_chakra.sandbox.sends import check_sender, take
from airflow_provider_chakra.sandbox.templates.parts import buttons_of, needs_value
from airflow_provider_chakra.sandbox.templates.store import Template, Templates

_TEXTS: Final = (
    "imageUrl",
    "videoUrl",
    "documentUrl",
    "filename",
    "locationName",
    "locationAddress",
    "language",
    "otpCode",
)


def chakra_send_routes(account: Account, memory: Memory) -> APIRouter:
    """
    Build the routes that ChakraHQ's own template messages are posted to.

    :param account: the account the sandbox knows.
    :param memory: the sandbox's memory.
    """
    routes = APIRouter(prefix="/v1/ext/plugin/whatsapp/{plugin_id}")

    def send(plugin_id: str, number: str, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        payload = _as_whatsapp_has_it(body, number, memory.templates)
        entry = take(payload, account, memory, request)
        chat = memory.chats.id_of(entry.contact)
        row = message_row(entry, chat, memory.clock.now(), str(request.base_url))
        template = memory.templates.find(body["templateName"], payload["template"]["language"]["code"])
        return row | {
            "context": {
                "contactIdentifier": entry.contact,
                "messageTemplateId": template["id"] if template else None,
            },
            "source": {"sourceId": None, "sourceType": "API"},
            "plugin": plugin_id,
            **dict.fromkeys(
                ("adhocAgent", "team", "contact", "user", "procedure", "process", "campaign", "inReplyTo")
            ),
        }

    @routes.post("/phoneNumber/{phone_number}/send-template-message")
    async def to_number(plugin_id: str, phone_number: str, request: Request) -> Response:
        check_plugin(account, plugin_id)
        body = await _read_body(account, request)
        if not phone_number.isdecimal():
            raise HTTPException(400, "phoneNumber must be digits with the country code, without a plus")
        return envelope(send(plugin_id, phone_number, request, body))

    @routes.post("/process/{procedure}/{process}/send-template-message")
    async def to_process(plugin_id: str, procedure: str, process: str, request: Request) -> Response:
        check_plugin(account, plugin_id)
        body = await _read_body(account, request)
        record = memory.platform.procedure(procedure).by_either(process)
        number = record["data"].get("phone_number") or record["data"].get("phoneNumber")
        if not number:
            raise HTTPException(400, "The process has no phone number")
        digits = "".join(char for char in str(number) if char.isdecimal())
        sent = send(plugin_id, digits, request, body)
        return envelope(sent | {"procedure": procedure, "process": record["id"]})

    return routes


async def _read_body(account: Account, request: Request) -> dict[str, Any]:
    body = await read_object(request)
    for name in ("whatsappPhoneNumberId", "templateName"):
        if not isinstance(body.get(name), str) or not body[name]:
            raise HTTPException(400, f"{name} is required")
    for name in _TEXTS:
        if name in body and not isinstance(body[name], str):
            raise HTTPException(400, f"{name} must be a string")
    for name in ("locationLatitude", "locationLongitude"):
        if name in body and (not isinstance(body[name], int | float) or isinstance(body[name], bool)):
            raise HTTPException(400, f"{name} must be a number")
    for name in ("mapping", "headerMapping", "buttonMapping"):
        _check_mapping(name, body.get(name, []))
    check_sender(account, body["whatsappPhoneNumberId"])
    return body


def _check_mapping(name: str, rows: object) -> None:
    keys = {"schemaPropertyName", "schemaPropertyValue"}
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and keys <= set(row) and all(isinstance(row[key], str) for key in keys)
        for row in rows
    ):
        raise HTTPException(
            400,
            f"{name} must be an array of objects with schemaPropertyName and schemaPropertyValue as strings",
        )


def _as_whatsapp_has_it(body: dict[str, Any], number: str, templates: Templates) -> dict[str, Any]:
    """Write what ChakraHQ would send on to WhatsApp."""
    language = body.get("language") or _only_language(templates.named(body["templateName"]))
    template = templates.find(body["templateName"], language)
    components = [*_header(body), *_body(body), *_buttons(body, template)]
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": number,
        "type": "template",
        "template": {
            "name": body["templateName"],
            "language": {"policy": "deterministic", "code": language},
            "components": components,
        },
    }


def _only_language(found: list[Template]) -> str:
    if len(found) > 1:
        raise HTTPException(400, "language is required, as the template exists in several languages")
    return str(found[0]["language"]) if found else "en"


def _texts(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    if all(row["schemaPropertyName"].isdecimal() for row in rows):
        rows = sorted(rows, key=lambda row: int(row["schemaPropertyName"]))
        return [{"type": "text", "text": row["schemaPropertyValue"]} for row in rows]
    return [
        {"type": "text", "parameter_name": row["schemaPropertyName"], "text": row["schemaPropertyValue"]}
        for row in rows
    ]


def _header(body: dict[str, Any]) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = list(_texts(body.get("headerMapping", [])))
    for kind in ("image", "video", "document"):
        if f"{kind}Url" in body:
            media = {"link": body[f"{kind}Url"]}
            if kind == "document" and "filename" in body:
                media["filename"] = body["filename"]
            parameters.append({"type": kind, kind: media})
    place = {
        key.removeprefix("location").lower(): body[key]
        for key in ("locationLatitude", "locationLongitude", "locationName", "locationAddress")
        if key in body
    }
    if place:
        parameters.append({"type": "location", "location": place})
    return [{"type": "header", "parameters": parameters}] if parameters else []


def _body(body: dict[str, Any]) -> list[dict[str, Any]]:
    parameters = _texts(body.get("mapping", []))
    if "otpCode" in body and not parameters:
        parameters = [{"type": "text", "text": body["otpCode"]}]
    return [{"type": "body", "parameters": parameters}] if parameters else []


def _buttons(body: dict[str, Any], template: Template | None) -> list[dict[str, Any]]:
    values = [row["schemaPropertyValue"] for row in body.get("buttonMapping", [])]
    if "otpCode" in body and not values:
        values = [body["otpCode"]]
    places = [(index, "URL") for index in range(len(values))]
    if template is not None:
        buttons = enumerate(buttons_of(template))
        places = [(index, button["type"]) for index, button in buttons if needs_value(button)]
    return [
        {
            "type": "button",
            "sub_type": kind.lower(),
            "index": str(index),
            "parameters": [
                {"type": "coupon_code", "coupon_code": value}
                if kind == "COPY_CODE"
                else {"type": "text", "text": value}
            ],
        }
        for (index, kind), value in zip(places, values, strict=False)
    ]
