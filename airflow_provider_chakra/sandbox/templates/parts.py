"""The parts of a template that both its creation and its sending look at."""

from __future__ import annotations

import re
from typing import Any, Final

_VARIABLE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")


def variables(text: str) -> list[str]:
    """
    Name the variables of a text, each once, in the order in which a message gives positional ones.

    :param text: a text of a template, such as ``Hello {{1}}``.
    """
    names = list(dict.fromkeys(_VARIABLE.findall(text)))
    return sorted(names, key=int) if all(name.isdecimal() for name in names) else names


def fill_in(text: str, values: dict[str, str]) -> str:
    """
    Put values in the places of variables; those without a value stay.

    :param text: a text of a template.
    :param values: from a variable's name to what it stands for.
    """
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def part_of(template: dict[str, Any], kind: str) -> dict[str, Any]:
    """
    Give a component of a template.

    :param template: a template.
    :param kind: the type of the component, such as ``BODY``.
    :return: the component; an empty one if there is none.
    """
    found: list[dict[str, Any]] = [part for part in template["components"] if part["type"] == kind]
    return found[0] if found else {}


def buttons_of(template: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the buttons of a template."""
    buttons: list[dict[str, Any]] = part_of(template, "BUTTONS").get("buttons", [])
    return buttons


def components_of(content: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """
    Give what a message fills in of a kind.

    :param content: the object ``template`` of a message, or one of its cards.
    :param kind: the type of the components, such as ``body``.
    """
    return [part for part in content.get("components") or () if str(part.get("type")).lower() == kind]


def needs_value(button: dict[str, Any]) -> bool:
    """Tell whether a message must bring a value for a button of a template."""
    return button["type"] in {"COPY_CODE", "MPM"} or (
        button["type"] == "URL" and "{{" in button.get("url", "")
    )
