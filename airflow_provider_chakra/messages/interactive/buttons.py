"""
Messages with reply buttons.

https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-reply-buttons-messages
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages import limits
from airflow_provider_chakra.messages.base import Part, RuledPart, broken, value_of
from airflow_provider_chakra.messages.interactive.parts import (
    Body,
    Footer,
    Header,
    Interactive,
    InteractiveMessage,
    repeated,
)
from airflow_provider_chakra.messages.limits import Chars


def _without_outer_blanks(text: str) -> str:
    if text != text.strip():
        raise broken("no blanks at its ends", "blanks at an end", "take them off")
    return text


class Reply(Part):
    """
    What a button says and sends back.

    :param id: 1 to 256 characters that come back with the answer, with no blanks at the ends; unique
        in the message.
    :param title: 1 to 20 characters on the button; unique in the message. Emoji are fine, markup is
        not shown as such.
    """

    id: Annotated[str, Chars(1, limits.BUTTON_ID_MAX), AfterValidator(_without_outer_blanks)]
    title: Annotated[str, Chars(1, limits.BUTTON_TITLE_MAX)]


class Button(RuledPart):
    """
    A button that answers.

    :param reply: what it says and sends back.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "reply"}

    type: Literal["reply"] = "reply"
    reply: Reply


class ButtonsAction(RuledPart):
    """
    What can be answered.

    :param buttons: 1 to 3.
    """

    buttons: Annotated[list[Button], Field(min_length=1, max_length=limits.BUTTONS_MAX)]

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that each button has an id and a title of its own.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        buttons = data.get("buttons")
        if not isinstance(buttons, list):
            return
        for name in ("id", "title"):
            values = [
                (f"buttons[{index}].reply.{name}", value_of(value_of(button, "reply"), name))
                for index, button in enumerate(buttons)
            ]
            yield from repeated(values, "unique in the message", f"give each button its own {name}")


class ButtonsInteractive(Interactive):
    """
    A text with up to three buttons, of which one can be chosen.

    :param body: the text.
    :param action: the buttons.
    :param header: a text, image, video or document above it.
    :param footer: the small line at the foot.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "button"}

    type: Literal["button"] = "button"
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: ButtonsAction


class ButtonsMessage(InteractiveMessage):
    """
    A message with reply buttons.

    :param interactive: text and buttons.
    """

    kind: ClassVar[str] = "buttons message"

    interactive: ButtonsInteractive
