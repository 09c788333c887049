"""The line between client and API: every request is written down here, and faults happen here."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import PlainTextResponse

from airflow_provider_chakra.sandbox.guard import is_foreign
from airflow_provider_chakra.sandbox.memory import parse_json

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from airflow_provider_chakra.sandbox.faults import Fault
    from airflow_provider_chakra.sandbox.memory import Memory

CONTROL: Final = "/_sandbox/"
PAGE: Final = "/"

log = logging.getLogger(__name__)

_FORBIDDEN: Final = PlainTextResponse(
    "The sandbox obeys no other web page, and answers at localhost and the address that --host gives only\n",
    403,
)

# A record may be named by its phone number, too.
_NUMBER = re.compile(r"(/(?:phoneNumber|process|p)/(?:[^/]+/)?\+?\d\d)\d+(\d{4})(?=/|$)")


@dataclass
class _Answer:
    status: int = 500
    headers: tuple[tuple[bytes, bytes], ...] = ()
    content: bytes = b""

    async def take(self, message: Message) -> None:
        """Be the ``send`` of an application whose answer is to be held back."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], tuple(message.get("headers", ()))
        else:
            self.content += message.get("body", b"")

    def add_headers(self, more: Mapping[str, str]) -> None:
        new = {name.lower().encode("latin-1"): value.encode("latin-1") for name, value in more.items()}
        kept = tuple((name, value) for name, value in self.headers if name.lower() not in new)
        self.headers = (*kept, *new.items())

    async def give(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": self.content})


class Wire:
    """
    Outermost ASGI middleware around the API; the control API passes by it.

    :param app: the application behind it.
    :param memory: where requests are written down and faults are waiting.
    :param token: the bearer token that is right.
    :param host: the address that is listened on.
    """

    def __init__(self, app: ASGIApp, memory: Memory, token: str, host: str) -> None:
        self.app = app
        self.memory = memory
        self.token = token
        self.host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, with the fault that was asked for."""
        steers = scope["type"] != "http" or scope["path"] == PAGE or scope["path"].startswith(CONTROL)
        if is_foreign(scope, self.host, by_token=not steers):
            await _FORBIDDEN(scope, receive, send)
            return
        if steers:
            await self.app(scope, receive, send)
            return
        streamed = _is_multipart(scope)
        body = b"" if streamed else await _read(receive)
        if body is None:
            return
        record = self._record(scope, body)
        self.memory.requests.append(record)
        scope.setdefault("state", {})["record"] = record
        fault = self.memory.take_fault(scope["method"], scope["path"])
        record["fault"] = fault.model_dump(exclude_unset=True) if fault else None

        flow = _Flow(receive) if streamed else None
        inward = flow.receive if flow else _replay(body, receive)
        if fault is None and flow is None:
            await self.app(scope, inward, _watched(send, scope, record))
            return
        answer = _Answer()
        if fault is None or fault.lets_through:
            await self.app(scope, inward, answer.take)
        if flow:
            # A client that is still sending would take an early answer for a broken connection.
            await flow.drain()
            record["body"] = {"bytes": flow.size}
            if flow.gone:
                return
        if fault is not None:
            if fault.delay:
                await _wait(fault.delay, receive)
            if fault.close:
                log.info("%s %s: closed without an answer", scope["method"], _masked(scope["path"]))
                await _hang_up(receive)
                return
            answer = _spoil(answer, fault)
        await answer.give(_watched(send, scope, record))

    def _record(self, scope: Scope, body: bytes) -> dict[str, Any]:
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        scheme, _, token = headers.get("authorization", "").partition(" ")
        right = scheme.lower() == "bearer" and hmac.compare_digest(
            token.strip().encode("latin-1"), self.token.encode()
        )
        if "authorization" in headers:
            headers["authorization"] = "***"
        try:
            parsed = parse_json(body) if body else None
        except ValueError:
            parsed = body.decode(errors="replace")
        return {
            "received_at": self.memory.clock.stamp(),
            "method": scope["method"],
            "path": scope["path"],
            "query": scope["query_string"].decode("latin-1"),
            "headers": headers,
            "authorized": right,
            "body": parsed,
            "status": None,
            "refusals": [],
            "wamid": None,
        }


def _watched(send: Send, scope: Scope, record: dict[str, Any]) -> Send:
    """Write down how a request is answered, just before it is."""

    async def watched(message: Message) -> None:
        if message["type"] == "http.response.start":
            record["status"] = message["status"]
            log.info("%s %s: %s", scope["method"], _masked(scope["path"]), message["status"])
            for refusal in record["refusals"]:
                log.info("    refused: %s", " - ".join(filter(None, (refusal["text"], refusal["details"]))))
        await send(message)

    return watched


def _masked(path: str) -> str:
    return _NUMBER.sub(r"\1******\2", path)


def _is_multipart(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    return bool(headers.get(b"content-type", b"").lower().startswith(b"multipart/"))


class _Flow:
    """A body that passes by: it may be large, so it is counted and not kept."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._more = True
        self.size = 0
        self.gone = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.gone, self._more = self._more, False
        else:
            self.size += len(message.get("body", b""))
            self._more = message.get("more_body", False)
        return message

    async def drain(self) -> None:
        while self._more:
            await self.receive()


def _spoil(answer: _Answer, fault: Fault) -> _Answer:
    if fault.answers:
        content, content_type = fault.content()
        answer = _Answer(fault.status or 500, content=content)
        answer.add_headers({"content-length": str(len(content))})
        if content_type:
            answer.add_headers({"content-type": content_type})
    answer.add_headers(fault.headers)
    return answer


async def _read(receive: Receive) -> bytes | None:
    """Read a whole body; ``None`` if the client went away before its end."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """Hand a body that was read once more to the application behind."""
    messages: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay


async def _wait(seconds: float, receive: Receive) -> None:
    """
    Wait, but not for a client that has gone: after the body, the next message is its good-bye.

    A client with a short time-out would otherwise keep the server from stopping until the delay is over.
    """
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(receive(), seconds)


async def _hang_up(receive: Receive) -> None:
    """
    Close the connection without an answer.

    ASGI has no word for that. Under uvicorn, with either of its HTTP parsers, ``receive`` is a method of the
    object that holds the connection. Returning only after the good-bye keeps uvicorn from answering 500.
    """
    receive.__self__.transport.abort()  # type: ignore[attr-defined]
    while (await receive())["type"] != "http.disconnect":
        pass
