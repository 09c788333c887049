from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_chakra.sandbox.cells import width
from airflow_provider_chakra.sandbox.drawing import mask, render_conversation
from airflow_provider_chakra.sandbox.memory import recipient_of

from .samples import CASES, GROUP, buttons, image, interactive, listing, message, template, text, without


def record(payload: dict[str, Any], time: str = "09:30", wamid: str = "wamid.sent") -> dict[str, Any]:
    return {
        "wamid": wamid,
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


def bubble(*payloads: dict[str, Any]) -> list[str]:
    """What is drawn inside the frames, without grey lines, blank ones and stamps."""
    drawn = render_conversation([record(payload, wamid=f"wamid.{i}") for i, payload in enumerate(payloads)])
    lines = [line.strip("│╭╮╰╯┌┐└┘├┤─░ ") for line in drawn.splitlines()[1:]]
    return [line for line in lines if line and line != "09:30 ✓"]


BODY = {"body": {"text": "Body"}}
PAGE = {"name": "cta_url", "parameters": {"display_text": "Open", "url": "https://example.com/x"}}
CARD = {"type": "cta_url", "header": {"type": "image", "image": {"id": "7"}}, "action": PAGE}
PICK = {"type": "quick_reply", "quick_reply": {"id": "p", "title": "Pick"}}
GOODS = {
    "title": "Tea",
    "product_items": [{"product_retailer_id": "sku-1"}, {"product_retailer_id": "sku-2"}],
}
ORDER = {"reference_id": "42", "currency": "INR", "total_amount": {"value": 21050, "offset": 100}}


def named(kind: str, **parameters: Any) -> dict[str, Any]:
    return interactive(kind, {"name": kind, "parameters": parameters})


DRAWINGS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no type": (without(text("no type"), "type"), ["no type"]),
    "image": (image(id="42"), ["image", "id 42"]),
    "video": (message("video", {"id": "42", "caption": "How to"}), ["video", "id 42", "How to"]),
    "audio": (message("audio", {"id": "42"}), ["♪ audio", "id 42"]),
    "voice note": (message("audio", {"id": "42", "voice": True}), ["♪ voice note", "id 42"]),
    "document": (message("document", {"id": "42"}), ["▤ document", "id 42"]),
    "document by name": (
        message("document", {"link": "https://example.com/1", "filename": "Bill 42.pdf"}),
        ["▤ Bill 42.pdf", "https://example.com/1"],
    ),
    "sticker": (message("sticker", {"id": "42"}), ["sticker", "id 42"]),
    "location": (message("location", {"latitude": 0, "longitude": "77.59"}), ["⌖ 0, 77.59"]),
    "location by name": (
        message("location", {"latitude": 1, "longitude": 2, "name": "Office", "address": "MG Road"}),
        ["⌖ 1, 2", "Office", "MG Road"],
    ),
    "contacts": (
        message(
            "contacts",
            [
                {"name": {"formatted_name": "Asha"}, "phones": [{"phone": "+1 555"}, {}]},
                {"name": {"formatted_name": "Ravi"}},
            ],
        ),
        ["☺ Asha", "+1 555", "☺ Ravi"],
    ),
    "reaction to theirs": (
        message("reaction", {"message_id": "wamid.theirs", "emoji": "👍"}),
        ["👍 to a message of theirs"],
    ),
    "reaction taken back": (
        message("reaction", {"message_id": "wamid.theirs", "emoji": ""}),
        ["reaction taken back"],
    ),
    "pin": (message("pin", {"type": "pin", "expiration_days": 7}), ["pinned a message for 7 days"]),
    "unpin": (message("pin", {"type": "unpin"}), ["unpinned a message"]),
    "unknown": (message("hologram", {}), ["[hologram]"]),
    "buttons": (buttons(("y", "Yes"), ("n", "No")), ["Body", "↩ Yes", "↩ No"]),
    "document header": (
        buttons(("y", "Yes"), header={"type": "document", "document": {"id": "7", "filename": "a.pdf"}}),
        ["▤ a.pdf", "id 7", "Body", "↩ Yes"],
    ),
    "page": (interactive("cta_url", PAGE), ["Body", "↗ Open", "https://example.com/x"]),
    "flow": (named("flow", flow_cta="Start"), ["Body", "▷ Start"]),
    "location request": (interactive("location_request_message", {}), ["Body", "⌖ Send location"]),
    "address": (named("address_message"), ["Body", "⌂ Provide address"]),
    "product": (interactive("product", {"product_retailer_id": "sku-1"}), ["▣ sku-1", "Body", "▣ View"]),
    "products": (
        interactive("product_list", {"sections": [GOODS, GOODS]}, header={"type": "text", "text": "Shop"}),
        ["Shop", "Body", "▣ View items", *["Tea", "▣ sku-1", "▣ sku-2"] * 2],
    ),
    "catalog": (named("catalog_message"), ["Body", "▣ View catalog"]),
    "cards": (
        interactive(
            "carousel",
            {"cards": [CARD | {"card_index": 1, "body": {"text": "Second"}}, CARD | {"card_index": 0}]},
        ),
        [
            "Body",
            *("image", "id 7", "↗ Open", "https://example.com/x"),
            *("image", "id 7", "Second", "↗ Open", "https://example.com/x"),
        ],
    ),
    "cards with replies": (
        interactive("carousel", {"cards": [CARD | {"card_index": 0, "action": {"buttons": [PICK, PICK]}}]}),
        ["Body", "image", "id 7", "↩ Pick", "↩ Pick"],
    ),
    "cards of products": (
        interactive(
            "carousel",
            {"cards": [{"card_index": 0, "type": "product", "action": {"product_retailer_id": "sku-1"}}]},
        ),
        ["Body", "▣ sku-1"],
    ),
    "call permission": (
        message("interactive", {"type": "call_permission_request", "action": {}}),
        ["☎ Allow calls"],
    ),
    "call": (named("voice_call", display_text="Ring us"), ["Body", "☎ Ring us"]),
    "call as it is": (interactive("voice_call", {"name": "voice_call"}), ["Body", "☎ Call Now"]),
    "contact info": (interactive("request_contact_info", {}), ["Body", "☺ Share contact info"]),
    "order": (named("order_details", **ORDER), ["▣ Order 42: INR 210.5", "Body", "▣ Review and pay"]),
    "order status": (
        named("order_status", reference_id="42", order={"status": "shipped"}),
        ["▣ Order 42: shipped", "Body"],
    ),
    "unknown interactive": (interactive("hologram", {}), ["[hologram]", "Body"]),
    "bare template": (template(components=[]), ["⧉ reminder (en)"]),
    "template": (
        template(
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "7"}}]},
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "text": "Asha", "parameter_name": "customer"},
                    {"type": "date_time", "date_time": {"fallback_value": "Friday"}},
                ],
            },
            {
                "type": "button",
                "sub_type": "url",
                "index": 0,
                "parameters": [{"type": "text", "text": "track/42"}],
            },
            {
                "type": "button",
                "sub_type": "flow",
                "index": 1,
                "parameters": [{"type": "action", "action": {}}],
            },
            {"type": "limited_time_offer", "parameters": []},
        ),
        ["⧉ reminder (en)", "image", "id 7", "· customer: Asha", "· 2: Friday", "↩ url: track/42", "↩ flow"],
    ),
    "template with a place": (
        template(
            {
                "type": "header",
                "parameters": [{"type": "location", "location": {"latitude": 1, "longitude": 2}}],
            }
        ),
        ["⧉ reminder (en)", "⌖ 1, 2"],
    ),
    "template with a product": (
        template(
            {
                "type": "header",
                "parameters": [{"type": "product", "product": {"product_retailer_id": "sku-1"}}],
            }
        ),
        ["⧉ reminder (en)", "▣ sku-1"],
    ),
    "template with cards": (
        template(
            {
                "type": "carousel",
                "cards": [
                    {"card_index": 1, "components": []},
                    {
                        "card_index": 0,
                        "components": [
                            {"type": "header", "parameters": [{"type": "video", "video": {"id": "7"}}]},
                            {
                                "type": "button",
                                "sub_type": "quick_reply",
                                "index": 0,
                                "parameters": [{"type": "payload", "payload": "yes"}],
                            },
                        ],
                    },
                ],
            }
        ),
        ["⧉ reminder (en)", "video", "id 7", "↩ quick_reply: yes", "card 1"],
    ),
}


@pytest.mark.parametrize(("payload", "lines"), DRAWINGS.values(), ids=DRAWINGS.keys())
def test_a_drawing_for_each_type(payload: dict[str, Any], lines: list[str]) -> None:
    assert bubble(payload) == lines


def reaction(emoji: str) -> dict[str, Any]:
    return message("reaction", {"message_id": "wamid.0", "emoji": emoji})


def test_the_last_reaction_is_a_note_on_its_message() -> None:
    assert bubble(text("Done?"), reaction("👍"), text("Yes")) == ["Done?", "👍", "Yes"]
    assert bubble(text("Done?"), reaction("👍"), text("Yes"), reaction("🎉")) == ["Done?", "🎉", "Yes"]
    assert bubble(text("Done?"), reaction("👍"), reaction("")) == ["Done?"]


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


@pytest.mark.parametrize("columns", [40, 57])
def test_every_known_message_can_be_drawn(columns: int) -> None:
    taken = [case["payload"] for case in CASES if case["valid"] and case["type"] != "mark_read"]
    drawn = render_conversation(map(record, taken), width=columns)
    assert {width(line) for line in drawn.splitlines() if line} == {columns}


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
