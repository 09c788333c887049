"""The secrets of connections, known long enough that a webhook is answered in milliseconds."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from airflow_provider_chakra.inbox.threads import LateError, Threads

#: Seconds for which a secret is taken for granted.
_FRESH = 60.0
#: Seconds between two looks at most for one connection, whoever signs wrongly.
_FRESH_ENOUGH = 5.0
#: Seconds for which a secret is still good while its connection is not found, or cannot be looked for: that a
#: secrets backend does not answer, Airflow tells as a connection that is not there.
_STALE = 600.0
#: Connections, those included that are asked for and not there.
_MOST_KNOWN = 1000
#: Looks for connections that were never found: at the same time, and waiting.
_AT_ONCE = 2
_MOST_WAITING = 50
#: All looks at the same time.
_THREADS = 4

# As Airflow's own, but for slashes.
_CONN_ID = re.compile(r"[\w#!()\-.:]{1,250}", re.ASCII)


class Secrets(NamedTuple):
    """What a connection says about webhooks."""

    signing: bytes | None = None
    verify_token: bytes | None = None


class _Known(NamedTuple):
    secrets: Secrets
    #: When it was looked up, and when it was found, by the event loop's clock.
    looked: float
    found: float


class TooManyError(Exception):
    """Too many connections are asked for that nobody knows."""


class AwayError(Exception):
    """Whether there is such a connection cannot be found out."""


class Keyring:
    """
    Look up secrets, each at most every few seconds.

    :param look: reads a connection, blocking; ``None`` if there is none. It may raise :class:`AwayError`.
    """

    def __init__(self, look: Callable[[str], Secrets | None]) -> None:
        self._look = look
        self._known: dict[str, _Known] = {}
        self._looks: dict[str, asyncio.Task[Secrets]] = {}
        self._threads = Threads(_THREADS, "chakra-inbox-keys")
        self._strangers = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def of(self, conn_id: str, *, anew: bool = False) -> Secrets:
        """
        Give the secrets of a connection.

        :param conn_id: its id, as a stranger may have written it.
        :param anew: whether they should be fresh, as what is known did not fit.
        :return: the secrets; none if there is no such connection.
        :raises TooManyError: if others ask for too many connections.
        :raises AwayError: if it cannot be found out now, and is not known.
        """
        known = self._known.get(conn_id)
        now = asyncio.get_running_loop().time()
        if known and now - known.looked < (_FRESH_ENOUGH if anew else _FRESH):
            return known.secrets
        if _CONN_ID.fullmatch(conn_id) is None:
            return Secrets()
        look = self._looks.get(conn_id)
        if look is None:
            look = self._looks[conn_id] = asyncio.create_task(self._find(conn_id, known))
            look.add_done_callback(lambda _: self._looks.pop(conn_id, None))
        # Others may wait for the same look.
        return await asyncio.shield(look)

    def end(self) -> None:
        """Look no more."""
        self._threads.end()

    async def _find(self, conn_id: str, known: _Known | None) -> Secrets:
        secrets, is_away = None, False
        try:
            secrets = await self._look_up(conn_id, known)
        except (AwayError, LateError):
            is_away = True
        now = found = asyncio.get_running_loop().time()
        if secrets is None and known and known.secrets.signing and now - known.found <= _STALE:
            secrets, found = known.secrets, known.found
        elif is_away:
            # Nothing is remembered of that: the next call looks anew.
            raise AwayError
        self._known[conn_id] = _Known(secrets or Secrets(), now, found)
        if len(self._known) > _MOST_KNOWN:
            del self._known[min(self._known, key=self._use)]
        return secrets or Secrets()

    async def _look_up(self, conn_id: str, known: _Known | None) -> Secrets | None:
        look = partial(self._look, conn_id)
        if known and known.secrets.signing:
            return await self._threads.run(look)
        if self._waiting >= _MOST_WAITING:
            raise TooManyError
        self._waiting += 1
        try:
            # Whoever asks for made-up connections must not hold up those that are there.
            async with self._strangers:
                return await self._threads.run(look)
        finally:
            self._waiting -= 1

    def _use(self, conn_id: str) -> tuple[bool, float]:
        """Rank connections: those that are not there are forgotten first, and of these the oldest."""
        known = self._known[conn_id]
        return known.secrets.signing is not None, known.looked
