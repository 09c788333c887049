"""What stands around every message: who it is for, what it answers, what comes back with its statuses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from airflow_provider_chakra.sandbox.refusals import Refusal, invalid_form, invalid_value
from airflow_provider_chakra.sandbox.rules.parts import NOT_EMPTY, needed
from airflow_provider_chakra.sandbox.shapes import Object, OneOf, Part, Text

_PHONE: Final = re.compile(r"\+?[1-9][0-9]{6,14}")
_GROUP_ID: Final = re.compile(r"[A-Za-z0-9+/=_-]*[A-Za-z][A-Za-z0-9+/=_-]*")
_USER_ID: Final = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")

_GROUP_TYPES: Final = ("text", "image", "video", "audio", "document", "sticker", "template", "pin")


def bare_number(number: str) -> str:
    """
    Take away what people put into phone numbers and WhatsApp does not mind.

    :param number: a phone number as it was written.
    """
    return "".join(char for char in number if not char.isspace() and char not in "-()")


def envelope(kinds: Iterable[str]) -> dict[str, Part]:
    """
    Give the properties that all messages share.

    :param kinds: the types of messages.
    """
    return {
        "messaging_product": needed(OneOf(["whatsapp"])),
        "recipient_type": Part(OneOf(["individual", "group"])),
        "to": Part(NOT_EMPTY),
        "recipient": Part(NOT_EMPTY),
        "type": Part(OneOf(list(kinds))),
        "context": Part(Object({"message_id": needed(NOT_EMPTY)})),
        "biz_opaque_callback_data": Part(Text(0, 512)),
        "recipient_identity_key_hash": Part(NOT_EMPTY),
    }


RECEIPT: Final = Object(
    {
        "messaging_product": needed(OneOf(["whatsapp"])),
        "status": needed(OneOf(["read"])),
        "message_id": needed(NOT_EMPTY),
        "typing_indicator": Part(Object({"type": needed(OneOf(["text"]))})),
    }
)


def addressee(message: dict[str, Any], _: str) -> Iterator[Refusal]:
    """Judge who a message is for, and whether it may be for a group."""
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


def no_reply(message: dict[str, Any], _: str) -> Iterator[Refusal]:
    """Judge whether a message may answer another."""
    if message.get("type") == "reaction" and "context" in message:
        yield invalid_value("Message type reaction cannot be a reply: context is not supported")


def address_in_india(message: dict[str, Any], _: str) -> Iterator[Refusal]:
    """Judge who is asked for an address: that is for India only."""
    content, to = message.get("interactive"), message.get("to")
    if not isinstance(content, dict) or content.get("type") != "address_message" or not isinstance(to, str):
        return
    number = bare_number(to)
    if _PHONE.fullmatch(number) and not number.removeprefix("+").startswith("91"):
        yield invalid_value("Interactive type address_message is supported for +91 numbers only")
