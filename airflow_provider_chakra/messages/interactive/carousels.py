"""
Messages with cards beside each other.

https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-media-carousel-messages
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from airflow_provider_chakra.messages import limits
from airflow_provider_chakra.messages.base import NonEmpty, Part, RuledPart, broken, value_of
from airflow_provider_chakra.messages.interactive.links import CtaUrlAction
from airflow_provider_chakra.messages.interactive.parts import (
    Body,
    ImageHeader,
    Interactive,
    InteractiveMessage,
    VideoHeader,
    repeated,
)
from airflow_provider_chakra.messages.interactive.products import ProductAction
from airflow_provider_chakra.messages.limits import Chars
from airflow_provider_chakra.messages.unions import ByType, checked_as

_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def _few_lines(text: str) -> str:
    if (count := len(_LINE_BREAK.findall(text))) > limits.CARD_LINE_BREAKS_MAX:
        raise broken(
            f"at most {limits.CARD_LINE_BREAKS_MAX} line breaks",
            f"{count} line breaks",
            f"take out {count - limits.CARD_LINE_BREAKS_MAX}",
        )
    return text


class CardBody(Part):
    """
    The text of a card.

    :param text: 1 to 160 characters with at most 2 line breaks.
    """

    text: Annotated[str, Chars(1, limits.CARD_BODY_MAX), AfterValidator(_few_lines)]


class QuickReply(Part):
    """
    What a button of a card says and sends back.

    :param id: comes back with the answer.
    :param title: 1 to 20 characters on the button.
    """

    id: NonEmpty
    title: Annotated[str, Chars(1, limits.BUTTON_TITLE_MAX)]


class QuickReplyButton(RuledPart):
    """
    A button of a card that answers.

    :param quick_reply: what it says and sends back.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "quick_reply"}

    type: Literal["quick_reply"] = "quick_reply"
    quick_reply: QuickReply


class QuickReplyAction(RuledPart):
    """
    What can be answered to a card.

    :param buttons: at least one.
    """

    buttons: Annotated[list[QuickReplyButton], Field(min_length=1)]


def _link_or_buttons(data: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> RuledPart:
    if isinstance(data, CtaUrlAction | QuickReplyAction):
        return data
    if not isinstance(data, Mapping):
        raise PydanticKnownError("model_type", {"class_name": "QuickReplyAction"})
    return checked_as(QuickReplyAction if "buttons" in data else CtaUrlAction, data, info)


class MediaCard(Interactive):
    """
    A card with an image or a video.

    :param card_index: its place, 0 to 9.
    :param header: the image or video.
    :param action: a button that opens a web page, or buttons that answer.
    :param body: its text.
    """

    # It says "cta_url" of a card whose buttons answer, too.
    spelled_out: ClassVar[Mapping[str, str]] = {"type": "cta_url"}

    card_index: Annotated[int, Field(ge=0, le=limits.CARDS_MAX - 1)]
    type: Literal["cta_url"] = "cta_url"
    header: Annotated[ImageHeader | VideoHeader, ByType()]
    body: CardBody | None = None
    action: Annotated[CtaUrlAction | QuickReplyAction, WrapValidator(_link_or_buttons)]


class ProductCard(Interactive):
    """
    A card with a product.

    :param card_index: its place, 0 to 9.
    :param action: the product.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "product"}

    card_index: Annotated[int, Field(ge=0, le=limits.CARDS_MAX - 1)]
    type: Literal["product"] = "product"
    action: ProductAction


class CarouselAction(RuledPart):
    """
    The cards.

    :param cards: 2 to 10 of one kind, with an index each: with the same kind and number of buttons, or
        with products of one catalog.
    """

    cards: Annotated[
        list[Annotated[MediaCard | ProductCard, ByType()]],
        Field(min_length=limits.CARDS_MIN, max_length=limits.CARDS_MAX),
    ]

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that the cards are alike, and that each has a place of its own.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        cards = data.get("cards")
        if not isinstance(cards, list):
            return
        indexes = [(f"cards[{n}].card_index", value_of(card, "card_index")) for n, card in enumerate(cards)]
        yield from repeated(indexes, "unique in the message", "number the cards from 0 on")
        yield from _unlike(
            [(f"cards[{n}].type", _type_of(card)) for n, card in enumerate(cards)],
            broken("the same on all cards", "another type", "send the other cards in a message of their own"),
        )
        actions = [(f"cards[{n}].action", value_of(card, "action")) for n, card in enumerate(cards)]
        yield from _unlike(
            [(place, _buttons_of(action)) for place, action in actions],
            broken(
                "the same kind and number of buttons on all cards",
                "other buttons than on the first card",
                "give all cards the same buttons",
            ),
        )
        yield from _unlike(
            [(f"{place}.catalog_id", value_of(action, "catalog_id")) for place, action in actions],
            broken("one catalog for all cards", "another catalog", "send one message for each catalog"),
        )


def _unlike(
    values: list[tuple[str, Any]], rule: PydanticCustomError
) -> Iterator[tuple[str, PydanticCustomError]]:
    """Find what is not like the first; what is missing or of a wrong type is told elsewhere."""
    known = [(place, value) for place, value in values if isinstance(value, str | tuple)]
    for place, value in known:
        if value != known[0][1]:
            yield place, rule


def _type_of(card: Any) -> str | None:
    name = value_of(card, "type")
    return name if name in ("cta_url", "product") else None


def _buttons_of(action: Any) -> tuple[str, int] | None:
    buttons = value_of(action, "buttons")
    if isinstance(buttons, list):
        return "quick_reply", len(buttons)
    return ("cta_url", 1) if value_of(action, "parameters") is not None else None


class CarouselInteractive(Interactive):
    """
    A text with cards beside each other below it.

    :param body: the text.
    :param action: the cards.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "carousel"}

    type: Literal["carousel"] = "carousel"
    body: Body
    action: CarouselAction


class CarouselMessage(InteractiveMessage):
    """
    A message with cards beside each other.

    :param interactive: text and cards.
    """

    kind: ClassVar[str] = "carousel message"

    interactive: CarouselInteractive
