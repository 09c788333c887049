"""Reading the bodies of requests from strangers: bounded in size, in time, and all together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request

#: Bytes; WhatsApp's own limit.
#: https://developers.facebook.com/docs/whatsapp/cloud-api/guides/set-up-webhooks
LONGEST = 3 * 1024 * 1024
#: Seconds for a whole body.
_DEADLINE = 10.0
#: Bytes of all bodies that are being read; small ones are read even so.
_MOST_HELD = 64 * 1024 * 1024
_SMALL = 16 * 1024


class RefusedError(Exception):
    """
    A request that is not answered as it wishes.

    :param status: what it is answered.
    :param reason: what the log tells.
    """

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Bodies:
    """All bodies that are being read."""

    def __init__(self) -> None:
        self._held = 0

    @asynccontextmanager
    async def of(self, request: Request) -> AsyncGenerator[bytes, None]:
        """
        Read a body, and count it as long as the block lasts.

        :param request: the request.
        :raises RefusedError: if it is too long, too slow, or one too many.
        """
        if int(request.headers.get("content-length") or 0) > LONGEST:
            raise _too_long()
        pieces: list[bytes] = []
        length = 0
        try:
            try:
                async with asyncio.timeout(_DEADLINE):
                    async for piece in request.stream():
                        length += len(piece)
                        self._held += len(piece)
                        if length > LONGEST:
                            raise _too_long()
                        if length > _SMALL and self._held > _MOST_HELD:
                            raise RefusedError(
                                HTTPStatus.SERVICE_UNAVAILABLE, "too many large bodies at once"
                            )
                        pieces.append(piece)
            except TimeoutError:
                raise RefusedError(HTTPStatus.REQUEST_TIMEOUT, "the body is sent too slowly") from None
            except ClientDisconnect:
                raise RefusedError(HTTPStatus.BAD_REQUEST, "the body ends too early") from None
            yield b"".join(pieces)
        finally:
            self._held -= length


def _too_long() -> RefusedError:
    return RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body of more than {LONGEST} bytes")
