from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_provider_chakra.sandbox.defaults import MISSING_EXTRA

ROOT = Path(__file__).parents[2]

TESTS = """
import json, os, urllib.request
import pytest

@pytest.mark.parametrize("number", [1, 2])
def test_a_fresh_sandbox(number, chakra_sandbox):
    assert chakra_sandbox.requests() == chakra_sandbox.faults() == []
    assert json.loads(os.environ["AIRFLOW_CONN_CHAKRA_DEFAULT"]) == chakra_sandbox.connection()
    chakra_sandbox.fault(status=503, path_contains="/other")
    body = {"messaging_product": "whatsapp", "to": "919876543210", "type": "text", "text": {"body": "a"}}
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(urllib.request.Request(
        chakra_sandbox.messages_url,
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {chakra_sandbox.token}"},
    ))
    (message,) = chakra_sandbox.messages()
    assert message["payload"] == body

def test_the_environment_is_put_back():
    assert "AIRFLOW_CONN_CHAKRA_DEFAULT" not in os.environ

def test_one_server_for_all(chakra_sandbox_server, chakra_sandbox):
    assert chakra_sandbox.url == chakra_sandbox_server.url
"""


def run_pytest(path: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    # The plugin is named, not found by its entry point: the package may be on the path only.
    code = (
        f"{before}\nimport sys, pytest\n"
        "sys.exit(pytest.main(['-q', '-p', 'airflow_provider_chakra.sandbox.pytest_plugin', sys.argv[1]]))"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_CONN_")}
    return subprocess.run(
        [sys.executable, "-c", code, str(path)],
        cwd=path.parent,
        env=environment
        | {
            "PYTHONPATH": f"{ROOT}{os.pathsep}{environment.get('PYTHONPATH', '')}",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    path = tmp_path / "test_dags.py"
    path.write_text(TESTS)
    return path


def test_fixtures(tests: Path) -> None:
    done = run_pytest(tests)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


def test_without_the_extra_it_fails_in_one_clear_line(tests: Path) -> None:
    done = run_pytest(tests, before="import sys; sys.modules['uvicorn'] = None")
    assert done.returncode == 1
    assert "1 passed, 3 errors" in done.stdout
    assert f"\n{MISSING_EXTRA}\n" in done.stdout
    assert "ModuleNotFoundError" not in done.stdout
