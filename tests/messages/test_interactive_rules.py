"""The limits and rules of each kind of interactive message, and the words in which they are told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.messages.interactive import (
    CTA,
    FULL,
    GONE,
    LINK,
    MINIMAL,
    TEXT_HEADER,
    amount,
    button,
    changed,
    flow,
    media_card,
    problems_of,
    product_card,
    products,
    quick_reply,
    row,
    taken,
)


def at(interactive: dict[str, Any], path: str, **changes: Any) -> Any:
    """Name a table's line after what is changed."""
    return pytest.param(interactive, path, *changes.values(), id=f"{interactive['type']}-{path}")


_NOT_ALLOWED = "not allowed for this kind of message; given: a value; leave it out"
_REPLY_CARDS = FULL["carousel-replies"]


@pytest.mark.parametrize(
    ("interactive", "path", "most"),
    [
        at(FULL["list"], "action.button", most=20),
        at(FULL["list"], "action.sections.0.title", most=24),
        at(FULL["list"], "action.sections.1.rows.0.id", most=200),
        at(FULL["list"], "action.sections.1.rows.0.title", most=24),
        at(FULL["list"], "action.sections.0.rows.0.description", most=72),
        at(MINIMAL["button"], "action.buttons.0.reply.id", most=256),
        at(MINIMAL["button"], "action.buttons.0.reply.title", most=20),
        at(MINIMAL["cta_url"], "action.parameters.display_text", most=20),
        at(MINIMAL["flow"], "action.parameters.flow_cta", most=30),
        at(FULL["product_list"], "action.sections.9.title", most=24),
        at(FULL["carousel-links"], "action.cards.0.action.parameters.display_text", most=20),
        at(FULL["carousel-links"], "action.cards.9.body", most=160),
        at(_REPLY_CARDS, "action.cards.1.action.buttons.1.quick_reply.title", most=20),
        at(FULL["voice_call"], "action.parameters.display_text", most=20),
        at(FULL["voice_call"], "action.parameters.payload", most=512),
    ],
)
def test_the_longest_text(interactive, path, most):
    if path.endswith("body"):
        interactive, path = changed(interactive, path, {"text": ""}), f"{path}.text"
    taken(changed(interactive, path, "é" * most))
    *_, words = problems_of(changed(interactive, path, "é" * (most + 1))).values()
    assert words == f"at most {most} characters; given: {most + 1} characters; shorten it by 1"


@pytest.mark.parametrize(
    ("interactive", "path"),
    [
        at(FULL["list"], "action.button"),
        at(FULL["list"], "action.sections.0.rows.0.id"),
        at(FULL["list"], "action.sections.0.rows.0.title"),
        at(MINIMAL["button"], "action.buttons.0.reply.id"),
        at(MINIMAL["button"], "action.buttons.0.reply.title"),
        at(MINIMAL["cta_url"], "action.parameters.display_text"),
        at(MINIMAL["cta_url"], "action.parameters.url"),
        at(MINIMAL["flow"], "action.parameters.flow_id"),
        at(MINIMAL["flow"], "action.parameters.flow_cta"),
        at(FULL["flow-by-name"], "action.parameters.flow_name"),
        at(FULL["flow-navigate"], "action.parameters.flow_action_payload.screen"),
        at(MINIMAL["product"], "action.catalog_id"),
        at(MINIMAL["product"], "action.product_retailer_id"),
        at(MINIMAL["product_list"], "action.catalog_id"),
        at(MINIMAL["product_list"], "action.sections.0.product_items.0.product_retailer_id"),
        at(FULL["catalog"], "action.parameters.thumbnail_product_retailer_id"),
        at(FULL["address"], "action.parameters.saved_addresses.0.id"),
        at(FULL["carousel-links"], "action.cards.0.body.text"),
        at(_REPLY_CARDS, "action.cards.0.action.buttons.0.quick_reply.id"),
        at(FULL["voice_call"], "action.parameters.display_text"),
        at(MINIMAL["order_details"], "action.parameters.reference_id"),
        at(MINIMAL["order_details"], "action.parameters.payment_type"),
        at(MINIMAL["order_status"], "action.parameters.reference_id"),
    ],
)
def test_what_must_not_be_empty(interactive, path):
    (words,) = problems_of(changed(interactive, path, "")).values()
    assert words == "at least 1 character; given: 0 characters; fill it in"


