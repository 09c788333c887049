"""Templates."""

from __future__ import annotations

import pytest

from airflow_provider_chakra.messages import (
    Language,
    Location,
    LocationParameter,
    PayloadParameter,
    Template,
    TemplateBody,
    TemplateHeader,
    TemplateMessage,
    TemplateQuickReplyButton,
    TextParameter,
    parse_message,
)
from tests.messages.payloads import GROUP, LINK, PHONE, problems_of, taken, template, told, whole


def text(value="x", **fields):
    """Make a parameter of text."""
    return {"type": "text", "text": value} | fields


def header(*parameters):
    """Make a header."""
    return {"type": "header", "parameters": list(parameters)}


def body(*parameters):
    """Make a body."""
    return {"type": "body", "parameters": list(parameters)}


def button(sub_type, *parameters, index=0, **fields):
    """Make a button."""
    component = {"type": "button", "sub_type": sub_type, "index": index, "parameters": list(parameters)}
    return {name: value for name, value in (component | fields).items() if value is not ...}


def reply(payload="STOP", index=0):
    """Make a button that answers."""
    return button("quick_reply", {"type": "payload", "payload": payload}, index=index)


def action(**fields):
    """Make the parameter of a button that does something."""
    return {"type": "action", "action": fields}


def card(index, *components):
    """Make a card."""
    return {"card_index": index, "components": list(components)}


def carousel(*cards):
    """Make a carousel."""
    return {"type": "carousel", "cards": list(cards)}


def products(*counts, **fields):
    """Make the sections of a button with products, so many in each."""
    return [
        {"title": f"S{number}", "product_items": [{"product_retailer_id": f"sku-{n}"} for n in range(count)]}
        | fields
        for number, count in enumerate(counts)
    ]


def mpm(sections):
    """Make a button with products."""
    return button("mpm", action(thumbnail_product_retailer_id="sku", sections=sections))


def tap_target(*targets):
    """Make the place where a tap leads."""
    kind = "tap_target_configuration"
    return {"type": kind, "parameters": [{"type": kind, kind: list(targets)}]}


OFFER = {
    "type": "limited_time_offer",
    "parameters": [
        {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1790000000000}}
    ],
}
CURRENCY = {"fallback_value": "$10.99", "code": "USD", "amount_1000": 10990}
PRODUCT = {"catalog_id": "1", "product_retailer_id": "sku"}
PLACE = {"latitude": "12.97", "longitude": 0, "name": "Office", "address": "MG Road"}

