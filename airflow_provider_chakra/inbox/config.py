"""The section ``[chakra]`` of Airflow's configuration, which the provider's metadata describes."""

from __future__ import annotations

from typing import Any

from airflow.configuration import conf

_EXECUTION = "/execution"
_DEFAULT_URL = "http://localhost:8080"


def is_on() -> bool:
    """Tell whether webhooks are taken."""
    return conf.getboolean("chakra", "webhook", fallback=False)


def database() -> tuple[str, dict[str, Any]]:
    """
    Tell where events are kept.

    :return: the SQLAlchemy URL, and arguments for its driver.
    """
    own = conf.get("chakra", "inbox_sql_alchemy_conn", fallback="")
    if own:
        return own, {}
    return airflow_database()


def airflow_database() -> tuple[str, dict[str, Any]]:
    """
    Tell where Airflow's own database is.

    :return: the SQLAlchemy URL, and arguments for its driver.
    """
    return str(conf.get("database", "sql_alchemy_conn")), _arguments()


def _arguments() -> dict[str, Any]:
    # Such as the certificates that Airflow's database asks for.
    if not conf.get("database", "sql_alchemy_connect_args", fallback=""):
        return {}
    return dict(conf.getimport("database", "sql_alchemy_connect_args") or {})


def base_url() -> str:
    """
    Tell where triggerers reach the API server.

    :return: the URL, without a slash at the end.
    """
    own = conf.get("chakra", "inbox_url", fallback="")
    if own:
        return own.rstrip("/")
    execution = conf.get("core", "execution_api_server_url", fallback="")
    if execution:
        return execution.rstrip("/").removesuffix(_EXECUTION)
    # As Airflow itself derives it.
    base = conf.get("api", "base_url", fallback="")
    return (base if "://" in base else _DEFAULT_URL + base).rstrip("/")


def certificate() -> str:
    """Tell which file has the certificate that the API server shows; empty if it shows none of its own."""
    return str(conf.get("api", "ssl_cert", fallback=""))


def keep_days() -> int:
    """Tell for how many days events are kept, at least one."""
    return max(1, conf.getint("chakra", "inbox_days", fallback=7))
