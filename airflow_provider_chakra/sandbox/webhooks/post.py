"""One POST without a wait of the event loop. It needs nothing but the standard library."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

#: Seconds. ChakraHQ asks for fast answers, and does not say how fast.
PATIENCE: Final = 5.0


class _NoRedirect(HTTPRedirectHandler):
    """A redirect is an answer like any other that is not 2xx."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


# As with the handle of a sandbox: whoever is called is near, and no proxy leads there.
_open = build_opener(ProxyHandler({}), _NoRedirect).open


async def post(url: str, body: bytes, headers: dict[str, str]) -> int | None:
    """
    Post something, in a thread.

    The thread is a daemon's: who does not answer cannot keep the sandbox from stopping.

    :param url: where to.
    :param body: the body.
    :param headers: the headers.
    :return: the HTTP status of the answer; ``None`` without one.
    """
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[int | None] = loop.create_future()

    def settle(status: int | None) -> None:
        if not answered.done():
            answered.set_result(status)

    def run() -> None:
        status = _post(url, body, headers)
        # The loop may have ended meanwhile, and nobody waits any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, status)

    threading.Thread(target=run, name="chakra-sandbox-webhook", daemon=True).start()
    return await answered


def _post(url: str, body: bytes, headers: dict[str, str]) -> int | None:
    try:
        # The control API lets addresses of HTTP through, and no others.
        request = Request(url, body, headers, method="POST")  # ruff: ignore[suspicious-url-open-usage]
        with _open(request, timeout=PATIENCE) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code
    except (OSError, HTTPException, ValueError):
        return None
