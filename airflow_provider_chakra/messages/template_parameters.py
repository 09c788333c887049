"""
What fills the placeholders of a template's header and body.

https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from airflow_provider_chakra.messages.base import NonEmpty, Part, RuledPart, broken
from airflow_provider_chakra.messages.interactive.products import ProductAction
from airflow_provider_chakra.messages.limits import TEMPLATE_BLANKS_MAX, Chars
from airflow_provider_chakra.messages.location import Location
from airflow_provider_chakra.messages.media import Media, NamedMedia
from airflow_provider_chakra.messages.unions import ByType

_LINE_OR_TAB = re.compile(r"[\n\r\t]")
_MANY_BLANKS = " " * (TEMPLATE_BLANKS_MAX + 1)
_PARAMETER_NAME = re.compile(r"[a-z0-9_]+")


def _on_one_line(text: str) -> str:
    limit = f"one line without tabs, and at most {TEMPLATE_BLANKS_MAX} blanks in a row"
    if _LINE_OR_TAB.search(text):
        raise broken(limit, "a line break or a tab", "write the parameter on one line")
    if _MANY_BLANKS in text:
        raise broken(limit, f"more than {TEMPLATE_BLANKS_MAX} blanks in a row", "take the blanks out")
    return text


def _parameter_name(name: str) -> str:
    if not _PARAMETER_NAME.fullmatch(name):
        raise broken(
            "lower-case letters, digits and underscores", "other characters", "write it as in the template"
        )
    return name


#: A text for a placeholder; how long it may be depends on the template, see :class:`.Template`.
OneLine = Annotated[str, Chars(1), AfterValidator(_on_one_line)]


class Named(RuledPart):
    """
    A parameter that finds its placeholder by its place, or by its name.

    :param parameter_name: the placeholder's name, in lower-case letters, digits and underscores.
    """

    parameter_name: Annotated[str, Chars(1), AfterValidator(_parameter_name)] | None = None


class TextParameter(Named):
    """
    A text for a placeholder.

    :param text: at most 1024 characters, or 32768 where the body is the template's only part; one
        line, without tabs, with at most 4 blanks in a row.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "text"}

    type: Literal["text"] = "text"
    text: OneLine


class Currency(Part):
    """
    An amount of money.

    :param fallback_value: the amount as text, for phones that cannot write it in their own way.
    :param code: the currency's ISO 4217 code, such as ``"INR"``.
    :param amount_1000: the amount, times 1000.
    """

    fallback_value: NonEmpty
    code: NonEmpty
    amount_1000: int


class CurrencyParameter(Named):
    """
    An amount of money for a placeholder.

    :param currency: the amount.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "currency"}

    type: Literal["currency"] = "currency"
    currency: Currency


class DateTime(Part):
    """
    A day or a time.

    :param fallback_value: the day or time as text.
    """

    fallback_value: NonEmpty


class DateTimeParameter(Named):
    """
    A day or a time for a placeholder.

    :param date_time: the day or time.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "date_time"}

    type: Literal["date_time"] = "date_time"
    date_time: DateTime


class ImageParameter(RuledPart):
    """
    The image of a header; it takes no caption.

    :param image: the image.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "image"}

    type: Literal["image"] = "image"
    image: Media


class VideoParameter(RuledPart):
    """
    The video of a header; it takes no caption.

    :param video: the video.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "video"}

    type: Literal["video"] = "video"
    video: Media


class GifParameter(RuledPart):
    """
    The moving image of a header, in templates for marketing only.

    :param gif: the moving image.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "gif"}

    type: Literal["gif"] = "gif"
    gif: Media


class DocumentParameter(RuledPart):
    """
    The document of a header; it takes no caption.

    :param document: the document, with its file name.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "document"}

    type: Literal["document"] = "document"
    document: NamedMedia


class LocationParameter(RuledPart):
    """
    The place of a header.

    :param location: the place.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "location"}

    type: Literal["location"] = "location"
    location: Location


class ProductParameter(RuledPart):
    """
    The product of a header.

    :param product: the product.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "product"}

    type: Literal["product"] = "product"
    product: ProductAction


HeaderParameter = Annotated[
    TextParameter
    | ImageParameter
    | VideoParameter
    | GifParameter
    | DocumentParameter
    | LocationParameter
    | ProductParameter,
    ByType(),
]
BodyParameter = Annotated[TextParameter | CurrencyParameter | DateTimeParameter, ByType()]
