"""Customers who are away, block us or are not there, and messages that come further by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from airflow_provider_chakra.events import Inbound, read_row
from airflow_provider_chakra.sandbox.pace import Pace
from airflow_provider_chakra.sandbox.server import SandboxServer

from .calls import ASHA, BRUNO, ask, of_number, send
from .samples import GROUP, message, session_for, text

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.client import Sandbox

pytestmark = pytest.mark.usefixtures("machine")

TEMPLATE = message("template", {"name": "hello", "language": {"code": "en"}})
UNDELIVERABLE = "(#131026) Message undeliverable"
RE_ENGAGEMENT = "(#131047) Re-engagement message"
DAY = 24 * 60 * 60


def statuses(sandbox: Sandbox) -> list[str | None]:
    """Give the statuses of the newest chat's messages, oldest first."""
    return [row["status"] for row in sandbox.chats()[0]["messages"]]


def status(sandbox: Sandbox, wamid: str) -> tuple[str, str | None]:
    """Tell where a message is, and why it failed."""
    rows = [row for chat in sandbox.chats() for row in chat["messages"]]
    return next((row["status"], row["error"]) for row in rows if row["wamid"] == wamid)


@pytest.mark.parametrize(
    ("delivered_after", "read_after", "seen"),
    [
        (None, None, ["SENT"] * 5),
        (10, 20, ["SENT", "SENT", "DELIVERED", "DELIVERED", "READ"]),
        (10, None, ["SENT", "SENT", "DELIVERED", "DELIVERED", "DELIVERED"]),
        (None, 20, ["SENT", "SENT", "SENT", "SENT", "READ"]),
        (0, 20, ["DELIVERED", "DELIVERED", "DELIVERED", "DELIVERED", "READ"]),
        (10, 10, ["SENT", "SENT", "READ", "READ", "READ"]),
    ],
)
def test_messages_come_further_by_themselves(
    sandbox: Sandbox,
    http: requests.Session,
    delivered_after: float | None,
    read_after: float | None,
    seen: list[str],
) -> None:
    sandbox.pace(delivered_after, read_after)
    send(sandbox, http, text())
    found = []
    for seconds in (0, 5, 6, 6, 6):
        sandbox.advance(seconds)
        (row,) = of_number(sandbox, http)
        found.append(row["deliveryStatus"])
    assert found == seen
    due = {"SENT": None, "DELIVERED": delivered_after, "READ": read_after}[found[-1]] or 0
    assert row["updatedAt"] == pytest.approx(row["createdAt"] + due * 1000, abs=1)


def test_a_new_pace_is_for_what_was_sent_before_too(sandbox: Sandbox, http: requests.Session) -> None:
    send(sandbox, http, text())
    sandbox.advance(60)
    sandbox.pace(10, 100)
    assert statuses(sandbox) == ["DELIVERED"]
    (row,) = of_number(sandbox, http)
    assert row["updatedAt"] >= row["createdAt"] + 60_000, "nothing happens in the past"
    sandbox.pace()
    sandbox.advance(100)
    assert statuses(sandbox) == ["DELIVERED"]
    sandbox.pace(10, 100)
    assert statuses(sandbox) == ["READ"]


