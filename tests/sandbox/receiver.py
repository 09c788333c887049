"""Somebody to be called by webhooks."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.meanwhile import wait_until


def set_event() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@dataclass
class Receiver:
    """
    What was received, and how it is answered.

    :param url: where to call.
    :param answers: the statuses of the next answers; 200 when there are none left.
    :param delay: seconds before each answer.
    :param may_answer: what a call waits for that comes while this is not set, kept from giving up.
    """

    url: str = ""
    answers: list[int] = field(default_factory=list)
    delay: float = 0
    may_answer: threading.Event = field(default_factory=set_event)
    calls: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def wait_for(self, number: int) -> list[tuple[bytes, dict[str, str]]]:
        """Wait until so many calls came, and see that no more do."""
        wait_until(lambda: len(self.calls) >= number)
        time.sleep(0.15)
        assert len(self.calls) == number, self.calls
        return self.calls


@contextmanager
def receiving() -> Generator[Receiver, None, None]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body, may_answer = self.rfile.read(int(self.headers["Content-Length"])), receiver.may_answer
            receiver.times.append(time.monotonic())
            receiver.calls.append((body, {name.lower(): value for name, value in self.headers.items()}))
            time.sleep(receiver.delay)
            with contextlib.suppress(OSError):
                while not may_answer.wait(0.5):
                    self.send_response_only(100)
                    self.end_headers()
                self.answer()

        def answer(self) -> None:
            status = receiver.answers.pop(0) if receiver.answers else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", receiver.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            # Whoever follows a redirect takes this for the answer.
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
