"""The poller that all waits for chats share, and its triggers: over HTTP, in an event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.triggers import base, chats, poller, pollers
from airflow_provider_chakra.triggers.inbox import MessageStatusTrigger, ReplyTrigger
from tests.meanwhile import PATIENCE
from tests.triggers.waiting import all_is_read, asked_at, pauses, see_it_ended, until

CUSTOMER = "919876543210"
LIST = "/v1/ext/chat"
READ = "/v1/ext/plugin/whatsapp/list-chat-messages-for-phone-number"
LONG_AGO = "2020-01-01T00:00:00+00:00"
COMMON = {"hook": {"chakra_conn_id": "chakra_default"}, "poke_interval": 0.05}


def send(to: str = CUSTOMER) -> str:
    """Send a text, and give its wamid."""
    text = {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": "Is Monday fine?"}}
    return ChakraHook().send_message(text).wamid


def status(wamid: str, wanted: str = "delivered", to: str = CUSTOMER, **arguments: Any):
    """Make a trigger that waits for a status."""
    return MessageStatusTrigger(to=to, wamid=wamid, status=wanted, **COMMON | arguments)


def reply(after: str | None = None, to: str = CUSTOMER, since: str = LONG_AGO, **arguments: Any):
    """Make a trigger that waits for a reply."""
    arguments = {"matches": None, **COMMON, **arguments}
    return ReplyTrigger(to=to, after=after, since=since, **arguments)


def start(trigger) -> asyncio.Task[dict[str, Any]]:
    """Let a trigger wait."""

    async def first() -> dict[str, Any]:
        async for event in trigger.run():
            return event.payload
        raise AssertionError

    return asyncio.ensure_future(first())


async def end(*waiting: asyncio.Task[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the events, which must come soon, and see that the poller ended with its last wait."""
    events = await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE)
    await see_it_ended()
    return events


def asked(sandbox) -> Counter[str]:
    """Count the requests by path, but for those that sent."""
    return Counter(row["path"] for row in sandbox.requests() if row["path"] in (LIST, READ))


def are_read(sandbox) -> int:
    """Count the chats that were read."""
    return len({row["body"]["customerPhoneNumber"] for row in sandbox.requests() if row["path"] == READ})


@pytest.mark.parametrize("in_triggerer", [False, True])
def test_a_triggerer_tells_nothing_before_the_scheduler_knows_that_it_waits(
    chakra_sandbox, monkeypatch, in_triggerer
):
    monkeypatch.setattr(base, "_SHORTEST", 0.6)
    wamid = send()
    made = status(wamid, "sent")
    made.trigger_id = 7 if in_triggerer else None

    async def run() -> float:
        began = asyncio.get_running_loop().time()
        await end(start(made))
        return asyncio.get_running_loop().time() - began

    assert (asyncio.run(run()) >= 0.6) is in_triggerer


@pytest.mark.parametrize("moment", ["before", "while"])
@pytest.mark.parametrize(
    ("wanted", "came", "told"),
    [
        ("sent", None, "sent"),
        ("delivered", "DELIVERED", "delivered"),
        ("DELIVERED", "READ", "read"),
        ("read", "READ", "read"),
    ],
)
def test_a_status_is_told_whenever_it_came(chakra_sandbox, moment, wanted, came, told):
    wamid = send()

    async def run() -> dict[str, Any]:
        if came and moment == "before":
            chakra_sandbox.deliver(wamid, came)
        waiting = start(status(wamid, wanted))
        if came and moment == "while":
            await until(lambda: asked(chakra_sandbox)[READ] > 1)
            assert not waiting.done()
            await asyncio.to_thread(chakra_sandbox.deliver, wamid, came)
        return (await end(waiting))[0]

    event = asyncio.run(run())
    assert (event["wamid"], event["status"], event["code"]) == (wamid, told, None)
    assert told in event["times"]


def test_what_is_told_out_of_order_does_not_lead_back(chakra_sandbox):
    wamid = send()
    trigger = status(wamid, "read")
    for came, found in [("DELIVERED", False), ("SENT", False), ("READ", True), ("DELIVERED", True)]:
        chakra_sandbox.deliver(wamid, came)
        event = trigger.look(ChakraHook())
        assert (event is not None) is found
    assert event["status"] == "read"
    assert set(event["times"]) == {"sent", "delivered", "read"}


