"""Reactions: https://developers.facebook.com/docs/whatsapp/cloud-api/messages/reaction-messages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages.base import Message, NonEmpty, Part, broken
from airflow_provider_chakra.messages.limits import Chars

# What changes the emoji before it: variation selectors, the keycap, skin tones, the tags of regional flags.
_CHANGES = "\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
_JOINER = "\u200d"
# A flag is two letters of its own kind.
_ONE = rf"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[^{_JOINER}])[{_CHANGES}]*"
_EMOJI = re.compile(rf"{_ONE}(?:{_JOINER}{_ONE})*", re.DOTALL)
_KEYCAP = re.compile(r"[0-9#*]\ufe0f?\u20e3")
# The one letter that is an emoji.
_INFORMATION = "\u2139"


def _is_text(character: str) -> bool:
    kind = unicodedata.category(character)
    return character.isascii() or (kind[0] in "LNZ" and character != _INFORMATION) or kind == "Cc"


def _emoji(value: str) -> str:
    # Nothing that Unicode may call an emoji is refused, also if it is newer than this Python.
    if value and not _KEYCAP.fullmatch(value) and (not _EMOJI.fullmatch(value) or any(map(_is_text, value))):
        raise broken(
            "one emoji, or an empty text, which takes the reaction back",
            "something else",
            "send words as a text message that answers the message",
        )
    return value


class Reaction(Part):
    """
    A reaction to a message that is at most 30 days old, and no reaction itself.

    :param message_id: wamid of the message.
    :param emoji: one emoji; an empty text takes the reaction back.
    """

    message_id: NonEmpty
    emoji: Annotated[str, Chars(0), AfterValidator(_emoji)]


class ReactionMessage(Message):
    """
    A reaction message. It answers its message already, and takes no ``context``.

    :param reaction: the reaction.
    """

    kind: ClassVar[str] = "reaction"

    type: Literal["reaction"] = "reaction"
    reaction: Reaction

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check that it answers nothing else.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        yield from super().cross_rules(data)
        if data.get("context") is not None:
            yield (
                "context",
                broken("not in a reaction", "an answer", "name the message in reaction.message_id only"),
            )
