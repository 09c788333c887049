"""An Airflow of the tests' own: its home is new for each run, and nothing of it outlives the run."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_chakra.sandbox.client import Sandbox

ROOT = Path(__file__).parent.parent
_HOME = Path(tempfile.mkdtemp(prefix="chakra-tests-"))
_FOLDERS = (ROOT / "example_dags", ROOT / "tests" / "dags")

# Airflow reads its configuration when it is imported, so it must be there before any test is.
os.environ.update(
    AIRFLOW_HOME=str(_HOME),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__UNIT_TEST_MODE="False",
    AIRFLOW__CORE__DAGS_FOLDER=str(_FOLDERS[0]),
    AIRFLOW__CORE__TEST_CONNECTION="Enabled",
    AIRFLOW__CORE__PARALLELISM="4",
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED="False",
    AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST=json.dumps(
        [
            {
                "name": f"chakra_{folder.name}",
                "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
                "kwargs": {"path": str(folder), "refresh_interval": 300},
            }
            for folder in _FOLDERS
        ]
    ),
)
for name in [name for name in os.environ if name.lower().endswith("_proxy") or name.startswith("CHAKRA_")]:
    if name != "CHAKRA_TEST_REQUIRE_SYSTEM":
        del os.environ[name]
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_unconfigure() -> None:
    """Take the home away."""
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def airflow_home() -> Path:
    """Where this run's Airflow lives."""
    return _HOME


@pytest.fixture(scope="session")
def airflow_db(airflow_home: Path) -> Path:
    """Make Airflow's database, for tests that run whole Dags."""
    command = [sys.executable, "-m", "airflow", "db", "migrate"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    with contextlib.suppress(ModuleNotFoundError):
        from airflow.sdk.execution_time import supervisor

        # Airflow 3.3 keeps its server within the process, too; before, each task takes seconds to make one.
        supervisor.in_process_api_server = functools.cache(supervisor.in_process_api_server)
    return airflow_home


@pytest.fixture(autouse=True)
def _no_leftover_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_CHAKRA_DEFAULT", raising=False)


@pytest.fixture
def connect(chakra_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change the connection chakra_default: extras as a dict, standard fields by name."""

    def change(extra: dict[str, Any] | None = None, **fields: Any) -> None:
        connection = chakra_sandbox.connection() | fields
        connection["extra"] = connection["extra"] | (extra or {})
        monkeypatch.setenv("AIRFLOW_CONN_CHAKRA_DEFAULT", json.dumps(connection))

    return change


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Give all that was logged: through the standard library, or by Airflow 3 to the standard output."""

    def everything() -> str:
        printed = capsys.readouterr()
        return "\n".join((printed.out, printed.err, *(record.getMessage() for record in caplog.records)))

    return everything