@pytest.mark.parametrize("code", [131026, 131047])
def test_a_failure_ends_the_wait(chakra_sandbox, code):
    wamid = send()

    async def run() -> dict[str, Any]:
        waiting = start(status(wamid, "read"))
        await until(lambda: asked(chakra_sandbox)[READ])
        await asyncio.to_thread(
            chakra_sandbox.deliver, wamid, "FAILED", error=f"(#{code}) Message undeliverable"
        )
        return (await end(waiting))[0]

    event = asyncio.run(run())
    assert (event["status"], event["code"]) == ("failed", code)


def test_two_hundred_waits_ask_no_more_than_a_few(chakra_sandbox):
    customers = [str(919876500000 + number) for number in range(200)]
    for customer in customers:
        chakra_sandbox.receive(customer, text="Hello")
    chakra_sandbox.advance(60)
    changed = customers[10:13]

    async def looks(more: int) -> None:
        seen = len(await asyncio.to_thread(asked_at, chakra_sandbox, LIST))
        await until(lambda: len(asked_at(chakra_sandbox, LIST)) >= seen + more)

    async def run() -> Counter[str]:
        waiting = [start(reply(to=customer, since="2999-01-01T00:00:00Z")) for customer in customers]
        await until(lambda: are_read(chakra_sandbox) == 200)
        await looks(2)
        await all_is_read()
        before = await asyncio.to_thread(asked, chakra_sandbox)
        # Of those who wait, three chats change, and one besides.
        for customer in [*changed, "919999999999"]:
            await asyncio.to_thread(chakra_sandbox.receive, customer, text="There")
        await looks(3)
        later = await asyncio.to_thread(asked, chakra_sandbox)
        for task in waiting:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await end(*waiting)
        return later - before

    counted = asyncio.run(run())
    assert min(pauses(asked_at(chakra_sandbox, LIST))) >= 0.05
    # What the list before told may still be read when counting begins.
    assert len(changed) <= counted[READ] <= len(changed) + chats._UNASKED * (counted[LIST] + 1)


def test_each_of_two_hundred_waits_ends(chakra_sandbox):
    customers = [str(919876500000 + number) for number in range(200)]
    since = datetime.now(UTC).isoformat()

    async def run() -> list[dict[str, Any]]:
        waiting = [start(reply(to=customer, since=since)) for customer in customers]
        await until(lambda: asked(chakra_sandbox)[READ] >= 200)
        for customer in customers:
            await asyncio.to_thread(chakra_sandbox.receive, customer, text=f"I am {customer}")
        return await end(*waiting)

    assert [event["text"] for event in asyncio.run(run())] == [f"I am {customer}" for customer in customers]


def test_a_chat_that_changed_is_read_at_once_and_the_others_are_not(chakra_sandbox, monkeypatch):
    monkeypatch.setattr(chats, "_UNASKED", 0)
    customers = [str(919876500000 + number) for number in range(30)]
    since = datetime.now(UTC).isoformat()

    async def run() -> None:
        waiting = [start(reply(to=customer, since=since)) for customer in customers]
        await until(lambda: asked(chakra_sandbox)[LIST] >= 4)
        await all_is_read()
        assert (await asyncio.to_thread(asked, chakra_sandbox))[READ] == 30
        await asyncio.to_thread(chakra_sandbox.receive, customers[3], text="Yes")
        await asyncio.wait_for(waiting[3], PATIENCE)
        assert (await asyncio.to_thread(asked, chakra_sandbox))[READ] == 31
        for customer in customers:
            await asyncio.to_thread(chakra_sandbox.receive, customer, text="Yes")
        await end(*waiting)

    asyncio.run(run())


