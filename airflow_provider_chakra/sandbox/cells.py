"""How text takes up the cells of a terminal: wide characters, emoji, wrapping."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_JOINER: Final = "\u200d"
_EMOJI_STYLE: Final = "\ufe0f"
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)


def clusters(text: str) -> Iterator[str]:
    """
    Split text where it may be split: what a reader sees as one character stays together.

    :param text: any text.
    """
    cluster = ""
    for char in text:
        if cluster and _belongs(cluster, char):
            cluster += char
        else:
            if cluster:
                yield cluster
            cluster = char
    if cluster:
        yield cluster


def _belongs(cluster: str, char: str) -> bool:
    if cluster[-1] == _JOINER or char == _JOINER or ord(char) in _SKIN_TONES:
        return True
    if ord(char) in _FLAG_LETTERS:
        return len(cluster) == 1 and ord(cluster) in _FLAG_LETTERS
    return unicodedata.category(char) in {"Mn", "Me", "Cf"}


def width(text: str) -> int:
    """
    Count the cells that text takes up.

    :param text: one line of text.
    """
    return sum(_cluster_width(cluster) for cluster in clusters(text))


def _cluster_width(cluster: str) -> int:
    first = cluster[0]
    wide = unicodedata.east_asian_width(first) in "WF" or _EMOJI_STYLE in cluster
    if wide or (len(cluster) > 1 and ord(first) in _FLAG_LETTERS):
        return 2
    return 0 if unicodedata.category(first) in {"Mn", "Me", "Cf"} else 1


def clean(text: str) -> str:
    """
    Make text harmless for a terminal: tabs become blanks, and what is left of control characters is shown.

    :param text: text as somebody sent it; line breaks stay.
    """
    text = re.sub(r"\r\n?|\u2028|\u2029", "\n", text).expandtabs(4)
    return "".join(
        char
        if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"}
        else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )


def wrap(text: str, room: int) -> list[str]:
    """
    Break text into lines, between words if possible.

    :param text: text of one or more lines.
    :param room: the cells a line may take up.
    """
    lines: list[str] = []
    for paragraph in clean(text).split("\n"):
        line = ""
        for token in re.findall(r" +|[^ ]+", paragraph):
            if width(line + token) <= room:
                line += token
                continue
            if token.isspace():
                # The blanks at which a line is broken are gone, as on a phone.
                lines.append(line)
                line = ""
                continue
            if line.strip():
                lines.append(line.rstrip())
                line = ""
            for cluster in clusters(token):
                if width(line + cluster) > room:
                    lines.append(line)
                    line = ""
                line += cluster
        lines.append(line.rstrip())
    return lines


def pad(text: str, room: int, align: str = "left") -> str:
    """
    Fill a line up with blanks.

    :param text: one line of text.
    :param room: the cells it shall take up.
    :param align: ``left``, ``right`` or ``center``.
    """
    blanks = max(0, room - width(text))
    before = {"left": 0, "right": blanks, "center": blanks // 2}[align]
    return " " * before + text + " " * (blanks - before)
