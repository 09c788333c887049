"""The conversation as the customer's phone would show it, in plain text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from airflow_provider_chakra.sandbox.cells import pad, wrap
from airflow_provider_chakra.sandbox.cells import width as width_of

Record = Mapping[str, Any]

_LEAST_WIDTH: Final = 40
_LEAST_BUBBLE: Final = 16


def render_conversation(messages: Iterable[Record], width: int = 64) -> str:
    """
    Draw one chat for each recipient, what was sent first on top.

    :param messages: accepted messages, as ``GET /_sandbox/messages`` gives them.
    :param width: the cells a line may take up, at least 40.
    """
    width = max(width, _LEAST_WIDTH)
    chats: dict[str, list[Record]] = {}
    for message in messages:
        chats.setdefault(message["recipient"], []).append(message)
    if not chats:
        return "No messages yet.\n"
    return "\n".join(_chat(recipient, records, width) for recipient, records in chats.items())


def mask(recipient: str) -> str:
    """
    Hide the middle of a recipient: enough is left to tell two apart, not enough to call anybody.

    :param recipient: a phone number, a group's id or a user's id.
    """
    shown = min(4, len(recipient) // 3)
    stars = "*" * min(6, len(recipient) - 2 - shown)
    return f"{recipient[:2]}{stars}{recipient[len(recipient) - shown :]}"


def _chat(recipient: str, records: list[Record], outer: int) -> str:
    room = outer - 4
    group = records[0]["payload"].get("recipient_type") == "group"
    name = f"group {mask(recipient)}" if group else mask(recipient)
    lines = [f"╭─ {name} {'─' * (outer - width_of(name) - 5)}╮", _frame("", room)]
    for record in records:
        bubble_room = room * 3 // 4 - 4
        for line in _bubble(record, bubble_room):
            lines.append(_frame(pad(line, room, "right"), room))
        lines.append(_frame("", room))
    lines.append(f"╰{'─' * (outer - 2)}╯")
    return "\n".join(lines) + "\n"


def _frame(line: str, room: int) -> str:
    return f"│ {pad(line, room)} │"


@dataclass
class _Drawing:
    text: list[str]
    button: list[str] = field(default_factory=list)
    sheet: list[str] = field(default_factory=list)


def _bubble(record: Record, room: int) -> list[str]:
    payload = record["payload"]
    kind = payload.get("type", "text")
    drawing = _draw(kind, payload[kind], room)
    if "context" in payload:
        drawing.text.insert(0, "↪ in reply")
    stamp = f"{record['received_at'][11:16]} ✓"
    inner = max(_LEAST_BUBBLE, *map(width_of, [*drawing.text, *drawing.button, *drawing.sheet]))

    rule = "─" * (inner + 2)
    lines = [f"╭{rule}╮", *(_frame(line, inner) for line in [*drawing.text, pad(stamp, inner, "right")])]
    if drawing.button:
        lines += [f"├{rule}┤", *(_frame(pad(line, inner, "center"), inner) for line in drawing.button)]
    lines.append(f"╰{rule}╯")
    if drawing.sheet:
        lines += [f"┌{rule}┐", *(_frame(line, inner) for line in drawing.sheet), f"└{rule}┘"]
    return lines


def _draw(kind: str, content: Any, room: int) -> _Drawing:
    if kind == "text":
        return _Drawing(wrap(content["body"], room))
    if kind == "image":
        return _image(content, room)
    if kind != "interactive":
        return _Drawing(wrap(f"[{kind}]", room))
    if content["type"] != "list":
        return _Drawing(wrap(f"[{kind}: {content['type']}]", room))
    return _list(content, room)


def _image(image: Mapping[str, str], room: int) -> _Drawing:
    picture = ["░" * room, f"{' image ':░^{room}}", "░" * room]
    return _Drawing([*picture, *wrap(image.get("link") or f"id {image['id']}", room), *_caption(image, room)])


def _caption(image: Mapping[str, str], room: int) -> list[str]:
    return ["", *wrap(image["caption"], room)] if image.get("caption") else []


def _list(content: Mapping[str, Any], room: int) -> _Drawing:
    texts = [content.get(part, {}).get("text") for part in ("header", "body", "footer")]
    lines: list[str] = []
    for text in filter(None, texts):
        lines += ["", *wrap(text, room)] if lines else wrap(text, room)
    sheet: list[str] = []
    for section in content["action"]["sections"]:
        if sheet:
            sheet.append("")
        if section.get("title"):
            sheet += wrap(section["title"], room)
        for row in section["rows"]:
            sheet += _hanging("○ ", row["title"], room)
            if row.get("description"):
                sheet += _hanging("  ", row["description"], room)
    return _Drawing(lines, _hanging("≡ ", content["action"]["button"], room), sheet)


def _hanging(mark: str, text: str, room: int) -> list[str]:
    first, *others = wrap(text, room - 2)
    return [mark + first, *(f"  {line}" for line in others)]
