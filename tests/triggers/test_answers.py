"""Waiting for the answer to a question: what counts as one, and which of several. Over HTTP."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest

from airflow_provider_chakra.api.chats import ChatsAPI
from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraServerError
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.messages.marks import mark_of, marked, unmarked
from airflow_provider_chakra.triggers import answers, poller
from airflow_provider_chakra.triggers.answers import AnswerTrigger
from airflow_provider_chakra.triggers.waits import GRACE
from tests.meanwhile import PATIENCE
from tests.triggers.test_inbox import READ, are_read
from tests.triggers.waiting import see_it_ended, until

CUSTOMER, SECOND = "919876543210", "919876543211"
MARK, OTHER = mark_of("today"), mark_of("yesterday")
OPTIONS = {"am": "In the morning", "pm": "In the afternoon"}
YES_BUTTON = [{"type": "QUICK_REPLY", "text": "In the morning"}, {"type": "QUICK_REPLY", "text": "Later"}]


def ask(to: str = CUSTOMER, mark: str = MARK) -> str:
    """Send a question, and give its wamid."""
    buttons = [
        {"type": "reply", "reply": {"id": marked(option, mark), "title": title}}
        for option, title in OPTIONS.items()
    ]
    interactive = {"type": "button", "body": {"text": "When?"}, "action": {"buttons": buttons}}
    message = {"type": "interactive", "interactive": interactive}
    return ChakraHook().send_message({"messaging_product": "whatsapp", "to": to, **message}).wamid


def ask_by_template(*payloads: str | None) -> str:
    """Send a question as a template, whose buttons have payloads or none, and give its wamid."""
    components = [
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": index,
            "parameters": [{"type": "payload", "payload": payload}],
        }
        for index, payload in enumerate(payloads)
        if payload
    ]
    template = {"name": "slot", "language": {"code": "en_US"}, "components": components}
    message = {"type": "template", "template": template}
    return ChakraHook().send_message({"messaging_product": "whatsapp", "to": CUSTOMER, **message}).wamid


def trigger(*people: dict[str, Any], **arguments: Any) -> AnswerTrigger:
    """Make a trigger, as the triggerer does."""
    fields = {"options": OPTIONS, "mark": MARK, "closes": time.time() + 600, "until": time.time() + 600}
    common = {"hook": {"chakra_conn_id": "chakra_default"}, "poke_interval": 0.05}
    made = AnswerTrigger(people=people, **fields | common | arguments)
    return type(made)(**made.serialize()[1])


def person(wamid: str, to: str = CUSTOMER, **fields: Any) -> dict[str, Any]:
    """Make one of those who were asked."""
    return {"to": to, "since": time.time(), "wamids": [wamid], "asked": wamid} | fields


def look(wamid: str, **arguments: Any) -> dict[str, Any] | None:
    """Look once."""
    return trigger(person(wamid), **arguments).look(ChakraHook())


async def first(made: AnswerTrigger) -> dict[str, Any]:
    """Run a trigger to its event, and see that no poller is left."""
    event = await asyncio.wait_for(anext(made.run()), PATIENCE)
    await see_it_ended()
    return event.payload


def text(words: str, **context: Any) -> dict[str, Any]:
    """Make a text of a customer's."""
    return {"type": "text", "text": {"body": words}, **context}


@pytest.mark.parametrize("whole_bodies", [True, False])
def test_a_tap_is_an_answer(chakra_sandbox, whole_bodies):
    chakra_sandbox.listing(whole_bodies=whole_bodies)
    wamid = ask()
    assert look(wamid) is None
    told = chakra_sandbox.choose(CUSTOMER, wamid, marked("pm", MARK))
    found = look(wamid)
    assert (found["option"], found["person"], found["wamid"]) == ("pm", 0, told)
    assert found["choice"]["id"] == "pm"


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("In the morning", "am"),
        ("  in THE morning ", "am"),
        ("PM", "pm"),
        ("In the morning, please", None),
        ("evening", None),
        (marked("am", MARK), None),
    ],
)
def test_a_text_is_an_answer_if_it_is_a_title_or_an_id(chakra_sandbox, words, option):
    wamid = ask()
    chakra_sandbox.receive(CUSTOMER, words)
    assert (look(wamid) or {}).get("option") == option


