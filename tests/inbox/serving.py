"""The plugin's application over real HTTP, mounted as Airflow's API server mounts it."""

from __future__ import annotations

import hmac
import json
import socket
import threading
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import requests
import uvicorn
from fastapi import FastAPI

from airflow_provider_chakra.inbox.app import create_app

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from types import TracebackType

CONN_ID = "chakra_shop"
SECRET = "hmac-secret-of-the-test-0123456789abcdef"
VERIFY_TOKEN = "verify-token-of-the-test"
CONNECTION = {
    "conn_type": "chakra",
    "password": "token-of-the-test-0123456789",
    "extra": {"webhook_secret": SECRET, "webhook_verify_token": VERIFY_TOKEN},
}


def host() -> FastAPI:
    """Do with the application what Airflow's API server does."""
    app = create_app()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(app.router.lifespan_context(app))
            yield

    server = FastAPI(lifespan=lifespan)
    server.mount("/chakra", app)
    return server


class Served:
    """An API server in a thread of its own, as Airflow's configuration says."""

    def __init__(self) -> None:
        self._config = uvicorn.Config(
            host(), log_config=None, access_log=False, timeout_keep_alive=600, timeout_graceful_shutdown=60
        )
        self._server = uvicorn.Server(self._config)
        self.port = 0

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def stops(self) -> bool:
        """Whether it was told to stop."""
        return self._server.should_exit

    @property
    def webhook(self) -> str:
        """The webhook's URL."""
        return f"{self.url}/chakra/webhook/{CONN_ID}"

    def __enter__(self) -> Served:
        """Start."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port = listener.getsockname()[1]
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()
        # Connections wait in the backlog until it serves.
        assert requests.get(self.url, timeout=60).status_code == 404
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.should_exit = True
        self._thread.join(90)
        assert not self._thread.is_alive()

    def post(self, body: Any, *, signature: str | None = None, conn_id: str = CONN_ID) -> requests.Response:
        """Call the webhook."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"X-Chakra-Signature-256": sign(data) if signature is None else signature}
        return requests.post(f"{self.url}/chakra/webhook/{conn_id}", data, headers=headers, timeout=60)


def sign(body: bytes, secret: str = SECRET) -> str:
    """Sign a body as ChakraHQ does."""
    return hmac.digest(secret.encode(), body, "sha256").hex()
