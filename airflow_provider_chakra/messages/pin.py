"""Pins: https://developers.facebook.com/docs/whatsapp/cloud-api/groups (pin and unpin group messages)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages.base import Message, NonEmpty, RuledPart, broken
from airflow_provider_chakra.messages.limits import PIN_DAYS_MAX


class Pin(RuledPart):
    """
    A message at the top of a group; three can be pinned at a time.

    :param type: ``"pin"`` or ``"unpin"``.
    :param message_id: wamid of the message.
    :param expiration_days: how long it stays pinned, 1 to 30 days; required for a pin.
    """

    type: Literal["pin", "unpin"]
    message_id: NonEmpty
    expiration_days: Annotated[int, Field(ge=1, le=PIN_DAYS_MAX)] | None = None

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that a pin says how long it stays.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        if data.get("type") == "pin" and data.get("expiration_days") is None:
            yield (
                "expiration_days",
                broken("required for a pin", "nothing", f"give 1 to {PIN_DAYS_MAX} days"),
            )


class PinMessage(Message):
    """
    A message that pins another one in a group, or takes the pin away.

    :param pin: what to pin.
    """

    kind: ClassVar[str] = "pin"
    for_groups: ClassVar[bool] = True

    type: Literal["pin"] = "pin"
    pin: Pin

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that it goes to a group.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        yield from super().cross_rules(data)
        if data.get("recipient_type") != "group":
            yield (
                "recipient_type",
                broken(
                    "group for a pin", "a single person", "pin messages in groups only, by the group's id"
                ),
            )
