"""The control API under ``/_sandbox/``: what arrived, and what shall go wrong next. It asks for no token."""

from __future__ import annotations

import json

from fastapi import APIRouter, Response

from airflow_provider_chakra.sandbox.drawing import render_conversation
from airflow_provider_chakra.sandbox.faults import Fault
from airflow_provider_chakra.sandbox.memory import Memory
from airflow_provider_chakra.sandbox.orders import DONE


def _readable(content: object) -> Response:
    # ASCII on the wire: half a surrogate pair is valid in JSON, and cannot be written in UTF-8.
    return Response(json.dumps(content, indent=1), media_type="application/json")


def control_routes(memory: Memory) -> APIRouter:
    """
    Build the routes that look into a sandbox and steer it.

    :param memory: the sandbox's memory.
    """
    routes = APIRouter(prefix="/_sandbox")

    @routes.get("/messages")
    async def messages() -> Response:
        return _readable(memory.messages)

    @routes.get("/requests")
    async def requests() -> Response:
        return _readable(memory.requests)

    @routes.get("/conversation")
    async def conversation() -> Response:
        text = render_conversation(memory.messages)
        return Response(text.encode(errors="replace"), media_type="text/plain; charset=utf-8")

    @routes.post("/reset", status_code=204)
    async def reset() -> Response:
        memory.reset()
        return DONE

    @routes.get("/faults")
    async def faults() -> Response:
        return _readable([fault.given() for fault in memory.faults])

    @routes.post("/faults", status_code=204)
    async def add_fault(fault: Fault) -> Response:
        memory.faults.append(fault)
        return DONE

    @routes.delete("/faults", status_code=204)
    async def drop_faults() -> Response:
        memory.faults.clear()
        return DONE

    return routes
