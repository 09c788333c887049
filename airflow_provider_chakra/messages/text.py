"""Text messages: https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from airflow_provider_chakra.messages.base import Message, Part
from airflow_provider_chakra.messages.limits import TEXT_BODY_MAX, Chars


class Text(Part):
    """
    What a text message says.

    :param body: 1 to 4096 characters; WhatsApp's markup, line breaks and emoji are fine.
    :param preview_url: whether to show a preview of the first link in it.
    """

    body: Annotated[str, Chars(1, TEXT_BODY_MAX)]
    preview_url: bool | None = None


class TextMessage(Message):
    """
    A text message.

    :param text: what it says.
    """

    kind: ClassVar[str] = "text message"
    for_groups: ClassVar[bool] = True

    type: Literal["text"] = "text"
    text: Text
