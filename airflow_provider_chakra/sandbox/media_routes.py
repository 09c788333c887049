"""
Media: uploading for the public, and fetching what customers sent.

https://apidocs.chakrahq.com (Upload Public Media, Fetch WhatsApp Media API, Show WhatsApp Media API, Show
WhatsApp Media Attachments API). Assumptions: an upload without a file is refused with HTTP 400, one beyond
100 MB with 413; media that are not known with 404; attachments are redirected to another host, which must not
see the token. That host is this sandbox by its other name (``localhost`` and ``127.0.0.1``), and it refuses
whoever brings one.
"""

from __future__ import annotations

import mimetypes
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import PurePosixPath
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from python_multipart.exceptions import FormParserError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, StreamingResponse

from airflow_provider_chakra.sandbox.answers import (
    MetaRefusal,
    check_plugin,
    check_version,
    envelope,
    no_such_object,
    plain,
)
from airflow_provider_chakra.sandbox.defaults import Account
from airflow_provider_chakra.sandbox.media import MOST_BYTES, StoredFile, store
from airflow_provider_chakra.sandbox.memory import Memory

_TEAM: Final = "5a4db0c5-0000-4000-8000-0000000000ff"
_OTHER_NAME: Final = {"127.0.0.1": "localhost", "::1": "localhost"}
# What a multipart body has around its file.
_WRAPPING: Final = 64 * 1024


def media_routes(account: Account, memory: Memory) -> APIRouter:
    """
    Build the routes that ask for the token.

    :param account: the account the sandbox knows.
    :param memory: the sandbox's memory.
    """
    routes = APIRouter()
    media = memory.media

    @routes.post("/v1/ext/plugin/whatsapp/{plugin_id}/upload-public-media")
    async def upload(plugin_id: str, request: Request) -> Response:
        check_plugin(account, plugin_id)
        file = await read_upload(request, "file")
        now = memory.clock.now()
        suffix = PurePosixPath(file.name or "").suffix or mimetypes.guess_extension(file.mime_type) or ".bin"
        path = f"{_TEAM}/{now:%Y-%m-%d}/{uuid.uuid4()}{suffix.lower()}"
        media.public[path] = file
        url = f"{request.base_url}public-media/{path}"
        media.uploads.append(
            {
                "filename": file.name,
                "mime_type": file.mime_type,
                "size": file.size,
                "sha256": file.sha256,
                "url": url,
                "received_at": memory.clock.stamp(),
            }
        )
        return envelope({"publicMediaUrl": url})

    @routes.get("/v1/whatsapp/{api_version}/media/{media_id}")
    async def fetch(api_version: str, media_id: str, request: Request) -> Response:
        check_version(api_version)
        file = media.received.get(media_id)
        if file is None:
            raise MetaRefusal(no_such_object(media_id, "get"), 33)
        return plain(
            {
                "url": f"{request.base_url}v2/whatsapp/{api_version}/media/{media_id}/show",
                "mime_type": file.mime_type,
                "sha256": file.sha256,
                "file_size": file.size,
                "id": media_id,
                "messaging_product": "whatsapp",
            }
        )

    @routes.get("/v1/whatsapp/{api_version}/media/{media_id}/show")
    @routes.get("/v2/whatsapp/{api_version}/media/{media_id}/show")
    async def show(api_version: str, media_id: str) -> Response:
        check_version(api_version)
        return answer_with(media.received.get(media_id), media_id)

    @routes.get("/v2/whatsapp/{api_version}/media/whatsapp_business/attachments")
    async def attachments(api_version: str, mid: str, request: Request) -> Response:
        check_version(api_version)
        base = request.base_url
        host = base.hostname or ""
        other = base.replace(hostname=_OTHER_NAME.get(host, "127.0.0.1"))
        return RedirectResponse(f"{other}lookaside/attachments?mid={mid}", 302)

    return routes


def open_media_routes(memory: Memory) -> APIRouter:
    """
    Build the routes of the other hosts, those that ask for no token.

    :param memory: the sandbox's memory.
    """
    routes = APIRouter()

    @routes.get("/public-media/{path:path}")
    async def public(path: str) -> Response:
        return answer_with(memory.media.public.get(path), path)

    @routes.get("/lookaside/attachments")
    async def lookaside(mid: str, request: Request) -> Response:
        if "authorization" in request.headers:
            raise HTTPException(401, "This host must not be shown the access token of ChakraHQ")
        return answer_with(memory.media.received.get(mid), mid)

    return routes


def answer_with(file: StoredFile | None, name: str) -> Response:
    """
    Answer with the content of a file.

    :param name: what was asked for.
    :raises HTTPException: 404 if there is no file.
    """
    if file is None:
        raise HTTPException(404, f"Media {name} not found")
    headers = {"Content-Length": str(file.size)}
    return StreamingResponse(file.chunks(), headers=headers, media_type=file.mime_type)


async def read_upload(request: Request, part: str) -> StoredFile:
    """
    Read the file out of a multipart body.

    :param part: the name of the part that is the file.
    :raises HTTPException: 400 without a file, 413 for one that is too large, 500 as the live service answers
        to a body that is not multipart.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise HTTPException(500, "Internal Server Error")
    try:
        form = await MultiPartParser(request.headers, _bounded(request.stream()), max_files=1).parse()
    except (MultiPartException, FormParserError, ClientDisconnect) as error:
        # Not every Starlette makes its own of the parser's error.
        raise HTTPException(500, "Internal Server Error") from error
    try:
        file, filename = form.get(part), form.get("filename")
        if not isinstance(file, UploadFile):
            raise HTTPException(400, f"{part} is required")
        name = filename if isinstance(filename, str) and filename else file.filename
        return store(file.file, file.content_type or "application/octet-stream", name)
    finally:
        await form.close()


async def _bounded(body: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in body:
        size += len(chunk)
        if size > MOST_BYTES + _WRAPPING:
            raise HTTPException(413, "Request Entity Too Large")
        yield chunk
