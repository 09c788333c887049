"""A sandbox in a thread of its own, for a test, a demonstration, or the command line."""

from __future__ import annotations

import logging
import socket
import threading
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from airflow_provider_chakra.sandbox.app import create_app
from airflow_provider_chakra.sandbox.client import Sandbox
from airflow_provider_chakra.sandbox.defaults import HOST, Account

if TYPE_CHECKING:
    from types import TracebackType

    from airflow_provider_chakra.sandbox.chats import WindowRule
    from airflow_provider_chakra.sandbox.pace import Pace

_THREAD: Final = "chakra-sandbox"
#: Seconds. It ends in about one; what keeps it longer must not keep its caller, too.
_PATIENCE: Final = 10


def _is_of_others(record: logging.LogRecord) -> bool:
    """Keep the sandbox out of uvicorn's own log of requests, where phone numbers stand in the open."""
    return record.threadName != _THREAD


class _Server(uvicorn.Server):
    """uvicorn, telling when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell."""
        await super().startup(sockets)
        self.ready.set()


class SandboxServer:
    """
    Run a sandbox as long as the ``with`` block lasts.

    :param account: the account the sandbox knows; the one of :mod:`.defaults` if there is none.
    :param host: the address to listen on.
    :param port: the port to listen on; 0 takes a free one.
    :param pace: how fast messages come further by themselves; they do not without one.
    :param windows: what becomes of free messages to who has not written within 24 hours, as
        :meth:`~.WhatsAppCaller.windows` sets it.
    :param uvicorn_options: settings of ``uvicorn.Config`` to override.
    """

    def __init__(
        self,
        account: Account | None = None,
        *,
        host: str = HOST,
        port: int = 0,
        pace: Pace | None = None,
        windows: WindowRule = "open",
        **uvicorn_options: Any,
    ) -> None:
        self.account = account or Account()
        self.host = host
        self.port = port
        options: dict[str, Any] = {
            "log_config": None,
            "lifespan": "off",
            "ws": "none",
            # A client that stood still for a while must find its connection as it left it.
            "timeout_keep_alive": 60,
            "timeout_graceful_shutdown": 1,
        }
        # By a filter: Airflow configures logging anew, and would undo what uvicorn's own switch does.
        logging.getLogger("uvicorn.access").addFilter(_is_of_others)
        self._server = _Server(
            uvicorn.Config(create_app(self.account, pace, windows, host), **options | uvicorn_options)
        )

    @property
    def url(self) -> str:
        """The address to give to a client, without a path."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    @property
    def sandbox(self) -> Sandbox:
        """A handle on the running sandbox."""
        return Sandbox(self.url, self.account)

    def __enter__(self) -> SandboxServer:
        """
        Start, and be ready for requests.

        :raises OSError: if the port cannot be had.
        """
        # Bound here and not by uvicorn: a port in use is the caller's error, a free port is known at once.
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.create_server((self.host, self.port), family=family, backlog=2048)
        self.port = listener.getsockname()[1]
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name=_THREAD, daemon=True
        )
        self._thread.start()
        while not self._server.ready.wait(0.1):
            if not self._thread.is_alive():
                listener.close()
                raise RuntimeError("The sandbox did not start; see the log of uvicorn")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, within about a second whatever clients are connected."""
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
