"""
How many webhooks a second the inbox takes, and how long each waits, beside a route that does nothing.

The application runs under uvicorn in a process of its own, as in Airflow's API server; so does a bare
FastAPI route that reads the body and answers. The same load goes to both, in turns: signed webhooks of one
event each, over 64 connections, at full speed and at a steady rate. Afterwards each event that was
acknowledged must be in the table, exactly once, and a triggerer's feed must tell it once. Whatever else the
machine does moves the times; it moves the time of the processor for each request, which is the server's own,
much less.

    python benchmarks/webhook_load.py [--requests 20000] [--rate 1000] [--postgres URL]
"""

from __future__ import annotations

import argparse
import asyncio
import hmac
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

CONNECTIONS = 64
ROUNDS = 5
SECRET = "secret-of-the-benchmark-0123456789"
BARE = """
from fastapi import FastAPI, Request, Response

app = FastAPI()


@app.post("/chakra/webhook/{conn_id}")
async def receive(conn_id: str, request: Request) -> Response:
    await request.body()
    return Response()
"""
MOUNTED = """
from airflow_provider_chakra.inbox.app import create_app
from fastapi import FastAPI

inbox = create_app()
app = FastAPI(lifespan=inbox.router.lifespan_context)
app.mount("/chakra", inbox)
"""
CONN_ID = "chakra_default"
HOME = tempfile.mkdtemp(prefix="chakra-webhooks-")
CONNECTION = {"conn_type": "chakra", "password": "0123456789", "extra": {"webhook_secret": SECRET}}


class Server:
    """
    An application under uvicorn.

    :param name: what to call it.
    :param application: where it is.
    """

    def __init__(self, name: str, application: str) -> None:
        self.name = name
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        options = ["--port", str(self.port), "--log-level", "warning", "--no-access-log", "--app-dir", HOME]
        command = [sys.executable, "-m", "uvicorn", application, *options]
        self.process = subprocess.Popen(command)
        self.sent = 0
        self.acknowledged: set[str] = set()
        self.speeds: list[float] = []

    def __enter__(self) -> Server:
        """Wait until it serves."""
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except OSError:
                assert self.process.poll() is None
                time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait()

    def run(self, count: int, rate: float | None = None) -> str:
        """Load it, and tell what came of it."""
        wamids = [f"wamid.{self.sent + number}" for number in range(count)]
        self.sent += count
        requests = [(wamid, webhook(wamid)) for wamid in wamids]
        times = psutil.Process(self.process.pid).cpu_times
        before = times()
        speed, seconds, acknowledged = asyncio.run(load(self.port, requests, rate))
        after = times()
        self.acknowledged |= acknowledged
        self.speeds.append(speed)
        p50, p99 = (statistics.quantiles(seconds, n=100)[part] * 1000 for part in (49, 98))
        work = (after.user + after.system - before.user - before.system) / count * 1e6
        pace = f"{rate:.0f}/s" if rate else "full speed"
        return (
            f"{self.name:5} {pace:10} {speed:6.0f}/s, p50 {p50:6.1f} ms, p99 {p99:6.1f} ms, "
            f"{work:4.0f} us of the processor, {count - len(acknowledged)} refused"
        )


def webhook(wamid: str) -> bytes:
    """Write a signed request."""
    payload = {
        "wabaId": "102290129340398",
        "externalId": wamid,
        "timestamp": int(time.time() * 1000),
        "message": {"from": "919876543210", "id": wamid, "type": "text", "text": {"body": "Yes, please"}},
        "contacts": [{"wa_id": "919876543210", "profile": {"name": "Asha"}}],
    }
    body = json.dumps({"event": "message", "payload": payload}).encode()
    signature = hmac.digest(SECRET.encode(), body, "sha256").hex()
    head = (
        f"POST /chakra/webhook/{CONN_ID} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: application/json\r\nX-Chakra-Signature-256: {signature}\r\n\r\n"
    )
    return head.encode() + body


async def load(
    port: int, requests: list[tuple[str, bytes]], rate: float | None
) -> tuple[float, list[float], set[str]]:
    """Send them; give requests a second, the seconds of each, and the events that were acknowledged."""
    waiting = iter(enumerate(requests))
    seconds: list[float] = []
    acknowledged: set[str] = set()
    begin = time.perf_counter()

    async def work() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number, (wamid, request) in waiting:
            # What is late is measured from when it should have been sent.
            due = begin + number / rate if rate else time.perf_counter()
            if due > time.perf_counter():
                await asyncio.sleep(due - time.perf_counter())
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            seconds.append(time.perf_counter() - due)
            if head.startswith(b"HTTP/1.1 200 "):
                acknowledged.add(wamid)
                continue
            # A refusal ends the connection.
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return len(requests) / (time.perf_counter() - begin), seconds, acknowledged


def kept(database: str) -> list[str]:
    """Read which events are in the table."""
    from sqlalchemy import create_engine, text

    with create_engine(database).connect() as connection:
        return list(connection.execute(text("SELECT wamid FROM chakra_inbox")).scalars())


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--rate", type=float, default=1000)
    parser.add_argument("--postgres", help="SQLAlchemy URL of an empty database; SQLite if it is left out")
    arguments = parser.parse_args()
    database = arguments.postgres or f"sqlite:///{HOME}/inbox.db"
    for name, code in (("bare", BARE), ("mounted", MOUNTED)):
        Path(HOME, f"{name}.py").write_text(code, encoding="utf-8")
    os.environ |= {
        "AIRFLOW_HOME": HOME,
        "AIRFLOW_CONN_CHAKRA_DEFAULT": json.dumps(CONNECTION),
        "AIRFLOW__CHAKRA__INBOX_SQL_ALCHEMY_CONN": database,
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }
    # Airflow reads its configuration when it is imported.
    from airflow_provider_chakra.inbox.feed import Feed

    with (
        Server("bare", "bare:app") as bare,
        Server("inbox", "mounted:app") as inbox,
    ):
        feed = Feed(f"http://127.0.0.1:{inbox.port}", CONN_ID, SECRET)
        feed.look()
        for server in (bare, inbox):
            server.run(500)
            server.speeds.clear()
        for _ in range(ROUNDS):
            for server in (bare, inbox):
                print(server.run(arguments.requests // ROUNDS))
        ratio = statistics.median(mine / other for mine, other in zip(inbox.speeds, bare.speeds, strict=True))
        for server in (bare, inbox):
            print(server.run(arguments.requests, arguments.rate))
        told = [event.wamid for event in feed.look()]
    found = kept(database)
    assert len(found) == len(set(found))
    assert inbox.acknowledged <= set(found)
    assert sorted(told) == sorted(found)
    print(f"{len(inbox.acknowledged)} acknowledged, each once in the table, and told once")
    print(f"requests a second at full speed, inbox to bare: {ratio:.2f}")


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(HOME)
