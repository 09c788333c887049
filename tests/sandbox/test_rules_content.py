"""Media, places, contacts, reactions and pins, at every limit and one over."""

from __future__ import annotations

from typing import Any

import pytest

from .samples import GROUP, message, words

LINK = "https://cdn.example.com/a"


def place(**changes: Any) -> dict[str, Any]:
    return message("location", {"latitude": 12.97, "longitude": "77.59"} | changes)


NAME = {"formatted_name": "Asha Rao", "first_name": "Asha"}


def contact(name: Any = NAME, **parts: Any) -> dict[str, Any]:
    return message("contacts", [{"name": name} | parts])


def pin(**changes: Any) -> dict[str, Any]:
    content = {"type": "pin", "message_id": "wamid.x", "expiration_days": 7} | changes
    kept = {key: value for key, value in content.items() if value is not ...}
    return message("pin", kept, to=GROUP, recipient_type="group")


ACCEPTED = {
    **{f"{kind} by id": message(kind, {"id": "1"}) for kind in ("video", "audio", "document", "sticker")},
    **{
        f"{kind} by link": message(kind, {"link": LINK}) for kind in ("video", "audio", "document", "sticker")
    },
    "video caption of 1024": message("video", {"id": "1", "caption": "c" * 1024}),
    "document caption of 1024": message("document", {"id": "1", "caption": "c" * 1024, "filename": "a.pdf"}),
    "voice note": message("audio", {"id": "1", "voice": True}),
    "equator": place(latitude=0, longitude=0),
    "south west": place(latitude=-90, longitude=-180.0),
    "north east": place(latitude="+90", longitude="180."),
    "without whole digits": place(latitude="-.5", longitude=".5"),
    "name and address": place(name="Office", address=""),
    "257 contacts": message("contacts", [{"name": NAME}] * 257),
    **{
        f"contact with {part}": contact({"formatted_name": "A", part: "b"})
        for part in ("first_name", "last_name", "middle_name", "prefix", "suffix")
    },
    "contact with all": contact(
        phones=[{"phone": "+1", "type": "Landline", "wa_id": "1"}],
        emails=[{"email": "a@example.com", "type": "WORK"}],
        urls=[{"url": "example.com", "type": "HOME"}],
        addresses=[
            dict.fromkeys(("street", "city", "state", "zip", "country", "country_code", "type"), "x"),
        ],
        org={"company": "c", "department": "d", "title": "t"},
        birthday="2000-02-29",
    ),
    "reaction": message("reaction", {"message_id": "wamid.x", "emoji": "👩‍👩‍👧‍👦"}),
    "reaction taken back": message("reaction", {"message_id": "wamid.x", "emoji": ""}),
    "pin for 1 day": pin(expiration_days=1),
    "pin for 30 days": pin(expiration_days=30),
    "unpin": pin(type="unpin", expiration_days=...),
}


