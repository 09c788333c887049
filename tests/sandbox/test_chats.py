from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import pytest

from .calls import ASHA, BRUNO, ask, of_number, send
from .samples import image, listing, message, text

if TYPE_CHECKING:
    import requests

    from airflow_provider_chakra.sandbox.client import Sandbox

    from .conftest import Machine

pytestmark = pytest.mark.usefixtures("machine")

TEMPLATE = message("template", {"name": "hello", "language": {"code": "en"}})
DAY = 24 * 60 * 60


def test_both_sides_of_a_chat_are_listed_the_newest_first(
    sandbox: Sandbox, http: requests.Session, machine: Machine
) -> None:
    before = machine.now(UTC).timestamp() * 1000
    question = send(sandbox, http, text("Is 10:00 fine?", biz_opaque_callback_data="run-1"))
    sandbox.advance(3600)
    answer = sandbox.receive(ASHA, "Yes")
    sandbox.receive(BRUNO, "Hello")
    inbound, outbound = of_number(sandbox, http)
    assert (inbound["externalId"], outbound["externalId"]) == (answer, question)
    assert (inbound["direction"], outbound["direction"]) == ("INBOUND", "OUTBOUND")
    assert (inbound["text"], outbound["text"]) == ("Yes", "Is 10:00 fine?")
    assert (inbound["deliveryStatus"], outbound["deliveryStatus"]) == (None, "SENT")
    assert outbound["bizOpaqueCallbackData"] == "run-1"
    assert inbound["chat"] == outbound["chat"]
    assert inbound["timestamp"] >= before + 3600_000 > outbound["timestamp"] >= int(before)
    assert of_number(sandbox, http, "919999999999") == []


@pytest.mark.parametrize(
    ("payload", "kind", "words", "attachment"),
    [
        (image(link="https://example.com/a.jpg", caption="A"), "image", "A", "https://example.com/a.jpg"),
        (listing(), "interactive", "Pick a time", None),
        (TEMPLATE, "template", "", None),
    ],
)
def test_what_is_to_read_in_a_message(
    sandbox: Sandbox,
    http: requests.Session,
    payload: dict[str, Any],
    kind: str,
    words: str,
    attachment: str | None,
) -> None:
    send(sandbox, http, payload)
    (row,) = of_number(sandbox, http)
    assert (row["dataType"], row["text"]) == (kind, words)
    assert (row["attachments"] and row["attachments"][0]["url"]) == attachment


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"type": "button", "button": {"text": "Yes", "payload": "YES"}}, "Yes"),
        (
            {
                "type": "interactive",
                "interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "Ten"}},
            },
            "Ten",
        ),
        ({"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "✨"}}, "✨"),
        ({"type": "contacts", "contacts": [{}]}, ""),
    ],
)
def test_what_customers_send(
    sandbox: Sandbox, http: requests.Session, payload: dict[str, Any], words: str
) -> None:
    sandbox.receive(ASHA, payload=payload)
    (row,) = of_number(sandbox, http)
    assert (row["dataType"], row["text"]) == (payload["type"], words)


def test_a_picture_of_a_customer_can_be_fetched(sandbox: Sandbox, http: requests.Session) -> None:
    media_id = sandbox.add_media(b"\xff\xd8", "image/jpeg")
    sandbox.receive(ASHA, payload={"type": "image", "image": {"id": media_id, "caption": "Look"}})
    (row,) = of_number(sandbox, http)
    assert row["text"] == "Look"
    assert http.get(row["attachments"][0]["url"]).content == b"\xff\xd8"


