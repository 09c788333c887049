"""Messages with cards, at every limit and one over."""

from __future__ import annotations

from typing import Any

import pytest

from .interactive import (
    ACTION,
    BUTTON_TITLE,
    LINK,
    LONG_DISPLAY_TEXT,
    TEXT,
    carousel,
    page,
    param,
    product,
    replies,
    required,
    unexpected,
)
from .samples import without, words

ACCEPTED = {
    "10 cards": carousel(*map(page, range(10))),
    "cards in any order": carousel(page(9), page(0)),
    "card body of 160": carousel(page(0), page(1, body={"text": "\n\n" + "b" * 158})),
    "cards with 2 replies": carousel(replies(0, 2), replies(1, 2, "t" * 20)),
    "card with a video": carousel(page(0), page(1, header={"type": "video", "video": {"id": "1"}})),
    "cards of products": carousel(product(0), product(1)),
    "card body of 3 lines of other systems": carousel(page(0), page(1, body={"text": "a\r\nb\r\nc"})),
}


@pytest.mark.parametrize("payload", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(payload: dict[str, Any]) -> None:
    assert words(payload) == []


CARD_COUNT = "Invalid cards count. Min allowed cards: 2, Max allowed cards: 10"
CARD_BODY = "Card body text length invalid. Min length: 1, Max length: 160"
TYPES_DIFFER = "All cards must have the same type"
BUTTONS_DIFFER = "All cards must have the same kind and number of buttons"

REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "1 card": (carousel(page(0)), [CARD_COUNT]),
    "11 cards": (
        carousel(*map(page, range(11))),
        [CARD_COUNT, f"(#100) Param {ACTION}['cards'][10]['card_index'] must be between 0 and 9."],
    ),
    "same card twice": (carousel(page(0), page(0)), ["Card indices must be unique"]),
    "card without index": (
        carousel(page(0), without(page(1), "card_index")),
        required(f"{ACTION}['cards'][1]['card_index']"),
    ),
    "card index as text": (
        carousel(page("0"), page(1)),
        param(f"{ACTION}['cards'][0]['card_index']", "must be an integer"),
    ),
    "card without header": (
        carousel(page(0), without(page(1), "header")),
        required(f"{ACTION}['cards'][1]['header']"),
    ),
    "card under a text": (
        carousel(page(0), page(1, header=TEXT)),
        param(f"{ACTION}['cards'][1]['header']['type']", 'must be one of {image, video} - got "text".'),
    ),
    "card body of 161": (carousel(page(0), page(1, body={"text": "b" * 161})), [CARD_BODY]),
    "card body empty": (carousel(page(0), page(1, body={"text": ""})), [CARD_BODY]),
    "card body of 4 lines": (
        carousel(page(0), page(1, body={"text": "a\nb\nc\nd"})),
        ["Card body has too many line breaks. Max line breaks: 2"],
    ),
    "card footer": (
        carousel(page(0), page(1, footer={"text": "f"})),
        unexpected("footer", f"{ACTION}['cards'][1]"),
    ),
    "card reply of 21": (carousel(replies(0), replies(1, 1, "t" * 21)), [BUTTON_TITLE]),
    "card action is an array": (
        carousel(page(0), page(1, action=[])),
        param(f"{ACTION}['cards'][1]['action']", "must be a JSON object"),
    ),
    "card display text of 21": (
        carousel(
            *(
                page(i, action={"name": "cta_url", "parameters": {"display_text": "d" * 21, "url": LINK}})
                for i in range(2)
            )
        ),
        [LONG_DISPLAY_TEXT] * 2,
    ),
    "cards of two kinds of buttons": (carousel(page(0), replies(1)), [BUTTONS_DIFFER]),
    "cards with 1 and 2 replies": (carousel(replies(0), replies(1, 2)), [BUTTONS_DIFFER]),
    "cards of two types": (carousel(page(0), product(1)), [TYPES_DIFFER]),
    "cards of two catalogs": (
        carousel(product(0), product(1, catalog_id="2")),
        ["All cards must have products of the same catalog"],
    ),
    "product card with body": (
        carousel(product(0), product(1) | {"body": {"text": "b"}}),
        unexpected("body", f"{ACTION}['cards'][1]"),
    ),
    "card body of 4 lines of other systems": (
        carousel(page(0), page(1, body={"text": "a\rb\r\nc\rd"})),
        ["Card body has too many line breaks. Max line breaks: 2"],
    ),
}


@pytest.mark.parametrize(("payload", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(payload: dict[str, Any], said: list[str]) -> None:
    assert words(payload) == said
