"""
Messages about an order, in the countries where WhatsApp takes payments: India, Brazil, Singapore.

https://developers.facebook.com/docs/whatsapp/cloud-api/payments-api

What an order holds differs between these countries and their ways to pay. What is common to them is
checked; further fields within ``parameters`` are let through as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages.base import NonEmpty, RuledPart, broken
from airflow_provider_chakra.messages.interactive.parts import (
    Body,
    Footer,
    Header,
    Interactive,
    InteractiveMessage,
)
from airflow_provider_chakra.messages.limits import Chars

Status = Literal["pending", "processing", "partially_shipped", "shipped", "completed", "canceled"]


def _currency(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise broken("a currency's code of three capital letters", "another text", "write it such as INR")
    return code


class OpenPart(RuledPart):
    """A piece of an order, with further fields let through."""

    model_config = ConfigDict(extra="allow")


class Amount(OpenPart):
    """
    An amount of money: ``value / offset`` units of the currency.

    :param value: at least 0, such as 12550 for 125.50.
    :param offset: at least 1, such as 100.
    """

    value: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=1)]


class OrderItem(OpenPart):
    """
    A line of an order.

    :param retailer_id: the product's id (the SKU).
    :param name: what it is called.
    :param amount: the price of one.
    :param quantity: how many.
    """

    retailer_id: NonEmpty | None = None
    name: NonEmpty | None = None
    amount: Amount | None = None
    quantity: Annotated[int, Field(ge=1)] | None = None


class Order(OpenPart):
    """
    An order to be paid.

    :param status: where it stands, such as ``"pending"``.
    :param items: what was ordered, at least one.
    :param subtotal: the sum of the items.
    :param tax: the tax.
    :param shipping: the cost of shipping.
    :param discount: what is taken off.
    """

    status: Status
    items: Annotated[list[OrderItem], Field(min_length=1)]
    subtotal: Amount | None = None
    tax: Amount | None = None
    shipping: Amount | None = None
    discount: Amount | None = None


class OrderDetailsParameters(OpenPart):
    """
    What is to be paid, and how.

    :param reference_id: the business's own id of the order, by which later messages name it.
    :param type: ``"digital-goods"`` or ``"physical-goods"``.
    :param currency: such as ``"INR"``.
    :param total_amount: what is to be paid.
    :param order: the order.
    :param payment_type: how it is paid, where the country has one way.
    :param payment_settings: how it can be paid, elsewhere.
    """

    reference_id: NonEmpty
    type: Literal["digital-goods", "physical-goods"]
    payment_type: NonEmpty | None = None
    payment_settings: list[OpenPart] | None = None
    currency: Annotated[str, Chars(1), AfterValidator(_currency)]
    total_amount: Amount
    order: Order

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that there is a way to pay.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        if data.get("payment_settings") is None and data.get("payment_type") is None:
            yield (
                "payment_settings",
                broken("payment_settings or payment_type", "neither", "say how it can be paid"),
            )


class OrderDetailsAction(RuledPart):
    """
    A button that shows the order and leads to its payment.

    :param parameters: the order and how it is paid.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"name": "review_and_pay"}

    name: Literal["review_and_pay"] = "review_and_pay"
    parameters: OrderDetailsParameters


class OrderDetailsInteractive(Interactive):
    """
    An order with a button to pay it.

    :param body: the text.
    :param action: the order.
    :param header: a text, image, video or document above it.
    :param footer: the small line at the foot.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "order_details"}

    type: Literal["order_details"] = "order_details"
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: OrderDetailsAction


class OrderDetailsMessage(InteractiveMessage):
    """
    A message with an order to be paid.

    :param interactive: the order.
    """

    kind: ClassVar[str] = "order details message"

    interactive: OrderDetailsInteractive


class OrderState(OpenPart):
    """
    Where an order stands.

    :param status: the state.
    :param description: a text about it.
    """

    status: Status
    description: Annotated[str, Chars(0)] | None = None


class OrderStatusParameters(OpenPart):
    """
    Which order, and where it stands.

    :param reference_id: the id that the order was sent with.
    :param order: where it stands.
    """

    reference_id: NonEmpty
    order: OrderState


class OrderStatusAction(RuledPart):
    """
    A button that shows the order.

    :param parameters: the order and where it stands.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"name": "review_order"}

    name: Literal["review_order"] = "review_order"
    parameters: OrderStatusParameters


class OrderStatusInteractive(Interactive):
    """
    News about an order.

    :param body: the text.
    :param action: the order and where it stands.
    :param header: a text, image, video or document above it.
    :param footer: the small line at the foot.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "order_status"}

    type: Literal["order_status"] = "order_status"
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: OrderStatusAction


class OrderStatusMessage(InteractiveMessage):
    """
    A message with news about an order.

    :param interactive: the news.
    """

    kind: ClassVar[str] = "order status message"

    interactive: OrderStatusInteractive
