"""Any request, as a task. Over HTTP."""

from __future__ import annotations

from datetime import datetime

import pytest
from airflow.providers.common.compat.sdk import DAG, AirflowFailException

from airflow_provider_chakra.exceptions import ChakraUnknownError
from airflow_provider_chakra.operators.request import ChakraRequestOperator
from tests.operators.test_processes import assert_arguments_are_template_fields_but


def test_every_argument_is_a_template_field_and_plainly_assigned():
    assert_arguments_are_template_fields_but(ChakraRequestOperator, set())


def test_a_request_leaves_as_it_is_said_and_the_answer_comes_back(chakra_sandbox):
    with DAG("d", schedule=None, start_date=datetime(2026, 1, 1)):
        operator = ChakraRequestOperator(
            task_id="t",
            method="post",
            path="/v1/ext/procedure/{procedure}/process",
            path_params='{"procedure": "lead"}',
            query={"dry": "{{ ds }}"},
            json={"data": {"name": "{{ name }}"}},
        )
    operator.render_template_fields({"ds": "2026-11-22", "name": "Asha"})
    answer = operator.execute({})
    assert answer["_data"]["data"] == {"name": "Asha"}
    (request,) = chakra_sandbox.requests()
    assert (request["method"], request["path"]) == ("POST", "/v1/ext/procedure/lead/process")
    assert (request["query"], request["body"]) == ("dry=2026-11-22", {"data": {"name": "Asha"}})


def test_ids_come_from_the_connection_and_get_is_the_method(chakra_sandbox):
    path = "/v1/ext/plugin/whatsapp/{plugin_id}/config"
    answer = ChakraRequestOperator(task_id="t", path=path).execute({})
    assert answer["_data"]["id"] == chakra_sandbox.plugin_id
    assert chakra_sandbox.requests()[0]["body"] is None


@pytest.mark.parametrize(("method", "again"), [("GET", True), ("POST", False), ("DELETE", False)])
def test_only_a_request_that_reads_may_be_made_again(chakra_sandbox, connect, method, again):
    connect({"max_tries": 1})
    chakra_sandbox.fault(status=502, body="<html>")
    with pytest.raises(ChakraUnknownError if again else AirflowFailException):
        ChakraRequestOperator(task_id="t", method=method, path="/v1/ext/users").execute({})
    assert len(chakra_sandbox.requests()) == 1


@pytest.mark.parametrize("path", ["users", "https://example.com/x", "/v1/{name}", ""])
def test_a_mistake_ends_the_task_and_nothing_is_sent(chakra_sandbox, path):
    with pytest.raises(AirflowFailException):
        ChakraRequestOperator(task_id="t", path=path).execute({})
    assert chakra_sandbox.requests() == []