def test_first_looks_are_few_at_a_time(chakra_sandbox, monkeypatch):
    at_once, most = 0, 0
    lock, full = threading.Lock(), threading.Event()
    from airflow_provider_chakra.api import inbox

    read_chat = inbox.read_chat

    def counted(*arguments: Any) -> Any:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
            if at_once == poller._AT_ONCE:
                full.set()
        # Nobody is done before so many are at it.
        full.wait(PATIENCE)
        try:
            return read_chat(*arguments)
        finally:
            with lock:
                at_once -= 1

    monkeypatch.setattr(inbox, "read_chat", counted)
    chakra_sandbox.fault(times=0, path_contains="for-phone-number", delay=0.02)
    customers = [str(919876500000 + number) for number in range(30)]
    for customer in customers:
        chakra_sandbox.receive(customer, text="Yes")

    async def run() -> None:
        await end(*(start(reply(to=customer)) for customer in customers))

    asyncio.run(run())
    assert most == poller._AT_ONCE


def test_waits_for_one_chat_read_it_together(chakra_sandbox):
    wamids = [send() for _ in range(20)]
    for wamid in wamids:
        chakra_sandbox.deliver(wamid)

    async def run() -> list[dict[str, Any]]:
        return await end(*(start(status(wamid)) for wamid in wamids))

    assert [event["wamid"] for event in asyncio.run(run())] == wamids
    paths = [row["path"] for row in chakra_sandbox.requests() if row["path"] in (LIST, READ)]
    # Listed first: what changes after that is told by the next list.
    assert (paths[0], paths[-1], paths.count(READ)) == (LIST, READ, 1)


@pytest.mark.usefixtures("_no_chance")
@pytest.mark.parametrize("path", [LIST, READ])
def test_what_fails_for_now_is_asked_again_and_said_once(chakra_sandbox, connect, monkeypatch, path):
    connect({"max_tries": 1})
    chakra_sandbox.fault(status=503, times=3, path_contains=path)
    said: list[str] = []
    monkeypatch.setattr(poller.log, "warning", lambda text, *values: said.append(text % values))

    async def run() -> None:
        waiting = start(reply(since="2999-01-01T00:00:00Z", poke_interval=0.1))
        await until(lambda: asked(chakra_sandbox)[path] >= 4)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await end(waiting)

    asyncio.run(run())
    # The pauses grow: 1, 2 and 4 times the interval.
    first, second, third = pauses(asked_at(chakra_sandbox, path)[:4])
    assert (first >= 0.1, second >= 0.2, third >= 0.4) == (True, True, True)
    (line,) = said
    assert "asking again with growing pauses" in line
    assert CUSTOMER not in line


@pytest.mark.usefixtures("_no_chance")
def test_a_list_that_broke_off_is_read_again(chakra_sandbox, connect, monkeypatch):
    connect({"max_tries": 1})
    monkeypatch.setattr(chats, "_UNASKED", 0)
    since = datetime.now(UTC).isoformat()

    async def run() -> dict[str, Any]:
        waiting = start(reply(since=since))
        await until(lambda: asked(chakra_sandbox)[LIST] >= 2)
        await asyncio.to_thread(chakra_sandbox.fault, status=503, times=2, path_contains="ext/chat")
        await asyncio.to_thread(chakra_sandbox.receive, CUSTOMER, text="Yes")
        return (await end(waiting))[0]

    assert asyncio.run(run())["text"] == "Yes"


@pytest.mark.parametrize("path", ["ext/chat", "for-phone-number"])
def test_what_no_retry_mends_ends_the_waits(chakra_sandbox, path):
    wamids = [send(), send()]
    chakra_sandbox.fault(status=401, times=0, errors=["Unauthorized"], path_contains=path)

    async def run() -> list[dict[str, Any]]:
        return await end(*(start(status(wamid)) for wamid in wamids))

    for event in asyncio.run(run()):
        assert "access token" in event["error"]


def test_a_wait_that_is_cancelled_leaves_the_others(chakra_sandbox):
    wamid = send()

    async def run() -> dict[str, Any]:
        gone, stays = start(status(wamid)), start(status(wamid))
        await until(lambda: asked(chakra_sandbox)[READ])
        gone.cancel()
        await asyncio.wait([gone], timeout=PATIENCE)
        assert gone.cancelled()
        await asyncio.to_thread(chakra_sandbox.deliver, wamid)
        return (await end(stays))[0]

    assert asyncio.run(run())["status"] == "delivered"


