"""Waiting where webhooks arrive: who is meant, which number was written to, and what else was listed."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from airflow_provider_chakra.events import Inbound, Status
from airflow_provider_chakra.inbox import keys
from airflow_provider_chakra.sandbox.defaults import PHONE_NUMBER_ID
from airflow_provider_chakra.triggers import poller
from airflow_provider_chakra.triggers.feed import join, sort_by_chat
from airflow_provider_chakra.triggers.waits import Chat, Wait
from tests.events.samples import USER_ID, whatsapp
from tests.inbox.serving import SECRET, Served, sign
from tests.triggers.test_inbox import CUSTOMER, LIST, LONG_AGO, READ, asked, end, reply, start
from tests.triggers.waiting import all_is_read, the_poller, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONN_ID = "chakra_default"
OTHER_NUMBER = "100000000000002"
BOTH = {"from": CUSTOMER, "from_user_id": USER_ID}


@pytest.fixture
def server(tmp_path: Path, connect, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Serve an inbox."""
    connect({"webhook_secret": SECRET})
    monkeypatch.setenv("AIRFLOW__CHAKRA__WEBHOOK", "True")
    monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_SQL_ALCHEMY_CONN", f"sqlite:///{tmp_path}/inbox.db")
    monkeypatch.setattr(poller, "_FEED_INTERVAL", 0.05)
    with Served() as served:
        monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_URL", served.url)
        yield served


def said(
    by: dict[str, str], wamid: str = "wamid.said", number: str = PHONE_NUMBER_ID, **fields: Any
) -> dict[str, Any]:
    """Tell of a "Yes"."""
    text = {"id": wamid, "timestamp": str(int(time.time())), "type": "text", "text": {"body": "Yes"}}
    return whatsapp(messages=[text | by | fields], metadata={"phone_number_id": number})


def post(server: Served, body: dict[str, Any], secret: str = SECRET) -> None:
    """Call the webhook."""
    data = json.dumps(body).encode()
    assert server.post(data, signature=sign(data, secret), conn_id=CONN_ID).status_code == 200


@pytest.mark.parametrize("moment", ["before", "while"])
@pytest.mark.parametrize(
    ("who", "by", "fields"),
    [
        (USER_ID, BOTH, {}),
        (CUSTOMER, BOTH, {}),
        (USER_ID, {"from_user_id": USER_ID}, {}),
        # Who is asked by a number may answer without telling it.
        (CUSTOMER, {"from_user_id": USER_ID}, {"context": {"id": "wamid.asked"}}),
    ],
)
def test_a_customer_is_known_by_number_and_by_user_id(chakra_sandbox, server, moment, who, by, fields):
    after = "wamid.asked" if fields else None

    async def run() -> list[dict[str, Any]]:
        if moment == "before":
            await asyncio.to_thread(post, server, said(by, **fields))
        waiting = start(reply(after, to=who, poke_interval=600))
        if moment == "while":
            await all_is_read()
            await asyncio.to_thread(post, server, said(by, **fields))
        return await end(waiting)

    (told,) = asyncio.run(run())
    assert told["wamid"] == "wamid.said"


@pytest.mark.parametrize(
    ("hook", "found"), [({}, "wamid.here"), ({"phone_number_id": OTHER_NUMBER}, "wamid.other")]
)
def test_what_was_written_to_another_number_answers_nothing(chakra_sandbox, server, hook, found):
    async def run() -> list[dict[str, Any]]:
        await asyncio.to_thread(post, server, said(BOTH, "wamid.other", OTHER_NUMBER))
        await asyncio.to_thread(post, server, said(BOTH, "wamid.here"))
        trigger = reply("wamid.asked", to=USER_ID, hook={"chakra_conn_id": CONN_ID, **hook})
        return await end(start(trigger))

    (told,) = asyncio.run(run())
    assert told["wamid"] == found


def test_a_wait_that_makes_trouble_leaves_the_others(chakra_sandbox, server):
    broken = reply(to=USER_ID, poke_interval=600)

    def find(events: list[Any]) -> None:
        if events:
            raise ZeroDivisionError

    broken.find = find

    async def run() -> list[dict[str, Any]]:
        # The same is told to the one that comes after it, and to another name of the same customer.
        failing = start(broken)
        waiting = [start(reply(to=who, poke_interval=600)) for who in (USER_ID, CUSTOMER)]
        await all_is_read()
        await asyncio.to_thread(post, server, said(BOTH))
        with pytest.raises(ZeroDivisionError):
            await failing
        return await end(*waiting)

    assert [told["wamid"] for told in asyncio.run(run())] == ["wamid.said"] * 2


