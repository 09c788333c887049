"""Payloads in; messages, or all that is wrong with them, out."""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest

from airflow_provider_chakra.exceptions import InvalidMessageError
from airflow_provider_chakra.messages import Row, parse_message
from tests.cases import payload_cases
from tests.messages.payloads import GROUP, PHONE, WAMID, problems_of


def text(**fields: Any) -> dict[str, Any]:
    """Make the payload of a text, with fields replaced; None takes one away."""
    payload = {
        "messaging_product": "whatsapp",
        "to": PHONE,
        "type": "text",
        "text": {"body": "Hello"},
    } | fields
    return {name: value for name, value in payload.items() if value is not ...}


def image(**fields: Any) -> dict[str, Any]:
    """Make the payload of an image."""
    return {"messaging_product": "whatsapp", "to": PHONE, "type": "image", "image": fields}


def rows(count: int, start: int = 0) -> list[dict[str, str]]:
    """Make rows with ids of their own."""
    return [{"id": f"row-{number}", "title": f"Row {number}"} for number in range(start, start + count)]


def listed(
    *, sections: Any = None, button: Any = "Open", action: Any = None, **fields: Any
) -> dict[str, Any]:
    """Make the payload of a list."""
    sections = [{"rows": rows(1)}] if sections is None else sections
    interactive = {
        "type": "list",
        "body": {"text": "Choose"},
        "action": {"button": button, "sections": sections} if action is None else action,
    } | fields
    return {"messaging_product": "whatsapp", "to": PHONE, "type": "interactive", "interactive": interactive}


@pytest.mark.parametrize("case", payload_cases(), ids=lambda case: case["name"])
def test_a_case_comes_out_as_marked(case):
    if case["valid"]:
        assert parse_message(case["payload"]).payload()["messaging_product"] == "whatsapp"
    else:
        assert problems_of(case["payload"])


TYPES = (
    *("text", "image", "video", "audio", "document", "sticker"),
    *("location", "contacts", "reaction", "template", "pin"),
)

