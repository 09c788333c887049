"""
The small language in which :mod:`.rules` is written: the shapes a JSON value may have.

A shape judges a value found at a place (``text['body']``) and yields every refusal it finds. Lengths count
code points. JSON null is never a fitting value: it is refused by whatever stands where it was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from airflow_provider_chakra.sandbox.refusals import (
    Refusal,
    invalid_value,
    not_one_of,
    out_of_range,
    required,
    too_long,
    unexpected_key,
    wrong_type,
)

_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]*")
_DECIMAL: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


class Shape(Protocol):
    """What a value may look like."""

    def judge(self, value: object, where: str) -> Iterator[Refusal]:
        """
        Yield every reason why the value does not fit.

        :param value: a value as ``json.loads`` gives it.
        :param where: its place in the payload, in WhatsApp's spelling; empty for the payload itself.
        """
        ...


Check = Callable[[str, str], Iterator[Refusal]]
"""A further test of a string, which is given its place, too."""

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
    check: Check | None = None

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
class Number:
    """
    A number; ``true`` is none.

    :param least: the smallest.
    :param most: the largest.
    :param whole: whether it must be an integer.
    :param as_text: whether it may also be written as a string.
    """

    least: float = float("-inf")
    most: float = float("inf")
    whole: bool = False
    as_text: bool = False

    def judge(self, value: object, where: str) -> Iterator[Refusal]:
        """Judge the type, then the range."""
        number = self._read(value)
        if number is None:
            yield wrong_type(where, "an integer" if self.whole else "a number")
        elif not self.least <= number <= self.most:
            yield out_of_range(where, self.least, self.most)

    def _read(self, value: object) -> float | None:
        if isinstance(value, str):
            written = self.as_text and (_WHOLE if self.whole else _DECIMAL).fullmatch(value)
            return float(value) if written else None
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            return None
        return value


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

    :param parts: its properties by name.
    :param rules: what must hold between the properties.
    :param closed: whether other properties are refused.
    """

    parts: Mapping[str, Part]
    rules: Sequence[Rule] = ()
    closed: bool = True

    def also(self, parts: Mapping[str, Part]) -> Object:
        """
        Give this shape with further properties in front.

        :param parts: the properties by name.
        """
        return replace(self, parts={**parts, **self.parts})

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
        if self.closed:
            yield from (unexpected_key(where, name) for name in value if name not in self.parts)
        for rule in self.rules:
            yield from rule(value, where)


@dataclass(frozen=True)
class Tagged:
    """
    A JSON object whose shape hangs on one of its own properties.

    :param tag: the name of this property.
    :param variants: the shape for each of its values, without the tag.
    """

    tag: str
    variants: Mapping[str, Object | Tagged]

    def also(self, parts: Mapping[str, Part]) -> Tagged:
        """
        Give this shape with further properties in front.

        :param parts: the properties by name.
        """
        return replace(self, variants={name: shape.also(parts) for name, shape in self.variants.items()})

    def judge(self, value: object, where: str) -> Iterator[Refusal]:
        """Judge the tag, then what it stands for."""
        if not isinstance(value, dict):
            yield wrong_type(where, "a JSON object")
            return
        place, name = f"{where}['{self.tag}']", value.get(self.tag)
        if self.tag not in value:
            yield required(place)
        elif not isinstance(name, str) or name not in self.variants:
            yield not_one_of(place, self.variants, name)
        else:
            yield from self.variants[name].also({self.tag: Part(OneOf([name]))}).judge(value, where)


@dataclass(frozen=True)
class Array:
    """
    A JSON array.

    :param item: the shape of every item.
    :param items: what the items are called in a refusal.
    :param least: the fewest items.
    :param most: the most items.
    """

    item: Shape
    items: str
    least: int = 0
    most: int | None = None

    def judge(self, value: object, where: str) -> Iterator[Refusal]:
        """Judge the number of items, then each of them."""
        if not isinstance(value, list):
            yield wrong_type(where, "an array")
            return
        if len(value) < self.least or (self.most is not None and len(value) > self.most):
            most = "" if self.most is None else f", Max allowed {self.items}: {self.most}"
            yield invalid_value(f"Invalid {self.items} count. Min allowed {self.items}: {self.least}{most}")
        for index, item in enumerate(value):
            yield from self.item.judge(item, f"{where}[{index}]")
