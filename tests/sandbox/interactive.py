"""Interactive messages that are right, and what is said of those that are not."""

from __future__ import annotations

from typing import Any

from .samples import buttons, interactive, without

LINK = "https://example.com/a"
IMAGE = {"type": "image", "image": {"link": LINK}}
TEXT = {"type": "text", "text": "Header"}


def named(kind: str, name: str | None = None, parameters: Any = ..., **parts: Any) -> dict[str, Any]:
    action = {"name": name or kind} | ({} if parameters is ... else {"parameters": parameters})
    return interactive(kind, action, **parts)


def bare(payload: dict[str, Any], part: str) -> dict[str, Any]:
    return payload | {"interactive": without(payload["interactive"], part)}


def cta(**changes: Any) -> dict[str, Any]:
    return named("cta_url", None, {"display_text": "Open", "url": LINK} | changes)


def flow(**changes: Any) -> dict[str, Any]:
    parameters = {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Start"} | changes
    return named("flow", None, {key: value for key, value in parameters.items() if value is not ...})


def voice(**parameters: Any) -> dict[str, Any]:
    return named("voice_call", None, parameters)


def address(**parameters: Any) -> dict[str, Any]:
    return named("address_message", None, {"country": "IN"} | parameters)


def goods(*sizes: int, **section: Any) -> list[dict[str, Any]]:
    return [
        {"title": "S", "product_items": [{"product_retailer_id": "sku"} for _ in range(size)]} | section
        for size in sizes
    ]


def product_list(sections: Any, **parts: Any) -> dict[str, Any]:
    return interactive("product_list", {"catalog_id": "1", "sections": sections}, **{"header": TEXT} | parts)


def page(index: Any = 0, **changes: Any) -> dict[str, Any]:
    action = {"name": "cta_url", "parameters": {"display_text": "Open", "url": LINK}}
    return {"card_index": index, "type": "cta_url", "header": IMAGE, "action": action} | changes


def replies(index: int, number: int = 1, title: str = "Pick") -> dict[str, Any]:
    reply = {"type": "quick_reply", "quick_reply": {"id": "i" * 300, "title": title}}
    return page(index, action={"buttons": [reply] * number})


def product(index: int, **changes: Any) -> dict[str, Any]:
    action = {"product_retailer_id": f"sku-{index}", "catalog_id": "1"} | changes
    return {"card_index": index, "type": "product", "action": action}


def carousel(*cards: Any, **parts: Any) -> dict[str, Any]:
    return interactive("carousel", {"cards": list(cards)}, **parts)


def order_details(**changes: Any) -> dict[str, Any]:
    amount = {"value": 21000, "offset": 100}
    parameters = {
        "reference_id": "42",
        "type": "digital-goods",
        "payment_settings": [],
        "currency": "INR",
        "total_amount": amount,
        "order": {"status": "pending", "items": [{"name": "Tea"}], "subtotal": amount},
    } | changes
    kept = {key: value for key, value in parameters.items() if value is not ...}
    return named("order_details", "review_and_pay", kept)


def order_status(**order: Any) -> dict[str, Any]:
    parameters = {"reference_id": "42", "order": {"status": "shipped"} | order}
    return named("order_status", "review_order", parameters)


ALL = {
    "button": buttons(("y", "Yes")),
    "cta_url": cta(),
    "flow": flow(),
    "location_request_message": named("location_request_message", "send_location"),
    "address_message": address(),
    "product": interactive("product", {"catalog_id": "1", "product_retailer_id": "sku"}),
    "product_list": product_list(goods(1)),
    "catalog_message": named("catalog_message"),
    "carousel": carousel(page(0), page(1)),
    "call_permission_request": named("call_permission_request"),
    "voice_call": named("voice_call"),
    "request_contact_info": named("request_contact_info"),
    "order_details": order_details(),
    "order_status": order_status(),
}

ACTION = "interactive['action']"
PARAMETERS = f"{ACTION}['parameters']"
HEADER = "interactive['header']"
BUTTON_TITLE = "Button title length invalid. Min length: 1, Max length: 20"
LONG_DISPLAY_TEXT = "Display text is too long. Max length is 20"


def required(where: str) -> list[str]:
    return [f"(#100) The parameter {where} is required."]


def param(where: str, said: str) -> list[str]:
    return [f"(#100) Param {where} {said}"]


def unexpected(key: str, where: str) -> list[str]:
    return [f'(#100) Unexpected key "{key}" on param "{where}".']
