"""Waiting while the list of chats, or the chats themselves, cannot be read for long."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from airflow_provider_chakra.api import inbox
from airflow_provider_chakra.exceptions import ChakraNotFoundError, ChakraRequestError
from airflow_provider_chakra.triggers import chats, poller, waits
from airflow_provider_chakra.triggers.source import Source
from airflow_provider_chakra.triggers.waits import Wait
from tests.meanwhile import PATIENCE
from tests.triggers.test_inbox import CUSTOMER, LIST, READ, asked, end, reply, send, start, status
from tests.triggers.waiting import the_poller, until

SECOND = "919876543211"
LISTS, CHATS, ALL = "/ext/chat", "for-phone-number", "/ext/"


@pytest.fixture(autouse=True)
def _soon(_no_chance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pauses be short."""
    monkeypatch.setattr(poller, "_LONGEST_PAUSE", 0.1)


@pytest.fixture
def grace(monkeypatch: pytest.MonkeyPatch) -> float:
    """Let chats that cannot be read be given up soon."""
    for module in (waits, chats):
        monkeypatch.setattr(module, "GRACE", 0.5)
    return 0.5


@pytest.fixture
def down(chakra_sandbox) -> Callable[[str], None]:
    """Give what lets a part of ChakraHQ fail from now on. Its pauses are those of the poller."""

    def fail(path: str) -> None:
        chakra_sandbox.fault(status=503, times=0, path_contains=path, headers={"Retry-After": "0"})

    return fail


async def leave(*waiting: asyncio.Task[Any]) -> None:
    """Wait no more."""
    for task in waiting:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await end(*waiting)


@pytest.mark.parametrize(("comes", "told"), [(True, (None, "delivered")), (False, (True, "sent"))])
def test_a_chat_is_read_though_the_list_is_not(down, chakra_sandbox, comes, told):
    wamid = send()
    down(LISTS)

    async def run() -> dict[str, Any]:
        waiting = start(status(wamid, until=time.time() + (60 if comes else 0.3)))
        await until(lambda: asked(chakra_sandbox)[READ])
        if comes:
            await asyncio.to_thread(chakra_sandbox.deliver, wamid)
        return (await end(waiting))[0]

    event = asyncio.run(run())
    assert (event.get("late"), event["status"]) == told


def test_an_outage_costs_a_request_or_two_a_look_however_many_wait(down, chakra_sandbox):
    down(ALL)

    async def run() -> None:
        waiting = [start(reply(to=str(919876500000 + number))) for number in range(30)]
        await until(lambda: asked(chakra_sandbox)[LIST] >= 5)
        await leave(*waiting)

    asyncio.run(run())
    counted = asked(chakra_sandbox)
    assert counted[READ] <= counted[LIST]


def test_of_chats_that_are_read_one_by_one_one_that_failed_waits_for_its_next_turn(down, chakra_sandbox):
    down(CHATS)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        # Those that fail are due at once.
        here = chats.Chats(Source("chakra_default"), asyncio.Semaphore(4), lambda *_: loop.time())
        waiting = [
            asyncio.ensure_future(here.wait(customer, Wait(lambda events: None, dict, (), 1), lambda: None))
            for customer in (CUSTOMER, SECOND)
        ]
        await asyncio.sleep(0)
        here.do_without()
        for customer in (CUSTOMER, SECOND, CUSTOMER):
            (chat,) = here.next()
            assert (chat.customer, here.next(), here.due) == (customer, [], math.inf)
            await here.read(chat)
            # No more before the next list.
            assert (here.next(), here.due) == ([], math.inf)
            here.do_without()
        here.take(())
        assert [chat.customer for chat in here.next()] == [CUSTOMER, SECOND]
        for task in waiting:
            task.cancel()

    asyncio.run(run())


def test_what_was_written_before_the_first_list_is_found(down, chakra_sandbox, monkeypatch):
    monkeypatch.setattr(chats, "_UNASKED", 0)
    down(LISTS)
    since = datetime.now(UTC).isoformat()

    async def run() -> dict[str, Any]:
        waiting = start(reply(since=since))
        await until(lambda: asked(chakra_sandbox)[READ])
        await asyncio.to_thread(chakra_sandbox.receive, CUSTOMER, "Yes")
        await asyncio.to_thread(chakra_sandbox.clear_faults)
        return (await end(waiting))[0]

    assert asyncio.run(run())["text"] == "Yes"


@pytest.mark.parametrize("path", [CHATS, ALL])
def test_a_chat_that_cannot_be_read_long_after_time_was_up_is_given_up(down, chakra_sandbox, grace, path):
    down(path)
    ends = time.time() + 0.2
    customers = [str(919876500000 + number) for number in range(30)]

    async def run() -> list[dict[str, Any]]:
        stays = start(reply())
        told = await asyncio.gather(*(start(reply(to=customer, until=ends)) for customer in customers))
        assert time.time() >= ends + grace
        assert not stays.done()
        await leave(stays)
        return told

    for event in asyncio.run(run()):
        assert set(event) == {"error"}
        assert "Time is up, and the chat could not be read since: " in event["error"]
        assert "503" in event["error"]
    if path == ALL:
        counted = asked(chakra_sandbox)
        # Not each was tried by then.
        assert counted[READ] < min(counted[LIST] + 1, len(customers))


REFUSALS = [
    (401, LISTS, "access token"),
    (402, LISTS, "plan"),
    (403, LISTS, "may not do this"),
    (404, LISTS, "404"),
    (400, LISTS, "400"),
    (401, CHATS, "access token"),
    (403, CHATS, ""),
]