@pytest.mark.parametrize("whole_bodies", [True, False])
def test_a_tap_in_another_question_is_none(chakra_sandbox, whole_bodies):
    chakra_sandbox.listing(whole_bodies=whole_bodies)
    yesterday, wamid = ask(mark=OTHER), ask()
    chakra_sandbox.choose(CUSTOMER, yesterday, marked("am", OTHER))
    assert look(wamid) is None
    # Nor is one of a message that has nothing to do with questions.
    plain = {"type": "button_reply", "button_reply": {"id": "am", "title": "In the morning"}}
    chakra_sandbox.receive(CUSTOMER, payload={"type": "interactive", "interactive": plain})
    assert look(wamid) is None
    chakra_sandbox.choose(CUSTOMER, wamid, marked("pm", MARK))
    assert look(wamid)["option"] == "pm"


def test_a_tap_is_known_by_its_mark_in_a_message_of_which_nobody_knows(chakra_sandbox):
    chakra_sandbox.listing(whole_bodies=True)
    # Such as a reminder that was sent, though no answer said so.
    wamid, unknown = ask(), ask()
    chakra_sandbox.choose(CUSTOMER, unknown, marked("pm", MARK))
    assert look(wamid)["option"] == "pm"


def test_a_text_that_quotes_another_message_is_none(chakra_sandbox):
    chakra_sandbox.listing(whole_bodies=True)
    other, wamid = ask(mark=OTHER), ask()
    chakra_sandbox.receive(CUSTOMER, payload=text("am", context={"id": other}))
    assert look(wamid) is None
    chakra_sandbox.receive(CUSTOMER, payload=text("pm", context={"id": wamid}))
    assert look(wamid)["option"] == "pm"


def test_an_answer_to_the_reminder_is_one(chakra_sandbox):
    chakra_sandbox.listing(whole_bodies=True)
    wamid, reminder = ask(), ask()
    # A text has no mark that says what it answers.
    chakra_sandbox.receive(CUSTOMER, payload=text("am", context={"id": reminder}))
    assert look(wamid) is None
    found = trigger(person(wamid, wamids=[wamid, reminder])).look(ChakraHook())
    assert found["option"] == "am"


@pytest.mark.parametrize(
    ("payloads", "tapped", "option"),
    [
        ((marked("am", MARK), marked("pm", MARK)), marked("pm", MARK), "pm"),
        ((marked("am", OTHER), marked("pm", OTHER)), marked("pm", OTHER), None),
        (("am", "pm"), "pm", "pm"),
        ((None, None), "In the morning", "am"),
        ((None, None), "Later", None),
    ],
)
def test_a_button_of_a_template_says_its_payload_or_its_text(chakra_sandbox, payloads, tapped, option):
    chakra_sandbox.add_template("slot", body="When?", buttons=YES_BUTTON)
    wamid = ask_by_template(*payloads)
    chakra_sandbox.choose(CUSTOMER, wamid, tapped)
    assert (look(wamid) or {}).get("option") == option


def test_what_came_before_the_question_or_too_late_does_not_count(chakra_sandbox):
    chakra_sandbox.receive(CUSTOMER, "am")
    chakra_sandbox.advance(5)
    wamid = ask()
    closes = time.time() + 300
    assert look(wamid, closes=closes) is None
    chakra_sandbox.advance(600)
    chakra_sandbox.choose(CUSTOMER, wamid, marked("am", MARK))
    assert look(wamid, closes=closes) is None
    assert look(wamid, closes=closes + 600)["option"] == "am"


