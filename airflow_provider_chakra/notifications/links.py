"""
The address of the page on which a person answers a request of Airflow's.

That a button may lead to a host that only the recipients' network knows is an assumption: WhatsApp's
documentation names no rule, and it is the recipient's browser that opens it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit, urlunsplit

from airflow_provider_chakra.exceptions import ChakraConfigError

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context


def link_to_request(context: Context, base_url: Any) -> str:
    """
    Give the address of the request's page.

    :param context: Airflow's context, of a human-in-the-loop operator.
    :param base_url: address of Airflow's UI; nothing takes ``[api] base_url``.
    :return: the address.
    :raises ChakraConfigError: if the task asks nobody, or no phone could open the address.
    """
    task: Any = cast("Mapping[str, Any]", context).get("task")
    generate = getattr(task, "generate_link_to_ui", None)
    if generate is None:
        raise ChakraConfigError(
            "ChakraHITLNotifier tells of a request to a person, so it belongs into notifiers= of a "
            f"human-in-the-loop operator (Airflow 3.1 or later), not to a {type(task).__name__}."
        )
    # There wherever Airflow has such operators.
    from airflow.providers.common.compat.sdk import conf

    base_url = str(base_url or conf.get("api", "base_url", fallback=None) or "")
    if problem := _problem_of(base_url):
        raise ChakraConfigError(
            "base_url must be the http or https address of Airflow's UI as the recipients' phones reach it, "
            f"such as https://airflow.example.com; given: {problem}. Give base_url=, or set base_url in "
            "section [api] of Airflow's configuration."
        )
    link: str = generate(task_instance=context["ti"], base_url=base_url)
    # The operators leave out the path of an Airflow that does not live at the root of its host.
    prefix = urlsplit(base_url).path.rstrip("/")
    parts = urlsplit(link)
    if parts.path.startswith(f"{prefix}/dags/"):
        return link
    return urlunsplit(parts._replace(path=prefix + parts.path))


def path_of(link: str) -> str:
    """
    Give what comes after scheme and host, as the button of a template wants it.

    :param link: an address.
    :return: its path without the first slash, and its query.
    """
    return urlunsplit(("", "", *urlsplit(link)[2:])).removeprefix("/")


def _problem_of(base_url: str) -> str | None:
    if not base_url:
        return "nothing"
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "an address that cannot be read"
    if parts.scheme.lower() not in {"http", "https"}:
        return f"the scheme {parts.scheme[:20]!r}" if parts.scheme else "no scheme"
    if not host:
        return "no host"
    if parts.username is not None:
        return "an address with a user in it, which every recipient would see"
    if _is_own_machine(host):
        return f"the host {host!r}, by which a phone finds itself"
    return None


def _is_own_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