def test_waits_that_end_before_their_first_look_leave_the_others(chakra_sandbox, monkeypatch):
    customers = [str(919876500000 + number) for number in range(12)]
    for customer in customers:
        chakra_sandbox.receive(customer, text="Yes")
    from airflow_provider_chakra.api import inbox

    read_chat, begun, may_go_on = inbox.read_chat, threading.Event(), threading.Event()

    def held_up(*arguments: Any) -> Any:
        begun.set()
        may_go_on.wait(PATIENCE)
        return read_chat(*arguments)

    monkeypatch.setattr(inbox, "read_chat", held_up)

    async def run() -> None:
        waiting = [start(reply(to=customer)) for customer in customers]
        await until(begun.is_set)
        for task in waiting[8:]:
            task.cancel()
        await asyncio.wait(waiting[8:], timeout=PATIENCE)
        may_go_on.set()
        await end(*waiting[:8])
        assert (await asyncio.to_thread(asked, chakra_sandbox))[READ] == 8

    asyncio.run(run())


def test_a_chat_that_makes_trouble_leaves_the_others(chakra_sandbox):
    wamid = send()
    chakra_sandbox.deliver(wamid)
    broken = status(send("919876543211"), to="919876543211")
    broken.find = lambda events: 1 / 0

    async def run() -> None:
        failing, waiting = start(broken), start(status(wamid))
        with pytest.raises(ZeroDivisionError):
            await failing
        await end(waiting)

    asyncio.run(run())


def test_a_wait_with_a_shorter_interval_is_not_held_up(chakra_sandbox):
    slow, quick = send(), send("919876543211")

    async def run() -> None:
        sleeping = start(status(slow, poke_interval=3600))
        await until(lambda: are_read(chakra_sandbox) == 1)
        waiting = start(status(quick, to="919876543211"))
        await until(lambda: are_read(chakra_sandbox) == 2)
        await asyncio.to_thread(chakra_sandbox.deliver, quick)
        await asyncio.wait_for(waiting, PATIENCE)
        sleeping.cancel()
        with suppress(asyncio.CancelledError):
            await end(sleeping)

    asyncio.run(run())


def test_when_time_is_up_the_chat_is_read_once_more(chakra_sandbox):
    wamid = send()
    # Soon enough for the last look; the first one commonly comes before.
    chakra_sandbox.pace(delivered_after=0.3)
    ends = time.time() + 0.5

    async def run() -> dict[str, Any]:
        return (await end(start(status(wamid, "read", poke_interval=3600, until=ends))))[0]

    event = asyncio.run(run())
    assert asked_at(chakra_sandbox, READ)[-1] >= datetime.fromtimestamp(ends - 0.001, UTC)
    assert (event["late"], event["status"], event["code"]) == (True, "delivered", None)
    assert set(event["times"]) == {"sent", "delivered"}


@pytest.mark.usefixtures("_no_chance")
def test_when_time_is_up_and_the_chat_cannot_be_read_that_is_no_silence(chakra_sandbox, connect):
    connect({"max_tries": 1})
    wamid = send()
    chakra_sandbox.fault(status=503, times=0, path_contains="for-phone")
    ends = time.time() + 0.1

    async def run() -> dict[str, Any]:
        waiting = start(status(wamid, "read", until=ends, poke_interval=0.02))
        await until(lambda: time.time() > ends)
        tried = (await asyncio.to_thread(asked, chakra_sandbox))[READ]
        await until(lambda: asked(chakra_sandbox)[READ] >= tried + 2)
        assert not waiting.done()
        await asyncio.to_thread(chakra_sandbox.clear_faults)
        return (await end(waiting))[0]

    event = asyncio.run(run())
    assert (event["late"], event["status"]) == (True, "sent")


