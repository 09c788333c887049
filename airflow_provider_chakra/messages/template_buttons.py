"""
What the buttons of a template need when it is sent.

https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, PlainValidator
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages import limits
from airflow_provider_chakra.messages.base import NonEmpty, Part, RuledPart, broken
from airflow_provider_chakra.messages.interactive.parts import in_sections, too_many_in_sections, untitled
from airflow_provider_chakra.messages.interactive.products import ProductSection
from airflow_provider_chakra.messages.limits import Chars
from airflow_provider_chakra.messages.problems import json_type
from airflow_provider_chakra.messages.template_parameters import OneLine

_DIGIT = re.compile(r"[0-9]")
_COUPON = re.compile(r"[A-Za-z0-9]*")


def _index(value: Any) -> int | str:
    limit = f"a number from 0 to {limits.TEMPLATE_BUTTONS_MAX - 1}, or its digit as text"
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise broken(limit, json_type(value), "count the template's buttons from 0")
    if isinstance(value, str):
        fits = _DIGIT.fullmatch(value) is not None
    else:
        fits = 0 <= value < limits.TEMPLATE_BUTTONS_MAX
    if not fits:
        raise broken(limit, f"another {json_type(value).split()[-1]}", "count the template's buttons from 0")
    return value


def _coupon(code: str) -> str:
    if not _COUPON.fullmatch(code):
        raise broken("letters and digits only", "other characters", "take blanks and signs out of the code")
    return code


class UrlParameter(RuledPart):
    """
    The end of a button's address, or the code of an authentication template.

    :param text: the text, on one line.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "text"}

    type: Literal["text"] = "text"
    text: OneLine


class PayloadParameter(RuledPart):
    """
    What comes back when a button is tapped.

    :param payload: 1 to 256 characters.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "payload"}

    type: Literal["payload"] = "payload"
    payload: Annotated[str, Chars(1, limits.TEMPLATE_PAYLOAD_MAX)]


class CouponParameter(RuledPart):
    """
    The code that a button copies.

    :param coupon_code: 1 to 20 letters and digits.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "coupon_code"}

    type: Literal["coupon_code"] = "coupon_code"
    coupon_code: Annotated[str, Chars(1, limits.COUPON_CODE_MAX), AfterValidator(_coupon)]


class TemplateFlowAction(Part):
    """
    What a flow starts with.

    :param flow_token: comes back with the flow's answer.
    :param flow_action_data: what the flow's first screen is filled with.
    """

    flow_token: str | None = None
    flow_action_data: dict[str, Any] | None = None


class TemplateFlowParameter(RuledPart):
    """
    What a button's flow starts with.

    :param action: the start.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "action"}

    type: Literal["action"] = "action"
    action: TemplateFlowAction


class TemplateCatalogAction(Part):
    """
    How a catalog is shown.

    :param thumbnail_product_retailer_id: the product whose image is shown; the catalog's first one,
        if there is none.
    """

    thumbnail_product_retailer_id: NonEmpty | None = None


class TemplateCatalogParameter(RuledPart):
    """
    How a button's catalog is shown.

    :param action: the product to show.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "action"}

    type: Literal["action"] = "action"
    action: TemplateCatalogAction


class TemplateProductsAction(RuledPart):
    """
    The products that a button opens.

    :param thumbnail_product_retailer_id: the product whose image is shown.
    :param sections: 1 to 10, with 30 products in all of them together.
    """

    thumbnail_product_retailer_id: NonEmpty | None = None
    sections: Annotated[list[ProductSection], Field(min_length=1, max_length=limits.PRODUCT_SECTIONS_MAX)]

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check the number of products, and the titles of sections.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        sections = data.get("sections")
        if not isinstance(sections, list):
            return
        yield from untitled(sections)
        count = len(in_sections(sections, "product_items"))
        yield from too_many_in_sections(count, limits.PRODUCTS_MAX, "products")


class TemplateProductsParameter(RuledPart):
    """
    The products that a button opens.

    :param action: the products.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "action"}

    type: Literal["action"] = "action"
    action: TemplateProductsAction


class TemplateButton(RuledPart):
    """
    A button of the template.

    :param index: its place among the template's buttons, counted from 0, as a number or as text.
    """

    type: Literal["button"] = "button"
    index: Annotated[int | str, PlainValidator(_index)]


class TemplateQuickReplyButton(TemplateButton):
    """
    A button that answers.

    :param parameters: what comes back when it is tapped.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "button", "sub_type": "quick_reply"}

    sub_type: Literal["quick_reply"] = "quick_reply"
    parameters: Annotated[list[PayloadParameter], Field(min_length=1, max_length=1)]


class TemplateUrlButton(TemplateButton):
    """
    A button that opens an address with a placeholder at its end, or copies the code of an authentication.

    :param parameters: the end of the address, or the code.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "button", "sub_type": "url"}

    sub_type: Literal["url"] = "url"
    parameters: Annotated[list[UrlParameter], Field(min_length=1, max_length=1)]


class TemplateCopyCodeButton(TemplateButton):
    """
    A button that copies the code of a coupon.

    :param parameters: the code.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "button", "sub_type": "copy_code"}

    sub_type: Literal["copy_code"] = "copy_code"
    parameters: Annotated[list[CouponParameter], Field(min_length=1, max_length=1)]


class TemplateFlowButton(TemplateButton):
    """
    A button that opens a flow.

    :param parameters: what the flow starts with, if it needs anything.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "button", "sub_type": "flow"}

    sub_type: Literal["flow"] = "flow"
    parameters: Annotated[list[TemplateFlowParameter], Field(max_length=1)] | None = None


class TemplateCatalogButton(TemplateButton):
    """
    A button that opens the catalog.

    :param parameters: how the catalog is shown, if the default does not do.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "button", "sub_type": "catalog"}

    sub_type: Literal["catalog"] = "catalog"
    parameters: Annotated[list[TemplateCatalogParameter], Field(max_length=1)] | None = None


class TemplateProductsButton(TemplateButton):
    """
    A button that opens some products of the catalog.

    :param parameters: the products.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "button", "sub_type": "mpm"}

    sub_type: Literal["mpm"] = "mpm"
    parameters: Annotated[list[TemplateProductsParameter], Field(min_length=1, max_length=1)]


#: Any of the buttons, told apart by ``sub_type``.
AnyButton = (
    TemplateQuickReplyButton
    | TemplateUrlButton
    | TemplateCopyCodeButton
    | TemplateFlowButton
    | TemplateCatalogButton
    | TemplateProductsButton
)
