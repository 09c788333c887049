"""Cards to swipe through, with media or with products."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from airflow_provider_chakra.sandbox.refusals import Refusal, invalid_value, wrong_type
from airflow_provider_chakra.sandbox.rules.frames import CARD_HEADER, frame
from airflow_provider_chakra.sandbox.rules.invitations import PAGE
from airflow_provider_chakra.sandbox.rules.parts import NOT_EMPTY, cards_told_apart, dicts, needed, span
from airflow_provider_chakra.sandbox.rules.products import ONE_PRODUCT
from airflow_provider_chakra.sandbox.shapes import Array, Number, Object, OneOf, Part, Tagged, Text

FEWEST_CARDS: Final = 2
MOST_CARDS: Final = 10
CARD_INDEX: Final = needed(Number(0, MOST_CARDS - 1, whole=True))

_MOST_LINE_BREAKS: Final = 2


def _few_lines(value: str, _: str) -> Iterator[Refusal]:
    if len(re.findall(r"\r\n?|\n", value)) > _MOST_LINE_BREAKS:
        yield invalid_value(f"Card body has too many line breaks. Max line breaks: {_MOST_LINE_BREAKS}")


_CARD_BODY_LENGTH: Final = "Card body text length invalid. Min length: 1, Max length: 160"

_QUICK_REPLIES: Final = Object(
    {
        "buttons": needed(
            Array(
                Object(
                    {
                        "type": needed(OneOf(["quick_reply"])),
                        "quick_reply": needed(
                            Object({"id": needed(NOT_EMPTY), "title": needed(span("Button title", 1, 20))})
                        ),
                    }
                ),
                "buttons",
                1,
            )
        )
    }
)


class _CardAction:
    """A button to a page, or quick replies: nothing but their properties tells them apart."""

    def judge(self, value: object, where: str) -> Iterator[Refusal]:
        if not isinstance(value, dict):
            yield wrong_type(where, "a JSON object")
            return
        yield from (_QUICK_REPLIES if "buttons" in value else PAGE).judge(value, where)


_MEDIA_CARD: Final = Object(
    {
        "card_index": CARD_INDEX,
        "header": needed(CARD_HEADER),
        "body": Part(
            Object(
                {
                    "text": needed(
                        Text(1, 160, short=_CARD_BODY_LENGTH, long=_CARD_BODY_LENGTH, check=_few_lines)
                    )
                }
            )
        ),
        "action": needed(_CardAction()),
    }
)
_PRODUCT_CARD: Final = Object({"card_index": CARD_INDEX, "action": needed(ONE_PRODUCT)})


def _cards_alike(action: dict[str, Any], _: str) -> Iterator[Refusal]:
    cards = dicts(action.get("cards"))
    # Types may be of any JSON type here, and some of those cannot be put into a set.
    if len({str(card.get("type")) for card in cards}) > 1:
        yield invalid_value("All cards must have the same type")
    actions = dicts([card.get("action") for card in cards])
    buttons = [one.get("buttons") for one in actions]
    if len({len(found) if isinstance(found, list) else 0 for found in buttons}) > 1:
        yield invalid_value("All cards must have the same kind and number of buttons")
    if len({str(one["catalog_id"]) for one in actions if "catalog_id" in one}) > 1:
        yield invalid_value("All cards must have products of the same catalog")


# The type of a card with quick replies is cta_url, too.
CAROUSEL: Final = frame(
    Object(
        {
            "cards": needed(
                Array(
                    Tagged("type", {"cta_url": _MEDIA_CARD, "product": _PRODUCT_CARD}),
                    "cards",
                    FEWEST_CARDS,
                    MOST_CARDS,
                )
            )
        },
        rules=[cards_told_apart, _cards_alike],
    ),
    header=None,
    footer=False,
)
