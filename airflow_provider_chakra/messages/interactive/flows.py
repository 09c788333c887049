"""Messages that open a flow: https://developers.facebook.com/docs/whatsapp/flows/guides/sendingaflow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages import limits
from airflow_provider_chakra.messages.base import NonEmpty, Part, RuledPart, broken, exactly_one
from airflow_provider_chakra.messages.interactive.parts import (
    Body,
    Footer,
    Header,
    Interactive,
    InteractiveMessage,
)
from airflow_provider_chakra.messages.limits import Chars
from airflow_provider_chakra.messages.problems import json_type


def _filled_object(value: Any) -> Any:
    if isinstance(value, dict) and value:
        return value
    given = "an empty one" if value == {} else json_type(value)
    raise broken("an object that is not empty", given, "put something into it, or leave it out")


class FlowActionPayload(Part):
    """
    Where the flow begins, and with what.

    :param screen: the first screen; WhatsApp takes ``FIRST_ENTRY_SCREEN`` for granted.
    :param data: what that screen gets, not empty; the values in it, null too, are the flow's own business.
    """

    screen: NonEmpty | None = None
    data: Annotated[dict[str, Any], BeforeValidator(_filled_object)] | None = None


class FlowParameters(RuledPart):
    """
    Which flow, and how it is opened.

    :param flow_id: id of the flow; exactly one of it and ``flow_name``.
    :param flow_name: name of the flow.
    :param flow_cta: 1 to 30 characters on the button, best without emoji.
    :param mode: ``"draft"`` for tests; WhatsApp takes ``"published"`` for granted.
    :param flow_token: comes back with the answer; WhatsApp takes ``"unused"`` for granted.
    :param flow_action: ``"navigate"``, which WhatsApp takes for granted, or ``"data_exchange"`` to ask
        the flow's own end point for the first screen.
    :param flow_action_payload: where the flow begins.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"flow_message_version": "3"}

    flow_message_version: Literal["3"] = "3"
    flow_id: NonEmpty | None = None
    flow_name: NonEmpty | None = None
    flow_cta: Annotated[str, Chars(1, limits.FLOW_CTA_MAX)]
    mode: Literal["draft", "published"] | None = None
    flow_token: str | None = None
    flow_action: Literal["navigate", "data_exchange"] | None = None
    flow_action_payload: FlowActionPayload | None = None

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that there is exactly one of ``flow_id`` and ``flow_name``.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        yield from exactly_one(data, "flow_id", "flow_name", "give the flow's id")


class FlowAction(RuledPart):
    """
    What can be opened.

    :param parameters: the flow.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"name": "flow"}

    name: Literal["flow"] = "flow"
    parameters: FlowParameters


class FlowInteractive(Interactive):
    """
    A text with a button that opens a flow.

    :param body: the text.
    :param action: the flow.
    :param header: a text, image, video or document above it.
    :param footer: the small line at the foot.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "flow"}

    type: Literal["flow"] = "flow"
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: FlowAction


class FlowMessage(InteractiveMessage):
    """
    A message that opens a flow.

    :param interactive: text and flow.
    """

    kind: ClassVar[str] = "flow message"

    interactive: FlowInteractive
