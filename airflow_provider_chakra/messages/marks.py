"""
Ids of buttons and rows that tell which question they belong to.

Who taps a button of yesterday's question must not answer today's, and ChakraHQ's list of messages may not
tell which message a tap belongs to. So the id that goes out is ``approve#1f3a9c20``: the answer's own id, and
the mark of the question.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Final

_LENGTH: Final = 8
_MARKED: Final = re.compile(rf"(.+)#([0-9a-f]{{{_LENGTH}}})", re.DOTALL)
#: The mark of no question, for checks: as long as any other.
NO_MARK: Final = "0" * _LENGTH
#: Characters that a mark adds to an id.
MARK_LENGTH: Final = 1 + _LENGTH


def mark_of(*parts: Any) -> str:
    """
    Make the mark of a question.

    :param parts: what tells it from all others, as JSON knows it.
    """
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:_LENGTH]


def marked(option: str, mark: str) -> str:
    """
    Give the id that goes out.

    :param option: the answer's own id.
    :param mark: the mark of the question.
    """
    return f"{option}#{mark}"


def unmarked(chosen: str) -> tuple[str, str | None]:
    """
    Take the mark off an id that came back.

    :param chosen: the id.
    :return: the answer's own id, and the mark; ``None`` if it has none.
    """
    found = _MARKED.fullmatch(chosen)
    return (found[1], found[2]) if found else (chosen, None)
