"""Which chats changed, and what was said in one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from airflow_provider_chakra.api.inbox import ChangedChats, find_delivery, find_reply, read_chat
from airflow_provider_chakra.exceptions import ChakraError
from airflow_provider_chakra.hooks.chakra import ChakraHook

ANNA, BEN = "919876543210", "919876543211"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def chats(chakra_sandbox, connect):
    """Give the chats of a sandbox that is asked once for each page."""
    connect({"max_tries": 1})
    return ChakraHook().chats


def test_the_first_look_takes_notice_and_later_ones_tell(chakra_sandbox, chats):
    chakra_sandbox.receive(ANNA, text="1")
    changes = ChangedChats()
    assert changes.look(chats) == set()
    assert changes.look(chats) == set()
    chakra_sandbox.receive(BEN, text="2")
    assert changes.look(chats) == {BEN}
    assert changes.look(chats) == set()
    chakra_sandbox.advance(3600)
    chakra_sandbox.receive(ANNA, text="3")
    chakra_sandbox.receive(BEN, text="3")
    assert changes.look(chats) == {ANNA, BEN}
    assert changes.look(chats) == set()


def test_the_first_chat_of_all_is_new(chakra_sandbox, chats):
    changes = ChangedChats()
    assert changes.look(chats) == set()
    chakra_sandbox.receive(ANNA, text="1")
    assert changes.look(chats) == {ANNA}


def test_a_look_ends_at_what_was_known(chakra_sandbox, chats):
    for number in range(250):
        chakra_sandbox.receive(str(919870000000 + number), text="1")
    chakra_sandbox.advance(60)
    chakra_sandbox.receive(ANNA, text="1")
    changes = ChangedChats()
    changes.look(chats)
    chakra_sandbox.receive(BEN, text="1")
    assert changes.look(chats) == {BEN}
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
    assert changes.look(chats) == many


def test_a_chat_whose_number_or_time_cannot_be_read_does_no_harm(chakra_sandbox, chats):
    chakra_sandbox.receive(ANNA, text="1")
    changes = ChangedChats()
    changes.look(chats)
    soon = int(datetime.now(UTC).timestamp() * 1000) + 1000
    rows = [{"id": "1"}, {"id": "2", "updatedAt": "soon"}, {"id": "3", "updatedAt": soon}]
    chakra_sandbox.fault(status=200, body={"_data": rows})
    changes.look(chats)
    chakra_sandbox.receive(ANNA, text="2")
    assert ANNA in changes.look(chats)


def test_a_message_that_is_not_on_the_first_page_is_looked_for(chakra_sandbox, chats):
    wamids = [chakra_sandbox.receive(ANNA, text=str(number)) for number in range(120)]
    for wamid, count, requests in [(wamids[-1], 100, 1), (wamids[0], 120, 3), ("wamid.unknown", 120, 3)]:
        before = len(chakra_sandbox.requests())
        assert len(read_chat(chats, ANNA, [wamid])) == count
        assert len(chakra_sandbox.requests()) - before == requests
    assert read_chat(chats, BEN, ["wamid.unknown"]) == []


def row(wamid: str, minute: float, direction: str = "INBOUND", **fields: Any) -> dict[str, Any]:
    """Make a row of a chat."""
    at = int((NOON + timedelta(minutes=minute)).timestamp() * 1000)
    common = {"externalId": wamid, "direction": direction, "dataType": "text", "timestamp": at}
    return {**common, "createdAt": at, "updatedAt": at, "text": "Yes", **fields}


def quoting(wamid: str, minute: float, quoted: str) -> dict[str, Any]:
    """Make a row of a message that answers another one."""
    said = {"type": "text", "text": {"body": "Yes"}, "context": {"id": quoted}}
    return row(wamid, minute, body=said)


SENT = row("sent", 0, "OUTBOUND", deliveryStatus="READ")


@pytest.mark.parametrize(
    ("rows", "arguments", "found"),
    [
        ([SENT, row("a", 1)], {"after": "sent"}, "a"),
        # The first one, in whatever order they are listed.
        ([row("b", 2), SENT, row("a", 1), row("c", 3)], {"after": "sent"}, "a"),
        ([row("old", -1), SENT], {"after": "sent"}, None),
        ([SENT, row("other", 1, "OUTBOUND", deliveryStatus="SENT")], {"after": "sent"}, None),
        ([SENT, quoting("a", 1, "older")], {"after": "sent"}, None),
        ([SENT, quoting("a", 1, "older"), quoting("b", 2, "sent")], {"after": "sent"}, "b"),
        # Without a message that is replied to, the time counts.
        ([row("old", -11), row("a", -10)], {}, "a"),
        ([quoting("a", 1, "older")], {}, "a"),
        ([row("a", -10, timestamp=int(NOON.timestamp()) - 600)], {"since": timedelta(minutes=-9.999)}, "a"),
        # It counts as well where the message is not listed.
        ([row("old", -11), row("a", 1)], {"after": "sent"}, "a"),
        ([SENT, row("a", 1, text="no"), row("b", 2, text=" YES ")], {"after": "sent", "matches": "yes"}, "b"),
        ([SENT, row("a", 1, text="yes, but")], {"after": "sent", "matches": "yes"}, None),
        ([SENT, row("a", 1, dataType="reaction"), row("b", 1, dataType="system")], {"after": "sent"}, None),
        ([SENT, row("a", 1, timestamp=None, createdAt=None)], {"after": "sent"}, None),
        ([], {"after": "sent"}, None),
    ],
)
def test_the_reply_is_the_first_that_counts(rows, arguments, found):
    since = NOON + arguments.get("since", timedelta(minutes=-10))
    pattern = re.compile(arguments["matches"], re.IGNORECASE) if "matches" in arguments else None
    reply = find_reply(rows, after=arguments.get("after"), since=since, matches=pattern)
    assert (reply and reply.wamid) == found


def test_what_is_known_of_a_delivery_grows():
    read = row("sent", 5, "OUTBOUND", deliveryStatus="READ")
    delivered = row("sent", 2, "OUTBOUND", deliveryStatus="DELIVERED")
    assert find_delivery([row("other", 1, "OUTBOUND", deliveryStatus="READ")], "sent") is None
    known = find_delivery([read], "sent")
    known = find_delivery([delivered], "sent", known)
    assert known.status == "READ"
    assert set(known.times) == {"DELIVERED", "READ"}
    assert find_delivery([], "sent", known) is known
