"""Templates."""

from __future__ import annotations

from tests.edges.values import (
    ANY_TEXT,
    NO_ARRAY,
    NO_NUMBER,
    NO_OBJECT,
    NO_TEXT,
    NOT_EMPTY,
    REQUIRED_TEXT,
    UNKNOWN,
    Edges,
    between_1_and,
    text,
)
from tests.examples import button, header, section
from tests.messages.interactive import GONE, LINK

TEMPLATES: dict[str, dict[str, Edges]] = {
    "template": {
        "name": (
            ["a", "order_update_2", "9", "a" * 512],
            ["A", "a-b", "a b", "é", "a\n", "a" * 513, *REQUIRED_TEXT],
        ),
        "language": ([{"code": "hi"}], [GONE, {}, *NO_OBJECT]),
        "language.code": NOT_EMPTY,
        "language.policy": ([GONE, "deterministic"], ["fallback", "", *NO_TEXT]),
        "language.locale": UNKNOWN,
        "namespace": UNKNOWN,
        "components": ([GONE, []], [["body"], [{}], *NO_ARRAY]),
        "components.0.type": ([], ["footer", "body", "HEAD", *REQUIRED_TEXT]),
        "components.0.parameters": (
            [GONE, []],
            [[{"type": "text", "text": "x"}] * 2, ["x"], [{"type": "date_time"}], *NO_ARRAY],
        ),
        "components.0.parameters.0.text": (
            ["x", "a    b", text(1024)],
            ["a\nb", "a\rb", "a\tb", "a     b", text(1025), *REQUIRED_TEXT],
        ),
        "components.0.parameters.0.type": ([], ["currency", "audio", *REQUIRED_TEXT]),
        "components.1.parameters": (
            [GONE, [], [{"type": "text", "text": "x"}]],
            [
                [{"type": "text", "text": "x", "parameter_name": "a"}, {"type": "text", "text": "x"}],
                [{"type": "text", "text": "x", "parameter_name": "a"}] * 2,
                [{"type": "image", "image": {"id": "1"}}],
                *NO_ARRAY,
            ],
        ),
        "components.1.parameters.0.parameter_name": (
            ["a", "a_b", "order_id_2", "1"],
            ["A", "a b", "a-b", "é", "", "price_1", GONE, *NO_TEXT],
        ),
        "components.1.parameters.1.currency.fallback_value": NOT_EMPTY,
        "components.1.parameters.1.currency.code": NOT_EMPTY,
        "components.1.parameters.1.currency.amount_1000": ([0, 1, -5], [GONE, *NO_NUMBER]),
        "components.1.parameters.1.currency": ([], [GONE, {}, *NO_OBJECT]),
        "components.1.parameters.2.date_time.fallback_value": NOT_EMPTY,
        "components.2.sub_type": ([], ["url", "phone_number", *REQUIRED_TEXT]),
        "components.2.index": (
            [0, "0", 9, "9"],
            [10, -1, "10", "", "00", "one", 1, "1", 1.0, GONE, None, True],
        ),
        "components.2.parameters": ([], [[], [{"type": "payload", "payload": "A"}] * 2, GONE, *NO_ARRAY]),
        "components.2.parameters.0.payload": between_1_and(256),
        "components.3.parameters.0.text": (["x", text(1000)], ["a\nb", "a\tb", *REQUIRED_TEXT]),
        "components.3.parameters": ([], [[], GONE, *NO_ARRAY]),
        "components.4.parameters.0.coupon_code": (
            ["A", "aZ09" * 5],
            ["A" * 21, "A 1", "A-1", "é", *REQUIRED_TEXT],
        ),
        "components.4.parameters": ([], [[], GONE, *NO_ARRAY]),
        "components.5.parameters": (
            [GONE, [], [{"type": "action", "action": {}}]],
            ["x", {}, [{"type": "text"}]],
        ),
        "components.5.parameters.0.action": ([{}], [GONE, *NO_OBJECT]),
        "components.5.parameters.0.action.flow_token": ANY_TEXT,
        "components.5.parameters.0.action.flow_action_data": ([GONE, {}, {"a": None}], NO_OBJECT),
        "components.6.parameters": ([GONE, [], [{"type": "action", "action": {}}]], ["x", {}]),
        "components.6.parameters.0.action.thumbnail_product_retailer_id": ([GONE, "sku"], ["", *NO_TEXT]),
        "components.7.parameters": ([], [[], GONE, *NO_ARRAY]),
        "components.7.parameters.0.action.thumbnail_product_retailer_id": ([GONE, "sku"], ["", *NO_TEXT]),
        "components.7.parameters.0.action.sections": (
            [
                [section(30)],
                [section(15, title="A"), section(15, title="A")],
                [section(3, title="é" * 24) for _ in range(10)],
            ],
            [
                [],
                [section(31)],
                [section(0)],
                [section(16, title="A"), section(15, title="B")],
                [section(1, title="A") for _ in range(11)],
                [section(1, title="A"), section(1)],
                [section(1, title="é" * 25)],
                *(GONE, *NO_ARRAY),
            ],
        ),
        "components.7.colour": UNKNOWN,
        "components.7.index": ([5, 6, 7, "8"], [0, "1", 2, "3", 4]),
    },
    "template body": {
        "components.0.parameters.0.text": ([text(1), text(32768)], [text(32769), "a\nb"]),
        "components": (
            [
                [header("text", text(1024)), {"type": "body"}],
                [{"type": "body", "parameters": []}],
                [button("url", "text", "x", n) for n in range(10)],
            ],
            [
                [{"type": "body"}] * 2,
                [{"type": "header"}] * 2,
                [button("url", "text", "x", 0), button("quick_reply", "payload", "x", "0")],
                [button("url", "text", "x", 1), button("url", "text", "y", 1)],
            ],
        ),
    },
    **{
        f"template {kind}": {
            f"components.0.parameters.0.{kind}": (
                [{"id": "1"}, {"link": LINK}],
                [GONE, {}, {"id": "1", "link": LINK}, {"id": "1", "caption": "x"}, {"link": "x"}, *NO_OBJECT],
            ),
            f"components.0.parameters.0.{kind}.filename": ANY_TEXT if kind == "document" else UNKNOWN,
        }
        for kind in ("image", "video", "gif", "document")
    },
    "template location": {
        "components.0.parameters.0.location.latitude": ([0, "90", -90], [91, "x", GONE, None]),
        "components.0.parameters.0.location.longitude": ([0, "180", -180], [181, "x", GONE, None]),
        "components.0.parameters.0.location.name": ANY_TEXT,
        "components.0.parameters.0.location.address": ANY_TEXT,
    },
    "template product": {
        "components.0.parameters.0.product.catalog_id": NOT_EMPTY,
        "components.0.parameters.0.product.product_retailer_id": NOT_EMPTY,
    },
    "template offer": {
        "components.0.parameters": ([], [[], GONE, *NO_ARRAY]),
        "components.0.parameters.0.limited_time_offer": ([], [GONE, {}, *NO_OBJECT]),
        "components.0.parameters.0.limited_time_offer.expiration_time_ms": (
            [1, 1790000000000],
            [0, -1, "1790000000000", GONE, *NO_NUMBER],
        ),
    },
    "template carousel": {
        "components.0.cards": (
            [[{"card_index": n, "components": []} for n in range(10)]],
            [
                [{"card_index": 0, "components": []}],
                [{"card_index": n, "components": []} for n in range(11)],
                [{"card_index": 0, "components": []}] * 2,
                [{"card_index": 0, "components": []}, {"card_index": 1}],
                *([], GONE, *NO_ARRAY),
            ],
        ),
        "components.0.cards.0.card_index": ([0, 9], [1, 10, -1, GONE, *NO_NUMBER]),
        "components.0.cards.0.components.1.parameters.0.text": (
            [text(1024)],
            [text(1025), "a\nb", *REQUIRED_TEXT],
        ),
        "components.0.cards.0.components.2.parameters.0.payload": between_1_and(256),
        "components.0.cards.0.components": (
            [[]],
            [
                [{"type": "carousel"}],
                [{"type": "body"}] * 2,
                [{"type": "limited_time_offer"}],
                GONE,
                *NO_ARRAY,
            ],
        ),
        "components.0.cards.0.header": UNKNOWN,
    },
}
