"""Webhooks in the two dialects, and what stands in them."""

from __future__ import annotations

from typing import Any

PHONE = "919876543210"
USER_ID = "IN.13491208655302741918"
WAMID = "wamid.in"
SECONDS = "1795345200"
AT = "2026-11-22T11:00:00+00:00"


def whatsapp(field: str = "messages", **value: Any) -> dict[str, Any]:
    """Put what WhatsApp tells into its envelope."""
    metadata = {"display_phone_number": "15550123456", "phone_number_id": "106540352242922"}
    change = {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [change]}]}


def chakra(event: str, **payload: Any) -> dict[str, Any]:
    """Put what ChakraHQ tells into its envelope."""
    return {"event": event, "payload": {"wabaId": "102290129340398", **payload}}


def message(kind: str, content: Any = None, **fields: Any) -> dict[str, Any]:
    """Make a message of a customer's."""
    told = {"from": PHONE, "id": WAMID, "timestamp": SECONDS, "type": kind}
    return told | ({} if content is None else {kind: content}) | fields


#: A file as WhatsApp tells it.
FILE = {"id": "17", "url": "https://example.org/17", "mime_type": "image/png", "sha256": "abc="}
SAME_FILE = {"id": "17", "link": "https://example.org/17", "mime_type": "image/png", "sha256": "abc="}

#: Each inbound type: the message, and the parts that are read from it.
INBOUND: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (message("text", {"body": "Yes, please"}), {"text": "Yes, please"}),
    (message("image", FILE | {"caption": "A leak"}), {"text": "A leak", "media": SAME_FILE}),
    (message("audio", FILE | {"voice": True}), {"media": SAME_FILE}),
    (message("video", FILE), {"media": SAME_FILE}),
    (message("sticker", FILE | {"animated": False}), {"media": SAME_FILE}),
    (message("document", FILE | {"filename": "a.pdf"}), {"media": SAME_FILE | {"filename": "a.pdf"}}),
    (
        message(
            "location", {"latitude": 0, "longitude": 77.5, "name": "Office", "url": "https://example.org"}
        ),
        {"location": {"latitude": 0.0, "longitude": 77.5, "name": "Office"}},
    ),
    (
        message("contacts", [{"name": {"formatted_name": "Asha"}, "phones": [{"phone": "+91 98765 43210"}]}]),
        {"contacts": [{"name": "Asha", "phones": ["+91 98765 43210"]}]},
    ),
    (
        message("reaction", {"message_id": "wamid.out", "emoji": "👍"}),
        {"reaction": {"message_id": "wamid.out", "emoji": "👍"}},
    ),
    (
        message("reaction", {"message_id": "wamid.out", "emoji": ""}),
        {"reaction": {"message_id": "wamid.out"}},
    ),
    (
        message("interactive", {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}}),
        {"text": "Yes", "choice": {"id": "yes", "title": "Yes", "kind": "button"}},
    ),
    (
        message(
            "interactive",
            {"type": "list_reply", "list_reply": {"id": "r1", "title": "Monday", "description": "9 to 5"}},
        ),
        {"text": "Monday", "choice": {"id": "r1", "title": "Monday", "kind": "list"}},
    ),
    (
        message(
            "interactive",
            {
                "type": "nfm_reply",
                "nfm_reply": {
                    "name": "flow",
                    "body": "Sent",
                    "response_json": '{"rating": 5, "why": "\\ud83d"}',
                },
            },
        ),
        {
            "text": "Sent",
            "choice": {
                "id": "flow",
                "title": "Sent",
                "kind": "flow",
                # Half an emoji cannot be stored.
                "answers": {"rating": 5, "why": "?"},
            },
        },
    ),
    (
        message("button", {"payload": "stop-7", "text": "Stop"}),
        {"text": "Stop", "choice": {"id": "stop-7", "title": "Stop", "kind": "template_button"}},
    ),
    (
        message(
            "order",
            {
                "catalog_id": "9",
                "text": "By noon",
                "product_items": [
                    {"product_retailer_id": "p1", "quantity": 2, "item_price": 19.9, "currency": "INR"},
                    {"product_retailer_id": "p2", "quantity": "1", "item_price": "5", "currency": "INR"},
                ],
            },
        ),
        {
            "text": "By noon",
            "order": {
                "catalog_id": "9",
                "items": [
                    {"product_retailer_id": "p1", "quantity": 2, "item_price": 19.9, "currency": "INR"},
                    {"product_retailer_id": "p2", "quantity": 1, "item_price": 5.0, "currency": "INR"},
                ],
            },
        },
    ),
    (message("system", {"type": "user_changed_number", "body": "A new number"}), {"text": "A new number"}),
    (
        message("unsupported", errors=[{"code": 131051, "title": "Unsupported message type"}]),
        {"error": {"code": 131051, "title": "Unsupported message type"}},
    ),
    (message("request_welcome"), {}),
    (message("hologram", {"body": "from tomorrow"}), {}),
    (
        message("text", {"body": "Hi"}, referral={"source_id": "ad-1"}, context={"id": "wamid.out"}),
        {"text": "Hi", "referral": {"source_id": "ad-1"}, "reply_to": "wamid.out"},
    ),
]
