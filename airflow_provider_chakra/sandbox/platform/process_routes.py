"""
Paths of processes and of their tasks.

https://apidocs.chakrahq.com (Fetch Process By Id, List Processes, Create Process, Create a lead, Update
Process, Delete Process, Bulk Create, Bulk Update, Create Task). Assumed: a row of a bulk update has no other
field than the ones that its page shows.
"""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response

from airflow_provider_chakra.sandbox.answers import envelope, read_json, read_object
from airflow_provider_chakra.sandbox.memory import Memory
from airflow_provider_chakra.sandbox.platform.processes import Procedure

_PROCESS: Final = "/v1/ext/procedure/{procedure}/process"
_BY_PRIMARY_KEY: Final = _PROCESS + "/{key}/{value:path}"
_IN_BULK: Final = {"data", "state", "status"}


def process_routes(memory: Memory) -> APIRouter:
    """
    Build the routes to processes and tasks.

    :param memory: the sandbox's memory.
    """
    routes = APIRouter()
    platform = memory.platform

    @routes.post(_PROCESS + "/list")
    async def listing(procedure: str, request: Request) -> Response:
        found, has_more = platform.procedure(procedure).listing(await read_object(request))
        return envelope(found, {"hasMore": has_more})

    @routes.post(_PROCESS)
    async def create(procedure: str, request: Request) -> Response:
        return envelope(platform.procedure(procedure).create(await read_json(request)))

    @routes.post(_PROCESS + "/bulk-create")
    async def bulk_create(procedure: str, request: Request) -> Response:
        found = platform.procedure(procedure)
        return envelope(platform.jobs.start("BULK_CREATE_PROCESS", await read_json(request), found.create))

    @routes.patch(_PROCESS)
    async def bulk_update(procedure: str, request: Request) -> Response:
        found = platform.procedure(procedure)
        rows = (await read_object(request)).get("processes")
        return envelope(platform.jobs.start("BULK_UPDATE_PROCESS", rows, lambda row: _update_row(found, row)))

    @routes.get(_PROCESS + "/{process}")
    async def fetch(procedure: str, process: str) -> Response:
        return envelope(platform.procedure(procedure).by_id(process))

    @routes.put(_PROCESS + "/{process}")
    async def update(procedure: str, process: str, request: Request) -> Response:
        found = platform.procedure(procedure)
        return envelope(found.update(found.by_id(process), await read_json(request)))

    @routes.delete(_PROCESS + "/{process}")
    async def delete(procedure: str, process: str) -> Response:
        found = platform.procedure(procedure)
        return envelope(found.delete(found.by_id(process)))

    @routes.put(_BY_PRIMARY_KEY)
    async def update_by_primary_key(procedure: str, key: str, value: str, request: Request) -> Response:
        found = platform.procedure(procedure)
        return envelope(found.update(found.by_primary_key(key, value), await read_json(request)))

    @routes.delete(_BY_PRIMARY_KEY)
    async def delete_by_primary_key(procedure: str, key: str, value: str) -> Response:
        found = platform.procedure(procedure)
        return envelope(found.delete(found.by_primary_key(key, value)))

    @routes.post("/v1/ext/p/{procedure}/{process}/task/{state_task}")
    async def create_task(procedure: str, process: str, state_task: str, request: Request) -> Response:
        found = platform.procedure(procedure)
        return envelope(found.add_task(found.by_either(process), state_task, await read_json(request)))

    return routes


def _update_row(procedure: Procedure, row: Any) -> dict[str, Any]:
    """Carry out one row: the process by ``id`` or by its primary key, and the ``update``."""
    if not isinstance(row, dict) or len(row) != 2 or "update" not in row:
        raise HTTPException(400, "a row has update, and id or the primary key")
    ((key, value),) = ((name, value) for name, value in row.items() if name != "update")
    if not isinstance(value, str | int):
        raise HTTPException(400, f"{key} must be text or a number")
    found = procedure.by_id(str(value)) if key == "id" else procedure.by_primary_key(key, str(value))
    if isinstance(row["update"], dict) and (unknown := row["update"].keys() - _IN_BULK):
        raise HTTPException(400, f"{min(unknown)} is not a field of an update in bulk")
    return procedure.update(found, row["update"])
