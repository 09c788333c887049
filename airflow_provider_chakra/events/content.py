"""
From a message in the shape of WhatsApp's webhooks to an :class:`~airflow_provider_chakra.events.Inbound`.

https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components (messages)
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from airflow_provider_chakra.events.inbound import (
    Choice,
    Contact,
    Inbound,
    Location,
    Media,
    Order,
    OrderItem,
    Reaction,
)
from airflow_provider_chakra.events.status import failure_of
from airflow_provider_chakra.events.wire import (
    Fields,
    bsuid,
    digits,
    json_object,
    mapping,
    mappings,
    moment,
    number,
    text,
    whole,
)

# The names and values of some fields of an Inbound.
Parts = dict[str, Any]

UNKNOWN_TYPE: Final = "unknown"


def read_message(
    message: Fields,
    *,
    wamid: str | None = None,
    at: datetime | None = None,
    contacts: Any = None,
    phone_number_id: Any = None,
) -> Inbound | None:
    """
    Read a message of a customer's.

    :param message: as WhatsApp tells it.
    :param wamid: its id, if that is told beside the message. It goes before the one in the message.
    :param at: its time, if the message itself does not tell it.
    :param contacts: what is told about those who wrote.
    :param phone_number_id: the id of the business's number.
    :return: the message; ``None`` if it has no id.
    """
    wamid = text(wamid, message.get("id"))
    if wamid is None:
        return None
    kind = text(message.get("type")) or UNKNOWN_TYPE
    read = _READERS.get(kind)
    return Inbound(
        wamid=wamid,
        phone_number_id=text(phone_number_id),
        at=moment(message.get("timestamp")) or at,
        type=kind,
        referral=dict(mapping(message.get("referral"))) or None,
        reply_to=text(mapping(message.get("context")).get("id")),
        payload=message,
        **_who_wrote(message, contacts),
        **(read(message) if read else {}),
    )


def _who_wrote(message: Fields, contacts: Any) -> Parts:
    sender = digits(message.get("from"))
    user_id = bsuid(message.get("from_user_id"), message.get("from"))
    known = list(mappings(contacts))
    for contact in known:
        phone_number, contact_id = digits(contact.get("wa_id")), bsuid(contact.get("user_id"))
        told_twice = [pair for pair in ((sender, phone_number), (user_id, contact_id)) if all(pair)]
        # Several people may have written. Of a single contact nothing may contradict it.
        if all(ours == theirs for ours, theirs in told_twice) and (told_twice or len(known) == 1):
            return {"sender": sender or phone_number, "user_id": user_id or contact_id}
    return {"sender": sender, "user_id": user_id}


def _text(message: Fields) -> Parts:
    return {"text": text(mapping(message.get("text")).get("body"))}


def _media(kind: str) -> Callable[[Fields], Parts]:
    def read(message: Fields) -> Parts:
        content = mapping(message.get(kind))
        media = Media(
            id=text(content.get("id")),
            link=text(content.get("url"), content.get("link")),
            mime_type=text(content.get("mime_type")),
            filename=text(content.get("filename")),
            sha256=text(content.get("sha256")),
        )
        return {"text": text(content.get("caption")), "media": None if media == Media() else media}

    return read


def _location(message: Fields) -> Parts:
    content = mapping(message.get("location"))
    latitude, longitude = number(content.get("latitude")), number(content.get("longitude"))
    if latitude is None or longitude is None:
        return {}
    name, address = text(content.get("name")), text(content.get("address"))
    return {"location": Location(latitude=latitude, longitude=longitude, name=name, address=address)}


def _contacts(message: Fields) -> Parts:
    return {"contacts": tuple(_contact(card) for card in mappings(message.get("contacts")))}


def _contact(card: Fields) -> Contact:
    phones = (text(phone.get("phone"), phone.get("wa_id")) for phone in mappings(card.get("phones")))
    return Contact(
        name=text(mapping(card.get("name")).get("formatted_name")), phones=tuple(filter(None, phones))
    )


def _reaction(message: Fields) -> Parts:
    content = mapping(message.get("reaction"))
    message_id = text(content.get("message_id"))
    if message_id is None:
        return {}
    return {"reaction": Reaction(message_id=message_id, emoji=text(content.get("emoji")))}


def _interactive(message: Fields) -> Parts:
    content = mapping(message.get("interactive"))
    if form := mapping(content.get("nfm_reply")):
        title = text(form.get("body"))
        answers = json_object(form.get("response_json"))
        return {
            "text": title,
            "choice": Choice(id=text(form.get("name")), title=title, kind="flow", answers=dict(answers)),
        }
    if row := mapping(content.get("list_reply")):
        return _chosen(Choice(id=text(row.get("id")), title=text(row.get("title")), kind="list"))
    button = mapping(content.get("button_reply"))
    return _chosen(Choice(id=text(button.get("id")), title=text(button.get("title")), kind="button"))


def _button(message: Fields) -> Parts:
    button = mapping(message.get("button"))
    return _chosen(
        Choice(id=text(button.get("payload")), title=text(button.get("text")), kind="template_button")
    )


def _chosen(choice: Choice) -> Parts:
    return {"text": choice.title, "choice": choice} if choice.id or choice.title else {}


def _order(message: Fields) -> Parts:
    content = mapping(message.get("order"))
    items = tuple(
        OrderItem(
            product_retailer_id=text(item.get("product_retailer_id")),
            quantity=whole(item.get("quantity")),
            item_price=number(item.get("item_price")),
            currency=text(item.get("currency")),
        )
        for item in mappings(content.get("product_items"))
    )
    catalog_id = text(content.get("catalog_id"))
    order = Order(catalog_id=catalog_id, items=items) if catalog_id or items else None
    return {"text": text(content.get("text")), "order": order}


def _system(message: Fields) -> Parts:
    return {"text": text(mapping(message.get("system")).get("body"))}


def _unsupported(message: Fields) -> Parts:
    return {"error": next(filter(None, map(failure_of, mappings(message.get("errors")))), None)}


_READERS: Final[dict[str, Callable[[Fields], Parts]]] = {
    "text": _text,
    **{kind: _media(kind) for kind in ("image", "audio", "video", "document", "sticker")},
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
    "button": _button,
    "order": _order,
    "system": _system,
    "unsupported": _unsupported,
}
