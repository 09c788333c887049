"""The part of the control API that looks into the platform and steers it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from airflow_provider_chakra.sandbox.answers import plain
from airflow_provider_chakra.sandbox.memory import Memory
from airflow_provider_chakra.sandbox.orders import DONE, Order, Seconds


class NewProcedure(Order):
    """A procedure to be known from now on."""

    short_id: Annotated[str, Field(min_length=1)]
    primary_key: str | None = None


class JobSettings(Order):
    """How the jobs to come shall go; what is left out stays as it is."""

    seconds: Seconds | None = None
    failing: list[Annotated[int, Field(ge=0)]] | None = None


def steering_routes(memory: Memory) -> APIRouter:
    """
    Build the routes that look into the platform and steer it.

    :param memory: the sandbox's memory.
    """
    routes = APIRouter(prefix="/_sandbox")
    platform = memory.platform

    @routes.get("/procedures/{procedure}/processes")
    async def processes(procedure: str) -> Response:
        return plain(platform.procedure(procedure).records)

    @routes.get("/procedures/{procedure}/tasks")
    async def tasks(procedure: str) -> Response:
        return plain(platform.procedure(procedure).tasks)

    @routes.post("/procedures", status_code=204)
    async def add_procedure(new: NewProcedure) -> Response:
        platform.add_procedure(new.short_id, new.primary_key)
        return DONE

    @routes.post("/jobs", status_code=204)
    async def set_jobs(settings: JobSettings) -> Response:
        if settings.seconds is not None:
            platform.jobs.seconds = settings.seconds
        if settings.failing is not None:
            platform.jobs.failing = frozenset(settings.failing)
        return DONE

    return routes
