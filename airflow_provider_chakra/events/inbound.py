"""
What a customer wrote, chose or sent.

https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components (messages)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import SkipValidation

from airflow_provider_chakra.events.base import EventPart, Time
from airflow_provider_chakra.events.status import Failure
from airflow_provider_chakra.messages.recipient import mask


class Choice(EventPart):
    """
    What a customer chose or filled in.

    :param id: the id of the button or row; the payload of a template's button; of a form, its name, such as
        ``flow`` or ``address_message``.
    :param title: what the customer read on it.
    :param kind: ``button`` and ``list`` of interactive messages, ``template_button`` of a template, ``flow``
        of a form.
    :param answers: what was filled into a form, by the names of its fields.
    """

    id: str | None = None
    title: str | None = None
    kind: Literal["button", "list", "template_button", "flow"]
    answers: dict[str, Any] | None = None


class Media(EventPart):
    """
    A file that a customer sent.

    :param id: WhatsApp's id of it, to download it with.
    :param link: where it can be downloaded, often for a short time, and with a token only.
    :param mime_type: such as ``image/jpeg``.
    :param filename: of a document.
    :param sha256: the digest of the file, as WhatsApp writes it.
    """

    id: str | None = None
    link: str | None = None
    mime_type: str | None = None
    filename: str | None = None
    sha256: str | None = None


class Location(EventPart):
    """
    A place that a customer sent.

    :param latitude: in degrees.
    :param longitude: in degrees.
    :param name: its name.
    :param address: its address.
    """

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None


class Contact(EventPart):
    """
    A card from a customer's address book.

    :param name: the whole name.
    :param phones: phone numbers as they were written.
    """

    name: str | None = None
    phones: tuple[str, ...] = ()


class Reaction(EventPart):
    """
    A reaction to a message.

    :param message_id: its wamid.
    :param emoji: the reaction; ``None`` if it was taken back.
    """

    message_id: str
    emoji: str | None = None


class OrderItem(EventPart):
    """
    A product of an order.

    :param product_retailer_id: its id in the catalog.
    :param quantity: how many.
    :param item_price: the price of one.
    :param currency: such as ``INR``.
    """

    product_retailer_id: str | None = None
    quantity: int | None = None
    item_price: float | None = None
    currency: str | None = None


class Order(EventPart):
    """
    A cart that a customer sent.

    :param catalog_id: the catalog of its products.
    :param items: the products.
    """

    catalog_id: str | None = None
    items: tuple[OrderItem, ...] = ()


class Inbound(EventPart):
    """
    A message of a customer's. Of its parts those are there that its type has and that were told.

    :param wamid: WhatsApp's id of it.
    :param sender: the digits of the customer's phone number; ``None`` of one who hides it, and where
        ChakraHQ does not tell it.
    :param user_id: the customer's business-scoped user id, if it was told.
    :param phone_number_id: the id of the business's number that it was sent to, if it was told.
    :param at: when it was sent, in UTC, if it was told.
    :param type: WhatsApp's type, such as ``text``, ``interactive`` or ``button``; types of which this package
        does not know come with no parts, and ``unknown`` stands where no type was told.
    :param text: what there is to read: the text, a caption, the title of what was chosen.
    :param choice: the button or row that was chosen, or the form that was filled in.
    :param media: the file.
    :param location: the place.
    :param contacts: the cards.
    :param reaction: the reaction.
    :param order: the cart.
    :param referral: the ad that the customer came from, as WhatsApp tells it.
    :param error: why the message cannot be shown, if its type is ``unsupported``.
    :param reply_to: wamid of the message that it answers.
    :param payload: all that was told, as it was told.
    """

    wamid: str
    sender: str | None = None
    user_id: str | None = None
    phone_number_id: str | None = None
    at: Time | None = None
    type: str
    text: str | None = None
    choice: Choice | None = None
    media: Media | None = None
    location: Location | None = None
    contacts: tuple[Contact, ...] = ()
    reaction: Reaction | None = None
    order: Order | None = None
    referral: dict[str, Any] | None = None
    error: Failure | None = None
    reply_to: str | None = None
    payload: Annotated[Mapping[str, Any], SkipValidation]

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Keep what a customer wrote, and the whole phone number, out of logs and tracebacks."""
        yield "wamid", self.wamid
        yield "type", self.type
        yield "at", self.at and self.at.isoformat()
        yield "sender", mask(self.sender or self.user_id)
