"""One drawing for each type of message."""

from __future__ import annotations

from typing import Any

from airflow_provider_chakra.sandbox.cells import wrap
from airflow_provider_chakra.sandbox.drawing.interactive import draw_interactive
from airflow_provider_chakra.sandbox.drawing.parts import Content, Drawing, hanging, media, place, spaced
from airflow_provider_chakra.sandbox.drawing.template import draw_template


def draw(kind: str, content: Any, room: int) -> Drawing:
    """
    Draw a message.

    :param kind: its type.
    :param content: the part of its payload that is named like its type.
    :param room: the cells a line may take up.
    """
    match kind:
        case "text":
            return Drawing(wrap(content["body"], room))
        case "image" | "video" | "audio" | "document" | "sticker":
            caption = content.get("caption")
            return Drawing(spaced([media(kind, content, room), wrap(caption, room) if caption else []]))
        case "location":
            return Drawing(place(content, room))
        case "contacts":
            return Drawing(spaced(_contact(contact, room) for contact in content))
        case "interactive":
            return draw_interactive(content, room)
        case "template":
            return draw_template(content, room)
        case "reaction":
            # One to a message of this chat is drawn on that message.
            emoji = content["emoji"]
            return Drawing(wrap(f"{emoji} to a message of theirs" if emoji else "reaction taken back", room))
        case "pin":
            days = f" for {content['expiration_days']} days" if content["type"] == "pin" else ""
            return Drawing(wrap(f"{content['type']}ned a message{days}", room))
    return Drawing(wrap(f"[{kind}]", room))


def _contact(contact: Content, room: int) -> list[str]:
    lines = hanging("☺ ", contact["name"]["formatted_name"], room)
    for phone in contact.get("phones", []):
        lines += hanging("  ", phone.get("phone", ""), room)
    return lines
