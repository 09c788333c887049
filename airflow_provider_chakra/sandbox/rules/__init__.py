"""
What WhatsApp takes, as tables: the sandbox's own opinion, shared with nobody.

What WhatsApp finds out later and reports by webhook (a picture in WebP, a link that cannot be fetched, a
closed conversation, a template that does not exist) is accepted here as it is accepted there.
"""

from __future__ import annotations

from typing import Final

from airflow_provider_chakra.sandbox.refusals import Refusal, not_one_of, required, wrong_type
from airflow_provider_chakra.sandbox.rules.contacts import CONTACTS
from airflow_provider_chakra.sandbox.rules.envelope import (
    RECEIPT,
    address_in_india,
    addressee,
    bare_number,
    envelope,
    no_reply,
)
from airflow_provider_chakra.sandbox.rules.interactive import INTERACTIVE
from airflow_provider_chakra.sandbox.rules.media import AUDIO, DOCUMENT, IMAGE, STICKER, VIDEO
from airflow_provider_chakra.sandbox.rules.parts import needed
from airflow_provider_chakra.sandbox.rules.plain import LOCATION, PIN, REACTION, TEXT
from airflow_provider_chakra.sandbox.rules.template import TEMPLATE
from airflow_provider_chakra.sandbox.shapes import Object, Shape

__all__ = ["bare_number", "is_receipt", "judge"]

_CONTENT: Final[dict[str, Shape]] = {
    "text": TEXT,
    "image": IMAGE,
    "interactive": INTERACTIVE,
    "video": VIDEO,
    "audio": AUDIO,
    "document": DOCUMENT,
    "sticker": STICKER,
    "location": LOCATION,
    "contacts": CONTACTS,
    "reaction": REACTION,
    "template": TEMPLATE,
    "pin": PIN,
}

_MESSAGES: Final = {
    kind: Object(envelope(_CONTENT) | {kind: needed(shape)}, rules=[addressee, no_reply, address_in_india])
    for kind, shape in _CONTENT.items()
}


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
        return list(RECEIPT.judge(payload, ""))
    if "type" not in payload and "text" not in payload:
        return [required("type")]
    # Text is what a message was before there were types, and still is if it does not tell.
    kind = payload.get("type", "text")
    if not isinstance(kind, str) or kind not in _MESSAGES:
        return [not_one_of("type", _CONTENT, kind)]
    return list(_MESSAGES[kind].judge(payload, ""))
