"""ChakraHQ's side of the conversation, put together from one module for each family of routes."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI
from starlette.exceptions import HTTPException

from airflow_provider_chakra.sandbox.answers import MetaRefusal, check_token, refuse, refuse_as_meta
from airflow_provider_chakra.sandbox.chakra_sends import chakra_send_routes
from airflow_provider_chakra.sandbox.chat_routes import chat_routes
from airflow_provider_chakra.sandbox.chats import WindowRule
from airflow_provider_chakra.sandbox.control import control_routes
from airflow_provider_chakra.sandbox.customer_control import customer_control_routes
from airflow_provider_chakra.sandbox.defaults import HOST, Account
from airflow_provider_chakra.sandbox.media_routes import media_routes, open_media_routes
from airflow_provider_chakra.sandbox.memory import Memory
from airflow_provider_chakra.sandbox.pace import Pace
from airflow_provider_chakra.sandbox.page.routes import page_routes
from airflow_provider_chakra.sandbox.platform.routes import platform_routes
from airflow_provider_chakra.sandbox.platform.steering import steering_routes
from airflow_provider_chakra.sandbox.sends import send_routes
from airflow_provider_chakra.sandbox.templates.routes import template_routes
from airflow_provider_chakra.sandbox.webhooks.routes import webhook_routes
from airflow_provider_chakra.sandbox.whatsapp_control import whatsapp_control_routes
from airflow_provider_chakra.sandbox.wire import Wire


def create_app(
    account: Account | None = None,
    pace: Pace | None = None,
    windows: WindowRule = "open",
    host: str = HOST,
) -> FastAPI:
    """
    Build a sandbox with a memory of its own.

    :param account: the account it knows; the one of :mod:`.defaults` if there is none.
    :param pace: how fast messages come further by themselves; they do not without one.
    :param windows: what becomes of free messages to who has not written within 24 hours.
    :param host: the address that it will be reached at.
    """
    account = account or Account()
    memory = Memory(pace, windows)
    app = FastAPI(
        title="ChakraHQ sandbox", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    app.add_middleware(Wire, memory=memory, token=account.token, host=host)
    app.add_exception_handler(HTTPException, refuse)
    app.add_exception_handler(MetaRefusal, refuse_as_meta)

    api = APIRouter(dependencies=[Depends(check_token)])
    api.include_router(platform_routes(account, memory))
    api.include_router(send_routes(account, memory))
    api.include_router(chakra_send_routes(account, memory))
    api.include_router(chat_routes(account, memory))
    api.include_router(template_routes(account, memory))
    api.include_router(media_routes(account, memory))
    app.include_router(api)
    app.include_router(open_media_routes(memory))
    app.include_router(control_routes(memory))
    app.include_router(whatsapp_control_routes(memory))
    app.include_router(customer_control_routes(memory))
    app.include_router(webhook_routes(account, memory))
    app.include_router(steering_routes(memory))
    app.include_router(page_routes(memory))
    return app