@pytest.mark.parametrize(
    ("kind", "path", "items", "fewest", "most"),
    [
        ("button", "action.buttons", button, 1, 3),
        ("carousel", "action.cards", media_card, 2, 10),
        ("carousel", "action.cards", product_card, 2, 10),
        ("product_list", "action.sections", lambda number: products(1, title=f"S{number}"), 1, 10),
        ("list", "action.sections.0.rows", row, 1, 10),
        ("product_list", "action.sections.0.product_items", lambda n: {"product_retailer_id": str(n)}, 1, 30),
    ],
)
def test_the_number_of_items(kind, path, items, fewest, most):
    for count in (fewest, most):
        taken(changed(MINIMAL[kind], path, [items(number) for number in range(count)]))
    for count in (fewest - 1, most + 1):
        problems = problems_of(changed(MINIMAL[kind], path, [items(number) for number in range(count)]))
        assert problems.keys() <= {
            path.replace(".0", "[0]"),
            "action.sections",
            f"action.cards[{most}].card_index",
        }


@pytest.mark.parametrize(
    ("interactive", "path", "lowest", "highest"),
    [
        at(FULL["voice_call"], "action.parameters.ttl_minutes", lowest=1, highest=43200),
        at(MINIMAL["carousel"], "action.cards.1.card_index", lowest=1, highest=9),
        at(FULL["carousel-products"], "action.cards.0.card_index", lowest=0, highest=9),
        at(MINIMAL["order_details"], "action.parameters.total_amount.value", lowest=0, highest=10**12),
        at(MINIMAL["order_details"], "action.parameters.total_amount.offset", lowest=1, highest=1000),
        at(FULL["order_details"], "action.parameters.order.items.0.quantity", lowest=1, highest=1000),
        at(FULL["order_details"], "action.parameters.order.tax.value", lowest=0, highest=1000),
    ],
)
def test_the_range_of_a_number(interactive, path, lowest, highest):
    for number in (lowest, highest):
        taken(changed(interactive, path, number))
    field = path.replace(".0", "[0]").replace(".1", "[1]")
    too_small = problems_of(changed(interactive, path, -1 if path.endswith("index") else lowest - 1))
    assert too_small[field].endswith("; given: a number that is too small; give one within the limit")
    if path.endswith(("ttl_minutes", "index")):
        assert problems_of(changed(interactive, path, highest + 1)) == {
            field: f"at most {highest}; given: a number that is too big; give one within the limit"
        }


@pytest.mark.parametrize(
    ("interactive", "path", "words"),
    [
        at(MINIMAL["flow"], "action.parameters.mode", words=["draft", "published"]),
        at(MINIMAL["flow"], "action.parameters.flow_action", words=["navigate", "data_exchange"]),
        at(MINIMAL["order_details"], "action.parameters.type", words=["digital-goods", "physical-goods"]),
        at(
            MINIMAL["order_status"],
            "action.parameters.order.status",
            words=["pending", "processing", "partially_shipped", "shipped", "completed", "canceled"],
        ),
    ],
)
def test_the_words_of_a_field(interactive, path, words):
    for word in words:
        taken(changed(interactive, path, word))
    for wrong in (words[0].upper(), "test", ""):
        assert problems_of(changed(interactive, path, wrong)).keys() == {path}


@pytest.mark.parametrize("kind", [kind for kind, it in MINIMAL.items() if "name" in it["action"]])
def test_the_name_of_an_action_is_its_own(kind):
    name = MINIMAL[kind]["action"]["name"]
    assert problems_of(changed(MINIMAL[kind], "action.name", "url")) == {
        "action.name": f"must be '{name}'; given: 'url'; write it so"
    }
    assert problems_of(changed(MINIMAL[kind], "action.name", GONE)) == {
        "action.name": f'required; given: nothing; set it to "{name}"'
    }


