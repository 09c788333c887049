"""
The routes in Airflow's API server: ChakraHQ writes, triggerers read.

https://apidocs.chakrahq.com (Webhooks) tells the header of the signature, and not how it is written. It is
assumed to be in hexadecimal digits, in any case, with or without ``sha256=`` before it. That ChakraHQ makes
Meta's handshake is assumed, too.

https://developers.facebook.com/docs/whatsapp/cloud-api/guides/set-up-webhooks (verification)
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
import secrets
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from airflow_provider_chakra.inbox import config
from airflow_provider_chakra.inbox.bodies import Bodies, RefusedError
from airflow_provider_chakra.inbox.keys import AwayError, Keyring, TooManyError
from airflow_provider_chakra.inbox.lookup import look_up
from airflow_provider_chakra.inbox.rows import read_rows
from airflow_provider_chakra.inbox.store import Page, Store
from airflow_provider_chakra.inbox.threads import LateError, Threads
from airflow_provider_chakra.inbox.tokens import is_valid
from airflow_provider_chakra.inbox.writer import NotKeptError, Writer

log = logging.getLogger(__name__)

SIGNATURE_HEADER = "X-Chakra-Signature-256"
_SIGNATURE = re.compile(r"(?:sha256=)?([0-9a-f]{64})", re.IGNORECASE)
_CHALLENGE = re.compile(r"[\w.~-]{1,200}", re.ASCII)
#: Bytes of a body that is read on the spot. A kilobyte full of events takes up to a millisecond, for which
#: all other requests to the API server wait.
_READ_AT_ONCE = 4 * 1024
#: Customers, and messages, of one question.
MOST_ASKED = 500
#: Seconds between two lines of the log that tell the same.
_QUIET = 60.0

Handler = Callable[[Request], Awaitable[Response]]


def create_app() -> FastAPI:
    """
    Make the application, as Airflow's configuration says.

    It is FastAPI's because Airflow starts and stops no others that are mounted.
    """
    inbox = Inbox(Store(*config.database()), config.keep_days(), Keyring(look_up))
    # A redirect would go to whatever host the caller names.
    app = FastAPI(lifespan=inbox.lifespan, openapi_url=None, redirect_slashes=False)
    for method, path, handler in (
        ("POST", "/webhook/{conn_id}", inbox.receive),
        ("GET", "/webhook/{conn_id}", inbox.shake_hands),
        ("GET", "/inbox/{conn_id}", inbox.tell_new),
        ("POST", "/inbox/{conn_id}/about", inbox.tell_about),
    ):
        app.add_route(path, inbox.answering(handler), methods=[method])
    return app


class Inbox:
    """
    What the routes share.

    :param store: where events are kept.
    :param days: for how many days.
    :param keyring: the secrets of connections.
    """

    def __init__(self, store: Store, days: int, keyring: Keyring) -> None:
        self._store = store
        self._writer = Writer(store, days)
        self._keyring = keyring
        self._bodies = Bodies()
        # Fewer than the store has connections: readers leave one to the writer.
        self._readers = Threads(3, "chakra-inbox-reader", store.renew)
        self._nobody = secrets.token_bytes(32)
        self._told: dict[str, float] = {}

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncGenerator[None, None]:
        """Run the writer as long as the API server runs."""
        await self._writer.start()
        try:
            yield
        finally:
            await self._writer.stop()
            self._readers.end()
            self._keyring.end()
            self._store.close()

    def answering(self, handler: Handler) -> Handler:
        """
        Answer for a handler what it refuses.

        :param handler: one of this class's.
        """

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except RefusedError as refused:
                status, reason = refused.status, refused.reason
            except TooManyError:
                status, reason = HTTPStatus.SERVICE_UNAVAILABLE, "too many connections are asked for"
            except AwayError:
                status, reason = HTTPStatus.SERVICE_UNAVAILABLE, "Airflow's database does not answer"
            except NotKeptError as error:
                status, reason = HTTPStatus.SERVICE_UNAVAILABLE, str(error)
            except LateError:
                status, reason = HTTPStatus.SERVICE_UNAVAILABLE, "a database does not answer in time"
            except SQLAlchemyError as error:
                status, reason = HTTPStatus.SERVICE_UNAVAILABLE, f"the database: {type(error).__name__}"
            self._tell(f"{status.value}, {reason}")
            # The rest of a body that was not read is not waited for.
            return _json({"detail": status.phrase}, status, {"Connection": "close"})

        return answer

    def _tell(self, what: str) -> None:
        now = time.monotonic()
        if now - self._told.get(what, -_QUIET) >= _QUIET:
            self._told[what] = now
            log.warning("A call to ChakraHQ's webhook or inbox was refused or left something out: %s", what)

    async def receive(self, request: Request) -> Response:
        """Take a webhook of ChakraHQ's."""
        conn_id = request.path_params["conn_id"]
        signature = _SIGNATURE.fullmatch(request.headers.get(SIGNATURE_HEADER, ""))
        if signature is None:
            raise _not_allowed()
        async with self._bodies.of(request) as body:
            if not await self._fits(
                conn_id, "signing", lambda secret: _is_signed(body, signature[1], secret)
            ):
                raise _not_allowed()
            if len(body) <= _READ_AT_ONCE:
                rows, left_out = read_rows(conn_id, body, oldest=self._writer.oldest)
            else:
                rows, left_out = await asyncio.to_thread(read_rows, conn_id, body, oldest=self._writer.oldest)
        if left_out:
            self._tell(f"200, {left_out}")
        if rows:
            await self._writer.add(rows)
        return Response()

    async def _fits(self, conn_id: str, name: str, fits: Callable[[bytes], bool]) -> bool:
        """Compare with a secret of a connection, and look it up anew if it does not fit."""
        for anew in (False, True):
            secret: bytes | None = getattr(await self._keyring.of(conn_id, anew=anew), name)
            # An unknown connection takes as long as a known one.
            if fits(secret or self._nobody):
                return True
        return False

    async def shake_hands(self, request: Request) -> Response:
        """Answer Meta's handshake."""
        given = request.query_params
        conn_id, challenge = request.path_params["conn_id"], given.get("hub.challenge", "")
        token = given.get("hub.verify_token", "").encode()
        if not await self._fits(conn_id, "verify_token", lambda ours: hmac.compare_digest(token, ours)):
            raise RefusedError(HTTPStatus.FORBIDDEN, "a handshake without the connection's verify token")
        if given.get("hub.mode") != "subscribe" or not _CHALLENGE.fullmatch(challenge):
            raise RefusedError(HTTPStatus.FORBIDDEN, "a handshake that is none")
        return Response(challenge, media_type="text/plain")

    async def tell_new(self, request: Request) -> Response:
        """Tell a triggerer what is new."""
        conn_id = await self._reader(request)
        after = request.query_params.get("after")
        return await self._page(conn_id, None if after is None else _place(after))

    async def tell_about(self, request: Request) -> Response:
        """Tell a triggerer what is kept about some customers and messages."""
        conn_id = await self._reader(request)
        async with self._bodies.of(request) as body:
            try:
                asked = json.loads(body)
                customers, wamids = _texts(asked["customers"]), _texts(asked["wamids"])
                after = _place(asked.get("after", 0))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                raise RefusedError(HTTPStatus.BAD_REQUEST, "a question that cannot be read") from None
        return await self._page(conn_id, after, customers=customers, wamids=wamids)

    async def _reader(self, request: Request) -> str:
        conn_id: str = request.path_params["conn_id"]
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            raise _not_allowed()
        if not await self._fits(conn_id, "signing", lambda secret: is_valid(token, secret, conn_id)):
            raise _not_allowed()
        return conn_id

    async def _page(self, conn_id: str, after: int | None, **about: Any) -> Response:
        page: Page = await self._readers.run(partial(self._store.page, conn_id, after, **about))
        # Records are JSON already.
        events = ",".join(page.records)
        text = f'{{"place":"{page.place}","more":{json.dumps(page.more)},"events":[{events}]}}'
        return Response(text, media_type="application/json")


def _is_signed(body: bytes, signature: str, secret: bytes) -> bool:
    return hmac.compare_digest(hmac.digest(secret, body, "sha256").hex(), signature.lower())


def _place(value: Any) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", str(value), re.ASCII):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "a place that is none")
    return int(value)


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_ASKED:
        raise ValueError
    if not all(isinstance(one, str) and one.isprintable() for one in value):
        raise ValueError
    return value


def _not_allowed() -> RefusedError:
    # One answer for all of it: nobody learns which connections there are.
    return RefusedError(
        HTTPStatus.UNAUTHORIZED, "no such connection, no webhook secret in it, or not signed with that secret"
    )


def _json(content: dict[str, Any], status: HTTPStatus, headers: dict[str, str]) -> Response:
    return Response(json.dumps(content), status.value, headers, media_type="application/json")
