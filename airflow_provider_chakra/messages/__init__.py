"""
What can be said on WhatsApp: models in the wire's own shape. They know neither Airflow nor HTTP.

.. code-block:: python

    from airflow_provider_chakra.messages import Text, TextMessage, parse_message

    message = TextMessage(to="+91 98765 43210", text=Text(body="Your order has left."))
    same = parse_message(message.payload())
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_chakra.messages.base import Context, Message
    from airflow_provider_chakra.messages.interactive import (
        Body,
        Footer,
        ListAction,
        ListInteractive,
        ListMessage,
        Row,
        Section,
        TextHeader,
    )
    from airflow_provider_chakra.messages.media import Image, ImageMessage
    from airflow_provider_chakra.messages.parse import parse_message
    from airflow_provider_chakra.messages.text import Text, TextMessage
    from airflow_provider_chakra.messages.unchecked import UncheckedMessage

# Loaded when first asked for, so that nobody builds models that are not used.
_HOMES = {
    "Body": "interactive",
    "Context": "base",
    "Footer": "interactive",
    "Image": "media",
    "ImageMessage": "media",
    "ListAction": "interactive",
    "ListInteractive": "interactive",
    "ListMessage": "interactive",
    "Message": "base",
    "Row": "interactive",
    "Section": "interactive",
    "Text": "text",
    "TextHeader": "interactive",
    "TextMessage": "text",
    "UncheckedMessage": "unchecked",
    "parse_message": "parse",
}

__all__ = [
    "Body",
    "Context",
    "Footer",
    "Image",
    "ImageMessage",
    "ListAction",
    "ListInteractive",
    "ListMessage",
    "Message",
    "Row",
    "Section",
    "Text",
    "TextHeader",
    "TextMessage",
    "UncheckedMessage",
    "parse_message",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
