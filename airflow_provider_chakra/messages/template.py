"""
Template messages: the only ones that WhatsApp takes when the recipient has not written for 24 hours.

https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates. The template
itself decides which components and parameters it needs: WhatsApp compares them, and refuses with
132000 or 132012 what does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages import limits
from airflow_provider_chakra.messages.base import Message, NonEmpty, Part, RuledPart, broken, value_of
from airflow_provider_chakra.messages.interactive.parts import repeated
from airflow_provider_chakra.messages.limits import Chars
from airflow_provider_chakra.messages.template_buttons import AnyButton
from airflow_provider_chakra.messages.template_parameters import BodyParameter, HeaderParameter
from airflow_provider_chakra.messages.unions import ByType

_NAME = re.compile(r"[a-z0-9_]*")


def _template_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise broken(
            "lower-case letters, digits and underscores",
            "other characters",
            "write the name as WhatsApp's manager shows it",
        )
    return name


class TemplateHeader(RuledPart):
    """
    What fills the header.

    :param parameters: at most one.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "header"}

    type: Literal["header"] = "header"
    parameters: Annotated[list[HeaderParameter], Field(max_length=1)] | None = None


class TemplateBody(RuledPart):
    """
    What fills the body.

    :param parameters: in the order of the placeholders, or all of them with a name.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "body"}

    type: Literal["body"] = "body"
    parameters: list[BodyParameter] | None = None

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that all parameters have a name of their own, or none has.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        names = [value_of(parameter, "parameter_name") for parameter in _list_in(data, "parameters")]
        if any(name is None for name in names) and any(name is not None for name in names):
            yield (
                "parameters",
                broken(
                    "all with a parameter_name, or all without",
                    "some with and some without",
                    "look whether the template's placeholders have names or numbers",
                ),
            )
        places = [(f"parameters[{number}].parameter_name", name) for number, name in enumerate(names)]
        yield from repeated(places, "unique in the body", "give it a name of its own")


class LimitedTimeOffer(Part):
    """
    An offer that ends.

    :param expiration_time_ms: when it ends, in milliseconds since 1970 (UTC).
    """

    expiration_time_ms: Annotated[int, Field(ge=1)]


class LimitedTimeOfferParameter(RuledPart):
    """
    When the template's offer ends.

    :param limited_time_offer: the offer.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "limited_time_offer"}

    type: Literal["limited_time_offer"] = "limited_time_offer"
    limited_time_offer: LimitedTimeOffer


class TemplateOffer(RuledPart):
    """
    The offer of the template.

    :param parameters: when it ends.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "limited_time_offer"}

    type: Literal["limited_time_offer"] = "limited_time_offer"
    parameters: Annotated[list[LimitedTimeOfferParameter], Field(min_length=1, max_length=1)]


class TapTarget(Part):
    """
    Where a tap on the message leads.

    :param url: the address.
    :param title: what is shown instead of it.
    """

    url: NonEmpty
    title: NonEmpty


class TapTargetParameter(RuledPart):
    """
    Where a tap on the message leads.

    :param tap_target_configuration: the address.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "tap_target_configuration"}

    type: Literal["tap_target_configuration"] = "tap_target_configuration"
    tap_target_configuration: Annotated[list[TapTarget], Field(min_length=1)]


