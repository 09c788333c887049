"""Whole Dags in which people answer: branches, skips and mapped questions, as Airflow carries them out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.operators.asking import answering
from tests.running import ROOT, hurry, load_dag, returned, run, states

pytestmark = pytest.mark.usefixtures("airflow_db")
DAGS, EXAMPLES = ROOT / "tests" / "dags", ROOT / "example_dags"
DONE, SKIPPED, FAILED = ["success"], ["skipped"], ["failed"]


def go(sandbox: Any, conf: dict[str, Any], **choices: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run the Dag, and give the states and what was returned."""
    with answering(sandbox, **choices):
        instances = run(load_dag(DAGS / "dag_asking.py"), **conf)
    return states(instances), {name: [returned(ti) for ti in tis] for name, tis in instances.items()}


@pytest.mark.parametrize(
    ("choices", "left", "group", "near", "far", "conf"),
    [
        ({"Where?": "left", "May it?": "approve"}, DONE, SKIPPED, DONE, DONE, {}),
        ({"Where?": "right", "May it?": "reject"}, SKIPPED, DONE, SKIPPED, DONE, {}),
        ({"Where?": "both", "May it?": "reject"}, DONE, DONE, SKIPPED, SKIPPED, {"far": True}),
        (
            {"Where?": "", "May it?": ""},
            DONE,
            SKIPPED,
            SKIPPED,
            DONE,
            {"seconds": 1, "silence": "continue"},
        ),
    ],
)
def test_a_dag_follows_the_answers(chakra_sandbox, choices, left, group, near, far, conf):
    found, gave = go(chakra_sandbox, conf, **choices, **{"Fine?": "No"})
    assert found["branch"] == found["approve"] == found["joined"] == found["after"] == DONE
    assert (found["left"], found["group.first"], found["group.second"]) == (left, group, group)
    assert (found["near"], found["far"]) == (near, far)
    assert gave["branch"] == [choices["Where?"] or "left"]
    assert gave["approve"] == [choices["May it?"] == "approve"]
    assert gave["mapped"] == ["No", "No"]
    assert len(chakra_sandbox.messages()) == 5


def test_silence_may_skip(chakra_sandbox):
    conf = {"seconds": 1, "silence": "skip"}
    found, _ = go(chakra_sandbox, conf, **{"Where?": "", "May it?": ""})
    assert found["branch"] == found["approve"] == found["left"] == found["near"] == SKIPPED


def example(sandbox: Any, name: str, **choices: str) -> dict[str, list[Any]]:
    """Run an example without its patience, while people answer."""
    with answering(sandbox, **choices):
        return run(hurry(load_dag(EXAMPLES / f"{name}.py")))


@pytest.mark.parametrize(
    ("slot", "task_id", "gave"),
    [
        ("afternoon", "plan_tour", "on the tour of the afternoon"),
        ("not_at_all", "keep_at_the_shop", "at the shop"),
    ],
)
def test_the_customer_chooses_a_slot(chakra_sandbox, slot, task_id, gave):
    question = "When shall we bring your parcel tomorrow?"
    instances = example(chakra_sandbox, "example_chakra_slot", **{question: slot})
    found = states(instances)
    assert found.pop("ask") == found.pop(task_id) == DONE
    assert list(found.values()) == [SKIPPED]
    assert returned(instances[task_id][0]) == gave


def test_a_payment_is_approved(chakra_sandbox):
    instances = example(chakra_sandbox, "example_chakra_approval")
    assert states(instances) == {"approve": DONE, "pay": DONE}
    told = returned(instances["pay"][0])
    assert re.fullmatch(r"approved by 91\*{6}3210 at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", told)
    question, confirmation = (message["payload"] for message in chakra_sandbox.messages())
    assert question["interactive"]["header"]["type"] == "document"
    assert confirmation["text"] == {"body": "It will be paid today."}


def test_a_branch_that_does_not_exist_fails_before_anybody_is_asked(chakra_sandbox):
    dag = load_dag(DAGS / "dag_asking.py")
    dag.get_task("branch").branches = {"right": "elsewhere"}
    with answering(chakra_sandbox, **{"May it?": "approve"}):
        instances = run(dag)
    assert states(instances)["branch"] == FAILED
    assert "919876543210" not in {message["payload"]["to"] for message in chakra_sandbox.messages()}
