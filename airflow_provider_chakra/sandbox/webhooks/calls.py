"""
Calling a webhook: signed, tried again, and, if it is asked for, twice or in the wrong order.

https://apidocs.chakrahq.com (Webhooks) names the header of the signature. Assumptions: the signature is
written in hexadecimal digits, and the pass-through is signed, too. How often ChakraHQ tries again is not
known.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections import defaultdict, deque
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from airflow_provider_chakra.sandbox.webhooks.post import post
from airflow_provider_chakra.sandbox.webhooks.watch import Watch

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.chats import Chats
    from airflow_provider_chakra.sandbox.clock import Clock
    from airflow_provider_chakra.sandbox.webhooks.shapes import Dialect, Shapes
    from airflow_provider_chakra.sandbox.webhooks.watch import News

SIGNATURE: Final = "X-Chakra-Signature-256"

#: How many calls are remembered.
MOST_CALLS: Final = 1000
# Seconds: between two looks, and before the first new try, which doubles from try to try.
_LOOK: Final = 0.05
_PAUSE: Final = 0.2
# Calls at a time.
_LINES: Final = 8


@dataclass(frozen=True)
class Hook:
    """
    Who is called, and how.

    :param url: whom to call.
    :param secret: the "HMAC secret" that calls are signed with.
    :param dialects: the shapes in which each event is told, in a call of its own each.
    :param retries: how often more to try what was not answered with 2xx.
    :param duplicates: how often more to tell what was told already.
    :param disorder: whether to tell the statuses of a message backwards.
    """

    url: str
    secret: str
    dialects: tuple[Dialect, ...] = ("chakra",)
    retries: int = 3
    duplicates: int = 0
    disorder: bool = False

    def sign(self, body: bytes) -> str:
        """
        Give the signature of a body.

        :param body: the raw body.
        """
        return hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()


class Webhooks:
    """
    The calls of a sandbox, all of them tasks of the server's event loop, with which they end.

    :param chats: the chats that are told of.
    :param clock: the sandbox's clock.
    """

    def __init__(self, chats: Chats, clock: Clock) -> None:
        self._chats = chats
        self._clock = clock
        self._lasting: tuple[Hook, Shapes] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.reset()

    def reset(self) -> None:
        """Forget who was called, and call nobody any more but whoever was to be called for good."""
        self.stop()
        self.calls: deque[dict[str, Any]] = deque(maxlen=MOST_CALLS)
        if self._lasting:
            self.start(*self._lasting)

    def stop(self) -> None:
        """Call nobody any more; what is on its way is not tried again."""
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()

    def start(self, hook: Hook, shapes: Shapes, *, lasting: bool = False) -> None:
        """
        Tell of everything from now on, instead of what was told to whom before.

        :param hook: whom to call, and how.
        :param shapes: in which shapes.
        :param lasting: whether to begin anew whenever all is forgotten.
        """
        self.stop()
        if lasting:
            self._lasting = hook, shapes
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._lines = asyncio.Semaphore(_LINES)
        watch = Watch(self._chats, self._clock.now(), disorder=hook.disorder)
        self._begin(self._watch(hook, watch, shapes))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self, hook: Hook, watch: Watch, shapes: Shapes) -> None:
        while True:
            for news in watch.look(self._clock.now()):
                bodies = [(dialect, shapes.body(news, dialect)) for dialect in hook.dialects]
                self._begin(self._tell(hook, news, bodies))
            await asyncio.sleep(_LOOK)

    async def _tell(self, hook: Hook, news: News, bodies: list[tuple[Dialect, dict[str, Any]]]) -> None:
        # Whoever is next in a chat waits, so that disorder comes when it is asked for, and then only.
        async with self._turns[news.entry.contact]:
            for dialect, body in bodies:
                for _ in range(1 + hook.duplicates):
                    await self._call(hook, dialect, body)

    async def _call(self, hook: Hook, dialect: Dialect, body: dict[str, Any]) -> None:
        call = {"url": hook.url, "dialect": dialect, "status": None, "tries": 0, "body": body}
        self.calls.append(call)
        raw = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", SIGNATURE: hook.sign(raw)}
        for retry in range(1 + hook.retries):
            if retry:
                await asyncio.sleep(_PAUSE * 2 ** (retry - 1))
            async with self._lines:
                call["tries"] = retry + 1
                call["status"] = status = await post(hook.url, raw, headers)
            if status is not None and 200 <= status < 300:
                return
