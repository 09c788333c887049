"""
Interactive messages.

https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-list-messages
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages import limits
from airflow_provider_chakra.messages.base import Message, Part, RuledPart, broken, value_of
from airflow_provider_chakra.messages.limits import Chars


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


class Row(Part):
    """
    A row that the recipient can choose.

    :param id: 1 to 200 characters that come back with the answer; unique in the message.
    :param title: 1 to 24 characters.
    :param description: at most 72 characters.
    """

    id: Annotated[str, Chars(1, limits.ROW_ID_MAX)]
    title: Annotated[str, Chars(1, limits.ROW_TITLE_MAX)]
    description: Annotated[str, Chars(0, limits.ROW_DESCRIPTION_MAX)] | None = None


class Section(Part):
    """
    A group of rows.

    :param rows: at least one.
    :param title: at most 24 characters; required where there are several sections.
    """

    title: Annotated[str, Chars(0, limits.SECTION_TITLE_MAX)] | None = None
    rows: Annotated[list[Row], Field(min_length=1)]


class ListAction(RuledPart):
    """
    What the list offers.

    :param button: 1 to 20 characters on the button that opens the list.
    :param sections: 1 to 10, with 10 rows in all of them together.
    """

    button: Annotated[str, Chars(1, limits.LIST_BUTTON_MAX)]
    sections: Annotated[list[Section], Field(min_length=1, max_length=limits.LIST_SECTIONS_MAX)]

    @classmethod
    def cross_rules(cls, data: Mapping[str, Any]) -> Iterator[tuple[str, PydanticCustomError]]:
        """
        Check the number of rows, their ids, and the titles of sections, over the whole list.

        :param data: the raw input.
        :return: each broken rule, with the field to name.
        """
        sections = data.get("sections")
        if not isinstance(sections, list):
            return
        ids: dict[str, str] = {}
        count = 0
        for number, section in enumerate(sections):
            if not isinstance(section, Mapping | Section):
                continue
            if len(sections) > 1 and value_of(section, "title") in (None, ""):
                yield (
                    f"sections[{number}].title",
                    broken(
                        "required where there are several sections", "nothing", "give the section a title"
                    ),
                )
            rows = value_of(section, "rows")
            if not isinstance(rows, list):
                continue
            count += len(rows)
            for index, row in enumerate(rows):
                place, row_id = f"sections[{number}].rows[{index}].id", value_of(row, "id")
                if not isinstance(row_id, str):
                    continue
                if row_id in ids:
                    yield (
                        place,
                        broken(
                            "unique in the message", f"the same as {ids[row_id]}", "give it an id of its own"
                        ),
                    )
                ids.setdefault(row_id, place)
        if count > limits.LIST_ROWS_MAX:
            yield (
                "sections",
                broken(
                    f"at most {limits.LIST_ROWS_MAX} rows in all sections together",
                    f"{count} rows",
                    f"leave out {count - limits.LIST_ROWS_MAX}, or send a second list",
                ),
            )


class ListInteractive(RuledPart):
    """
    A list: a text with a button that opens up to ten rows, of which one can be chosen.

    :param body: the text.
    :param action: button and rows.
    :param header: a header of text.
    :param footer: the small line at the foot.
    """

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "list"}

    type: Literal["list"] = "list"
    header: TextHeader | None = None
    body: Body
    footer: Footer | None = None
    action: ListAction


class ListMessage(Message):
    """
    A list message.

    :param interactive: the list.
    """

    kind: ClassVar[str] = "list message"

    type: Literal["interactive"] = "interactive"
    interactive: ListInteractive

    @classmethod
    def goes_to_groups(cls, data: Mapping[str, Any]) -> bool:
        """
        Tell that no list goes to a group.

        :param data: the raw input.
        """
        return False