def test_what_a_default_is_for_a_constructor_is_required_of_a_payload():
    for kind in ("location_request_message", "call_permission_request", "catalog_message", "voice_call"):
        name = MINIMAL[kind]["action"]["name"]
        assert problems_of(changed(MINIMAL[kind], "action", GONE)) == {
            "action": f'required; given: nothing; set it to {{"name": "{name}"}}'
        }
    assert problems_of(changed(MINIMAL["address_message"], "action.parameters", GONE)) == {
        "action.parameters": 'required; given: nothing; set it to {"country": "IN"}'
    }


def test_ten_rows_in_all_sections_of_a_list():
    rows = [{"title": "A", "rows": [row(n) for n in range(9)]}, {"title": "B", "rows": [row(9)]}]
    taken(changed(MINIMAL["list"], "action.sections", rows))
    rows[1]["rows"] = [row(9), row(10)]
    assert problems_of(changed(MINIMAL["list"], "action.sections", rows)) == {
        "action.sections": "at most 10 rows in all sections together; given: 11 rows; "
        "leave out 1, or send a second list"
    }


def test_thirty_products_in_all_sections():
    sections = [products(15, title="A"), products(15, title="B")]
    taken(changed(MINIMAL["product_list"], "action.sections", sections))
    sections[1] = products(16, title="B")
    assert problems_of(changed(MINIMAL["product_list"], "action.sections", sections)) == {
        "action.sections": "at most 30 products in all sections together; given: 31 products; "
        "leave out 1, or send a second list"
    }


@pytest.mark.parametrize(
    ("kind", "section"),
    [
        ("list", lambda n, **title: {"rows": [row(n)]} | title),
        ("product_list", lambda n, **t: products(1, **t)),
    ],
)
def test_one_section_needs_no_title_and_several_do(kind, section):
    taken(changed(MINIMAL[kind], "action.sections", [section(0)]))
    taken(changed(MINIMAL[kind], "action.sections", [section(0, title="")]))
    words = "required where there are several sections; given: nothing; give the section a title"
    for title in ({}, {"title": ""}):
        sections = [section(0, **title), section(1, title="B")]
        assert problems_of(changed(MINIMAL[kind], "action.sections", sections)) == {
            "action.sections[0].title": words
        }
        assert problems_of(changed(MINIMAL[kind], "action.sections", sections[::-1])) == {
            "action.sections[1].title": words
        }


def test_the_ids_of_rows_are_unique_in_the_message():
    sections = [{"title": "A", "rows": [row(0), row(1)]}, {"title": "B", "rows": [row(0)]}]
    assert problems_of(changed(MINIMAL["list"], "action.sections", sections)) == {
        "action.sections[1].rows[0].id": "unique in the message; "
        "given: the same as sections[0].rows[0].id; give it an id of its own"
    }


def test_buttons_have_ids_and_titles_of_their_own():
    buttons = [button(0), button(1), button(0)]
    assert problems_of(changed(MINIMAL["button"], "action.buttons", buttons)) == {
        "action.buttons[2].reply.id": "unique in the message; "
        "given: the same as buttons[0].reply.id; give each button its own id",
        "action.buttons[2].reply.title": "unique in the message; "
        "given: the same as buttons[0].reply.title; give each button its own title",
    }


@pytest.mark.parametrize("blank", [" a", "a ", "a\n", "\ta", "   ", "\u00a0a"])
def test_the_id_of_a_button_has_no_blanks_at_its_ends(blank):
    taken(changed(MINIMAL["button"], "action.buttons.0.reply.id", "a b"))
    assert problems_of(changed(MINIMAL["button"], "action.buttons.0.reply.id", blank)) == {
        "action.buttons[0].reply.id": "no blanks at its ends; given: blanks at an end; take them off"
    }


@pytest.mark.parametrize(
    "url", ["example.com", "ftp://example.com/a", "https://", "https://exa mple.com", "tel:1"]
)
@pytest.mark.parametrize(
    ("kind", "path"), [("cta_url", "action"), ("carousel", "action.cards.1.action")], ids=["cta_url", "card"]
)
def test_the_url_of_a_button(kind, path, url):
    problems = problems_of(changed(MINIMAL[kind], f"{path}.parameters.url", url))
    assert list(problems) == [f"{path.replace('.1', '[1]')}.parameters.url"]


