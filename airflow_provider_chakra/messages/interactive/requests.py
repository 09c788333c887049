"""
Messages that ask for a location or for contact information.

https://developers.facebook.com/docs/whatsapp/cloud-api/messages/location-request-messages
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from airflow_provider_chakra.messages.base import RuledPart
from airflow_provider_chakra.messages.interactive.parts import (
    Body,
    Footer,
    Header,
    Interactive,
    InteractiveMessage,
)


class LocationRequestAction(RuledPart):
    """A button that sends the recipient's location."""

    spelled_out: ClassVar[Mapping[str, str]] = {"name": "send_location"}

    name: Literal["send_location"] = "send_location"


class LocationRequestInteractive(Interactive):
    """
    A text with a button that sends a location.

    :param body: the text.
    :param action: the button, which needs no choice.
    """

    spelled_out: ClassVar[Mapping[str, Any]] = {
        "type": "location_request_message",
        "action": LocationRequestAction.spelled_out,
    }

    type: Literal["location_request_message"] = "location_request_message"
    body: Body
    action: LocationRequestAction = LocationRequestAction()


class LocationRequestMessage(InteractiveMessage):
    """
    A message that asks for a location.

    :param interactive: text and button.
    """

    kind: ClassVar[str] = "location request"

    interactive: LocationRequestInteractive


class ContactInfoRequestAction(RuledPart):
    """A button that sends the recipient's contact information."""

    spelled_out: ClassVar[Mapping[str, str]] = {"name": "request_contact_info"}

    name: Literal["request_contact_info"] = "request_contact_info"


class ContactInfoRequestInteractive(Interactive):
    """
    A text with a button that sends contact information.

    Not in Meta's documentation yet: known from a client of the API. Headers and footers are let
    through, as nothing is known of them.

    :param body: the text.
    :param action: the button, which needs no choice.
    :param header: a text, image, video or document above it.
    :param footer: the small line at the foot.
    """

    spelled_out: ClassVar[Mapping[str, Any]] = {
        "type": "request_contact_info",
        "action": ContactInfoRequestAction.spelled_out,
    }

    type: Literal["request_contact_info"] = "request_contact_info"
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: ContactInfoRequestAction = ContactInfoRequestAction()


class ContactInfoRequestMessage(InteractiveMessage):
    """
    A message that asks for contact information.

    :param interactive: text and button.
    """

    kind: ClassVar[str] = "contact information request"

    interactive: ContactInfoRequestInteractive
