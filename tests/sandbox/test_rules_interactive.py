"""What holds for all interactive messages but lists, and reply buttons."""

from __future__ import annotations

from typing import Any

import pytest

from .interactive import (
    ACTION,
    ALL,
    BUTTON_TITLE,
    HEADER,
    IMAGE,
    LINK,
    TEXT,
    address,
    bare,
    carousel,
    goods,
    order_details,
    page,
    param,
    product,
    product_list,
    replies,
    required,
    unexpected,
)
from .samples import buttons, interactive, listing, message, rows, with_one_less, without, words

WITHOUT_HEADER = ("location_request_message", "product", "carousel", "call_permission_request")
WITHOUT_FOOTER = ("location_request_message", "carousel", "call_permission_request")
WITHOUT_BODY = ("product", "call_permission_request")
MINIMAL = {
    **ALL,
    **{kind: bare(ALL[kind], "body") for kind in WITHOUT_BODY},
    "product_list": product_list([without(goods(1)[0], "title")]),
    "order_details": order_details(
        order={"status": "pending", "items": [{}], "tax": {"value": 1, "offset": 100}}
    ),
    "list": listing(action={"sections": [{"rows": rows(1)}]}),
    "header": buttons(("a", "A"), header=IMAGE),
    "video header": buttons(("a", "A"), header={"type": "video", "video": {"id": "1"}}),
    "document header": buttons(("a", "A"), header={"type": "document", "document": {"id": "1"}}),
    "text header": buttons(("a", "A"), header=TEXT),
    "footer": buttons(("a", "A"), footer={"text": "f"}),
    "saved address": address(saved_addresses=[{"id": "1", "value": {}}]),
    "replies": carousel(replies(0), replies(1)),
    "card bodies": carousel(page(0, body={"text": "b"}), page(1, body={"text": "b"})),
    "products": carousel(product(0), product(1)),
}
ACCEPTED = {
    **MINIMAL,
    **{f"{kind} with body": ALL[kind] for kind in WITHOUT_BODY},
    "3 buttons": buttons(("a", "A"), ("b", "B"), ("A", "a")),
    "button id of 256": buttons(("i" * 256, "A")),
    "button title of 20": buttons(("a", "😀" * 20)),
    **{
        f"{kind} header by {key}": buttons(("a", "A"), header={"type": kind, kind: {key: LINK}})
        for kind in ("image", "video", "document")
        for key in ("id", "link")
    },
    "document header with name": buttons(
        ("a", "A"), header={"type": "document", "document": {"id": "1", "filename": "a.pdf"}}
    ),
}


@pytest.mark.parametrize("payload", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(payload: dict[str, Any]) -> None:
    assert words(payload) == []


MAY_GO = (
    "header: header",
    "video header: header",
    "document header: header",
    "text header: header",
    "footer: footer",
    "saved address: action.parameters.saved_addresses",
    "card bodies: action.cards.0.body",
    "card bodies: action.cards.1.body",
    "order_details: action.parameters.order.tax",
)
LESS = {
    f"{name}: {place}": message("interactive", less)
    for name, payload in MINIMAL.items()
    for place, less in with_one_less(payload["interactive"])
}


def test_nothing_else_may_be_left_out() -> None:
    assert {name for name, payload in LESS.items() if words(payload) == []} == set(MAY_GO)


BODY = "Body text length invalid. Min length: 1, Max length: 1024"
FOOTER = "Footer text length invalid. Min length: 0, Max length: 60"
BUTTON_COUNT = "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3"
BUTTON_ID = f"{ACTION}['buttons'][0]['reply']['id']"

REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    **{f"{kind} without action": (bare(ALL[kind], "action"), required(ACTION)) for kind in ALL},
    **{
        f"{kind} without body": (bare(ALL[kind], "body"), required("interactive['body']"))
        for kind in ALL
        if kind not in WITHOUT_BODY
    },
    **{
        f"{kind} body of 1025": (
            {**payload, "interactive": payload["interactive"] | {"body": {"text": "b" * 1025}}},
            [BODY],
        )
        for kind, payload in ALL.items()
    },
    **{
        f"{kind} footer of 61": (
            {**payload, "interactive": payload["interactive"] | {"footer": {"text": "f" * 61}}},
            unexpected("footer", "interactive") if kind in WITHOUT_FOOTER else [FOOTER],
        )
        for kind, payload in ALL.items()
    },
    **{
        f"{kind} with header": (
            {**ALL[kind], "interactive": ALL[kind]["interactive"] | {"header": TEXT}},
            unexpected("header", "interactive"),
        )
        for kind in WITHOUT_HEADER
    },
    **{
        f"{kind} with another name": (
            {**payload, "interactive": payload["interactive"] | {"action": action | {"name": "other"}}},
            param(f"{ACTION}['name']", f'must be one of {{{action["name"]}}} - got "other".'),
        )
        for kind, payload in ALL.items()
        if "name" in (action := payload["interactive"]["action"])
    },
    "header of another kind": (
        buttons(("a", "A"), header={"type": "audio", "audio": {"id": "1"}}),
        param(f"{HEADER}['type']", 'must be one of {text, image, video, document} - got "audio".'),
    ),
    "header of 61": (
        buttons(("a", "A"), header={"type": "text", "text": "h" * 61}),
        ["Header text length invalid. Min length: 1, Max length: 60"],
    ),
    "header of two kinds": (
        buttons(("a", "A"), header=IMAGE | {"video": {"id": "1"}}),
        unexpected("video", HEADER),
    ),
    "header without picture": (
        buttons(("a", "A"), header={"type": "image"}),
        required(f"{HEADER}['image']"),
    ),
    "header picture with neither": (
        buttons(("a", "A"), header={"type": "image", "image": {}}),
        param(f"{HEADER}['image']", "must have exactly one of the keys id and link."),
    ),
    "header picture with caption": (
        buttons(("a", "A"), header={"type": "image", "image": {"id": "1", "caption": "c"}}),
        unexpected("caption", f"{HEADER}['image']"),
    ),
    "no buttons": (buttons(), [BUTTON_COUNT]),
    "4 buttons": (buttons(*zip("abcd", "ABCD", strict=True)), [BUTTON_COUNT]),
    "button title of 21": (buttons(("a", "t" * 21)), [BUTTON_TITLE]),
    "button title empty": (buttons(("a", "")), [BUTTON_TITLE]),
    "button id of 257": (buttons(("i" * 257, "A")), ["Button id is too long. Max length is 256"]),
    "button id empty": (buttons(("", "A")), required(BUTTON_ID)),
    **{
        f"button id {key!r}": (buttons((key, "A")), param(BUTTON_ID, "must not begin or end with blanks."))
        for key in (" a", "a ", " ", "a\n")
    },
    "same button ids": (
        buttons(("a", "A"), ("a", "B")),
        ["Button ids must be unique. Duplicated id: a"],
    ),
    "same button titles": (
        buttons(("a", "A"), ("b", "A")),
        ["Button titles must be unique. Duplicated title: A"],
    ),
    "button of another type": (
        interactive("button", {"buttons": [{"type": "url", "reply": {"id": "a", "title": "A"}}]}),
        param(f"{ACTION}['buttons'][0]['type']", 'must be one of {reply} - got "url".'),
    ),
}


@pytest.mark.parametrize(("payload", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(payload: dict[str, Any], said: list[str]) -> None:
    assert words(payload) == said
