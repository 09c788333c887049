"""Secrets are looked up seldom, and strangers do not get in the way of those who are known."""

from __future__ import annotations

import asyncio
import threading

import pytest

from airflow_provider_chakra.inbox import keys, threads
from airflow_provider_chakra.inbox.keys import AwayError, Keyring, Secrets, TooManyError

KNOWN = Secrets(b"signing")


class Connections:
    """Airflow's connections: one that is there; of others looks take as long as the test wants."""

    def __init__(self) -> None:
        self.looks: list[str] = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def look(self, conn_id: str) -> Secrets | None:
        """Look for one."""
        self.looks.append(conn_id)
        if conn_id == "known":
            return KNOWN
        assert self.may_answer.wait(60)
        return None


def test_many_who_ask_at_once_cause_one_look():
    connections = Connections()

    async def ask() -> list[Secrets]:
        ring = Keyring(connections.look)
        return await asyncio.gather(*(ring.of("known") for _ in range(50)))

    assert asyncio.run(ask()) == [KNOWN] * 50
    assert connections.looks == ["known"]


def test_strangers_wait_for_each_other_and_nobody_waits_for_them(monkeypatch):
    connections = Connections()
    monkeypatch.setattr(keys, "_FRESH", 0)

    async def ask() -> None:
        ring = Keyring(connections.look)
        assert await ring.of("known") == KNOWN
        connections.may_answer.clear()
        strangers = [asyncio.create_task(ring.of(f"made-up-{number}")) for number in range(60)]
        async with asyncio.timeout(60):
            while len(connections.looks) < 1 + 2 or sum(task.done() for task in strangers) < 10:
                await asyncio.sleep(0.01)
            assert await ring.of("known") == KNOWN
        # Two are looked for; fifty wait, these two among them; the rest is refused.
        await asyncio.sleep(0.1)
        assert len(connections.looks) == 2 + 2
        refused = [task for task in strangers if task.done()]
        assert len(refused) == 10
        assert all(isinstance(task.exception(), TooManyError) for task in refused)
        connections.may_answer.set()
        answers = await asyncio.gather(*strangers, return_exceptions=True)
        assert answers.count(Secrets()) == 50
        # There is room again.
        assert await ring.of("made-up-again") == Secrets()

    asyncio.run(ask())


def test_made_up_connections_are_forgotten_before_those_that_are_there(monkeypatch):
    connections = Connections()
    monkeypatch.setattr(keys, "_MOST_KNOWN", 3)

    async def ask() -> None:
        ring = Keyring(connections.look)
        await ring.of("known")
        for number in range(10):
            await ring.of(f"made-up-{number}")
        await ring.of("known")
        await ring.of("made-up-9")
        assert len(ring._known) == 3

    asyncio.run(ask())
    assert connections.looks == ["known", *(f"made-up-{number}" for number in range(10))]


def test_a_look_that_fails_is_told_and_tried_again():
    answers = [OSError("away"), KNOWN]

    def look(_: str) -> Secrets:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask() -> None:
        ring = Keyring(look)
        with pytest.raises(OSError, match="away"):
            await ring.of("known")
        assert await ring.of("known") == KNOWN

    asyncio.run(ask())


def test_a_look_that_hangs_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(threads, "_LONGEST", 0.2)
    monkeypatch.setattr(keys, "_FRESH", 0)
    comes_back = threading.Event()
    hangs = [False, True, True]

    def look(_: str) -> Secrets:
        if hangs.pop(0):
            comes_back.wait(60)
        return KNOWN

    async def ask() -> None:
        ring = Keyring(look)
        assert await ring.of("known") == KNOWN
        assert await ring.of("known") == KNOWN
        with pytest.raises(AwayError):
            await ring.of("stranger")
        comes_back.set()
        hangs.append(False)
        assert await ring.of("stranger") == KNOWN

    asyncio.run(ask())


@pytest.mark.parametrize("conn_id", ["", "a/b", "a b", "é", "x" * 251])
def test_what_is_no_id_is_not_looked_for(conn_id):
    connections = Connections()
    assert asyncio.run(Keyring(connections.look).of(conn_id)) == Secrets()
    assert connections.looks == []
