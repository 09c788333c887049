"""Messages about the goods of a catalog, and about orders of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from airflow_provider_chakra.sandbox.refusals import Refusal, required
from airflow_provider_chakra.sandbox.rules.frames import TEXT_HEADER, frame, named
from airflow_provider_chakra.sandbox.rules.parts import (
    ANY_OBJECT,
    ANY_TEXT,
    NOT_EMPTY,
    label,
    made_of,
    most_in_all,
    needed,
    no_nulls,
    sections_told_apart,
)
from airflow_provider_chakra.sandbox.shapes import Array, Number, Object, OneOf, Part, Text

ONE_PRODUCT: Final = Object({"catalog_id": needed(NOT_EMPTY), "product_retailer_id": needed(NOT_EMPTY)})

PRODUCT_SECTIONS: Final = Array(
    Object(
        {
            "title": Part(label("Section title", 0, 24)),
            "product_items": needed(
                Array(Object({"product_retailer_id": needed(NOT_EMPTY)}), "product items", 1)
            ),
        }
    ),
    "sections",
    1,
    10,
)
MOST_PRODUCTS: Final = most_in_all("product_items", 30, "product")
THUMBNAIL: Final = Part(NOT_EMPTY)

PRODUCT: Final = frame(ONE_PRODUCT, header=None, body_needed=False)

PRODUCT_LIST: Final = frame(
    Object(
        {"catalog_id": needed(NOT_EMPTY), "sections": needed(PRODUCT_SECTIONS)},
        rules=[MOST_PRODUCTS, sections_told_apart],
    ),
    header=needed(TEXT_HEADER),
)

# Prose calls the thumbnail optional: the first product stands in. Only the schema asks for it.
CATALOG_MESSAGE: Final = frame(
    named("catalog_message", Part(Object({"thumbnail_product_retailer_id": THUMBNAIL})))
)

_AMOUNT: Final = Object(
    {"value": needed(Number(0, whole=True)), "offset": needed(Number(1, whole=True))}, closed=False
)
_ITEM: Final = Object(
    {
        "retailer_id": Part(NOT_EMPTY),
        "name": Part(NOT_EMPTY),
        "amount": Part(_AMOUNT),
        "quantity": Part(Number(1, whole=True)),
    },
    closed=False,
)
_STATUS: Final = needed(
    OneOf(["pending", "processing", "partially_shipped", "shipped", "completed", "canceled"])
)


def _payment(parameters: dict[str, Any], where: str) -> Iterator[Refusal]:
    if "payment_type" not in parameters and "payment_settings" not in parameters:
        yield required(f"{where}['payment_settings']")


# Of orders the outline is judged, and what else the countries with payments ask for passes.
ORDER_DETAILS: Final = frame(
    named(
        "review_and_pay",
        needed(
            Object(
                {
                    "reference_id": needed(NOT_EMPTY),
                    "type": needed(OneOf(["digital-goods", "physical-goods"])),
                    "payment_type": Part(NOT_EMPTY),
                    "payment_settings": Part(Array(ANY_OBJECT, "payment settings")),
                    "currency": needed(Text(1, check=made_of("[A-Z]{3}", "three capital letters"))),
                    "total_amount": needed(_AMOUNT),
                    "order": needed(
                        Object(
                            {
                                "status": _STATUS,
                                "items": needed(Array(_ITEM, "items", 1)),
                                "subtotal": Part(_AMOUNT),
                                "tax": Part(_AMOUNT),
                                "shipping": Part(_AMOUNT),
                                "discount": Part(_AMOUNT),
                            },
                            closed=False,
                        )
                    ),
                },
                rules=[_payment, no_nulls],
                closed=False,
            )
        ),
    )
)

ORDER_STATUS: Final = frame(
    named(
        "review_order",
        needed(
            Object(
                {
                    "reference_id": needed(NOT_EMPTY),
                    "order": needed(Object({"status": _STATUS, "description": Part(ANY_TEXT)}, closed=False)),
                },
                rules=[no_nulls],
                closed=False,
            )
        ),
    )
)
