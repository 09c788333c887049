"""Which branch an answer leads to: the arguments, and what is checked before anybody is asked."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG, AirflowFailException, BaseOperator

from airflow_provider_chakra.operators.asking import AskBranchOperator
from airflow_provider_chakra.operators.messages.base import UnsendableMessageError
from tests.operators.asking import PHONE, Deferred, Task, start


def branch(**arguments: Any) -> AskBranchOperator:
    """Make an operator."""
    fields = {"task_id": "t", "to": PHONE, "question": "Where?", "options": ["left", "right"]}
    return AskBranchOperator(**fields | arguments)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"on_silence": "continue"}, "default: an option with on_silence; given: nothing"),
        ({"branches": {"up": "left"}}, "branches: of left, right"),
        ({"branches": ["left"]}, "branches: of left, right"),
        ({"branches": {"left": 5}}, "branches: a task id, or a list of them, each"),
        ({"branches": {"left": ["up", 5]}}, "branches: a task id, or a list of them, each"),
        ({"options": ["left"]}, "options: 2 to 10"),
    ],
)
def test_a_mistake_breaks_the_import(arguments, told):
    with pytest.raises(UnsendableMessageError, match=told):
        branch(**arguments)


@pytest.mark.parametrize(
    ("branches", "unknown"),
    [
        (None, None),
        ({"right": "left"}, None),
        ('{"right": ["left", "up"]}', "up"),
        ({"left": "up", "right": "down"}, "down, up"),
    ],
)
def test_a_branch_must_exist_before_anybody_is_asked(chakra_sandbox, branches, unknown):
    with DAG("d", schedule=None):
        operator = branch(branches=branches)
        operator >> [BaseOperator(task_id="left"), BaseOperator(task_id="right")]
    if unknown is None:
        assert isinstance(start(operator, Task()), Deferred)
        return
    with pytest.raises(AirflowFailException, match=f"there is no {unknown}"):
        start(operator, Task())
    assert chakra_sandbox.requests() == []


@pytest.mark.parametrize("index", [-1, 0])
def test_a_mapped_question_whose_answer_could_skip_nothing_is_not_asked(chakra_sandbox, index):
    task = Task()
    task.map_index = index
    with DAG("d", schedule=None):
        operator = branch()
        operator >> [BaseOperator(task_id="left"), BaseOperator(task_id="right")]
    if index < 0:
        assert isinstance(start(operator, task), Deferred)
        return
    with pytest.raises(AirflowFailException, match="Airflow skips nothing that follows a mapped task"):
        start(operator, task)
    assert chakra_sandbox.requests() == []
