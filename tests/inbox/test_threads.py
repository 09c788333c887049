"""Calls that block: none is waited for without bound, and none keeps a process from ending."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from airflow_provider_chakra.inbox import threads
from airflow_provider_chakra.inbox.threads import LateError, Threads

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def hangs() -> Iterator[threading.Event]:
    """Give what hangs until the test ends."""
    comes_back = threading.Event()
    yield comes_back
    comes_back.set()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for little."""
    monkeypatch.setattr(threads, "_LONGEST", 0.2)


def test_a_call_gives_what_it_gives_or_raises():
    async def ask() -> None:
        some = Threads(1, "test")
        assert await some.run(lambda: 7) == 7
        for error in (ValueError("mine"), TimeoutError("mine")):

            def fail(error: Exception = error) -> None:
                raise error

            with pytest.raises(type(error), match="mine"):
                await some.run(fail)
        assert await some.run(lambda: threading.current_thread().name) == "test"
        some.end()

    asyncio.run(ask())


def test_a_thread_that_hangs_is_given_up(impatient, hangs, caplog):
    renewed: list[str] = []

    async def ask() -> None:
        some = Threads(1, "test", lambda: renewed.append(threading.current_thread().name))
        late = asyncio.create_task(some.run(hangs.wait))
        queued = asyncio.create_task(some.run(lambda: 7))
        for waiting in (late, queued):
            with pytest.raises(LateError):
                await waiting
        assert len(renewed) == 1
        assert await some.run(lambda: 8) == 8
        # What came back late is nobody's any more.
        hangs.set()
        assert await some.run(lambda: 9) == 9
        some.end()

    asyncio.run(ask())
    assert len(renewed) == 1
    assert caplog.text.count("is given up") == 1


def test_who_waits_for_a_thread_that_is_busy_causes_no_fresh_ones(monkeypatch, hangs):
    renewed: list[object] = []

    async def ask() -> None:
        some = Threads(1, "test", lambda: renewed.append(1))
        busy = asyncio.create_task(some.run(hangs.wait))
        await asyncio.sleep(0)
        monkeypatch.setattr(threads, "_LONGEST", 0.1)
        begun: list[object] = []
        with pytest.raises(LateError):
            await some.run(lambda: begun.append(1))
        monkeypatch.setattr(threads, "_LONGEST", 60)
        hangs.set()
        assert await busy is True
        assert await some.run(lambda: 7) == 7
        assert begun == renewed == []
        some.end()

    asyncio.run(ask())


def test_no_end_of_threads_is_given_up(monkeypatch, impatient, hangs):
    monkeypatch.setattr(threads, "_MOST_LOST", 3)

    async def ask() -> None:
        some = Threads(1, "test")
        before = threading.active_count()
        for _ in range(6):
            with pytest.raises(LateError):
                await some.run(hangs.wait)
        assert threading.active_count() - before == 4
        hangs.set()
        monkeypatch.setattr(threads, "_LONGEST", 60)
        assert await some.run(lambda: 7) == 7
        some.end()

    asyncio.run(ask())


ENDS = """
import asyncio, threading
from airflow_provider_chakra.inbox import threads, writer
threads._LONGEST = writer._ENDING = {longest}

class Silent:
    def add(self, rows):
        print("asked", flush=True)
        threading.Event().wait()
    sweep = add
    def renew(self): pass

async def main():
    keeper = writer.Writer(Silent(), 7)
    await keeper.start()
    await asyncio.sleep(0.2)
    await keeper.stop()
    print("stopped", flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("longest", [0.3, "600; writer._ENDING = 0.3"])
def test_a_database_that_is_silent_keeps_no_server_from_ending(longest: Any):
    begin = time.monotonic()
    command = [sys.executable, "-c", ENDS.format(longest=longest)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout.split()) == (0, ["asked", "stopped"]), done.stderr
    assert time.monotonic() - begin < 300