class TemplateTapTarget(RuledPart):
    """
    Where a tap on the message leads.

    :param parameters: the address.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "tap_target_configuration"}

    type: Literal["tap_target_configuration"] = "tap_target_configuration"
    parameters: Annotated[list[TapTargetParameter], Field(min_length=1, max_length=1)]


CardComponent = Annotated[TemplateHeader | TemplateBody | AnyButton, ByType(("type", "sub_type"))]


class TemplateCard(RuledPart):
    """
    What fills one card of a carousel.

    :param card_index: its place among the template's cards, counted from 0.
    :param components: header, body and buttons.
    """

    card_index: Annotated[int, Field(ge=0, le=limits.CARDS_MAX - 1)]
    components: list[CardComponent]

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that nothing is there twice.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        yield from _twice(_list_in(data, "components"))


class TemplateCarousel(RuledPart):
    """
    What fills the cards.

    :param cards: 2 to 10.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "carousel"}

    type: Literal["carousel"] = "carousel"
    cards: Annotated[
        list[TemplateCard],
        Field(min_length=limits.CARDS_MIN, max_length=limits.CARDS_MAX),
    ]

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that no card is there twice.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        cards = enumerate(_list_in(data, "cards"))
        places = [(f"cards[{number}].card_index", value_of(card, "card_index")) for number, card in cards]
        yield from repeated(places, "unique in the carousel", "number the cards from 0 on")


Component = Annotated[
    TemplateHeader | TemplateBody | AnyButton | TemplateOffer | TemplateTapTarget | TemplateCarousel,
    ByType(("type", "sub_type")),
]


class Language(Part):
    """
    The language of the template.

    :param code: such as ``"en_US"`` or ``"hi"``.
    :param policy: WhatsApp knows one.
    """

    code: NonEmpty
    policy: Literal["deterministic"] | None = None


class Template(RuledPart):
    """
    An approved template, and what fills it.

    :param name: 1 to 512 lower-case letters, digits and underscores.
    :param language: the language in which it was approved.
    :param components: what fills its placeholders; none, if it has none.
    """

    name: Annotated[str, Chars(1, limits.TEMPLATE_NAME_MAX), AfterValidator(_template_name)]
    language: Language
    components: list[Component] | None = None

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that nothing is there twice, and how long the texts are.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        components = _list_in(data, "components")
        yield from _twice(components)
        alone = all(value_of(component, "type") == "body" for component in components)
        most = limits.TEMPLATE_TEXT_ALONE_MAX if alone else limits.TEMPLATE_TEXT_MAX
        for place, text in _texts(components):
            if len(text) > most:
                yield (
                    place,
                    broken(
                        f"at most {most} characters",
                        f"{len(text)} characters",
                        f"shorten it by {len(text) - most}",
                    ),
                )


class TemplateMessage(Message):
    """
    A template message.

    :param template: the template, and what fills it.
    """

    kind: ClassVar[str] = "template message"
    for_groups: ClassVar[bool] = True

    type: Literal["template"] = "template"
    template: Template


def _list_in(part: Any, name: str) -> list[Any]:
    value = value_of(part, name)
    return value if isinstance(value, list) else []


def _twice(components: list[Any]) -> Iterator[tuple[str, PydanticCustomError]]:
    """Find what a message or a card has twice: a kind of component, or the place of a button."""
    seen = set()
    for number, component in enumerate(components):
        kind = value_of(component, "type")
        if isinstance(kind, str) and kind != "button":
            if kind in seen:
                yield (
                    f"components[{number}]",
                    broken(
                        "one of each kind, except for buttons", "a second one", "put all into the first one"
                    ),
                )
            seen.add(kind)
    indexes = [
        (f"components[{number}].index", str(value_of(component, "index")))
        for number, component in enumerate(components)
        if value_of(component, "type") == "button" and value_of(component, "index") is not None
    ]
    yield from repeated(indexes, "unique among the buttons", "count the template's buttons from 0")


def _texts(components: list[Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Find the texts for headers and bodies, those of cards too, each with its place."""
    for number, component in enumerate(components):
        place = f"{path}components[{number}]"
        for index, card in enumerate(_list_in(component, "cards")):
            yield from _texts(_list_in(card, "components"), f"{place}.cards[{index}].")
        if value_of(component, "type") in ("header", "body"):
            for index, parameter in enumerate(_list_in(component, "parameters")):
                text = value_of(parameter, "text")
                if isinstance(text, str):
                    yield f"{place}.parameters[{index}].text", text
