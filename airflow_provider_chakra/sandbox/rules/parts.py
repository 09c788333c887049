"""The words that the tables of this package are written in: parts, lengths, and rules between parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from airflow_provider_chakra.sandbox.refusals import Refusal, invalid_form, invalid_value
from airflow_provider_chakra.sandbox.shapes import Check, Object, Part, Rule, Shape, Text

ANY_OBJECT: Final = Object({}, closed=False)


def needed(shape: Shape, absent: Refusal | None = None) -> Part:
    """
    Name a property that must be there.

    :param shape: what its value looks like.
    :param absent: WhatsApp's own words if it is missing or null.
    """
    return Part(shape, needed=True, absent=absent)


def span(name: str, least: int, most: int) -> Text:
    """
    Limit a text on both sides, in the words WhatsApp has for bodies, headers and titles of buttons.

    :param name: what the text is called in a refusal.
    :param least: the fewest characters.
    :param most: the most characters.
    """
    words = f"{name} length invalid. Min length: {least}, Max length: {most}"
    return Text(least, most, short=words, long=words)


def label(name: str, least: int, most: int) -> Text:
    """
    Limit a text, in the words WhatsApp has for rows: one that is too short counts as missing.

    :param name: what the text is called in a refusal.
    :param least: the fewest characters.
    :param most: the most characters.
    """
    return Text(least, most, long=f"{name} is too long. Max length is {most}")


def dicts(value: object) -> list[dict[str, Any]]:
    """
    Give the objects in an array, or none; whatever else is found there, its shape tells.

    :param value: a value of any type.
    """
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def repeated(values: Iterable[object]) -> list[str]:
    """
    Give the strings that occur more than once, in order.

    :param values: values of any type.
    """
    texts = [value for value in values if isinstance(value, str)]
    return sorted({text for text in texts if texts.count(text) > 1})


def exactly_one(*keys: str) -> Rule:
    """
    Ask for one of several properties.

    :param keys: their names.
    """

    def rule(value: dict[str, Any], where: str) -> Iterator[Refusal]:
        if sum(key in value for key in keys) != 1:
            yield invalid_form(f"Param {where} must have exactly one of the keys {' and '.join(keys)}.")

    return rule


def most_in_all(items: str, most: int, name: str) -> Rule:
    """
    Limit the items of all sections together.

    :param items: the property of a section that holds them.
    :param most: the most items.
    :param name: what an item is called in a refusal.
    """

    def rule(value: dict[str, Any], _: str) -> Iterator[Refusal]:
        if sum(len(dicts(section.get(items))) for section in dicts(value.get("sections"))) > most:
            yield invalid_value(f"Total {name} count exceed max allowed count: {most}")

    return rule


def sections_told_apart(value: dict[str, Any], _: str) -> Iterator[Refusal]:
    """Ask for the titles of sections if there are several."""
    sections = dicts(value.get("sections"))
    if len(sections) > 1 and any(section.get("title", "") == "" for section in sections):
        yield invalid_value("Section title is required if there is more than one section")


def cards_told_apart(value: dict[str, Any], _: str) -> Iterator[Refusal]:
    """Ask for a place of its own for every card."""
    places = [card.get("card_index") for card in dicts(value.get("cards"))]
    numbers = [place for place in places if isinstance(place, int)]
    if len(set(numbers)) < len(numbers):
        yield invalid_value("Card indices must be unique")


def no_nulls(value: dict[str, Any], where: str) -> Iterator[Refusal]:
    """Refuse null wherever an object may hold anything else."""

    def find(found: object, place: str) -> Iterator[Refusal]:
        if found is None:
            yield invalid_value(f"Param {place} cannot be null")
        elif isinstance(found, dict):
            for name, item in found.items():
                yield from find(item, f"{place}['{name}']")
        elif isinstance(found, list):
            for index, item in enumerate(found):
                yield from find(item, f"{place}[{index}]")

    yield from find(value, where)


def made_of(pattern: str, characters: str) -> Check:
    """
    Limit the characters of a text.

    :param pattern: a regular expression for the whole text.
    :param characters: what it allows, in words.
    """

    def check(value: str, where: str) -> Iterator[Refusal]:
        if not re.fullmatch(pattern, value):
            yield invalid_form(f"Param {where} must be made of {characters}.")

    return check


def web_address(value: str, where: str) -> Iterator[Refusal]:
    """Ask for a link over http or https."""
    # urlsplit silently drops control characters, so they are looked for before it gets to see the link.
    blank = any(char.isspace() or char < " " or char == "\x7f" for char in value)
    try:
        parts = urlsplit(value)
        # A port that cannot be one raises as soon as it is read.
        fits = not blank and parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != -1
    except ValueError:
        fits = False
    if not fits:
        yield invalid_form(f"Param {where} must be a valid URI.")


NOT_EMPTY: Final = Text(1)
ANY_TEXT: Final = Text()
LINK: Final = Text(check=web_address)