def test_a_secret_that_was_changed_is_read_anew(chakra_sandbox, server, connect, monkeypatch):
    monkeypatch.setattr(keys, "_FRESH", 0)
    monkeypatch.setattr(keys, "_FRESH_ENOUGH", 0)

    async def run() -> list[dict[str, Any]]:
        waiting = start(reply(to=USER_ID))
        await all_is_read()
        connect({"webhook_secret": "another secret"})
        await asyncio.to_thread(post, server, said(BOTH), "another secret")
        return await end(waiting)

    (told,) = asyncio.run(run())
    assert told["text"] == "Yes"


def test_a_secret_that_comes_later_is_found(chakra_sandbox, server, connect, monkeypatch):
    monkeypatch.setattr(poller, "_RENEW_INTERVAL", 0.2)
    connect()

    async def run() -> list[dict[str, Any]]:
        waiting = start(reply())
        await until(lambda: asked(chakra_sandbox)[READ])
        connect({"webhook_secret": SECRET})
        chats = the_poller()
        await until(lambda: chats._hears)
        await asyncio.to_thread(post, server, said(BOTH))
        return await end(waiting)

    (told,) = asyncio.run(run())
    assert told["wamid"] == "wamid.said"


def test_chats_are_listed_as_often_as_without_webhooks_until_one_came(chakra_sandbox, server):
    async def run() -> None:
        waiting = start(reply(since="2999-01-01T00:00:00Z"))
        await until(lambda: asked(chakra_sandbox)[LIST] >= 5)
        await asyncio.to_thread(post, server, said(BOTH))
        chats, now = the_poller(), asyncio.get_running_loop().time
        await until(lambda: chats._list_due > now() + 60)
        before = (await asyncio.to_thread(asked, chakra_sandbox))[LIST]
        await asyncio.sleep(0.3)
        assert (await asyncio.to_thread(asked, chakra_sandbox))[LIST] == before
        waiting.cancel()

    asyncio.run(run())


@pytest.mark.parametrize("url", ["http://airflow..example.com", "http://[::1", "nothing", "http://a b/"])
def test_a_wrong_address_of_the_inbox_stops_nothing(chakra_sandbox, server, monkeypatch, caplog, url):
    monkeypatch.setenv("AIRFLOW__CHAKRA__INBOX_URL", url)
    chakra_sandbox.receive(CUSTOMER, "Yes")
    (told,) = asyncio.run(heard())
    assert told["text"] == "Yes"
    assert "[chakra] inbox_url must be where" in caplog.text


async def heard() -> list[dict[str, Any]]:
    """Wait for what is there."""
    return await end(start(reply()))


def message(wamid: str, **fields: Any) -> Inbound:
    """Make a message."""
    return Inbound(**{"wamid": wamid, "type": "text", "payload": {}, **fields})


def test_what_is_listed_and_told_is_one_message_and_the_webhook_tells_more():
    at = datetime.fromisoformat(LONG_AGO).astimezone(UTC)
    rows = [message("a", sender=CUSTOMER, at=at), message("b"), Status(wamid="c", status="SENT")]
    webhooks = [message("a", reply_to="c", phone_number_id="1"), Status(wamid="c", status="READ")]
    b, sent, a, read = join(rows, webhooks)
    assert (b.wamid, sent.status, read.status) == ("b", "SENT", "READ")
    assert (a.sender, a.at, a.reply_to, a.phone_number_id) == (CUSTOMER, at, "c", "1")


def test_an_event_is_sorted_to_all_who_wait_for_it():
    loop = asyncio.new_event_loop()
    wait = Wait(lambda events: None, dict, ("wamid.asked",), 1, found=loop.create_future())
    loop.close()
    chats = {name: Chat(name, 0, 0, 0) for name in (CUSTOMER, USER_ID, "919876543211")}
    chats["919876543211"].waits.append(wait)
    events = [
        message("both", sender=CUSTOMER, user_id=USER_ID),
        message("quotes", user_id="IN.1", reply_to="wamid.asked"),
        Status(wamid="wamid.asked", status="SENT"),
        message("nobody", sender="919876543219"),
    ]
    found = sort_by_chat(events, chats)
    assert {name: [event.wamid for event in told] for name, told in found.items()} == {
        CUSTOMER: ["both"],
        USER_ID: ["both"],
        "919876543211": ["quotes", "wamid.asked"],
    }


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({}, True),
        ({"phone_number_id": "1"}, True),
        ({"phone_number_id": "2"}, False),
        ({"phone_number_id": "2", "reply_to": "wamid.asked"}, True),
    ],
)
def test_the_number_counts_unless_the_message_is_quoted(fields, counts):
    async def look() -> dict[str, Any] | None:
        await asyncio.sleep(0)
        wait = Wait(lambda events: {"found": len(events)} if events else None, dict, ("wamid.asked",), 1)
        return wait.look([message("a", **fields)], 0, "1")

    assert (asyncio.run(look()) is not None) is counts
