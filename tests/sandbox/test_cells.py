from __future__ import annotations

import pytest

from airflow_provider_chakra.sandbox.cells import clean, clusters, pad, width, wrap


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", 0),
        ("abc", 3),
        ("日本", 4),
        ("🚀", 2),
        ("Cafe\u0301", 4),
        ("👍🏽", 2),
        ("👩‍👩‍👧‍👦", 2),
        ("🇮🇳🇬🇧", 4),
        ("🇮", 1),
        ("1️⃣", 2),
        ("❤️", 2),
        ("\u200b", 0),
    ],
)
def test_width(text: str, cells: int) -> None:
    assert width(text) == cells


def test_clusters() -> None:
    assert list(clusters("e\u0301👍🏽👩‍👧🇮🇳🇬🇧x")) == ["e\u0301", "👍🏽", "👩‍👧", "🇮🇳", "🇬🇧", "x"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one two", ["one two"]),
        ("one two three", ["one two", "three"]),
        ("12345678 9", ["12345678", "9"]),
        ("1234567890", ["12345678", "90"]),
        ("a 1234567890", ["a", "12345678", "90"]),
        ("  a\n\n b ", ["  a", "", " b"]),
        ("日本語日本語", ["日本語日", "本語"]),
        ("x日本語日", ["x日本語", "日"]),
        ("👩‍👧👩‍👧👩‍👧👩‍👧👩‍👧", ["👩‍👧👩‍👧👩‍👧👩‍👧", "👩‍👧"]),
        ("one" + " " * 20 + "two", ["one", "two"]),
    ],
)
def test_wrap(text: str, lines: list[str]) -> None:
    assert wrap(text, 8) == lines


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\ne"),
        ("\x1b[31mred\x07", "\ufffd[31mred\ufffd"),
        ("a\tb", "a   b"),
        ("\ud83d", "\ufffd"),
    ],
)
def test_clean(text: str, harmless: str) -> None:
    assert clean(text) == harmless


def test_pad() -> None:
    assert [pad("日", 5), pad("日", 5, "right"), pad("日", 5, "center")] == ["日   ", "   日", " 日  "]
    assert pad("too long", 3) == "too long"
