"""Whether templates are there and fit what fills them, as WhatsApp lists them through ChakraHQ."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from airflow_provider_chakra.exceptions import ChakraError, Problem

if TYPE_CHECKING:
    from airflow_provider_chakra.hooks.chakra import ChakraHook

log = logging.getLogger(__name__)

#: Seconds for which a process takes a listing for true.
REMEMBERED = 300.0
#: Seconds for which a process does not ask again after a listing failed.
FAILED = 60.0

_CONTENT = ("body", "header", "buttons", "otp", "components")


class _Listing(NamedTuple):
    """What was listed under one name."""

    #: By ``time.monotonic``.
    at: float
    #: The template in all of its languages; ``None`` if it could not be asked.
    versions: Sequence[Mapping[str, Any]] | None


# By base URL, business account and name. A process with a thousand mapped tasks asks once.
_LISTINGS: dict[tuple[str, str, str], _Listing] = {}


def problems_before_sending(
    hook: ChakraHook, name: str, language: str, components: list[Any]
) -> list[Problem]:
    """
    Compare what fills a template with what WhatsApp lists, without standing in the way.

    A listing is remembered for five minutes. What does not fit a remembered one is compared with a
    new one, so that a template that was just approved is not held up. Without a ``waba_id``, or where
    the listing fails, nothing is compared: WhatsApp is the judge.

    :param hook: to ask through.
    :param name: the template's name.
    :param language: its language.
    :param components: what fills it, in WhatsApp's shape.
    :return: what does not fit.
    """
    from airflow_provider_chakra.messages.template_check import misfits

    waba_id = hook.settings.waba_id
    if waba_id is None:
        log.info("The template is not compared with WhatsApp's list: the connection has no waba_id")
        return []
    key = (hook.settings.base_url, waba_id, name)
    known, now = _LISTINGS.get(key), time.monotonic()
    if known is not None and _spares_asking(known, now, language, components):
        return []
    try:
        versions = hook.templates.versions(name)
    except ChakraError as error:
        _LISTINGS[key] = _Listing(now, None)
        log.warning("The template is sent without being compared with WhatsApp's list: %s", error)
        return []
    _LISTINGS[key] = _Listing(now, versions)
    return misfits(versions, language, components)


def _spares_asking(known: _Listing, now: float, language: str, components: list[Any]) -> bool:
    from airflow_provider_chakra.messages.template_check import misfits

    if known.versions is None:
        return now - known.at < FAILED
    return now - known.at < REMEMBERED and not misfits(known.versions, language, components)


def forget_listings() -> None:
    """Forget what was listed, such as between two tests."""
    _LISTINGS.clear()


def check_templates(hook: ChakraHook, templates: Any) -> list[tuple[str, list[Problem]]]:
    """
    Compare many templates with what WhatsApp lists.

    :param hook: to ask through.
    :param templates: mappings with ``name`` and ``language``, and what fills them as for
        :class:`.SendTemplateOperator`. Without any of it, only existence and status are compared.
    :return: for each template its name and language, and what does not fit.
    :raises ChakraError: if it could not be asked.
    """
    if not isinstance(templates, list | tuple):
        mend = "give one mapping with name and language for each template"
        return [("templates", [Problem("templates", "a list", type(templates).__name__, mend)])]
    listed: dict[str, Sequence[Mapping[str, Any]]] = {}
    return [_check(hook, template, place, listed) for place, template in enumerate(templates)]


def _check(
    hook: ChakraHook, template: Any, place: int, listed: dict[str, Sequence[Mapping[str, Any]]]
) -> tuple[str, list[Problem]]:
    from airflow_provider_chakra.messages.template_check import misfits
    from airflow_provider_chakra.messages.template_content import template_content

    where = f"templates[{place}]"
    if not isinstance(template, Mapping):
        mend = "give a mapping with name and language"
        return where, [Problem("template", "a mapping", type(template).__name__, mend)]
    problems = [
        Problem(field, "required, as text", "nothing" if value is None else "something else", "add it")
        for field in ("name", "language")
        if not isinstance(value := template.get(field), str) or not value
    ]
    known = ("name", "language", *_CONTENT)
    problems += [
        Problem("template", f"made of {', '.join(known)}", "another field", "leave it out")
        for field in template
        if field not in known
    ]
    if problems:
        return where, problems
    name, language = template["name"], template["language"]
    components = None
    if any(field in template for field in _CONTENT):
        components, problems = template_content(**{field: template.get(field) for field in _CONTENT})
    if name not in listed:
        listed[name] = hook.templates.versions(name)
    if problems:
        # What could not be understood cannot be compared.
        components = None
    return f"{name} ({language})", [*problems, *misfits(listed[name], language, components)]