@pytest.mark.parametrize(
    ("written", "told"), [(-2, {"text": "In time"}), (2, {"late": True})], ids=["in time", "too late"]
)
def test_what_was_written_in_time_counts_however_late_it_is_looked_for(chakra_sandbox, written, told):
    chakra_sandbox.receive(CUSTOMER, text="In time")
    until = time.time() - written
    chakra_sandbox.advance(60)

    async def run() -> dict[str, Any]:
        return (await end(start(reply(until=until))))[0]

    event = asyncio.run(run())
    assert {name: event[name] for name in told} == told


def test_time_is_up_for_one_wait_and_not_for_the_other(chakra_sandbox):
    wamid = send()

    async def run() -> list[dict[str, Any]]:
        short = start(status(wamid, until=time.time() + 0.3))
        long = start(status(wamid, until=time.time() + 600))
        first = await asyncio.wait_for(short, PATIENCE)
        assert not long.done()
        await asyncio.to_thread(chakra_sandbox.deliver, wamid)
        return [first, *await end(long)]

    late, delivered = asyncio.run(run())
    assert (late["late"], late["status"], "late" in delivered) == (True, "sent", False)


def test_each_event_loop_has_a_poller_of_its_own(chakra_sandbox):
    wamid = send()
    chakra_sandbox.deliver(wamid)
    found: list[dict[str, Any]] = []

    async def run() -> None:
        found.extend(await end(start(status(wamid))))

    threads = [threading.Thread(target=asyncio.run, args=(run(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert [event["status"] for event in found] == ["delivered"] * 3


@pytest.mark.parametrize("trigger", [status("wamid.A"), reply("wamid.A", matches="yes")])
def test_a_trigger_is_made_anew_from_its_arguments(trigger):
    path, arguments = trigger.serialize()
    assert path == f"airflow_provider_chakra.triggers.inbox.{type(trigger).__name__}"
    assert type(trigger)(**arguments).serialize() == (path, arguments)


@pytest.mark.parametrize(
    ("trigger", "told"),
    [
        (status("wamid.A", "seen"), "status must be sent, delivered or read"),
        (status(""), "wamid must be"),
        (status("wamid.A", to="nobody"), "phone_number is"),
        (reply(matches="("), "matches must be a regular expression"),
    ],
)
def test_a_wrong_argument_ends_the_wait_before_anything_is_asked(chakra_sandbox, trigger, told):
    async def run() -> dict[str, Any]:
        return await asyncio.wait_for(start(trigger), PATIENCE)

    assert told in asyncio.run(run())["error"]
    assert chakra_sandbox.requests() == []


def test_what_a_customer_wrote_is_in_no_log_of_the_event(chakra_sandbox):
    chakra_sandbox.receive(CUSTOMER, text="a secret")

    async def run() -> None:
        async for event in reply().run():
            assert event.payload["text"] == "a secret"
            assert "secret" not in f"{event} {event!r}"
            return

    asyncio.run(run())


def test_waits_that_join_while_the_others_end_by_an_error_end_too(chakra_sandbox, connect):
    connect(password="")
    customers = [str(919876500000 + number) for number in range(300)]

    async def run() -> None:
        waiting = []
        # One after another, as the triggerer starts them.
        for customer in customers:
            waiting.append(start(reply(to=customer)))
            await asyncio.sleep(0)
        assert all("error" in event for event in await end(*waiting))
        connect()
        await asyncio.to_thread(chakra_sandbox.receive, CUSTOMER, "Yes")
        (told,) = await end(start(reply()))
        assert told["text"] == "Yes"

    asyncio.run(run())


def test_a_list_that_is_refused_ends_the_poller_so_that_the_next_one_asks_at_once(chakra_sandbox):
    chakra_sandbox.receive(CUSTOMER, "Yes")
    chakra_sandbox.fault(status=401, errors=["Unauthorized"], path_contains="ext/chat")

    async def run() -> None:
        first = start(reply(poke_interval=600))
        await asyncio.sleep(0)
        (old,) = pollers._pollers[asyncio.get_running_loop()].values()
        async with asyncio.timeout(PATIENCE):
            while not old.ended:
                await asyncio.sleep(0)
        told = await end(first, start(reply(poke_interval=600)))
        assert ["error" in event for event in told] == [True, False]

    asyncio.run(run())
