"""From a payload to a checked message, or to all that is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, cast

from pydantic import ValidationError

from airflow_provider_chakra.exceptions import InvalidMessageError, Problem
from airflow_provider_chakra.messages.base import WHOLE_PAYLOAD, Message, Part
from airflow_provider_chakra.messages.problems import did_you_mean, json_type, problem_of
from airflow_provider_chakra.messages.unchecked import (
    UNCHECKED_INTERACTIVE_TYPES,
    UNCHECKED_TYPES,
    Envelope,
    UncheckedMessage,
)

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
    unsendable = {problem.field for problem in problems}
    model = _model_for(data, problems)
    try:
        message = model.model_validate(data, context=WHOLE_PAYLOAD)
    except ValidationError as error:
        problems += [
            problem
            for line in error.errors(include_url=False)
            if (problem := problem_of(line, model)).field not in unsendable
        ]
    if problems:
        # "from None": pydantic's own error would repeat the message's text.
        raise InvalidMessageError(_kind(model, data), problems) from None
    return message


def _plain(value: Any, field: str, problems: list[Problem]) -> Any:
    """Copy a payload into what JSON knows, noting what it does not know."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        plain = {}
        for key, item in value.items():
            if not isinstance(key, str):
                problems.append(
                    Problem(field or "payload", "names of fields are strings", json_type(key), "quote it")
                )
                continue
            plain[key] = _plain(item, f"{field}.{key}" if field else key, problems)
        return plain
    if isinstance(value, Part):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, list | tuple):
        return [_plain(item, f"{field}[{index}]", problems) for index, item in enumerate(value)]
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
    if kind == "interactive" and isinstance(data.get("interactive"), Mapping):
        field, kinds = "interactive.type", UNCHECKED_INTERACTIVE_TYPES | {"list"}
        kind = data["interactive"].get("type")
        name = f"interactive.{kind}"
    if not isinstance(kind, str) or kind not in kinds:
        problems.append(_unknown_kind(field, kind, kinds))
        return Envelope
    return _load(_MODELS[name]) if name in _MODELS else UncheckedMessage


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
    return Problem(field, "a type that WhatsApp knows", repr(given[:40]), did_you_mean(given, known) or mend)


def _kind(model: type[Message], data: Mapping[str, Any]) -> str:
    kind = data.get("type")
    if model is UncheckedMessage and isinstance(kind, str):
        return f"{kind} message"
    return model.kind
