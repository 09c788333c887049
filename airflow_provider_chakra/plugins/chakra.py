"""What is mounted in Airflow's API server. Every process of Airflow imports this, and few use it."""

from __future__ import annotations

from functools import cache
from typing import Any

from airflow_provider_chakra.compat import AirflowPlugin
from airflow_provider_chakra.inbox.config import is_on


@cache
def _apps() -> list[dict[str, Any]]:
    if not is_on():
        return []
    from airflow_provider_chakra.inbox.app import create_app

    return [{"app": create_app(), "url_prefix": "/chakra", "name": "ChakraHQ's webhooks"}]


class _WhenAsked:
    """The applications, made only where somebody asks for them: a task has no use for FastAPI."""

    def __get__(self, plugin: AirflowPlugin | None, kind: type[AirflowPlugin]) -> list[dict[str, Any]]:
        return _apps()


class ChakraPlugin(AirflowPlugin):
    """
    Take ChakraHQ's webhooks, if ``[chakra] webhook`` is on.

    Airflow 2 mounts no such applications: there it does nothing.
    """

    name = "chakra"
    fastapi_apps = _WhenAsked()
