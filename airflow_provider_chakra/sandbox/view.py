"""The chats of a sandbox as a page shows them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow_provider_chakra.sandbox.labels import label_of
from airflow_provider_chakra.sandbox.taps import choices
from airflow_provider_chakra.sandbox.templates.filled import filled

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.entries import Entry
    from airflow_provider_chakra.sandbox.memory import Memory


def view(memory: Memory) -> list[dict[str, Any]]:
    """
    Show all chats, the newest first, each with its messages, the oldest first.

    Contacts of whom something was set are at the end, if nothing was said. ``group`` tells whether messages
    went to the contact as to a group. Times are ISO 8601. ``text`` is
    what there is to read; ``choices`` are the rows and buttons that can be tapped, with ``id`` and ``title``;
    ``label`` is what WhatsApp itself writes on the button of an interactive message; ``template`` is the
    template that was sent, filled in as :func:`.filled` does, if the sandbox knows it.

    :param memory: the sandbox's memory.
    """
    chats, now = memory.chats, memory.clock.now()
    by_contact: dict[str, list[Entry]] = {}
    for entry in reversed(chats.entries):
        by_contact.setdefault(entry.contact, []).append(entry)
    for contact in chats.contacts:
        by_contact.setdefault(contact, [])
    return [
        {
            "contact": contact,
            "group": any(entry.payload.get("recipient_type") == "group" for entry in said),
            "window_closes_at": _stamp(chats.window_closes_at(contact)),
            "state": asdict(chats.state_of(contact)),
            "messages": [_message(entry, memory, now) for entry in reversed(said)],
        }
        for contact, said in by_contact.items()
    ]


def _message(entry: Entry, memory: Memory, now: datetime) -> dict[str, Any]:
    move = entry.move_at(now)
    return {
        "wamid": entry.wamid,
        "direction": entry.direction,
        "at": _stamp(entry.at),
        "status": move and move.status,
        "error": move and move.error,
        "payload": entry.payload,
        "text": entry.text,
        "choices": [{"id": choice.id, "title": choice.title} for choice in choices(entry, memory.templates)],
        "label": _label(entry),
        "template": _template(entry, memory),
        "reply_to": entry.reply_to,
    }


def _label(entry: Entry) -> str | None:
    # What a customer is said to have written may be anything.
    if entry.kind != "interactive" or entry.direction == "INBOUND":
        return None
    return label_of(entry.payload["interactive"]["type"])


def _template(entry: Entry, memory: Memory) -> dict[str, Any] | None:
    if entry.kind != "template" or entry.direction == "INBOUND":
        return None
    content = entry.payload["template"]
    template = memory.templates.find(content["name"], content["language"]["code"])
    return template and filled(template, content)


def _stamp(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="milliseconds")
