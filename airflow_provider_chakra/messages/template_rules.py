"""
What WhatsApp asks of a template that is to be created or changed.

https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates and, for the lengths,
https://help.chakrahq.com. Kinds of components and buttons that are not known here are left to WhatsApp.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from airflow_provider_chakra.exceptions import InvalidMessageError, Problem
from airflow_provider_chakra.messages.limits import (
    CARDS_MAX,
    CARDS_MIN,
    FOOTER_TEXT_MAX,
    HEADER_TEXT_MAX,
    TEMPLATE_BUTTON_TEXT_MAX,
    TEMPLATE_BUTTONS_MAX,
    TEMPLATE_CODE_MINUTES_MAX,
    TEMPLATE_NAME_MAX,
    TEMPLATE_PHONE_MAX,
    TEMPLATE_TEXT_MAX,
    TEMPLATE_TTL,
    TEMPLATE_URL_MAX,
)
from airflow_provider_chakra.messages.problems import did_you_mean, json_type, shown
from airflow_provider_chakra.messages.template_check import variables

_NAME = re.compile(r"[a-z0-9_]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]{2,4})?")
_VARIABLE_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CATEGORIES = ("AUTHENTICATION", "MARKETING", "UTILITY")
_FORMATS = ("NAMED", "POSITIONAL")
_COMPONENTS = ("HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER")
_MEDIA_HEADERS = ("IMAGE", "VIDEO", "GIF", "DOCUMENT")
_HEADERS = ("TEXT", *_MEDIA_HEADERS, "LOCATION", "PRODUCT")
#: The buttons whose text WhatsApp writes itself.
_WITHOUT_TEXT = frozenset({"COPY_CODE", "OTP"})


def check_definition(template: Mapping[str, Any]) -> None:
    """
    Check a template that is to be created.

    :param template: in WhatsApp's shape.
    :raises InvalidMessageError: with every broken rule.
    """
    if not isinstance(template, Mapping):
        problem = Problem("template", "an object", json_type(template), "give a mapping")
        raise InvalidMessageError("template", [problem])
    problems = [*_names(template), *_time_to_live(template)]
    components = template.get("components")
    if isinstance(components, list):
        problems += _parts(components, template)
        if not any(_kind(part) == "BODY" for part in components):
            problems.append(Problem("components", "one of the type BODY", "none", "add the body"))
    else:
        problems.append(_missing_or("a list", "components", components))
    _refuse(problems)


def check_change(change: Mapping[str, Any]) -> None:
    """
    Check what is to be changed of a template.

    :param change: ``components`` and ``category``, or one of them.
    :raises InvalidMessageError: with every broken rule.
    """
    problems = []
    if not change:
        problems.append(Problem("components", "required, or category", "nothing", "say what to change"))
    if "category" in change:
        problems += _one_of("category", change["category"], _CATEGORIES)
    if "components" in change:
        components = change["components"]
        if isinstance(components, list):
            problems += _parts(components, change)
        else:
            problems.append(_missing_or("a list", "components", components))
    _refuse(problems)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise InvalidMessageError("template", problems)


def _names(template: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _text(template, "name", "name", TEMPLATE_NAME_MAX)
    name = template.get("name")
    if isinstance(name, str) and not _NAME.fullmatch(name):
        limit = "lower-case letters, digits and underscores"
        yield Problem("name", limit, "other characters", "put underscores for all else")
    yield from _text(template, "language", "language", None)
    language = template.get("language")
    if isinstance(language, str) and language and not _LANGUAGE.fullmatch(language):
        limit = "a code of WhatsApp's, such as en_US or hi"
        yield Problem("language", limit, "another text", "write it as WhatsApp lists its languages")
    yield from _one_of("category", template.get("category"), _CATEGORIES)
    if "parameter_format" in template:
        yield from _one_of("parameter_format", template["parameter_format"], _FORMATS)


def _time_to_live(template: Mapping[str, Any]) -> Iterator[Problem]:
    name = "message_send_ttl_seconds"
    bounds = TEMPLATE_TTL.get(str(template.get("category")).upper())
    if name not in template or bounds is None:
        return
    value, (least, most) = template[name], bounds
    if isinstance(value, bool) or not isinstance(value, int):
        yield Problem(name, "a whole number of seconds", json_type(value), "give it as a number")
    elif value != -1 and not least <= value <= most:
        yield Problem(name, f"{least} to {most} in this category, or -1 for 30 days", str(value), "change it")


def _parts(components: list[Any], template: Mapping[str, Any], path: str = "") -> Iterator[Problem]:
    kinds: set[str] = set()
    for index, part in enumerate(components):
        field = f"{path}components[{index}]"
        if not isinstance(part, Mapping):
            yield Problem(field, "an object", json_type(part), "give a mapping with type")
            continue
        kind = _kind(part)
        if kind in kinds:
            yield Problem(field, "one of each type", f"a second {shown(kind)}", "put all into the first one")
        kinds.add(kind)
        check = _CHECKS.get(kind)
        if check is not None:
            yield from check(part, field, template)
        elif not kind or (close := did_you_mean(kind, _COMPONENTS)):
            mend = f"choose one of {', '.join(_COMPONENTS)}" if not kind else close
            yield Problem(f"{field}.type", "a type of component", shown(part.get("type")), mend)


def _header(part: Mapping[str, Any], field: str, template: Mapping[str, Any]) -> Iterator[Problem]:
    kind = str(part.get("format", "")).upper()
    if kind == "TEXT":
        yield from _text(part, "text", f"{field}.text", HEADER_TEXT_MAX)
        names = variables(part.get("text"))
        if len(names) > 1:
            yield Problem(f"{field}.text", "at most one variable", f"{len(names)}", "move them to the body")
        yield from _variables(part, "header", field, template)
        return
    yield from _one_of(f"{field}.format", part.get("format"), _HEADERS)
    if kind in _MEDIA_HEADERS and not _example(part, "header_handle"):
        limit = f"required for a header of the format {kind}"
        yield Problem(
            f"{field}.example.header_handle", limit, "nothing", "give the handle of an uploaded file"
        )


def _body(part: Mapping[str, Any], field: str, template: Mapping[str, Any]) -> Iterator[Problem]:
    # WhatsApp writes the body of an authentication template.
    if str(template.get("category")).upper() == "AUTHENTICATION" and "text" not in part:
        return
    yield from _text(part, "text", f"{field}.text", TEMPLATE_TEXT_MAX)
    yield from _variables(part, "body", field, template)


def _footer(part: Mapping[str, Any], field: str, template: Mapping[str, Any]) -> Iterator[Problem]:
    if "code_expiration_minutes" in part:
        minutes = part["code_expiration_minutes"]
        is_number = isinstance(minutes, int) and not isinstance(minutes, bool)
        if not is_number or not 1 <= minutes <= TEMPLATE_CODE_MINUTES_MAX:
            given = str(minutes) if is_number else json_type(minutes)
            limit = f"1 to {TEMPLATE_CODE_MINUTES_MAX} minutes"
            yield Problem(f"{field}.code_expiration_minutes", limit, given, "change it")
        return
    yield from _text(part, "text", f"{field}.text", FOOTER_TEXT_MAX)
    names = variables(part.get("text"))
    if names:
        yield Problem(f"{field}.text", "no variables", f"{len(names)}", "move them to the body")


def _buttons(part: Mapping[str, Any], field: str, template: Mapping[str, Any]) -> Iterator[Problem]:
    buttons = part.get("buttons")
    if not isinstance(buttons, list):
        yield _missing_or("a list", f"{field}.buttons", buttons)
        return
    if not 1 <= len(buttons) <= TEMPLATE_BUTTONS_MAX:
        limit, given = f"1 to {TEMPLATE_BUTTONS_MAX} buttons", f"{len(buttons)} buttons"
        yield Problem(f"{field}.buttons", limit, given, "add one or leave some out")
    for index, button in enumerate(buttons):
        place = f"{field}.buttons[{index}]"
        if not isinstance(button, Mapping) or not _kind(button):
            yield Problem(
                place, "an object with type", json_type(button), "give a mapping, such as of type URL"
            )
            continue
        yield from _button(button, _kind(button), place)


def _button(button: Mapping[str, Any], kind: str, field: str) -> Iterator[Problem]:
    if kind not in _WITHOUT_TEXT:
        yield from _text(button, "text", f"{field}.text", TEMPLATE_BUTTON_TEXT_MAX)
    if kind == "URL":
        yield from _text(button, "url", f"{field}.url", TEMPLATE_URL_MAX)
        names = variables(button.get("url"))
        if len(names) > 1:
            yield Problem(f"{field}.url", "at most one variable", f"{len(names)}", "keep the one at the end")
        if names and not button.get("example"):
            yield Problem(f"{field}.example", "required, as the address has a variable", "nothing", "add one")
    elif kind == "PHONE_NUMBER":
        yield from _text(button, "phone_number", f"{field}.phone_number", TEMPLATE_PHONE_MAX)
    elif kind == "COPY_CODE" and not button.get("example"):
        yield Problem(f"{field}.example", "required", "nothing", "add a code as an example")


def _carousel(part: Mapping[str, Any], field: str, template: Mapping[str, Any]) -> Iterator[Problem]:
    cards = part.get("cards")
    if not isinstance(cards, list):
        yield _missing_or("a list", f"{field}.cards", cards)
        return
    if not CARDS_MIN <= len(cards) <= CARDS_MAX:
        limit = f"{CARDS_MIN} to {CARDS_MAX} cards"
        yield Problem(f"{field}.cards", limit, f"{len(cards)} cards", "add some or leave some out")
    for index, card in enumerate(cards):
        place = f"{field}.cards[{index}]"
        components = card.get("components") if isinstance(card, Mapping) else None
        if isinstance(components, list):
            yield from _parts(components, template, f"{place}.")
        else:
            yield _missing_or("a list", f"{place}.components", components)


_Check = Callable[[Mapping[str, Any], str, Mapping[str, Any]], Iterator[Problem]]
_CHECKS: dict[str, _Check] = {
    "HEADER": _header,
    "BODY": _body,
    "FOOTER": _footer,
    "BUTTONS": _buttons,
    "CAROUSEL": _carousel,
}


def _variables(
    part: Mapping[str, Any], where: str, field: str, template: Mapping[str, Any]
) -> Iterator[Problem]:
    """Check the variables of a text, and that there is an example for each."""
    names = variables(part.get("text"))
    if not names:
        return
    # What is changed may be of either format.
    named = str(template.get("parameter_format", "")).upper() == "NAMED" or (
        "name" not in template and not all(name.isdecimal() for name in names)
    )
    if named and not all(_VARIABLE_NAME.fullmatch(name) for name in names):
        limit = "variables named in lower-case letters, digits and underscores"
        yield Problem(f"{field}.text", limit, "another name", "rename them")
    if not named and names != [str(number) for number in range(1, len(names) + 1)]:
        mend = "number them, or set parameter_format to NAMED"
        yield Problem(f"{field}.text", "variables {{1}}, {{2}} and so on", "others", mend)
    key = f"{where}_text_named_params" if named else f"{where}_text"
    examples = _example(part, key)
    count = len(examples)
    if named:
        count = len(set(names) & {one.get("param_name") for one in examples if isinstance(one, Mapping)})
    elif where == "body" and examples and isinstance(examples[0], list):
        count = len(examples[0])
    if count != len(names):
        limit = f"an example for each of {len(names)} variables"
        yield Problem(f"{field}.example.{key}", limit, f"{count}", "add what a recipient may read there")


def _example(part: Mapping[str, Any], key: str) -> list[Any]:
    example = part.get("example")
    value = example.get(key) if isinstance(example, Mapping) else None
    return value if isinstance(value, list) else [] if value is None else [value]


def _kind(part: Any) -> str:
    kind = part.get("type") if isinstance(part, Mapping) else None
    return kind.upper() if isinstance(kind, str) else ""


def _text(part: Mapping[str, Any], name: str, field: str, most: int | None) -> Iterator[Problem]:
    value = part.get(name)
    if not isinstance(value, str) or not value:
        yield _missing_or("a text", field, value or None)
    elif most is not None and len(value) > most:
        given = f"{len(value)} characters"
        yield Problem(field, f"at most {most} characters", given, f"shorten it by {len(value) - most}")


def _one_of(field: str, value: Any, words: tuple[str, ...]) -> Iterator[Problem]:
    if not isinstance(value, str) or not value:
        yield _missing_or(f"one of {', '.join(words)}", field, value or None)
    elif value.upper() not in words:
        mend = did_you_mean(value.upper(), words) or "choose one"
        yield Problem(field, f"one of {', '.join(words)}", shown(value), mend)


def _missing_or(limit: str, field: str, value: Any) -> Problem:
    if value is None:
        return Problem(field, f"required, {limit}", "nothing", "add it")
    return Problem(field, limit, json_type(value), "give it so")
