"""The conversation as the customer's phone would show it, in plain text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from airflow_provider_chakra.sandbox.cells import pad, wrap
from airflow_provider_chakra.sandbox.cells import width as width_of
from airflow_provider_chakra.sandbox.drawing.content import draw
from airflow_provider_chakra.sandbox.drawing.parts import Content

_LEAST_WIDTH: Final = 40
_LEAST_BUBBLE: Final = 16


def render_conversation(messages: Iterable[Content], width: int = 64) -> str:
    """
    Draw one chat for each recipient, what was sent first on top.

    :param messages: accepted messages, as ``GET /_sandbox/messages`` gives them.
    :param width: the cells a line may take up, at least 40.
    """
    width = max(width, _LEAST_WIDTH)
    chats: dict[str, list[Content]] = {}
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


def _chat(recipient: str, records: list[Content], outer: int) -> str:
    room = outer - 4
    group = records[0]["payload"].get("recipient_type") == "group"
    name = f"group {mask(recipient)}" if group else mask(recipient)
    lines = [f"╭─ {name} {'─' * (outer - width_of(name) - 5)}╮", _frame("", room)]
    reactions = _reactions(records)
    for record in records:
        if _target(record) in reactions:
            continue
        bubble_room = room * 3 // 4 - 4
        for line in _bubble(record, reactions.get(record["wamid"], ""), bubble_room):
            lines.append(_frame(pad(line, room, "right"), room))
        lines.append(_frame("", room))
    lines.append(f"╰{'─' * (outer - 2)}╯")
    return "\n".join(lines) + "\n"


def _target(record: Content) -> str | None:
    payload = record["payload"]
    return payload["reaction"]["message_id"] if payload.get("type") == "reaction" else None


def _reactions(records: list[Content]) -> dict[str, str]:
    """Give the reactions to messages of this chat; there is one to each, and an empty one takes it back."""
    sent = {record["wamid"] for record in records}
    return {
        target: record["payload"]["reaction"]["emoji"]
        for record in records
        if (target := _target(record)) in sent and target is not None
    }


def _frame(line: str, room: int) -> str:
    return f"│ {pad(line, room)} │"


def _bubble(record: Content, reaction: str, room: int) -> list[str]:
    payload = record["payload"]
    kind = payload.get("type", "text")
    drawing = draw(kind, payload[kind], room)
    reply = ["↪ in reply"] if "context" in payload else []
    noted = wrap(reaction, room) if reaction else []
    stamp = f"{record['received_at'][11:16]} ✓"
    text = [*reply, *drawing.text, *noted]
    below = [line for part in (*drawing.buttons, *drawing.sheets) for line in part]
    inner = max(_LEAST_BUBBLE, *map(width_of, [*text, *below]))

    rule = "─" * (inner + 2)
    lines = [f"╭{rule}╮", *(_frame(line, inner) for line in [*text, pad(stamp, inner, "right")])]
    for button in drawing.buttons:
        lines += [f"├{rule}┤", *(_frame(pad(line, inner, "center"), inner) for line in button)]
    lines.append(f"╰{rule}╯")
    for sheet in drawing.sheets:
        lines += [f"┌{rule}┐", *(_frame(line, inner) for line in sheet), f"└{rule}┘"]
    return lines
