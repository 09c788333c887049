"""
What Airflow's connections say about webhooks.

Airflow tells a connection that is not there and a database that does not answer in the same words. So its
database is asked for nothing, as its configuration names it, where no connection was found.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from airflow_provider_chakra.inbox import config
from airflow_provider_chakra.inbox.engine import begin, make_engine
from airflow_provider_chakra.inbox.keys import AwayError, Secrets


def look_up(conn_id: str) -> Secrets | None:
    """
    Read what a connection says about webhooks.

    :param conn_id: its id.
    :return: the secrets; ``None`` if there is no such connection of ChakraHQ's, or it cannot be read.
    :raises AwayError: if none was found, and Airflow's database does not answer.
    """
    from airflow.providers.common.compat.sdk import AirflowException

    from airflow_provider_chakra.exceptions import ChakraConfigError
    from airflow_provider_chakra.hooks.chakra import ChakraHook
    from airflow_provider_chakra.hooks.settings import ChakraSettings

    try:
        connection = ChakraHook.get_connection(conn_id)
    except AirflowException:
        if _answers():
            return None
        raise AwayError from None
    # A stranger may name any connection: what is in those of others is not even looked at.
    if connection.conn_type != ChakraHook.conn_type:
        return None
    try:
        settings = ChakraSettings.read(connection, {})
    except ChakraConfigError:
        return None
    words = (settings.webhook_secret, settings.webhook_verify_token)
    return Secrets(*(word.encode() if word else None for word in words))


def _answers() -> bool:
    url, arguments = config.airflow_database()
    if make_url(url).get_backend_name() == "sqlite":
        return True
    engine = make_engine(url, arguments, connections=1)
    try:
        with begin(engine) as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    finally:
        engine.dispose()
    return True
