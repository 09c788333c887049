"""Looking for a message in a chat, whose rows nobody documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from airflow_provider_chakra.api.chats import find_sent
from airflow_provider_chakra.exceptions import ChakraConfigError
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.messages import (
    Image,
    ImageMessage,
    Message,
    Row,
    Text,
    TextMessage,
    parse_message,
)

SINCE = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TEXT = TextMessage(to="919876543210", text=Text(body="Hello"))
NOW_MS = int((SINCE + timedelta(seconds=5)).timestamp() * 1000)


def row(**fields: Any) -> dict[str, Any]:
    """Make a row of a chat; None takes a field away."""
    made = {"externalId": "wamid.x", "direction": "OUTBOUND", "text": "Hello", "timestamp": NOW_MS} | fields
    return {name: value for name, value in made.items() if value is not None}


LISTED = parse_message(
    {
        "messaging_product": "whatsapp",
        "to": "919876543210",
        "type": "interactive",
        "interactive": {
            "type": "list",
            "body": {"text": "Choose"},
            "action": {"button": "Open", "sections": [{"rows": [Row(id="1", title="One")]}]},
        },
    }
)


CONTACTS = parse_message(
    {
        "messaging_product": "whatsapp",
        "to": "919876543210",
        "type": "contacts",
        "contacts": [{"name": {"formatted_name": "Asha", "first_name": "Asha"}}],
        "biz_opaque_callback_data": "run-7",
    }
)


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (TEXT, row()),
        (TEXT, row(text=None, body={"body": "Hello"})),
        (TEXT, row(direction="outgoing")),
        (TEXT, row(timestamp=NOW_MS // 1000)),
        (TEXT, row(timestamp=str(NOW_MS))),
        (TEXT, row(timestamp=None, createdAt="2026-11-22T10:00:05Z")),
        (TEXT, row(timestamp="soon", createdAt="2026-11-22T10:00:05")),
        (TEXT, row(timestamp=NOW_MS - 9_000)),
        (LISTED, row(text="Choose")),
        (CONTACTS, row(text=None, bizOpaqueCallbackData="run-7")),
        (
            ImageMessage(to="919876543210", image=Image(link="https://example.com/a.png")),
            row(text="", attachments=[{"url": "https://example.com/a.png"}]),
        ),
        (
            TextMessage(to="919876543210", text=Text(body="Hi"), biz_opaque_callback_data="run-7"),
            row(text="Hi", bizOpaqueCallbackData="run-7"),
        ),
    ],
)
def test_a_message_is_known_again(message: Message, found: dict[str, Any]) -> None:
    other = row(text="Something else", externalId="wamid.y")
    assert find_sent([other, found], message, SINCE) == "wamid.x"


@pytest.mark.parametrize(
    "other",
    [
        row(text="Hello!"),
        row(direction="INBOUND"),
        row(direction="incoming"),
        row(direction=None),
        row(deliveryStatus="FAILED"),
        row(text="Hello!", dataType="Hello"),
        row(timestamp=NOW_MS - 20_000),
        row(externalId=None),
        row(externalId=7),
        row(timestamp=NOW_MS - 60_000),
        row(timestamp=None),
        row(timestamp=True),
        row(timestamp=10**30),
        row(timestamp="soon"),
    ],
)
def test_another_message_is_not_taken_for_it(other: dict[str, Any]) -> None:
    assert find_sent([other], TEXT, SINCE) is None


def test_of_two_that_it_may_be_none_is_taken() -> None:
    assert find_sent([row(), row(externalId="wamid.y")], TEXT, SINCE) is None
    assert find_sent([row(), row()], TEXT, SINCE) == "wamid.x"


def test_callback_data_and_link_tell_equal_texts_apart() -> None:
    text = TextMessage(to="919876543210", text=Text(body="Hello"), biz_opaque_callback_data="mine")
    others = [row(externalId="wamid.y", bizOpaqueCallbackData="yours"), row(bizOpaqueCallbackData="mine")]
    assert find_sent(others, text, SINCE) == "wamid.x"
    image = ImageMessage(to="919876543210", image=Image(link="https://example.com/a.png", caption="Hello"))
    assert find_sent([row(attachments=[{"url": "https://example.com/b.png"}])], image, SINCE) is None
    assert find_sent([row(attachments=[{"url": "https://example.com/a.png"}])], image, SINCE) == "wamid.x"


def test_a_message_without_a_text_to_know_it_by_is_not_found() -> None:
    contacts = {"messaging_product": "whatsapp", "to": "919876543210", "type": "contacts"}
    contacts["contacts"] = [{"name": {"formatted_name": "Asha Rao", "first_name": "Asha"}}]
    assert find_sent([row()], parse_message(contacts), SINCE) is None


@pytest.mark.parametrize(
    ("listed", "found"),
    [({"bizOpaqueCallbackData": "mine"}, True), ({"bizOpaqueCallbackData": "other"}, False), ({}, False)],
)
def test_a_message_without_a_text_is_known_by_its_callback_data(listed, found):
    template = {"name": "order_update", "language": {"code": "en"}}
    payload = {
        "messaging_product": "whatsapp",
        "to": "919876543210",
        "type": "template",
        "template": template,
    }
    message = parse_message(payload | {"biz_opaque_callback_data": "mine"})
    assert (find_sent([row(**listed)], message, SINCE) is not None) is found


def test_a_chat_is_asked_for_by_the_number_only(chakra_sandbox, monkeypatch):
    monkeypatch.setattr("airflow_provider_chakra.hooks.chakra._LISTED_AFTER", (0,))
    hook = ChakraHook()
    hook.send_message(TEXT)
    image = ImageMessage(to="919876543210", image=Image(link="https://example.com/a.png"))
    sent = hook.send_message(image).wamid
    since = datetime.now(UTC)
    assert hook.find_sent(image, since) == sent
    assert chakra_sandbox.requests()[-1]["body"] == {
        "customerPhoneNumber": "919876543210",
        "limit": 50,
        "page": 1,
    }
    assert hook.find_sent(TextMessage(to="919876543210", text=Text(body="Not sent")), since) is None
    assert hook.find_sent(TextMessage(recipient="IN.134", text=Text(body="Hello")), since) is None
    chakra_sandbox.fault(status=200, body={"_data": "nonsense"})
    assert hook.find_sent(TEXT, since) is None


@pytest.mark.parametrize("written", ["+91 98765 43210", 919876543210])
def test_a_number_may_be_written_as_for_a_message(chakra_sandbox, written):
    hook = ChakraHook()
    chakra_sandbox.receive("919876543210", "Hi")
    assert len(hook.chats.recent(written)) == 1
    assert hook.chats.window_closes_at(written) is not None
    chakra_sandbox.add_template("hello", body="Hi")
    hook.templates.send_to_number(written, {"templateName": "hello", "language": "en_US"})
    assert chakra_sandbox.requests()[-1]["path"].endswith("/phoneNumber/919876543210/send-template-message")


def test_what_is_no_number_is_not_asked_for(chakra_sandbox):
    with pytest.raises(ChakraConfigError, match="phone_number is"):
        ChakraHook().chats.recent("09876543210")
    assert chakra_sandbox.requests() == []
