"""
What a customer can tap in a message, and what WhatsApp tells of a tap.

https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components (messages). A quick reply of a
template without a payload comes back with its text in the payload's place. The words on the buttons of a
template that the sandbox does not know are not known either: the payload stands for them. Assumption: a quick
reply of a carousel's card comes back as a ``button_reply``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from airflow_provider_chakra.sandbox.entries import Entry
from airflow_provider_chakra.sandbox.templates.parts import buttons_of, part_of
from airflow_provider_chakra.sandbox.templates.store import Template, Templates


@dataclass(frozen=True)
class Tappable:
    """
    A row or button that sends something when it is tapped.

    :param id: its id; of a template's quick reply, its payload.
    :param title: what the customer reads on it.
    :param reply: what WhatsApp tells of the tap: type and content of a message.
    """

    id: str
    title: str
    reply: dict[str, Any]

    @property
    def names(self) -> set[str]:
        """
        What it may be called besides its id.

        Who asks may add a mark to each id, which only the message tells: ``yes#1f3a9c20``.
        """
        return {self.title, self.id.rpartition("#")[0]} - {""}


def choices(entry: Entry, templates: Templates) -> list[Tappable]:
    """
    List what can be tapped in a message.

    :param entry: a message.
    :param templates: the templates that the sandbox knows.
    """
    if entry.direction == "INBOUND":
        return []
    content = entry.payload.get(entry.kind)
    if entry.kind == "interactive" and isinstance(content, dict):
        return list(_of_interactive(content))
    if entry.kind == "template" and isinstance(content, dict):
        template = templates.find(content["name"], content["language"]["code"])
        return list(_of_template(content.get("components") or [], template))
    return []


def tapped(entry: Entry, chosen: str, templates: Templates) -> dict[str, Any]:
    """
    Make the message that a tap sends.

    :param entry: the message that was tapped in.
    :param chosen: the id of the row or button, which is a quick reply's payload; or, if that fits one only,
        what stands before the last ``#`` of its id, or its title.
    :param templates: the templates that the sandbox knows.
    :raises ValueError: if there is nothing such to tap, or more than one.
    """
    found = choices(entry, templates)
    if not found:
        raise ValueError(f"There is nothing to tap in this {entry.kind} message")
    fit = [choice for choice in found if chosen == choice.id][:1]
    fit = fit or [choice for choice in found if chosen in choice.names]
    if len(fit) == 1:
        return {"context": {"id": entry.wamid}, **fit[0].reply}
    count = "more than one" if fit else "no"
    there = ", ".join(f'"{choice.title}" ({choice.id})' for choice in found)
    raise ValueError(f"There is {count} {chosen} to tap in this message; there are {there}")


def _of_interactive(content: dict[str, Any]) -> Iterator[Tappable]:
    action = content["action"]
    match content["type"]:
        case "list":
            for section in action["sections"]:
                for row in section["rows"]:
                    yield _interactive("list_reply", row)
        case "button":
            for button in action["buttons"]:
                yield _interactive("button_reply", button["reply"])
        case "carousel":
            for card in action["cards"]:
                for button in card["action"].get("buttons", ()):
                    yield _interactive("button_reply", button["quick_reply"])


def _interactive(kind: str, chosen: dict[str, Any]) -> Tappable:
    reply = {"type": "interactive", "interactive": {"type": kind, kind: dict(chosen)}}
    return Tappable(chosen["id"], chosen["title"], reply)


def _of_template(components: list[dict[str, Any]], template: Template | None) -> Iterator[Tappable]:
    yield from _quick_replies(components, buttons_of(template) if template else None)
    cards = part_of(template, "CAROUSEL").get("cards", []) if template else []
    for component in components:
        for card in component.get("cards", ()):
            index = int(card["card_index"])
            known = buttons_of(cards[index]) if index < len(cards) else None
            yield from _quick_replies(card["components"], known)


def _quick_replies(
    components: Iterable[dict[str, Any]], buttons: list[dict[str, Any]] | None
) -> Iterator[Tappable]:
    payloads = {
        int(component["index"]): parameter["payload"]
        for component in components
        if component["type"] == "button" and component["sub_type"] == "quick_reply"
        for parameter in component["parameters"]
    }
    titles = payloads
    if buttons is not None:
        titles = {index: button["text"] for index, button in enumerate(buttons) if _is_quick_reply(button)}
    for index, title in sorted(titles.items()):
        payload = payloads.get(index, title)
        yield Tappable(payload, title, {"type": "button", "button": {"payload": payload, "text": title}})


def _is_quick_reply(button: dict[str, Any]) -> bool:
    return bool(button["type"] == "QUICK_REPLY")
