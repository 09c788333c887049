"""The wheel, built, and installed where nothing else of this project is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from email import message_from_string
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
from local_airflow import ROOT

from airflow_provider_chakra.sandbox.client import Sandbox

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path

pytestmark = pytest.mark.system

PACKAGE = "airflow-provider-chakra"
EXTRAS = (
    "plugin_id",
    "phone_number_id",
    "waba_id",
    "api_version",
    "connect_timeout",
    "read_timeout",
    "max_tries",
    "max_wait",
    "on_unknown",
    "proxy",
    "verify_tls",
    "webhook_secret",
    "webhook_verify_token",
)


def uv(*arguments: object) -> None:
    """Run uv."""
    done = subprocess.run(
        [sys.executable, "-m", "uv", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build wheel and sdist; the wheel from the sdist, as whoever gets only that does."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--quiet", "--python", sys.executable, "--out-dir", folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    """Give the wheel."""
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def content(wheel: Path) -> dict[str, str]:
    """Give the files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.fixture(scope="module")
def metadata(content: dict[str, str]) -> Message:
    """Give what the wheel says about itself."""
    (text,) = (text for name, text in content.items() if name.endswith(".dist-info/METADATA"))
    return message_from_string(text)


@dataclass
class Installed:
    """An environment that holds the wheel, and Airflow."""

    folder: Path
    environment: dict[str, str]

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment."""
        program, *arguments = command
        return subprocess.run(
            [str(self.folder / "bin" / program), *arguments],
            env=self.environment | environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def airflow(self, *arguments: str, **environment: str) -> str:
        """Run a command of Airflow's that must succeed."""
        done = self.run("airflow", *arguments, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel beside Airflow, without the extra of the sandbox."""
    folder = tmp_path_factory.mktemp("installed")
    uv("venv", "--quiet", "--python", sys.executable, folder / "venv")
    python = folder / "venv" / "bin" / "python"
    uv("pip", "install", "--quiet", "--python", python, wheel, f"apache-airflow=={version('apache-airflow')}")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "PYTHON", "CHAKRA", "COV"))
    }
    environment |= {
        "AIRFLOW_HOME": str(folder / "home"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
    }
    made = Installed(folder / "venv", environment)
    made.airflow("db", "migrate")
    return made


def test_files(content: dict[str, str]) -> None:
    names = {name for name in content if ".dist-info/" not in name}
    info = {name.partition(".dist-info/")[2] for name in content if ".dist-info/" in name}
    assert all(name.startswith("airflow_provider_chakra/") for name in names)
    assert "airflow_provider_chakra/py.typed" in names
    assert not [name for name in names if "test" in name.rpartition("/")[2] and "pytest" not in name]
    assert {"licenses/LICENSE", "licenses/NOTICE", "entry_points.txt"} <= info
    source = {str(path.relative_to(ROOT)) for path in (ROOT / "airflow_provider_chakra").rglob("*.py")}
    assert source <= names


def test_sdist(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    assert sdist.stat().st_size < 2_000_000


def test_metadata(metadata: Message) -> None:
    assert metadata["Name"] == PACKAGE
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    classifiers = metadata.get_all("Classifier", [])
    assert {"Framework :: Apache Airflow", "Framework :: Apache Airflow :: Provider"} <= set(classifiers)
    urls = dict(url.split(", ", 1) for url in metadata.get_all("Project-URL", []))
    assert {"Documentation", "Changelog", "Bug Tracker", "Source Code"} <= set(urls)
    assert all(url.startswith("https://") for url in urls.values())


def test_dependencies_have_lower_bounds_only(metadata: Message) -> None:
    # An upper bound here would forbid every Airflow that needs something newer.
    requirements = [requirement.partition(";")[0] for requirement in metadata.get_all("Requires-Dist", [])]
    assert len(requirements) == 8
    for requirement in requirements:
        assert ">=" in requirement, requirement
        assert not set("<=!~,") & set(requirement.replace(">=", "")), requirement


def test_airflow_knows_the_provider(installed: Installed) -> None:
    (provider,) = (
        entry
        for entry in json.loads(installed.airflow("providers", "list", "-o", "json"))
        if entry["package_name"] == PACKAGE
    )
    assert provider["version"] == version(PACKAGE)
    shown = installed.airflow("providers", "get", PACKAGE, "-o", "json")
    assert PACKAGE in json.loads(shown)[0].values()


def test_airflow_knows_the_hook(installed: Installed) -> None:
    hooks = json.loads(installed.airflow("providers", "hooks", "-o", "json"))
    (hook,) = (hook for hook in hooks if hook["connection_type"] == "chakra")
    assert hook["class"] == "airflow_provider_chakra.hooks.chakra.ChakraHook"
    assert hook["conn_id_attribute_name"] == "chakra_conn_id"


def test_airflow_knows_the_form(installed: Installed) -> None:
    widgets = json.loads(installed.airflow("providers", "widgets", "-o", "json"))
    ours = [name for name in (row["connection_parameter_name"] for row in widgets) if "chakra" in name]
    assert sorted(ours) == sorted(f"extra__chakra__{name}" for name in EXTRAS)
    assert "chakra" in installed.airflow("providers", "behaviours", "-o", "plain").split()


def test_the_connection_can_be_tested(installed: Installed, sandbox: Sandbox) -> None:
    connection = sandbox.connection()
    works = connection
    wrong_token = {**connection, "password": "some-other-token"}
    wrong_plugin = {**connection, "extra": {**connection["extra"], "plugin_id": "another-plugin"}}

    said = []
    for tried, code in ((works, 0), (wrong_token, 1), (wrong_plugin, 1)):
        done = installed.run(
            "airflow",
            "connections",
            "test",
            "chakra_default",
            AIRFLOW_CONN_CHAKRA_DEFAULT=json.dumps(tried),
        )
        output = done.stdout + done.stderr
        assert done.returncode == code, output
        assert tried["password"] not in output
        said.append(output)

    assert "Connection success!" in said[0]
    assert "does not accept the access token" in said[1]
    assert "the plugin id is not" in said[2]


def test_the_sandbox_can_be_started(installed: Installed) -> None:
    done = installed.run("chakra-sandbox", "--help")
    assert done.returncode == 0, done.stderr
    assert "--plugin-id" in done.stdout
