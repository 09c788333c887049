"""The envelope, and all types but interactive messages and templates."""

from __future__ import annotations

from tests.edges.values import (
    ANY_TEXT,
    LINKS,
    NO_NUMBER,
    NO_OBJECT,
    NO_TEXT,
    NOT_EMPTY,
    REQUIRED_TEXT,
    UNKNOWN,
    Edges,
    between_1_and,
    up_to,
)
from tests.messages.interactive import GONE, LINK
from tests.messages.payloads import GROUP

NO_DEGREES = ["", "north", "1,5", "1e1", "nan", " 1", ".", GONE, None, True, [], {}]

ENVELOPE: dict[str, Edges] = {
    "messaging_product": (["whatsapp"], ["Whatsapp", *REQUIRED_TEXT]),
    "recipient_type": ([GONE, "individual"], ["group", "person", "", *NO_TEXT]),
    "to": (
        ["+91 (98765) 43-210", "6834012", "+123456789012345", GONE],
        ["683401", "1234567890123456", "0919876543210", "++919876543210", "91.98765", "Asha", GROUP, ""],
    ),
    "recipient": (
        [GONE, "IN.1", "US.ENT.9", "IN." + "a1" * 64],
        ["", "1349", "in.1349", "IN.", "IN." + "1" * 129, "IND.1", "IN.13-49", "IN.x.1", *NO_TEXT],
    ),
    "type": ([GONE, "text"], ["txt", "Text", "image", "interactive", "", *NO_TEXT]),
    "text": ([], [GONE, {}, *NO_OBJECT]),
    "context": ([GONE, {"message_id": "w"}], [{}, {"message_id": "w", "from": "1"}, *NO_OBJECT]),
    "context.message_id": NOT_EMPTY,
    "biz_opaque_callback_data": up_to(512),
    "recipient_identity_key_hash": ([GONE, "x"], ["", *NO_TEXT]),
    "priority": UNKNOWN,
    "ttl": UNKNOWN,
    "status": UNKNOWN,
    "image": ([], [{"id": "1"}]),
    "text.body": ([*between_1_and(4096)[0], " ", "a\nb\tc"], between_1_and(4096)[1]),
    "text.preview_url": ([GONE, True, False], ["true", "", 1, 0, None, {}]),
    "text.caption": UNKNOWN,
}

PLAIN: dict[str, dict[str, Edges]] = {
    **{
        kind: {
            "id": NOT_EMPTY,
            "link": ([], [LINK, "", None]),
            "caption": up_to(1024) if kind in ("image", "video", "document") else UNKNOWN,
            "filename": ANY_TEXT if kind == "document" else UNKNOWN,
            "voice": ([GONE, True, False], ["true", 1, None]) if kind == "audio" else UNKNOWN,
            "preview_url": UNKNOWN,
            "mime_type": UNKNOWN,
        }
        for kind in ("image", "video", "audio", "document", "sticker")
    },
    "image link": {"link": LINKS, "id": ([], ["1", ""])},
    "location": {
        **{
            name: (
                [0, most, -most, 0.5, float(most), "0", f"-{most}", f"+{most}.0", ".5", "5."],
                [
                    most + 1,
                    -most - 1,
                    most + 0.1,
                    f"{most}.1",
                    "",
                    "north",
                    "1,5",
                    "1e1",
                    "nan",
                    " 1",
                    *NO_DEGREES,
                ],
            )
            for name, most in (("latitude", 90), ("longitude", 180))
        },
        "name": ANY_TEXT,
        "address": ANY_TEXT,
        "url": UNKNOWN,
    },
    "contacts": {
        "0.name": ([{"formatted_name": "A", "suffix": "B"}], [{"formatted_name": "A"}, {}, GONE, *NO_OBJECT]),
        "0.name.formatted_name": NOT_EMPTY,
        "0.name.first_name": ANY_TEXT,
        "0.name.nick_name": UNKNOWN,
        "0.phones": ([GONE, [], [{}], [{"phone": "1"}] * 3], ["x", {}, ["1"], [None], None]),
        "0.phones.0.phone": ANY_TEXT,
        "0.phones.0.type": ANY_TEXT,
        "0.phones.0.wa_id": ANY_TEXT,
        "0.phones.0.number": UNKNOWN,
        "0.emails.0.email": ANY_TEXT,
        "0.emails.0.type": ANY_TEXT,
        "0.emails": ([GONE], ["a@example.com", {}, None]),
        "0.urls": ([GONE], [LINK, {}, None]),
        "0.urls.0.url": ANY_TEXT,
        "0.addresses": ([GONE], ["x", {}, None]),
        **{
            f"0.addresses.0.{name}": ANY_TEXT
            for name in ("street", "city", "state", "zip", "country", "country_code", "type")
        },
        "0.org": ([GONE, {}, {"company": "C"}], NO_OBJECT),
        "0.org.title": ANY_TEXT,
        "0.birthday": (
            [GONE, "2000-02-29", "1900-12-31"],
            [
                "",
                "2001-02-29",
                "2000-13-01",
                "01-02-2000",
                "20000101",
                "2000-1-1",
                "2000-01-01T00:00",
                *NO_TEXT,
            ],
        ),
        "0.note": UNKNOWN,
        "0": ([], NO_OBJECT),
    },
    "reaction": {
        "message_id": NOT_EMPTY,
        "emoji": (["", "👍", "👨‍💻", "🇮🇳", "1️⃣"], [GONE, *NO_TEXT]),
        "text": UNKNOWN,
    },
    "pin": {
        "type": (["pin", "unpin"], ["stick", *REQUIRED_TEXT]),
        "message_id": NOT_EMPTY,
        "expiration_days": ([1, 7, 30], [0, 31, -1, GONE, *NO_NUMBER]),
        "emoji": UNKNOWN,
    },
    "unpin": {
        "expiration_days": ([GONE, 1, 30], [0, 31, *NO_NUMBER]),
        "message_id": NOT_EMPTY,
    },
}
