"""
What many waits at once cost, in one event loop as a triggerer has it: how it grows from 10 to 2,000.

Each number of waits is tried in a process of its own, against a sandbox in another. While they wait, some
chats change without giving anybody the answer. Requests are counted for each look at the list of chats, as
how often that is depends on ``poke_interval`` alone: with its default of 60 seconds there is one look in a
minute. Then some of the waits get their answers.

    python benchmarks/waits.py [waits ...]
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

WAITS = (10, 100, 500, 2000)
INTERVAL = 1.0
LOOKS = 30
CHANGED_A_LOOK = 3
ANSWERED = 30
LIST = "/v1/ext/chat"
READ = "/v1/ext/plugin/whatsapp/list-chat-messages-for-phone-number"


def memory() -> int:
    """Give the bytes that this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def count(sandbox: Any) -> dict[str, int]:
    """Count the requests."""
    paths = [row["path"] for row in sandbox.requests()]
    return {"lists": paths.count(LIST), "reads": paths.count(READ)}


async def measure(number: int, url: str) -> dict[str, float]:
    """Let some waits wait, and give what they cost."""
    from airflow_provider_chakra.sandbox.client import Sandbox
    from airflow_provider_chakra.triggers.inbox import ReplyTrigger

    sandbox = Sandbox(url)
    customers = [str(919870000000 + place) for place in range(number)]
    for customer in customers:
        sandbox.receive(customer, text="Hello")
    told: dict[str, float] = {}

    async def wait(trigger: ReplyTrigger) -> None:
        async for _ in trigger.run():
            told[trigger.to] = time.perf_counter()

    def trigger(customer: str) -> ReplyTrigger:
        return ReplyTrigger(
            to=customer,
            after=None,
            since=datetime.now(UTC).isoformat(),
            matches="answer",
            hook={"chakra_conn_id": "chakra_default"},
            poke_interval=INTERVAL,
        )

    # One wait that ends, so that all modules are loaded and all threads are there.
    sandbox.receive("919860000000", text="answer")
    await wait(trigger("919860000000"))
    before, began = memory(), time.perf_counter()
    tasks = [asyncio.create_task(wait(trigger(customer))) for customer in customers]
    while (await asyncio.to_thread(count, sandbox))["reads"] <= number:
        await asyncio.sleep(0.2)
    begun = time.perf_counter() - began
    held = memory() - before

    start, looking = await asyncio.to_thread(count, sandbox), time.perf_counter()
    for look in range(LOOKS):
        for place in range(CHANGED_A_LOOK):
            customer = customers[(look * CHANGED_A_LOOK + place) % number]
            await asyncio.to_thread(sandbox.receive, customer, text="Not yet")
        await asyncio.sleep(INTERVAL)
    end = await asyncio.to_thread(count, sandbox)
    looks = (time.perf_counter() - looking) / INTERVAL

    delays = []
    for customer in customers[:: max(1, number // ANSWERED)][:ANSWERED]:
        await asyncio.sleep(random.uniform(0, INTERVAL))
        answered = time.perf_counter()
        await asyncio.to_thread(sandbox.receive, customer, text="answer")
        while customer not in told:
            await asyncio.sleep(0.005)
        delays.append(told[customer] - answered)
    for task in tasks:
        task.cancel()
    return {
        "requests a look": (sum(end.values()) - sum(start.values())) / looks,
        "kB a wait": held / number / 1000,
        "delay / interval": statistics.median(delays) / INTERVAL,
        "s to begin": begun,
    }


def main() -> None:
    """Try each number of waits, and print a table."""
    if os.environ.get("CHAKRA_BENCHMARK_URL"):
        result = asyncio.run(measure(int(sys.argv[1]), os.environ["CHAKRA_BENCHMARK_URL"]))
        print(json.dumps(result))
        return
    home = tempfile.mkdtemp(prefix="chakra-waits-")
    for number in [int(text) for text in sys.argv[1:]] or WAITS:
        command = [sys.executable, "-u", "-m", "airflow_provider_chakra.sandbox", "--port", "0"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as sandbox:
            assert sandbox.stdout
            said = ""
            while "AIRFLOW_CONN_CHAKRA_DEFAULT=" not in said:
                said = sandbox.stdout.readline()
            connection = said.split("=", 1)[1].strip().strip("'")
            settings = json.loads(connection)
            url = f"{settings['host']}:{settings['port']}" if settings.get("port") else settings["host"]
            environment = {
                **os.environ,
                "AIRFLOW_HOME": home,
                "AIRFLOW_CONN_CHAKRA_DEFAULT": connection,
                "CHAKRA_BENCHMARK_URL": url,
            }
            child = subprocess.run(
                [sys.executable, __file__, str(number)],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            sandbox.terminate()
        result = json.loads(child.stdout.strip().splitlines()[-1])
        print(f"{number:>5} waits: " + ", ".join(f"{name} {value:.2f}" for name, value in result.items()))


if __name__ == "__main__":
    main()
