"""Rows and buttons that are tapped."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from airflow_provider_chakra.sandbox.clock import Clock
from airflow_provider_chakra.sandbox.entries import Entry, Move
from airflow_provider_chakra.sandbox.rules import is_receipt, judge
from airflow_provider_chakra.sandbox.taps import choices
from airflow_provider_chakra.sandbox.templates.store import Templates

from .calls import ASHA, BRUNO, send
from .samples import CASES, GROUP, buttons, image, interactive, listing, template, text

if TYPE_CHECKING:
    import requests

    from airflow_provider_chakra.sandbox.client import Sandbox


def quick_reply(index: Any, payload: str) -> dict[str, Any]:
    parameters = [{"type": "payload", "payload": payload}]
    return {"type": "button", "sub_type": "quick_reply", "index": index, "parameters": parameters}


def card(index: int, *ids: str) -> dict[str, Any]:
    replies = [{"type": "quick_reply", "quick_reply": {"id": key, "title": key.upper()}} for key in ids]
    header = {"type": "image", "image": {"link": "https://cdn.example.com/a.jpg"}}
    return {"card_index": index, "type": "cta_url", "header": header, "action": {"buttons": replies}}


LIST = listing(
    action={
        "sections": [
            {"title": "Today", "rows": [{"id": "10", "title": "Ten", "description": "in the morning"}]},
            {"title": "Tomorrow", "rows": [{"id": "11", "title": "Eleven"}]},
        ]
    }
)
BUTTONS = buttons(("yes", "Yes"), ("no", "No"))
MARKED = buttons(("pm#x#48a3882d", "Afternoon"), ("am", "x"), ("am#48a3882d", "am"))
CARDS = interactive("carousel", {"cards": [card(0, "a", "b"), card(1, "c", "d")]})
TEMPLATE = template(quick_reply("0", "CONFIRM"), quick_reply(2, "CANCEL"))


def list_reply(**row: str) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": row}}


def button_reply(**reply: str) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": reply}}


def button(payload: str, words: str) -> dict[str, Any]:
    return {"type": "button", "button": {"payload": payload, "text": words}}


@pytest.mark.parametrize(
    ("payload", "chosen", "reply"),
    [
        (LIST, "10", list_reply(id="10", title="Ten", description="in the morning")),
        (LIST, "11", list_reply(id="11", title="Eleven")),
        (BUTTONS, "no", button_reply(id="no", title="No")),
        (CARDS, "d", button_reply(id="d", title="D")),
        (TEMPLATE, "CANCEL", button("CANCEL", "CANCEL")),
        (LIST, "Ten", list_reply(id="10", title="Ten", description="in the morning")),
        (MARKED, "pm#x#48a3882d", button_reply(id="pm#x#48a3882d", title="Afternoon")),
        (MARKED, "pm#x", button_reply(id="pm#x#48a3882d", title="Afternoon")),
        (MARKED, "Afternoon", button_reply(id="pm#x#48a3882d", title="Afternoon")),
        # The id of the one is the title of the other, and the id without its mark that of the third.
        (MARKED, "am", button_reply(id="am", title="x")),
        (template(quick_reply(0, "am#48a3882d")), "am", button("am#48a3882d", "am#48a3882d")),
    ],
)
def test_a_tap_comes_as_whatsapp_tells_it(
    sandbox: Sandbox, http: requests.Session, payload: dict[str, Any], chosen: str, reply: dict[str, Any]
) -> None:
    wamid = send(sandbox, http, payload)
    answer = sandbox.choose(ASHA, wamid, chosen)
    (chat,) = sandbox.chats()
    told = chat["messages"][-1]
    assert told["payload"] == {"context": {"id": wamid}, **reply}
    assert (told["wamid"], told["direction"], told["reply_to"]) == (answer, "INBOUND", wamid)
    assert chat["window_closes_at"] is not None


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ("CONFIRM", ("CONFIRM", "Confirm")),
        ("Confirm", ("CONFIRM", "Confirm")),
        ("Later", ("Later", "Later")),
        ("CANCEL", ("CANCEL", "Cancel")),
    ],
)
def test_a_known_template_has_words_on_its_buttons(
    sandbox: Sandbox, http: requests.Session, chosen: str, told: tuple[str, str]
) -> None:
    known = [{"type": "QUICK_REPLY", "text": words} for words in ("Confirm", "Later", "Cancel")]
    known.append({"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+919876543210"})
    sandbox.add_template("reminder", language="en", body="Hello", buttons=known)
    wamid = send(sandbox, http, TEMPLATE)
    (chat,) = sandbox.chats()
    (row,) = chat["messages"]
    assert row["choices"] == [
        {"id": "CONFIRM", "title": "Confirm"},
        {"id": "Later", "title": "Later"},
        {"id": "CANCEL", "title": "Cancel"},
    ]
    sandbox.choose(ASHA, wamid, chosen)
    assert sandbox.chats()[0]["messages"][-1]["payload"]["button"] == {"payload": told[0], "text": told[1]}


def test_the_cards_of_a_template(sandbox: Sandbox, http: requests.Session) -> None:
    def known_card(*words: str) -> dict[str, Any]:
        replies = [{"type": "QUICK_REPLY", "text": word} for word in words]
        return {"components": [{"type": "BUTTONS", "buttons": replies}]}

    cards = [
        {"card_index": index, "components": [quick_reply(0, f"P{index}"), quick_reply(1, f"Q{index}")]}
        for index in (2, 1, 0)
    ]
    payload = template({"type": "carousel", "cards": cards})
    sandbox.choose(ASHA, send(sandbox, http, payload), "Q1")
    order = {
        "name": "reminder",
        "language": "en",
        "category": "MARKETING",
        "components": [
            {"type": "CAROUSEL", "cards": [known_card("Buy", "Keep"), known_card("See", "Leave")]}
        ],
        "status": "APPROVED",
    }
    assert http.post(f"{sandbox.url}/_sandbox/templates", json=order).status_code == 200
    wamid = send(sandbox, http, payload)
    for chosen in ("P0", "Q1", "Q2"):
        sandbox.choose(ASHA, wamid, chosen)
    told = [row["payload"]["button"] for row in sandbox.chats()[0]["messages"] if row["status"] is None]
    pairs = [("Q1", "Q1"), ("P0", "Buy"), ("Q1", "Leave"), ("Q2", "Q2")]
    assert told == [{"payload": payload, "text": words} for payload, words in pairs]


@pytest.mark.parametrize(
    ("payload", "chosen", "told"),
    [
        (text(), "1", "There is nothing to tap in this text message"),
        (image(), "1", "There is nothing to tap in this image message"),
        (template(), "1", "There is nothing to tap in this template message"),
        (LIST, "12", 'There is no 12 to tap in this message; there are "Ten" (10), "Eleven" (11)'),
        (LIST, "ten", "There is no ten to tap"),
        (BUTTONS, "", 'There is no  to tap in this message; there are "Yes" (yes), "No" (no)'),
        (buttons(("no#1", "Yes"), ("a", "no")), "no", "There is more than one no to tap in this message"),
        (buttons(("no#1", "Yes"), ("no#2", "No")), "no", 'there are "Yes" (no#1), "No" (no#2)'),
    ],
)
def test_what_cannot_be_tapped(
    sandbox: Sandbox, http: requests.Session, payload: dict[str, Any], chosen: str, told: str
) -> None:
    wamid = send(sandbox, http, payload)
    answer = http.post(f"{sandbox.url}/_sandbox/taps", json={"wamid": wamid, "id": chosen})
    assert answer.status_code == 400
    assert told in answer.json()["_errors"][0]
    assert len(sandbox.chats()[0]["messages"]) == 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_of_whatever_is_sent_it_can_be_told_what_can_be_tapped(case: dict[str, Any]) -> None:
    payload = case["payload"]
    if judge(payload) or is_receipt(payload):
        return
    now = datetime.now(UTC)
    templates = Templates(Clock())
    found = choices(Entry("wamid.x", ASHA, "OUTBOUND", payload, now, "", [Move("SENT", now)]), templates)
    for choice in found:
        assert choice.id
        assert choice.title
    if payload.get("type") == "interactive" and payload["interactive"]["type"] in {"list", "button"}:
        assert found


def test_nobody_taps_in_a_message_that_was_not_sent(sandbox: Sandbox, http: requests.Session) -> None:
    for wamid in ("wamid.x", sandbox.receive(ASHA, "Hello")):
        answer = http.post(f"{sandbox.url}/_sandbox/taps", json={"wamid": wamid, "id": "10"})
        assert (answer.status_code, answer.json()["_errors"]) == (404, [f"No message {wamid} was sent"])


def test_nobody_taps_in_a_message_that_failed(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.fail_later("(#131026) Message undeliverable", after=60)
    wamid = send(sandbox, http, LIST)
    sandbox.choose(ASHA, wamid, "10")
    sandbox.advance(60)
    with pytest.raises(ValueError, match="The message failed: no phone has it"):
        sandbox.choose(ASHA, wamid, "10")
    assert len(sandbox.chats()[0]["messages"]) == 2


def test_who_got_the_message_taps_in_it(sandbox: Sandbox, http: requests.Session) -> None:
    wamid = send(sandbox, http, LIST)
    with pytest.raises(ValueError, match="sent to somebody else"):
        sandbox.choose(BRUNO, wamid, "10")
    answer = http.post(f"{sandbox.url}/_sandbox/taps", json={"wamid": wamid, "id": "10"})
    assert [row["wamid"] for row in sandbox.chats()[0]["messages"]] == [wamid, answer.json()["wamid"]]


def test_in_a_group_anybody_taps_who_is_told(sandbox: Sandbox, http: requests.Session) -> None:
    wamid = send(sandbox, http, TEMPLATE | {"to": GROUP, "recipient_type": "group"})
    answer = http.post(f"{sandbox.url}/_sandbox/taps", json={"wamid": wamid, "id": "CONFIRM"})
    assert (answer.status_code, "from must tell" in answer.text) == (400, True)
    sandbox.choose(BRUNO, wamid, "CONFIRM")
    assert sandbox.chats()[0]["contact"] == BRUNO
