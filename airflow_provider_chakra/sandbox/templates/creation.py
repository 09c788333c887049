"""
What WhatsApp asks of a new template.

https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates (Create templates).
The first fault is told, as WhatsApp does. Media headers are not looked at behind their handle, nor are the
cards of a carousel; the list of languages is not repeated here, only their form.
"""

from __future__ import annotations

import re
from typing import Any, Final

from airflow_provider_chakra.sandbox.answers import MetaRefusal
from airflow_provider_chakra.sandbox.templates.parts import variables
from airflow_provider_chakra.sandbox.templates.store import Template

_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(_[A-Z]{2,3})?")
_NAMED: Final = re.compile(r"[a-z_][a-z0-9_]*")

CATEGORIES: Final = ("AUTHENTICATION", "MARKETING", "UTILITY")
_FORMATS: Final = ("NAMED", "POSITIONAL")
_COMPONENTS: Final = ("HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER")
_HEADERS: Final = ("TEXT", "IMAGE", "VIDEO", "GIF", "DOCUMENT", "LOCATION", "PRODUCT")
_BUTTONS: Final = (
    "QUICK_REPLY",
    "URL",
    "PHONE_NUMBER",
    "COPY_CODE",
    "FLOW",
    "CATALOG",
    "MPM",
    "SPM",
    "OTP",
    "VOICE_CALL",
)

_HEADER_TEXT: Final = 60
_BODY_TEXT: Final = 1024
_FOOTER_TEXT: Final = 60
_BUTTON_TEXT: Final = 25
_MOST_BUTTONS: Final = 10
_URL: Final = 2000
_PHONE: Final = 20


def new_template(body: dict[str, Any]) -> Template:
    """
    Read the request for a new template.

    :param body: the parsed body of the request.
    :return: the template as it is listed, but for its id and status.
    :raises MetaRefusal: if WhatsApp would not take it.
    """
    if not _NAME.fullmatch(_text(body, "name", None, "name")):
        raise MetaRefusal("Param name must have lower-case letters, digits and underscores only, at most 512")
    if not _LANGUAGE.fullmatch(_text(body, "language", None, "language")):
        raise MetaRefusal("Param language must be a language code such as en or en_US")
    category = one_of(body, "category", CATEGORIES, "category")
    named = one_of(body, "parameter_format", _FORMATS, "parameter_format", "POSITIONAL") == "NAMED"
    return {
        "name": body["name"],
        "parameter_format": "NAMED" if named else "POSITIONAL",
        "components": read_components(body.get("components"), category, named=named),
        "language": body["language"],
        "category": category,
    }


def read_components(components: object, category: str, *, named: bool) -> list[dict[str, Any]]:
    """
    Read the components of a template.

    :param components: what was given as such.
    :param category: the template's category.
    :param named: whether its variables have names.
    :raises MetaRefusal: if WhatsApp would not take them.
    """
    if not isinstance(components, list) or not all(isinstance(part, dict) for part in components):
        raise MetaRefusal("Param components must be an array of objects")
    parts = [part | {"type": one_of(part, "type", _COMPONENTS, "type of a component")} for part in components]
    kinds = [part["type"] for part in parts]
    if len(set(kinds)) < len(kinds):
        raise MetaRefusal("Param components must not have two components of one type")
    if "BODY" not in kinds:
        raise MetaRefusal("Param components must have a component of type BODY")
    if category == "AUTHENTICATION":
        return [_authentication(part) for part in parts]
    for part in parts:
        match part["type"]:
            case "HEADER":
                _check_header(part, named=named)
            case "BODY":
                _check_text(part, "body", _BODY_TEXT, named=named)
            case "FOOTER":
                if variables(_text(part, "text", _FOOTER_TEXT, "footer")):
                    raise MetaRefusal("The footer must not have variables", 2388073)
            case "BUTTONS":
                _check_buttons(part)
            case "CAROUSEL":
                cards = part.get("cards")
                if not isinstance(cards, list) or not 2 <= len(cards) <= 10:
                    raise MetaRefusal("A carousel must have 2 to 10 cards")
    return parts


def one_of(
    holder: dict[str, Any], key: str, words: tuple[str, ...], where: str, otherwise: str | None = None
) -> str:
    """
    Read an enumeration, in upper or lower case.

    :param holder: where it is.
    :param key: its key.
    :param words: its values.
    :param where: what to call it in a refusal.
    :param otherwise: what it is if it is not given; without this, it must be.
    :raises MetaRefusal: if it is anything else.
    """
    value = holder.get(key, otherwise)
    if not isinstance(value, str) or value.upper() not in words:
        raise MetaRefusal(f"Param {where} must be one of {{{', '.join(words)}}}")
    return value.upper()


