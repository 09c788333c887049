"""Rows of ChakraHQ's listings, whose words nobody documents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from airflow_provider_chakra.events import Choice, Failure, Inbound, Status, read_row
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.messages import Text, TextMessage
from tests.events.samples import INBOUND, WAMID

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.client import Sandbox

SENT_AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
CHANGED_AT = datetime(2026, 11, 22, 10, 5, tzinfo=UTC)


def row(**fields: Any) -> dict[str, Any]:
    """Make a row of a chat; None takes a field away."""
    made = {
        "id": "c",
        "externalId": "wamid.x",
        "direction": "OUTBOUND",
        "timestamp": int(SENT_AT.timestamp() * 1000),
        "updatedAt": CHANGED_AT.isoformat(),
    }
    return {name: value for name, value in (made | fields).items() if value is not None}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"deliveryStatus": "SENT"}, ("SENT", SENT_AT, None)),
        ({"deliveryStatus": "SENT", "timestamp": None, "createdAt": 1795341600}, ("SENT", SENT_AT, None)),
        ({"deliveryStatus": "SENT", "timestamp": None}, ("SENT", None, None)),
        ({"deliveryStatus": "delivered", "direction": "outgoing"}, ("DELIVERED", CHANGED_AT, None)),
        ({"deliveryStatus": "READ", "direction": "Out"}, ("READ", CHANGED_AT, None)),
        ({"deliveryStatus": "READ", "updatedAt": None}, ("READ", None, None)),
        ({"deliveryStatus": "FAILED"}, ("FAILED", CHANGED_AT, None)),
        (
            {
                "deliveryStatus": "FAILED",
                "errorContext": {"message": "No", "providerPayload": {"code": 131026, "title": "No"}},
            },
            ("FAILED", CHANGED_AT, Failure(code=131026, title="No", message="No")),
        ),
        ({"deliveryStatus": "FAILED", "errorContext": "No"}, ("FAILED", CHANGED_AT, None)),
        ({"deliveryStatus": "QUEUED"}, None),
        ({"deliveryStatus": 7}, None),
        ({}, None),
        ({"deliveryStatus": "SENT", "externalId": None}, None),
        ({"deliveryStatus": "SENT", "direction": None}, None),
        ({"deliveryStatus": "SENT", "direction": "note"}, None),
        ({"deliveryStatus": "SENT", "direction": ["out"]}, None),
    ],
)
def test_what_was_sent(fields: dict[str, Any], expected: tuple[Any, ...] | None) -> None:
    if expected is not None:
        word, at, error = expected
        assert read_row(row(**fields)) == Status(wamid="wamid.x", status=word, at=at, error=error)
    else:
        assert read_row(row(**fields)) is None


BUTTON = {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}}
CHOICE = Choice(id="yes", title="Yes", kind="button")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"dataType": "text", "text": "Hi"}, {"type": "text", "text": "Hi"}),
        ({"dataType": "TEXT", "body": "Hi"}, {"type": "text", "text": "Hi"}),
        ({"dataType": "text", "body": {"body": "Hi"}}, {"type": "text", "text": "Hi"}),
        ({"dataType": "text", "body": {"text": {"body": "Hi"}}}, {"type": "text", "text": "Hi"}),
        ({"text": "Hi"}, {"type": "unknown", "text": "Hi"}),
        ({"dataType": "image", "caption": "A leak"}, {"type": "image", "text": "A leak"}),
        (
            {"dataType": "interactive", "body": BUTTON},
            {"type": "interactive", "choice": CHOICE, "text": "Yes"},
        ),
        ({"dataType": "interactive", "body": {"interactive": BUTTON}}, {"choice": CHOICE, "text": "Yes"}),
        (
            {"dataType": "interactive", "text": "Yes", "body": {"body": "Yes"}},
            {"choice": None, "text": "Yes"},
        ),
        ({"dataType": "contacts", "body": [{"name": {}}]}, {"type": "contacts", "text": None}),
        ({"dataType": ["text"]}, {"type": "unknown"}),
    ],
)
def test_what_a_customer_wrote(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    told = row(direction="INBOUND", deliveryStatus="READ", **fields)
    event = read_row(told)
    assert isinstance(event, Inbound)
    assert {name: getattr(event, name) for name in expected} == expected
    assert (event.wamid, event.at, event.payload, event.sender) == ("wamid.x", SENT_AT, told, None)


@pytest.mark.parametrize(("told", "expected"), INBOUND, ids=lambda case: case.get("type"))
def test_a_whole_message_in_a_row(told: dict[str, Any], expected: dict[str, Any]) -> None:
    event = read_row(row(direction="in", externalId=WAMID, dataType=told["type"].upper(), body=told))
    assert isinstance(event, Inbound)
    found = event.model_dump(mode="json", exclude_none=True)
    if told["type"] in told:
        assert {name: found[name] for name in expected} == expected
    assert event.wamid == WAMID


@pytest.mark.parametrize(
    ("attachments", "link", "filename"),
    [
        (
            [{"url": "https://example.org/a", "type": "document", "name": "a.pdf"}],
            "https://example.org/a",
            "a.pdf",
        ),
        (["x", {"url": "https://example.org/a"}], "https://example.org/a", None),
    ],
)
def test_an_attachment(attachments: Any, link: str, filename: str | None) -> None:
    event = read_row(row(direction="INBOUND", dataType="document", attachments=attachments))
    assert isinstance(event, Inbound)
    assert event.media is not None
    assert (event.media.link, event.media.filename) == (link, filename)


@pytest.mark.parametrize("attachments", [None, "x", [], [{}], [{"name": "a.pdf"}], {"url": "x"}])
def test_no_attachment(attachments: Any) -> None:
    event = read_row(row(direction="INBOUND", dataType="document", attachments=attachments))
    assert isinstance(event, Inbound)
    assert event.media is None


@pytest.mark.parametrize("nothing", [None, 7, "x", [], {}, row(direction="INBOUND", externalId=None)])
def test_no_row(nothing: Any) -> None:
    assert read_row(nothing) is None


def test_a_chat_of_the_sandbox(chakra_sandbox: Sandbox) -> None:
    hook = ChakraHook()
    sent = hook.send_message(TextMessage(to="919876543210", text=Text(body="Is Monday fine?"))).wamid
    chakra_sandbox.deliver(sent, "FAILED", error="(#131026) Message undeliverable")
    chakra_sandbox.receive("919876543210", "Yes")
    answer, question = map(read_row, hook.chats.recent("919876543210"))
    assert isinstance(answer, Inbound)
    assert (answer.type, answer.text) == ("text", "Yes")
    assert isinstance(question, Status)
    assert (question.wamid, question.status) == (sent, "FAILED")
    assert question.error is not None
    assert question.error.code == 131026
    assert question.at is not None
    assert answer.at is not None
    assert question.at <= answer.at
