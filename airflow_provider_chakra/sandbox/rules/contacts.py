"""Cards of contacts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from airflow_provider_chakra.sandbox.refusals import Refusal, invalid_form, invalid_value
from airflow_provider_chakra.sandbox.rules.parts import ANY_TEXT, NOT_EMPTY, needed
from airflow_provider_chakra.sandbox.shapes import Array, Object, Part, Text

_NAME_PARTS: Final = ("first_name", "last_name", "middle_name", "suffix", "prefix")


def _texts(*names: str) -> Object:
    return Object({name: Part(ANY_TEXT) for name in names})


def _one_more_part(name: dict[str, Any], where: str) -> Iterator[Refusal]:
    if not any(name.get(part) for part in _NAME_PARTS):
        yield invalid_value(f"Param {where} must have one more part than formatted_name")


def _day(value: str, where: str) -> Iterator[Refusal]:
    try:
        fits = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) and date.fromisoformat(value)
    except ValueError:
        fits = None
    if not fits:
        yield invalid_form(f"Param {where} must be a date of the form YYYY-MM-DD.")


_CONTACT: Final = Object(
    {
        "name": needed(
            Object(
                {"formatted_name": needed(NOT_EMPTY), **{name: Part(ANY_TEXT) for name in _NAME_PARTS}},
                rules=[_one_more_part],
            )
        ),
        "phones": Part(Array(_texts("phone", "type", "wa_id"), "phones")),
        "emails": Part(Array(_texts("email", "type"), "emails")),
        "urls": Part(Array(_texts("url", "type"), "urls")),
        "addresses": Part(
            Array(_texts("street", "city", "state", "zip", "country", "country_code", "type"), "addresses")
        ),
        "org": Part(_texts("company", "department", "title")),
        "birthday": Part(Text(check=_day)),
    }
)

# Meta's prose takes up to 257, its schema 5.
CONTACTS: Final = Array(_CONTACT, "contacts", 1, 257)
