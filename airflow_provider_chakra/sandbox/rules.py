"""
What WhatsApp takes, as a table: the sandbox's own opinion, shared with nobody.

Text, image and interactive list messages are judged in full, and read receipts too. Of every other type of
message only the envelope is judged, and whether the object named by ``type`` is there. What WhatsApp finds
out later and reports by webhook (a picture in WebP, a link that cannot be fetched, a closed conversation) is
accepted here as it is accepted there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from airflow_provider_chakra.sandbox.refusals import (
    Refusal,
    invalid_form,
    invalid_value,
    not_one_of,
    required,
    wrong_type,
)
from airflow_provider_chakra.sandbox.shapes import Array, Boolean, Object, OneOf, Part, Shape, Text, Unjudged

_PHONE: Final = re.compile(r"\+?[1-9][0-9]{6,14}")
_GROUP_ID: Final = re.compile(r"[A-Za-z0-9+/=_-]*[A-Za-z][A-Za-z0-9+/=_-]*")
_USER_ID: Final = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")

_GROUP_TYPES: Final = ("text", "image", "video", "audio", "document", "sticker", "template", "pin")
_OTHER_INTERACTIVE: Final = (
    "button",
    "cta_url",
    "flow",
    "location_request_message",
    "address_message",
    "product",
    "product_list",
    "catalog_message",
    "carousel",
    "call_permission_request",
    "voice_call",
    "request_contact_info",
    "order_details",
    "order_status",
)
_MOST_ROWS: Final = 10


def bare_number(number: str) -> str:
    """
    Take away what people put into phone numbers and WhatsApp does not mind.

    :param number: a phone number as it was written.
    """
    return "".join(char for char in number if not char.isspace() and char not in "-()")


def _web_address(value: str, where: str) -> Iterator[Refusal]:
    # urlsplit silently drops control characters, so they are looked for before it gets to see the link.
    blank = any(char.isspace() or char < " " for char in value)
    try:
        parts = urlsplit(value)
        fits = not blank and parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        fits = False
    if not fits:
        yield invalid_form(f"Param {where} must be a valid URI.")


def _id_or_link(media: dict[str, Any], where: str) -> Iterator[Refusal]:
    if ("id" in media) == ("link" in media):
        yield invalid_form(f"Param {where} must have exactly one of the keys id and link.")


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _rows_in_all(action: dict[str, Any], _: str) -> Iterator[Refusal]:
    rows = [row for section in _dicts(action.get("sections")) for row in _dicts(section.get("rows"))]
    if len(rows) > _MOST_ROWS:
        yield invalid_value(f"Total row count exceed max allowed count: {_MOST_ROWS}")
    ids = [row["id"] for row in rows if isinstance(row.get("id"), str)]
    for repeated in sorted({row_id for row_id in ids if ids.count(row_id) > 1}):
        yield invalid_value(f"Row ids must be unique. Duplicated id: {repeated}")


def _titles_tell_sections_apart(action: dict[str, Any], _: str) -> Iterator[Refusal]:
    sections = _dicts(action.get("sections"))
    if len(sections) > 1 and any(section.get("title", "") == "" for section in sections):
        yield invalid_value("Section title is required if there is more than one section")


def _addressee(message: dict[str, Any], _: str) -> Iterator[Refusal]:
    to, recipient = message.get("to"), message.get("recipient")
    kind, to_group = message.get("type", "text"), message.get("recipient_type") == "group"
    if "to" not in message and (to_group or "recipient" not in message):
        # The live service leaves out the full stop in this one.
        yield invalid_form("The parameter to is required")
    if isinstance(to, str) and to:
        is_group, is_phone = bool(_GROUP_ID.fullmatch(to)), bool(_PHONE.fullmatch(bare_number(to)))
        if not is_group and not is_phone:
            yield invalid_value("The phone number is malformed: Please use the format: +1234567890.")
        elif is_group != to_group:
            yield invalid_value("Param recipient_type does not match the recipient given in param to")
    if isinstance(recipient, str) and recipient and not _USER_ID.fullmatch(recipient):
        yield invalid_value("Param recipient is not a valid business-scoped user id")
    if to_group and kind not in _GROUP_TYPES:
        yield invalid_value(f"Message type {kind} is not supported for groups")
    if kind == "pin" and not to_group:
        yield invalid_value("Message type pin is supported for groups only")


def _no_reply(message: dict[str, Any], _: str) -> Iterator[Refusal]:
    if message.get("type") == "reaction" and "context" in message:
        yield invalid_value("Message type reaction cannot be a reply: context is not supported")


def _needed(shape: Shape, absent: Refusal | None = None) -> Part:
    return Part(shape, needed=True, absent=absent)


def _span(name: str, least: int, most: int) -> Text:
    words = f"{name} text length invalid. Min length: {least}, Max length: {most}"
    return Text(least, most, short=words, long=words)


def _label(name: str, least: int, most: int) -> Text:
    return Text(least, most, long=f"{name} is too long. Max length is {most}")


_NOT_EMPTY: Final = Text(1)

_TEXT: Final = Object({"body": _needed(Text(1, 4096)), "preview_url": Part(Boolean())})

_IMAGE: Final = Object(
    {"id": Part(_NOT_EMPTY), "link": Part(Text(check=_web_address)), "caption": Part(Text(0, 1024))},
    rules=[_id_or_link],
)

_ROW: Final = Object(
    {
        "id": _needed(_label("Row id", 1, 200)),
        "title": _needed(_label("Row title", 1, 24)),
        "description": Part(_label("Row description", 0, 72)),
    }
)

_SECTION: Final = Object(
    {
        "title": Part(_label("Section title", 0, 24)),
        # The highest number of rows is one for all sections together: see _rows_in_all.
        "rows": _needed(Array(_ROW, 1, None, "Invalid rows count. Min allowed rows: 1")),
    }
)

_LIST: Final = Object(
    {
        "type": _needed(OneOf(["list"])),
        "header": Part(
            Object(
                {
                    "type": _needed(OneOf(["text"])),
                    "text": _needed(
                        _span("Header", 1, 60), invalid_value("Text cannot be null for header type text")
                    ),
                    "sub_text": Part(_span("Header sub", 0, 60)),
                }
            )
        ),
        # Meta's prose says 4096 for the body; the live service says 1024, and refuses.
        "body": _needed(Object({"text": _needed(_span("Body", 1, 1024))})),
        "footer": Part(Object({"text": _needed(_span("Footer", 0, 60))})),
        "action": _needed(
            Object(
                {
                    "button": _needed(_label("Button", 1, 20)),
                    "sections": _needed(
                        Array(
                            _SECTION,
                            1,
                            10,
                            "Invalid sections count. Min allowed sections: 1, Max allowed sections: 10",
                        )
                    ),
                },
                rules=[_rows_in_all, _titles_tell_sections_apart],
            )
        ),
    }
)


class _Interactive:
    """The one type of message whose shape hangs on a type of its own."""

    def judge(self, value: object, where: str) -> Iterator[Refusal]:
        if not isinstance(value, dict):
            yield wrong_type(where, "a JSON object")
        elif "type" not in value:
            yield required(f"{where}['type']")
        elif value["type"] == "list":
            yield from _LIST.judge(value, where)
        elif value["type"] not in _OTHER_INTERACTIVE:
            yield not_one_of(f"{where}['type']", ("list", *_OTHER_INTERACTIVE), value["type"])


_CONTENT: Final[dict[str, Shape]] = {
    "text": _TEXT,
    "image": _IMAGE,
    "interactive": _Interactive(),
    "video": Unjudged(),
    "audio": Unjudged(),
    "document": Unjudged(),
    "sticker": Unjudged(),
    "location": Unjudged(),
    "contacts": Unjudged(list),
    "reaction": Unjudged(),
    "template": Unjudged(),
    "pin": Unjudged(),
}

_ENVELOPE: Final = {
    "messaging_product": _needed(OneOf(["whatsapp"])),
    "recipient_type": Part(OneOf(["individual", "group"])),
    "to": Part(_NOT_EMPTY),
    "recipient": Part(_NOT_EMPTY),
    "type": Part(OneOf(list(_CONTENT))),
    "context": Part(Object({"message_id": _needed(_NOT_EMPTY)})),
    "biz_opaque_callback_data": Part(Text(0, 512)),
    "recipient_identity_key_hash": Part(_NOT_EMPTY),
}

_MESSAGES: Final = {
    kind: Object(_ENVELOPE | {kind: _needed(shape)}, rules=[_addressee, _no_reply])
    for kind, shape in _CONTENT.items()
}

_RECEIPT: Final = Object(
    {
        "messaging_product": _needed(OneOf(["whatsapp"])),
        "status": _needed(OneOf(["read"])),
        "message_id": _needed(_NOT_EMPTY),
        "typing_indicator": Part(Object({"type": _needed(OneOf(["text"]))})),
    }
)


def is_receipt(payload: object) -> bool:
    """
    Tell a read receipt from a message: both are posted to the same address.

    :param payload: the parsed body of a request.
    """
    return isinstance(payload, dict) and "status" in payload


def judge(payload: object) -> list[Refusal]:
    """
    Judge the body of a request to the messages endpoint.

    :param payload: the parsed body, whatever it is.
    :return: every reason to refuse it, the one WhatsApp would name first in front; none if it is accepted.
    """
    if not isinstance(payload, dict):
        return [wrong_type("", "a JSON object")]
    if is_receipt(payload):
        return list(_RECEIPT.judge(payload, ""))
    if "type" not in payload and "text" not in payload:
        return [required("type")]
    # Text is what a message was before there were types, and still is if it does not tell.
    kind = payload.get("type", "text")
    if not isinstance(kind, str) or kind not in _MESSAGES:
        return [not_one_of("type", _CONTENT, kind)]
    return list(_MESSAGES[kind].judge(payload, ""))
