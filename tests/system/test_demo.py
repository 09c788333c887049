"""``make demo``, both ways."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import demo
import pytest
from local_airflow import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from airflow_provider_chakra.sandbox.client import Sandbox

pytestmark = pytest.mark.system

REAL = {
    "CHAKRA_TOKEN": "some-token",
    "CHAKRA_PLUGIN_ID": "some-plugin",
    "CHAKRA_PHONE_NUMBER_ID": "1",
    "CHAKRA_TO": "919876543210",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder to run in."""
    return tmp_path_factory.mktemp("demo")


def run_demo(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the demo as a user does."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "CHAKRA_"))
    }
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "demo.py"), "--home", str(home)],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_an_account(home: Path) -> None:
    done = run_demo(home)
    assert done.returncode == 0, done.stdout + done.stderr
    for text in ("Nothing leaves this machine", "Good morning!", "This is how it looks.", "Choose a time"):
        assert text in done.stdout
    assert done.stdout.count("to 91******3210  wamid.") == 3
    assert "make ui" in done.stdout


def test_for_real(sandbox: Sandbox, home: Path) -> None:
    done = run_demo(
        home,
        CHAKRA_TOKEN=sandbox.token,
        CHAKRA_PLUGIN_ID=sandbox.plugin_id,
        CHAKRA_PHONE_NUMBER_ID=sandbox.phone_number_id,
        CHAKRA_TO="+91 98765 43211",
        CHAKRA_HOST=sandbox.url,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    first = done.stdout.splitlines()[0]
    assert first == f"Sending FOR REAL, through {sandbox.url}, to 91******3211."
    assert len(sandbox.messages()) == 3
    assert {message["recipient"] for message in sandbox.messages()} == {"919876543211"}
    assert done.stdout.count("to 91******3211  wamid.") == 3
    assert sandbox.token not in done.stdout + done.stderr


def test_a_failure_is_told(sandbox: Sandbox, home: Path) -> None:
    done = run_demo(
        home,
        AIRFLOW_CONN_CHAKRA_DEFAULT=sandbox.environment()["AIRFLOW_CONN_CHAKRA_DEFAULT"].replace(
            sandbox.token, "wrong-token"
        ),
        CHAKRA_TO="919876543210",
    )
    assert done.returncode == 1
    assert "Sending FOR REAL, through the connection in AIRFLOW_CONN_CHAKRA_DEFAULT" in done.stdout
    assert "the access token is invalid" in done.stderr
    assert "wrong-token" not in done.stdout + done.stderr
    assert sandbox.messages() == []


def test_what_was_sent_before_a_failure_is_shown(sandbox: Sandbox, home: Path) -> None:
    sandbox.fault(delay=0.01)
    sandbox.fault(status=400, errors=["(#131026) Message undeliverable"])
    done = run_demo(home, CHAKRA_TO="919876543210", **sandbox.environment())
    assert done.returncode == 1
    assert "131026" in done.stderr
    (text,) = sandbox.messages()
    assert f"text message    to 91******3210  {text['wamid']}" in done.stdout


@pytest.mark.parametrize("missing", sorted(REAL))
def test_nothing_is_sent_by_half(missing: str) -> None:
    with pytest.raises(demo.WrongSettingsError, match=f"^To send for real set {missing} as well"):
        demo.real_way(REAL | {missing: " "})


def test_one_way_only() -> None:
    with pytest.raises(demo.WrongSettingsError, match="keep one way"):
        demo.real_way(REAL | {"AIRFLOW_CONN_CHAKRA_DEFAULT": "{}"})


def test_a_connection_alone_sends_nothing_for_real() -> None:
    assert demo.real_way({"AIRFLOW_CONN_CHAKRA_DEFAULT": "{}"}) is None


def test_a_host_alone_is_not_enough() -> None:
    with pytest.raises(demo.WrongSettingsError, match=r"CHAKRA_TOKEN, .*CHAKRA_TO"):
        demo.real_way({"CHAKRA_HOST": "http://127.0.0.1:1"})
