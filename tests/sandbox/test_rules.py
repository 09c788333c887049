from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_chakra.sandbox.rules import judge

from .samples import (
    CASES,
    GROUP,
    image,
    listing,
    message,
    row_listing,
    rows,
    sections,
    template,
    text,
    without,
    words,
)

ROW = "interactive['action']['sections'][0]['rows'][0]"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_known_cases(case: dict[str, Any]) -> None:
    accepted = case["valid"] or case["enforcement"] == "async"
    assert (judge(case["payload"]) == []) is accepted


HEADER = {"type": "text", "text": "Booking"}
PIN = {"type": "pin", "message_id": "wamid.x", "expiration_days": 7}
RECEIPT = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"}

ACCEPTED = {
    "text of 1": text("a"),
    "text of 4096 emoji": text("🚀" * 4096),
    "blank text": text(" "),
    "preview": message("text", {"body": "https://example.com", "preview_url": True}),
    "type left out": without(text(), "type"),
    "plus and separators": text(to="+91 (98765) 43-210"),
    "any blank": text(to="\u202f91\u00a09876\u3000543210\t"),
    "7 digits": text(to="6834012"),
    "15 digits": text(to="123456789012345"),
    "user id": without(text(recipient="IN.13491208655302741918"), "to"),
    "user id of 128": without(text(recipient="IN." + "a" * 128), "to"),
    "parent user id": without(text(recipient="IN.ENT.1181555019382041"), "to"),
    "to and recipient": text(recipient="IN.1349"),
    "group": text(to=GROUP, recipient_type="group"),
    "group image": image() | {"to": GROUP, "recipient_type": "group"},
    "group template": template() | {"to": GROUP, "recipient_type": "group"},
    "group pin": message("pin", PIN, to=GROUP, recipient_type="group"),
    "callback data of 512": text(biz_opaque_callback_data="x" * 512),
    "empty callback data": text(biz_opaque_callback_data=""),
    "identity hash": text(recipient_identity_key_hash="abc="),
    "context": text(context={"message_id": "wamid.x"}),
    "image id": image(id="a"),
    "image caption of 1024": image(id="1", caption="é" * 1024),
    "image empty caption": image(id="1", caption=""),
    "image upper-case scheme": image(link="HTTPS://example.com/a.png"),
    "image plain http with port": image(link="http://example.com:8080/a.png?x=1#y"),
    "image webp, found out later": image(link="https://example.com/a.webp"),
    "list header of 60": listing(header=HEADER | {"text": "h" * 60}),
    "list header sub text of 60": listing(header=HEADER | {"sub_text": "h" * 60}),
    "list body of 1024": listing(body={"text": "😀" * 1024}),
    "list footer of 60": listing(footer={"text": "f" * 60}),
    "list empty footer": listing(footer={"text": ""}),
    "list button of 20": listing(action={"button": "b" * 20}),
    "list 10 sections": listing(action={"sections": sections(*[1] * 10)}),
    "list 10 rows": listing(action={"sections": sections(10)}),
    "list untitled section": listing(action={"sections": [{"rows": rows(1)}]}),
    "list empty title of the only section": listing(action={"sections": [{"title": "", "rows": rows(1)}]}),
    "list section title of 24": listing(action={"sections": [{"title": "t" * 24, "rows": rows(1)}]}),
    "row id of 200": row_listing(id="i" * 200),
    "row title of 24": row_listing(title="t" * 24),
    "row description of 72": row_listing(description="d" * 72),
    "row empty description": row_listing(description=""),
    "receipt": RECEIPT,
    "typing": RECEIPT | {"typing_indicator": {"type": "text"}},
}


