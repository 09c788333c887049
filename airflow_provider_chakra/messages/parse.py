"""From a payload to a checked message, or to all that is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, cast

from pydantic import ValidationError

from airflow_provider_chakra.exceptions import InvalidMessageError, Problem
from airflow_provider_chakra.messages.base import WHOLE_PAYLOAD, Message, Part
from airflow_provider_chakra.messages.problems import did_you_mean, joined, json_type, problem_of, shown
from airflow_provider_chakra.messages.unchecked import (
    UNCHECKED_INTERACTIVE_TYPES,
    UNCHECKED_TYPES,
    Envelope,
    UncheckedMessage,
)

_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Deeper than any message, and shallower than what Python's stack bears.
_DEEPEST = 50

# Named, not imported: to send a text, the models of lists need not be built.
_MODELS = {
    "text": "text:TextMessage",
    "image": "media:ImageMessage",
    "interactive.list": "interactive:ListMessage",
}


def parse_message(payload: Mapping[str, Any]) -> Message:
    """
    Check a payload, whole, and make a message of it.

    :param payload: what would be sent to WhatsApp, with ``messaging_product``, a recipient,
        ``type``, and the content in the field that ``type`` names. Without ``type``, a payload that
        has ``text`` is a text message.
    :return: a model of the message. Types that have no model yet come back as
        :class:`~airflow_provider_chakra.messages.unchecked.UncheckedMessage`, of which only the
        envelope is checked.
    :raises InvalidMessageError: with every broken rule.
    """
    if not isinstance(payload, Mapping):
        problem = Problem("payload", "an object", json_type(payload), "give a mapping")
        raise InvalidMessageError("message", [problem])
    problems: list[Problem] = []
    data = cast("dict[str, Any]", _plain(payload, "", problems))
    model = _model_for(data, problems)
    told = {problem.field for problem in problems}
    try:
        message = model.model_validate(data, context=WHOLE_PAYLOAD)
    except ValidationError as error:
        problems += [
            problem
            for line in error.errors(include_url=False)
            if (problem := problem_of(line, model)).field not in told
        ]
    if problems:
        # "from None": pydantic's own error would repeat the message's text.
        raise InvalidMessageError(_kind(model, data), problems) from None
    return message


def _plain(value: Any, field: str, problems: list[Problem], depth: int = 0) -> Any:
    """Copy a payload into what JSON knows, noting what it does not know."""
    if isinstance(value, str):
        if not value.isascii() and _SURROGATE.search(value):
            problems.append(
                Problem(field, "valid Unicode", "half of a surrogate pair", "decode the text rightly")
            )
        return value
    if isinstance(value, Part):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, Mapping | list | tuple) and depth > _DEEPEST:
        problems.append(Problem(field, "not so deep", f"more than {_DEEPEST} levels", "put less into it"))
        return {}
    if isinstance(value, Mapping):
        plain = {}
        for key, item in value.items():
            if not isinstance(key, str) or _SURROGATE.search(key):
                problem = Problem(
                    field or "payload", "names of fields are strings", json_type(key), "quote it"
                )
                problems.append(problem)
                continue
            plain[key] = _plain(item, joined(field, key), problems, depth + 1)
        return plain
    if isinstance(value, list | tuple):
        return [_plain(item, f"{field}[{index}]", problems, depth + 1) for index, item in enumerate(value)]
    if value is None:
        problems.append(Problem(field, "must not be null", "null", "leave the field out, or give it a value"))
    elif field == "to":
        # What is no recipient is told by the rule for recipients.
        pass
    elif isinstance(value, float) and not math.isfinite(value):
        problems.append(Problem(field, "a number that JSON knows", str(value), "give a finite number"))
    elif not isinstance(value, int | float):
        problems.append(
            Problem(field, "a value that JSON knows", json_type(value), "convert it, such as with str()")
        )
    return value


def _model_for(data: Mapping[str, Any], problems: list[Problem]) -> type[Message]:
    kind = data.get("type", "text" if "text" in data else None)
    if data.get("status") is not None and kind is None:
        problems.append(
            Problem("status", "a message", "a read receipt", "send it with ChakraHook.request instead")
        )
        return Envelope
    field, kinds, name = "type", UNCHECKED_TYPES | {"text", "image"}, kind
    content = data.get("interactive")
    if kind == "interactive" and isinstance(content, Mapping):
        field, kinds = "interactive.type", UNCHECKED_INTERACTIVE_TYPES | {"list"}
        kind = content.get("type")
        name = f"interactive.{kind}"
    if isinstance(kind, str) and kind in kinds:
        return _load(_MODELS[name]) if name in _MODELS else UncheckedMessage
    if field not in {problem.field for problem in problems}:
        problems.append(_unknown_kind(field, kind, kinds))
    # By its content it may be known what was meant, and told what else is wrong.
    if isinstance(content, Mapping) and isinstance(content.get("action"), Mapping):
        return _load(_MODELS["interactive.list"]) if "sections" in content["action"] else Envelope
    return next((_load(_MODELS[name]) for name in ("text", "image") if name in data), Envelope)


@cache
def _load(name: str) -> type[Message]:
    module, model = name.split(":")
    return cast("type[Message]", getattr(import_module(f"{__package__}.{module}"), model))


def _unknown_kind(field: str, given: Any, known: frozenset[str]) -> Problem:
    mend = f"choose one of {', '.join(sorted(known))}"
    if given is None:
        return Problem(field, "required", "nothing", mend)
    if not isinstance(given, str):
        return Problem(field, "a string", json_type(given), mend)
    return Problem(field, "a type that WhatsApp knows", shown(given), did_you_mean(given, known) or mend)


def _kind(model: type[Message], data: Mapping[str, Any]) -> str:
    kind = data.get("type")
    if model is UncheckedMessage and isinstance(kind, str):
        return f"{kind} message"
    return model.kind
