"""The part of the control API that says whom to call, and tells who was called."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from airflow_provider_chakra.sandbox.answers import plain
from airflow_provider_chakra.sandbox.defaults import Account
from airflow_provider_chakra.sandbox.memory import Memory
from airflow_provider_chakra.sandbox.orders import DONE, Order
from airflow_provider_chakra.sandbox.webhooks.calls import Hook
from airflow_provider_chakra.sandbox.webhooks.shapes import Dialect, Shapes

_Count = Annotated[int, Field(ge=0, le=10)]


class NewHook(Order):
    """Who is called from now on, instead of whoever was called before."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s/]+")]
    secret: Annotated[str, Field(min_length=1)]
    dialects: Annotated[tuple[Dialect, ...], Field(min_length=1)] = Hook.dialects
    retries: _Count = Hook.retries
    duplicates: _Count = Hook.duplicates
    disorder: bool = Hook.disorder
    lasting: bool = False


def webhook_routes(account: Account, memory: Memory) -> APIRouter:
    """
    Build the routes that are about webhooks.

    :param account: the account the sandbox knows.
    :param memory: the sandbox's memory.
    """
    routes = APIRouter(prefix="/_sandbox/webhooks")

    @routes.post("", status_code=204)
    async def call(new: NewHook, request: Request) -> Response:
        hook = Hook(**new.model_dump(exclude={"lasting"}))
        memory.webhooks.start(hook, Shapes(account, memory, str(request.base_url)), lasting=new.lasting)
        return DONE

    @routes.get("")
    async def calls() -> Response:
        return plain(list(memory.webhooks.calls))

    @routes.delete("", status_code=204)
    async def call_nobody() -> Response:
        memory.webhooks.stop()
        return DONE

    return routes
