"""A right payload of every kind, with most of what it can have: to be changed one field at a time."""

from __future__ import annotations

from typing import Any

from tests.messages import interactive
from tests.messages.payloads import GROUP, LINK, WAMID, template, whole

_PARAMETERS = [
    {"type": "text", "text": "Asha", "parameter_name": "name"},
    {
        "type": "currency",
        "currency": {"fallback_value": "$1", "code": "USD", "amount_1000": 1000},
        "parameter_name": "price_1",
    },
    {"type": "date_time", "date_time": {"fallback_value": "11 Sept"}, "parameter_name": "day"},
]
_PLACE = {"latitude": 12.97, "longitude": "77.59", "name": "Office", "address": "MG Road"}
_PRODUCT = {"catalog_id": "1", "product_retailer_id": "sku"}
_TAP_TARGET = "tap_target_configuration"


def header(kind: str, content: Any) -> dict[str, Any]:
    """Make the header of a template."""
    return {"type": "header", "parameters": [{"type": kind, kind: content}]}


def button(sub_type: str, kind: str, content: Any, index: Any = 0) -> dict[str, Any]:
    """Make a button of a template."""
    parameters = [{"type": kind, kind: content}]
    return {"type": "button", "sub_type": sub_type, "index": index, "parameters": parameters}


def section(count: int, **title: str) -> dict[str, Any]:
    """Make a section of a template's button with products."""
    return title | {"product_items": [{"product_retailer_id": f"sku-{number}"} for number in range(count)]}


def _card(index: int) -> dict[str, Any]:
    body = {"type": "body", "parameters": [{"type": "text", "text": "x"}]}
    reply = button("quick_reply", "payload", "A")
    return {"card_index": index, "components": [header("image", {"id": "1"}), body, reply]}


_TEMPLATES = {
    "template": template(
        header("text", "x"),
        {"type": "body", "parameters": _PARAMETERS},
        button("quick_reply", "payload", "STOP"),
        button("url", "text", "track/42", index="1"),
        button("copy_code", "coupon_code", "SAVE20", index=2),
        button("flow", "action", {"flow_token": "t", "flow_action_data": {"a": [1]}}, index=3),
        button("catalog", "action", {"thumbnail_product_retailer_id": "sku"}, index=4),
        button(
            "mpm",
            "action",
            {
                "thumbnail_product_retailer_id": "sku",
                "sections": [section(2, title="A"), section(1, title="B")],
            },
            index=5,
        ),
        language={"code": "en_US", "policy": "deterministic"},
    ),
    "template body": template({"type": "body", "parameters": [{"type": "text", "text": "x"}]}),
    "template image": template(header("image", {"link": LINK})),
    "template video": template(header("video", {"id": "1"})),
    "template gif": template(header("gif", {"id": "1"})),
    "template document": template(header("document", {"id": "1", "filename": "a.pdf"})),
    "template location": template(header("location", _PLACE)),
    "template product": template(header("product", _PRODUCT)),
    "template offer": template(
        {
            "type": "limited_time_offer",
            "parameters": [
                {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1790000000000}}
            ],
        }
    ),
    "template tap target": template(
        {
            "type": _TAP_TARGET,
            "parameters": [{"type": _TAP_TARGET, _TAP_TARGET: [{"url": LINK, "title": "T"}]}],
        }
    ),
    "template carousel": template({"type": "carousel", "cards": [_card(0), _card(1)]}),
}

#: Whole payloads by a name of their own.
EXAMPLES: dict[str, dict[str, Any]] = {
    "text": whole(
        "text",
        {"body": "Hello", "preview_url": True},
        recipient_type="individual",
        recipient="IN.1349",
        context={"message_id": WAMID},
        biz_opaque_callback_data="42",
        recipient_identity_key_hash="abc=",
    ),
    "text to a group": whole("text", {"body": "Hello"}, to=GROUP, recipient_type="group"),
    "image": whole("image", {"id": "1", "caption": "C"}),
    "image link": whole("image", {"link": LINK}),
    "video": whole("video", {"id": "1", "caption": "C"}),
    "audio": whole("audio", {"id": "1", "voice": True}),
    "document": whole("document", {"id": "1", "caption": "C", "filename": "a.pdf"}),
    "sticker": whole("sticker", {"id": "1"}),
    "location": whole("location", _PLACE),
    "contacts": whole(
        "contacts",
        [
            {
                "name": {
                    "formatted_name": "Asha Rao",
                    "first_name": "Asha",
                    "last_name": "Rao",
                    "middle_name": "B.",
                    "suffix": "Jr.",
                    "prefix": "Dr.",
                },
                "phones": [{"phone": "+91 98765 43210", "type": "Landline", "wa_id": "919876543210"}],
                "emails": [{"email": "a@example.com", "type": "WORK"}],
                "urls": [{"url": LINK, "type": "HOME"}],
                "addresses": [{"street": "1 MG Road", "city": "Pune", "state": "MH", "zip": "411001"}],
                "org": {"company": "Example", "department": "Ops", "title": "Lead"},
                "birthday": "2000-02-29",
            }
        ],
    ),
    "reaction": whole("reaction", {"message_id": WAMID, "emoji": "👍"}),
    "pin": whole(
        "pin",
        {"type": "pin", "message_id": WAMID, "expiration_days": 7},
        to=GROUP,
        recipient_type="group",
    ),
    "unpin": whole("pin", {"type": "unpin", "message_id": WAMID}, to=GROUP, recipient_type="group"),
    "receipt": {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": WAMID,
        "typing_indicator": {"type": "text"},
    },
    **_TEMPLATES,
    **{name: interactive.whole(content) for name, content in interactive.ALL.items()},
}
