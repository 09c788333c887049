"""Paths of background jobs; what is assumed of them is told in :mod:`.jobs`."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response

from airflow_provider_chakra.sandbox.answers import envelope
from airflow_provider_chakra.sandbox.memory import Memory

_PAGE: Final = 100


def job_routes(memory: Memory) -> APIRouter:
    """
    Build the routes that look at background jobs.

    :param memory: the sandbox's memory.
    """
    routes = APIRouter()
    platform = memory.platform

    @routes.get("/v1/ext/background-job/{job_id}")
    async def fetch(job_id: str) -> Response:
        job = platform.jobs.look(job_id)
        return envelope(job.shown(), {"bjEntryCompletionStatusVsCount": job.counts()})

    @routes.get("/v1/ext/background-job/{job_id}/entries")
    async def entries(job_id: str, request: Request) -> Response:
        found = platform.jobs.look(job_id).entries
        skip = _number(request, "skip", 0)
        limit = _number(request, "limit", _PAGE)
        if not 1 <= limit <= _PAGE:
            raise HTTPException(400, f"limit must be a number from 1 to {_PAGE}")
        after = skip + limit
        path = f"/v1/ext/background-job/{job_id}/entries?skip={after}&limit={limit}"
        more = after < len(found)
        return envelope(found[skip:after], {"total": len(found), "nextPage": path if more else None})

    return routes


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise HTTPException(400, f"{name} must be a number from 0")
    return int(text)