def test_the_first_answer_counts(chakra_sandbox):
    wamid = ask()
    chakra_sandbox.receive(CUSTOMER, "What is this?")
    chakra_sandbox.choose(CUSTOMER, wamid, marked("pm", MARK))
    chakra_sandbox.choose(CUSTOMER, wamid, marked("am", MARK))
    assert look(wamid)["option"] == "pm"
    assert asyncio.run(first(trigger(person(wamid))))["option"] == "pm"


@pytest.mark.parametrize("unit", [1, 1000])
def test_the_first_answer_counts_also_of_those_within_the_same_time(chakra_sandbox, unit):
    wamid = ask()
    for option in ("pm", "am"):
        chakra_sandbox.choose(CUSTOMER, wamid, marked(option, MARK))
    rows = ChakraHook().chats.recent(CUSTOMER)
    told = [{**row, "timestamp": rows[0]["timestamp"] // 1000 * unit} for row in rows]
    chakra_sandbox.fault(status=200, body={"_data": told}, path_contains="list-chat-messages")
    assert look(wamid)["option"] == "pm"


@pytest.mark.parametrize("code", [131026, 131047])
def test_a_question_that_did_not_arrive_is_told(chakra_sandbox, code):
    wamid = ask()
    chakra_sandbox.deliver(wamid, "FAILED", error=f"(#{code}) Undeliverable")
    told = {"failed": {"person": 0, "wamid": wamid, "code": code}}
    assert look(wamid) == told
    assert asyncio.run(first(trigger(person(wamid)))) == told
    # A failure that is known is not told again; an answer counts all the same.
    made = trigger(person(wamid, asked=None))
    assert made.look(ChakraHook()) is None
    chakra_sandbox.receive(CUSTOMER, "am")
    assert made.look(ChakraHook())["option"] == "am"
    assert look(wamid)["option"] == "am"


def test_an_answer_while_it_waits(chakra_sandbox):
    wamid, other = ask(), ask(SECOND)

    async def run() -> dict[str, Any]:
        waiting = asyncio.ensure_future(first(trigger(person(wamid), person(other, SECOND))))
        await until(lambda: are_read(chakra_sandbox) == 2)
        assert not waiting.done()
        await asyncio.to_thread(chakra_sandbox.choose, SECOND, other, marked("am", MARK))
        return await waiting

    found = asyncio.run(run())
    assert (found["option"], found["person"]) == ("am", 1)


def test_who_may_have_been_asked_may_answer_and_who_was_not_may_not(chakra_sandbox):
    wamid, unknown = ask(), ask(SECOND)
    maybe = {"to": SECOND, "since": time.time(), "wamids": [], "asked": None}
    chakra_sandbox.choose(SECOND, unknown, marked("am", MARK))
    assert trigger(person(wamid), maybe | {"since": None}).look(ChakraHook()) is None
    found = trigger(person(wamid), maybe).look(ChakraHook())
    assert (found["option"], found["person"]) == ("am", 1)


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one chat not be read for now: no fault of the sandbox's knows chats."""
    read = ChatsAPI.recent

    def recent(self: ChatsAPI, customer: str, **arguments: Any) -> Any:
        if customer == SECOND:
            raise ChakraServerError("That chat cannot be read.")
        return read(self, customer, **arguments)

    monkeypatch.setattr(ChatsAPI, "recent", recent)
    monkeypatch.setattr(answers, "_LAST_LOOK", 0.5)


@pytest.mark.usefixtures("deaf")
def test_a_chat_that_cannot_be_read_for_now_keeps_nobody_else_from_answering(chakra_sandbox):
    made = trigger(person(ask()), person(ask(SECOND), SECOND))
    with pytest.raises(ChakraServerError):
        made.look(ChakraHook())
    chakra_sandbox.receive(CUSTOMER, "am")
    assert made.look(ChakraHook())["option"] == "am"
    assert asyncio.run(first(made))["option"] == "am"


@pytest.mark.usefixtures("deaf")
def test_a_chat_that_cannot_be_read_for_now_does_not_hold_up_what_is_next(chakra_sandbox):
    people = (person(ask()), person(ask(SECOND), SECOND))
    late = {"late": True, "unread": True}
    assert asyncio.run(first(trigger(*people, until=time.time() + 0.1))) == late
    error, now = ChakraServerError("x"), time.time()
    assert trigger(*people, until=now).unread(error) == late
    # When answers no longer count, there may be one in that chat.
    assert trigger(*people, until=now, closes=now).unread(error) is None
    then = now - GRACE
    assert "could not be read since: x" in trigger(*people, until=then, closes=then).unread(error)["error"]


@pytest.mark.parametrize("early", [0, 1])
def test_of_two_answers_the_earlier_one_counts_whichever_is_read_first(chakra_sandbox, monkeypatch, early):
    monkeypatch.setattr(poller, "_AT_ONCE", 1)
    asked = [(CUSTOMER, ask(), "am"), (SECOND, ask(SECOND), "pm")]
    made = trigger(*(person(wamid, to) for to, wamid, _ in asked))
    for to, wamid, option in asked if early == 0 else asked[::-1]:
        chakra_sandbox.choose(to, wamid, marked(option, MARK))
        chakra_sandbox.advance(5)
    found = asyncio.run(first(made))
    assert (found["option"], found["person"]) == (asked[early][2], early)
    assert made.look(ChakraHook())["person"] == early


def test_an_answer_is_told_rather_than_a_failure(chakra_sandbox):
    wamid, other = ask(), ask(SECOND)
    chakra_sandbox.deliver(wamid, "FAILED", error="(#131026) Undeliverable")
    chakra_sandbox.choose(SECOND, other, marked("am", MARK))
    assert trigger(person(wamid), person(other, SECOND)).look(ChakraHook())["option"] == "am"


def test_who_was_not_asked_yet_is_not_looked_for(chakra_sandbox):
    wamid = ask()
    chakra_sandbox.receive(SECOND, "am")
    made = trigger(person(wamid), {"to": SECOND, "since": None, "wamids": [], "asked": None})
    assert made.look(ChakraHook()) is None
    assert len([row for row in chakra_sandbox.requests() if "list-chat" in row["path"]]) == 1


def test_time_is_up_after_all_chats_were_read(chakra_sandbox):
    wamid, other = ask(), ask(SECOND)
    ends = time.time() + 0.3
    made = trigger(person(wamid), person(other, SECOND), until=ends)
    assert asyncio.run(first(made)) == {"late": True}
    read = [row for row in chakra_sandbox.requests() if row["path"] == READ]
    last = {row["body"]["customerPhoneNumber"]: row["received_at"] for row in read}
    assert set(last) == {CUSTOMER, SECOND}
    assert datetime.fromisoformat(min(last.values())).timestamp() > ends - 0.001


def test_time_is_not_up_while_there_is_a_chat_to_read(chakra_sandbox, monkeypatch):
    monkeypatch.setattr(poller, "_AT_ONCE", 1)
    wamid, other = ask(), ask(SECOND)
    chakra_sandbox.choose(SECOND, other, marked("am", MARK))
    made = trigger(person(wamid), person(other, SECOND), until=time.time() - 1)
    assert asyncio.run(first(made))["person"] == 1


def test_the_wait_is_over_before_answers_no_longer_count(chakra_sandbox):
    wamid = ask()
    chakra_sandbox.advance(5)
    chakra_sandbox.choose(CUSTOMER, wamid, marked("am", MARK))
    # What is to be done at a certain time does not cut answers off.
    assert look(wamid, until=time.time() - 1)["option"] == "am"
    assert asyncio.run(first(trigger(person(wamid), until=time.time() - 1)))["option"] == "am"


def test_what_no_retry_mends_ends_the_wait(chakra_sandbox):
    wamid = ask()
    chakra_sandbox.fault(status=401, times=0, errors=["Unauthorized"])
    assert "access token" in asyncio.run(first(trigger(person(wamid))))["error"]


@pytest.mark.parametrize(("answer", "closes_in"), [(True, 60), (False, 60), (False, 0)])
def test_a_chat_that_cannot_be_read_keeps_nobody_else_from_answering(chakra_sandbox, answer, closes_in):
    wamid, other = ask(), ask(SECOND)
    deaf = {"path_contains": "list-chat-messages", "status": 400, "errors": ["no such customer"]}
    ends = time.time() + (60 if answer else 0.4)
    made = trigger(person(wamid), person(other, SECOND), until=ends, closes=ends + closes_in)

    async def run() -> dict[str, Any]:
        chakra_sandbox.fault(**deaf)
        waiting = asyncio.ensure_future(first(made))
        if answer:
            await until(lambda: are_read(chakra_sandbox) == 2)
            await asyncio.to_thread(chakra_sandbox.choose, SECOND, other, marked("am", MARK))
            await asyncio.to_thread(chakra_sandbox.choose, CUSTOMER, wamid, marked("am", MARK))
        return await waiting

    found = asyncio.run(run())
    if answer:
        assert found["option"] == "am"
    elif closes_in:
        assert found == {"late": True}
    else:
        # There may be an answer in it: that is no silence.
        assert "no such customer" in found["error"]


def test_a_wrong_number_ends_the_wait():
    made = trigger(person("wamid.A"), person("wamid.B", "nobody"))
    with pytest.raises(ChakraConfigError, match="phone_number is"):
        made.check()
    assert "phone_number is" in asyncio.run(first_of_none(made))["error"]


async def first_of_none(made: AnswerTrigger) -> dict[str, Any]:
    """Run a trigger that has nothing to wait for."""
    return (await asyncio.wait_for(anext(made.run()), PATIENCE)).payload


def test_who_cancels_it_leaves_no_wait_behind(chakra_sandbox):
    wamid, other = ask(), ask(SECOND)

    async def run() -> None:
        waiting = asyncio.ensure_future(first(trigger(person(wamid), person(other, SECOND))))
        await until(lambda: are_read(chakra_sandbox) == 2)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        await see_it_ended()

    asyncio.run(run())


def test_a_trigger_is_made_anew_from_its_arguments():
    made = trigger(person("wamid.A"), person("wamid.B", SECOND))
    path, arguments = made.serialize()
    assert path == "airflow_provider_chakra.triggers.answers.AnswerTrigger"
    assert type(made)(**arguments).serialize() == (path, arguments)
    assert made.check() == CUSTOMER


def test_what_was_answered_is_in_no_log_of_the_event(chakra_sandbox):
    wamid = ask()
    chakra_sandbox.receive(CUSTOMER, "am")

    async def run() -> None:
        async for event in trigger(person(wamid)).run():
            assert event.payload["text"] == "am"
            assert "'am'" not in f"{event!r}"

    asyncio.run(run())


@pytest.mark.parametrize("option", ["approve", "a#b", "#", "ना", "x#00000000"])
def test_a_mark_comes_off_as_it_went_on(option):
    assert unmarked(marked(option, MARK)) == (option, MARK)


@pytest.mark.parametrize("chosen", ["approve", "", "#1f3a9c20", "approve#1F3A9C20", "approve#1f3a9c2"])
def test_an_id_without_a_mark_stays(chosen):
    assert unmarked(chosen) == (chosen, None)


def test_each_question_has_a_mark_of_its_own():
    assert mark_of("dag", "run", "t", -1) == mark_of("dag", "run", "t", -1)
    assert len({mark_of("dag", "run", "t", 1), mark_of("dag", "run", "t", 2), MARK, OTHER}) == 4
