"""Pydantic's errors, told so that a person can mend them, and without the message's text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from airflow_provider_chakra.exceptions import Problem

_WORD = re.compile(r"'([^']*)'")
_JSON_TYPES = {
    bool: "a boolean",
    dict: "an object",
    float: "a number",
    int: "a number",
    list: "an array",
    str: "a string",
    type(None): "null",
}


def json_type(value: object) -> str:
    """
    Name a value's type as JSON does, or else as Python does.

    :param value: any value.
    :return: such as ``a number``.
    """
    return _JSON_TYPES.get(type(value)) or f"a Python {type(value).__name__}"


def shown(value: object) -> str:
    """
    Show a word of WhatsApp's vocabulary, or what stands in its place.

    :param value: any value.
    :return: the word, quoted; the type of what is no word, as it may be anything.
    """
    return repr(value) if isinstance(value, str) and is_word(value) else json_type(value)


def is_word(text: str) -> bool:
    """
    Tell whether a text may be a name in a payload, and not what somebody wrote.

    :param text: any text.
    """
    return text.isidentifier() and text.isascii() and len(text) <= 40


def joined(path: str, name: str) -> str:
    """
    Go on with the path of a field.

    :param path: the path so far.
    :param name: the name of a field in it; what is no name is not shown, as it may be anything.
    :return: the longer path.
    """
    # The rules over several fields name theirs as a path.
    name = name if is_word(re.sub(r"\[\d+\]|\.", "", name)) else "(no name)"
    return f"{path}.{name}" if path else name


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """
    Guess what was meant.

    :param given: a name that is not known.
    :param known: the names that are.
    :return: a question, or an empty string.
    """
    close = get_close_matches(given, known, n=1, cutoff=0.75)
    return f"did you mean {close[0]!r}?" if close else ""


def either(words: Sequence[str]) -> str:
    """
    List what may be written.

    :param words: words of WhatsApp's vocabulary.
    :return: such as ``'image' or 'video'``.
    """
    *most, last = map(repr, words)
    return f"{', '.join(most)} or {last}" if most else last


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for step in location:
        path = f"{path}[{step}]" if isinstance(step, int) else joined(path, step)
    return path


def _fields_beside(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """List the fields of the part in which a location lies."""
    part: Any = model
    for step in location[:-1]:
        if isinstance(step, str) and step in part.model_fields:
            part = _part_in(part.model_fields[step].annotation)
        if part is None:
            return []
    return list(part.model_fields)


def _part_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_part_in, getattr(annotation, "__args__", ()))), None)


def _number_of(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _too_long(line: ErrorDetails, noun: str) -> tuple[str, str, str]:
    most, given = line["ctx"]["max_length"], len(line["input"])
    return (
        f"at most {_number_of(most, noun)}",
        _number_of(given, noun),
        f"{'shorten it by' if noun == 'character' else 'leave out'} {given - most}",
    )


def _too_short(line: ErrorDetails, noun: str) -> tuple[str, str, str]:
    return (
        f"at least {_number_of(line['ctx']['min_length'], noun)}",
        _number_of(len(line["input"]), noun),
        "fill it in",
    )


def _wrong_type(wanted: str, mend: str) -> Callable[[ErrorDetails], tuple[str, str, str]]:
    return lambda line: (wanted, json_type(line["input"]), mend)


def _out_of_range(limit: str, what: str) -> tuple[str, str, str]:
    return limit, f"a number that is {what}", "give one within the limit"


def _other_word(expected: str, given: object) -> tuple[str, str, str]:
    guess = did_you_mean(given, _WORD.findall(expected)) if isinstance(given, str) else ""
    return f"must be {expected}", shown(given), guess or "write it so"


_IN_WORDS: dict[str, Callable[[ErrorDetails], tuple[str, str, str]]] = {
    "chakra": lambda line: (line["ctx"]["limit"], line["ctx"]["given"], line["ctx"]["mend"]),
    "missing": lambda line: ("required", "nothing", "add it"),
    "string_too_long": lambda line: _too_long(line, "character"),
    "string_too_short": lambda line: _too_short(line, "character"),
    "too_long": lambda line: _too_long(line, "item"),
    "too_short": lambda line: _too_short(line, "item"),
    "string_type": _wrong_type("a string", "give it as text, in quotes"),
    "string_unicode": lambda line: ("valid Unicode", "half of a surrogate pair", "decode the text rightly"),
    "bool_type": _wrong_type("true or false", "give a boolean, without quotes"),
    "list_type": _wrong_type("an array", "give a list, even for one item"),
    "model_type": _wrong_type("an object", "give a mapping with the fields of this part"),
    "dict_type": _wrong_type("an object", "give a mapping"),
    "int_type": _wrong_type("a whole number", "give it as a number, without quotes and decimals"),
    "greater_than_equal": lambda line: _out_of_range(f"at least {line['ctx']['ge']}", "too small"),
    "less_than_equal": lambda line: _out_of_range(f"at most {line['ctx']['le']}", "too big"),
    "literal_error": lambda line: _other_word(line["ctx"]["expected"], line["input"]),
}


def problem_of(line: ErrorDetails, model: type[BaseModel]) -> Problem:
    """
    Tell one of pydantic's errors.

    :param line: the error.
    :param model: the model that was being built.
    :return: the broken rule.
    """
    field = _path(line["loc"])
    if line["type"] == "extra_forbidden":
        known = _fields_beside(model, line["loc"])
        mend = did_you_mean(str(line["loc"][-1]), known) or f"leave it out; known here: {', '.join(known)}"
        return Problem(field, "not a field that WhatsApp knows here", "a value", mend)
    in_words = _IN_WORDS.get(line["type"])
    if in_words is None:
        return Problem(field, "valid", json_type(line["input"]), "compare it with WhatsApp's documentation")
    return Problem(field, *in_words(line))
