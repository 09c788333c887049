"""
Photos (https://apidocs.chakrahq.com: Photo).

Assumed: an upload answers with the photo's ``id``; an upload to an id replaces the photo; fetching
answers with the photo itself.
"""

from __future__ import annotations

import uuid

from fastapi import APIRouter, HTTPException, Request, Response

from airflow_provider_chakra.sandbox.answers import envelope
from airflow_provider_chakra.sandbox.media_routes import answer_with, read_upload
from airflow_provider_chakra.sandbox.memory import Memory


def photo_routes(memory: Memory) -> APIRouter:
    """
    Build the routes to photos.

    :param memory: the sandbox's memory.
    """
    routes = APIRouter()

    def check(photo_id: str) -> None:
        if photo_id not in memory.platform.photos:
            raise HTTPException(404, "Photo not found")

    async def keep(photo_id: str, request: Request) -> Response:
        memory.platform.photos[photo_id] = await read_upload(request, "photo")
        return envelope({"id": photo_id})

    @routes.post("/v1/ext/photo")
    async def create(request: Request) -> Response:
        return await keep(str(uuid.uuid4()), request)

    @routes.post("/v1/ext/photo/{photo_id}")
    async def replace(photo_id: str, request: Request) -> Response:
        check(photo_id)
        return await keep(photo_id, request)

    @routes.get("/v1/ext/photo/{photo_id}")
    async def fetch(photo_id: str) -> Response:
        check(photo_id)
        return answer_with(memory.platform.photos[photo_id], photo_id)

    return routes
