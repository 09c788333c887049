"""What holds for every kind of interactive message, tried on all of their fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from airflow_provider_chakra.messages import parse_message
from tests.messages.interactive import (
    ALL,
    BODY,
    DOCUMENT_HEADER,
    FOOTER,
    GONE,
    IMAGE_HEADER,
    MINIMAL,
    TEXT_HEADER,
    VIDEO_HEADER,
    changed,
    problems_of,
    taken,
    whole,
)

# Fields of the examples in which anything may be.
_FREE = re.compile(
    r"flow_action_payload\.data\.|payment_settings\.0\.|sale_amount|expiration|tax\.description|payment$|payment\."
)
_NOT_ALLOWED = "not allowed for this kind of message; given: a value; leave it out"


def paths(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """List all that is in a value, with its path."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        place = f"{path}.{key}" if path else str(key)
        yield place, item
        yield from paths(item, place)


def shown_path(path: str) -> str:
    """Write a path as errors do."""
    return re.sub(r"\.(\d+)", r"[\1]", path)


def fields(examples: dict[str, dict[str, Any]]) -> list[Any]:
    """List each field of each example but the free ones."""
    return [
        pytest.param(interactive, path, value, id=f"{name}-{path}")
        for name, interactive in examples.items()
        for path, value in paths(interactive)
        if not _FREE.search(path)
    ]


@pytest.mark.parametrize("name", ALL)
def test_a_right_message_is_taken_and_stays_as_it_is(name):
    taken(ALL[name])
    assert parse_message(whole(ALL[name])).interactive.type == ALL[name]["type"]


@pytest.mark.parametrize(
    ("interactive", "path", "value"),
    [case for case in fields(MINIMAL) if not case.values[1].endswith((".0", ".1", "items.0.name"))],
)
def test_each_field_of_the_least_is_required(interactive, path, value):
    problems = problems_of(changed(interactive, path, GONE))
    assert list(problems) == [shown_path(path).replace("payment_type", "payment_settings")]


@pytest.mark.parametrize(("interactive", "path", "value"), fields(ALL))
def test_a_null_is_told(interactive, path, value):
    assert shown_path(path) in problems_of(changed(interactive, path, None))


@pytest.mark.parametrize(("interactive", "path", "value"), fields(ALL))
def test_a_value_of_another_type_is_told(interactive, path, value):
    for wrong in ([], 1, True, 1.5) if isinstance(value, str | dict) else ("1", {}, True, 1.5):
        problems = problems_of(changed(interactive, path, wrong))
        assert shown_path(path) in problems, problems
        assert "compare it with WhatsApp's documentation" not in problems[shown_path(path)]


@pytest.mark.parametrize(
    ("interactive", "path"),
    [
        pytest.param(interactive, path, id=f"{name}-{path or 'interactive'}")
        for name, interactive in ALL.items()
        for path, value in [("", interactive), *paths(interactive)]
        if isinstance(value, dict)
        and not _FREE.search(path)
        and not path.endswith("flow_action_payload.data")
        and not (interactive["type"].startswith("order_") and path.startswith("action.parameters"))
    ],
)
def test_an_unknown_field_is_told(interactive, path):
    place = f"{path}.colour".removeprefix(".")
    problems = problems_of(changed(interactive, place, "red"))
    assert list(problems) == [shown_path(place)]
    assert problems[shown_path(place)].startswith("not a field that WhatsApp knows here; given: a value; ")


@pytest.mark.parametrize("kind", MINIMAL)
def test_no_kind_goes_to_a_group(kind):
    problems = problems_of(MINIMAL[kind], recipient_type="group", to="Y2FwaV9ncm91cDoxMjM0NTY3ODkw")
    assert list(problems) == ["recipient_type"]


@pytest.mark.parametrize(
    "kind", ["product", "location_request_message", "carousel", "call_permission_request"]
)
@pytest.mark.parametrize("header", [TEXT_HEADER, IMAGE_HEADER, {"type": "text"}, "H"])
def test_a_header_where_there_is_none(kind, header):
    assert problems_of(MINIMAL[kind] | {"header": header}) == {"header": _NOT_ALLOWED}


@pytest.mark.parametrize("kind", ["location_request_message", "carousel", "call_permission_request"])
def test_a_footer_where_there_is_none(kind):
    assert problems_of(MINIMAL[kind] | {"footer": FOOTER}) == {"footer": _NOT_ALLOWED}


@pytest.mark.parametrize("kind", sorted(MINIMAL.keys() - {"product", "call_permission_request"}))
def test_a_body_is_required(kind):
    assert problems_of(changed(MINIMAL[kind], "body", GONE)) == {"body": "required; given: nothing; add it"}
    assert problems_of(MINIMAL[kind] | {"body": {"text": ""}}) == {
        "body.text": "at least 1 character; given: 0 characters; fill it in"
    }


@pytest.mark.parametrize("kind", MINIMAL)
def test_the_limit_of_a_body(kind):
    taken(MINIMAL[kind] | {"body": {"text": "é" * 1024}})
    assert problems_of(MINIMAL[kind] | {"body": {"text": "é" * 1025}}) == {
        "body.text": "at most 1024 characters; given: 1025 characters; shorten it by 1"
    }