EXAMPLES = {
    "text": {
        "messaging_product": "whatsapp",
        "to": "912233223322",
        "type": "text",
        "text": {"body": "This is a text message"},
    },
    "image": {
        "messaging_product": "whatsapp",
        "to": "912233223322",
        "type": "image",
        "image": {
            "link": "https://static-data.chakrahq.com/documentation-assets/whatsapp/api-docs/copy-plugin-id.png"
        },
    },
    "list": {
        "messaging_product": "whatsapp",
        "to": "912233223322",
        "type": "interactive",
        "interactive": {
            "type": "list",
            "header": {"type": "text", "text": "Quick Options"},
            "body": {"text": "Please select one of the options below"},
            "footer": {"text": "ChakraHQ"},
            "action": {
                "button": "Options",
                "sections": [
                    {
                        "title": "All options",
                        "rows": [
                            {
                                "id": "check_order_status",
                                "title": "Check Order Status",
                                "description": "Select this option to check order status",
                            },
                            {
                                "id": "return_order",
                                "title": "Return Order",
                                "description": "Select this option to return an order",
                            },
                        ],
                    }
                ],
            },
        },
    },
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_chakrahqs_documentation_stay_as_they_are(name):
    assert parse_message(EXAMPLES[name]).payload() == EXAMPLES[name]


FULL = text(
    recipient_type="individual",
    context={"message_id": WAMID},
    biz_opaque_callback_data="run-7",
    recipient_identity_key_hash="abc=",
    text={"body": "See https://example.com", "preview_url": False},
)


@pytest.mark.parametrize("payload", [FULL, text(), image(id="1003", caption=""), listed(footer={"text": ""})])
def test_nothing_is_added_to_a_payload_and_nothing_lost(payload):
    assert parse_message(payload).payload() == payload


def test_the_type_of_a_text_may_be_missing_and_is_said_when_sent():
    assert parse_message(text(type=...)).payload() == text()


@pytest.mark.parametrize(
    ("to", "digits"),
    [
        ("919876543210", "919876543210"),
        ("+919876543210", "919876543210"),
        ("+91 98765 43210", "919876543210"),
        ("+91\u00a098765\u202f43210", "919876543210"),
        ("(+91) 98765-43210", "919876543210"),
        ("+91 98765\u201143210", "919876543210"),
        (" 919876543210\n", "919876543210"),
        (919876543210, "919876543210"),
        ("6834012", "6834012"),
        ("123456789012345", "123456789012345"),
    ],
)
def test_a_phone_number_is_brought_into_the_form_of_the_wire(to, digits):
    assert parse_message(text(to=to)).payload()["to"] == digits


class _Integer:
    """An integer that is no int, as numpy's are."""

    def __index__(self) -> int:
        return 919876543210


def test_an_integer_of_another_library_is_understood():
    assert parse_message(text(to=_Integer())).payload()["to"] == PHONE


@pytest.mark.parametrize(
    ("to", "given", "mend"),
    [
        ("", "without digits", "country code"),
        ("Asha", "without digits", "country code"),
        ("+", "without digits", "country code"),
        ("0091 98765 43210", "'00********3210'", "leave out the leading 00"),
        ("+0091 98765 43210", "'00********3210'", "leave out the leading 00"),
        ("098765 43210", "'09*****3210'", "country code, such as 91"),
        ("9.19876543210e11", "exponent notation", "dtype=str"),
        ("919876543210.0", "decimal or exponent", "dtype=str"),
        (919876543210.0, "a float", "dtype=str"),
        (float("nan"), "a missing value", "rows without a phone number"),
        (float("inf"), "a float", "dtype=str"),
        (True, "a boolean", "string of digits"),
        (["919876543210"], "a list", "string of digits"),
        ("683401", "6 digits", "whole number"),
        ("1234567890123456", "16 digits", "nothing else"),
        (-919876543210, "a negative number", "country code"),
        ("91+9876543210", "'91*******3210'", "only one leading +"),
        ("++919876543210", "'+9*******3210'", "only one leading +"),
        ("91.98765.43210", "'91********3210'", "only one leading +"),
        ("919876543210x", "'91*******210x'", "only one leading +"),
        ("\u0669\u0661\u0669\u0668\u0667\u0666\u0665", "digits 0 to 9", "digits 0 to 9"),
        ("Y2FwaV9ncm91cDoxMjM0NTY3ODkwMTIzNDU2Nzg5MA", "group id", "recipient_type to group"),
    ],
)
def test_what_is_no_phone_number_is_refused_with_the_reason(to, given, mend):
    problem = problems_of(text(to=to))["to"]
    assert given in problem
    assert mend in problem
    assert "9876543210" not in problem
    assert "8765" not in problem


@pytest.mark.parametrize("user", ["IN.13491208655302741918", "IN.ENT.1181555019382041", f"US.{'a1' * 64}"])
def test_a_business_scoped_user_id_goes_as_recipient(user):
    wanted = text(to=..., recipient=user)
    assert parse_message(text(to=user)).payload() == wanted
    assert parse_message(wanted).payload() == wanted


@pytest.mark.parametrize(
    "user", ["in.134", "IND.134", "IN.", f"IN.{'1' * 129}", "IN.ENT.", "IN.1-3", "134", 134]
)
def test_a_malformed_user_id_is_refused(user):
    assert "business-scoped user id" in problems_of(text(to=..., recipient=user))["recipient"]


def test_number_and_user_id_may_both_be_given_but_not_in_each_others_place():
    both = text(recipient="IN.13491208655302741918")
    assert parse_message(both).payload() == both
    assert "field recipient" in problems_of(text(to="IN.1", recipient="IN.2"))["to"]


def test_a_group_gets_texts_and_images_at_its_id():
    assert parse_message(text(to=GROUP, recipient_type="group")).payload()["to"] == GROUP
    assert set(problems_of(text(recipient_type="group"))) == {"to"}
    assert set(problems_of(text(to=..., recipient="IN.1", recipient_type="group"))) == {"to"}
    assert set(problems_of(listed() | {"to": GROUP, "recipient_type": "group"})) == {"recipient_type"}


LIMITS: list[tuple[str, Any, int, int]] = [
    ("text.body", lambda value: text(text={"body": value}), 1, 4096),
    ("biz_opaque_callback_data", lambda value: text(biz_opaque_callback_data=value), 0, 512),
    ("image.caption", lambda value: image(id="1", caption=value), 0, 1024),
    ("interactive.body.text", lambda value: listed(body={"text": value}), 1, 1024),
    ("interactive.footer.text", lambda value: listed(footer={"text": value}), 0, 60),
    ("interactive.header.text", lambda value: listed(header={"type": "text", "text": value}), 1, 60),
    (
        "interactive.header.sub_text",
        lambda v: listed(header={"type": "text", "text": "x", "sub_text": v}),
        0,
        60,
    ),
    ("interactive.action.button", lambda value: listed(button=value), 1, 20),
    (
        "interactive.action.sections[0].title",
        lambda value: listed(sections=[{"title": value, "rows": rows(1)}]),
        0,
        24,
    ),
    (
        "interactive.action.sections[0].rows[0].id",
        lambda value: listed(sections=[{"rows": [{"id": value, "title": "x"}]}]),
        1,
        200,
    ),
    (
        "interactive.action.sections[0].rows[0].title",
        lambda value: listed(sections=[{"rows": [{"id": "x", "title": value}]}]),
        1,
        24,
    ),
    (
        "interactive.action.sections[0].rows[0].description",
        lambda value: listed(sections=[{"rows": [{"id": "x", "title": "x", "description": value}]}]),
        0,
        72,
    ),
]


@pytest.mark.parametrize(("field", "payload", "least", "most"), LIMITS, ids=[limit[0] for limit in LIMITS])
def test_a_length_is_held_to_its_limit_in_code_points(field, payload, least, most):
    for length in (least, most):
        wanted = payload("é" * length)
        assert parse_message(wanted).payload() == wanted
    too_long = problems_of(payload("🚀" * (most + 1)))
    assert list(too_long) == [field]
    assert f"at most {most} character" in too_long[field]
    assert f"given: {most + 1} characters; shorten it by 1" in too_long[field]
    if least:
        assert "at least 1 character; given: 0 characters" in problems_of(payload(""))[field]


WRONG_TYPES: list[tuple[str, dict[str, Any], str]] = [
    ("text.body", text(text={"body": 12345}), "a string; given: a number"),
    ("text.body", text(text={"body": ["a"]}), "a string; given: an array"),
    ("text.preview_url", text(text={"body": "x", "preview_url": "yes"}), "true or false; given: a string"),
    ("text.preview_url", text(text={"body": "x", "preview_url": 1}), "true or false; given: a number"),
    ("text", text(text="Hello"), "an object; given: a string"),
    ("text", text(text=...), "required; given: nothing"),
    ("context", text(context=WAMID), "an object; given: a string"),
    ("context.message_id", text(context={}), "required"),
    ("context.message_id", text(context={"message_id": ""}), "at least 1 character"),
    ("context.from", text(context={"message_id": WAMID, "from": PHONE}), "not a field"),
    ("messaging_product", text(messaging_product=...), 'set it to "whatsapp"'),
    ("messaging_product", text(messaging_product="sms"), "must be 'whatsapp'; given: 'sms'"),
    ("recipient_type", text(recipient_type="person"), "must be 'individual' or 'group'; given: 'person'"),
    ("recipient_identity_key_hash", text(recipient_identity_key_hash=""), "at least 1 character"),
    ("type", text(type="txt"), "did you mean 'text'?"),
    ("type", text(type=7), "a string; given: a number"),
    ("type", text(type=..., text=...), "required; given: nothing; choose one of"),
    ("to", text(to=...), "required; given: nothing"),
    ("image.id", image(id=1003), "a string; given: a number"),
    ("image.id", image(id=""), "at least 1 character"),
    ("image.link", image(), "exactly one of link and id; given: neither"),
    ("image.link", image(link="https://example.com/a.png", id="1"), "given: both"),
    ("image.link", image(link="ftp://example.com/a.png"), "the scheme 'ftp'"),
    ("image.link", image(link="//example.com/a.png"), "no scheme"),
    ("image.link", image(link="example.com/a.png"), "no scheme"),
    ("image.link", image(link="https://"), "no host"),
    ("image.link", image(link="https:///a.png"), "no host"),
    ("image.link", image(link="https://example.com/a b.png"), "write blanks as %20"),
    ("image.link", image(link=" https://example.com/a.png"), "write blanks as %20"),
    ("image.link", image(link="https://[::1/a.png"), "cannot be read"),
    ("image.link", image(link="https://example.com:99999/a.png"), "cannot be read"),
    ("interactive.action.sections[1]", listed(sections=[{"title": "A", "rows": rows(1)}, 7]), "an object"),
    ("text.bdy", text(text={"body": "x", "bdy": 1}), "did you mean 'body'?"),
    ("text.context", text(text={"body": "x", "context": 1}), "leave it out; known here: body, preview_url"),
    ("image.captoin", image(id="1", captoin="x"), "did you mean 'caption'?"),
    ("interactive.type", listed(type="menu"), "a type that WhatsApp knows; given: 'menu'"),
    ("interactive.type", listed(type="lists"), "did you mean 'list'?"),
    ("interactive.header.type", listed(header={"text": "x"}), 'set it to "text"'),
    (
        "interactive.header.type",
        listed(header={"type": "image", "text": "x"}),
        "must be 'text'; given: 'image'",
    ),
    ("interactive.action", listed(action="x"), "an object; given: a string"),
    ("interactive.action.sections", listed(action={"button": "x"}), "required"),
    ("interactive.action.sections", listed(sections=[]), "at least 1 item"),
    ("interactive.action.sections", listed(sections="x"), "an array; given: a string"),
    ("interactive.action.sections[0].rows", listed(sections=[{"rows": []}]), "at least 1 item"),
    ("interactive.action.sections[0].rows", listed(sections=[{"title": "x"}]), "required"),
    ("interactive.action.sections[0]", listed(sections=["x"]), "an object; given: a string"),
    (
        "interactive.action.sections[1].title",
        listed(sections=[{"title": "A", "rows": rows(1)}, {"title": "", "rows": rows(1, 1)}]),
        "required where there are several sections",
    ),
    (
        "interactive.action.sections[1].rows[0].id",
        listed(sections=[{"title": "A", "rows": rows(1)}, {"title": "B", "rows": rows(1)}]),
        "unique in the message; given: the same as sections[0].rows[0].id",
    ),
    (
        "interactive.action.sections",
        listed(sections=[{"title": "A", "rows": rows(6)}, {"title": "B", "rows": rows(5, 6)}]),
        "at most 10 rows in all sections together; given: 11 rows; leave out 1",
    ),
]


@pytest.mark.parametrize(("field", "payload", "told"), WRONG_TYPES)
def test_one_broken_rule_is_told_with_field_limit_given_and_mend(field, payload, told):
    problems = problems_of(payload)
    assert list(problems) == [field]
    assert told in problems[field]


@pytest.mark.parametrize(
    "link",
    [
        "HTTPS://example.com/a.png",
        "http://example.com",
        "https://example.com/ü.png?x=1#y",
        "https://[::1]:80/a",
    ],
)
def test_a_link_with_http_and_a_host_is_fine(link):
    assert parse_message(image(link=link)).payload()["image"]["link"] == link


def test_all_broken_rules_are_told_at_once():
    payload = listed(
        sections=[
            {"rows": [{"id": "a", "title": "x" * 25}, {"id": "a", "title": ""}]},
            {"title": "B", "rows": []},
        ],
        button="",
        body={"text": "x" * 2000},
        footer={"txet": "x"},
    ) | {"to": "12", "priority": "high"}
    assert set(problems_of(payload)) == {
        "to",
        "priority",
        "interactive.body.text",
        "interactive.footer.text",
        "interactive.footer.txet",
        "interactive.action.button",
        "interactive.action.sections[0].title",
        "interactive.action.sections[0].rows[0].title",
        "interactive.action.sections[0].rows[1].title",
        "interactive.action.sections[0].rows[1].id",
        "interactive.action.sections[1].rows",
    }


def test_the_error_reads_as_a_list():
    with pytest.raises(InvalidMessageError) as caught:
        parse_message(text(text={"body": ""}, to="12"))
    assert str(caught.value) == (
        "This text message was not sent, as it breaks 2 rules:\n"
        "  - to: a phone number with its country code, 7 to 15 digits; given: '12', 2 digits; "
        "check that the country code and the whole number are there, and nothing else\n"
        "  - text.body: at least 1 character; given: 0 characters; "
        "fill it in"
    )
    assert caught.value.outcome == "refused"
    assert caught.value.retryable is False


@pytest.mark.parametrize(
    "payload",
    [
        text(text={"body": "the secret words", "priview": "the secret words"}),
        text(text={"body": "the secret words " * 1000}),
        text(text={"body": "x", "preview_url": "the secret words"}),
        image(link="the secret words"),
        listed(
            sections=[{"rows": [{"id": "the secret words", "title": "x" * 25}, {"id": "the secret words"}]}]
        ),
        text(context="the secret words"),
    ],
)
def test_no_error_repeats_the_text(payload):
    with pytest.raises(InvalidMessageError) as caught:
        parse_message(payload)
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("field", "payload", "told"),
    [
        ("text.preview_url", text(text={"body": "x", "preview_url": None}), "must not be null"),
        ("interactive.footer", listed(footer=None), "must not be null"),
        ("interactive.header.text", listed(header={"type": "text", "text": None}), "must not be null"),
        ("to", text(to=None), "must not be null"),
        ("interactive.action.sections[0]", listed(sections=[None]), "must not be null"),
        ("text.body", text(text={"body": datetime(2026, 1, 1)}), "given: a Python datetime"),
        ("text.body", text(text={"body": float("inf")}), "a number that JSON knows"),
        ("text", text(text={1: "x"}), "names of fields are strings"),
    ],
)
def test_what_json_does_not_know_and_nulls_are_refused(field, payload, told):
    assert told in problems_of(payload)[field]


