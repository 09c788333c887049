"""What a poller does at the same time: nothing that takes long holds up anything else, or its end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock

import pytest

from airflow_provider_chakra.api import inbox
from airflow_provider_chakra.events import Inbound
from airflow_provider_chakra.triggers import poller, source
from tests.meanwhile import PATIENCE
from tests.triggers.test_inbox import CUSTOMER, LIST, READ, asked, reply, start
from tests.triggers.waiting import Webhooks, see_it_ended, the_poller, until

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

SECOND = "919876543211"


class Hanging:
    """Something that does not come back before it is let go."""

    def __init__(self, call: Callable[..., Any], when: Callable[..., bool]) -> None:
        self._call = call
        self._when = when
        self.begun = threading.Event()
        self.over = threading.Event()

    def __call__(self, *arguments: Any) -> Any:
        if self._when(*arguments):
            self.begun.set()
            self.over.wait(PATIENCE)
        return self._call(*arguments)


@asynccontextmanager
async def waiting(*triggers: Any, hangs: Hanging) -> AsyncGenerator[list[asyncio.Task[Any]], None]:
    """Let triggers wait; see that nothing is left of their poller, while something still hangs."""
    tasks = [start(trigger) for trigger in triggers]
    try:
        yield tasks
        assert not hangs.over.is_set()
    finally:
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)
        await see_it_ended()
        hangs.over.set()


def new(**arguments: Any) -> Any:
    """Wait for what is written from now on."""
    return reply(since=datetime.now(UTC).isoformat(), **arguments)


def test_a_chat_that_hangs_holds_up_no_other(chakra_sandbox, monkeypatch):
    hangs = Hanging(inbox.read_chat, lambda chats, customer, wamids: customer == SECOND)
    monkeypatch.setattr(inbox, "read_chat", hangs)

    async def run() -> None:
        async with waiting(new(), new(to=SECOND), hangs=hangs) as (quick, slow):
            await until(hangs.begun.is_set)
            await until(lambda: asked(chakra_sandbox)[READ])
            await asyncio.to_thread(chakra_sandbox.receive, CUSTOMER, "Yes")
            assert (await asyncio.wait_for(quick, PATIENCE))["text"] == "Yes"
            assert not slow.done()

    asyncio.run(run())


@pytest.mark.parametrize("what", ["look", "read_chat"])
def test_what_webhooks_bring_is_heard_while_the_list_or_a_chat_hangs(chakra_sandbox, monkeypatch, what):
    webhooks = Webhooks()
    monkeypatch.setattr(source, "open_feed", AsyncMock(return_value=webhooks))
    monkeypatch.setattr(poller, "_FEED_INTERVAL", 0.05)
    owner = inbox.ChangedChats if what == "look" else inbox
    hangs = Hanging(getattr(owner, what), lambda *_: True)
    # As a method of its class it must be a function.
    monkeypatch.setattr(owner, what, lambda *arguments: hangs(*arguments))
    said = Inbound(
        wamid="wamid.1", type="text", text="Yes", sender=CUSTOMER, at=datetime.now(UTC), payload={}
    )

    async def run() -> None:
        async with waiting(new(matches="yes"), hangs=hangs) as (task,):
            await until(hangs.begun.is_set)
            webhooks.came = [said]
            assert (await asyncio.wait_for(task, PATIENCE))["text"] == "Yes"

    asyncio.run(run())


def test_what_changes_while_the_chat_is_read_is_read_afterwards(chakra_sandbox, monkeypatch):
    hangs = Hanging(inbox.read_chat, lambda *_: True)
    monkeypatch.setattr(
        inbox, "read_chat", lambda *arguments: (hangs._call(*arguments), hangs(*arguments))[0]
    )

    async def run() -> None:
        task = start(new(poke_interval=0.05))
        await until(hangs.begun.is_set)
        # What was read by now lacks it.
        await asyncio.to_thread(chakra_sandbox.receive, CUSTOMER, "Yes")
        seen = (await asyncio.to_thread(asked, chakra_sandbox))[LIST]
        await until(lambda: asked(chakra_sandbox)[LIST] > seen + 1)
        the_poller()._list_due = float("inf")
        hangs.over.set()
        assert (await asyncio.wait_for(task, PATIENCE))["text"] == "Yes"

    asyncio.run(run())


def test_a_poller_asks_once_whatever_the_connection_says(chakra_sandbox, connect):
    connect({"max_tries": 5, "max_wait": 600})
    chakra_sandbox.fault(
        status=429, errors=["Too many"], headers={"Retry-After": "30"}, path_contains="ext/chat", times=0
    )

    async def run() -> None:
        task = start(new())
        await until(lambda: asked(chakra_sandbox)[LIST])
        chats = the_poller()
        await until(lambda: chats._list_failures)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await see_it_ended()

    began = time.monotonic()
    asyncio.run(run())
    # The thread of a request that waits to be made again would hold up the end of the event loop.
    assert time.monotonic() - began < 20
    assert asked(chakra_sandbox)[LIST] == 1