@pytest.mark.parametrize("payload", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(payload: dict[str, Any]) -> None:
    assert words(payload) == []


MALFORMED = "The phone number is malformed: Please use the format: +1234567890."
MISMATCH = "Param recipient_type does not match the recipient given in param to"
NO_TO = "(#100) The parameter to is required"
BAD_USER = "Param recipient is not a valid business-scoped user id"
BAD_LINK = "(#100) Param image['link'] must be a valid URI."
ID_OR_LINK = "(#100) Param image must have exactly one of the keys id and link."
BODY = "Body text length invalid. Min length: 1, Max length: 1024"
HEADER_LENGTH = "Header text length invalid. Min length: 1, Max length: 60"
NO_HEADER_TEXT = "Text cannot be null for header type text"
SECTION_COUNT = "Invalid sections count. Min allowed sections: 1, Max allowed sections: 10"
TOTAL = "Total row count exceed max allowed count: 10"
UNTITLED = "Section title is required if there is more than one section"

REFUSED: dict[str, tuple[object, list[str]]] = {
    "not an object": ([text()], ["(#100) Param request body must be a JSON object"]),
    "null": (None, ["(#100) Param request body must be a JSON object"]),
    "empty": ({}, ["(#100) The parameter type is required."]),
    "no product": (
        without(text(), "messaging_product"),
        ["(#100) The parameter messaging_product is required."],
    ),
    "other product": (
        text(messaging_product="Whatsapp"),
        ['(#100) Param messaging_product must be one of {whatsapp} - got "Whatsapp".'],
    ),
    "recipient type": (
        text(recipient_type=None),
        ["(#100) Param recipient_type must be one of {individual, group} - got null."],
    ),
    "no recipient": (without(text(), "to"), [NO_TO]),
    "empty to": (text(to=""), ["(#100) The parameter to is required."]),
    "null to": (text(to=None), ["(#100) Param to must be a string"]),
    "null to with recipient": (text(to=None, recipient="IN.1"), ["(#100) Param to must be a string"]),
    "number as to": (text(to=919876543210), ["(#100) Param to must be a string"]),
    "6 digits": (text(to="683401"), [MALFORMED]),
    "16 digits": (text(to="1234567890123456"), [MALFORMED]),
    "leading zero": (text(to="09876543210"), [MALFORMED]),
    "leading zero after plus": (text(to="+09876543210"), [MALFORMED]),
    "two pluses": (text(to="++919876543210"), [MALFORMED]),
    "plus inside": (text(to="91+9876543210"), [MALFORMED]),
    "dots": (text(to="91.98765.43210"), [MALFORMED]),
    "other digits": (text(to="९१९८७६५४३२१०"), [MALFORMED]),
    "zero-width space": (text(to="91\u200b9876543210"), [MALFORMED]),
    "words as to": (text(to="call me"), [MALFORMED]),
    "group id to individual": (text(to=GROUP), [MISMATCH]),
    "group id without recipient type": (without(text(to=GROUP), "recipient_type"), [MISMATCH]),
    "phone to group": (text(recipient_type="group"), [MISMATCH]),
    "group without to": (without(text(recipient_type="group", recipient="IN.1"), "to"), [NO_TO]),
    "group list": (
        listing() | {"to": GROUP, "recipient_type": "group"},
        ["Message type interactive is not supported for groups"],
    ),
    "pin outside groups": (message("pin", PIN), ["Message type pin is supported for groups only"]),
    "user id without country": (without(text(recipient="1349"), "to"), [BAD_USER]),
    "user id in small letters": (without(text(recipient="in.1349"), "to"), [BAD_USER]),
    "user id of 129": (without(text(recipient="IN." + "a" * 129), "to"), [BAD_USER]),
    "user id with a hyphen": (text(recipient="IN.13-49"), [BAD_USER]),
    "empty user id": (
        without(text(recipient=""), "to"),
        ["(#100) The parameter recipient is required."],
    ),
    "unknown property": (
        text(priority="high"),
        ['(#100) Unexpected key "priority" on param "request body".'],
    ),
    "content of another type": (
        text(image={"id": "1"}),
        ['(#100) Unexpected key "image" on param "request body".'],
    ),
    "callback data of 513": (
        text(biz_opaque_callback_data="x" * 513),
        ["(#100) Param biz_opaque_callback_data must be at most 512 characters long."],
    ),
    "empty identity hash": (
        text(recipient_identity_key_hash=""),
        ["(#100) The parameter recipient_identity_key_hash is required."],
    ),
    "empty context": (text(context={}), ["(#100) The parameter context['message_id'] is required."]),
    "null context": (text(context=None), ["(#100) Param context must be a JSON object"]),
    "more context": (
        text(context={"message_id": "wamid.x", "from": "1"}),
        ['(#100) Unexpected key "from" on param "context".'],
    ),
    "null text": (text(None), ["(#100) Param text['body'] must be a string"]),
    "empty text": (text(""), ["(#100) The parameter text['body'] is required."]),
    "text of 4097": (
        text("a" * 4097),
        ["(#100) Param text['body'] must be at most 4096 characters long."],
    ),
    "text is a string": (message("text", "hello"), ["(#100) Param text must be a JSON object"]),
    "preview is a number": (
        message("text", {"body": "a", "preview_url": 1}),
        ["(#100) Param text['preview_url'] must be a boolean"],
    ),
    "image with neither": (image(caption="c"), [ID_OR_LINK]),
    "image with both": (image(id="1", link="https://example.com/a.png"), [ID_OR_LINK]),
    "image null link": (image(link=None), ["(#100) Param image['link'] must be a string"]),
    "image empty id": (image(id=""), ["(#100) The parameter image['id'] is required."]),
    "image number id": (image(id=1), ["(#100) Param image['id'] must be a string"]),
    "image caption of 1025": (
        image(id="1", caption="c" * 1025),
        ["(#100) Param image['caption'] must be at most 1024 characters long."],
    ),
    "image filename": (
        image(id="1", filename="a.png"),
        ['(#100) Unexpected key "filename" on param "image".'],
    ),
    **{
        f"image link {link!r}": (image(link=link), [BAD_LINK])
        for link in (
            "ftp://example.com/a.png",
            "example.com/a.png",
            "//example.com/a.png",
            "",
            "https:///a.png",
            "https://",
            "https:example.com",
            "https://:443/a.png",
            "https://example.com/a b.png",
            "https://example.com/a.png\n",
            "https://example.com/a\u00a0b.png",
            "\x01https://example.com/a.png",
            "https://[::1/a.png",
            "data:image/png;base64,AAAA",
        )
    },
    "no interactive type": (
        message("interactive", {}),
        ["(#100) The parameter interactive['type'] is required."],
    ),
    "interactive is an array": (
        message("interactive", []),
        ["(#100) Param interactive must be a JSON object"],
    ),
    "null header": (listing(header=None), ["(#100) Param interactive['header'] must be a JSON object"]),
    "header without text": (listing(header={"type": "text"}), [NO_HEADER_TEXT]),
    "header with null text": (listing(header={"type": "text", "text": None}), [NO_HEADER_TEXT]),
    "empty header": (listing(header=HEADER | {"text": ""}), [HEADER_LENGTH]),
    "header of 61": (listing(header=HEADER | {"text": "h" * 61}), [HEADER_LENGTH]),
    "sub text of 61": (
        listing(header=HEADER | {"sub_text": "h" * 61}),
        ["Header sub text length invalid. Min length: 0, Max length: 60"],
    ),
    "header with a picture": (
        listing(header=HEADER | {"image": {}}),
        ['(#100) Unexpected key "image" on param "interactive[\'header\']".'],
    ),
    "null body": (listing(body=None), ["(#100) Param interactive['body'] must be a JSON object"]),
    "empty body": (listing(body={"text": ""}), [BODY]),
    "body of 1025": (listing(body={"text": "b" * 1025}), [BODY]),
    "footer of 61": (
        listing(footer={"text": "f" * 61}),
        ["Footer text length invalid. Min length: 0, Max length: 60"],
    ),
    "footer without text": (
        listing(footer={}),
        ["(#100) The parameter interactive['footer']['text'] is required."],
    ),
    "null action": (
        message("interactive", {"type": "list", "body": {"text": "a"}, "action": None}),
        ["(#100) Param interactive['action'] must be a JSON object"],
    ),
    "empty button": (
        listing(action={"button": ""}),
        ["(#100) The parameter interactive['action']['button'] is required."],
    ),
    "button of 21": (listing(action={"button": "b" * 21}), ["Button is too long. Max length is 20"]),
    "more action": (
        listing(action={"name": "x"}),
        ['(#100) Unexpected key "name" on param "interactive[\'action\']".'],
    ),
    "no sections": (listing(action={"sections": []}), [SECTION_COUNT]),
    "11 sections": (listing(action={"sections": sections(*[1] * 11)}), [SECTION_COUNT, TOTAL]),
    "sections is an object": (
        listing(action={"sections": {}}),
        ["(#100) Param interactive['action']['sections'] must be an array"],
    ),
    "section is null": (
        listing(action={"sections": [None]}),
        ["(#100) Param interactive['action']['sections'][0] must be a JSON object"],
    ),
    "no rows": (listing(action={"sections": sections(0)}), ["Invalid rows count. Min allowed rows: 1"]),
    "11 rows": (listing(action={"sections": sections(11)}), [TOTAL]),
    "6 and 5 rows": (listing(action={"sections": sections(6, 5)}), [TOTAL]),
    "section title of 25": (
        listing(action={"sections": [{"title": "t" * 25, "rows": rows(1)}]}),
        ["Section title is too long. Max length is 24"],
    ),
    "section title null": (
        listing(action={"sections": [{"title": None, "rows": rows(1)}]}),
        ["(#100) Param interactive['action']['sections'][0]['title'] must be a string"],
    ),
    "second section untitled": (
        listing(action={"sections": [{"title": "A", "rows": rows(1)}, {"rows": rows(1, 1)}]}),
        [UNTITLED],
    ),
    "second section with empty title": (
        listing(action={"sections": [{"title": "A", "rows": rows(1)}, {"title": "", "rows": rows(1, 1)}]}),
        [UNTITLED],
    ),
    "same id in one section": (
        listing(action={"sections": [{"rows": [*rows(1), *rows(1)]}]}),
        ["Row ids must be unique. Duplicated id: row-0"],
    ),
    "same id in two sections": (
        listing(action={"sections": [{"title": "A", "rows": rows(1)}, {"title": "B", "rows": rows(1)}]}),
        ["Row ids must be unique. Duplicated id: row-0"],
    ),
    "row id empty": (row_listing(id=""), [f"(#100) The parameter {ROW}['id'] is required."]),
    "row id of 201": (row_listing(id="i" * 201), ["Row id is too long. Max length is 200"]),
    "row id is a number": (row_listing(id=7), [f"(#100) Param {ROW}['id'] must be a string"]),
    "row title empty": (row_listing(title=""), [f"(#100) The parameter {ROW}['title'] is required."]),
    "row title of 25": (row_listing(title="t" * 25), ["Row title is too long. Max length is 24"]),
    "row description of 73": (
        row_listing(description="d" * 73),
        ["Row description is too long. Max length is 72"],
    ),
    "row description null": (
        row_listing(description=None),
        [f"(#100) Param {ROW}['description'] must be a string"],
    ),
    "more row": (row_listing(url="x"), [f'(#100) Unexpected key "url" on param "{ROW}".']),
    "reply by reaction": (
        message("reaction", {"message_id": "wamid.y", "emoji": ""}, context={"message_id": "wamid.x"}),
        ["Message type reaction cannot be a reply: context is not supported"],
    ),
    "receipt without id": (
        without(RECEIPT, "message_id"),
        ["(#100) The parameter message_id is required."],
    ),
    "receipt without product": (
        without(RECEIPT, "messaging_product"),
        ["(#100) The parameter messaging_product is required."],
    ),
    "typing without type": (
        RECEIPT | {"typing_indicator": {}},
        ["(#100) The parameter typing_indicator['type'] is required."],
    ),
    "receipt delivered": (
        RECEIPT | {"status": "delivered"},
        ['(#100) Param status must be one of {read} - got "delivered".'],
    ),
    "typing audio": (
        RECEIPT | {"typing_indicator": {"type": "audio"}},
        ["(#100) Param typing_indicator['type'] must be one of {text} - got \"audio\"."],
    ),
    "receipt with to": (
        RECEIPT | {"to": "919876543210"},
        ['(#100) Unexpected key "to" on param "request body".'],
    ),
}


@pytest.mark.parametrize(("payload", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(payload: object, said: list[str]) -> None:
    assert words(payload) == said


@pytest.mark.parametrize("kind", ["txt", "Text", "", None, 1, [], "menu"])
def test_unknown_types(kind: object) -> None:
    (refusal,) = judge(text(type=kind))
    assert refusal.text.startswith("(#100) Param type must be one of {text, image, interactive, ")
    (refusal,) = judge(message("interactive", {"type": kind}))
    assert refusal.text.startswith("(#100) Param interactive['type'] must be one of {list, button, ")


def test_every_mistake_is_told() -> None:
    payload = listing(body={"text": ""}, footer={"text": "f" * 61}, action={"button": 1})
    assert words(payload | {"to": 1}) == [
        "(#100) Param to must be a string",
        BODY,
        "Footer text length invalid. Min length: 0, Max length: 60",
        "(#100) Param interactive['action']['button'] must be a string",
    ]


def test_code_and_text_of_a_wrong_value() -> None:
    (refusal,) = judge(row_listing(title="t" * 25))
    assert (refusal.code, refusal.text) == (131009, "(#131009) Parameter value is not valid")
    (refusal,) = judge(text(""))
    assert (refusal.code, refusal.details) == (100, None)
