"""Templates: what is filled into a text that WhatsApp has approved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from airflow_provider_chakra.sandbox.refusals import Refusal, invalid_form, too_long
from airflow_provider_chakra.sandbox.rules.carousel import CARD_INDEX, FEWEST_CARDS, MOST_CARDS
from airflow_provider_chakra.sandbox.rules.media import BARE_DOCUMENT, BARE_MEDIA
from airflow_provider_chakra.sandbox.rules.parts import (
    ANY_OBJECT,
    ANY_TEXT,
    NOT_EMPTY,
    cards_told_apart,
    dicts,
    made_of,
    needed,
    repeated,
    sections_told_apart,
)
from airflow_provider_chakra.sandbox.rules.plain import LOCATION
from airflow_provider_chakra.sandbox.rules.products import (
    MOST_PRODUCTS,
    ONE_PRODUCT,
    PRODUCT_SECTIONS,
    THUMBNAIL,
)
from airflow_provider_chakra.sandbox.shapes import Array, Number, Object, OneOf, Part, Shape, Tagged, Text

_MOST_IN_A_TEXT: Final = 1024
_MOST_IN_A_LONE_BODY: Final = 32768
_WHOLE: Final = Number(whole=True)


def _one_line(value: str, where: str) -> Iterator[Refusal]:
    if re.search(r"[\n\r\t]| {5}", value):
        yield invalid_form(f"Param {where} must not have line breaks, tabs or more than 4 blanks in a row.")


def _named_or_counted(component: dict[str, Any], where: str) -> Iterator[Refusal]:
    parameters = dicts(component.get("parameters"))
    if len({"parameter_name" in parameter for parameter in parameters}) > 1:
        yield invalid_form(f"Param {where}['parameters'] must have a name for all parameters or for none.")
    for name in repeated(parameter.get("parameter_name") for parameter in parameters):
        yield invalid_form(f"Param {where}['parameters'] must not fill {name} more than once.")


def _no_component_twice(holder: dict[str, Any], where: str) -> Iterator[Refusal]:
    components = dicts(holder.get("components"))
    buttons = [component for component in components if component.get("type") == "button"]
    others = [component.get("type") for component in components if component.get("type") != "button"]
    for kind in repeated(others):
        yield invalid_form(f"Param {where}['components'] must not have more than one {kind}.")
    # A place may be written as a number or as a text.
    for place in repeated(str(button["index"]) for button in buttons if "index" in button):
        yield invalid_form(f"Param {where}['components'] must not have more than one button {place}.")


def _texts_fit(template: dict[str, Any], where: str) -> Iterator[Refusal]:
    components = dicts(template.get("components"))
    if [component.get("type") for component in components] == ["body"]:
        most = _MOST_IN_A_LONE_BODY
    else:
        most = _MOST_IN_A_TEXT
    yield from _long_texts(components, f"{where}['components']", most)


def _long_texts(components: list[dict[str, Any]], where: str, most: int) -> Iterator[Refusal]:
    for place, component in enumerate(components):
        inside = f"{where}[{place}]"
        for index, card in enumerate(dicts(component.get("cards"))):
            cards = dicts(card.get("components"))
            yield from _long_texts(cards, f"{inside}['cards'][{index}]['components']", most)
        if component.get("type") not in ("header", "body"):
            continue
        for index, parameter in enumerate(dicts(component.get("parameters"))):
            text = parameter.get("text")
            if isinstance(text, str) and len(text) > most:
                yield too_long(f"{inside}['parameters'][{index}]['text']", most)


def _parameter(name: str, shape: Shape, **further: Part) -> dict[str, Object]:
    # A parameter has its type twice: as ``type``, and as the name of its value.
    return {name: Object({name: needed(shape), **further})}


_NAME: Final = Part(Text(1, check=made_of("[a-z0-9_]+", "lower-case letters, digits and underscores")))
_FALLBACK: Final = {"fallback_value": needed(NOT_EMPTY)}
# How long it may be depends on the other components: see _texts_fit.
_TEXT: Final = _parameter("text", Text(1, check=_one_line), parameter_name=_NAME)

_HEADER: Final = Object(
    {
        "parameters": Part(
            Array(
                Tagged(
                    "type",
                    _TEXT
                    | _parameter("image", BARE_MEDIA)
                    | _parameter("video", BARE_MEDIA)
                    | _parameter("document", BARE_DOCUMENT)
                    | _parameter("gif", BARE_MEDIA)
                    | _parameter("location", LOCATION)
                    | _parameter("product", ONE_PRODUCT),
                ),
                "parameters",
                0,
                1,
            )
        )
    }
)

_BODY: Final = Object(
    {
        "parameters": Part(
            Array(
                Tagged(
                    "type",
                    _TEXT
                    | _parameter(
                        "currency",
                        Object(_FALLBACK | {"code": needed(NOT_EMPTY), "amount_1000": needed(_WHOLE)}),
                        parameter_name=_NAME,
                    )
                    | _parameter("date_time", Object(_FALLBACK), parameter_name=_NAME),
                ),
                "parameters",
            )
        )
    },
    rules=[_named_or_counted],
)


def _button(parameter: dict[str, Object], *, bare: bool = False) -> Object:
    parameters = Array(Tagged("type", parameter), "parameters", 0 if bare else 1, 1)
    return Object(
        {
            "index": needed(Number(0, 9, whole=True, as_text=True)),
            "parameters": Part(parameters, needed=not bare),
        }
    )


_BUTTONS: Final = {
    "quick_reply": _button(_parameter("payload", Text(1, 256))),
    "url": _button(_parameter("text", Text(1, check=_one_line))),
    # 15 before December 2025; the page about limited-time offers still says so.
    "copy_code": _button(
        _parameter("coupon_code", Text(1, 20, check=made_of("[A-Za-z0-9]+", "letters and digits")))
    ),
    # All that these two can be told is optional.
    "flow": _button(
        _parameter("action", Object({"flow_token": Part(ANY_TEXT), "flow_action_data": Part(ANY_OBJECT)})),
        bare=True,
    ),
    "catalog": _button(_parameter("action", Object({"thumbnail_product_retailer_id": THUMBNAIL})), bare=True),
    "mpm": _button(
        _parameter(
            "action",
            Object(
                {"thumbnail_product_retailer_id": THUMBNAIL, "sections": needed(PRODUCT_SECTIONS)},
                rules=[MOST_PRODUCTS, sections_told_apart],
            ),
        )
    ),
}


_LIMITED_TIME_OFFER: Final = Object(
    {
        "parameters": needed(
            Array(
                Tagged(
                    "type",
                    _parameter(
                        "limited_time_offer", Object({"expiration_time_ms": needed(Number(1, whole=True))})
                    ),
                ),
                "parameters",
                1,
                1,
            )
        )
    }
)

_IN_A_CARD: Final[dict[str, Object | Tagged]] = {
    "header": _HEADER,
    "body": _BODY,
    "button": Tagged("sub_type", _BUTTONS),
}

_CARD: Final = Object(
    {
        "card_index": CARD_INDEX,
        "components": needed(Array(Tagged("type", _IN_A_CARD), "components")),
    },
    rules=[_no_component_twice],
)

_COMPONENTS: Final[dict[str, Object | Tagged]] = {
    **_IN_A_CARD,
    "limited_time_offer": _LIMITED_TIME_OFFER,
    # Nothing more is documented of this one.
    "tap_target_configuration": ANY_OBJECT,
    "carousel": Object(
        {"cards": needed(Array(_CARD, "cards", FEWEST_CARDS, MOST_CARDS))}, rules=[cards_told_apart]
    ),
}

TEMPLATE: Final = Object(
    {
        "name": needed(
            Text(1, 512, check=made_of("[a-z0-9_]+", "lower-case letters, digits and underscores"))
        ),
        # The schema asks for the policy, and all of its own examples leave it out.
        "language": needed(Object({"code": needed(NOT_EMPTY), "policy": Part(OneOf(["deterministic"]))})),
        "components": Part(Array(Tagged("type", _COMPONENTS), "components")),
    },
    rules=[_no_component_twice, _texts_fit],
)