@pytest.mark.parametrize(
    ("fields", "given"),
    [({"flow_name": "n"}, "both; keep one of them"), ({"flow_id": GONE}, "neither; give the flow's id")],
)
def test_a_flow_has_either_an_id_or_a_name(fields, given):
    action = flow(**fields)
    action["parameters"] = {name: value for name, value in action["parameters"].items() if value is not GONE}
    assert problems_of(changed(MINIMAL["flow"], "action", action)) == {
        "action.parameters.flow_id": f"exactly one of flow_id and flow_name; given: {given}"
    }


@pytest.mark.parametrize("version", ["2", "4", 3])
def test_the_version_of_a_flow_message(version):
    assert problems_of(changed(MINIMAL["flow"], "action", flow(flow_message_version=version))).keys() == {
        "action.parameters.flow_message_version"
    }


@pytest.mark.parametrize(
    ("data", "given"), [({}, "an empty one"), ([1], "an array"), ("x", "a string"), (1, "a number")]
)
def test_what_a_flow_begins_with_is_an_object_that_is_not_empty(data, given):
    for payload in ({"data": {"a": {"b": [1, None]}, "c": None}}, {"screen": "S"}, {}):
        taken(changed(MINIMAL["flow"], "action", flow(flow_action_payload=payload)))
    assert problems_of(changed(MINIMAL["flow"], "action", flow(flow_action_payload={"data": data}))) == {
        "action.parameters.flow_action_payload.data": f"an object that is not empty; given: {given}; "
        "put something into it, or leave it out"
    }


@pytest.mark.parametrize("to", ["14155550123", "+44 20 7946 0958"])
def test_an_address_is_asked_for_in_india_only(to):
    assert problems_of(MINIMAL["address_message"], to=to) == {
        "to": "a phone number of India, beginning with 91; given: a number of another country; "
        "ask for the address in a text message"
    }
    assert problems_of(changed(MINIMAL["address_message"], "action.parameters.country", "SG")).keys() == {
        "action.parameters.country"
    }


@pytest.mark.parametrize("place", ["values", "saved_addresses.0.value"])
@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("560001", None),
        ("", None),
        ("5600011", "at most 6 characters; given: 7 characters; shorten it by 1"),
        ("56 001", None),
        (560001, "a string; given: a number; give it as text, in quotes"),
    ],
)
def test_the_pin_code_of_an_address(place, code, problem):
    interactive = changed(FULL["address"], f"action.parameters.{place}.in_pin_code", code)
    if problem is None:
        taken(interactive)
    else:
        assert problems_of(interactive) == {
            f"action.parameters.{place.replace('.0', '[0]')}.in_pin_code": problem
        }


def test_what_is_wrong_with_a_pin_code_may_be_told_at_length():
    taken(changed(FULL["address"], "action.parameters.validation_errors.in_pin_code", "not a code" * 10))


def cards(*given: Any) -> dict[str, Any]:
    """Make a carousel."""
    return changed(MINIMAL["carousel"], "action.cards", list(given))


