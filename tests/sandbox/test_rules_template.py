"""Templates, at every limit and one over."""

from __future__ import annotations

from typing import Any

import pytest

from .samples import message, template, with_one_less, without, words

WHERE = "template['components']"


def header(*parameters: Any) -> dict[str, Any]:
    return {"type": "header", "parameters": list(parameters)}


def body(*parameters: Any) -> dict[str, Any]:
    return {"type": "body", "parameters": list(parameters)}


def text(content: Any = "Asha", **further: Any) -> dict[str, Any]:
    return {"type": "text", "text": content, **further}


def value(kind: str, content: Any) -> dict[str, Any]:
    return {"type": kind, kind: content}


def button(sub_type: Any, parameter: Any, index: Any = 0) -> dict[str, Any]:
    return {"type": "button", "sub_type": sub_type, "index": index, "parameters": [parameter]}


def payload_of(length: int, index: Any = 0) -> dict[str, Any]:
    return button("quick_reply", value("payload", "p" * length), index)


def coupon(code: Any) -> dict[str, Any]:
    return template(button("copy_code", value("coupon_code", code)))


def mpm(*sizes: int, **section: Any) -> dict[str, Any]:
    sections = [{"product_items": [{"product_retailer_id": "sku"}] * size} | section for size in sizes]
    return template(button("mpm", value("action", {"sections": sections})))


def card(index: Any, *components: Any) -> dict[str, Any]:
    return {"card_index": index, "components": list(components)}


def carousel(*cards: Any) -> dict[str, Any]:
    return {"type": "carousel", "cards": list(cards)}


CURRENCY = {"fallback_value": "₹10.99", "code": "INR", "amount_1000": 10990}
OFFER = {
    "type": "limited_time_offer",
    "parameters": [value("limited_time_offer", {"expiration_time_ms": 1790000000000})],
}

ACCEPTED = {
    "bare": message("template", {"name": "a", "language": {"code": "en_US"}}),
    "name of 512": template(name="a_9" + "x" * 509),
    "policy": template(language={"code": "en", "policy": "deterministic"}),
    "components without parameters": template({"type": "header"}, {"type": "body"}),
    "header text": template(header(text())),
    **{
        f"header {kind} by {key}": template(header(value(kind, {key: "https://example.com/a"})))
        for kind in ("image", "video", "document", "gif")
        for key in ("id", "link")
    },
    "header document with name": template(header(value("document", {"id": "1", "filename": "a.pdf"}))),
    "header location": template(header(value("location", {"latitude": 0, "longitude": "77.59"}))),
    "header product": template(header(value("product", {"catalog_id": "1", "product_retailer_id": "s"}))),
    "body": template(
        body(text(), value("currency", CURRENCY), value("date_time", {"fallback_value": "Now"}))
    ),
    "body by name": template(
        body(text(parameter_name="a_b"), value("currency", CURRENCY) | {"parameter_name": "price"})
    ),
    "4 blanks": template(body(text("a    b"))),
    "text of 1024 under a header": template(header(text()), body(text("😀" * 1024))),
    "text of 32768 alone": template(body(text("x" * 32768))),
    **{f"button {index!r}": template(payload_of(1, index)) for index in (0, 9, "0", "9")},
    "payload of 256": template(payload_of(256)),
    "link": template(button("url", text("track/42?x=1"))),
    "coupon of 20": coupon("aZ09" * 5),
    "flow": template(button("flow", value("action", {"flow_token": "t", "flow_action_data": {"a": None}}))),
    "flow without more": template(button("flow", value("action", {}))),
    **{
        f"{kind} without parameters": template(without(button(kind, None), "parameters"))
        for kind in ("flow", "catalog")
    },
    "all buttons": template(*map(payload_of, [1] * 10, range(10))),
    "names with digits": template(body(text(parameter_name="1"), text(parameter_name="a_2"))),
    "catalog": template(button("catalog", value("action", {"thumbnail_product_retailer_id": "sku"}))),
    "10 sections, 30 products": mpm(*[3] * 10, title="t" * 24),
    "limited-time offer": template(OFFER),
    "tap target": template({"type": "tap_target_configuration", "parameters": [{"any": 1}]}),
    "10 cards": template(carousel(*(card(i, header(text()), body(), payload_of(1)) for i in range(10)))),
}


