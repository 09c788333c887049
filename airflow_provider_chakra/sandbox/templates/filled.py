"""A template as the customer sees it: with what a message put in the places of its variables."""

from __future__ import annotations

from typing import Any

from airflow_provider_chakra.sandbox.templates.parts import buttons_of, components_of, fill_in, part_of
from airflow_provider_chakra.sandbox.templates.store import Template


def filled(template: Template, content: dict[str, Any]) -> dict[str, Any]:
    """
    Fill a template in.

    :param template: the template, or one of its cards.
    :param content: the object ``template`` of a message that fits it, or one of its cards.
    :return: ``header``, ``body`` and ``footer`` as texts, empty where there is none; ``buttons``, each with
        its ``title``, and ``url``, ``phone`` or, of a quick reply, the ``id`` to tap it by; ``cards``, each
        with the same, ``None`` if the template has no such card.
    """
    cards = part_of(template, "CAROUSEL").get("cards", [])
    return {
        "header": filled_text(template, content, "header"),
        "body": filled_text(template, content, "body"),
        "footer": part_of(template, "FOOTER").get("text", ""),
        "buttons": _buttons(template, content),
        "cards": [
            filled(cards[int(card["card_index"])], card) if int(card["card_index"]) < len(cards) else None
            for component in components_of(content, "carousel")
            for card in component["cards"]
        ],
    }


def filled_text(template: Template, content: dict[str, Any], kind: str) -> str:
    """
    Write a text of a template as the customer reads it.

    :param template: the template, or one of its cards.
    :param content: the object ``template`` of a message that fits it, or one of its cards.
    :param kind: ``header`` or ``body``.
    """
    text: str = part_of(template, kind.upper()).get("text", "")
    given = [each for part in components_of(content, kind) for each in part.get("parameters") or ()]
    names = [parameter.get("parameter_name", str(place)) for place, parameter in enumerate(given, 1)]
    return fill_in(text, dict(zip(names, map(_value, given), strict=True)))


def _value(parameter: dict[str, Any]) -> str:
    kind = parameter.get("type", "text")
    content = parameter.get(kind, "")
    return str(content.get("fallback_value", "")) if isinstance(content, dict) else str(content)


def _buttons(template: Template, content: dict[str, Any]) -> list[dict[str, Any]]:
    given = {
        int(part["index"]): str(parameter.get(parameter["type"], ""))
        for part in components_of(content, "button")
        for parameter in part.get("parameters") or ()
    }
    return [_button(button, given.get(place)) for place, button in enumerate(buttons_of(template))]


def _button(button: dict[str, Any], given: str | None) -> dict[str, Any]:
    kind, text = button["type"], button.get("text")
    drawn = {"title": text or kind.replace("_", " ").capitalize()}
    match kind:
        case "QUICK_REPLY":
            return drawn | {"id": given or text}
        case "URL":
            return drawn | {"url": fill_in(button.get("url") or "", {"1": given or ""})}
        case "PHONE_NUMBER":
            return drawn | {"phone": button.get("phone_number")}
    return drawn
