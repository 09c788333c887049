"""Messages with one button that leads somewhere, at every limit and one over."""

from __future__ import annotations

from typing import Any

import pytest

from .interactive import (
    ACTION,
    IMAGE,
    LINK,
    LONG_DISPLAY_TEXT,
    PARAMETERS,
    address,
    cta,
    flow,
    named,
    param,
    required,
    unexpected,
    voice,
)
from .samples import words

FIELDS = [
    "name",
    "phone_number",
    "in_pin_code",
    "house_number",
    "floor_number",
    "tower_number",
    "building_name",
    "address",
    "landmark_area",
    "city",
    "state",
]

ACCEPTED = {
    "page with a picture": named("cta_url", None, {"display_text": "d" * 20, "url": LINK}, header=IMAGE),
    "shortest labels": cta(display_text="d"),
    "shortest flow button": flow(flow_cta="c"),
    "flow by name": flow(flow_id=..., flow_name="n"),
    "flow button of 30": flow(flow_cta="c" * 30),
    "flow with payload": flow(
        mode="draft",
        flow_action="navigate",
        flow_token="",
        flow_action_payload={"screen": "S", "data": {"any": [None]}},
    ),
    "flow with screen only": flow(flow_action_payload={"screen": "S"}),
    "empty address": address(values=dict.fromkeys(FIELDS, "")),
    "empty call payload": voice(payload=""),
    "address with all": address(
        values=dict.fromkeys(FIELDS, "x" * 6),
        saved_addresses=[{"id": "1", "value": {"city": "Pune"}}],
        validation_errors={"in_pin_code": "We do not deliver there"},
    ),
    "address of a spaced number": address() | {"to": "+91 98765-43210"},
    "call": voice(display_text="d" * 20, ttl_minutes=1, payload="p" * 512),
    "call for 30 days": voice(ttl_minutes=43200),
    "flow with null data": flow(flow_action_payload={"data": {"a": None}}),
}


@pytest.mark.parametrize("payload", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(payload: dict[str, Any]) -> None:
    assert words(payload) == []


ONE_FLOW = f"(#100) Param {PARAMETERS} must have exactly one of the keys flow_id and flow_name."

REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "display text of 21": (cta(display_text="d" * 21), [LONG_DISPLAY_TEXT]),
    "display text empty": (cta(display_text=""), required(f"{PARAMETERS}['display_text']")),
    "page without scheme": (
        cta(url="example.com"),
        param(f"{PARAMETERS}['url']", "must be a valid URI."),
    ),
    "page without parameters": (named("cta_url"), required(PARAMETERS)),
    "flow by nothing": (flow(flow_id=...), [ONE_FLOW]),
    "flow by both": (flow(flow_name="n"), [ONE_FLOW]),
    "flow version": (
        flow(flow_message_version=3),
        param(f"{PARAMETERS}['flow_message_version']", "must be one of {3} - got 3."),
    ),
    "flow without version": (
        flow(flow_message_version=...),
        required(f"{PARAMETERS}['flow_message_version']"),
    ),
    "flow without button": (flow(flow_cta=...), required(f"{PARAMETERS}['flow_cta']")),
    "flow button of 31": (flow(flow_cta="c" * 31), ["Flow button is too long. Max length is 30"]),
    "flow mode": (
        flow(mode="test"),
        param(f"{PARAMETERS}['mode']", 'must be one of {draft, published} - got "test".'),
    ),
    "flow action": (
        flow(flow_action="open"),
        param(f"{PARAMETERS}['flow_action']", 'must be one of {navigate, data_exchange} - got "open".'),
    ),
    "flow with empty data": (
        flow(flow_action_payload={"data": {}}),
        param(f"{PARAMETERS}['flow_action_payload']['data']", "must be a non-empty object"),
    ),
    "flow with data in an array": (
        flow(flow_action_payload={"data": [1]}),
        param(f"{PARAMETERS}['flow_action_payload']['data']", "must be a JSON object"),
    ),
    "location request with parameters": (
        named("location_request_message", "send_location", {}),
        unexpected("parameters", ACTION),
    ),
    "address without country": (
        named("address_message", None, {}),
        required(f"{PARAMETERS}['country']"),
    ),
    "address elsewhere": (
        address(country="SG"),
        param(f"{PARAMETERS}['country']", 'must be one of {IN} - got "SG".'),
    ),
    "address of a foreigner": (
        address() | {"to": "+44 20 7946 0958"},
        ["Interactive type address_message is supported for +91 numbers only"],
    ),
    "pin code of 7": (
        address(values={"in_pin_code": "5600011"}),
        param(f"{PARAMETERS}['values']['in_pin_code']", "must be at most 6 characters long."),
    ),
    "saved pin code of 7": (
        address(saved_addresses=[{"id": "1", "value": {"in_pin_code": "5600011"}}]),
        param(
            f"{PARAMETERS}['saved_addresses'][0]['value']['in_pin_code']",
            "must be at most 6 characters long.",
        ),
    ),
    "unknown part of an address": (
        address(values={"zip": "1"}),
        unexpected("zip", f"{PARAMETERS}['values']"),
    ),
    "saved address without id": (
        address(saved_addresses=[{"value": {}}]),
        required(f"{PARAMETERS}['saved_addresses'][0]['id']"),
    ),
    "call button of 21": (voice(display_text="d" * 21), [LONG_DISPLAY_TEXT]),
    "call for 0 minutes": (
        voice(ttl_minutes=0),
        param(f"{PARAMETERS}['ttl_minutes']", "must be between 1 and 43200."),
    ),
    "call for half a minute": (
        voice(ttl_minutes=1.5),
        param(f"{PARAMETERS}['ttl_minutes']", "must be an integer"),
    ),
    "call for too long": (
        voice(ttl_minutes=43201),
        param(f"{PARAMETERS}['ttl_minutes']", "must be between 1 and 43200."),
    ),
    "call payload of 513": (
        voice(payload="p" * 513),
        param(f"{PARAMETERS}['payload']", "must be at most 512 characters long."),
    ),
    **{
        f"page at {url!r}": (cta(url=url), param(f"{PARAMETERS}['url']", "must be a valid URI."))
        for url in ("https://example.com:port", "https://example.com:99999/a", "https://example.com/\x7f")
    },
}


@pytest.mark.parametrize(("payload", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(payload: dict[str, Any], said: list[str]) -> None:
    assert words(payload) == said
