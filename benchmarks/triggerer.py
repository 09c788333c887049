"""
What many waits at once cost in a real triggerer, and how long an answer takes to resume its task.

``airflow standalone`` on SQLite, as many deferred tasks as asked for, and a sandbox. Some of the waits get
their answers, at any moment between two looks; each task notes when it goes on. That time holds the wait
for the next look (half of ``poke_interval`` on average), and Airflow's own way from the triggerer's event
to a worker. With ``--webhooks`` the sandbox calls Airflow's webhook, and chats are listed every ten minutes
only.

    python benchmarks/triggerer.py [--webhooks] [waits ...]
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from local_airflow import LocalAirflow  # ruff: ignore[module-import-not-at-top-of-file]

from airflow_provider_chakra.sandbox.defaults import WEBHOOK_SECRET  # ruff: ignore[module-import-not-at-top-of-file]
from airflow_provider_chakra.sandbox.server import SandboxServer  # ruff: ignore[module-import-not-at-top-of-file]

WAITS = ("10", "2000")
#: As dags/dag_waits.py has it.
A_DAG = 10
INTERVAL = 5.0
ANSWERED = 20
LOOKS = 12
LIST = "/v1/ext/chat"
READ = "/v1/ext/plugin/whatsapp/list-chat-messages-for-phone-number"


def requests(sandbox: Any, *paths: str) -> int:
    """Count the requests that only waits make."""
    return sum(row["path"] in paths for row in sandbox.requests())


def memory(home: Path) -> int:
    """Give the bytes that the largest process of the triggerer holds."""
    largest = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes()
            pages = int((folder / "statm").read_text(encoding="ascii").split()[1])
        except OSError:
            continue
        if str(home).encode() in environment and b"trigger" in command:
            largest = max(largest, pages * os.sysconf("SC_PAGE_SIZE"))
    return largest


def until(holds: Any, patience: float = 900) -> None:
    """Wait until something holds."""
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.5)


def measure(number: int, *, webhooks: bool) -> dict[str, float]:
    """Let some tasks wait, and give what that costs."""
    home = Path(tempfile.mkdtemp(prefix="chakra-triggerer-"))
    with SandboxServer() as server:
        sandbox = server.sandbox
        environment = {
            **sandbox.environment(webhook_secret=WEBHOOK_SECRET),
            "AIRFLOW__CHAKRA__WEBHOOK": str(webhooks),
            "AIRFLOW__TRIGGERER__CAPACITY": "10000",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
            "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "300",
            "AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG": "10000",
            "CHAKRA_BENCHMARK_INTERVAL": str(INTERVAL),
            "CHAKRA_BENCHMARK_WAITS": str(number),
        }
        dags = ROOT / "benchmarks" / "dags"
        airflow = LocalAirflow(home, dags_folder=dags, environment=environment)
        airflow.migrate()
        with airflow.standalone():
            if webhooks:
                sandbox.webhooks(f"{airflow.url}/chakra/webhook/chakra_default")
            until(lambda: airflow.call("GET", "dags?limit=1")["total_entries"] == number // A_DAG)
            began, runs = time.monotonic(), {}
            for first in range(0, number, A_DAG):
                dag = f"dags/waits_{first}"
                airflow.call("PATCH", dag, {"is_paused": False})
                run = airflow.call("POST", f"{dag}/dagRuns", {"logical_date": None})["dag_run_id"]
                runs[first] = f"{dag}/dagRuns/{run}/taskInstances"
            waiting = "dags/~/dagRuns/~/taskInstances?state=deferred&limit=1"
            until(lambda: airflow.call("GET", waiting)["total_entries"] == number)
            deferred = time.monotonic() - began
            until(lambda: requests(sandbox, READ) >= number)
            time.sleep(2 * INTERVAL)
            held, before = memory(home), requests(sandbox, LIST, READ)
            time.sleep(LOOKS * INTERVAL)
            asked = requests(sandbox, LIST, READ) - before
            answers = {}
            for place in random.sample(range(number), min(number, ANSWERED)):
                time.sleep(random.uniform(0, INTERVAL))
                answers[place] = time.time()
                sandbox.receive(str(919870000000 + place), text="answer")
            delays = []
            for place, answered in answers.items():
                task = f"{runs[place // A_DAG * A_DAG]}/wait_{place}"
                until(lambda task=task: airflow.call("GET", task)["state"] == "success", 120)
                resumed = airflow.call("GET", f"{task}/xcomEntries/return_value?deserialize=true")["value"]
                delays.append(resumed - answered)
    return {
        "s to defer": deferred,
        "requests a look, nothing happens": asked / LOOKS,
        "MB of the triggerer": held / 1e6,
        "median s from answer to task": statistics.median(delays),
        "longest": max(delays),
    }


def main() -> None:
    """Try each number of waits, and print what they cost."""
    webhooks, numbers = "--webhooks" in sys.argv, [text for text in sys.argv[1:] if text.isdigit()]
    for number in map(int, numbers or WAITS):
        result = measure(number, webhooks=webhooks)
        print(f"{number:>5} waits: " + ", ".join(f"{name} {value:.2f}" for name, value in result.items()))


if __name__ == "__main__":
    main()
