"""Texts as words, and what says that a customer wants no more messages."""

from __future__ import annotations

import time

import pytest

from airflow_provider_chakra.events.optout import STOP_WORDS, is_stop
from airflow_provider_chakra.events.words import mentions, words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ()),
        (" 👍 !? ", ()),
        ("Today’s naïve SALES!", ("today", "s", "naïve", "sales")),
        ("nai\u0308ve", ("naïve",)),
        ("ＳＡＬＥＳ", ("sales",)),
        ("STRASSE straße", ("strasse", "strasse")),
        ("आज की बिक्री?", ("आज", "की", "बिक्री")),
        ("क\u200dष S\u200btop", ("कष", "stop")),
        ("✋\ufe0fstop✋\ufe0f", ("stop",)),
        ("1,000.50", ("1", "000", "50")),
        ("order-42_b", ("order", "42", "b")),
    ],
)
def test_words_are_found_in_any_script(text, said):
    assert words(text) == said


@pytest.mark.parametrize(
    ("text", "phrases", "found"),
    [
        ("a b c", ["b c"], True),
        ("a b c", ["a c"], False),
        ("a b c", ["c d"], False),
        ("a b c", ["x", "A"], True),
        ("abc", ["b"], False),
        ("", ["a"], False),
        ("a", [""], False),
        ("a", [], False),
    ],
)
def test_phrases_are_found_as_whole_words(text, phrases, found):
    assert mentions(text, phrases) is found


def test_a_long_text_takes_no_time():
    # Of this thread's own time: others may have the processor meanwhile.
    began = time.thread_time()
    assert not mentions("a " * 32768, ["b", "c d", "e f g"])
    assert time.thread_time() - began < 5


@pytest.mark.parametrize("word", STOP_WORDS)
def test_each_stop_word_is_one_however_it_is_written(word):
    assert words(word)
    for text in (word, word.upper(), f"  {word.title()}!! ", f"{word} ✋\ufe0f"):
        assert is_stop(text)
    assert not is_stop(f"{word} 42")


def test_no_text_is_no_stop():
    assert not is_stop(None)
    assert not is_stop("")
    assert not is_stop("👍", ["👍"])
    assert not is_stop("Stop", [])
