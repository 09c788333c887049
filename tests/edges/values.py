"""Values at the edge of what a field takes: those just right, and those just wrong."""

from __future__ import annotations

from typing import Any

from tests.messages.interactive import GONE

#: What a field takes, and what it does not.
Edges = tuple[list[Any], list[Any]]

NO_TEXT = [1, True, ["x"], {"x": "x"}, None]
NO_OBJECT = ["x", 1, True, [], None]
NO_ARRAY = ["x", 1, True, {}, None]
NO_NUMBER = ["1", True, 1.5, [], None]
REQUIRED_TEXT = ["", GONE, *NO_TEXT]
BAD_LINKS = [
    *("", "example.com/a", "//example.com/a", "ftp://example.com/a", "s3://bucket/a", "file:///a", "data:,a"),
    *("https://", "https:///a", "https://a b.example", "https://example.com/a b", "https://example.com/\n"),
    *(
        "https://[::1/a",
        "https://example.com:port/a",
        "https://example.com:99999/a",
        " https://example.com/a",
    ),
]
GOOD_LINKS = [
    *("http://example.com/a", "HTTPS://EXAMPLE.com/A.PNG", "https://user@example.com:8443/a%20b?c=1#d"),
    *("https://xn--mnchen-3ya.example/a", "https://example.com/" + "a" * 1980),
]


def text(length: int) -> str:
    """Make a text of so many characters, of which none is ASCII."""
    return "é" * length


def up_to(most: int) -> Edges:
    """Give the edges of an optional text that may be empty."""
    return [GONE, "", text(1), text(most)], [text(most + 1), *NO_TEXT]


def between_1_and(most: int) -> Edges:
    """Give the edges of a required text."""
    return [text(1), text(most)], [text(most + 1), *REQUIRED_TEXT]


def optional_1_to(most: int) -> Edges:
    """Give the edges of an optional text that must not be empty."""
    return [GONE, text(1), text(most)], ["", text(most + 1), *NO_TEXT]


ANY_TEXT: Edges = ([GONE, "", text(100)], NO_TEXT)
NOT_EMPTY: Edges = (["x", text(300)], REQUIRED_TEXT)
UNKNOWN: Edges = ([], ["x", 1, True, {}, []])
LINKS = (GOOD_LINKS, [*BAD_LINKS, GONE, *NO_TEXT])
