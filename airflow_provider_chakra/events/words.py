"""Texts as words, however they are written: in any case, any script, with any signs between them."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

# Letters, marks and digits. A mark is part of a word: Devanagari writes its vowels with them.
_OF_WORDS = frozenset("LMN")
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)


def words(text: str) -> tuple[str, ...]:
    """
    Take a text apart.

    :param text: what was written.
    :return: its words, without their case. Of a language that writes no blanks between words, such as
        Thai, several come as one.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    seen = unicodedata.normalize("NFKC", "".join(filter(_is_seen, folded)))
    return tuple("".join(c if unicodedata.category(c)[0] in _OF_WORDS else " " for c in seen).split())


def mentions(text: str, phrases: Collection[str]) -> bool:
    """
    Tell whether a text holds one of some words, or of some phrases of several words.

    :param text: what was written.
    :param phrases: what is looked for; it counts as a whole word only.
    """
    said = words(text)
    wanted = set(map(words, phrases)) - {()}
    lengths = {len(phrase) for phrase in wanted}
    return any(said[at : at + length] in wanted for length in lengths for at in range(len(said)))


def _is_seen(character: str) -> bool:
    """Tell a sign from what shapes or joins others: writers of the same word put it in or leave it out."""
    return unicodedata.category(character) != "Cf" and ord(character) not in _VARIATION_SELECTORS
