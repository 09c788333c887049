"""From a payload to a checked message, or to all that is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, cast

from pydantic import ConfigDict, ValidationError

from airflow_provider_chakra.exceptions import InvalidMessageError, Problem
from airflow_provider_chakra.messages.base import WHOLE_PAYLOAD, Message, Part, Sendable
from airflow_provider_chakra.messages.problems import did_you_mean, joined, json_type, problem_of, shown

if TYPE_CHECKING:
    from airflow_provider_chakra.messages.receipt import ReadReceipt

_SURROGATE = re.compile(r"[\ud800-\udfff]")
# What flows are given: only they know what it means.
_DATA_OF_FLOWS = re.compile(r"\.(?:flow_action_payload\.data|flow_action_data)[.\[]")
# Deeper than any message, and shallower than what Python's stack bears.
_DEEPEST = 50

# Named, not imported: to send a text, the models of lists need not be built.
_MODELS = {
    "text": "text:TextMessage",
    "image": "media:ImageMessage",
    "video": "media:VideoMessage",
    "audio": "media:AudioMessage",
    "document": "media:DocumentMessage",
    "sticker": "media:StickerMessage",
    "location": "location:LocationMessage",
    "contacts": "contacts:ContactsMessage",
    "reaction": "reaction:ReactionMessage",
    "template": "template:TemplateMessage",
    "pin": "pin:PinMessage",
}
_INTERACTIVE_MODELS = {
    "list": "interactive.lists:ListMessage",
    "button": "interactive.buttons:ButtonsMessage",
    "cta_url": "interactive.links:CtaUrlMessage",
    "flow": "interactive.flows:FlowMessage",
    "location_request_message": "interactive.requests:LocationRequestMessage",
    "request_contact_info": "interactive.requests:ContactInfoRequestMessage",
    "address_message": "interactive.addresses:AddressMessage",
    "product": "interactive.products:ProductMessage",
    "product_list": "interactive.products:ProductListMessage",
    "catalog_message": "interactive.products:CatalogMessage",
    "carousel": "interactive.carousels:CarouselMessage",
    "call_permission_request": "interactive.calls:CallPermissionMessage",
    "voice_call": "interactive.calls:VoiceCallMessage",
    "order_details": "interactive.orders:OrderDetailsMessage",
    "order_status": "interactive.orders:OrderStatusMessage",
}
_RECEIPT = "receipt:ReadReceipt"
# What the action of an interactive message tells of its type.
_BY_ACTION = {"button": "list", "buttons": "button", "cards": "carousel"}


class _Envelope(Message):
    """The envelope alone, with anything in it, where nobody knows what the message is meant to be."""

    model_config = ConfigDict(extra="ignore")

    for_groups: ClassVar[bool] = True


def parse_message(payload: Mapping[str, Any]) -> Message | ReadReceipt:
    """
    Check a payload, whole, and make a model of it.

    :param payload: what would be sent to WhatsApp, with ``messaging_product``, a recipient,
        ``type``, and the content in the field that ``type`` names. Without ``type``, a payload that
        has ``text`` is a text message, and one that has ``status`` is a read receipt.
    :return: a model of the message or of the receipt.
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
        raise InvalidMessageError(model.kind, problems) from None
    return cast("Message | ReadReceipt", message)


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
        if not _DATA_OF_FLOWS.search(field):
            mend = "leave the field out, or give it a value"
            problems.append(Problem(field, "must not be null", "null", mend))
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


def _model_for(data: Mapping[str, Any], problems: list[Problem]) -> type[Sendable]:
    """Find the model, or note that there is none and guess which one was meant."""
    if "type" not in data and "text" not in data and ("status" in data or "message_id" in data):
        return _load(_RECEIPT)
    told = {problem.field for problem in problems}
    field, models, kind = "type", _MODELS, data.get("type", "text" if "text" in data else None)
    content = data.get("interactive")
    if kind == "interactive":
        if not isinstance(content, Mapping):
            if "interactive" not in told:
                problems.append(_no_content(data))
            return _load("interactive.parts:InteractiveMessage")
        field, models, kind = "interactive.type", _INTERACTIVE_MODELS, content.get("type")
    if isinstance(kind, str) and kind in models:
        return _load(models[kind])
    if field not in told:
        problems.append(_unknown_kind(field, kind, models))
    # By its content it may be known what was meant, and told what else is wrong.
    if isinstance(content, Mapping):
        action = content.get("action")
        named = _BY_ACTION.keys() & action.keys() if isinstance(action, Mapping) else set()
        return _load(_INTERACTIVE_MODELS[_BY_ACTION[named.pop()]]) if named else _Envelope
    return next((_load(_MODELS[name]) for name in _MODELS if name in data), _Envelope)


@cache
def _load(name: str) -> type[Sendable]:
    module, model = name.split(":")
    return cast("type[Sendable]", getattr(import_module(f"{__package__}.{module}"), model))


def _no_content(data: Mapping[str, Any]) -> Problem:
    if "interactive" in data:
        return Problem("interactive", "an object", json_type(data["interactive"]), "give a mapping")
    return Problem("interactive", "required", "nothing", "put the message's content there")


def _unknown_kind(field: str, given: Any, models: Mapping[str, str]) -> Problem:
    known = {*models, "interactive"} if models is _MODELS else models.keys()
    mend = f"choose one of {', '.join(sorted(known))}"
    if given is None:
        return Problem(field, "required", "nothing", mend)
    if not isinstance(given, str):
        return Problem(field, "a string", json_type(given), mend)
    return Problem(field, "a type that WhatsApp knows", shown(given), did_you_mean(given, known) or mend)
