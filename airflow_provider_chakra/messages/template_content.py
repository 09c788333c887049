"""
What fills a template, from plain Python values to WhatsApp's components.

https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from numbers import Real
from typing import Any, NamedTuple
from uuid import UUID

from airflow_provider_chakra.exceptions import Problem
from airflow_provider_chakra.messages.limits import OTP_MAX
from airflow_provider_chakra.messages.problems import did_you_mean, joined, json_type

_MEDIA = ("image", "video", "document", "gif")
_HEADERS = (*_MEDIA, "location", "product", "text")
#: What goes beside a kind of header.
_BESIDE = {"document": "filename", "text": "parameter_name"}
_TEXT_BUTTONS = {
    "url": ("text", "text"),
    "quick_reply": ("payload", "payload"),
    "copy_code": ("coupon_code", "coupon_code"),
}
_ACTION_BUTTONS = ("flow", "catalog", "mpm")
_BUTTONS = (*_TEXT_BUTTONS, *_ACTION_BUTTONS)


class TemplateContent(NamedTuple):
    """What fills a template."""

    #: In WhatsApp's shape.
    components: list[Any]
    #: What could not be understood of the arguments.
    problems: list[Problem]


def template_content(
    *, body: Any = None, header: Any = None, buttons: Any = None, otp: Any = None, components: Any = None
) -> TemplateContent:
    """
    Put WhatsApp's components together, see :class:`.SendTemplateOperator` for what each argument may be.

    :param body: values of the body's variables, as a list or a mapping.
    :param header: what fills the header.
    :param buttons: what the buttons need.
    :param otp: the code of an authentication template.
    :param components: the components themselves, instead of all others.
    :return: the components, and what is wrong with the arguments.
    """
    problems: list[Problem] = []
    given = {"body": body, "header": header, "buttons": buttons, "otp": otp, "components": components}
    named = [name for name, value in given.items() if value is not None]
    if "components" in named:
        problems += _alone("components", named)
        if not isinstance(components, list | tuple):
            problems.append(
                Problem("components", "a list", json_type(components), "give WhatsApp's components")
            )
            return TemplateContent([], problems)
        return TemplateContent(list(components), problems)
    if "otp" in named:
        problems += _alone("otp", named)
        return TemplateContent(list(_otp(otp, problems)), problems)
    parts = [*_header(header, problems), *_body(body, problems), *_buttons(buttons, problems)]
    return TemplateContent(parts, problems)


def _alone(name: str, named: list[str]) -> Iterator[Problem]:
    others = [other for other in named if other != name]
    if others:
        yield Problem(
            name, "nothing else beside it", " and ".join(others), "keep one way to fill the template"
        )


def _text(value: Any, field: str, problems: list[Problem]) -> str:
    """Write a value as it shall be read."""
    if isinstance(value, str):
        return value
    if value is None:
        problems.append(
            Problem(field, "a value", "None", "give a text: a template has no optional variables")
        )
        return "-"
    if isinstance(value, bool):
        problems.append(Problem(field, "a text or a number", "a boolean", "write it in words"))
        return "-"
    if isinstance(value, Real | Decimal):
        if not math.isfinite(value):
            problems.append(Problem(field, "a number that can be read", str(value), "give a finite number"))
            return "-"
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, date | time | UUID):
        return str(value)
    problems.append(
        Problem(field, "a text, a number or a date", json_type(value), "convert it, such as with str()")
    )
    return "-"


def _parameter(value: Any, field: str, problems: list[Problem]) -> dict[str, Any]:
    # A mapping is a parameter in WhatsApp's own shape, such as a currency.
    return (
        dict(value) if isinstance(value, Mapping) else {"type": "text", "text": _text(value, field, problems)}
    )


def _body(body: Any, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    if body is None:
        return
    if isinstance(body, Mapping):
        parameters = [
            _parameter(value, joined("body", str(name)), problems) | {"parameter_name": str(name)}
            for name, value in body.items()
        ]
    elif isinstance(body, list | tuple):
        parameters = [_parameter(value, f"body[{index}]", problems) for index, value in enumerate(body)]
    else:
        problems.append(
            Problem("body", "a list, or a mapping by name", json_type(body), "put one value into a list, too")
        )
        return
    if parameters:
        yield {"type": "body", "parameters": parameters}


def _header(header: Any, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    if header is None:
        return
    if isinstance(header, Mapping):
        parameter = dict(header) if "type" in header else _header_of_kind(header, problems)
    else:
        parameter = {"type": "text", "text": _text(header, "header", problems)}
    if parameter is not None:
        yield {"type": "header", "parameters": [parameter]}


def _header_of_kind(header: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any] | None:
    kind = _only_kind(header, _HEADERS, "header", problems)
    if kind is None:
        return None
    beside = _BESIDE.get(kind, "")
    for name in header:
        if name not in (kind, beside):
            mend = did_you_mean(str(name), (kind, beside)) or f"give {kind} alone"
            problems.append(Problem(joined("header", str(name)), f"not known beside {kind}", "a value", mend))
    value = header[kind]
    if kind == "text":
        value = _text(value, "header.text", problems)
    elif kind in _MEDIA and not isinstance(value, Mapping):
        value = {"link": value}
    if beside and beside in header:
        if kind == "text":
            return {"type": kind, kind: value, beside: header[beside]}
        value = {**value, beside: header[beside]}
    return {"type": kind, kind: value}


def _buttons(buttons: Any, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    if buttons is None:
        return
    if not isinstance(buttons, list | tuple):
        mend = 'give one mapping for each button, such as {"url": "track/42"}'
        problems.append(Problem("buttons", "a list", json_type(buttons), mend))
        return
    for place, button in enumerate(buttons):
        field = f"buttons[{place}]"
        if button is None:
            continue
        if not isinstance(button, Mapping):
            mend = 'say what it is, such as {"url": "track/42"} or {"quick_reply": "STOP"}'
            problems.append(Problem(field, "a mapping", json_type(button), mend))
            continue
        kind = _only_kind(button, _BUTTONS, field, problems)
        if kind is None:
            continue
        for name in button:
            if name not in (kind, "index"):
                mend = f"leave it out; known here: {kind}, index"
                problems.append(Problem(joined(field, str(name)), "not a field of a button", "a value", mend))
        parameter = _button_parameter(kind, button[kind], joined(field, kind), problems)
        if parameter is not None:
            index = button.get("index", place)
            yield {"type": "button", "sub_type": kind, "index": index, "parameters": [parameter]}


def _button_parameter(kind: str, value: Any, field: str, problems: list[Problem]) -> dict[str, Any] | None:
    if kind in _TEXT_BUTTONS:
        parameter_type, name = _TEXT_BUTTONS[kind]
        return {"type": parameter_type, name: _text(value, field, problems)}
    if kind == "catalog" and isinstance(value, str):
        value = {"thumbnail_product_retailer_id": value}
    if not isinstance(value, Mapping):
        problems.append(
            Problem(field, "a mapping", json_type(value), "give WhatsApp's action of this button")
        )
        return None
    return {"type": "action", "action": dict(value)}


def _only_kind(
    part: Mapping[str, Any], kinds: tuple[str, ...], field: str, problems: list[Problem]
) -> str | None:
    found = [kind for kind in kinds if kind in part]
    if len(found) == 1:
        return found[0]
    close = next(filter(None, (did_you_mean(str(name), kinds) for name in part)), "") if not found else ""
    limit = f"exactly one of {', '.join(kinds)}"
    problems.append(Problem(field, limit, " and ".join(found) or "none of them", close or "name one"))
    return None


def _otp(otp: Any, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    code = _text(otp, "otp", problems)
    if len(code) > OTP_MAX:
        problems.append(
            Problem("otp", f"at most {OTP_MAX} characters", f"{len(code)} characters", "make a shorter code")
        )
    parameters = [{"type": "text", "text": code}]
    yield {"type": "body", "parameters": parameters}
    yield {"type": "button", "sub_type": "url", "index": 0, "parameters": parameters}