@pytest.mark.parametrize("payload", [{}, {"type": []}, {"type": "text"}, {"text": {"body": "x"}}])
def test_what_is_no_message_is_not_received(sandbox: Sandbox, payload: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a message has a type"):
        sandbox.receive(ASHA, payload=payload)


def test_pages(sandbox: Sandbox, http: requests.Session) -> None:
    for number in range(12):
        send(sandbox, http, text(str(number)))
    assert [row["text"] for row in of_number(sandbox, http)] == [str(n) for n in range(11, 1, -1)]
    assert [row["text"] for row in of_number(sandbox, http, page=2)] == ["1", "0"]
    assert [row["text"] for row in of_number(sandbox, http, limit=5, page=3)] == ["1", "0"]
    assert len(of_number(sandbox, http, limit=1000)) == 12


def test_chats_are_listed_and_opened(sandbox: Sandbox, http: requests.Session) -> None:
    send(sandbox, http, text("To Asha"))
    sandbox.advance(1)
    sandbox.receive(BRUNO, "From Bruno")
    sandbox.advance(1)
    sandbox.receive(ASHA, "From Asha")
    asha, bruno = ask(sandbox, http, "chat")
    assert [chat["primaryContactHandle"]["value"] for chat in (asha, bruno)] == [ASHA, BRUNO]
    assert [chat["initiatedDirection"] for chat in (asha, bruno)] == ["OUTBOUND", "INBOUND"]
    assert asha["latestMessage"]["text"] == "From Asha"
    assert asha["latestMessage"]["timestamp"] == asha["latestMessageTs"] == asha["updatedAt"]
    assert asha["updatedAt"] - asha["createdAt"] >= 2000
    rows = ask(sandbox, http, f"chat/{asha['id']}/message", limit=1)
    assert [row["text"] for row in rows] == ["From Asha"]
    assert ask(sandbox, http, "chat", search="543211") == [bruno]
    assert ask(sandbox, http, "chat", orderField="createdAt") == [bruno, asha]
    assert ask(sandbox, http, "chat", orderDirection="asc") == [bruno, asha]
    assert ask(sandbox, http, "chat", limit=1, page=2) == [bruno]


@pytest.mark.parametrize(
    ("path", "question", "status"),
    [
        ("chat", {"limit": 101}, 400),
        ("chat", {"limit": True}, 400),
        ("chat", {"page": "1"}, 400),
        ("chat", {"orderField": "name"}, 400),
        ("chat", {"orderDirection": "up"}, 400),
        ("chat", {"search": 1}, 400),
        ("chat/{chat}/message", {"limit": 1001}, 400),
        ("chat/42/message", {}, 404),
    ],
)
def test_bad_questions(
    sandbox: Sandbox, http: requests.Session, path: str, question: dict[str, Any], status: int
) -> None:
    sandbox.receive(ASHA, "Hello")
    (chat,) = ask(sandbox, http, "chat")
    answer = http.post(f"{sandbox.url}/v1/ext/{path.format(chat=chat['id'])}", json=question)
    assert answer.status_code == status
    assert answer.json()["_data"] == []


def test_by_default_every_window_is_open(sandbox: Sandbox, http: requests.Session) -> None:
    send(sandbox, http, text())
    sandbox.advance(10)
    assert of_number(sandbox, http)[0]["deliveryStatus"] == "SENT"


def test_a_closed_window_refuses(sandbox: Sandbox, http: requests.Session) -> None:
    def refused(payload: dict[str, Any]) -> bool:
        answer = http.post(sandbox.messages_url, json=payload)
        if answer.status_code == 200:
            return False
        assert answer.status_code == 400
        assert answer.json() == {"_data": [], "_errors": ["(#131047) Re-engagement message"]}
        return True

    sandbox.windows("refuse")
    assert refused(text())
    assert refused(image())
    assert not refused(TEMPLATE)
    assert refused(text()), "a template opens no window"
    sandbox.receive(BRUNO, "Hello")
    assert refused(text()), "every customer has a window of his own"
    sandbox.receive(ASHA, "Hello")
    assert not refused(text())
    sandbox.advance(DAY - 60)
    assert not refused(text())
    sandbox.advance(61)
    assert refused(text()), "what the business sends keeps no window open"
    assert len(sandbox.messages()) == 3
    sandbox.receive(ASHA, "Again")
    assert not refused(text())
    sandbox.advance(2 * DAY)
    sandbox.reset()
    assert not refused(text())


def test_a_closed_window_shows_late(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.windows("late")
    sandbox.receive(BRUNO, "Hello")
    wamids = [send(sandbox, http, payload) for payload in (text(), TEMPLATE)]
    send(sandbox, http, text(to=BRUNO))
    sandbox.advance(2)
    sent, failed = of_number(sandbox, http)
    assert [failed["externalId"], sent["externalId"]] == wamids
    assert (sent["deliveryStatus"], failed["deliveryStatus"]) == ("SENT", "FAILED")
    assert failed["errorContext"] == {
        "message": "Re-engagement message",
        "providerPayload": {
            "code": 131047,
            "title": "Re-engagement message",
            "message": "Re-engagement message",
        },
    }
    assert failed["updatedAt"] == failed["createdAt"] + 1000
    assert of_number(sandbox, http, BRUNO)[0]["deliveryStatus"] == "SENT"


def test_a_late_failure_is_no_failure_at_first(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.windows("late")
    send(sandbox, http, text())
    (row,) = of_number(sandbox, http)
    assert (row["deliveryStatus"], "errorContext" in row) == ("SENT", False)
    assert row["updatedAt"] == row["createdAt"]


def test_messages_come_further(sandbox: Sandbox, http: requests.Session) -> None:
    wamid = send(sandbox, http, text())
    for status in ("DELIVERED", "READ"):
        sandbox.deliver(wamid, status)
        assert of_number(sandbox, http)[0]["deliveryStatus"] == status
    sandbox.deliver(wamid, "FAILED", error="(#131026) Message undeliverable")
    (row,) = of_number(sandbox, http)
    assert row["errorContext"]["providerPayload"]["code"] == 131026


def test_messages_that_cannot_come_further(sandbox: Sandbox) -> None:
    wamid = sandbox.receive(ASHA, "Hello")
    with pytest.raises(ValueError, match="No message"):
        sandbox.deliver(wamid)
    with pytest.raises(ValueError, match="has an error"):
        sandbox.deliver(wamid, "FAILED")
    with pytest.raises(ValueError, match="status"):
        sandbox.deliver(wamid, "LOST")
    with pytest.raises(ValueError, match="rule"):
        sandbox.windows("shut")


def test_receipts_are_remembered(sandbox: Sandbox, http: requests.Session) -> None:
    receipt = {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": sandbox.receive(ASHA, "Hello"),
    }
    for body in (receipt, receipt | {"typing_indicator": {"type": "text"}}):
        assert http.post(sandbox.messages_url, json=body).json() == {"_data": {"success": True}}
    first, second = sandbox.receipts()
    assert first["message_id"] == second["message_id"] == receipt["message_id"]
    assert (first["typing_indicator"], second["typing_indicator"]) == (False, True)
    sandbox.reset()
    assert sandbox.receipts() == []


def test_the_clock_moves_and_is_set_right(sandbox: Sandbox, http: requests.Session) -> None:
    send(sandbox, http, text())
    sandbox.advance(DAY)
    send(sandbox, http, text())
    today, tomorrow = (message["received_at"] for message in sandbox.messages())
    assert tomorrow > today[:10] + "T24"
    with pytest.raises(ValueError, match="greater than or equal"):
        sandbox.advance(-1)
    sandbox.reset()
    send(sandbox, http, text())
    assert sandbox.messages()[0]["received_at"] < tomorrow
