"""
What remembering costs: a message by an operator with Airflow's task state, beside one without.

Runs in a task, by ``dag.test()``, against a sandbox in a process of its own. Each message with the ledger
makes three requests to Airflow's execution API more: one to look, two to write. Needs Airflow 3.3.

    python benchmarks/ledger_cost.py [rounds]
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

PER_ROUND = 20
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
HOME = os.environ.setdefault("CHAKRA_BENCHMARK_HOME", tempfile.mkdtemp(prefix="chakra-ledger-"))
os.environ |= {
    "AIRFLOW_HOME": HOME,
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_FOLDER": str(Path(__file__).resolve().parent),
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
}

from airflow.sdk import DAG, task  # ruff: ignore[module-import-not-at-top-of-file]

from airflow_provider_chakra.operators.messages import SendTextOperator  # ruff: ignore[module-import-not-at-top-of-file]


def seconds(context: Any, name: str) -> float:
    """Send a round of messages, each another one; give the seconds for each."""
    operators = [
        SendTextOperator(task_id=f"message_{number}", to="919876543210", body=f"{name} {number}")
        for number in range(PER_ROUND)
    ]
    for operator in operators:
        operator.__dict__["hook"] = operators[0].hook
    begin = time.perf_counter()
    for operator in operators:
        operator.execute(context)
    return (time.perf_counter() - begin) / PER_ROUND


with DAG("ledger_cost", schedule=None, start_date=datetime(2026, 1, 1), catchup=False) as dag:

    @task
    def measure(**context: Any) -> None:
        """Take turns, and leave the result in a file."""
        without = {key: value for key, value in context.items() if key != "task_state_store"}
        seconds(without, "warm"), seconds(context, "up")
        pairs = [
            (seconds(without, f"without {number}"), seconds(context, f"with {number}"))
            for number in range(ROUNDS)
        ]
        Path(HOME, "result.json").write_text(json.dumps(pairs), encoding="utf-8")

    measure()


def main() -> None:
    """Run the Dag and print the result."""
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True)
    command = [sys.executable, "-u", "-m", "airflow_provider_chakra.sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as sandbox:
        assert sandbox.stdout
        said = ""
        while "AIRFLOW_CONN_CHAKRA_DEFAULT=" not in said:
            said = sandbox.stdout.readline()
        os.environ["AIRFLOW_CONN_CHAKRA_DEFAULT"] = said.split("=", 1)[1].strip().strip("'")
        state = dag.test().state
        sandbox.terminate()
    assert str(state) == "success", state
    pairs = json.loads(Path(HOME, "result.json").read_text(encoding="utf-8"))
    without, with_ledger = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    ratio = statistics.median(second / first for first, second in pairs)
    print(f"without {without:.2f} ms, with {with_ledger:.2f} ms a message: ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
