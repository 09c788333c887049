"""Messages about goods and orders, at every limit and one over."""

from __future__ import annotations

from typing import Any

import pytest

from .interactive import (
    ACTION,
    HEADER,
    IMAGE,
    PARAMETERS,
    bare,
    goods,
    named,
    order_details,
    order_status,
    param,
    product_list,
    required,
)
from .samples import interactive, without, words

ACCEPTED = {
    "product section with empty title": product_list(goods(1, title="")),
    "10 sections of 3 products": product_list(goods(*[3] * 10)),
    "30 products untitled": product_list([without(goods(30)[0], "title")]),
    "product section title of 24": product_list(goods(1, title="t" * 24)),
    "catalog thumbnail": named("catalog_message", None, {"thumbnail_product_retailer_id": "sku"}),
    "order with payment type": order_details(payment_settings=..., payment_type="upi", beneficiaries=[]),
    "order with tax": order_details(
        order={
            "status": "pending",
            "items": [{}],
            "tax": {"value": 0, "offset": 100, "description": "GST"},
            "expiration": {},
        }
    ),
    **{
        f"order {status}": order_status(status=status, description="", other=1)
        for status in ["pending", "processing", "partially_shipped", "shipped", "completed", "canceled"]
    },
    "order status with more": named(
        "order_status", "review_order", {"reference_id": "1", "order": {"status": "shipped"}, "payment": {}}
    ),
    "order of one thing": order_details(
        order={
            "status": "pending",
            "items": [
                {
                    "retailer_id": "sku",
                    "name": "Tea",
                    "amount": {"value": 0, "offset": 1},
                    "quantity": 1,
                    "sale": {},
                }
            ],
        }
    ),
}


@pytest.mark.parametrize("payload", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(payload: dict[str, Any]) -> None:
    assert words(payload) == []


SECTION_COUNT = "Invalid sections count. Min allowed sections: 1, Max allowed sections: 10"
TOTAL = "Total product count exceed max allowed count: 30"
ITEM = f"{PARAMETERS}['order']['items'][0]"
STATUSES = "pending, processing, partially_shipped, shipped, completed, canceled"

REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "product without catalog": (
        interactive("product", {"product_retailer_id": "sku"}),
        required(f"{ACTION}['catalog_id']"),
    ),
    "product list without header": (bare(product_list(goods(1)), "header"), required(HEADER)),
    "product list under a picture": (
        product_list(goods(1), header=IMAGE),
        param(f"{HEADER}['type']", 'must be one of {text} - got "image".'),
    ),
    "31 products": (product_list(goods(16, 15)), [TOTAL]),
    "11 product sections": (product_list(goods(*[1] * 11)), [SECTION_COUNT]),
    "no product sections": (product_list([]), [SECTION_COUNT]),
    "no products": (
        product_list(goods(0)),
        ["Invalid product items count. Min allowed product items: 1"],
    ),
    "product section title of 25": (
        product_list(goods(1, title="t" * 25)),
        ["Section title is too long. Max length is 24"],
    ),
    "product sections untitled": (
        product_list([goods(1)[0], without(goods(1)[0], "title")]),
        ["Section title is required if there is more than one section"],
    ),
    "catalog with an empty thumbnail": (
        named("catalog_message", None, {"thumbnail_product_retailer_id": ""}),
        required(f"{PARAMETERS}['thumbnail_product_retailer_id']"),
    ),
    **{
        f"order without {key}": (order_details(**{key: ...}), required(f"{PARAMETERS}['{key}']"))
        for key in ("reference_id", "type", "payment_settings", "currency", "total_amount", "order")
    },
    "order amount as text": (
        order_details(total_amount={"value": "210", "offset": 100}),
        param(f"{PARAMETERS}['total_amount']['value']", "must be an integer"),
    ),
    "order tax without offset": (
        order_details(order={"status": "pending", "items": [{}], "tax": {"value": 1}}),
        required(f"{PARAMETERS}['order']['tax']['offset']"),
    ),
    "order of nothing": (
        order_details(order={"status": "pending", "items": []}),
        ["Invalid items count. Min allowed items: 1"],
    ),
    "order lost": (
        order_status(status="lost"),
        param(
            f"{PARAMETERS}['order']['status']",
            "must be one of {pending, processing, partially_shipped, shipped, completed, canceled} "
            '- got "lost".',
        ),
    ),
    **{
        f"order of {name} {value!r}": (
            order_details(order={"status": "pending", "items": [{name: value}]}),
            said,
        )
        for name, value, said in (
            ("quantity", 0, param(f"{ITEM}['quantity']", "must be between 1 and inf.")),
            ("quantity", "1", param(f"{ITEM}['quantity']", "must be an integer")),
            ("name", "", required(f"{ITEM}['name']")),
            ("retailer_id", 1, param(f"{ITEM}['retailer_id']", "must be a string")),
            ("amount", 1, param(f"{ITEM}['amount']", "must be a JSON object")),
            ("note", None, [f"Param {ITEM}['note'] cannot be null"]),
        )
    },
    "order amount below nothing": (
        order_details(total_amount={"value": -1, "offset": 0}),
        [
            *param(f"{PARAMETERS}['total_amount']['value']", "must be between 0 and inf."),
            *param(f"{PARAMETERS}['total_amount']['offset']", "must be between 1 and inf."),
        ],
    ),
    "order type": (
        order_details(type="goods"),
        param(f"{PARAMETERS}['type']", 'must be one of {digital-goods, physical-goods} - got "goods".'),
    ),
    **{
        f"order in {currency!r}": (
            order_details(currency=currency),
            param(f"{PARAMETERS}['currency']", "must be made of three capital letters."),
        )
        for currency in ("inr", "RUPEE", "₹")
    },
    "order details lost": (
        order_details(order={"status": "lost", "items": [{}]}),
        param(f"{PARAMETERS}['order']['status']", f'must be one of {{{STATUSES}}} - got "lost".'),
    ),
    "order paid by words": (
        order_details(payment_settings=["upi"]),
        param(f"{PARAMETERS}['payment_settings'][0]", "must be a JSON object"),
    ),
    "order with null in what passes": (
        order_details(payment_settings=[{"type": None}], beneficiaries=[None]),
        [
            f"Param {PARAMETERS}['payment_settings'][0]['type'] cannot be null",
            f"Param {PARAMETERS}['beneficiaries'][0] cannot be null",
        ],
    ),
    "order status with null": (
        order_status(note=None),
        [f"Param {PARAMETERS}['order']['note'] cannot be null"],
    ),
}


@pytest.mark.parametrize(("payload", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(payload: dict[str, Any], said: list[str]) -> None:
    assert words(payload) == said
