from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import airflow_provider_chakra.sandbox as package

ROOT = Path(package.__file__).parents[2]
MODULES = sorted(Path(package.__file__).parent.rglob("*.py"))


def imported(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports would pass by this test"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("module", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_second_opinion_asks_nobody(module: Path) -> None:
    own = "airflow_provider_chakra.sandbox."
    assert [
        name
        for name in imported(module)
        if name.split(".")[0] in {"airflow", "airflow_provider_chakra"} and not name.startswith(own)
    ] == []


def test_the_pytest_plugin_is_light() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules)\n"
        "import airflow_provider_chakra.sandbox.pytest_plugin\n"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ast.literal_eval(done.stdout) == [
        "airflow_provider_chakra",
        "airflow_provider_chakra.sandbox",
        "airflow_provider_chakra.sandbox.pytest_plugin",
    ]
