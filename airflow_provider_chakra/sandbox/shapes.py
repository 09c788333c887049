"""
The small language in which :mod:`.rules` is written: the shapes a JSON value may have.

A shape judges a value found at a place (``text['body']``) and yields every refusal it finds. Lengths count
code points. JSON null is never a fitting value: it is refused by whatever stands where it was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from airflow_provider_chakra.sandbox.refusals import (
    Refusal,
    invalid_value,
    not_one_of,
    required,
    too_long,
    unexpected_key,
    wrong_type,
)


class Shape(Protocol):
    """What a value may look like."""

    def judge(self, value: object, where: str) -> Iterator[Refusal]:
        """
        Yield every reason why the value does not fit.

        :param value: a value as ``json.loads`` gives it.
        :param where: its place in the payload, in WhatsApp's spelling; empty for the payload itself.
        """
        ...


Rule = Callable[[dict[str, Any], str], Iterator[Refusal]]
"""A rule about several parts of one object. It passes over parts of a wrong type: their shape tells."""


@dataclass(frozen=True)
class Text:
    """
    A string.

    :param least: the fewest characters.
    :param most: the most characters.
    :param short: WhatsApp's own words about a string that is too short; without any, it counts as missing.
    :param long: WhatsApp's own words about a string that is too long.
    :param check: a further test of a string of the right length.
    """

    least: int = 0
    most: int | None = None
    short: str | None = None
    long: str | None = None
    check: Callable[[str, str], Iterator[Refusal]] | None = None

    def judge(self, value: object, where: str) -> Iterator[Refusal]:
        """Judge type, length and content, in this order."""
        if not isinstance(value, str):
            yield wrong_type(where, "a string")
        elif len(value) < self.least:
            yield invalid_value(self.short) if self.short else required(where)
        elif self.most is not None and len(value) > self.most:
            yield invalid_value(self.long) if self.long else too_long(where, self.most)
        elif self.check is not None:
            yield from self.check(value, where)


@dataclass(frozen=True)
class Boolean:
    """``true`` or ``false``; not ``1``, not ``"true"``."""

    def judge(self, value: object, where: str) -> Iterator[Refusal]:
        """Judge the type."""
        if not isinstance(value, bool):
            yield wrong_type(where, "a boolean")


@dataclass(frozen=True)
class OneOf:
    """
    A string out of an enumeration.

    :param allowed: the strings that are fine.
    """

    allowed: Sequence[str]

    def judge(self, value: object, where: str) -> Iterator[Refusal]:
        """Judge membership."""
        if value not in self.allowed:
            yield not_one_of(where, self.allowed, value)


@dataclass(frozen=True)
class Part:
    """
    A property of an object.

    :param shape: what its value looks like.
    :param needed: whether it must be there.
    :param absent: WhatsApp's own words for a property that is missing or null, if it has any.
    """

    shape: Shape
    needed: bool = False
    absent: Refusal | None = None


@dataclass(frozen=True)
class Object:
    """
    A JSON object.

    :param parts: its properties by name; no others are taken.
    :param rules: what must hold between the properties.
    """

    parts: Mapping[str, Part]
    rules: Sequence[Rule] = ()

    def judge(self, value: object, where: str) -> Iterator[Refusal]:
        """Judge the properties one by one, then what must hold between them."""
        if not isinstance(value, dict):
            yield wrong_type(where, "a JSON object")
            return
        for name, part in self.parts.items():
            place = f"{where}['{name}']" if where else name
            if part.absent is not None and value.get(name) is None:
                yield part.absent
            elif name in value:
                yield from part.shape.judge(value[name], place)
            elif part.needed:
                yield required(place)
        yield from (unexpected_key(where, name) for name in value if name not in self.parts)
        for rule in self.rules:
            yield from rule(value, where)


@dataclass(frozen=True)
class Array:
    """
    A JSON array.

    :param item: the shape of every item.
    :param least: the fewest items.
    :param most: the most items.
    :param count_details: what WhatsApp says about a wrong number of items.
    """

    item: Shape
    least: int
    most: int | None
    count_details: str

    def judge(self, value: object, where: str) -> Iterator[Refusal]:
        """Judge the number of items, then each of them."""
        if not isinstance(value, list):
            yield wrong_type(where, "an array")
            return
        if len(value) < self.least or (self.most is not None and len(value) > self.most):
            yield invalid_value(self.count_details)
        for index, item in enumerate(value):
            yield from self.item.judge(item, f"{where}[{index}]")


@dataclass(frozen=True)
class Unjudged:
    """
    A value of which only the JSON type is looked at.

    :param kind: ``dict`` or ``list``.
    """

    kind: type[dict[str, Any]] | type[list[Any]] = dict

    def judge(self, value: object, where: str) -> Iterator[Refusal]:
        """Judge the type."""
        if not isinstance(value, self.kind):
            yield wrong_type(where, "a JSON object" if self.kind is dict else "an array")
