"""Both opinions at the edge of every rule: what is just right, and what is just wrong."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_provider_chakra.sandbox.rules import judge
from tests.edges.interactive import INTERACTIVE
from tests.edges.plain import ENVELOPE, PLAIN
from tests.edges.template import TEMPLATES
from tests.edges.values import NO_ARRAY, NO_OBJECT
from tests.examples import EXAMPLES
from tests.messages.interactive import GONE, changed
from tests.messages.payloads import GROUP, PHONE, WAMID
from tests.test_second_opinion import opinion_of_the_models


def _cases() -> list[Any]:
    rows = [("text", path, edges) for path, edges in ENVELOPE.items()]
    rows += [
        (name, f"{EXAMPLES[name]['type']}.{path}", edges)
        for name, table in (PLAIN | INTERACTIVE | TEMPLATES).items()
        for path, edges in table.items()
    ]
    return [
        pytest.param(name, path, value, valid, id=f"{name}-{path}-{'right' if valid else 'wrong'}{number}")
        for name, path, (right, wrong) in rows
        for valid, values in ((True, right), (False, wrong))
        for number, value in enumerate(values)
    ]


@pytest.mark.parametrize(("name", "path", "value", "valid"), _cases())
def test_both_draw_the_line_in_the_same_place(name: str, path: str, value: Any, valid: bool) -> None:
    payload = EXAMPLES[name]
    try:
        payload = changed(payload, path, value)
    except KeyError:
        # What is not there is gone already.
        assert value is GONE
    assert (judge(payload) == []) is valid
    assert opinion_of_the_models(payload) is valid


FOR_GROUPS = ("text", "image", "video", "audio", "document", "sticker", "template", "pin")


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "receipt"])
def test_both_let_the_same_types_go_to_groups(name: str) -> None:
    payload = EXAMPLES[name] | {"to": GROUP, "recipient_type": "group"}
    valid = payload["type"] in FOR_GROUPS
    assert (judge(payload) == []) is valid
    assert opinion_of_the_models(payload) is valid
    person = EXAMPLES[name] | {"to": PHONE, "recipient_type": "individual"}
    assert (judge(person) == []) is (payload["type"] != "pin")
    assert opinion_of_the_models(person) is (payload["type"] != "pin")


RECEIPT = EXAMPLES["receipt"]


@pytest.mark.parametrize(
    ("payload", "valid"),
    [
        (changed(RECEIPT, "typing_indicator", GONE), True),
        (changed(RECEIPT, "typing_indicator", {}), False),
        (changed(RECEIPT, "typing_indicator.type", "audio"), False),
        (changed(RECEIPT, "typing_indicator", None), False),
        (changed(RECEIPT, "status", "delivered"), False),
        (changed(RECEIPT, "status", None), False),
        (changed(RECEIPT, "message_id", ""), False),
        (changed(RECEIPT, "message_id", GONE), False),
        (changed(RECEIPT, "message_id", 1), False),
        (changed(RECEIPT, "messaging_product", GONE), False),
        (changed(RECEIPT, "to", PHONE), False),
        (changed(RECEIPT, "type", "text"), False),
        (EXAMPLES["reaction"] | {"context": {"message_id": WAMID}}, False),
        (EXAMPLES["address"] | {"to": "+44 20 7946 0958"}, False),
        (EXAMPLES["address"] | {"to": "+91 98765 43210"}, True),
        (
            {name: value for name, value in EXAMPLES["address"].items() if name != "to"}
            | {"recipient": "IN.1"},
            True,
        ),
        (EXAMPLES["contacts"] | {"contacts": EXAMPLES["contacts"]["contacts"] * 257}, True),
        (EXAMPLES["contacts"] | {"contacts": EXAMPLES["contacts"]["contacts"] * 258}, False),
        (EXAMPLES["contacts"] | {"contacts": []}, False),
        *((EXAMPLES["text"] | {"text": value}, False) for value in NO_OBJECT),
        *((EXAMPLES["contacts"] | {"contacts": value}, False) for value in NO_ARRAY),
        ({}, False),
    ],
)
def test_both_agree_on_what_is_no_single_field(payload: dict[str, Any], valid: bool) -> None:
    assert (judge(payload) == []) is valid
    assert opinion_of_the_models(payload) is valid