@pytest.mark.parametrize("payload", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(payload: dict[str, Any]) -> None:
    assert words(payload) == []


MINIMAL = {
    "header": template(header(value("image", {"id": "1"}))),
    "document": template(header(value("document", {"id": "1"}))),
    "video": template(header(value("video", {"id": "1"}))),
    "location": template(header(value("location", {"latitude": 1, "longitude": 2}))),
    "product": template(header(value("product", {"catalog_id": "1", "product_retailer_id": "s"}))),
    "body": template(body(text(), value("currency", CURRENCY), value("date_time", {"fallback_value": "x"}))),
    "button": template(payload_of(1)),
    "link": template(button("url", text())),
    "coupon": coupon("A"),
    "mpm": mpm(1),
    "offer": template(
        {
            "type": "limited_time_offer",
            "parameters": [value("limited_time_offer", {"expiration_time_ms": 1})],
        }
    ),
    "cards": template(carousel(card(0), card(1))),
}


def test_nothing_else_may_be_left_out() -> None:
    kept = {"components", "components.0.parameters"}
    for name, payload in MINIMAL.items():
        assert words(payload) == []
        gone = {
            place
            for place, less in with_one_less(payload["template"])
            if words(message("template", less)) == []
        }
        parameters_too = name in ("header", "document", "video", "location", "product", "body")
        assert gone == (kept if parameters_too else {"components"}), name


FIRST = f"{WHERE}[0]['parameters'][0]"
NO_NAME = "(#100) Param template['name'] must be made of lower-case letters, digits and underscores."
ONE_LINE = "(#100) Param {}['text'] must not have line breaks, tabs or more than 4 blanks in a row."
SECTION_COUNT = "Invalid sections count. Min allowed sections: 1, Max allowed sections: 10"
CARD_COUNT = "Invalid cards count. Min allowed cards: 2, Max allowed cards: 10"
ONE_PARAMETER = "Invalid parameters count. Min allowed parameters: 1, Max allowed parameters: 1"


def required(where: str) -> list[str]:
    return [f"(#100) The parameter {where} is required."]


def param(where: str, said: str) -> list[str]:
    return [f"(#100) Param {where} {said}"]


REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no name": (
        message("template", {"language": {"code": "en"}}),
        required("template['name']"),
    ),
    **{f"name {name!r}": (template(name=name), [NO_NAME]) for name in ("Reminder", "a-b", "a b", "é", "a\n")},
    "name of 513": (
        template(name="a" * 513),
        param("template['name']", "must be at most 512 characters long."),
    ),
    "no language": (message("template", {"name": "a"}), required("template['language']")),
    "language is a string": (
        template(language="en"),
        param("template['language']", "must be a JSON object"),
    ),
    "no code": (template(language={"code": ""}), required("template['language']['code']")),
    "other policy": (
        template(language={"code": "en", "policy": "fallback"}),
        param("template['language']['policy']", 'must be one of {deterministic} - got "fallback".'),
    ),
    "components is null": (template(components=None), param(WHERE, "must be an array")),
    "unknown part": (
        template(namespace="n"),
        ['(#100) Unexpected key "namespace" on param "template".'],
    ),
    "footer": (
        template({"type": "footer"}),
        param(
            f"{WHERE}[0]['type']",
            "must be one of {header, body, button, limited_time_offer, tap_target_configuration, carousel} "
            '- got "footer".',
        ),
    ),
    "component without type": (template({}), required(f"{WHERE}[0]['type']")),
    "component is null": (template(None), param(f"{WHERE}[0]", "must be a JSON object")),
    "two headers in one": (
        template(header(text(), text())),
        ["Invalid parameters count. Min allowed parameters: 0, Max allowed parameters: 1"],
    ),
    "header with money": (
        template(header(value("currency", CURRENCY))),
        param(
            f"{FIRST}['type']",
            'must be one of {text, image, video, document, gif, location, product} - got "currency".',
        ),
    ),
    "header caption": (
        template(header(value("image", {"id": "1", "caption": "c"}))),
        [f'(#100) Unexpected key "caption" on param "{FIRST}[\'image\']".'],
    ),
    "header with both": (
        template(header(value("video", {"id": "1", "link": "https://example.com/a"}))),
        param(f"{FIRST}['video']", "must have exactly one of the keys id and link."),
    ),
    "header location without longitude": (
        template(header(value("location", {"latitude": 1}))),
        required(f"{FIRST}['location']['longitude']"),
    ),
    "header product without catalog": (
        template(header(value("product", {"product_retailer_id": "sku"}))),
        required(f"{FIRST}['product']['catalog_id']"),
    ),
    "body picture": (
        template(body(value("image", {"id": "1"}))),
        param(f"{FIRST}['type']", 'must be one of {text, currency, date_time} - got "image".'),
    ),
    "text without text": (template(body({"type": "text"})), required(f"{FIRST}['text']")),
    "empty text": (template(body(text(""))), required(f"{FIRST}['text']")),
    "number as text": (template(body(text(42))), param(f"{FIRST}['text']", "must be a string")),
    **{
        f"{kind} text {content!r}": (
            template({"type": kind, "parameters": [text(content)]}),
            [ONE_LINE.format(FIRST)],
        )
        for kind in ("header", "body")
        for content in ("a\nb", "a\rb", "a\tb", "a     b")
    },
    "text of 1025 under a header": (
        template(header(text()), body(text(), text("x" * 1025))),
        param(f"{WHERE}[1]['parameters'][1]['text']", "must be at most 1024 characters long."),
    ),
    "text of 32769 alone": (
        template(body(text("x" * 32769))),
        param(f"{FIRST}['text']", "must be at most 32768 characters long."),
    ),
    "header text of 1025": (
        template(header(text("x" * 1025))),
        param(f"{FIRST}['text']", "must be at most 1024 characters long."),
    ),
    "card text of 1025": (
        template(carousel(card(0, body(text("x" * 1025))), card(1))),
        param(
            f"{WHERE}[0]['cards'][0]['components'][0]['parameters'][0]['text']",
            "must be at most 1024 characters long.",
        ),
    ),
    **{
        f"parameter name {name!r}": (
            template(body(text(parameter_name=name))),
            param(
                f"{FIRST}['parameter_name']", "must be made of lower-case letters, digits and underscores."
            ),
        )
        for name in ("Name", "a b", "a-b", "é")
    },
    "a name twice": (
        template(body(text(parameter_name="a"), text("Rao", parameter_name="a"))),
        param(f"{WHERE}[0]['parameters']", "must not fill a more than once."),
    ),
    **{
        f"two of {kind['type']}": (
            template(kind, payload_of(1), kind),
            param(WHERE, f"must not have more than one {kind['type']}."),
        )
        for kind in (header(), body(), OFFER, carousel(card(0), card(1)))
    },
    "two bodies in a card": (
        template(carousel(card(0, body(), body()), card(1))),
        param(f"{WHERE}[0]['cards'][0]['components']", "must not have more than one body."),
    ),
    **{
        f"buttons {first!r} and {second!r}": (
            template(payload_of(1, first), button("url", text(), second)),
            param(WHERE, "must not have more than one button 3."),
        )
        for first, second in ((3, 3), ("3", "3"), (3, "3"))
    },
    "a button twice in a card": (
        template(carousel(card(0), card(1, payload_of(1), payload_of(1)))),
        param(f"{WHERE}[0]['cards'][1]['components']", "must not have more than one button 0."),
    ),
    "names for some": (
        template(body(text(parameter_name="a"), text())),
        param(f"{WHERE}[0]['parameters']", "must have a name for all parameters or for none."),
    ),
    **{
        f"money without {key}": (
            template(body(value("currency", without(CURRENCY, key)))),
            required(f"{FIRST}['currency']['{key}']"),
        )
        for key in CURRENCY
    },
    "money in parts": (
        template(body(value("currency", CURRENCY | {"amount_1000": 10.99}))),
        param(f"{FIRST}['currency']['amount_1000']", "must be an integer"),
    ),
    "date without words": (
        template(body(value("date_time", {}))),
        required(f"{FIRST}['date_time']['fallback_value']"),
    ),
    "button without sub_type": (
        template(without(payload_of(1), "sub_type")),
        required(f"{WHERE}[0]['sub_type']"),
    ),
    "button of another kind": (
        template(button("phone", text())),
        param(
            f"{WHERE}[0]['sub_type']",
            'must be one of {quick_reply, url, copy_code, flow, catalog, mpm} - got "phone".',
        ),
    ),
    "button without index": (template(without(payload_of(1), "index")), required(f"{WHERE}[0]['index']")),
    **{
        f"button {index!r}": (
            template(payload_of(1, index)),
            param(f"{WHERE}[0]['index']", "must be between 0 and 9."),
        )
        for index in (10, -1, "10", "-1")
    },
    **{
        f"button {index!r}": (
            template(payload_of(1, index)),
            param(f"{WHERE}[0]['index']", "must be an integer"),
        )
        for index in (1.0, True, None, "", "00", "one", "१")
    },
    "button without parameters": (
        template(without(payload_of(1), "parameters")),
        required(f"{WHERE}[0]['parameters']"),
    ),
    "button of nothing": (template(payload_of(1) | {"parameters": []}), [ONE_PARAMETER]),
    "button of two": (template(payload_of(1) | {"parameters": [value("payload", "p")] * 2}), [ONE_PARAMETER]),
    "payload of 257": (
        template(payload_of(257)),
        param(f"{FIRST}['payload']", "must be at most 256 characters long."),
    ),
    "payload for a link": (
        template(button("url", value("payload", "p"))),
        param(f"{FIRST}['type']", 'must be one of {text} - got "payload".'),
    ),
    "link in two lines": (template(button("url", text("a\nb"))), [ONE_LINE.format(FIRST)]),
    "link without suffix": (template(button("url", text(""))), required(f"{FIRST}['text']")),
    "coupon of 21": (
        coupon("a" * 21),
        param(f"{FIRST}['coupon_code']", "must be at most 20 characters long."),
    ),
    "coupon with a hyphen": (
        coupon("A-1"),
        param(f"{FIRST}['coupon_code']", "must be made of letters and digits."),
    ),
    "31 products": (mpm(16, 15, title="t"), ["Total product count exceed max allowed count: 30"]),
    "sections without titles": (
        mpm(1, 1),
        ["Section title is required if there is more than one section"],
    ),
    "11 sections": (mpm(*[1] * 11, title="t"), [SECTION_COUNT]),
    "section title of 25": (mpm(1, title="t" * 25), ["Section title is too long. Max length is 24"]),
    "offer without end": (
        template(
            {"type": "limited_time_offer", "parameters": [value("limited_time_offer", {})]},
        ),
        required(f"{FIRST}['limited_time_offer']['expiration_time_ms']"),
    ),
    "offer that never was": (
        template(
            {
                "type": "limited_time_offer",
                "parameters": [value("limited_time_offer", {"expiration_time_ms": 0})],
            }
        ),
        param(f"{FIRST}['limited_time_offer']['expiration_time_ms']", "must be between 1 and inf."),
    ),
    "offer with end as text": (
        template(
            {
                "type": "limited_time_offer",
                "parameters": [value("limited_time_offer", {"expiration_time_ms": "1790000000000"})],
            },
        ),
        param(f"{FIRST}['limited_time_offer']['expiration_time_ms']", "must be an integer"),
    ),
    "1 card": (template(carousel(card(0))), [CARD_COUNT]),
    "11 cards": (
        template(carousel(*map(card, range(11)))),
        [CARD_COUNT, f"(#100) Param {WHERE}[0]['cards'][10]['card_index'] must be between 0 and 9."],
    ),
    "same card twice": (template(carousel(card(0), card(0))), ["Card indices must be unique"]),
    "card without components": (
        template(carousel(card(0), {"card_index": 1})),
        required(f"{WHERE}[0]['cards'][1]['components']"),
    ),
    "cards in a card": (
        template(carousel(card(0), card(1, carousel(card(0), card(1))))),
        param(
            f"{WHERE}[0]['cards'][1]['components'][0]['type']",
            'must be one of {header, body, button} - got "carousel".',
        ),
    ),
}


@pytest.mark.parametrize(("payload", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(payload: dict[str, Any], said: list[str]) -> None:
    assert words(payload) == said