@pytest.mark.parametrize(
    "kind", sorted(MINIMAL.keys() - {"location_request_message", "carousel", "call_permission_request"})
)
def test_the_limit_of_a_footer(kind):
    taken(MINIMAL[kind] | {"footer": {"text": "é" * 60}})
    taken(MINIMAL[kind] | {"footer": {"text": ""}})
    assert problems_of(MINIMAL[kind] | {"footer": {"text": "é" * 61}}) == {
        "footer.text": "at most 60 characters; given: 61 characters; shorten it by 1"
    }


_WITH_ANY_HEADER = [
    "button",
    "cta_url",
    "flow",
    "request_contact_info",
    "address_message",
    "catalog_message",
    "voice_call",
    "order_details",
    "order_status",
]


@pytest.mark.parametrize("kind", ["list", "product_list", *_WITH_ANY_HEADER])
def test_the_limits_of_a_header_of_text(kind):
    taken(MINIMAL[kind] | {"header": {"type": "text", "text": "é" * 60, "sub_text": "é" * 60}})
    assert problems_of(
        MINIMAL[kind] | {"header": {"type": "text", "text": "é" * 61, "sub_text": "é" * 61}}
    ) == {
        "header.text": "at most 60 characters; given: 61 characters; shorten it by 1",
        "header.sub_text": "at most 60 characters; given: 61 characters; shorten it by 1",
    }


@pytest.mark.parametrize("kind", _WITH_ANY_HEADER)
@pytest.mark.parametrize("header", [TEXT_HEADER, IMAGE_HEADER, VIDEO_HEADER, DOCUMENT_HEADER])
def test_a_header_of_any_kind(kind, header):
    taken(MINIMAL[kind] | {"header": header})


@pytest.mark.parametrize("kind", ["list", "product_list"])
@pytest.mark.parametrize("header", [IMAGE_HEADER, VIDEO_HEADER, DOCUMENT_HEADER])
def test_a_header_of_text_only(kind, header):
    given = header["type"]
    problems = problems_of(MINIMAL[kind] | {"header": header})
    assert problems["header.type"] == f"must be 'text'; given: '{given}'; write it so"
    assert problems.keys() == {"header.type", "header.text", f"header.{given}"}


_TYPES = "must be 'text', 'image', 'video' or 'document'"
_LINK_LIMIT = "an http or https URL that everyone can reach"


@pytest.mark.parametrize(
    ("header", "problems"),
    [
        ({"text": "H"}, {"header.type": f"{_TYPES}; given: nothing; write it so"}),
        ({"type": "sticker"}, {"header.type": f"{_TYPES}; given: 'sticker'; write it so"}),
        ({"type": "the secret words"}, {"header.type": f"{_TYPES}; given: a string; write it so"}),
        ({"type": ["text"]}, {"header.type": f"{_TYPES}; given: an array; write it so"}),
        ("H", {"header": "an object; given: a string; give a mapping with the fields of this part"}),
        ({"type": "image"}, {"header.image": "required; given: nothing; add it"}),
        (
            {"type": "image", "image": {"link": "https://example.com/a.png", "id": "1"}},
            {"header.image.link": "exactly one of link and id; given: both; keep one of them"},
        ),
        (
            {"type": "video", "video": {}},
            {
                "header.video.link": "exactly one of link and id; given: neither; "
                "give the file's public address as link"
            },
        ),
        (
            {"type": "image", "image": {"link": "https://example.com/a.png", "caption": "C"}},
            {
                "header.image.caption": "not a field that WhatsApp knows here; given: a value; "
                "leave it out; known here: link, id"
            },
        ),
        (
            {"type": "document", "document": {"id": "1", "file_name": "a.pdf"}},
            {
                "header.document.file_name": "not a field that WhatsApp knows here; given: a value; "
                "did you mean 'filename'?"
            },
        ),
        (
            {"type": "image", "image": {"id": "1"}, "text": "H"},
            {
                "header.text": "not a field that WhatsApp knows here; given: a value; "
                "leave it out; known here: type, image"
            },
        ),
        (
            {"type": "video", "video": {"link": "ftp://example.com/a.mp4"}},
            {
                "header.video.link": f"{_LINK_LIMIT}; given: the scheme 'ftp'; "
                "begin it with https://; what it leads to must lie on a public web server"
            },
        ),
    ],
)
def test_what_is_wrong_with_a_header_is_told_where_it_is(header, problems):
    assert problems_of(MINIMAL["button"] | {"header": header}) == problems


def test_all_broken_rules_are_told_at_once():
    assert problems_of(
        {
            "type": "button",
            "header": {"type": "image", "image": {"id": ""}, "text": "H"},
            "footer": {"text": "F" * 61},
            "action": {
                "buttons": [
                    {"type": "url", "reply": {"id": " a", "title": "T"}},
                    {"reply": {"id": "b", "title": "T"}},
                    {"type": "reply", "reply": {"id": "b", "title": "U" * 21}},
                ]
            },
        }
    ).keys() == {
        "header.image.id",
        "header.text",
        "footer.text",
        "body",
        "action.buttons[0].type",
        "action.buttons[0].reply.id",
        "action.buttons[1].type",
        "action.buttons[1].reply.title",
        "action.buttons[2].reply.id",
        "action.buttons[2].reply.title",
    }


def test_the_body_is_not_repeated_in_an_error():
    for secret in (
        {"header": "the secret words"},
        {"footer": ["the secret words"]},
        {"body": BODY | {"x": "secret"}},
    ):
        assert "secret" not in str(problems_of(MINIMAL["button"] | secret))
