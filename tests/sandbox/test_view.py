"""The chats as a page shows them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .calls import ASHA, BRUNO, send
from .samples import GROUP, buttons, template, text

if TYPE_CHECKING:
    import requests

    from airflow_provider_chakra.sandbox.client import Sandbox

CARLA = "919876543212"
EVERYDAY = {"reach": "online", "blocks": False, "window_closed": False}


def test_both_sides_of_all_chats(sandbox: Sandbox, http: requests.Session) -> None:
    assert sandbox.chats() == []
    sandbox.contact(CARLA, reach="offline")
    question = send(sandbox, http, buttons(("yes", "Yes")))
    sandbox.receive(BRUNO, "Hello")
    payload = {"type": "text", "text": {"body": "Yes, please"}, "context": {"id": question}}
    answer = sandbox.receive(ASHA, payload=payload)
    thanks = send(sandbox, http, text("Thanks", context={"message_id": answer}))
    sandbox.deliver(question, "FAILED", error="(#131026) Message undeliverable")
    asha, bruno, carla = sandbox.chats()
    assert [chat["contact"] for chat in (asha, bruno, carla)] == [ASHA, BRUNO, CARLA]
    assert (carla["messages"], carla["window_closes_at"]) == ([], None)
    assert (carla["state"], asha["state"]) == (EVERYDAY | {"reach": "offline"}, EVERYDAY)
    first, second, third = asha["messages"]
    at = datetime.fromisoformat(second["at"])
    assert datetime.fromisoformat(asha["window_closes_at"]) == at + timedelta(hours=24)
    assert {key: first[key] for key in first if key not in {"at", "payload"}} == {
        "wamid": question,
        "direction": "OUTBOUND",
        "status": "FAILED",
        "error": "(#131026) Message undeliverable",
        "text": "Body",
        "choices": [{"id": "yes", "title": "Yes"}],
        "label": None,
        "template": None,
        "reply_to": None,
    }
    assert second == {
        "wamid": answer,
        "direction": "INBOUND",
        "at": second["at"],
        "status": None,
        "error": None,
        "payload": payload,
        "text": "Yes, please",
        "choices": [],
        "label": None,
        "template": None,
        "reply_to": question,
    }
    assert (third["wamid"], third["status"], third["reply_to"]) == (thanks, "SENT", answer)


def test_a_group_is_one(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.receive(ASHA, "Hello")
    send(sandbox, http, text(to=GROUP, recipient_type="group"))
    assert [(chat["contact"], chat["group"]) for chat in sandbox.chats()] == [(GROUP, True), (ASHA, False)]


def test_a_window_closes(sandbox: Sandbox) -> None:
    sandbox.receive(ASHA, "Hello")
    sandbox.contact(ASHA, window_closed=True)
    assert sandbox.chats()[0]["window_closes_at"] is None
    sandbox.contact(ASHA, window_closed=False)
    assert sandbox.chats()[0]["window_closes_at"] is not None
    sandbox.advance(24 * 60 * 60)
    assert sandbox.chats()[0]["window_closes_at"] is None


def test_a_template_that_is_known_is_filled_in(sandbox: Sandbox, http: requests.Session) -> None:
    named = [{"type": "text", "text": "Asha", "parameter_name": "who"}]
    sent = template({"type": "body", "parameters": named}, language={"code": "en_US"})
    send(sandbox, http, sent)
    assert sandbox.chats()[0]["messages"][0]["template"] is None
    sandbox.reset()
    buttons = [
        {"type": "QUICK_REPLY", "text": "I come"},
        {"type": "QUICK_REPLY", "text": "Not I"},
        {"type": "URL", "text": "Track it", "url": "https://example.com/{{1}}"},
        {"type": "URL", "text": "Our site", "url": "https://example.com/"},
        {"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+911234567890"},
        {"type": "COPY_CODE", "example": "250FF"},
    ]
    values = {"quick_reply": {"type": "payload", "payload": "COME"}, "url": {"type": "text", "text": "a42"}}
    values["copy_code"] = {"type": "coupon_code", "coupon_code": "25OFF"}
    sandbox.add_template(
        "reminder", header="For {{whom}}", body="Dear {{who}}", footer="STOP to end", buttons=buttons
    )
    places = {"quick_reply": 0, "url": 2, "copy_code": 5}
    for kind, place in places.items():
        part = {"type": "button", "sub_type": kind, "index": str(place), "parameters": [values[kind]]}
        sent["template"]["components"].append(part)
    sent["template"]["components"].insert(
        0, {"type": "header", "parameters": [{"type": "text", "text": "you", "parameter_name": "whom"}]}
    )
    send(sandbox, http, sent)
    assert sandbox.chats()[0]["messages"][0]["template"] == {
        "header": "For you",
        "body": "Dear Asha",
        "footer": "STOP to end",
        "buttons": [
            {"title": "I come", "id": "COME"},
            {"title": "Not I", "id": "Not I"},
            {"title": "Track it", "url": "https://example.com/a42"},
            {"title": "Our site", "url": "https://example.com/"},
            {"title": "Call us", "phone": "+911234567890"},
            {"title": "Copy code"},
        ],
        "cards": [],
    }
