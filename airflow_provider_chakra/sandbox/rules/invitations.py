"""Messages with one button that leads somewhere: a page, a flow, a call, a place, a number, an address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from airflow_provider_chakra.sandbox.refusals import Refusal, invalid_form
from airflow_provider_chakra.sandbox.rules.frames import frame, named
from airflow_provider_chakra.sandbox.rules.parts import (
    ANY_TEXT,
    LINK,
    NOT_EMPTY,
    exactly_one,
    label,
    needed,
)
from airflow_provider_chakra.sandbox.shapes import Array, Number, Object, OneOf, Part, Text

DISPLAY_TEXT: Final = label("Display text", 1, 20)

PAGE: Final = named("cta_url", needed(Object({"display_text": needed(DISPLAY_TEXT), "url": needed(LINK)})))
CTA_URL: Final = frame(PAGE)

LOCATION_REQUEST: Final = frame(named("send_location"), header=None, footer=False)

CALL_PERMISSION_REQUEST: Final = frame(
    named("call_permission_request"), header=None, body_needed=False, footer=False
)

VOICE_CALL: Final = frame(
    named(
        "voice_call",
        Part(
            Object(
                {
                    "display_text": Part(DISPLAY_TEXT),
                    "ttl_minutes": Part(Number(1, 43200, whole=True)),
                    "payload": Part(Text(0, 512)),
                }
            )
        ),
    )
)

REQUEST_CONTACT_INFO: Final = frame(named("request_contact_info"))


def _not_empty(value: dict[str, Any], where: str) -> Iterator[Refusal]:
    if not value:
        yield invalid_form(f"Param {where} must be a non-empty object")


FLOW: Final = frame(
    named(
        "flow",
        needed(
            Object(
                {
                    "flow_message_version": needed(OneOf(["3"])),
                    "flow_id": Part(NOT_EMPTY),
                    "flow_name": Part(NOT_EMPTY),
                    # Prose advises 30, and the schema enforces it.
                    "flow_cta": needed(label("Flow button", 1, 30)),
                    "mode": Part(OneOf(["draft", "published"])),
                    "flow_token": Part(ANY_TEXT),
                    "flow_action": Part(OneOf(["navigate", "data_exchange"])),
                    "flow_action_payload": Part(
                        Object(
                            {
                                "screen": Part(NOT_EMPTY),
                                "data": Part(Object({}, rules=[_not_empty], closed=False)),
                            }
                        )
                    ),
                },
                rules=[exactly_one("flow_id", "flow_name")],
            )
        ),
    )
)

_ADDRESS_FIELDS: Final = (
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
)
_ADDRESS: Final = Object(
    {name: Part(Text(0, 6) if name == "in_pin_code" else ANY_TEXT) for name in _ADDRESS_FIELDS}
)

ADDRESS_MESSAGE: Final = frame(
    named(
        "address_message",
        needed(
            Object(
                {
                    "country": needed(OneOf(["IN"])),
                    "values": Part(_ADDRESS),
                    "saved_addresses": Part(
                        Array(
                            Object({"id": needed(NOT_EMPTY), "value": needed(_ADDRESS)}),
                            "saved addresses",
                        )
                    ),
                    "validation_errors": Part(Object({name: Part(ANY_TEXT) for name in _ADDRESS_FIELDS})),
                }
            )
        ),
    )
)
