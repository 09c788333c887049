"""
What importing each operator costs a Dag file, beside Airflow's own SMTP operator.

Each import runs in a process of its own, after ``from airflow.sdk import DAG``, which every Dag file pays
for anyway. The subjects take turns, so that whatever else the machine does hits all of them. The minimum
is the number to trust.

    python benchmarks/import_cost.py [rounds]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

REFERENCE = "airflow.providers.smtp.operators.smtp:EmailOperator"
SUBJECTS = (
    REFERENCE,
    "airflow_provider_chakra.operators.messages:SendTextOperator",
    "airflow_provider_chakra.operators.messages:SendImageOperator",
    "airflow_provider_chakra.operators.messages:SendListOperator",
    "airflow_provider_chakra.operators.messages:SendTemplateOperator",
    "airflow_provider_chakra.operators.processes:BulkUpdateProcessesOperator",
)
CODE = """
import sys, time
from airflow.sdk import DAG
DAG.__name__
before = set(sys.modules)
begin = time.perf_counter()
from {module} import {name}
taken = time.perf_counter() - begin
new = set(sys.modules) - before
print(taken * 1000, len(new), "requests" in sys.modules)
"""


def measure(subject: str) -> tuple[float, int, bool]:
    """Import a subject once; give milliseconds, new modules, and whether requests was loaded."""
    module, name = subject.split(":")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(module=module, name=name)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    taken, modules, requests = done.stdout.split()[-3:]
    return float(taken), int(modules), requests == "True"


def main() -> int:
    """Measure, print a table, and fail if an operator costs more than the reference or loads requests."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    for subject in SUBJECTS:
        measure(subject)  # compiles what is not compiled yet
    times: dict[str, list[float]] = {subject: [] for subject in SUBJECTS}
    facts: dict[str, tuple[int, bool]] = {}
    for _ in range(rounds):
        for subject in SUBJECTS:
            taken, *rest = measure(subject)
            times[subject].append(taken)
            facts[subject] = (rest[0], rest[1])
    yardstick = min(times[REFERENCE])
    print(
        f"{'import':<24}{'min ms':>8}{'median ms':>11}{'ratio of min':>14}{'new modules':>13}{'requests':>10}"
    )
    for subject in SUBJECTS:
        taken = times[subject]
        modules, requests = facts[subject]
        print(
            f"{subject.split(':')[1]:<24}{min(taken):>8.1f}{statistics.median(taken):>11.1f}"
            f"{min(taken) / yardstick:>14.2f}{modules:>13}{'yes' if requests else 'no':>10}"
        )
    own = [subject for subject in SUBJECTS if subject != REFERENCE]
    return int(any(min(times[subject]) > yardstick or facts[subject][1] for subject in own))


if __name__ == "__main__":
    sys.exit(main())
