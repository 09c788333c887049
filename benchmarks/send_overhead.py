"""
What ``ChakraHook.send_message`` costs beside a bare ``requests.Session().post`` of the same body.

Both speak with one local server in a process of its own, over kept-alive connections, and take turns
in small rounds. The hook checks the message, reads the answer and logs a line: that is the overhead.

    python benchmarks/send_overhead.py [rounds]
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import socketserver
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

PER_ROUND = 100
ANSWER = b'{"_data":{"whatsappMessageId":"wamid.HBgMOTE5ODc2NTQzMjEwFQIAERgSQUJDREVGMDEyMzQ1Njc4OUFCAA=="}}'
BODIES = {
    "text": {"type": "text", "text": {"body": "Your order has left and arrives tomorrow."}},
    "list": {
        "type": "interactive",
        "interactive": {
            "type": "list",
            "body": {"text": "When shall we come?"},
            "action": {
                "button": "Choose a time",
                "sections": [
                    {
                        "rows": [
                            {"id": str(n), "title": f"Time {n}", "description": "An hour"} for n in range(10)
                        ]
                    }
                ],
            },
        },
    },
}


class _Handler(socketserver.StreamRequestHandler):
    """The least of a server: it reads a request and says that the message was accepted."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        while line := self.rfile.readline():
            length = 0
            while line not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
                line = self.rfile.readline()
            self.rfile.read(length)
            head = (
                f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(ANSWER)}\r\n\r\n"
            )
            self.wfile.write(head.encode() + ANSWER)


def serve(ports: multiprocessing.Queue[int]) -> None:
    """Serve until the process is ended."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        ports.put(server.server_address[1])
        server.serve_forever()


def seconds(send: Callable[[], Any]) -> float:
    """Time a round, for each message."""
    begin = time.perf_counter()
    for _ in range(PER_ROUND):
        send()
    return (time.perf_counter() - begin) / PER_ROUND


def compare(url: str, payload: dict[str, Any], rounds: int) -> tuple[float, float, float]:
    """Give the median seconds a message of the bare post and of the hook, and the median ratio of a round."""
    import requests

    from airflow_provider_chakra.hooks.chakra import ChakraHook

    os.environ["AIRFLOW_CONN_CHAKRA_DEFAULT"] = json.dumps(
        {
            "conn_type": "chakra",
            "host": url,
            "password": "not-a-secret",
            "extra": {"plugin_id": "plugin", "phone_number_id": "1"},
        }
    )
    hook, session = ChakraHook(), requests.Session()
    address = f"{url}/v1/ext/plugin/whatsapp/plugin/api/v24.0/1/messages"
    headers = {"Authorization": "Bearer not-a-secret"}

    def bare() -> None:
        session.post(address, json=payload, headers=headers, timeout=(10, 30)).json()

    def whole() -> None:
        hook.send_message(payload)

    # Airflow logs to the standard output here: the line is made as in a task, and goes nowhere.
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # ruff: ignore[builtin-open]
        seconds(bare), seconds(whole)
        pairs = [(seconds(bare), seconds(whole)) for _ in range(rounds)]
    return (
        statistics.median(bare for bare, _ in pairs),
        statistics.median(whole for _, whole in pairs),
        statistics.median(whole / bare for bare, whole in pairs),
    )


def main() -> None:
    """Measure and print a table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    context = multiprocessing.get_context("spawn")
    ports = context.Queue()
    server = context.Process(target=serve, args=(ports,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{ports.get()}"
    print(f"{'message':<10}{'post, ms':>10}{'hook, ms':>10}{'ratio':>8}")
    for name, body in BODIES.items():
        bare, whole, ratio = compare(
            url, {"messaging_product": "whatsapp", "to": "919876543210"} | body, rounds
        )
        print(f"{name:<10}{bare * 1000:>10.3f}{whole * 1000:>10.3f}{ratio:>8.2f}")
    server.terminate()


if __name__ == "__main__":
    main()
