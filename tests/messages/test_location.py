"""Places."""

from __future__ import annotations

import pytest

from airflow_provider_chakra.messages import Location, LocationMessage
from tests.messages.payloads import GROUP, PHONE, problems_of, taken, told, whole

HERE = {"latitude": 12.9716, "longitude": 77.5946}


@pytest.mark.parametrize(
    "content",
    [
        HERE,
        {"latitude": "12.9716", "longitude": "77.5946", "name": "Office", "address": "MG Road"},
        {"latitude": 0, "longitude": 0},
        {"latitude": 0.0, "longitude": -0.0},
        {"latitude": 90, "longitude": 180},
        {"latitude": -90, "longitude": -180},
        {"latitude": "-90.0", "longitude": "+180"},
        {"latitude": ".5", "longitude": "5."},
    ],
)
def test_a_place_is_sent_as_it_is_given(content):
    taken(whole("location", content))


@pytest.mark.parametrize(("field", "most"), [("latitude", 90), ("longitude", 180)])
def test_degrees_are_within_their_range(field, most):
    name = f"location.{field}"
    limit = f"degrees between -{most} and {most}, as a number or a decimal text"
    for value in (most + 0.0001, -most - 1, 10**400, f"{most}.0001", f"-{most + 1}", "9" * 400):
        told(whole("location", HERE | {field: value}), name, f"{limit}; given: a number outside of it")
    for value in ("", "north", "12,97", " 12.97", "1e1", "nan", "inf", "0x1", "1_0", "\u0661", ".", "12°"):
        told(whole("location", HERE | {field: value}), name, "given: a text that is no decimal number")
    told(whole("location", HERE | {field: True}), name, "given: a boolean")
    told(whole("location", HERE | {field: [1]}), name, "given: an array")
    told(whole("location", HERE | {field: None}), name, "must not be null")
    for value in (float("nan"), float("inf")):
        told(whole("location", HERE | {field: value}), name, "a number that JSON knows")
    told(whole("location", {key: value for key, value in HERE.items() if key != field}), name, "required")


def test_a_place_made_by_hand_is_checked():
    message = LocationMessage(to=PHONE, location=Location(latitude=0, longitude="77.59"))
    assert message.payload()["location"] == {"latitude": 0, "longitude": "77.59"}
    with pytest.raises(ValueError, match="a number outside of it"):
        Location(latitude=float("nan"), longitude=0)


def test_what_else_is_wrong_with_a_place():
    told(whole("location", HERE | {"name": 7}), "location.name", "a string; given: a number")
    told(whole("location", HERE | {"address": {}}), "location.address", "a string; given: an object")
    told(whole("location", HERE | {"lattitude": 1}), "location.lattitude", "did you mean 'latitude'?")
    told(whole("location", [12.97, 77.59]), "location", "an object; given: an array")
    group = whole("location", HERE, to=GROUP, recipient_type="group")
    assert set(problems_of(group)) == {"recipient_type"}
