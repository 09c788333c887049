"""
What the page shows, sent to it whenever it changes.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any, Final

from fastapi import Request

from airflow_provider_chakra.sandbox.memory import Memory
from airflow_provider_chakra.sandbox.view import view

#: Seconds between two looks at the memory.
LOOK: Final = 0.25
#: Seconds after which a quiet stream shows that it is alive.
PING: Final = 10.0


def snapshot(memory: Memory) -> dict[str, Any]:
    """
    Give all that the page shows.

    :param memory: the sandbox's memory.
    :return: ``ahead``, by how many seconds the sandbox's clock is before the machine's, ``windows``, what
        becomes of messages after the 24 hours, and ``chats``.
    """
    return {"ahead": memory.clock.ahead, "windows": memory.chats.window_rule, "chats": view(memory)}


async def changes(memory: Memory, request: Request) -> AsyncGenerator[str, None]:
    """
    Send a snapshot, and another one after each change, until the server stops.

    Who goes away is noticed by the response that this is the body of.

    :param memory: the sandbox's memory.
    :param request: the request to answer.
    """
    # ASGI does not tell a response that the server stops. uvicorn, with either of its HTTP parsers, takes its
    # promise back to keep the connection; ``receive`` is a method of the object that knows.
    connection = getattr(request.receive, "__self__", None)
    promised = getattr(connection, "keep_alive", None)
    sent, quiet, watch = "", 0.0, asyncio.get_running_loop().time
    while getattr(connection, "keep_alive", None) == promised:
        began = watch()
        # ASCII, as everywhere; and JSON has no line breaks, which would end the event.
        now = json.dumps(snapshot(memory))
        # A long history takes long to look at, and the code under test must not wait for that.
        pause = max(LOOK, 4 * (watch() - began))
        if now != sent:
            yield f"data: {now}\n\n"
            sent, quiet = now, 0.0
        elif quiet >= PING:
            yield ": still here\n\n"
            quiet = 0.0
        await asyncio.sleep(pause)
        quiet += pause
