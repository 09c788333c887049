"""
Messages that show products of a catalog.

https://developers.facebook.com/docs/whatsapp/cloud-api/guides/sell-products-and-services/share-products
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages import limits
from airflow_provider_chakra.messages.base import NonEmpty, Part, RuledPart
from airflow_provider_chakra.messages.interactive.parts import (
    Body,
    Footer,
    Header,
    Interactive,
    InteractiveMessage,
    TextHeader,
    in_sections,
    too_many_in_sections,
    untitled,
)
from airflow_provider_chakra.messages.limits import Chars


class ProductAction(Part):
    """
    A product.

    :param catalog_id: the catalog that it is in.
    :param product_retailer_id: its id there (the SKU).
    """

    catalog_id: NonEmpty
    product_retailer_id: NonEmpty


class ProductInteractive(Interactive):
    """
    One product.

    :param action: the product.
    :param body: a text.
    :param footer: the small line at the foot.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "product"}

    type: Literal["product"] = "product"
    body: Body | None = None
    footer: Footer | None = None
    action: ProductAction


class ProductMessage(InteractiveMessage):
    """
    A message that shows one product.

    :param interactive: the product.
    """

    kind: ClassVar[str] = "product message"

    interactive: ProductInteractive


class ProductItem(Part):
    """
    A product in a section.

    :param product_retailer_id: its id in the catalog (the SKU).
    """

    product_retailer_id: NonEmpty


class ProductSection(Part):
    """
    A group of products.

    :param product_items: at least one.
    :param title: at most 24 characters; required where there are several sections.
    """

    title: Annotated[str, Chars(0, limits.SECTION_TITLE_MAX)] | None = None
    product_items: Annotated[list[ProductItem], Field(min_length=1)]


class ProductListAction(RuledPart):
    """
    The products.

    :param catalog_id: the catalog that all of them are in.
    :param sections: 1 to 10, with 30 products in all of them together.
    """

    catalog_id: NonEmpty
    sections: Annotated[list[ProductSection], Field(min_length=1, max_length=limits.PRODUCT_SECTIONS_MAX)]

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check the number of products and the titles of sections.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        sections = data.get("sections")
        if not isinstance(sections, list):
            return
        yield from untitled(sections)
        count = len(in_sections(sections, "product_items"))
        yield from too_many_in_sections(count, limits.PRODUCTS_MAX, "products")


class ProductListInteractive(Interactive):
    """
    Several products.

    :param header: a header of text.
    :param body: the text.
    :param action: the products.
    :param footer: the small line at the foot.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "product_list"}

    type: Literal["product_list"] = "product_list"
    header: TextHeader
    body: Body
    footer: Footer | None = None
    action: ProductListAction


class ProductListMessage(InteractiveMessage):
    """
    A message that shows several products.

    :param interactive: the products.
    """

    kind: ClassVar[str] = "product list message"

    interactive: ProductListInteractive


class CatalogParameters(Part):
    """
    How the catalog is shown.

    :param thumbnail_product_retailer_id: the product whose picture is shown; WhatsApp takes the first.
    """

    thumbnail_product_retailer_id: NonEmpty | None = None


class CatalogAction(RuledPart):
    """
    A button that opens the catalog.

    :param parameters: how it is shown. Meta's OpenAPI document requires them, its pages do not.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"name": "catalog_message"}

    name: Literal["catalog_message"] = "catalog_message"
    parameters: CatalogParameters | None = None


class CatalogInteractive(Interactive):
    """
    The whole catalog.

    :param body: the text.
    :param action: the button.
    :param header: a text, image, video or document above it.
    :param footer: the small line at the foot.
    """

    spelled_out: ClassVar[Mapping[str, Any]] = {
        "type": "catalog_message",
        "action": CatalogAction.spelled_out,
    }

    type: Literal["catalog_message"] = "catalog_message"
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: CatalogAction = CatalogAction()


class CatalogMessage(InteractiveMessage):
    """
    A message that shows the whole catalog.

    :param interactive: the catalog.
    """

    kind: ClassVar[str] = "catalog message"

    interactive: CatalogInteractive
