"""The README's recipe for testing one's own Dags, in a project of a user's own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from local_airflow import ROOT

pytestmark = pytest.mark.system

DAG = """
from datetime import datetime

from airflow.sdk import DAG
from airflow_provider_chakra.operators.messages import SendTextOperator

with DAG("reminders", schedule="@daily", start_date=datetime(2026, 1, 1), catchup=False):
    SendTextOperator(task_id="remind", to="919876543210", body="Reminder: tomorrow at nine.")
"""


def test_it_passes_as_written(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("conftest.py", "test_reminders.py", "test_delivery.py"):
        block = re.search(rf"<!-- {name} -->\n```python\n(.*?)```", readme, re.DOTALL)
        assert block
        (tmp_path / name).write_text(block[1], encoding="utf-8")
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "reminders.py").write_text(DAG, encoding="utf-8")
    asking = (ROOT / "docs" / "asking.md").read_text(encoding="utf-8")
    delivery = re.search(r"```python\n(.*?)```", asking, re.DOTALL)
    assert delivery
    (tmp_path / "dags" / "delivery.py").write_text(delivery[1], encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "4 passed" in done.stdout, done.stdout[-3000:] + done.stderr[-3000:]
