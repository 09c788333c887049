"""
Whether a template message fits its template.

https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes (Template errors) has the codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from airflow_provider_chakra.sandbox.refusals import Refusal
from airflow_provider_chakra.sandbox.templates.parts import (
    buttons_of,
    components_of,
    needs_value,
    part_of,
    variables,
)
from airflow_provider_chakra.sandbox.templates.store import Template, Templates

_SUB_TYPES: Final = {
    "url": {"URL"},
    "quick_reply": {"QUICK_REPLY"},
    "copy_code": {"COPY_CODE"},
    "flow": {"FLOW"},
    "catalog": {"CATALOG"},
    "mpm": {"MPM"},
    "voice_call": {"VOICE_CALL"},
}


def misfits(templates: Templates, content: dict[str, Any]) -> Iterator[Refusal]:
    """
    Compare a message with the template it names.

    :param templates: the templates that the sandbox knows.
    :param content: the object ``template`` of a message of the right form.
    """
    if not templates.strict:
        return
    name, language = content.get("name", ""), content.get("language", {}).get("code", "")
    template = templates.find(name, language)
    if template is None:
        yield _unknown(f"template name ({name}) does not exist in {language}")
    elif template["status"] == "PAUSED":
        yield Refusal(132015, "(#132015) Template is paused", f"template name ({name}) is paused")
    elif template["status"] == "DISABLED":
        yield Refusal(132016, "(#132016) Template is disabled", f"template name ({name}) is disabled")
    elif template["status"] != "APPROVED":
        yield _unknown(f"template name ({name}) is {template['status']} in {language}")
    else:
        yield from _header(template, _parameters(content, "header"))
        yield from _values("body", template, _parameters(content, "body"))
        yield from _buttons(template, content)


def _unknown(details: str) -> Refusal:
    return Refusal(132001, "(#132001) Template name does not exist in the translation", details)


def _wrong_number(where: str, got: int, expected: int) -> Refusal:
    return Refusal(
        132000,
        "(#132000) Number of parameters does not match the expected number of params",
        f"{where}: number of localizable_params ({got}) does not match the expected number ({expected})",
    )


def _wrong_format(details: str) -> Refusal:
    return Refusal(
        132012, "(#132012) Parameter format does not match format in the created template", details
    )


def _parameters(content: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [parameter for part in components_of(content, kind) for parameter in part.get("parameters") or ()]


def _header(template: Template, given: list[dict[str, Any]]) -> Iterator[Refusal]:
    expected = part_of(template, "HEADER").get("format", "TEXT")
    received = str(given[0].get("type", "")).upper() if given else "UNKNOWN"
    if expected == "TEXT":
        yield from _values("header", template, given)
    elif received != expected:
        yield _wrong_format(f"header: Format mismatch, expected {expected}, received {received}")


def _values(where: str, template: Template, given: list[dict[str, Any]]) -> Iterator[Refusal]:
    expected = variables(part_of(template, where.upper()).get("text", ""))
    if len(given) != len(expected):
        yield _wrong_number(where, len(given), len(expected))
    elif template["parameter_format"] == "NAMED":
        if sorted(str(parameter.get("parameter_name")) for parameter in given) != sorted(expected):
            yield _wrong_format(f"{where}: parameter_name must be each of {', '.join(expected)}")
    elif any("parameter_name" in parameter for parameter in given):
        yield _wrong_format(f"{where}: parameters are positional, parameter_name is not expected")
    if any(parameter.get("type") not in {"text", "currency", "date_time"} for parameter in given):
        yield _wrong_format(f"{where}: Format mismatch, expected TEXT")


def _buttons(template: Template, content: dict[str, Any]) -> Iterator[Refusal]:
    buttons = buttons_of(template)
    filled = set()
    for component in components_of(content, "button"):
        index = int(component["index"]) if str(component.get("index")).isdecimal() else -1
        if not 0 <= index < len(buttons):
            yield _wrong_format(f"buttons: there is no button at index {component.get('index')}")
            continue
        button, sub_type = buttons[index], str(component.get("sub_type")).lower()
        if button["type"] not in _SUB_TYPES.get(sub_type, ()):
            yield _wrong_format(
                f"buttons: Format mismatch at index {index}, expected {button['type']}, received {sub_type}"
            )
        elif button["type"] == "URL" and not needs_value(button):
            yield Refusal(
                132018,
                "(#132018) There is an issue with the parameters in your template",
                f"buttons: Button at index {index} of type Url does not require parameters",
            )
        elif component.get("parameters"):
            filled.add(index)
    for index, button in enumerate(buttons):
        if needs_value(button) and index not in filled:
            yield Refusal(
                131008,
                "(#131008) Required parameter is missing",
                f"buttons: Button at index {index} of type {button['type']} requires a parameter",
            )
