"""
List messages.

https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-list-messages
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from airflow_provider_chakra.messages import limits
from airflow_provider_chakra.messages.base import Part, RuledPart, value_of
from airflow_provider_chakra.messages.interactive.parts import (
    Body,
    Footer,
    Interactive,
    InteractiveMessage,
    TextHeader,
    in_sections,
    repeated,
    too_many_in_sections,
    untitled,
)
from airflow_provider_chakra.messages.limits import Chars


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
        yield from untitled(sections)
        rows = in_sections(sections, "rows")
        ids = [(f"{place}.id", value_of(row, "id")) for place, row in rows]
        yield from repeated(ids, "unique in the message", "give it an id of its own")
        yield from too_many_in_sections(len(rows), limits.LIST_ROWS_MAX, "rows")


class ListInteractive(Interactive):
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


class ListMessage(InteractiveMessage):
    """
    A list message.

    :param interactive: the list.
    """

    kind: ClassVar[str] = "list message"

    interactive: ListInteractive