RIGHT = {
    "without components": template(components=...),
    "empty components": template(),
    "policy": template(language={"code": "hi", "policy": "deterministic"}),
    "header text": template(header(text())),
    "header named": template(header(text(parameter_name="name_1"))),
    "header image": template(header({"type": "image", "image": {"link": LINK}})),
    "header video": template(header({"type": "video", "video": {"id": "1"}})),
    "header gif": template(header({"type": "gif", "gif": {"id": "1"}})),
    "header document": template(header({"type": "document", "document": {"id": "1", "filename": "a.pdf"}})),
    "header location": template(header({"type": "location", "location": PLACE})),
    "header product": template(header({"type": "product", "product": PRODUCT})),
    "header empty": template(header(), {"type": "body"}),
    "body positional": template(
        body(
            text("   a    b "),
            {"type": "currency", "currency": CURRENCY},
            {"type": "date_time", "date_time": {"fallback_value": "11 Sept"}},
        )
    ),
    "body named": template(
        body(text(parameter_name="a_1"), {"type": "currency", "currency": CURRENCY, "parameter_name": "b"})
    ),
    "buttons": template(*[reply(index=index) for index in range(10)]),
    "buttons by text": template(*[reply(index=str(index)) for index in range(10)]),
    "url": template(button("url", text("track/42"), index="1")),
    "copy_code": template(button("copy_code", {"type": "coupon_code", "coupon_code": "aZ09" * 5})),
    "flow": template(button("flow", action(flow_token="t", flow_action_data={"a": {"b": [1, "\n"]}}))),
    "flow bare": template(button("flow", action()), button("flow", action(flow_token=""), index=1)),
    "flow with null": template(button("flow", action(flow_action_data={"a": None, "b": [None]}))),
    "flow without parameters": template(button("flow", parameters=...), button("flow", index=1)),
    "catalog": template(button("catalog", action(thumbnail_product_retailer_id="sku"))),
    "catalog bare": template(button("catalog", action())),
    "catalog without parameters": template(button("catalog", parameters=...), button("catalog", index=1)),
    "mpm": template(mpm(products(15, 15))),
    "mpm of ten sections": template(mpm(products(*[3] * 10))),
    "mpm without a thumbnail": template(button("mpm", action(sections=products(1)))),
    "mpm without a title": template(mpm([{"product_items": [{"product_retailer_id": "sku"}]}])),
    "offer": template(body(text()), OFFER, button("copy_code", {"type": "coupon_code", "coupon_code": "A"})),
    "tap target": template(tap_target({"url": LINK, "title": "Offer"})),
    "carousel": template(
        body(text()),
        carousel(
            *[
                card(
                    index,
                    header({"type": "image", "image": {"id": "1"}}),
                    body(text()),
                    reply(),
                    button("url", text(), index=1),
                )
                for index in range(10)
            ]
        ),
    ),
    "carousel of products": template(
        carousel(*[card(index, header({"type": "product", "product": PRODUCT})) for index in (1, 0)])
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_template_is_sent_as_it_is(name):
    taken(RIGHT[name])


def test_a_template_goes_to_a_group_and_to_a_user_id():
    taken(template(body(text())) | {"to": GROUP, "recipient_type": "group"})
    assert parse_message(template() | {"to": "IN.134"}).payload()["recipient"] == "IN.134"
    assert parse_message(template()).kind == "template message"


NAME = "lower-case letters, digits and underscores"
ONE_LINE = "one line without tabs, and at most 4 blanks in a row"
WRONG = [
    (whole("template", "order_update"), "", "an object; given: a string"),
    (template(name=...), ".name", "required"),
    (template(name=""), ".name", "at least 1 character"),
    (template(name="Order"), ".name", NAME),
    (template(name="order-update"), ".name", NAME),
    (template(name="order update"), ".name", NAME),
    (template(name="order\n"), ".name", NAME),
    (template(name="\u00e9"), ".name", NAME),
    (template(name=7), ".name", "a string; given: a number"),
    (template(name="a" * 513), ".name", "at most 512 characters"),
    (template(language=...), ".language", "required"),
    (template(language="en_US"), ".language", "an object; given: a string"),
    (template(language={}), ".language.code", "required"),
    (template(language={"code": ""}), ".language.code", "at least 1 character"),
    (template(language={"code": None}), ".language.code", "must not be null"),
    (template(language={"code": "en", "policy": "fallback"}), ".language.policy", "must be 'deterministic'"),
    (template(language={"cod": "en", "code": "en"}), ".language.cod", "did you mean 'code'?"),
    (template(namespace="x"), ".namespace", "not a field that WhatsApp knows here"),
    (template(component=[]), ".component", "did you mean 'components'?"),
    (template(components={}), ".components", "an array; given: an object"),
    (template("body"), ".components[0]", "an object; given: a string"),
    (template({}), ".components[0].type", "must be 'header', 'body', 'button', "),
    (template({"type": "footer"}), ".components[0].type", "given: 'footer'; write it so"),
    (template({"type": "boddy"}), ".components[0].type", "given: 'boddy'; did you mean 'body'?"),
    (template({"type": 7}), ".components[0].type", "given: a number"),
    (template({"type": ["body"]}), ".components[0].type", "given: an array"),
    (template(body() | {"text": "x"}), ".components[0].text", "not a field that WhatsApp knows here"),
    (template(body() | {"paramters": []}), ".components[0].paramters", "did you mean 'parameters'?"),
    (template(body(), body()), ".components[1]", "one of each kind, except for buttons"),
    (template(header(), body(), header()), ".components[2]", "one of each kind, except for buttons"),
    (template(OFFER, OFFER), ".components[1]", "one of each kind, except for buttons"),
    (template(header(text(), text())), ".components[0].parameters", "at most 1 item; given: 2 items"),
    (
        template(header({"type": "currency", "currency": CURRENCY})),
        ".components[0].parameters[0].type",
        "must be 'text', 'image', 'video', 'gif', 'document', 'location' or 'product'; given: 'currency'",
    ),
    (template(header("x")), ".components[0].parameters[0]", "an object; given: a string"),
    (
        template(header({"type": "image", "image": {"id": "1", "caption": "x"}})),
        ".components[0].parameters[0].image.caption",
        "leave it out; known here: link, id",
    ),
    (
        template(header({"type": "video", "video": {"id": "1", "filename": "x"}})),
        ".components[0].parameters[0].video.filename",
        "not a field that WhatsApp knows here",
    ),
    (
        template(header({"type": "document", "document": {"id": "1", "filenam": "x"}})),
        ".components[0].parameters[0].document.filenam",
        "did you mean 'filename'?",
    ),
    (template(header({"type": "gif", "gif": {}})), ".components[0].parameters[0].gif.link", "neither"),
    (template(header({"type": "image"})), ".components[0].parameters[0].image", "required"),
    (
        template(header({"type": "location", "location": {"latitude": 91, "longitude": 0}})),
        ".components[0].parameters[0].location.latitude",
        "degrees between -90 and 90",
    ),
    (
        template(header({"type": "product", "product": {"catalog_id": "1"}})),
        ".components[0].parameters[0].product.product_retailer_id",
        "required",
    ),
    (template(body({"type": "text"})), ".components[0].parameters[0].text", "required"),
    (template(body(text(""))), ".components[0].parameters[0].text", "at least 1 character"),
    (template(body(text(7))), ".components[0].parameters[0].text", "a string; given: a number"),
    (template(body(text("a\nb"))), ".components[0].parameters[0].text", ONE_LINE),
    (template(body(text("a\r"))), ".components[0].parameters[0].text", ONE_LINE),
    (template(header(text("\tb"))), ".components[0].parameters[0].text", ONE_LINE),
    (template(body(text("a     b"))), ".components[0].parameters[0].text", "more than 4 blanks in a row"),
    (
        template(body({"type": "image", "image": {"id": "1"}})),
        ".components[0].parameters[0].type",
        "must be 'text', 'currency' or 'date_time'; given: 'image'",
    ),
    (
        template(body({"type": "currency", "currency": CURRENCY | {"code": ""}})),
        ".components[0].parameters[0].currency.code",
        "at least 1 character",
    ),
    (
        template(body({"type": "currency", "currency": CURRENCY | {"amount_1000": "10990"}})),
        ".components[0].parameters[0].currency.amount_1000",
        "a whole number; given: a string",
    ),
    (
        template(body({"type": "currency", "currency": CURRENCY | {"amount_1000": 1.5}})),
        ".components[0].parameters[0].currency.amount_1000",
        "a whole number; given: a number",
    ),
    (
        template(body({"type": "currency", "currency": {"code": "USD", "amount_1000": 1}})),
        ".components[0].parameters[0].currency.fallback_value",
        "required",
    ),
    (
        template(body({"type": "date_time", "date_time": {}})),
        ".components[0].parameters[0].date_time.fallback_value",
        "required",
    ),
    (
        template(body(text(parameter_name="Name"))),
        ".components[0].parameters[0].parameter_name",
        NAME,
    ),
    (
        template(body(text(parameter_name=""))),
        ".components[0].parameters[0].parameter_name",
        "at least 1 character",
    ),
    (
        template(body(text(parameter_name="a"), text())),
        ".components[0].parameters",
        "all with a parameter_name, or all without",
    ),
    (
        template(body(text(parameter_name="a"), text(parameter_name="b"), text(parameter_name="a"))),
        ".components[0].parameters[2].parameter_name",
        "given: the same as parameters[0].parameter_name",
    ),
    (template(button(...)), ".components[0].sub_type", "must be 'quick_reply', 'url'"),
    (template(button("urls")), ".components[0].sub_type", "did you mean 'url'?"),
    (template(button("phone_number")), ".components[0].sub_type", "given: 'phone_number'"),
    (template(reply(index=...)), ".components[0].index", "required"),
    *[
        (template(reply(index=index)), ".components[0].index", "a number from 0 to 9, or its digit as text")
        for index in (10, -1, "10", "-1", "", "a", "00", " 1", "\u0661", 1.0, True, [0])
    ],
    (
        template(reply(index=0), button("url", text(), index="0")),
        ".components[1].index",
        "unique among the buttons; given: the same as components[0].index",
    ),
    (template(button("url", parameters=...)), ".components[0].parameters", "required"),
    (template(button("url")), ".components[0].parameters", "at least 1 item"),
    (template(button("url", text(), text())), ".components[0].parameters", "at most 1 item"),
    (template(button("url", text(""))), ".components[0].parameters[0].text", "at least 1 character"),
    (template(button("url", text("a\nb"))), ".components[0].parameters[0].text", ONE_LINE),
    (template(button("url", {"text": "x"})), ".components[0].parameters[0].type", 'set it to "text"'),
    (
        template(button("quick_reply", {"type": "text", "payload": "x"})),
        ".components[0].parameters[0].type",
        "must be 'payload'; given: 'text'",
    ),
    (template(reply("")), ".components[0].parameters[0].payload", "at least 1 character"),
    (template(reply("x" * 257)), ".components[0].parameters[0].payload", "at most 256 characters"),
    *[
        (
            template(button("copy_code", {"type": "coupon_code", "coupon_code": code})),
            ".components[0].parameters[0].coupon_code",
            words,
        )
        for code, words in {
            "": "at least 1 character",
            "A" * 21: "at most 20 characters",
            "A 1": "letters and digits only",
            "A-1": "letters and digits only",
            "\u00e9": "letters and digits only",
        }.items()
    ],
    (template(button("mpm", parameters=...)), ".components[0].parameters", "required"),
    (template(button("copy_code")), ".components[0].parameters", "at least 1 item"),
    (
        template(button("flow", action(flow_token=7))),
        ".components[0].parameters[0].action.flow_token",
        "a string; given: a number",
    ),
    (
        template(button("flow", action(flow_action_data=[]))),
        ".components[0].parameters[0].action.flow_action_data",
        "an object; given: an array",
    ),
    (template(button("flow", {"type": "action"})), ".components[0].parameters[0].action", "required"),
    (template(button("flow", action(), action())), ".components[0].parameters", "at most 1 item"),
    (
        template(button("catalog", action(thumbnail_product_id="x"))),
        ".components[0].parameters[0].action.thumbnail_product_id",
        "did you mean 'thumbnail_product_retailer_id'?",
    ),
    (
        template(button("mpm", action(thumbnail_product_retailer_id="sku"))),
        ".components[0].parameters[0].action.sections",
        "required",
    ),
    (template(mpm([])), ".components[0].parameters[0].action.sections", "at least 1 item"),
    (template(mpm({})), ".components[0].parameters[0].action.sections", "an array; given: an object"),
    (template(mpm(products(*[1] * 11))), ".components[0].parameters[0].action.sections", "at most 10 items"),
    (
        template(mpm(products(16, 15))),
        ".components[0].parameters[0].action.sections",
        "at most 30 products in all sections together; given: 31 products",
    ),
    (
        template(mpm(products(0))),
        ".components[0].parameters[0].action.sections[0].product_items",
        "at least 1 item",
    ),
    (
        template(mpm(products(1, title="x" * 25))),
        ".components[0].parameters[0].action.sections[0].title",
        "at most 24 characters",
    ),
    (
        template(mpm([*products(1), {"product_items": [{"product_retailer_id": "1"}]}])),
        ".components[0].parameters[0].action.sections[1].title",
        "required where there are several sections",
    ),
    (
        template(OFFER | {"parameters": []}),
        ".components[0].parameters",
        "at least 1 item",
    ),
    *[
        (
            template(
                OFFER
                | {
                    "parameters": [
                        {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": when}}
                    ]
                }
            ),
            ".components[0].parameters[0].limited_time_offer.expiration_time_ms",
            words,
        )
        for when, words in ((0, "at least 1"), ("1790000000000", "a whole number; given: a string"))
    ],
    (
        template(tap_target({"url": LINK})),
        ".components[0].parameters[0].tap_target_configuration[0].title",
        "required",
    ),
    (template(carousel(card(0))), ".components[0].cards", "at least 2 items; given: 1 item"),
    (
        template(carousel(*[card(index % 10) for index in range(11)])),
        ".components[0].cards",
        "at most 10 items; given: 11 items",
    ),
    (
        template(carousel(card(3), card(3))),
        ".components[0].cards[1].card_index",
        "unique in the carousel; given: the same as cards[0].card_index",
    ),
    (template(carousel(card(0), card(10))), ".components[0].cards[1].card_index", "at most 9"),
    (template(carousel(card(0), card(-1))), ".components[0].cards[1].card_index", "at least 0"),
    (template(carousel(card(0), card("1"))), ".components[0].cards[1].card_index", "a whole number"),
    (template(carousel(card(0), {"card_index": 1})), ".components[0].cards[1].components", "required"),
    (
        template(carousel(card(0), card(1, carousel()))),
        ".components[0].cards[1].components[0].type",
        "must be 'header', 'body' or 'button'; given: 'carousel'",
    ),
    (
        template(carousel(card(0), card(1, body(), body()))),
        ".components[0].cards[1].components[1]",
        "one of each kind, except for buttons",
    ),
    (
        template(carousel(card(0), card(1, reply(), reply()))),
        ".components[0].cards[1].components[1].index",
        "unique among the buttons",
    ),
]


@pytest.mark.parametrize(("payload", "field", "words"), WRONG)
def test_what_is_wrong_with_a_template_is_told(payload, field, words):
    problems = problems_of(payload)
    # Eleven cards cannot all have a place of their own.
    assert next(iter(problems)) == f"template{field}"
    assert words in problems[f"template{field}"]
    assert len(problems) == 1 or "given: 11 items" in words


@pytest.mark.parametrize(
    ("components", "place", "most"),
    [
        (lambda value: [body(text(), text(value))], "components[0].parameters[1]", 32768),
        (lambda value: [body(text(value)), reply()], "components[0].parameters[0]", 1024),
        (lambda value: [header(), body(text(value))], "components[1].parameters[0]", 1024),
        (lambda value: [header(text(value))], "components[0].parameters[0]", 1024),
        (
            lambda value: [carousel(card(0), card(1, body(text(value))))],
            "components[0].cards[1].components[0].parameters[0]",
            1024,
        ),
    ],
)
def test_how_long_a_text_may_be_depends_on_what_the_template_has(components, place, most):
    taken(template(*components("é" * most)))
    told(
        template(*components("x" * (most + 1))),
        f"template.{place}.text",
        f"at most {most} characters; given: {most + 1} characters; shorten it by 1",
    )


def test_the_longest_name_is_taken():
    taken(template(name="a" * 512))


def test_all_broken_rules_of_a_template_are_told_at_once():
    payload = template(
        header({"type": "image", "image": {"caption": "the secret words"}}),
        body(text("the secret\nwords"), text("x" * 2000, parameter_name="X")),
        button("url", text("the secret\twords"), index=12),
        body(),
        name="Order",
        language={"code": 7},
    )
    problems = problems_of(payload)
    assert set(problems) == {
        "template.name",
        "template.language.code",
        "template.components[0].parameters[0].image.link",
        "template.components[0].parameters[0].image.caption",
        "template.components[1].parameters[0].text",
        "template.components[1].parameters[1].text",
        "template.components[1].parameters[1].parameter_name",
        "template.components[1].parameters",
        "template.components[2].index",
        "template.components[2].parameters[0].text",
        "template.components[3]",
    }
    assert "secret" not in str(problems)


def test_a_template_can_be_written_by_hand():
    message = TemplateMessage(
        to=PHONE,
        template=Template(
            name="visit",
            language=Language(code="en"),
            components=[
                TemplateHeader(parameters=[LocationParameter(location=Location(latitude=1, longitude=2))]),
                TemplateBody(parameters=[TextParameter(text="Asha")]),
                TemplateQuickReplyButton(index=0, parameters=[PayloadParameter(payload="STOP")]),
            ],
        ),
    )
    assert message.payload() == template(
        header({"type": "location", "location": {"latitude": 1, "longitude": 2}}),
        body(text("Asha")),
        reply(),
        name="visit",
        language={"code": "en"},
    )
    taken(message.payload())
    with pytest.raises(ValueError, match="unique among the buttons"):
        Template(
            name="visit",
            language=Language(code="en"),
            components=[
                TemplateQuickReplyButton(index=index, parameters=[PayloadParameter(payload="STOP")])
                for index in (0, "0")
            ],
        )
