"""Whole Dags that ask people: told on WhatsApp, answered in Airflow."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest

from tests.notifications.people import people
from tests.running import ROOT, load_dag, returned, run, states

AIRFLOW = tuple(map(int, version("apache-airflow").split(".")[:2]))

pytestmark = [
    pytest.mark.usefixtures("airflow_db"),
    pytest.mark.skipif(AIRFLOW < (3, 1), reason="Airflow asks people from 3.1 on"),
]

ANSWERS = {"ask": ["Half"], "approve": ["Approve"], "branch": ["left"], "entry": ["OK"]}


PATH = ROOT / "tests" / "dags" / "dag_hitl.py"
TEXTS = {
    "ask": "How much of dag_hitl?\n\nIt costs **19.90**.",
    "approve": "Go on?",
    "branch": "Which way?",
    "entry": "Why?",
}


def arrived(sandbox: Any, run_id: str) -> list[tuple[str, str, str]]:
    """Give task, recipient and text of each message, sorted, and see that its button leads to its request."""
    found = []
    for message in sandbox.messages():
        interactive = message["payload"]["interactive"]
        address, query = interactive["action"]["parameters"]["url"].split("?")
        task_id = address.split("/")[-2]
        assert address == (
            f"https://airflow.example.com/dags/dag_hitl/runs/{run_id}/tasks/{task_id}/required_actions"
        )
        assert query == "map_index=-1"
        found.append((task_id, message["payload"]["to"], interactive["body"]["text"]))
    return sorted(found)


EVERYTHING = sorted(
    (task_id, to, text) for task_id, text in TEXTS.items() for to in ("919876543210", "919876543211")
)


@pytest.mark.skipif(AIRFLOW < (3, 3), reason="dag.test() waits for an answer from 3.3 on")
def test_every_operator_that_asks_tells_everybody_once_and_is_answered(chakra_sandbox):
    with people(ANSWERS, {"reason": "It is time"}):
        instances = run(load_dag(PATH))
    assert states(instances) == {
        **{task_id: ["success"] for task_id in (*ANSWERS, "after", "left")},
        "right": ["skipped"],
    }
    assert returned(instances["ask"][0])["chosen_options"] == ["Half"]
    assert returned(instances["entry"][0])["params_input"] == {"reason": "It is time"}
    assert instances["ask"][0].try_number == 2
    assert arrived(chakra_sandbox, instances["ask"][0].run_id) == EVERYTHING


@pytest.mark.skipif(AIRFLOW >= (3, 3), reason="waits for an answer")
def test_every_operator_that_asks_tells_everybody(chakra_sandbox):
    instances = run(load_dag(PATH))
    assert sorted(set(arrived(chakra_sandbox, instances["ask"][0].run_id))) == EVERYTHING


@pytest.mark.skipif(AIRFLOW < (3, 3), reason="dag.test() waits for an answer from 3.3 on")
@pytest.mark.parametrize(
    ("answer", "kinds"), [("Approve", ["template", "template", "text"]), ("Reject", ["template", "template"])]
)
def test_the_example_sends_what_was_approved(chakra_sandbox, monkeypatch, answer, kinds):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com")
    dag = load_dag(ROOT / "example_dags" / "example_chakra_hitl.py")
    chakra_sandbox.add_template(
        "approval_needed",
        language="en",
        body="Airflow asks: {{1}}",
        buttons=[{"type": "URL", "text": "Answer", "url": "https://airflow.example.com/{{1}}"}],
    )
    chakra_sandbox.receive("919876543212", "Hi")
    chakra_sandbox.windows("refuse")
    with people({"approve": [answer]}):
        instances = run(dag)
    assert dag.dag_id == "example_chakra_hitl"
    assert dag.doc_md
    sent = "success" if answer == "Approve" else "skipped"
    assert states(instances) == {"approve": ["success"], "send": [sent]}
    assert [message["type"] for message in chakra_sandbox.messages()] == kinds
    button = chakra_sandbox.messages()[0]["payload"]["template"]["components"][1]["parameters"][0]["text"]
    path = f"dags/example_chakra_hitl/runs/{instances['approve'][0].run_id}/tasks/approve/required_actions"
    assert button == f"{path}?map_index=-1"
