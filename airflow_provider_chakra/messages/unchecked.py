"""Messages whose content this package does not check yet: it checks the envelope only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import ConfigDict
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages.base import Message, broken
from airflow_provider_chakra.messages.problems import json_type

#: The types that a message may have besides those with a model of their own.
UNCHECKED_TYPES = frozenset(
    {
        "audio",
        "contacts",
        "document",
        "interactive",
        "location",
        "pin",
        "reaction",
        "sticker",
        "template",
        "video",
    }
)
#: The interactive types, likewise.
UNCHECKED_INTERACTIVE_TYPES = frozenset(
    {
        "address_message",
        "button",
        "call_permission_request",
        "carousel",
        "catalog_message",
        "cta_url",
        "flow",
        "location_request_message",
        "order_details",
        "order_status",
        "product",
        "product_list",
        "request_contact_info",
        "voice_call",
    }
)
_GROUP_TYPES = frozenset({"audio", "document", "pin", "sticker", "template", "video"})


class Envelope(Message):
    """The envelope alone, with anything in it: used where the message's type is not known."""

    model_config = ConfigDict(extra="ignore")


class UncheckedMessage(Message):
    """
    A message of a type that has no model yet: WhatsApp is the first to judge its content.

    :param type: the type, with the content in a field of that name.
    """

    model_config = ConfigDict(extra="allow")

    kind: ClassVar[str] = "message"

    type: str

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that the content is there, and nothing beside it.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        yield from super().cross_rules(data)
        kind = data.get("type")
        if kind == "pin" and data.get("recipient_type") != "group":
            yield "recipient_type", broken("group for a pin", "a single person", "pin a message in a group")
        if kind == "reaction" and data.get("context") is not None:
            yield "context", broken("not in a reaction", "an answer", "a reaction names its message itself")
        wanted = list if kind == "contacts" else dict
        if not isinstance(data.get(str(kind)), wanted):
            yield (
                str(kind),
                broken(
                    f"required: {'an array' if wanted is list else 'an object'} with the content",
                    json_type(data[str(kind)]) if str(kind) in data else "nothing",
                    "put the message's content there",
                ),
            )
        for name in data.keys() - Message.model_fields.keys() - {"type", kind}:
            yield name, broken("not a field of such a message", "a value", "leave it out")

    @classmethod
    def goes_to_groups(cls, data: Mapping[str, Any]) -> bool:
        """
        Tell whether WhatsApp takes this type of message in a group.

        :param data: the raw input.
        """
        return data.get("type") in _GROUP_TYPES
