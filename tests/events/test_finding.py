"""What waits look for among events."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from airflow_provider_chakra.events import read_rows
from airflow_provider_chakra.events.finding import find_delivery, find_reply

CUSTOMER = "919876543210"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


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
WITHIN_A_SECOND = row("sent", 0.9 / 60, "OUTBOUND", deliveryStatus="READ")


@pytest.mark.parametrize(
    ("rows", "arguments", "found"),
    [
        ([SENT, row("a", 1)], {"after": "sent"}, "a"),
        # The first one, in whatever order they are listed.
        ([row("b", 2), SENT, row("a", 1), row("c", 3)], {"after": "sent"}, "a"),
        ([row("old", -1), SENT], {"after": "sent"}, None),
        # Whole seconds may stand for any time in them; milliseconds are exact, even where there are none.
        ([WITHIN_A_SECOND, row("a", 0, timestamp=int(NOON.timestamp()))], {"after": "sent"}, "a"),
        ([WITHIN_A_SECOND, row("old", 0)], {"after": "sent"}, None),
        ([WITHIN_A_SECOND, row("old", 0, timestamp=None)], {"after": "sent"}, None),
        ([WITHIN_A_SECOND, row("a", 0.9 / 60)], {"after": "sent"}, "a"),
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
    after = [arguments["after"]] if "after" in arguments else []
    reply = find_reply(read_rows(rows, CUSTOMER), after=after, since=since, matches=pattern)
    assert (reply and reply.wamid) == found


def test_what_is_known_of_a_delivery_grows():
    read = row("sent", 5, "OUTBOUND", deliveryStatus="READ")
    delivered = row("sent", 2, "OUTBOUND", deliveryStatus="DELIVERED")
    assert (
        find_delivery(read_rows([row("other", 1, "OUTBOUND", deliveryStatus="READ")], CUSTOMER), "sent")
        is None
    )
    known = find_delivery(read_rows([read], CUSTOMER), "sent")
    known = find_delivery(read_rows([delivered], CUSTOMER), "sent", known)
    assert known.status == "READ"
    assert set(known.times) == {"SENT", "DELIVERED", "READ"}
    assert find_delivery(read_rows([], CUSTOMER), "sent", known) is known
