"""
The routes of the page.

All but its address are below the control API's: what a browser fetches is no request of the code under test,
and meets none of the faults that wait for one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.responses import StreamingResponse

from airflow_provider_chakra.sandbox.media_routes import answer_with
from airflow_provider_chakra.sandbox.memory import Memory
from airflow_provider_chakra.sandbox.page.live import changes

_FOLDER: Final = Path(__file__).parent
_SCRIPTS: Final = (
    "answer",
    "chat",
    "chats",
    "elements",
    "files",
    "live",
    "messages",
    "orders",
    "phone",
    "reading",
    "sheet",
    "times",
    "trouble",
    "words",
)
_PARTS: Final = {f"{name}.js": "text/javascript" for name in _SCRIPTS} | {
    "phone.css": "text/css",
    "icon.svg": "image/svg+xml",
}
_ANY: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
# Messages are strangers' words: should any become markup, it still could load, run and send nothing.
_PAGE: Final = _ANY | {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
# A file that somebody uploaded may be a page, and must not be one of this address.
_MEDIA: Final = _ANY | {"Content-Security-Policy": "default-src 'none'; sandbox"}


def page_routes(memory: Memory) -> APIRouter:
    """
    Build the routes that show the chats in a browser.

    :param memory: the sandbox's memory.
    """
    routes = APIRouter()

    @routes.get("/")
    async def page() -> Response:
        return Response((_FOLDER / "phone.html").read_bytes(), headers=_PAGE, media_type="text/html")

    @routes.get("/_sandbox/page/{name}")
    async def part(name: str) -> Response:
        if name not in _PARTS:
            raise HTTPException(404, f"The page has no {name}")
        return Response((_FOLDER / name).read_bytes(), headers=_PAGE, media_type=_PARTS[name])

    @routes.get("/_sandbox/page/media/{key:path}")
    async def media(key: str) -> Response:
        answer = answer_with(memory.media.received.get(key) or memory.media.public.get(key), key)
        answer.headers.update(_MEDIA)
        return answer

    @routes.get("/_sandbox/live")
    async def live(request: Request) -> Response:
        return StreamingResponse(changes(memory, request), headers=_ANY, media_type="text/event-stream")

    return routes
