"""Messages of a few fields: texts, places, reactions, pins."""

from __future__ import annotations

from typing import Final

from airflow_provider_chakra.sandbox.rules.parts import ANY_TEXT, NOT_EMPTY, needed
from airflow_provider_chakra.sandbox.shapes import Boolean, Number, Object, Part, Tagged, Text

TEXT: Final = Object({"body": needed(Text(1, 4096)), "preview_url": Part(Boolean())})

# Meta's prose says strings, its examples are numbers, and both are taken.
LOCATION: Final = Object(
    {
        "latitude": needed(Number(-90, 90, as_text=True)),
        "longitude": needed(Number(-180, 180, as_text=True)),
        "name": Part(ANY_TEXT),
        "address": Part(ANY_TEXT),
    }
)

# An empty emoji takes a reaction back.
REACTION: Final = Object({"message_id": needed(NOT_EMPTY), "emoji": needed(ANY_TEXT)})

_DAYS: Final = Number(1, 30, whole=True)

PIN: Final = Tagged(
    "type",
    {
        "pin": Object({"message_id": needed(NOT_EMPTY), "expiration_days": needed(_DAYS)}),
        "unpin": Object({"message_id": needed(NOT_EMPTY), "expiration_days": Part(_DAYS)}),
    },
)
