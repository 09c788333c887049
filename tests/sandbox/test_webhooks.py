"""Webhooks that the sandbox calls."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from airflow_provider_chakra.events import Inbound, Status, read_webhook
from airflow_provider_chakra.sandbox.defaults import WABA_ID
from airflow_provider_chakra.sandbox.server import SandboxServer
from airflow_provider_chakra.sandbox.webhooks import calls
from tests.meanwhile import wait_until
from tests.raw_server import free_port

from .calls import ASHA, BRUNO, of_number, send
from .receiver import Receiver, receiving, set_event
from .samples import GROUP, assert_ended, buttons, message, session_for, text, without

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from airflow_provider_chakra.sandbox.client import Sandbox

    from .conftest import Machine

USER = "IN.13491208655302741918"
UNHEALTHY = "(#131049) This message was not delivered"
METADATA = {"display_phone_number": "919876543200", "phone_number_id": "100000000000001"}


pytestmark = pytest.mark.usefixtures("machine")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def told(receiver: Receiver, number: int) -> list[dict[str, Any]]:
    """Give the bodies of so many calls."""
    return [json.loads(body) for body, _ in receiver.wait_for(number)]


def words(receiver: Receiver, number: int) -> list[str]:
    """Give the statuses that were told in so many calls."""
    return [body["payload"]["deliveryStatus"] for body in told(receiver, number)]


def passed_through(value: dict[str, Any]) -> dict[str, Any]:
    value = {"messaging_product": "whatsapp", "metadata": METADATA, **value}
    changes = [{"field": "messages", "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": WABA_ID, "changes": changes}]}


def test_every_event_comes_signed_in_each_dialect(
    sandbox: Sandbox, http: requests.Session, receiver: Receiver
) -> None:
    sandbox.receive(ASHA, "Before")
    sandbox.webhooks(receiver.url, "a secret", dialects=["chakra", "passthrough"])
    wamid = send(sandbox, http, text(biz_opaque_callback_data="run-1"))
    answer = sandbox.receive(ASHA, "Yes")
    sandbox.deliver(wamid, "FAILED", error=UNHEALTHY)
    bodies = told(receiver, 6)
    for raw, headers in receiver.calls:
        right = hmac.new(b"a secret", raw, hashlib.sha256).hexdigest()
        assert headers["x-chakra-signature-256"] == right
        assert headers["content-type"] == "application/json"
    inbound, sent = of_number(sandbox, http)[:2]
    at, failed_at = sent["timestamp"], sent["updatedAt"]
    title = "This message was not delivered"
    known = {"wabaId": WABA_ID, "externalId": wamid, "id": sent["id"], "recipientId": ASHA}
    assert bodies[0] == {
        "event": "status",
        "payload": known | {"deliveryStatus": "SENT", "timestamp": at},
    }
    status = {
        "id": wamid,
        "status": "sent",
        "timestamp": str(at // 1000),
        "recipient_id": ASHA,
        "biz_opaque_callback_data": "run-1",
    }
    pricing = {
        "billable": False,
        "pricing_model": "PMP",
        "type": "free_customer_service",
        "category": "service",
    }
    assert bodies[1] == passed_through({"statuses": [status | {"pricing": pricing}]})
    said = {"from": ASHA, "id": answer, "type": "text", "text": {"body": "Yes"}}
    contacts = [{"profile": {"name": "Sandbox customer"}, "wa_id": ASHA}]
    assert bodies[2] == {
        "event": "message",
        "payload": {
            "wabaId": WABA_ID,
            "externalId": answer,
            "messageId": inbound["id"],
            "timestamp": inbound["timestamp"],
            "message": said,
            "contacts": contacts,
        },
    }
    stamp = str(inbound["timestamp"] // 1000)
    assert bodies[3] == passed_through({"contacts": contacts, "messages": [said | {"timestamp": stamp}]})
    error = {"code": 131049, "title": title, "message": title}
    failure = {"message": title, "providerPayload": error}
    assert bodies[4] == {
        "event": "status",
        "payload": known | {"deliveryStatus": "FAILED", "timestamp": failed_at, "errorContext": failure},
    }
    failed = status | {"status": "failed", "timestamp": str(failed_at // 1000)}
    assert bodies[5] == passed_through(
        {"statuses": [failed | {"errors": [error | {"error_data": {"details": title}}]}]}
    )


@pytest.mark.parametrize("dialect", ["chakra", "passthrough"])
def test_who_reads_webhooks_reads_these(
    sandbox: Sandbox, http: requests.Session, receiver: Receiver, dialect: str
) -> None:
    sandbox.webhooks(receiver.url, dialects=[dialect])
    question = send(sandbox, http, buttons(("yes", "Yes")))
    answer = sandbox.choose(ASHA, question, "yes")
    sandbox.deliver(question, "READ")
    picture = sandbox.add_media(b"\xff\xd8", "image/jpeg")
    payload = {"type": "image", "image": {"id": picture, "caption": "Look"}}
    sandbox.receive(ASHA, payload=payload)
    sent, chosen, read, shown = (event for body in told(receiver, 4) for event in read_webhook(body))
    assert isinstance(sent, Status)
    assert isinstance(read, Status)
    assert (sent.wamid, sent.status, sent.recipient) == (question, "SENT", ASHA)
    assert (read.wamid, read.status) == (question, "READ")
    assert isinstance(chosen, Inbound)
    assert chosen.choice is not None
    assert (chosen.wamid, chosen.sender, chosen.reply_to) == (answer, ASHA, question)
    assert (chosen.choice.id, chosen.choice.title, chosen.choice.kind) == ("yes", "Yes", "button")
    assert isinstance(shown, Inbound)
    assert shown.media is not None
    assert (shown.media.id, shown.media.mime_type, shown.text) == (picture, "image/jpeg", "Look")
    assert http.get(str(shown.media.link)).content == b"\xff\xd8"
    assert chosen.at is not None
    context = {"from": METADATA["display_phone_number"], "id": question}
    assert f'"context": {json.dumps(context)}' in receiver.calls[1][0].decode()


@pytest.mark.parametrize("dialect", ["chakra", "passthrough"])
def test_who_hides_the_number_is_known_by_a_user_id(
    sandbox: Sandbox, http: requests.Session, receiver: Receiver, dialect: str
) -> None:
    sandbox.webhooks(receiver.url, dialects=[dialect])
    send(sandbox, http, without(text(), "to") | {"recipient": USER})
    sandbox.receive(USER, "Hello")
    sent, said = (event for body in told(receiver, 2) for event in read_webhook(body))
    assert isinstance(sent, Status)
    assert isinstance(said, Inbound)
    assert (sent.recipient, said.sender, said.user_id) == (None, None, USER)
    assert '"from_user_id"' in str(receiver.calls)
    assert '"wa_id"' not in str(receiver.calls)
    assert "recipient_id" not in str(receiver.calls)
    assert "recipientId" not in str(receiver.calls)


def test_a_group_and_the_price_of_a_template(
    sandbox: Sandbox, http: requests.Session, receiver: Receiver
) -> None:
    sandbox.webhooks(receiver.url, dialects=["passthrough"])
    send(sandbox, http, text(to=GROUP, recipient_type="group"))
    template = message("template", {"name": "hello", "language": {"code": "en"}})
    wamid = send(sandbox, http, template)
    receiver.wait_for(2)
    sandbox.add_template("hello", language="en", body="Hello", category="MARKETING")
    send(sandbox, http, template)
    for status in ("DELIVERED", "READ"):
        sandbox.deliver(wamid, status)
    statuses = [body["entry"][0]["changes"][0]["value"]["statuses"][0] for body in told(receiver, 5)]
    of_group = [status for status in statuses if status["recipient_id"] == GROUP]
    assert [status["recipient_type"] for status in of_group] == ["group"]
    rest = [status for status in statuses if status["recipient_id"] != GROUP]
    assert [status["status"] for status in rest] == ["sent", "sent", "delivered", "read"]
    assert ["pricing" in status for status in rest] == [True, True, True, False]
    assert "recipient_type" not in rest[0]
    price = {"billable": True, "pricing_model": "PMP", "type": "regular"}
    assert rest[0]["pricing"] == price | {"category": "utility"}
    assert rest[1]["pricing"] == price | {"category": "marketing"}


def test_what_comes_by_the_clock_is_told(
    sandbox: Sandbox, http: requests.Session, receiver: Receiver
) -> None:
    sandbox.pace(60, 120)
    before = send(sandbox, http, text())
    sandbox.advance(90)
    sandbox.webhooks(receiver.url)
    after = send(sandbox, http, text(to=BRUNO))
    assert words(receiver, 1) == ["SENT"]
    sandbox.advance(60)
    bodies = told(receiver, 3)
    assert {(body["payload"]["externalId"], body["payload"]["deliveryStatus"]) for body in bodies} == {
        (after, "SENT"),
        (before, "READ"),
        (after, "DELIVERED"),
    }
    sandbox.deliver(before, "DELIVERED")
    sandbox.advance(600)
    assert [body["payload"]["externalId"] for body in told(receiver, 5)].count(before) == 2


def test_what_comes_in_real_time_is_told_in_its_order(
    sandbox: Sandbox, http: requests.Session, receiver: Receiver, machine: Machine
) -> None:
    receiver.delay = 0.05
    sandbox.webhooks(receiver.url)
    sandbox.pace(0, 1000)
    for _ in range(3):
        send(sandbox, http, text())
    machine.run(1001)
    assert words(receiver, 9) == ["SENT", "DELIVERED"] * 3 + ["READ"] * 3


def test_a_jump_of_the_clock_keeps_the_order(
    sandbox: Sandbox, http: requests.Session, receiver: Receiver
) -> None:
    sandbox.webhooks(receiver.url)
    sandbox.pace(10, 30)
    first = send(sandbox, http, text())
    sandbox.advance(1)
    second = send(sandbox, http, text())
    receiver.wait_for(2)
    sandbox.advance(100)
    told_of = [
        (body["payload"]["externalId"], body["payload"]["deliveryStatus"]) for body in told(receiver, 6)
    ]
    assert told_of[2:] == [(first, "DELIVERED"), (second, "DELIVERED"), (first, "READ"), (second, "READ")]


def test_who_is_back_is_told_of_once(sandbox: Sandbox, http: requests.Session, receiver: Receiver) -> None:
    sandbox.webhooks(receiver.url)
    sandbox.pace(0, 0)
    sandbox.receive(ASHA, "I am off")
    sandbox.contact(ASHA, reach="offline")
    send(sandbox, http, text())
    receiver.wait_for(2)
    for reach in ("online", "offline", "online"):
        sandbox.contact(ASHA, reach=reach)
    sandbox.pace(0, 0)
    bodies = told(receiver, 4)[1:]
    assert [body["payload"]["deliveryStatus"] for body in bodies] == ["SENT", "DELIVERED", "READ"]


def test_what_is_refused_is_tried_again(sandbox: Sandbox, http: requests.Session, receiver: Receiver) -> None:
    receiver.answers = [503, 302]
    sandbox.webhooks(receiver.url)
    send(sandbox, http, text())
    receiver.wait_for(3)
    assert len({body for body, _ in receiver.calls}) == 1
    first, second, third = receiver.times
    assert second - first >= 0.2
    assert third - second >= 0.4
    wait_until(lambda: sandbox.webhook_calls()[0]["status"] == 200)
    (call,) = sandbox.webhook_calls()
    assert call == {
        "url": receiver.url,
        "dialect": "chakra",
        "status": 200,
        "tries": 3,
        "body": json.loads(receiver.calls[0][0]),
    }


@pytest.mark.parametrize(("retries", "tries"), [(0, 1), (1, 2)])
def test_in_the_end_it_gives_up(
    sandbox: Sandbox, http: requests.Session, receiver: Receiver, retries: int, tries: int
) -> None:
    receiver.answers = [500] * tries
    sandbox.webhooks(receiver.url, retries=retries)
    send(sandbox, http, text())
    sandbox.receive(ASHA, "Hello")
    receiver.wait_for(tries + 1)
    wait_until(lambda: sandbox.webhook_calls()[-1]["status"])
    first, second = sandbox.webhook_calls()
    assert (first["status"], first["tries"]) == (500, tries)
    assert (second["status"], second["body"]["event"]) == (200, "message")


def test_nobody_is_there(sandbox: Sandbox) -> None:
    sandbox.webhooks(f"http://127.0.0.1:{free_port()}/", retries=1)
    sandbox.receive(ASHA, "Hello")
    wait_until(lambda: [call["tries"] for call in sandbox.webhook_calls()] == [2])
    assert sandbox.webhook_calls()[0]["status"] is None


def test_one_chat_does_not_wait_for_another(
    sandbox: Sandbox, http: requests.Session, receiver: Receiver
) -> None:
    receiver.may_answer = to_the_first = threading.Event()
    sandbox.webhooks(receiver.url)
    sandbox.receive(ASHA, "Hello")
    wait_until(lambda: receiver.calls)
    receiver.may_answer = set_event()
    sandbox.receive(ASHA, "Hello?")
    sandbox.receive(BRUNO, "Hello")
    wait_until(lambda: [call["status"] for call in sandbox.webhook_calls()] == [None, 200])
    to_the_first.set()
    wait_until(lambda: [call["status"] for call in sandbox.webhook_calls()] == [200, 200, 200])
    senders = [call["body"]["payload"]["message"]["from"] for call in sandbox.webhook_calls()]
    assert senders == [ASHA, BRUNO, ASHA]


def test_duplicates(sandbox: Sandbox, http: requests.Session, receiver: Receiver) -> None:
    sandbox.webhooks(receiver.url, duplicates=2, dialects=["chakra", "passthrough"])
    sandbox.receive(ASHA, "Hello")
    events = [body.get("event") for body in told(receiver, 6)]
    assert events == ["message"] * 3 + [None] * 3
    assert len({body for body, _ in receiver.calls}) == 2
    assert len(sandbox.webhook_calls()) == 6


def test_disorder_tells_the_statuses_of_a_message_backwards(
    sandbox: Sandbox, http: requests.Session, receiver: Receiver
) -> None:
    sandbox.pace(10, 20)
    sandbox.webhooks(receiver.url, disorder=True)
    send(sandbox, http, text())
    sandbox.advance(11)
    sandbox.receive(ASHA, "Hello")
    assert [body["event"] for body in told(receiver, 1)] == ["message"]
    sandbox.advance(10)
    bodies = told(receiver, 4)[1:]
    assert [body["payload"]["deliveryStatus"] for body in bodies] == ["READ", "DELIVERED", "SENT"]
    times = [body["payload"]["timestamp"] for body in bodies]
    assert times == sorted(times, reverse=True)


def test_a_new_webhook_takes_the_place_of_the_old_one(
    sandbox: Sandbox, http: requests.Session, receiver: Receiver
) -> None:
    with receiving() as other:
        sandbox.webhooks(other.url)
        sandbox.webhooks(receiver.url)
        sandbox.receive(ASHA, "Hello")
        receiver.wait_for(1)
        assert other.calls == []
    sandbox.webhooks(None)
    sandbox.receive(ASHA, "Hello?")
    receiver.wait_for(1)
    assert len(sandbox.webhook_calls()) == 1


def test_a_reset_ends_the_calls_and_forgets_them(
    sandbox: Sandbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "_PAUSE", 0.01)
    receiver.answers = [500] * 4
    receiver.may_answer = threading.Event()
    sandbox.webhooks(receiver.url)
    sandbox.receive(ASHA, "Hello")
    wait_until(lambda: receiver.calls)
    sandbox.reset()
    receiver.may_answer.set()
    sandbox.receive(ASHA, "Hello")
    time.sleep(0.5)
    assert len(receiver.calls) == 1
    assert sandbox.webhook_calls() == []


def test_the_last_thousand_calls_are_remembered(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.webhooks(receiver.url, duplicates=9)
    wamids = [sandbox.receive(str(919876500000 + number), "Hello") for number in range(101)]
    wait_until(lambda: len(receiver.calls) == 1010)
    calls = sandbox.webhook_calls()
    assert len(calls) == 1000
    assert {call["body"]["payload"]["externalId"] for call in calls} <= set(wamids)
    assert wamids[0] in str(receiver.calls)


@pytest.mark.parametrize(
    "hook",
    [
        {"url": "file:///etc/passwd"},
        {"url": "127.0.0.1:8080"},
        {"url": "http://"},
        {"secret": ""},
        {"dialects": []},
        {"dialects": ["meta"]},
        {"retries": 11},
        {"retries": -1},
        {"duplicates": 11},
    ],
)
def test_a_webhook_that_cannot_be(sandbox: Sandbox, hook: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="The sandbox refused POST webhooks"):
        sandbox.webhooks(**{"url": "http://127.0.0.1:1/", **hook})


def test_a_server_stops_though_nobody_answers(receiver: Receiver) -> None:
    receiver.may_answer = threading.Event()
    with SandboxServer() as server, session_for(server.sandbox) as http:
        server.sandbox.webhooks(receiver.url)
        send(server.sandbox, http, text())
        wait_until(lambda: receiver.calls)
        (call,) = server.sandbox.webhook_calls()
        assert (call["status"], call["tries"]) == (None, 1)
    assert_ended(server)
    receiver.may_answer.set()
