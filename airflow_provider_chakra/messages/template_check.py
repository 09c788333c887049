"""
Whether what fills a template fits it, as WhatsApp lists it.

https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates. What is not known of
a template, or is of a kind that is not known here, is left to WhatsApp to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from airflow_provider_chakra.exceptions import Problem
from airflow_provider_chakra.messages.problems import shown

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_MEND_STATUS = {
    "PENDING": "wait for WhatsApp's review, such as with TemplateStatusSensor",
    "IN_APPEAL": "wait for WhatsApp's review, such as with TemplateStatusSensor",
    "REJECTED": "change the template, and let it be reviewed anew",
    "PAUSED": "wait until WhatsApp lifts the pause, and mind what recipients reported",
}
#: The buttons that need a value, and those that may have one, each with the ``sub_type`` it is given by.
_NEEDED_BUTTONS = {"COPY_CODE": "copy_code", "MPM": "mpm", "OTP": "url"}
_FREE_BUTTONS = {"QUICK_REPLY": "quick_reply", "FLOW": "flow", "CATALOG": "catalog"}
#: The buttons that never have one.
_FIXED_BUTTONS = frozenset({"PHONE_NUMBER"})


def variables(text: object) -> list[str]:
    """
    Name the variables of a text, each once, in the order in which they are given.

    :param text: a template's text, such as ``Hello {{1}}``.
    """
    names = list(dict.fromkeys(_VARIABLE.findall(text))) if isinstance(text, str) else []
    return sorted(names, key=int) if all(name.isdecimal() for name in names) else names


def misfits(
    versions: Sequence[Mapping[str, Any]], language: str, components: list[Any] | None
) -> list[Problem]:
    """
    Compare a template with what is to fill it.

    :param versions: the template in all of its languages, as WhatsApp lists it.
    :param language: the language to send.
    :param components: what fills it, in WhatsApp's shape; ``None`` compares existence and status only.
    :return: what does not fit: what the template wants, beside the number, names and kinds of what was
        given, never its texts.
    """
    if not versions:
        mend = "check the name and the connection's waba_id, or create the template"
        return [Problem("name", "a template of this WhatsApp business account", "another name", mend)]
    template = next((row for row in versions if row.get("language") == language), None)
    if template is None:
        known = ", ".join(sorted(str(row.get("language")) for row in versions))
        limit = f"a language that the template has: {known}"
        return [Problem("language", limit, shown(language), "choose one of these, or create this one")]
    status = str(template.get("status") or "APPROVED").upper()
    problems = []
    if status != "APPROVED":
        mend = _MEND_STATUS.get(status, "send another template")
        problems.append(Problem("status", "APPROVED", status, mend))
    parts = template.get("components")
    if components is not None and isinstance(parts, list):
        named = str(template.get("parameter_format", "")).upper() == "NAMED"
        problems += _compare(parts, components, "", named=named)
    return problems


def _compare(parts: list[Any], given: list[Any], path: str, *, named: bool) -> Iterator[Problem]:
    wanted = {kind: part for part in parts if (kind := _kind(part))}
    got = {kind: part for part in given if (kind := _kind(part)) and kind != "BUTTON"}
    buttons = [part for part in given if _kind(part) == "BUTTON"]
    yield from _header(wanted.get("HEADER", {}), _parameters(got.get("HEADER")), path, named=named)
    body = wanted.get("BODY", {}).get("text")
    yield from _texts(f"{path}body", variables(body), _parameters(got.get("BODY")), named=named)
    yield from _buttons(wanted.get("BUTTONS", {}).get("buttons") or [], buttons, path)
    yield from _cards(wanted.get("CAROUSEL"), got.get("CAROUSEL"), path, named=named)
    if "LIMITED_TIME_OFFER" in got and "LIMITED_TIME_OFFER" not in wanted:
        yield Problem(f"{path}limited_time_offer", "no offer", "one", "leave it out")


def _kind(part: Any) -> str:
    return str(part.get("type", "")).upper() if isinstance(part, Mapping) else ""


def _parameters(component: Any) -> list[Mapping[str, Any]]:
    parameters = component.get("parameters") if isinstance(component, Mapping) else None
    return [one for one in parameters or () if isinstance(one, Mapping)]


def _header(
    wanted: Mapping[str, Any], given: list[Mapping[str, Any]], path: str, *, named: bool
) -> Iterator[Problem]:
    expected = str(wanted.get("format") or "TEXT").upper()
    if expected == "TEXT":
        kinds = {str(one.get("type")) for one in given} - {"text"}
        if kinds:
            yield Problem(
                f"{path}header", "a text", " and ".join(sorted(kinds)), "give what the template has"
            )
            return
        yield from _texts(f"{path}header", variables(wanted.get("text")), given, named=named)
        return
    kind = str(given[0].get("type")) if given else "nothing"
    if kind.upper() != expected:
        name = expected.lower()
        yield Problem(f"{path}header", f"of the kind {name}", kind, f'give it as {{"{name}": ...}}')


def _texts(
    field: str, wanted: list[str], given: list[Mapping[str, Any]], *, named: bool
) -> Iterator[Problem]:
    names = [one.get("parameter_name") for one in given]
    has_names = any(name is not None for name in names)
    by_name = named or any(not name.isdecimal() for name in wanted)
    if len(given) == len(wanted):
        if by_name and {str(name) for name in names} == set(wanted):
            return
        if not by_name and not has_names:
            return
    form = "a mapping with these names" if by_name else "a list"
    mend = f"give {form}" if wanted else "leave it out"
    yield Problem(field, _wanted(wanted), _given(names, has_names=has_names), mend)


def _wanted(names: list[str]) -> str:
    if not names:
        return "no values"
    count = "1 value" if len(names) == 1 else f"{len(names)} values"
    return f"{count}, for {', '.join(f'{{{{{name}}}}}' for name in names)}"


def _given(names: list[Any], *, has_names: bool) -> str:
    count = "1 value" if len(names) == 1 else f"{len(names)} values" if names else "nothing"
    if not has_names:
        return f"{count} without a name" if names else count
    return f"{count}, named {', '.join(shown(name) for name in names)}"


def _buttons(wanted: list[Any], given: list[Any], path: str) -> Iterator[Problem]:
    by_index = {str(one.get("index")): str(one.get("sub_type")) for one in given}
    for index, button in enumerate(wanted):
        kind, got = _kind(button), by_index.pop(str(index), None)
        field = f"{path}buttons[{index}]"
        needed = _NEEDED_BUTTONS.get(kind)
        if kind == "URL":
            needed = "url" if variables(button.get("url")) else None
        if needed is not None and got != needed:
            yield Problem(field, needed, got or "nothing", f'give it as {{"{needed}": ...}}')
        elif needed is None and got is not None and kind in ("URL", *_FIXED_BUTTONS):
            yield Problem(field, "nothing, as it has no variable", got, "put None in its place")
        elif got is not None and got != _FREE_BUTTONS.get(kind, got) and needed is None:
            yield Problem(field, _FREE_BUTTONS[kind], got, "give what the template has")
    count = len(wanted)
    limit = f"one of the template's {count} buttons, counted from 0" if count else "no buttons"
    for place, got in by_index.items():
        yield Problem(f"{path}buttons[{place}]", limit, got, "leave it out")


def _cards(wanted: Any, given: Any, path: str, *, named: bool) -> Iterator[Problem]:
    cards = (wanted.get("cards") or []) if isinstance(wanted, Mapping) else []
    got = (given.get("cards") or []) if isinstance(given, Mapping) else []
    if len(cards) != len(got):
        mend = "give one for each" if cards else "leave the carousel out"
        yield Problem(f"{path}carousel", f"{len(cards)} cards", f"{len(got)} cards", mend)
        return
    by_index = {str(card.get("card_index", place)): card for place, card in enumerate(got)}
    for index, card in enumerate(cards):
        filling = by_index.get(str(index), {})
        yield from _compare(
            card.get("components") or [],
            filling.get("components") or [],
            f"{path}cards[{index}].",
            named=named,
        )
