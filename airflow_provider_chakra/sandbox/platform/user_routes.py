"""
The users of a ChakraHQ team (https://apidocs.chakrahq.com: List Users, Fetch User, Update User).

Assumed: both versions list all users, with the same fields; the second version of fetching has the path of
the first; an update is a PUT, where the page prints a GET with a body.
"""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response

from airflow_provider_chakra.sandbox.answers import envelope, read_object
from airflow_provider_chakra.sandbox.memory import Memory

_WRITTEN_BY_CHAKRA: Final = ("id", "createdAt", "updatedAt")


def user_routes(memory: Memory) -> APIRouter:
    """
    Build the routes to users.

    :param memory: the sandbox's memory.
    """
    routes = APIRouter()

    def find(user_id: str) -> dict[str, Any]:
        for user in memory.platform.users:
            if user["id"] == user_id:
                return user
        raise HTTPException(404, "User not found")

    @routes.get("/v1/ext/users")
    @routes.get("/v2/ext/users")
    async def list_users() -> Response:
        return envelope(memory.platform.users)

    @routes.get("/v1/ext/user/{user_id}")
    @routes.get("/v2/ext/user/{user_id}")
    async def fetch(user_id: str) -> Response:
        return envelope(find(user_id))

    @routes.put("/v1/ext/user/{user_id}")
    async def update(user_id: str, request: Request) -> Response:
        user, change = find(user_id), await read_object(request)
        if fixed := change.keys() & set(_WRITTEN_BY_CHAKRA):
            raise HTTPException(400, f"{min(fixed)} cannot be changed")
        user.update(change, updatedAt=memory.clock.milliseconds())
        return envelope(user)

    return routes
