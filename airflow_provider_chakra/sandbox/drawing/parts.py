"""What the drawings of all messages are put together from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_chakra.sandbox.cells import wrap

Content = Mapping[str, Any]


@dataclass
class Drawing:
    """
    A message as lines of text.

    :param text: what is in its bubble.
    :param buttons: what is below the bubble, one list of lines a button.
    :param sheets: what opens from a button, or is swiped through: one list of lines a sheet.
    """

    text: list[str] = field(default_factory=list)
    buttons: list[list[str]] = field(default_factory=list)
    sheets: list[list[str]] = field(default_factory=list)


def hanging(mark: str, text: str, room: int) -> list[str]:
    """
    Draw text behind a mark, all of its lines on the same column.

    :param mark: two cells.
    :param text: any text.
    :param room: the cells a line may take up.
    """
    first, *others = wrap(text, room - 2)
    return [mark + first, *(f"  {line}" for line in others)]


def spaced(parts: Iterable[list[str]]) -> list[str]:
    """
    Draw parts below each other with a blank line between two.

    :param parts: lines of text; a part without lines takes up no room.
    """
    lines: list[str] = []
    for part in filter(None, parts):
        lines += ["", *part] if lines else part
    return lines


def media(kind: str, content: Content, room: int) -> list[str]:
    """
    Draw a file: a grey picture of what can be seen, a line for what cannot.

    :param kind: ``image``, ``video``, ``gif``, ``sticker``, ``audio`` or ``document``.
    :param content: what WhatsApp is told of it.
    :param room: the cells a line may take up.
    """
    if kind == "document":
        drawn = hanging("▤ ", content.get("filename") or kind, room)
    elif kind == "audio":
        drawn = hanging("♪ ", "voice note" if content.get("voice") else kind, room)
    else:
        drawn = ["░" * room, f"{f' {kind} ':░^{room}}", "░" * room]
    return [*drawn, *wrap(content.get("link") or f"id {content['id']}", room)]


def place(content: Content, room: int) -> list[str]:
    """
    Draw a place on the map.

    :param content: its coordinates, and maybe its name and address.
    :param room: the cells a line may take up.
    """
    lines = hanging("⌖ ", f"{content['latitude']}, {content['longitude']}", room)
    for part in filter(None, (content.get("name"), content.get("address"))):
        lines += hanging("  ", part, room)
    return lines
