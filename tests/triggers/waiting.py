"""What the tests of triggers have in common: they wait for what must happen, however long it takes."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

from airflow_provider_chakra.triggers import pollers
from airflow_provider_chakra.triggers.poller import Poller
from tests.meanwhile import PATIENCE


async def until(holds: Callable[[], Any]) -> None:
    """Wait until something holds, that is looked for in a thread."""
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(holds):
            await asyncio.sleep(0.02)


def the_poller() -> Poller:
    """Give the one poller of this event loop."""
    (found,) = pollers._pollers[asyncio.get_running_loop()].values()
    return found


async def all_is_read() -> None:
    """Wait until the chats of all who wait were read once, and none is being read."""
    # Those who were started just now begin to wait.
    await asyncio.sleep(0)
    chats = the_poller()._chats
    await until(lambda: all(chat.read > chat.began for chat in [*chats._all.values()]) and not chats._reading)


async def see_it_ended() -> None:
    """See that nobody waits in a poller any more, and that it ends for that, and not at its next look."""
    assert not pollers._pollers[asyncio.get_running_loop()]
    # Turns of the event loop, not seconds: to end takes some of them, however long each lasts.
    for _ in range(50):
        await asyncio.sleep(0)
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("chats of")]


def asked_at(sandbox: Any, path: str) -> list[datetime]:
    """Tell when each look began, of which the path of the requests ends so, on the sandbox's clock."""
    rows = [row for row in sandbox.requests() if row["path"].endswith(path) and row["body"]["page"] == 1]
    return [datetime.fromisoformat(row["received_at"]) for row in rows]


def pauses(times: list[datetime]) -> list[float]:
    """
    Give the seconds between times.

    A pause begins when an answer is known, after its request came in: so none is seen shorter than it was
    meant, however slow all goes. A millisecond may be lost, as times are told in whole ones.
    """
    return [(later - time).total_seconds() + 0.001 for time, later in itertools.pairwise(times)]


class Webhooks:
    """What webhooks brought, without any."""

    begun = True

    def __init__(self) -> None:
        self.hears = False
        self.came: list[Any] = []

    def look(self) -> list[Any]:
        """Give what came since the last look."""
        came, self.came = self.came, []
        return came

    def about(self, **_: Any) -> list[Any]:
        """Give nothing of what was told before."""
        return []
