"""The words that WhatsApp itself puts on buttons: no message brings them."""

from __future__ import annotations

from typing import Any, Final

_LABELS: Final = {
    "location_request_message": "Send location",
    "address_message": "Provide address",
    "product": "View",
    "product_list": "View items",
    "catalog_message": "View catalog",
    "call_permission_request": "Allow calls",
    "request_contact_info": "Share contact info",
    "order_details": "Review and pay",
    "voice_call": "Call Now",
}


def label_of(kind: Any) -> str | None:
    """
    Give the words on the button of an interactive message.

    :param kind: the type of the interactive message.
    :return: ``None`` if the message brings its own, or has no button.
    """
    return _LABELS.get(kind)
