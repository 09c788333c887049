"""Which chats changed, and what was said in one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from airflow_provider_chakra.api.inbox import ChangedChats, read_chat
from airflow_provider_chakra.exceptions import ChakraError
from airflow_provider_chakra.hooks.chakra import ChakraHook

ANNA, BEN = "919876543210", "919876543211"


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
