"""Models and sandbox judge payloads independently: where they disagree, one of them is wrong."""

from __future__ import annotations

import copy
import json
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_chakra.exceptions import InvalidMessageError
from airflow_provider_chakra.messages import parse_message
from airflow_provider_chakra.sandbox.rules import judge
from tests.cases import payload_cases
from tests.examples import EXAMPLES

CASES = payload_cases()


def opinion_of_the_models(payload: dict[str, Any]) -> bool:
    """Whether the models take a payload; what they send must be what was given, and suit the sandbox."""
    try:
        message = parse_message(payload)
    except InvalidMessageError:
        return False
    # A warning of pydantic's would show what the message says.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sent = message.payload()
    assert judge(sent) == []
    # A recipient is brought into the form of the wire, and a text told to be one.
    given = {"type": "text"} | payload if "text" in payload else payload
    assert sent == (given | {"to": sent["to"]} if "to" in sent else given)
    return True


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_both_judge_a_case_as_it_is_marked(case):
    assert (judge(case["payload"]) == []) is case["valid"]
    assert opinion_of_the_models(case["payload"]) is case["valid"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_both_take_every_example(name):
    assert judge(EXAMPLES[name]) == []
    assert opinion_of_the_models(EXAMPLES[name])


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, item in inside for deeper in _paths(item, (*path, key)))]


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


# Of the target of a tap only the models have an opinion, as Meta's documentation does not tell of it.
PARTLY_JUDGED = "template tap target"
EXAMPLES_TO_CHANGE = [payload for name, payload in EXAMPLES.items() if name != PARTLY_JUDGED]
PAYLOADS = [*(case["payload"] for case in CASES), *EXAMPLES_TO_CHANGE]
#: Every name and every part of what somebody wrote; a part may come up anywhere else.
NAMES = sorted({path[-1] for it in PAYLOADS for path in _paths(it) if path and isinstance(path[-1], str)})
PARTS = [_at(it, path) for it in EXAMPLES_TO_CHANGE for path in _paths(it)[1:]]
LIMITS = [1, 6, 10, 15, 20, 24, 30, 60, 72, 128, 160, 200, 256, 512, 1024, 4096, 32768]
NUMBERS = [0, 1, 2, 9, 10, 30, 31, 90, 91, 180, 181, 43200, 43201, 10**18, -1, -90, -181, 0.5, 7.0]

_TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.sampled_from([0, *LIMITS, *(limit + 1 for limit in LIMITS)]).map("é".__mul__),
    st.sampled_from(["a\nb", "a\tb", "a     b", " a", "a\n\n\nb", "a\r\rb\rc"]),
    st.sampled_from([*map(str, NUMBERS), "00", "+1", "2001-02-29", "INR", "IN", "IN.1", "name_1", "3"]),
    st.sampled_from(["http://[::1", "https://example.com:port/a", "https://example.com/\x7f", "HTTP://a"]),
    st.sampled_from([part for part in PARTS if isinstance(part, str)]),
)
_VALUES = st.one_of(
    _TEXTS,
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from(NUMBERS),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(_TEXTS, max_size=3),
    st.dictionaries(st.sampled_from(NAMES), _TEXTS, max_size=3),
    st.sampled_from(PARTS),
)


def _is_left_alone(path: tuple[Any, ...]) -> bool:
    """
    Tell of what the models alone judge, with tables of their own.

    Of recipients they understand more than the wire does, and the sandbox does not know an emoji.
    """
    return path in {("to",), ("reaction", "emoji")}


@st.composite
def _mutated(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a payload, and change, take away, add or repeat a few things in it."""
    payload = copy.deepcopy(draw(st.sampled_from(PAYLOADS)))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(_paths(payload)))
        change = draw(st.sampled_from(["replace", "remove", "add", "repeat"]))
        if change == "add" and isinstance(_at(payload, path[:-1]), dict):
            path = (*path[:-1], draw(st.sampled_from(NAMES)))
        if not path or _is_left_alone(path):
            continue
        place = _at(payload, path[:-1])
        if change == "remove":
            del place[path[-1]]
        elif isinstance(place, list) and change != "replace":
            new = place[path[-1]] if change == "repeat" else draw(_VALUES)
            place.append(copy.deepcopy(new))
        else:
            place[path[-1]] = copy.deepcopy(draw(_VALUES))
    return payload


@settings(max_examples=1500, deadline=None)
@given(_mutated())
def test_both_agree_on_payloads_that_nobody_wrote(payload):
    assert opinion_of_the_models(payload) is (judge(payload) == []), json.dumps(payload)
