"""Who may ask a sandbox: whoever reaches it, but no web page that a browser there happens to show."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import Scope

_EVERYWHERE: Final = ("0.0.0.0", "::")  # ruff: ignore[hardcoded-bind-all-interfaces]


def is_loopback(host: str) -> bool:
    """
    Tell whether a host is this machine, as seen from itself.

    :param host: a name, or an address without brackets.
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_foreign(scope: Scope, listens_on: str, *, by_token: bool = False) -> bool:
    """
    Tell whether another web page asks.

    A browser tells the page's address as the origin. It is compared without its scheme: a proxy in front may
    add TLS, and no two pages share a host and port. A page whose own name was made to lead to this machine
    has the right origin, and is known by that name.

    :param scope: the request.
    :param listens_on: the address that the sandbox listens on. On all of the machine's, names are not judged:
        nobody can tell which ones others know it by.
    :param by_token: whether a token is asked for besides. Then other machines that reach the sandbox may know
        it by any name; on the loopback address there are none, and the token is no secret.
    """
    headers = dict(scope["headers"])
    host, origin = headers.get(b"host", b""), headers.get(b"origin")
    if origin is not None and origin.partition(b"://")[2] != host:
        return True
    if listens_on in _EVERYWHERE or (by_token and not is_loopback(listens_on)):
        return False
    name = _name(host)
    return not (is_loopback(name) or name == listens_on.lower())


def _name(host: bytes) -> str:
    """Give the host of a Host header, without its port: one that is passed on comes by another one."""
    try:
        return urlsplit(f"//{host.decode('latin-1')}").hostname or ""
    except ValueError:
        return ""
