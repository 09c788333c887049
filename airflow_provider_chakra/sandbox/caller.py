"""How a handle on a running sandbox speaks to its control API. It needs nothing but the standard library."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from airflow_provider_chakra.sandbox.defaults import Account

# A sandbox is on this machine; a proxy that the environment asks for could not even reach it.
_open = build_opener(ProxyHandler({})).open
#: Seconds. It answers at once; only one that hangs must not hang its caller for ever.
_PATIENCE: Final = 60


class Caller:
    """
    What every part of a handle stands on.

    :param url: where the sandbox listens, such as ``http://127.0.0.1:8765``.
    :param account: the account it knows; the one of :mod:`.defaults` if there is none.
    """

    def __init__(self, url: str, account: Account | None = None) -> None:
        self.url = url.rstrip("/")
        self.account = account or Account()

    def _ask(self, method: str, path: str, body: object = None, content_type: str | None = None) -> Any:
        """Call the control API, and read its JSON."""
        return json.loads(self._call(method, path, body, content_type))

    def _call(self, method: str, path: str, body: object = None, content_type: str | None = None) -> str:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Content-Type": content_type or "application/json"}
        request = Request(  # ruff: ignore[suspicious-url-open-usage] - the address is the caller's own
            f"{self.url}/_sandbox/{path}", data, headers, method=method
        )
        try:
            with _open(request, timeout=_PATIENCE) as response:
                text: str = response.read().decode()
        except HTTPError as error:
            raise ValueError(f"The sandbox refused {method} {path}: {error.read().decode()}") from error
        return text
