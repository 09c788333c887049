"""Models and sandbox judge payloads independently: where they disagree, one of them is wrong."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_chakra.exceptions import InvalidMessageError
from airflow_provider_chakra.messages import parse_message
from airflow_provider_chakra.sandbox.rules import judge
from tests.cases import payload_cases

CASES = payload_cases()


def opinion_of_the_models(payload: dict[str, Any]) -> bool:
    """Whether the models take a payload; what they make of it must suit the sandbox, too."""
    try:
        message = parse_message(payload)
    except InvalidMessageError:
        return False
    assert judge(message.payload()) == []
    return True


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_both_judge_a_case_as_it_is_marked(case):
    assert (judge(case["payload"]) == []) is case["valid"]
    assert opinion_of_the_models(case["payload"]) is case["valid"]


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, item in inside for deeper in _paths(item, (*path, key)))]


_TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.sampled_from([0, 1, 20, 21, 24, 25, 60, 61, 72, 73, 200, 201, 512, 513, 1024, 1025, 4096, 4097]).map(
        "é".__mul__
    ),
    st.sampled_from(
        ["https://example.com/a.png", "wamid.x", "text", "image", "list", "group", "whatsapp", "IN.1"]
    ),
)
_VALUES = st.one_of(
    _TEXTS,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(_TEXTS, max_size=3),
    st.dictionaries(
        st.sampled_from(["type", "text", "id", "title", "rows", "body", "link"]), _TEXTS, max_size=3
    ),
)


@st.composite
def _mutated(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a case, and change, take away, add or repeat a few things in it."""
    payload = copy.deepcopy(draw(st.sampled_from(CASES))["payload"])
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(_paths(payload)))
        # Of recipients the models understand more than the wire does; tables of their own try them.
        if not path or path == ("to",):
            continue
        place = payload
        for step in path[:-1]:
            place = place[step]
        change = draw(st.sampled_from(["replace", "remove", "add", "repeat"]))
        if change == "replace":
            place[path[-1]] = draw(_VALUES)
        elif change == "remove":
            del place[path[-1]]
        elif isinstance(place, list):
            place.append(copy.deepcopy(place[path[-1]]) if change == "repeat" else draw(_VALUES))
        else:
            place[draw(st.sampled_from(["caption", "preview_url", "header", "context", "new", "title"]))] = (
                draw(_VALUES)
            )
    return payload


@settings(max_examples=1500, deadline=None)
@given(_mutated())
def test_both_agree_on_payloads_that_nobody_wrote(payload):
    assert opinion_of_the_models(payload) is (judge(payload) == []), json.dumps(payload)
