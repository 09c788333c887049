from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_chakra.sandbox.cells import width
from airflow_provider_chakra.sandbox.memory import recipient_of
from airflow_provider_chakra.sandbox.phone import mask, render_conversation

from .samples import GROUP, image, listing, message, text, without


def record(payload: dict[str, Any], time: str = "09:30") -> dict[str, Any]:
    return {
        "recipient": recipient_of(payload),
        "payload": payload,
        "received_at": f"2026-01-02T{time}:00.000+00:00",
    }


LIST = listing(
    header={"type": "text", "text": "Booking"},
    body={"text": "When shall we come? 🛠️ Every slot takes an hour."},
    footer={"text": "Times are IST"},
    action={
        "button": "See times",
        "sections": [
            {
                "title": "Today",
                "rows": [
                    {"id": "1", "title": "10:00", "description": "With Asha, who knows the house already"},
                    {"id": "2", "title": "11:30"},
                ],
            },
            {"title": "Tomorrow", "rows": [{"id": "3", "title": "09:00", "description": ""}]},
        ],
    },
)

DRAWN = """\
╭─ 91******3210 ───────────────────────────────────────╮
│                                                      │
│              ╭─────────────────────────────────────╮ │
│              │ Your slot is confirmed. ✨          │ │
│              │ 日本語も wraps where it has to, and │ │
│              │ nowhere else.                       │ │
│              │                             09:30 ✓ │ │
│              ╰─────────────────────────────────────╯ │
│                                                      │
│              ╭─────────────────────────────────────╮ │
│              │ ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ │ │
│              │ ░░░░░░░░░░░░░░ image ░░░░░░░░░░░░░░ │ │
│              │ ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ │ │
│              │ https://cdn.example.com/leaflet.jpg │ │
│              │                                     │ │
│              │ The way to us                       │ │
│              │                             09:31 ✓ │ │
│              ╰─────────────────────────────────────╯ │
│                                                      │
│                ╭───────────────────────────────────╮ │
│                │ Booking                           │ │
│                │                                   │ │
│                │ When shall we come? 🛠️ Every slot │ │
│                │ takes an hour.                    │ │
│                │                                   │ │
│                │ Times are IST                     │ │
│                │                           09:32 ✓ │ │
│                ├───────────────────────────────────┤ │
│                │            ≡ See times            │ │
│                ╰───────────────────────────────────╯ │
│                ┌───────────────────────────────────┐ │
│                │ Today                             │ │
│                │ ○ 10:00                           │ │
│                │   With Asha, who knows the house  │ │
│                │   already                         │ │
│                │ ○ 11:30                           │ │
│                │                                   │ │
│                │ Tomorrow                          │ │
│                │ ○ 09:00                           │ │
│                └───────────────────────────────────┘ │
│                                                      │
╰──────────────────────────────────────────────────────╯

╭─ 44******0958 ───────────────────────────────────────╮
│                                                      │
│                                 ╭──────────────────╮ │
│                                 │ ↪ in reply       │ │
│                                 │ Thanks!          │ │
│                                 │          10:00 ✓ │ │
│                                 ╰──────────────────╯ │
│                                                      │
╰──────────────────────────────────────────────────────╯
"""


def test_nothing_yet() -> None:
    assert render_conversation([]) == "No messages yet.\n"


def test_text_image_and_list_in_two_chats() -> None:
    records = [
        record(text("Your slot is confirmed. ✨\n日本語も wraps where it has to, and nowhere else.")),
        record(text("Thanks!", to="+44 20 7946 0958", context={"message_id": "wamid.x"}), "10:00"),
        record(image(link="https://cdn.example.com/leaflet.jpg", caption="The way to us"), "09:31"),
        record(LIST, "09:32"),
    ]
    assert render_conversation(records, width=56) == DRAWN


@pytest.mark.parametrize(
    ("payload", "line"),
    [
        (message("video", {"link": "https://example.com/a.mp4"}), "[video]"),
        (message("contacts", [{}]), "[contacts]"),
        (message("template", {"name": "reminder"}), "[template]"),
        (message("interactive", {"type": "button"}), "[interactive: button]"),
        (without(text("no type"), "type"), "no type"),
    ],
)
def test_other_types_are_named_in_one_line(payload: dict[str, Any], line: str) -> None:
    bubble = [part.strip("│ ") for part in render_conversation([record(payload)]).splitlines()[3:5]]
    assert bubble == [line, "09:30 ✓"]


def test_image_by_id_without_caption() -> None:
    drawn = render_conversation([record(image(id="42"))], width=40).splitlines()
    assert [line.strip("│ ") for line in drawn[6:8]] == ["id 42", "09:30 ✓"]


def test_group_is_named() -> None:
    drawn = render_conversation([record(text(to=GROUP, recipient_type="group"))])
    assert drawn.startswith("╭─ group Y2******g5MA".replace("g5MA", GROUP[-4:]))


@pytest.mark.parametrize("columns", [1, 40, 41, 64, 120])
def test_every_line_is_as_wide_as_the_others(columns: int) -> None:
    wide = listing(
        header={"type": "text", "text": "👩‍👩‍👧‍👦" * 20},
        body={"text": "日本語" * 100 + " " + "x" * 200},
        footer={"text": "\x1b[2J" + "\t" * 5},
        action={"button": "日" * 20, "sections": [{"rows": [{"id": "1", "title": "日" * 24}]}]},
    )
    drawn = render_conversation([record(LIST), record(wide), record(image(id="i" * 300))], width=columns)
    assert {width(line) for line in drawn.splitlines()} == {max(40, columns)}


@pytest.mark.parametrize(
    ("recipient", "masked"),
    [
        ("919876543210", "91******3210"),
        ("123456789012345", "12******2345"),
        ("6834012", "68***12"),
        (GROUP, "Y2******" + GROUP[-4:]),
        ("IN.1", "IN*1"),
        ("a", "a"),
    ],
)
def test_mask(recipient: str, masked: str) -> None:
    assert mask(recipient) == masked