@pytest.mark.parametrize(
    ("delivered_after", "read_after", "told"),
    [
        (3, 1, "read_after is less than delivered_after"),
        (-1, None, "greater than or equal to 0"),
        (None, 1e9, "less than or equal to 100000000"),
    ],
)
def test_a_pace_that_cannot_be(
    sandbox: Sandbox, delivered_after: float | None, read_after: float | None, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        sandbox.pace(delivered_after, read_after)


@pytest.mark.parametrize("times", [(-1, None), (None, float("nan")), (None, float("inf"))])
def test_a_pace_out_of_bounds(times: tuple[float | None, float | None]) -> None:
    with pytest.raises(ValueError, match="from 0 to 100000000"):
        Pace(*times)


def test_what_was_moved_by_hand_moves_by_itself_no_more(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.pace(10, 20)
    wamid = send(sandbox, http, text())
    sandbox.deliver(wamid, "DELIVERED")
    assert statuses(sandbox) == ["DELIVERED"]
    sandbox.advance(100)
    sandbox.pace(1, 2)
    sandbox.contact(ASHA, reach="offline")
    sandbox.contact(ASHA, reach="online")
    sandbox.advance(100)
    assert statuses(sandbox) == ["DELIVERED"]


def test_a_reset_goes_back_to_the_first_pace(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.pace(0, 0)
    sandbox.contact(ASHA, blocks=True)
    sandbox.fail_later(UNDELIVERABLE, after=0)
    sandbox.listing(statuses_move_chats=True, whole_bodies=True)
    sandbox.reset()
    assert sandbox.contacts() == []
    sandbox.receive(ASHA, "Hello")
    send(sandbox, http, text())
    assert statuses(sandbox) == [None, "SENT"]
    assert of_number(sandbox, http)[1]["body"] == {"body": "Hello"}
    with SandboxServer(pace=Pace(0, 0)) as server, session_for(server.sandbox) as other:
        server.sandbox.pace()
        server.sandbox.reset()
        send(server.sandbox, other, text())
        assert statuses(server.sandbox) == ["READ"]


def test_who_is_away_gets_nothing_until_back(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.pace(10, 20)
    early = send(sandbox, http, text())
    sandbox.advance(15)
    sandbox.contact(ASHA, reach="offline")
    late = send(sandbox, http, text())
    other = send(sandbox, http, text(to=BRUNO))
    sandbox.advance(60)
    assert [status(sandbox, wamid)[0] for wamid in (early, late, other)] == ["DELIVERED", "SENT", "READ"]
    sandbox.contact(ASHA, reach="online")
    assert status(sandbox, late)[0] == "SENT"
    sandbox.advance(6)
    sandbox.contact(ASHA, window_closed=True)
    sandbox.advance(6)
    assert [status(sandbox, wamid)[0] for wamid in (early, late)] == ["DELIVERED", "DELIVERED"]
    sandbox.advance(10)
    assert [status(sandbox, wamid)[0] for wamid in (early, late)] == ["READ", "READ"]


def test_who_blocks_us_never_gets_what_was_sent_meanwhile(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.pace(5, 5)
    sandbox.contact(ASHA, blocks=True)
    send(sandbox, http, text())
    sandbox.advance(10)
    sandbox.contact(ASHA, blocks=False)
    send(sandbox, http, text())
    sandbox.advance(10)
    send(sandbox, http, text())
    sandbox.contact(ASHA, blocks=True)
    sandbox.advance(10)
    assert statuses(sandbox) == ["SENT", "READ", "SENT"]
    sandbox.contact(ASHA, blocks=False)
    sandbox.advance(10)
    assert statuses(sandbox) == ["SENT", "READ", "READ"], "what was on its way comes"


def test_who_is_not_on_whatsapp(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.pace(0, 0)
    sandbox.contact(ASHA, reach="not_on_whatsapp")
    wamid = send(sandbox, http, TEMPLATE)
    assert status(sandbox, wamid) == ("SENT", None)
    sandbox.advance(1)
    assert status(sandbox, wamid) == ("FAILED", UNDELIVERABLE)
    assert of_number(sandbox, http)[0]["errorContext"]["providerPayload"]["code"] == 131026
    assert status(sandbox, send(sandbox, http, text(to=BRUNO))) == ("READ", None)


@pytest.mark.parametrize("rule", ["open", "late"])
def test_a_window_closed_by_hand_shows_late(sandbox: Sandbox, http: requests.Session, rule: str) -> None:
    sandbox.windows(rule)
    for customer in (ASHA, BRUNO):
        sandbox.receive(customer, "Hello")
    sandbox.contact(ASHA, window_closed=True)
    wamids = [send(sandbox, http, payload) for payload in (text(), TEMPLATE, text(to=BRUNO))]
    sandbox.advance(2)
    told = [status(sandbox, wamid) for wamid in wamids]
    assert told == [("FAILED", RE_ENGAGEMENT), ("SENT", None), ("SENT", None)]
    sandbox.receive(ASHA, "Again")
    assert sandbox.contacts()[0]["window_closed"] is False
    wamid = send(sandbox, http, text())
    sandbox.advance(2)
    assert status(sandbox, wamid) == ("SENT", None)


def test_a_window_closed_by_hand_refuses_where_windows_do(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.windows("refuse")
    sandbox.receive(ASHA, "Hello")
    send(sandbox, http, text())
    sandbox.contact(ASHA, window_closed=True)
    assert http.post(sandbox.messages_url, json=text()).json()["_errors"] == [RE_ENGAGEMENT]


def test_the_next_messages_fail_late(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.pace(1, 2)
    sandbox.fail_later("(#131049) Unhealthy", times=2, after=5)
    sandbox.fail_later(UNDELIVERABLE)
    wamids = [send(sandbox, http, text()) for _ in range(4)]
    sandbox.advance(3)
    assert statuses(sandbox) == ["SENT", "SENT", "FAILED", "READ"]
    sandbox.advance(3)
    sandbox.pace(1, 2)
    sandbox.advance(3)
    assert [status(sandbox, wamid) for wamid in wamids] == [
        ("FAILED", "(#131049) Unhealthy"),
        ("FAILED", "(#131049) Unhealthy"),
        ("FAILED", UNDELIVERABLE),
        ("READ", None),
    ]


@pytest.mark.parametrize("failure", [{"error": ""}, {"times": 0}, {"after": -1}, {"times": 100_001}])
def test_a_failure_that_cannot_be(sandbox: Sandbox, failure: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="The sandbox refused POST failures"):
        sandbox.fail_later(**{"error": UNDELIVERABLE, **failure})


def test_what_is_left_out_of_a_contact_stays(sandbox: Sandbox) -> None:
    sandbox.contact(ASHA, reach="offline")
    sandbox.contact(BRUNO)
    sandbox.contact(ASHA, blocks=True)
    sandbox.contact(ASHA, window_closed=True)
    everyday = {"contact": BRUNO, "reach": "online", "blocks": False, "window_closed": False}
    assert sandbox.contacts() == [
        {"contact": ASHA, "reach": "offline", "blocks": True, "window_closed": True},
        everyday,
    ]
    sandbox.contact(ASHA, reach="online", blocks=False, window_closed=False)
    assert sandbox.contacts() == [everyday | {"contact": ASHA}, everyday]


@pytest.mark.parametrize(
    "change", [{"customer": "+919876543210"}, {"customer": ""}, {"customer": "a b"}, {"reach": "asleep"}]
)
def test_a_contact_that_cannot_be(sandbox: Sandbox, change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="The sandbox refused POST contacts"):
        sandbox.contact(**{"customer": ASHA, **change})  # type: ignore[arg-type]


def test_statuses_move_chats_if_they_shall(sandbox: Sandbox, http: requests.Session) -> None:
    def order() -> list[str]:
        return [chat["primaryContactHandle"]["value"] for chat in ask(sandbox, http, "chat")]

    sandbox.pace(10)
    send(sandbox, http, text())
    sandbox.contact(BRUNO, reach="offline")
    sandbox.advance(1)
    send(sandbox, http, text(to=BRUNO))
    assert order() == [BRUNO, ASHA]
    sandbox.advance(20)
    assert order() == [BRUNO, ASHA]
    sandbox.listing(statuses_move_chats=True)
    assert order() == [ASHA, BRUNO]
    asha, bruno = ask(sandbox, http, "chat")
    assert asha["updatedAt"] == pytest.approx(asha["latestMessageTs"] + 10_000, abs=1)
    assert bruno["updatedAt"] == bruno["latestMessageTs"]
    first = of_number(sandbox, http)[-1]["externalId"]
    sandbox.contact(ASHA, reach="offline")
    send(sandbox, http, text())
    sandbox.advance(20)
    sandbox.deliver(first, "READ")
    (asha,) = ask(sandbox, http, "chat", search=ASHA)
    assert asha["updatedAt"] >= asha["latestMessageTs"] + 20_000, "that of an older message, too"


CHOICE = {"type": "list_reply", "list_reply": {"id": "10", "title": "Ten"}}


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text", {"body": "Hello"}),
        ("interactive", CHOICE),
        ("button", {"payload": "YES", "text": "Yes"}),
        ("location", {"latitude": 19.07, "longitude": 72.87}),
        ("contacts", [{"name": {"formatted_name": "Asha"}}]),
    ],
)
def test_a_row_carries_what_was_chosen(
    sandbox: Sandbox, http: requests.Session, whole: bool, kind: str, content: Any
) -> None:
    sandbox.listing(whole_bodies=whole)
    question = send(sandbox, http, text())
    context = {"id": question}
    wamid = sandbox.receive(ASHA, payload={"type": kind, kind: content, "context": context})
    row, sent = of_number(sandbox, http)
    assert sent["body"] == {"body": sent["text"]}
    read = read_row(row)
    assert isinstance(read, Inbound)
    assert (read.wamid, read.type, read.reply_to) == (wamid, kind, question if whole else None)
    if whole:
        stamp = row["body"].pop("timestamp")
        assert int(stamp) == row["timestamp"] // 1000
        assert row["body"] == {"from": ASHA, "id": wamid, "type": kind, kind: content, "context": context}
    else:
        assert row["body"] == content
    if kind in {"interactive", "button"}:
        assert read.choice is not None
        assert read.choice.id in {"10", "YES"}


def test_what_is_left_out_of_the_listing_stays(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.listing(whole_bodies=True)
    sandbox.listing(statuses_move_chats=True)
    sandbox.receive(ASHA, "Hello")
    assert "from" in of_number(sandbox, http)[0]["body"]


def test_groups_have_statuses_too(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.pace(0, 0)
    send(sandbox, http, text(to=GROUP, recipient_type="group"))
    assert statuses(sandbox) == ["READ"]


@pytest.mark.parametrize("context", ["wamid.x", {}, {"id": 1}])
def test_a_context_without_an_id_is_none(sandbox: Sandbox, context: Any) -> None:
    with pytest.raises(ValueError, match="context has the id"):
        sandbox.receive(ASHA, payload={"type": "text", "text": {"body": "Hi"}, "context": context})


def test_no_time_leaves_the_calendar(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.pace(1e8, 1e8)
    sandbox.advance(1e9)
    orders = {
        sandbox.advance: "no further than 1000000000 seconds",
        sandbox.approve_templates_after: "less than or equal to 100000000",
        sandbox.job_seconds: "less than or equal to 100000000",
    }
    for order, told in orders.items():
        with pytest.raises(ValueError, match=told):
            order(3e11)
    send(sandbox, http, text())
    assert sandbox.chats()[0]["messages"][0]["status"] == "SENT"
    sandbox.reset()
    sandbox.advance(1e9)
