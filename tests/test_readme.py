"""What the README says is true: its code runs, its files are there, its tables are complete."""

from __future__ import annotations

import re
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import BaseOperator

from airflow_provider_chakra import exceptions
from airflow_provider_chakra.exceptions import ChakraError, ChakraResponseError
from tests.running import ROOT, waits

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"<!-- run -->\n```python\n(.*?)```", re.DOTALL)
BLOCKS = [
    pytest.param(block, id=f"{path.name}-{number}")
    for path in DOCUMENTS
    for number, block in enumerate(_BLOCK.findall(path.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize("block", BLOCKS)
def test_the_code_runs(block, chakra_sandbox):
    code = block.replace("from airflow.sdk import", "from airflow.providers.common.compat.sdk import")
    namespace: dict[str, Any] = {}
    exec(compile(code, "a block of the documentation", "exec"), namespace)
    tasks = [item for item in namespace.values() if isinstance(item, BaseOperator) and item.has_dag()]
    assert all(task.retries == 3 for task in tasks if waits(task))
    if "hook" in namespace:
        assert chakra_sandbox.messages()[0]["wamid"] == namespace["sent"].wamid
    elif "delivery" in namespace:
        assert set(namespace["delivery"].dag.task_ids) == {"packed", "photo", "delivery"}


def test_there_is_code_to_run():
    assert len(BLOCKS) == 11


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8")):
        if not target.startswith("https://"):
            assert (document.parent / target).exists(), target


def test_the_table_of_errors_is_complete():
    section = README.split("## When something goes wrong")[1].split("## ")[0]
    cells = re.findall(r"^\| [^|]+ \| ([^|]+) \|", section, re.MULTILINE)
    table = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    leaves = {
        name
        for name, item in vars(exceptions).items()
        if isinstance(item, type)
        and issubclass(item, ChakraError)
        and item not in (ChakraError, ChakraResponseError)
    }
    # The one is raised by operators, the other by Airflow.
    assert table == leaves | {"UnsendableMessageError", "AirflowNotFoundException"}


def test_the_commands_of_the_readme_are_targets_of_make():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for target in set(re.findall(r"(?:`|^)make ([a-z]+)", README + contributing, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
