"""
Refusals in WhatsApp's words.

Texts quoted from the live service are used as they are; the others follow the same style. Two families:
code 100 for the form of a request (missing, unknown, wrong type), where the whole story is in the text, and
code 131009 for a value in a well-formed request, where the story is in the details. ChakraHQ passes the text
on and loses the details.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """
    One reason why WhatsApp does not take a message.

    :param code: WhatsApp's error code.
    :param text: the error text, with the code in front, as ChakraHQ passes it on.
    :param details: what WhatsApp says besides; never seen by a client of ChakraHQ.
    """

    code: int
    text: str
    details: str | None = None


def invalid_value(details: str) -> Refusal:
    """Refuse a value that is well-formed and wrong: the text says nothing, the details say it all."""
    return Refusal(131009, "(#131009) Parameter value is not valid", details)


def invalid_form(sentence: str) -> Refusal:
    """Refuse the form of a request."""
    return Refusal(100, f"(#100) {sentence}")


def required(where: str) -> Refusal:
    """Refuse the lack of something."""
    return invalid_form(f"The parameter {where} is required.")


def wrong_type(where: str, kind: str) -> Refusal:
    """Refuse a wrong JSON type."""
    return invalid_form(f"Param {where or 'request body'} must be {kind}")


def too_long(where: str, most: int) -> Refusal:
    """Refuse the length of a string."""
    return invalid_form(f"Param {where} must be at most {most} characters long.")


def out_of_range(where: str, least: float, most: float) -> Refusal:
    """Refuse a number."""
    return invalid_form(f"Param {where} must be between {least} and {most}.")


def not_one_of(where: str, allowed: Iterable[str], got: object) -> Refusal:
    """Refuse a value outside its enumeration."""
    return invalid_form(f"Param {where} must be one of {{{', '.join(allowed)}}} - got {json.dumps(got)}.")


def unexpected_key(where: str, key: str) -> Refusal:
    """Refuse a property that WhatsApp does not know, or not in this place."""
    return invalid_form(f'Unexpected key "{key}" on param "{where or "request body"}".')
