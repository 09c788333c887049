"""
Messages that ask for an address in India.

https://developers.facebook.com/docs/whatsapp/cloud-api/messages/address-messages
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages import limits
from airflow_provider_chakra.messages.base import NonEmpty, Part, RuledPart, broken
from airflow_provider_chakra.messages.interactive.parts import (
    Body,
    Footer,
    Header,
    Interactive,
    InteractiveMessage,
)
from airflow_provider_chakra.messages.limits import Chars
from airflow_provider_chakra.messages.recipient import RecipientError, phone_digits

_INDIA = "91"


class AddressErrors(Part):
    """
    What is wrong with an address that was given before: a text for each field that is.

    :param name: about the name.
    :param phone_number: about the phone number.
    :param in_pin_code: about the PIN code.
    :param house_number: about the house or flat.
    :param floor_number: about the floor.
    :param tower_number: about the tower.
    :param building_name: about the building.
    :param address: about the address.
    :param landmark_area: about the landmark or area.
    :param city: about the city.
    :param state: about the state.
    """

    name: Annotated[str, Chars(0)] | None = None
    phone_number: Annotated[str, Chars(0)] | None = None
    in_pin_code: Annotated[str, Chars(0)] | None = None
    house_number: Annotated[str, Chars(0)] | None = None
    floor_number: Annotated[str, Chars(0)] | None = None
    tower_number: Annotated[str, Chars(0)] | None = None
    building_name: Annotated[str, Chars(0)] | None = None
    address: Annotated[str, Chars(0)] | None = None
    landmark_area: Annotated[str, Chars(0)] | None = None
    city: Annotated[str, Chars(0)] | None = None
    state: Annotated[str, Chars(0)] | None = None


class AddressValues(AddressErrors):
    """
    An address, as far as it is known.

    :param name: who lives there.
    :param phone_number: that person's number.
    :param in_pin_code: at most 6 characters, such as ``"560001"``.
    :param house_number: the house or flat.
    :param floor_number: the floor.
    :param tower_number: the tower.
    :param building_name: the building.
    :param address: street and what else is needed.
    :param landmark_area: a landmark or area near it.
    :param city: the city.
    :param state: the state.
    """

    in_pin_code: Annotated[str, Chars(0, limits.PIN_CODE_MAX)] | None = None


class SavedAddress(Part):
    """
    An address that the recipient can choose.

    :param id: comes back with the answer.
    :param value: the address.
    """

    id: NonEmpty
    value: AddressValues


class AddressParameters(RuledPart):
    """
    What the form holds when it is opened.

    :param country: ``"IN"``, as WhatsApp offers it in India only.
    :param values: the address to begin with.
    :param saved_addresses: addresses to choose from.
    :param validation_errors: what is wrong with ``values``.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"country": "IN"}

    country: Literal["IN"] = "IN"
    values: AddressValues | None = None
    saved_addresses: list[SavedAddress] | None = None
    validation_errors: AddressErrors | None = None


class AddressAction(RuledPart):
    """
    A button that opens the form.

    :param parameters: the form.
    """

    spelled_out: ClassVar[Mapping[str, Any]] = {
        "name": "address_message",
        "parameters": AddressParameters.spelled_out,
    }

    name: Literal["address_message"] = "address_message"
    parameters: AddressParameters = AddressParameters()


class AddressInteractive(Interactive):
    """
    A text with a button that opens a form for an address.

    :param body: the text.
    :param action: the form; an empty one if left out.
    :param header: a text, image, video or document above it.
    :param footer: the small line at the foot.
    """

    spelled_out: ClassVar[Mapping[str, Any]] = {
        "type": "address_message",
        "action": AddressAction.spelled_out,
    }

    type: Literal["address_message"] = "address_message"
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: AddressAction = AddressAction()


class AddressMessage(InteractiveMessage):
    """
    A message that asks for an address: from businesses in India to people with Indian numbers.

    :param interactive: text and form.
    """

    kind: ClassVar[str] = "address message"

    interactive: AddressInteractive

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check what every message must have, and that the number is Indian.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        yield from super().cross_rules(data)
        try:
            digits = phone_digits(data.get("to"))
        except RecipientError:
            return
        if not digits.startswith(_INDIA) and data.get("recipient_type") != "group":
            yield (
                "to",
                broken(
                    f"a phone number of India, beginning with {_INDIA}",
                    "a number of another country",
                    "ask for the address in a text message",
                ),
            )
