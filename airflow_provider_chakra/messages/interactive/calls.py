"""Messages that lead to a call: https://developers.facebook.com/docs/whatsapp/cloud-api/calling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from airflow_provider_chakra.messages import limits
from airflow_provider_chakra.messages.base import Part, RuledPart
from airflow_provider_chakra.messages.interactive.parts import (
    Body,
    Footer,
    Header,
    Interactive,
    InteractiveMessage,
)
from airflow_provider_chakra.messages.limits import Chars


class CallPermissionAction(RuledPart):
    """Buttons that allow or refuse calls."""

    spelled_out: ClassVar[Mapping[str, str]] = {"name": "call_permission_request"}

    name: Literal["call_permission_request"] = "call_permission_request"


class CallPermissionInteractive(Interactive):
    """
    A question whether the business may call.

    :param body: a text.
    :param action: the buttons, which need no choice.
    """

    spelled_out: ClassVar[Mapping[str, Any]] = {
        "type": "call_permission_request",
        "action": CallPermissionAction.spelled_out,
    }

    type: Literal["call_permission_request"] = "call_permission_request"
    body: Body | None = None
    action: CallPermissionAction = CallPermissionAction()


class CallPermissionMessage(InteractiveMessage):
    """
    A message that asks for the permission to call.

    WhatsApp takes one such message to a person in 24 hours, and two in 7 days.

    :param interactive: text and buttons; all of it has defaults.
    """

    kind: ClassVar[str] = "call permission request"

    interactive: CallPermissionInteractive


class VoiceCallParameters(Part):
    """
    The button.

    :param display_text: 1 to 20 characters on it; WhatsApp takes ``"Call Now"`` for granted.
    :param ttl_minutes: how long it can be pressed, 1 to 43200 minutes; WhatsApp takes 10080 for granted.
    :param payload: at most 512 characters that come with the call.
    """

    display_text: Annotated[str, Chars(1, limits.BUTTON_TITLE_MAX)] | None = None
    ttl_minutes: Annotated[int, Field(ge=1, le=limits.CALL_TTL_MINUTES_MAX)] | None = None
    payload: Annotated[str, Chars(0, limits.CALL_PAYLOAD_MAX)] | None = None


class VoiceCallAction(RuledPart):
    """
    A button that calls the business.

    :param parameters: the button.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"name": "voice_call"}

    name: Literal["voice_call"] = "voice_call"
    parameters: VoiceCallParameters | None = None


class VoiceCallInteractive(Interactive):
    """
    A text with a button that calls the business.

    :param body: the text.
    :param action: the button.
    :param header: a text, image, video or document above it.
    :param footer: the small line at the foot.
    """

    spelled_out: ClassVar[Mapping[str, Any]] = {"type": "voice_call", "action": VoiceCallAction.spelled_out}

    type: Literal["voice_call"] = "voice_call"
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: VoiceCallAction = VoiceCallAction()


class VoiceCallMessage(InteractiveMessage):
    """
    A message with a button that calls the business.

    :param interactive: text and button.
    """

    kind: ClassVar[str] = "voice call message"

    interactive: VoiceCallInteractive
