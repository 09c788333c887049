"""
Messages with a button that opens a web page.

https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-cta-url-messages
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

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
from airflow_provider_chakra.messages.media import Link


class CtaUrlParameters(Part):
    """
    The button.

    :param display_text: 1 to 20 characters on it.
    :param url: http or https address that it opens.
    """

    display_text: Annotated[str, Chars(1, limits.BUTTON_TITLE_MAX)]
    url: Link


class CtaUrlAction(RuledPart):
    """
    What can be opened.

    :param parameters: the button.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"name": "cta_url"}

    name: Literal["cta_url"] = "cta_url"
    parameters: CtaUrlParameters


class CtaUrlInteractive(Interactive):
    """
    A text with a button that opens a web page.

    :param body: the text.
    :param action: the button.
    :param header: a text, image, video or document above it.
    :param footer: the small line at the foot.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "cta_url"}

    type: Literal["cta_url"] = "cta_url"
    header: Header | None = None
    body: Body
    footer: Footer | None = None
    action: CtaUrlAction


class CtaUrlMessage(InteractiveMessage):
    """
    A message with a button that opens a web page.

    :param interactive: text and button.
    """

    kind: ClassVar[str] = "link message"

    interactive: CtaUrlInteractive