@pytest.mark.parametrize(
    ("interactive", "problems"),
    [
        (
            cards(media_card(0), media_card(0)),
            {
                "action.cards[1].card_index": "unique in the message; given: the same as "
                "cards[0].card_index; number the cards from 0 on"
            },
        ),
        (
            cards(media_card(0), product_card(1)),
            {
                "action.cards[1].type": "the same on all cards; given: another type; "
                "send the other cards in a message of their own"
            },
        ),
        (
            cards(media_card(0), media_card(1, {"buttons": [quick_reply()]})),
            {
                "action.cards[1].action": "the same kind and number of buttons on all cards; "
                "given: other buttons than on the first card; give all cards the same buttons"
            },
        ),
        (
            cards(
                media_card(0, {"buttons": [quick_reply()]}),
                media_card(1, {"buttons": [quick_reply(1), quick_reply(2)]}),
            ),
            {
                "action.cards[1].action": "the same kind and number of buttons on all cards; "
                "given: other buttons than on the first card; give all cards the same buttons"
            },
        ),
        (
            cards(product_card(0), product_card(1), product_card(2, catalog="2")),
            {
                "action.cards[2].action.catalog_id": "one catalog for all cards; "
                "given: another catalog; send one message for each catalog"
            },
        ),
        (
            cards(product_card(0), product_card(1) | {"header": TEXT_HEADER, "body": {"text": "C"}}),
            {
                "action.cards[1].header": _NOT_ALLOWED,
                "action.cards[1].body": _NOT_ALLOWED,
            },
        ),
        (
            cards(media_card(0), media_card(1, header=TEXT_HEADER)),
            {"action.cards[1].header.type": "must be 'image' or 'video'; given: 'text'; write it so"},
        ),
        (
            cards(media_card(0), media_card(1, footer={"text": "F"})),
            {"action.cards[1].footer": _NOT_ALLOWED},
        ),
        (
            cards(media_card(0), media_card(1, body={"text": "a\nb\r\nc\n"})),
            {"action.cards[1].body.text": "at most 2 line breaks; given: 3 line breaks; take out 1"},
        ),
        (
            cards(media_card(0, {"buttons": []}), media_card(1, {"buttons": []})),
            {
                f"action.cards[{n}].action.buttons": "at least 1 item; given: 0 items; fill it in"
                for n in (0, 1)
            },
        ),
        (
            cards(media_card(0), media_card(1, CTA | {"buttons": [quick_reply()]})),
            {
                "action.cards[1].action": "the same kind and number of buttons on all cards; "
                "given: other buttons than on the first card; give all cards the same buttons"
            }
            | {
                f"action.cards[1].action.{name}": "not a field that WhatsApp knows here; given: a value; "
                "leave it out; known here: buttons"
                for name in ("name", "parameters")
            },
        ),
        (
            cards(media_card(0), "card"),
            {"action.cards[1]": "an object; given: a string; give a mapping with the fields of this part"},
        ),
        (
            cards(media_card(0), media_card(1, "open")),
            {
                "action.cards[1].action": "an object; given: a string; "
                "give a mapping with the fields of this part"
            },
        ),
    ],
)
def test_the_cards_of_a_carousel(interactive, problems):
    assert problems_of(interactive) == problems


def test_two_line_breaks_of_any_system_are_fine_on_a_card():
    taken(cards(media_card(0), media_card(1, body={"text": "a\r\nb\nc"})))


def test_a_file_of_a_card_may_be_uploaded_before():
    header = {"type": "video", "video": {"id": "1003383421387256"}}
    taken(cards(media_card(0), media_card(1, header=header)))


def test_replies_of_different_cards_may_be_alike():
    taken(cards(*(media_card(n, {"buttons": [quick_reply()]}) for n in range(2))))


@pytest.mark.parametrize("currency", ["inr", "RUPEE", "₹", "IN"])
def test_a_currency_is_told_by_its_code(currency):
    assert problems_of(changed(MINIMAL["order_details"], "action.parameters.currency", currency)) == {
        "action.parameters.currency": "a currency's code of three capital letters; given: another text; "
        "write it such as INR"
    }


def test_an_order_says_how_it_can_be_paid():
    assert problems_of(changed(MINIMAL["order_details"], "action.parameters.payment_type", GONE)) == {
        "action.parameters.payment_settings": "payment_settings or payment_type; given: neither; "
        "say how it can be paid"
    }


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("total_amount", {"value": 1}),
        ("total_amount", {"offset": 100}),
        ("total_amount", amount(1) | {"value": "1"}),
        ("order", {"status": "pending"}),
        ("order", {"items": [{}]}),
        ("order.items", []),
        ("order.items", [LINK]),
        ("order.subtotal", 10),
        ("payment_settings", ["upi"]),
        ("payment_settings", [{"type": None}]),
        ("order.note", None),
    ],
)
def test_what_is_surely_wrong_with_an_order(path, value):
    problems = problems_of(changed(FULL["order_details"], f"action.parameters.{path}", value))
    assert all(field.startswith(f"action.parameters.{path}") for field in problems)


def test_no_interactive_object_at_all():
    for content, given in [("list", "a string"), ([MINIMAL["list"]], "an array")]:
        problems = problems_of(content)
        assert list(problems) == ["interactive"]
        assert problems["interactive"].startswith(f"an object; given: {given}; ")
