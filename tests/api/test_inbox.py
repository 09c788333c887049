"""Which chats changed, and what was said in one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from airflow_provider_chakra.api.inbox import ChangedChat, ChangedChats, read_chat, read_written
from airflow_provider_chakra.exceptions import ChakraError
from airflow_provider_chakra.hooks.chakra import ChakraHook

ANNA, BEN, USER = "919876543210", "919876543211", "IN.13491208655302741918"


@pytest.fixture
def chats(chakra_sandbox, connect):
    """Give the chats of a sandbox that is asked once for each page."""
    connect({"max_tries": 1})
    return ChakraHook().chats


def look(changes: ChangedChats, chats: Any) -> set[str]:
    """Give the customers whose chats changed."""
    return {chat.customer for chat in changes.look(chats)}


def test_the_first_look_takes_notice_and_later_ones_tell(chakra_sandbox, chats):
    chakra_sandbox.receive(ANNA, text="1")
    changes = ChangedChats()
    assert look(changes, chats) == set()
    assert look(changes, chats) == set()
    chakra_sandbox.receive(BEN, text="2")
    assert look(changes, chats) == {BEN}
    assert look(changes, chats) == set()
    chakra_sandbox.advance(3600)
    chakra_sandbox.receive(ANNA, text="3")
    chakra_sandbox.receive(BEN, text="3")
    assert look(changes, chats) == {ANNA, BEN}
    assert look(changes, chats) == set()


def test_the_first_chat_of_all_is_new(chakra_sandbox, chats):
    changes = ChangedChats()
    assert look(changes, chats) == set()
    chakra_sandbox.receive(ANNA, text="1")
    assert look(changes, chats) == {ANNA}


def test_a_look_ends_at_what_was_known(chakra_sandbox, chats):
    for number in range(250):
        chakra_sandbox.receive(str(919870000000 + number), text="1")
    chakra_sandbox.advance(60)
    chakra_sandbox.receive(ANNA, text="1")
    changes = ChangedChats()
    changes.look(chats)
    chakra_sandbox.receive(BEN, text="1")
    assert look(changes, chats) == {BEN}
    assert len(chakra_sandbox.requests()) == 2


def test_a_page_that_fails_makes_the_next_look_tell_all(chakra_sandbox, chats):
    chakra_sandbox.receive(ANNA, text="1")
    changes = ChangedChats()
    changes.look(chats)
    chakra_sandbox.advance(60)
    many = {str(919870000000 + number) for number in range(150)}
    for customer in many:
        chakra_sandbox.receive(customer, text="1")
    answers = iter([None, {"status": 503}])
    call = chats._chakra.call

    def second_fails(*arguments: Any, **named: Any) -> Any:
        fault = next(answers, None)
        if fault:
            chakra_sandbox.fault(**fault)
        return call(*arguments, **named)

    chats._chakra.call = second_fails
    with pytest.raises(ChakraError):
        changes.look(chats)
    assert look(changes, chats) == many


def test_a_chat_whose_number_or_time_cannot_be_read_does_no_harm(chakra_sandbox, chats):
    chakra_sandbox.receive(ANNA, text="1")
    changes = ChangedChats()
    changes.look(chats)
    soon = int(datetime.now(UTC).timestamp() * 1000) + 1000
    rows = [{"id": "1"}, {"id": "2", "updatedAt": "soon"}, {"id": "3", "updatedAt": soon}]
    chakra_sandbox.fault(status=200, body={"_data": rows})
    changes.look(chats)
    chakra_sandbox.receive(ANNA, text="2")
    assert ANNA in look(changes, chats)


def test_a_message_that_is_not_on_the_first_page_is_looked_for(chakra_sandbox, chats):
    wamids = [chakra_sandbox.receive(ANNA, text=str(number)) for number in range(120)]
    for wamid, count, requests in [(wamids[-1], 100, 1), (wamids[0], 120, 3), ("wamid.unknown", 120, 3)]:
        before = len(chakra_sandbox.requests())
        assert len(read_chat(chats, ANNA, [wamid])) == count
        assert len(chakra_sandbox.requests()) - before == requests
    assert read_chat(chats, BEN, ["wamid.unknown"]) == []


def test_a_look_can_go_back(chakra_sandbox, chats):
    began = datetime.now(UTC)
    chakra_sandbox.receive(ANNA, text="1")
    chakra_sandbox.advance(3600)
    chakra_sandbox.receive(BEN, text="2")
    changes = ChangedChats()
    changes.look(chats)
    newest = changes.newest
    changes.go_back(newest + timedelta(hours=1))
    assert look(changes, chats) == set()
    changes.go_back(newest - timedelta(minutes=1))
    assert look(changes, chats) == {BEN}
    changes.go_back(began)
    assert look(changes, chats) == {ANNA, BEN}
    assert changes.newest == newest


def changed(changes: ChangedChats, chats: Any) -> ChangedChat:
    """Give the one chat that changed."""
    (chat,) = changes.look(chats)
    return chat


def test_what_was_written_in_a_changed_chat_is_read_with_who_wrote_it(chakra_sandbox, chats):
    began = datetime.now(UTC) - timedelta(seconds=1)
    for customer, known in [(ANNA, (ANNA, None)), (USER, (None, USER))]:
        chakra_sandbox.reset()
        chakra_sandbox.receive(customer, text="Hello")
        (message,) = read_written(chats, changed(ChangedChats(began), chats), began)
        assert (message.sender, message.user_id) == known
        assert (message.text, message.phone_number_id) == ("Hello", chakra_sandbox.phone_number_id)


def test_a_chat_is_read_as_far_back_as_asked_for(chakra_sandbox, chats):
    began = datetime.now(UTC) - timedelta(seconds=1)
    for number in range(150):
        chakra_sandbox.receive(ANNA, text=str(number))
    chakra_sandbox.advance(60)
    later = datetime.now(UTC) + timedelta(seconds=30)
    newest = chakra_sandbox.receive(ANNA, text="Newest")
    chat = changed(ChangedChats(began), chats)
    for since, count, requests in [(later, 1, 1), (later + timedelta(hours=1), 0, 1), (began, 151, 3)]:
        before = len(chakra_sandbox.requests())
        read = read_written(chats, chat, since)
        assert len(read) == count
        assert len(chakra_sandbox.requests()) - before == requests
        assert not read or newest in {message.wamid for message in read}


@pytest.mark.parametrize("step", [1, -1])
def test_the_messages_of_a_chat_may_come_in_either_order(chakra_sandbox, chats, step):
    since = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        {
            "externalId": f"wamid.{number}",
            "direction": "INBOUND",
            "dataType": "text",
            "body": {"body": "Hello"},
            "timestamp": int((since + timedelta(hours=number)).timestamp()),
        }
        for number in range(-5, 6)
    ]
    chakra_sandbox.fault(status=200, body={"_data": rows[::step]}, path_contains="/message")
    chakra_sandbox.fault(status=200, body={"_data": []}, path_contains="/message")
    read = read_written(chats, ChangedChat("1", ANNA, None, None), since)
    assert [message.wamid for message in read] == [f"wamid.{number}" for number in range(1, 6)]
