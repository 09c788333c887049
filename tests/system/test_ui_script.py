"""``make ui``: what it starts, and that nothing of it is left."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, build_opener

import pytest
from local_airflow import ROOT, AirflowFailedError, LocalAirflow
from ui import conn_fields

from airflow_provider_chakra.sandbox.client import Sandbox

from .runs import Run, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.system


def session_of(home: Path) -> int:
    """Give the session of the Airflow that lives in a folder."""
    for process in Path("/proc").glob("[0-9]*"):
        # A process that ends meanwhile, or belongs to somebody else, is not the one.
        with suppress(OSError):
            if f"AIRFLOW_HOME={home}\0" in (process / "environ").read_text(errors="replace"):
                return os.getsid(int(process.name))
    pytest.fail("There is no Airflow")


def processes_in(session: int) -> list[str]:
    """Give the command lines of all processes of a session."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getsid(int(process.name)) == session:
                found.append((process / "cmdline").read_text().replace("\0", " "))
    # A process that has ended, and nobody asked for its exit code yet, has no command line.
    return [command for command in found if command]


def button_of_a_request(airflow: LocalAirflow, sandbox: Sandbox) -> str:
    """Let Airflow ask a person, and give the address behind the button that the person gets."""
    Run(airflow, "example_chakra_hitl")
    wait_until(sandbox.messages, "nobody is asked")
    address: str = sandbox.messages()[0]["payload"]["interactive"]["action"]["parameters"]["url"]
    assert "/dags/example_chakra_hitl/runs/" in address
    return address


def is_there(address: str) -> bool:
    """Tell whether an address of this machine leads to a page."""
    with build_opener(ProxyHandler({})).open(address, timeout=60) as answer:
        return bool(answer.status == 200)


@pytest.fixture
def started(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Start it."""
    command = [sys.executable, "-u", str(ROOT / "scripts" / "ui.py"), "--home", str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ)
    ) as process:
        yield process
        process.send_signal(signal.SIGINT)


def test_it_is_ready_to_use_and_ends_as_a_whole(started: subprocess.Popen[str], tmp_path: Path) -> None:
    assert started.stdout
    said = ""
    for line in started.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    addresses = dict(re.findall(r"^(Airflow|Sandbox) +(\S+)", said, re.MULTILINE))
    assert "no log-in" in said
    airflow = LocalAirflow(tmp_path)
    airflow.url = addresses["Airflow"]
    stored = airflow.call("GET", "connections/chakra_default")
    assert f"{stored['host']}:{stored['port']}" == addresses["Sandbox"]
    # As the Test button asks: with the stored token, which the browser does not know.
    assert airflow.call("POST", "connections/test", stored)["status"] is True
    assert set(json.loads(stored["extra"])) == set(conn_fields())
    assert is_there(button_of_a_request(airflow, Sandbox(addresses["Sandbox"])))
    session = session_of(tmp_path)
    assert len(processes_in(session)) > 5

    started.send_signal(signal.SIGINT)
    rest = started.stdout.read()
    assert started.wait(60) == 0, rest
    assert processes_in(session) == []


def test_an_airflow_that_does_not_start_is_told(tmp_path: Path) -> None:
    airflow = LocalAirflow(tmp_path, environment={"AIRFLOW__CORE__EXECUTOR": "no.such.Executor"})
    started = time.monotonic()
    with pytest.raises(AirflowFailedError, match="No module named 'no'"), airflow.standalone():
        pytest.fail("It started")
    assert time.monotonic() - started < 200
