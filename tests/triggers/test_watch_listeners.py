"""When listeners are told how far the chats were looked through: never further than they were."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from airflow_provider_chakra.api import inbox
from airflow_provider_chakra.api.inbox import ChangedChats
from airflow_provider_chakra.exceptions import ChakraError
from airflow_provider_chakra.triggers import listener as module
from airflow_provider_chakra.triggers.listener import Heard, Listener, Listeners
from airflow_provider_chakra.triggers.source import Source
from tests.meanwhile import PATIENCE

NOW = datetime.now(UTC)
CUSTOMERS = [str(919876543210 + number) for number in range(3)]


def heard(listener: Listener) -> list[Any]:
    """Give what a listener was told: the senders of messages, and places."""
    told: list[Any] = []
    while not listener._told.empty():
        messages, place = listener._told.get_nowait()
        told += [*(message.sender for message in messages), *([place] if place else [])]
    return told


class Scene:
    """Three chats that changed, and listeners that were there before."""

    def __init__(self, *listeners: Listener) -> None:
        self.source = Source("chakra_default")
        self.listeners = Listeners(self.source, asyncio.Semaphore(4), self.later)
        self.changes = ChangedChats()
        for listener in listeners:
            self.listeners.add(listener)

    @staticmethod
    def later(error: ChakraError, failures: int) -> float:
        # So late that nothing but the test itself brings it on.
        return asyncio.get_running_loop().time() + 3600 * (failures + 1)

    async def list(self) -> None:
        new = self.listeners.list_from(self.changes)
        changed = await self.look(self.changes)
        self.listeners.take(changed, new, asyncio.get_running_loop().time(), NOW)

    async def look(self, changes: ChangedChats) -> list[inbox.ChangedChat]:
        hook = self.source.hook
        return await hook.run_async(lambda: changes.look(hook.chats))


@pytest.fixture
def listener(chakra_sandbox) -> Listener:
    for customer in CUSTOMERS:
        chakra_sandbox.receive(customer, "Hello")
    long_ago = NOW - timedelta(minutes=1)
    return Listener(long_ago, long_ago, 1)


def test_a_place_is_told_when_all_chats_were_read(listener, monkeypatch):
    monkeypatch.setattr(module, "A_ROUND", 2)

    async def run() -> None:
        scene = Scene(listener)
        await scene.list()
        await scene.listeners.read()
        assert len(heard(listener)) == 2
        assert scene.listeners.due <= asyncio.get_running_loop().time()
        await scene.listeners.read()
        sender, place = heard(listener)
        assert (sender in CUSTOMERS, place) == (True, NOW)
        assert scene.listeners.due == float("inf")

    asyncio.run(run())


def test_a_chat_that_could_not_be_read_is_read_again_and_the_others_are_not(
    chakra_sandbox, listener, connect
):
    connect({"max_tries": 1})

    async def run() -> None:
        scene = Scene(listener)
        await scene.list()
        chakra_sandbox.fault(status=503, path_contains="/message")
        await scene.listeners.read()
        assert len(heard(listener)) == 2
        assert scene.listeners.failing
        # It waits for a time of its own, and the place waits for it; other chats do not.
        await scene.listeners.read()
        assert heard(listener) == []
        await asyncio.to_thread(chakra_sandbox.receive, "919876543219", "Hello")
        (failed,) = scene.listeners._unread.values()
        due = failed.due
        for customer in [*CUSTOMERS, "919876543219"]:
            await asyncio.to_thread(chakra_sandbox.receive, customer, "Hello")
        await scene.list()
        assert (failed in scene.listeners._unread.values(), failed.due) == (True, due)
        await scene.listeners.read()
        told = heard(listener)
        assert "919876543219" in told
        assert NOW not in told
        assert scene.listeners.due == due
        failed.due = asyncio.get_running_loop().time()
        await scene.listeners.read()
        assert heard(listener) == [failed.chat.customer, failed.chat.customer, NOW]
        assert not scene.listeners.failing

    asyncio.run(run())


@pytest.mark.parametrize("status", [400, 404])
def test_a_chat_that_is_refused_is_passed_over_with_a_word(chakra_sandbox, listener, connect, caplog, status):
    connect({"max_tries": 1})

    async def run() -> None:
        scene = Scene(listener)
        await scene.list()
        chakra_sandbox.fault(status=status, errors=["Refused"], path_contains="/message")
        await scene.listeners.read()
        told = heard(listener)
        assert (len(told), NOW in told) == (3, True)

    asyncio.run(run())
    assert ("is refused, and passed over" in caplog.text) is (status == 400)
    assert not any(customer in caplog.text for customer in CUSTOMERS)


@pytest.mark.parametrize(("status", "why"), [(401, "access token"), (402, "402"), (403, "may not do this")])
def test_what_is_of_the_connection_passes_nothing_over(chakra_sandbox, listener, status, why):
    async def run() -> None:
        scene = Scene(listener)
        await scene.list()
        chakra_sandbox.fault(status=status, errors=["Refused"], path_contains="/message", times=0)
        with pytest.raises(ChakraError, match=why):
            await scene.listeners.read()
        assert heard(listener) == []
        assert asyncio.get_running_loop().time() < scene.listeners.due < float("inf")

    asyncio.run(run())


def test_a_chat_that_makes_trouble_is_passed_over(listener, monkeypatch):
    read_written, broken = inbox.read_written, []

    def read(chats: Any, chat: Any, since: datetime) -> Any:
        if not broken:
            broken.append(chat.customer)
            raise ZeroDivisionError
        return read_written(chats, chat, since)

    monkeypatch.setattr(inbox, "read_written", read)

    async def run() -> None:
        scene = Scene(listener)
        await scene.list()
        await scene.listeners.read()
        assert {*heard(listener), *broken} == {*CUSTOMERS, NOW}

    asyncio.run(run())


def test_a_chat_that_is_listed_anew_while_it_is_read_is_read_once_more(chakra_sandbox, listener, monkeypatch):
    read_written, during = inbox.read_written, []

    def read(chats: Any, chat: Any, since: datetime) -> Any:
        written = read_written(chats, chat, since)
        if chat.customer == CUSTOMERS[0] and during:
            during.pop()()
        return written

    monkeypatch.setattr(inbox, "read_written", read)

    async def run() -> None:
        scene, loop = Scene(listener), asyncio.get_running_loop()
        await scene.list()

        def write_and_list() -> None:
            chakra_sandbox.receive(CUSTOMERS[0], "Once more")
            asyncio.run_coroutine_threadsafe(scene.list(), loop).result(PATIENCE)

        during.append(write_and_list)
        await scene.listeners.read()
        assert NOW not in heard(listener)
        await scene.listeners.read()
        # All that is in the chat: who listens knows what was told.
        assert heard(listener) == [CUSTOMERS[0], CUSTOMERS[0], NOW]

    asyncio.run(run())


def test_a_listener_is_told_no_place_before_its_own_was_listed(listener):
    late = Listener(NOW, NOW - timedelta(minutes=1), 1)

    async def run() -> None:
        scene = Scene(listener)
        changes = ChangedChats()
        new = scene.listeners.list_from(changes)
        scene.listeners.add(late)
        changed = await scene.look(changes)
        scene.listeners.take(changed, new, 0, NOW)
        await scene.listeners.read()
        assert len(heard(listener)) == 4
        assert sorted(heard(late)) == CUSTOMERS
        assert scene.listeners.unlisted == [late]
        await scene.list()
        await scene.listeners.read()
        assert NOW in heard(late)

    asyncio.run(run())


def test_after_the_last_listener_nothing_is_left_to_read(chakra_sandbox, listener):
    async def run() -> None:
        scene = Scene(listener)
        await scene.list()
        scene.listeners.remove(listener)
        assert not scene.listeners
        assert scene.listeners.due == float("inf")
        await scene.list()
        assert scene.listeners.due == float("inf")
        before = len(chakra_sandbox.requests())
        await scene.listeners.read()
        assert len(chakra_sandbox.requests()) == before

    asyncio.run(run())


def test_to_hear_nothing_takes_no_longer_than_asked_for():
    async def run() -> None:
        listener = Listener(NOW, NOW, 1)
        loop = asyncio.get_running_loop()
        assert await listener.hear(until=loop.time() + 0.05) is None
        listener.tell(Heard([], NOW))
        assert await listener.hear() == ([], NOW)
        listener.tell(ValueError("no"))
        with pytest.raises(ValueError, match="no"):
            await listener.hear()

    asyncio.run(run())