@pytest.mark.parametrize("payload", [None, "text", ["x"], 7])
def test_what_is_no_mapping_is_refused(payload):
    assert "an object" in problems_of(payload)["payload"]


class _Mapping(Mapping):
    """A mapping that is no dict."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def __getitem__(self, key: str) -> Any:
        return self._data[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)


def test_other_mappings_tuples_and_models_are_understood_and_left_alone():
    sections = ({"rows": (Row(id="row-0", title="Row 0"),)},)
    payload = _Mapping(listed(sections=sections))
    assert parse_message(payload).payload() == listed()
    assert payload["interactive"]["action"]["sections"] is sections


def test_a_text_too_long_only_in_utf16_is_let_through_with_a_warning(caplog):
    with caplog.at_level(logging.WARNING):
        parse_message(text(text={"body": "🚀" * 4096}))
    assert [record.getMessage() for record in caplog.records] == [
        "body has 4096 characters, but 8192 UTF-16 units, and its limit is 4096: WhatsApp does not say "
        "which it counts and may refuse the message"
    ]
    caplog.clear()
    for body in ("🚀" * 2048, "🚀" * 2047 + "é"):
        parse_message(text(text={"body": body}))
    assert not caplog.records


def test_half_a_surrogate_pair_is_refused():
    assert "surrogate" in problems_of(text(text={"body": "\ud83d"}))["text.body"]
    assert "names of fields" in problems_of(text(text={"\ud83d": 1}))["text"]


def test_what_is_far_too_big_or_deep_is_refused():
    circle: dict[str, Any] = text()
    circle["text"] = circle
    assert any("not so deep" in problem for problem in problems_of(circle).values())
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert any("not so deep" in problem for problem in problems_of(text(text={"x": deep})).values())
    for to in (10**5000, "9" * 1_000_000, {"to": "x"}, deep):
        assert all(len(problem) < 400 for problem in problems_of(text(to=to)).values())
    assert len(problems_of(text(to=..., recipient="x" * 1_000_000))["recipient"]) < 500


def test_a_name_that_may_be_anything_is_not_shown():
    payload = text(type="the secret words") | {"919876543210": 1, "the secret words": 2, "x" * 10_000: 3}
    with pytest.raises(InvalidMessageError) as caught:
        parse_message(payload)
    assert "secret" not in str(caught.value)
    assert "9876543210" not in str(caught.value)
    assert len(str(caught.value)) < 1500


def test_an_error_passes_from_process_to_process():
    with pytest.raises(InvalidMessageError) as caught:
        parse_message(text(text={}))
    copied = pickle.loads(pickle.dumps(caught.value))
    assert (str(copied), copied.problems) == (str(caught.value), caught.value.problems)


def test_what_is_wrong_inside_is_told_with_a_wrong_type():
    assert set(problems_of(text(type="txt", text={"body": ""}))) == {"type", "text.body"}
    assert set(problems_of(listed(type="menu", body={"text": ""}))) == {
        "interactive.type",
        "interactive.body.text",
    }
    without = listed(button="")
    del without["interactive"]["type"]
    assert set(problems_of(without)) == {"interactive.type", "interactive.action.button"}


def test_a_guess_is_made_of_what_was_meant():
    buttons = {"buttons": [{"type": "reply", "reply": {"id": "", "title": "x"}}]}
    assert set(problems_of(listed(type="buttons", action=buttons))) == {
        "interactive.type",
        "interactive.action.buttons[0].reply.id",
    }
    assert set(problems_of(listed(type="x", action={"cards": []}))) == {
        "interactive.type",
        "interactive.action.cards",
    }
    # Of what nobody knows, the envelope is checked.
    for payload in (listed(type="x", action={}), listed(type=7, action="x"), text(type="x", text=...)):
        field = "interactive.type" if "interactive" in payload else "type"
        assert set(problems_of(payload | {"to": "12", "extra": 1})) == {field, "to"}
    group = {"messaging_product": "whatsapp", "type": "x", "to": GROUP, "recipient_type": "group"}
    assert set(problems_of(group)) == {"type"}


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ({"type": "interactive"}, "required; given: nothing; put the message's content there"),
        ({"type": "interactive", "interactive": "list"}, "an object; given: a string"),
        ({"type": "interactive", "interactive": [{"type": "list"}]}, "an object; given: an array"),
        ({"type": "interactive", "interactive": None}, "must not be null"),
    ],
)
def test_an_interactive_message_has_content(payload, told):
    problems = problems_of({"messaging_product": "whatsapp", "to": PHONE} | payload)
    assert list(problems) == ["interactive"]
    assert told in problems["interactive"]


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_needs_its_content_and_nothing_beside_it(kind):
    payload = {"messaging_product": "whatsapp", "to": PHONE, "type": kind}
    if kind == "pin":
        payload |= {"to": GROUP, "recipient_type": "group"}
    problems = problems_of(payload)
    assert list(problems) == [kind]
    assert "required; given: nothing" in problems[kind]
    other = "text" if kind != "text" else "image"
    assert "not a field that WhatsApp knows here" in problems_of(payload | {other: {}})[other]
    assert "must not be null" in problems_of(payload | {kind: None})[kind]


def test_only_some_types_go_to_groups():
    to_group = {"messaging_product": "whatsapp", "to": GROUP, "recipient_type": "group"}
    refused = {
        kind for kind in TYPES if "recipient_type" in problems_of(to_group | {"type": kind, kind: "wrong"})
    }
    assert refused == {"location", "contacts", "reaction"}
    lists = listed() | to_group
    assert set(problems_of(lists)) == {"recipient_type"}


def test_an_unknown_type_is_told_with_all_that_are_known():
    told = problems_of(text(type="telegram"))["type"]
    assert told.endswith(
        "choose one of audio, contacts, document, image, interactive, location, pin, reaction, sticker, "
        "template, text, video"
    )


WRONG_VALUES = (
    7,
    1.5,
    True,
    "x",
    "",
    "x" * 40_000,
    "the secret words",
    [],
    {},
    ["the secret words"],
    {"": 1},
)


def _changed(value: Any) -> Iterator[Any]:
    """Give a payload with one value in it changed, for each of its values."""
    yield from WRONG_VALUES
    if isinstance(value, dict):
        for key, item in value.items():
            yield {name: inner for name, inner in value.items() if name != key}
            yield value | {f"{key}x": item}
            yield from (value | {key: changed} for changed in _changed(item))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from ([*value[:index], changed, *value[index + 1 :]] for changed in _changed(item))


@pytest.mark.parametrize(
    "payload",
    [
        case["payload"]
        for case in payload_cases()
        if case["valid"] and len(json.dumps(case["payload"])) < 2500 and "disputed" not in case
    ],
    ids=lambda payload: str(payload.get("type")),
)
def test_every_mistake_is_told_in_words_of_its_own(payload):
    told = set()
    for changed in _changed(payload):
        try:
            parse_message(changed)
        except InvalidMessageError as error:
            told.update(error.problems)
    assert told
    for problem in told:
        # What stands for an error of pydantic's that nobody thought of.
        assert problem.limit != "valid", problem
        assert "secret" not in str(problem)
        assert len(str(problem)) < 500
