"""Interactive messages of every kind, to be tried as they are and changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from airflow_provider_chakra.exceptions import InvalidMessageError
from airflow_provider_chakra.messages import parse_message

PHONE = "919876543210"
LINK = "https://example.com/file"
#: Takes a field away.
GONE = object()

TEXT_HEADER = {"type": "text", "text": "H"}
IMAGE_HEADER = {"type": "image", "image": {"link": LINK}}
VIDEO_HEADER = {"type": "video", "video": {"id": "1003383421387256"}}
DOCUMENT_HEADER = {"type": "document", "document": {"link": LINK, "filename": "bill.pdf"}}
BODY = {"text": "B"}
FOOTER = {"text": "F"}
CTA = {"name": "cta_url", "parameters": {"display_text": "Open", "url": LINK}}


def row(number: int = 0) -> dict[str, Any]:
    """Make a row of a list."""
    return {"id": f"row-{number}", "title": f"Row {number}"}


def button(number: int = 0) -> dict[str, Any]:
    """Make a reply button."""
    return {"type": "reply", "reply": {"id": f"button-{number}", "title": f"Button {number}"}}


def quick_reply(number: int = 0) -> dict[str, Any]:
    """Make a button of a card."""
    return {"type": "quick_reply", "quick_reply": {"id": f"reply-{number}", "title": f"Reply {number}"}}


def media_card(index: int, action: Any = CTA, **fields: Any) -> dict[str, Any]:
    """Make a card with an image."""
    return {
        "card_index": index,
        "type": "cta_url",
        "header": IMAGE_HEADER,
        "action": action,
    } | fields


def product_card(index: int, catalog: str = "1") -> dict[str, Any]:
    """Make a card with a product."""
    return {
        "card_index": index,
        "type": "product",
        "action": {"catalog_id": catalog, "product_retailer_id": f"sku-{index}"},
    }


def products(count: int, **fields: Any) -> dict[str, Any]:
    """Make a section of products."""
    return {"product_items": [{"product_retailer_id": f"sku-{n}"} for n in range(count)]} | fields


def flow(**fields: Any) -> dict[str, Any]:
    """Make the action of a flow."""
    return {
        "name": "flow",
        "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Start"} | fields,
    }


def amount(value: int) -> dict[str, Any]:
    """Make an amount of money."""
    return {"value": value, "offset": 100}


_ORDER = {
    "reference_id": "order-42",
    "type": "digital-goods",
    "payment_type": "upi",
    "currency": "INR",
    "total_amount": amount(1000),
    "order": {"status": "pending", "items": [{"name": "A"}]},
}

#: The least that each kind must have.
MINIMAL: dict[str, dict[str, Any]] = {
    interactive["type"]: interactive
    for interactive in [
        {"type": "list", "body": BODY, "action": {"button": "Open", "sections": [{"rows": [row()]}]}},
        {"type": "button", "body": BODY, "action": {"buttons": [button()]}},
        {"type": "cta_url", "body": BODY, "action": CTA},
        {"type": "flow", "body": BODY, "action": flow()},
        {"type": "location_request_message", "body": BODY, "action": {"name": "send_location"}},
        {"type": "request_contact_info", "body": BODY, "action": {"name": "request_contact_info"}},
        {
            "type": "address_message",
            "body": BODY,
            "action": {"name": "address_message", "parameters": {"country": "IN"}},
        },
        {"type": "product", "action": {"catalog_id": "1", "product_retailer_id": "sku-0"}},
        {
            "type": "product_list",
            "header": TEXT_HEADER,
            "body": BODY,
            "action": {"catalog_id": "1", "sections": [products(1)]},
        },
        {"type": "catalog_message", "body": BODY, "action": {"name": "catalog_message"}},
        {"type": "carousel", "body": BODY, "action": {"cards": [media_card(0), media_card(1)]}},
        {"type": "call_permission_request", "action": {"name": "call_permission_request"}},
        {"type": "voice_call", "body": BODY, "action": {"name": "voice_call"}},
        {
            "type": "order_details",
            "body": BODY,
            "action": {"name": "review_and_pay", "parameters": _ORDER},
        },
        {
            "type": "order_status",
            "body": BODY,
            "action": {
                "name": "review_order",
                "parameters": {"reference_id": "order-42", "order": {"status": "shipped"}},
            },
        },
    ]
}

_ADDRESS = {
    "name": "N",
    "phone_number": "+919876543210",
    "in_pin_code": "560001",
    "house_number": "12",
    "floor_number": "3",
    "tower_number": "2",
    "building_name": "B",
    "address": "A",
    "landmark_area": "L",
    "city": "C",
    "state": "S",
}

#: What more they can have, by a name of its own.
FULL: dict[str, dict[str, Any]] = {
    "list": MINIMAL["list"]
    | {
        "header": TEXT_HEADER | {"sub_text": "S"},
        "footer": FOOTER,
        "action": {
            "button": "Open",
            "sections": [
                {"title": "A", "rows": [row(0) | {"description": "D"}, row(1)]},
                {"title": "A", "rows": [row(2)]},
            ],
        },
    },
    "buttons": MINIMAL["button"]
    | {
        "header": TEXT_HEADER,
        "footer": FOOTER,
        "action": {"buttons": [button(0), button(1), button(2)]},
    },
    "buttons-image": MINIMAL["button"] | {"header": IMAGE_HEADER},
    "buttons-video": MINIMAL["button"] | {"header": VIDEO_HEADER},
    "buttons-document": MINIMAL["button"] | {"header": DOCUMENT_HEADER},
    "cta_url": MINIMAL["cta_url"] | {"header": DOCUMENT_HEADER, "footer": FOOTER},
    "flow-navigate": MINIMAL["flow"]
    | {
        "header": IMAGE_HEADER,
        "footer": FOOTER,
        "action": flow(
            mode="published",
            flow_token="t",
            flow_action="navigate",
            flow_action_payload={"screen": "START", "data": {"name": "Asha", "steps": [1, 2.5, True]}},
        ),
    },
    "flow-by-name": MINIMAL["flow"]
    | {
        "action": {
            "name": "flow",
            "parameters": {
                "flow_message_version": "3",
                "flow_name": "booking",
                "flow_cta": "Start",
                "mode": "draft",
                "flow_action": "data_exchange",
            },
        }
    },
    "address": MINIMAL["address_message"]
    | {
        "header": TEXT_HEADER,
        "footer": FOOTER,
        "action": {
            "name": "address_message",
            "parameters": {
                "country": "IN",
                "values": _ADDRESS,
                "saved_addresses": [{"id": "home", "value": _ADDRESS}],
                "validation_errors": {"in_pin_code": "We do not deliver there."},
            },
        },
    },
    "product": MINIMAL["product"] | {"body": BODY, "footer": FOOTER},
    "product_list": MINIMAL["product_list"]
    | {
        "footer": FOOTER,
        "action": {"catalog_id": "1", "sections": [products(3, title=f"S{n}") for n in range(10)]},
    },
    "catalog": MINIMAL["catalog_message"]
    | {
        "footer": FOOTER,
        "action": {"name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": "sku-0"}},
    },
    "carousel-links": MINIMAL["carousel"]
    | {
        "action": {
            "cards": [media_card(n, body={"text": "C"}) for n in range(9)]
            + [media_card(9, header=VIDEO_HEADER)]
        }
    },
    "carousel-replies": MINIMAL["carousel"]
    | {
        "action": {
            "cards": [media_card(n, {"buttons": [quick_reply(n), quick_reply(n + 2)]}) for n in range(2)]
        }
    },
    "carousel-products": MINIMAL["carousel"] | {"action": {"cards": [product_card(0), product_card(1)]}},
    "call_permission": MINIMAL["call_permission_request"] | {"body": BODY},
    "voice_call": MINIMAL["voice_call"]
    | {
        "footer": FOOTER,
        "action": {
            "name": "voice_call",
            "parameters": {"display_text": "Call", "ttl_minutes": 100, "payload": "p"},
        },
    },
    "order_details": MINIMAL["order_details"]
    | {
        "header": IMAGE_HEADER,
        "footer": FOOTER,
        "action": {
            "name": "review_and_pay",
            "parameters": {
                "reference_id": "order-42",
                "type": "physical-goods",
                "payment_settings": [{"type": "payment_gateway", "payment_gateway": {"type": "razorpay"}}],
                "currency": "INR",
                "total_amount": amount(1180),
                "order": {
                    "status": "pending",
                    "items": [
                        {
                            "retailer_id": "sku-0",
                            "name": "A",
                            "amount": amount(500),
                            "quantity": 2,
                            "sale_amount": amount(450),
                        }
                    ],
                    "subtotal": amount(1000),
                    "tax": amount(180) | {"description": "GST"},
                    "shipping": amount(0),
                    "discount": amount(0),
                    "expiration": {"timestamp": "1798761600"},
                },
            },
        },
    },
    "order_status": MINIMAL["order_status"]
    | {
        "footer": FOOTER,
        "action": {
            "name": "review_order",
            "parameters": {
                "reference_id": "order-42",
                "order": {"status": "canceled", "description": "Out of stock"},
                "payment": {"status": "captured"},
            },
        },
    },
}

ALL = {f"minimal-{name}": interactive for name, interactive in MINIMAL.items()} | FULL


def changed(interactive: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """
    Copy an interactive object with a field set or taken away.

    :param interactive: the object.
    :param path: such as ``action.sections.0.title``.
    :param value: the new value, or ``GONE``.
    """
    place = result = json.loads(json.dumps(interactive))
    *before, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in before:
        place = place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return result


def whole(interactive: Any, **envelope: Any) -> dict[str, Any]:
    """Put an interactive object into an envelope."""
    return {
        "messaging_product": "whatsapp",
        "to": PHONE,
        "type": "interactive",
        "interactive": interactive,
    } | envelope


def taken(interactive: Any) -> None:
    """Check that a message is taken, and stays as it is."""
    assert parse_message(whole(interactive)).payload() == whole(interactive)


def problems_of(interactive: Any, **envelope: Any) -> dict[str, str]:
    """Give what is wrong with a message, by the field within the interactive object."""
    with pytest.raises(InvalidMessageError) as caught:
        parse_message(whole(interactive, **envelope))
    problems = {}
    for field, *words in caught.value.problems:
        short = field.removeprefix("interactive.")
        assert short not in problems, "told twice"
        problems[short] = "; ".join((words[0], f"given: {words[1]}", words[2]))
    return problems