@pytest.mark.parametrize(("code", "path", "why"), REFUSALS)
def test_what_a_person_must_mend_is_waited_out_once_a_look_succeeded(
    chakra_sandbox, monkeypatch, caplog, code, path, why
):
    monkeypatch.setattr(waits, "PAUSE", 0.3)
    customers = [str(919876500000 + number) for number in range(10)]
    since = datetime.now(UTC).isoformat()

    async def run() -> list[dict[str, Any]]:
        waiting = [start(reply(to=customer, since=since)) for customer in customers]
        await until(lambda: asked(chakra_sandbox)[READ] >= 20)
        before = await asyncio.to_thread(asked, chakra_sandbox)
        await asyncio.to_thread(chakra_sandbox.fault, status=code, errors=["No"], times=0, path_contains=path)
        for customer in customers:
            await asyncio.to_thread(chakra_sandbox.receive, customer, "Yes")
        await until(lambda: "cannot be read; trying again every 0.3 s" in caplog.text)
        await asyncio.sleep(1)
        refused = (await asyncio.to_thread(asked, chakra_sandbox)) - before
        # The list, or chats: not each of them at each try, besides those that were about to be read.
        assert refused[LIST if path == LISTS else READ] <= 10
        assert path == LISTS or not any(task.done() for task in waiting)
        await asyncio.to_thread(chakra_sandbox.clear_faults)
        return await end(*waiting)

    assert [event["text"] for event in asyncio.run(run())] == ["Yes"] * 10
    (said,) = [row for row in caplog.records if row.levelname == "ERROR"]
    assert why in said.getMessage()


@pytest.mark.parametrize("refusal", [ChakraNotFoundError, ChakraRequestError])
def test_a_chat_that_is_refused_ends_its_own_waits_only(chakra_sandbox, monkeypatch, refusal):
    read_chat = inbox.read_chat

    def read(chats_api: Any, customer: str, wamids: Any) -> Any:
        if customer == SECOND:
            raise refusal("Not this one.")
        return read_chat(chats_api, customer, wamids)

    monkeypatch.setattr(inbox, "read_chat", read)

    async def run() -> None:
        stays = start(reply(since="2999-01-01T00:00:00Z"))
        await until(lambda: asked(chakra_sandbox)[READ])
        told = await asyncio.wait_for(start(reply(to=SECOND)), PATIENCE)
        assert told == {"error": "Not this one."}
        assert not stays.done()
        await leave(stays)

    asyncio.run(run())


@pytest.mark.parametrize("path", [LISTS, CHATS])
def test_a_wait_whose_time_is_up_while_the_token_is_refused_ends_with_that(
    chakra_sandbox, monkeypatch, grace, path
):
    monkeypatch.setattr(waits, "PAUSE", 0.1)
    ends = time.time() + 1

    async def run() -> dict[str, Any]:
        waiting = start(reply(until=ends, since="2999-01-01T00:00:00Z"))
        await until(lambda: asked(chakra_sandbox)[READ] > 1)
        await asyncio.to_thread(chakra_sandbox.fault, status=401, errors=["No"], times=0, path_contains=path)
        if path == LISTS:
            await asyncio.to_thread(
                chakra_sandbox.fault, status=401, errors=["No"], times=0, path_contains=CHATS
            )
        return (await end(waiting))[0]

    told = asyncio.run(run())
    assert time.time() >= ends + grace
    assert "Time is up, and the chat could not be read since" in told["error"]
    assert "access token" in told["error"]


def test_a_connection_that_is_mended_is_noticed_by_those_who_wait(chakra_sandbox, connect):
    connect(host="http://127.0.0.1:1")
    chakra_sandbox.receive(CUSTOMER, "Yes")

    async def run() -> dict[str, Any]:
        waiting = start(reply())
        await asyncio.sleep(0)
        here = the_poller()
        await until(lambda: here._list_failures > 1)
        # Nonsense is no reason to give up what was read before.
        connect(host="no host")
        failures = here._list_failures
        await until(lambda: here._list_failures > failures + 1)
        connect()
        return (await end(waiting))[0]

    assert asyncio.run(run())["text"] == "Yes"


@pytest.mark.parametrize("path", [LISTS, CHATS])
def test_a_token_that_is_mended_is_noticed_by_those_who_wait(chakra_sandbox, connect, monkeypatch, path):
    monkeypatch.setattr(waits, "PAUSE", 0.1)
    since = datetime.now(UTC).isoformat()
    renewed: list[str] = []
    renew = Source.renew

    async def count(source: Source) -> None:
        await renew(source)
        renewed.append(source.hook.settings.api_version)

    monkeypatch.setattr(Source, "renew", count)

    async def run() -> dict[str, Any]:
        waiting = start(reply(since=since))
        await until(lambda: asked(chakra_sandbox)[READ] > 1)
        assert not renewed
        await asyncio.to_thread(chakra_sandbox.fault, status=403, errors=["No"], times=0, path_contains=path)
        connect({"api_version": "v99.0"})
        await until(lambda: "v99.0" in renewed)
        await asyncio.to_thread(chakra_sandbox.clear_faults)
        await asyncio.to_thread(chakra_sandbox.receive, CUSTOMER, "Yes")
        return (await end(waiting))[0]

    assert asyncio.run(run())["text"] == "Yes"


@pytest.mark.parametrize("worked", [True, False])
def test_who_has_read_a_chat_before_waits_out_a_refused_token(chakra_sandbox, monkeypatch, worked):
    monkeypatch.setattr(waits, "PAUSE", 0.1)
    wamid = send()
    chakra_sandbox.fault(status=401, errors=["Unauthorized"], times=2, path_contains="/ext/chat")
    (told,) = asyncio.run(_ends(status(wamid, "sent", worked=worked)))
    assert ("error" in told) is not worked


async def _ends(trigger: Any) -> list[dict[str, Any]]:
    return await end(start(trigger))
