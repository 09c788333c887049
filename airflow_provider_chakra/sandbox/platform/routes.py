"""All paths of the platform."""

from __future__ import annotations

from fastapi import APIRouter

from airflow_provider_chakra.sandbox.defaults import Account
from airflow_provider_chakra.sandbox.memory import Memory
from airflow_provider_chakra.sandbox.platform.account_routes import account_routes
from airflow_provider_chakra.sandbox.platform.job_routes import job_routes
from airflow_provider_chakra.sandbox.platform.photo_routes import photo_routes
from airflow_provider_chakra.sandbox.platform.process_routes import process_routes
from airflow_provider_chakra.sandbox.platform.user_routes import user_routes


def platform_routes(account: Account, memory: Memory) -> APIRouter:
    """
    Build every route of the platform.

    :param account: the account the sandbox knows.
    :param memory: the sandbox's memory.
    """
    routes = APIRouter()
    routes.include_router(account_routes(account, memory))
    routes.include_router(process_routes(memory))
    routes.include_router(job_routes(memory))
    routes.include_router(user_routes(memory))
    routes.include_router(photo_routes(memory))
    return routes
