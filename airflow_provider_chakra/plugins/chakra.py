"""What is mounted in Airflow's API server. Every process of Airflow imports this, and few use it."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

from airflow.exceptions import AirflowConfigException

from airflow_provider_chakra.inbox.config import is_on

if TYPE_CHECKING:
    from airflow.sdk.plugins_manager import AirflowPlugin
else:
    # Here, and not in compat: that loads what only operators need.
    try:
        from airflow.sdk.plugins_manager import AirflowPlugin
    except ImportError:
        from airflow.plugins_manager import AirflowPlugin

log = logging.getLogger(__name__)


@cache
def _apps() -> list[dict[str, Any]]:
    try:
        if not is_on():
            return []
        from airflow_provider_chakra.inbox.app import create_app

        return [{"app": create_app(), "url_prefix": "/chakra", "name": "ChakraHQ's webhooks"}]
    except AirflowConfigException as error:
        log.error("No webhooks are taken: %s", error)
    # Whatever it is, such as a driver that is not there. The API server has more to do than this.
    except Exception as error:
        # In words of its own: those of SQLAlchemy may hold the URL, with its password.
        log.error(
            "No webhooks are taken, as their routes cannot be made: %s. If the database is meant, look at "
            "[chakra] inbox_sql_alchemy_conn or, where that is empty, at [database] sql_alchemy_conn.",
            type(error).__name__,
        )
    return []


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
