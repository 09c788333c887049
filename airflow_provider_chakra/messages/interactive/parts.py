"""
What the kinds of interactive messages have in common.

https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages (interactive object)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages import limits
from airflow_provider_chakra.messages.base import Message, Part, RuledPart, broken, value_of
from airflow_provider_chakra.messages.limits import Chars
from airflow_provider_chakra.messages.media import Media, NamedMedia
from airflow_provider_chakra.messages.unions import ByType, in_words


class TextHeader(RuledPart):
    """
    A header of text.

    :param text: 1 to 60 characters; emoji are fine, markup is not shown as such.
    :param sub_text: at most 60 characters. In Meta's OpenAPI document only.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "text"}

    type: Literal["text"] = "text"
    text: Annotated[str, Chars(1, limits.HEADER_TEXT_MAX)]
    sub_text: Annotated[str, Chars(0, limits.HEADER_TEXT_MAX)] | None = None


class ImageHeader(RuledPart):
    """
    An image above the body.

    :param image: the image, by link or id, without a caption.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "image"}

    type: Literal["image"] = "image"
    image: Media


class VideoHeader(RuledPart):
    """
    A video above the body.

    :param video: the video, by link or id, without a caption.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "video"}

    type: Literal["video"] = "video"
    video: Media


class DocumentHeader(RuledPart):
    """
    A document above the body.

    :param document: the document, by link or id, without a caption.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "document"}

    type: Literal["document"] = "document"
    document: NamedMedia


#: Any header. Where Meta does not say which headers a kind of message takes, all are let through.
Header = Annotated[TextHeader | ImageHeader | VideoHeader | DocumentHeader, ByType()]


class Body(Part):
    """
    The body of an interactive message.

    :param text: 1 to 1024 characters; markup and links are fine.
    """

    text: Annotated[str, Chars(1, limits.INTERACTIVE_BODY_MAX)]


class Footer(Part):
    """
    The small line at the foot.

    :param text: at most 60 characters.
    """

    text: Annotated[str, Chars(0, limits.FOOTER_TEXT_MAX)]


class Interactive(RuledPart):
    """What an interactive message says: a header, body and footer where its kind has them, and an action."""

    @model_validator(mode="wrap")
    @classmethod
    def _tell_what_is_not_allowed(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            raise in_words(error, cls, not_here=("header", "body", "footer")) from None


class InteractiveMessage(Message):
    """
    The envelope of an interactive message.

    :param interactive: what it says.
    """

    kind: ClassVar[str] = "interactive message"

    type: Literal["interactive"] = "interactive"
    interactive: Interactive


def repeated(
    values: Iterable[tuple[str, Any]], limit: str, mend: str
) -> Iterator[tuple[str, PydanticCustomError]]:
    """
    Find what is there more than once.

    :param values: raw values, each with the field that it is in; those of a wrong type are passed over.
    :param limit: the rule.
    :param mend: how to mend it.
    :return: a broken rule for each value that was there before.
    """
    seen: dict[str | int, str] = {}
    for place, value in values:
        if isinstance(value, str | int) and not isinstance(value, bool):
            if value in seen:
                yield place, broken(limit, f"the same as {seen[value]}", mend)
            seen.setdefault(value, place)


def untitled(sections: list[Any]) -> Iterator[tuple[str, PydanticCustomError]]:
    """
    Find the sections that need a title and have none.

    :param sections: the raw sections.
    :return: a broken rule for each of them.
    """
    for number, section in enumerate(sections):
        if (
            len(sections) > 1
            and isinstance(section, Mapping | Part)
            and value_of(section, "title") in (None, "")
        ):
            yield (
                f"sections[{number}].title",
                broken("required where there are several sections", "nothing", "give the section a title"),
            )


def in_sections(sections: list[Any], name: str) -> list[tuple[str, Any]]:
    """
    List the items of all sections.

    :param sections: the raw sections.
    :param name: the field of a section that holds its items.
    :return: each raw item, with its place.
    """
    return [
        (f"sections[{number}].{name}[{index}]", item)
        for number, section in enumerate(sections)
        if isinstance(items := value_of(section, name), list)
        for index, item in enumerate(items)
    ]


def too_many_in_sections(count: int, most: int, noun: str) -> Iterator[tuple[str, PydanticCustomError]]:
    """
    Check the number of items in all sections.

    :param count: how many there are.
    :param most: how many there may be.
    :param noun: what they are, in the plural.
    :return: the broken rule, if it is broken.
    """
    if count > most:
        yield (
            "sections",
            broken(
                f"at most {most} {noun} in all sections together",
                f"{count} {noun}",
                f"leave out {count - most}, or send a second list",
            ),
        )
