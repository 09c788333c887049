"""Messages that let the customer choose: lists and reply buttons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from airflow_provider_chakra.sandbox.refusals import Refusal, invalid_form, invalid_value
from airflow_provider_chakra.sandbox.rules.frames import TEXT_HEADER, frame
from airflow_provider_chakra.sandbox.rules.parts import (
    dicts,
    label,
    most_in_all,
    needed,
    repeated,
    sections_told_apart,
    span,
)
from airflow_provider_chakra.sandbox.shapes import Array, Object, OneOf, Part, Text


def _row_ids_differ(action: dict[str, Any], _: str) -> Iterator[Refusal]:
    rows = [row for section in dicts(action.get("sections")) for row in dicts(section.get("rows"))]
    for row_id in repeated(row.get("id") for row in rows):
        yield invalid_value(f"Row ids must be unique. Duplicated id: {row_id}")


_ROW: Final = Object(
    {
        "id": needed(label("Row id", 1, 200)),
        "title": needed(label("Row title", 1, 24)),
        "description": Part(label("Row description", 0, 72)),
    }
)

# The highest number of rows is one for all sections together.
_SECTION: Final = Object(
    {"title": Part(label("Section title", 0, 24)), "rows": needed(Array(_ROW, "rows", 1))}
)

LIST: Final = frame(
    Object(
        {
            "button": needed(label("Button", 1, 20)),
            "sections": needed(Array(_SECTION, "sections", 1, 10)),
        },
        rules=[most_in_all("rows", 10, "row"), _row_ids_differ, sections_told_apart],
    ),
    header=Part(TEXT_HEADER),
)


def _no_blanks_around(value: str, where: str) -> Iterator[Refusal]:
    if value != value.strip():
        yield invalid_form(f"Param {where} must not begin or end with blanks.")


def _replies_differ(action: dict[str, Any], _: str) -> Iterator[Refusal]:
    replies = [button.get("reply") for button in dicts(action.get("buttons"))]
    for part in ("id", "title"):
        for value in repeated(reply.get(part) for reply in dicts(replies)):
            yield invalid_value(f"Button {part}s must be unique. Duplicated {part}: {value}")


_REPLY: Final = Object(
    {
        "id": needed(Text(1, 256, long="Button id is too long. Max length is 256", check=_no_blanks_around)),
        "title": needed(span("Button title", 1, 20)),
    }
)

BUTTON: Final = frame(
    Object(
        {
            "buttons": needed(
                Array(Object({"type": needed(OneOf(["reply"])), "reply": needed(_REPLY)}), "buttons", 1, 3)
            )
        },
        rules=[_replies_differ],
    )
)