@pytest.mark.parametrize("payload", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(payload: dict[str, Any]) -> None:
    assert words(payload) == []


CONTACT_COUNT = "Invalid contacts count. Min allowed contacts: 1, Max allowed contacts: 257"
ONE_MORE = "Param contacts[0]['name'] must have one more part than formatted_name"
NO_DAY = "(#100) Param contacts[0]['birthday'] must be a date of the form YYYY-MM-DD."


def latitude(said: str) -> list[str]:
    return [f"(#100) Param location['latitude'] must be {said}"]


def days(said: str) -> list[str]:
    return [f"(#100) Param pin['expiration_days'] must be {said}"]


REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    **{
        f"{kind} with {'both' if content else 'neither'}": (
            message(kind, content),
            [f"(#100) Param {kind} must have exactly one of the keys id and link."],
        )
        for kind in ("video", "audio", "document", "sticker")
        for content in ({}, {"id": "1", "link": LINK})
    },
    **{
        f"{kind} {key}": (
            message(kind, {"id": "1", key: value}),
            [f'(#100) Unexpected key "{key}" on param "{kind}".'],
        )
        for kind, key, value in (
            ("video", "filename", "a.mp4"),
            ("video", "voice", True),
            ("audio", "caption", "c"),
            ("audio", "filename", "a.ogg"),
            ("document", "voice", True),
            ("sticker", "caption", "c"),
        )
    },
    **{
        f"{kind} caption of 1025": (
            message(kind, {"id": "1", "caption": "c" * 1025}),
            [f"(#100) Param {kind}['caption'] must be at most 1024 characters long."],
        )
        for kind in ("video", "document")
    },
    "video is an array": (message("video", []), ["(#100) Param video must be a JSON object"]),
    "sticker link": (
        message("sticker", {"link": "ftp://example.com/a"}),
        ["(#100) Param sticker['link'] must be a valid URI."],
    ),
    "voice is a number": (
        message("audio", {"id": "1", "voice": 1}),
        ["(#100) Param audio['voice'] must be a boolean"],
    ),
    "filename is null": (
        message("document", {"id": "1", "filename": None}),
        ["(#100) Param document['filename'] must be a string"],
    ),
    "no coordinates": (
        message("location", {"name": "Office"}),
        [f"(#100) The parameter location['{name}'] is required." for name in ("latitude", "longitude")],
    ),
    "latitude of 90.1": (place(latitude=90.1), latitude("between -90 and 90.")),
    "latitude of -90.1": (place(latitude="-90.1"), latitude("between -90 and 90.")),
    "endless latitude": (place(latitude="9" * 5000), latitude("between -90 and 90.")),
    "no number": (place(latitude=float("nan")), latitude("between -90 and 90.")),
    "longitude of 181": (
        place(longitude=181),
        ["(#100) Param location['longitude'] must be between -180 and 180."],
    ),
    **{
        f"latitude of {value!r}": (place(latitude=value), latitude("a number"))
        for value in (None, True, "", ".", "1e1", " 1", "1\n", "12°", "nan", "१२", "1,5", [])
    },
    "place name null": (place(name=None), ["(#100) Param location['name'] must be a string"]),
    "place url": (place(url="x"), ['(#100) Unexpected key "url" on param "location".']),
    "contacts is an object": (message("contacts", {}), ["(#100) Param contacts must be an array"]),
    "no contacts": (message("contacts", []), [CONTACT_COUNT]),
    "258 contacts": (message("contacts", [{"name": NAME}] * 258), [CONTACT_COUNT]),
    "contact without name": (
        message("contacts", [{}]),
        ["(#100) The parameter contacts[0]['name'] is required."],
    ),
    "contact without formatted name": (
        contact({"first_name": "Asha"}),
        ["(#100) The parameter contacts[0]['name']['formatted_name'] is required."],
    ),
    "contact with formatted name only": (contact({"formatted_name": "Asha"}), [ONE_MORE]),
    "contact with an empty part": (contact(NAME | {"first_name": ""}), [ONE_MORE]),
    "contact with an unknown part": (
        contact(NAME | {"nick_name": "A"}),
        ['(#100) Unexpected key "nick_name" on param "contacts[0][\'name\']".'],
    ),
    "contact phones is an object": (
        contact(phones={}),
        ["(#100) Param contacts[0]['phones'] must be an array"],
    ),
    "contact phone is a number": (
        contact(phones=[{"phone": 919876543210}]),
        ["(#100) Param contacts[0]['phones'][0]['phone'] must be a string"],
    ),
    "unknown part of a contact": (
        contact(fax="1"),
        ['(#100) Unexpected key "fax" on param "contacts[0]".'],
    ),
    **{
        f"birthday {day!r}": (contact(birthday=day), [NO_DAY])
        for day in ("", "2001-02-29", "2000-13-01", "20000101", "01-02-2000", "2000-01-01T00:00", "2000-1-1")
    },
    "reaction without emoji": (
        message("reaction", {"message_id": "wamid.x"}),
        ["(#100) The parameter reaction['emoji'] is required."],
    ),
    "reaction to nothing": (
        message("reaction", {"message_id": "", "emoji": "👍"}),
        ["(#100) The parameter reaction['message_id'] is required."],
    ),
    "reaction null": (
        message("reaction", {"message_id": "wamid.x", "emoji": None}),
        ["(#100) Param reaction['emoji'] must be a string"],
    ),
    "pin for 0 days": (pin(expiration_days=0), days("between 1 and 30.")),
    "pin for 31 days": (pin(expiration_days=31), days("between 1 and 30.")),
    "unpin for 31 days": (pin(type="unpin", expiration_days=31), days("between 1 and 30.")),
    **{
        f"pin for {value!r} days": (pin(expiration_days=value), days("an integer"))
        for value in ("7", 7.0, True, None)
    },
    "pin for good": (pin(expiration_days=...), ["(#100) The parameter pin['expiration_days'] is required."]),
    "pin of nothing": (pin(message_id=...), ["(#100) The parameter pin['message_id'] is required."]),
    "unpin of nothing": (
        pin(type="unpin", message_id=...),
        ["(#100) The parameter pin['message_id'] is required."],
    ),
    "stick": (pin(type="stick"), ["(#100) Param pin['type'] must be one of {pin, unpin} - got \"stick\"."]),
    "pin without type": (pin(type=...), ["(#100) The parameter pin['type'] is required."]),
    "pin is an array": (
        message("pin", [], to=GROUP, recipient_type="group"),
        ["(#100) Param pin must be a JSON object"],
    ),
}


@pytest.mark.parametrize(("payload", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(payload: dict[str, Any], said: list[str]) -> None:
    assert words(payload) == said