def _text(holder: dict[str, Any], key: str, most: int | None, where: str) -> str:
    value = holder.get(key)
    if not isinstance(value, str) or not value:
        raise MetaRefusal(f"The parameter {where} is required")
    if most is not None and len(value) > most:
        raise MetaRefusal(f"The {where} must be at most {most} characters long", 2388040)
    return value


def _check_text(part: dict[str, Any], where: str, most: int, *, named: bool) -> None:
    names = variables(_text(part, "text", most, where))
    if named and not all(_NAMED.fullmatch(name) for name in names):
        raise MetaRefusal(f"The variables of the {where} must have names in lower case", 2388073)
    if not named and names != [str(number) for number in range(1, len(names) + 1)]:
        raise MetaRefusal(f"The variables of the {where} must be {{{{1}}}}, {{{{2}}}} and so on", 2388073)
    if where == "header" and len(names) > 1:
        raise MetaRefusal("The header must have at most one variable", 2388073)
    if names and not _has_examples(part.get("example"), where, names, named=named):
        raise MetaRefusal(f"The {where} has variables, and needs an example for each", 2388043)


def _has_examples(example: object, where: str, names: list[str], *, named: bool) -> bool:
    if not isinstance(example, dict):
        return False
    given = example.get(f"{where}_text_named_params" if named else f"{where}_text")
    if not isinstance(given, list):
        return False
    if named:
        told = [item.get("param_name") for item in given if isinstance(item, dict)]
        return all(name in told for name in names)
    # Examples of a body are a list of lists: one for each way in which it could be filled in.
    values = given[0] if where == "body" and given and isinstance(given[0], list) else given
    return len(values) == len(names)


def _check_header(part: dict[str, Any], *, named: bool) -> None:
    kind = part["format"] = one_of(part, "format", _HEADERS, "format of the header")
    if kind == "TEXT":
        _check_text(part, "header", _HEADER_TEXT, named=named)
    elif kind not in {"LOCATION", "PRODUCT"}:
        example = part.get("example")
        if not isinstance(example, dict) or not example.get("header_handle"):
            raise MetaRefusal(f"A header of format {kind} needs an example in header_handle", 2388273)


def _check_buttons(part: dict[str, Any]) -> None:
    buttons = part.get("buttons")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= _MOST_BUTTONS:
        raise MetaRefusal(f"A template must have 1 to {_MOST_BUTTONS} buttons in its component BUTTONS")
    if not all(isinstance(button, dict) for button in buttons):
        raise MetaRefusal("Param buttons must be an array of objects")
    for button in buttons:
        kind = button["type"] = one_of(button, "type", _BUTTONS, "type of a button")
        if kind not in {"COPY_CODE", "OTP"}:
            _text(button, "text", _BUTTON_TEXT, "text of a button")
        if kind == "URL":
            names = variables(_text(button, "url", _URL, "url of a button"))
            if len(names) > 1:
                raise MetaRefusal("The url of a button must have at most one variable")
            if names and not button.get("example"):
                raise MetaRefusal("The url of a button has a variable, and needs an example", 2388043)
        elif kind == "PHONE_NUMBER":
            _text(button, "phone_number", _PHONE, "phone_number of a button")
        elif kind == "COPY_CODE" and not button.get("example"):
            raise MetaRefusal("A button that copies a code needs an example", 2388043)


def _authentication(part: dict[str, Any]) -> dict[str, Any]:
    """Write the words that WhatsApp itself puts into a template of a one-time code."""
    match part["type"]:
        case "BODY":
            return part | {"text": "*{{1}}* is your verification code."}
        case "FOOTER":
            minutes = part.get("code_expiration_minutes")
            if not isinstance(minutes, int) or not 1 <= minutes <= 90:
                raise MetaRefusal("Param code_expiration_minutes must be from 1 to 90")
            return part | {"text": f"This code expires in {minutes} minutes."}
        case "BUTTONS":
            buttons = part.get("buttons")
            if not isinstance(buttons, list) or len(buttons) != 1 or not isinstance(buttons[0], dict):
                raise MetaRefusal("A template of category AUTHENTICATION has one button of type OTP")
            one_of(buttons[0], "type", ("OTP",), "type of a button")
            url = "https://www.whatsapp.com/otp/code/?code=otp{{1}}"
            return part | {
                "buttons": [{"type": "URL", "text": buttons[0].get("text", "Copy code"), "url": url}]
            }
    raise MetaRefusal(f"A template of category AUTHENTICATION has no component of type {part['type']}")
