"""Making other people's words fit for a log."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from airflow_provider_chakra.messages.recipient import mask

_LONGEST = 300
# Shorter strings of a message stand in every second sentence of a server.
_SHORTEST_HIDDEN = 4
#: So many characters in common are no chance.
_TELLTALE = 12
_PHONE_NUMBER = re.compile(r"(?<![\w#-])\+?\d(?:[\s()-]{0,2}\d){6,}(?![\w-])|\d{9,}")
_VOCABULARY = frozenset({"messaging_product", "recipient_type", "type"})


def clean(text: str, hide: Iterable[str] = ()) -> str:
    """
    Make a text fit for a log or an error.

    Control characters and line breaks become blanks, what looks like a phone number is masked, an
    object in JSON, which may be the request itself, is left out, and what is left is cut to 300
    characters.

    :param text: the text.
    :param hide: strings that must not be seen in it, such as the token; they are found escaped, in other
        case, and cut short, too. Strings of fewer than 4 characters are not hidden.
    :return: the text, in one line.
    """
    # Servers fold blanks and change case before they quote: what is hidden is looked for without either.
    text = _folded(text)
    forms = {_folded(form) for secret in hide for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = _without(text, form)
    text, brace, _ = text.partition("{")
    text += "{...}" if brace else ""
    text = _PHONE_NUMBER.sub(lambda match: mask(re.sub(r"\D", "", match[0])), text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def _folded(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _without(text: str, secret: str) -> str:
    """Take a string out of a text; of a long one its beginning, too, as servers cut what they quote."""
    if len(secret) < _SHORTEST_HIDDEN:
        return text
    beginning, position, kept = re.compile(re.escape(secret[:_TELLTALE]), re.IGNORECASE), 0, ""
    while match := beginning.search(text, position):
        end = match.end()
        rest = secret[_TELLTALE:]
        end += next(
            (n for n, one in enumerate(rest) if text[end + n : end + n + 1].lower() != one.lower()), len(rest)
        )
        kept += text[position : match.start()] + "***"
        position = end
    return kept + text[position:]


def _forms(secret: str) -> Iterator[str]:
    """Write a string in all the ways in which a server may echo it."""
    for part in (secret, *secret.splitlines()):
        if len(part) >= _SHORTEST_HIDDEN:
            yield part
            yield json.dumps(part)[1:-1]
            yield json.dumps(part, ensure_ascii=False)[1:-1]
            yield repr(part)[1:-1]
            yield html.escape(part)
            yield quote(part, safe="")


def texts_in(payload: Any) -> Iterator[str]:
    """
    Find what a person wrote into a payload, so that it can be hidden.

    :param payload: a JSON value.
    :return: its strings, but for those that are WhatsApp's own vocabulary.
    """
    if isinstance(payload, Mapping):
        for name, value in payload.items():
            if name not in _VOCABULARY:
                yield from texts_in(value)
    elif isinstance(payload, list | tuple):
        for value in payload:
            yield from texts_in(value)
    elif isinstance(payload, str):
        yield payload
