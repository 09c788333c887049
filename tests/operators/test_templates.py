"""Operators about templates: arguments in; exact requests, XCom, or an error out. Over HTTP."""

from __future__ import annotations

import inspect
import re
from datetime import datetime
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG, AirflowFailException

from airflow_provider_chakra.exceptions import ChakraServerError, ChakraUnknownError, InvalidMessageError
from airflow_provider_chakra.operators import template_check
from airflow_provider_chakra.operators.base import BaseChakraOperator
from airflow_provider_chakra.operators.templates import (
    CheckTemplatesOperator,
    CreateTemplateOperator,
    DeleteTemplateOperator,
    ListTemplatesOperator,
    UpdateTemplateOperator,
)
from tests.running import ROOT, load_dag, returned, run, states

BODY = {"type": "BODY", "text": "Hello {{1}}", "example": {"body_text": [["Asha"]]}}
NEW = {"name": "hello", "language": "en_US", "category": "UTILITY", "components": [BODY]}


@pytest.fixture(autouse=True)
def _no_listings() -> None:
    template_check.forget_listings()


def check(templates: Any) -> CheckTemplatesOperator:
    """Make an operator that checks templates."""
    return CheckTemplatesOperator(task_id="t", templates=templates)


def create(**arguments: Any) -> CreateTemplateOperator:
    """Make an operator that creates a template."""
    return CreateTemplateOperator(task_id="t", **NEW | arguments)


def methods(sandbox: Any) -> list[str]:
    """Give the methods of the requests."""
    return [request["method"] for request in sandbox.requests()]


def dag() -> DAG:
    """Make a Dag."""
    return DAG("d", schedule=None, start_date=datetime(2026, 1, 1))


def test_all_that_does_not_fit_is_told_in_one_error(chakra_sandbox):
    chakra_sandbox.add_template("hello", body="Hello {{1}}")
    chakra_sandbox.add_template("hello", language="hi", body="Hello {{1}}")
    chakra_sandbox.add_template("stopped", body="Hello", status="DISABLED")
    templates = [
        {"name": "hello", "language": "en_US", "body": ["Asha"]},
        {"name": "hello", "language": "hi", "body": ["Asha", "Ravi"]},
        {"name": "hello", "language": "en_US"},
        {"name": "stopped", "language": "en_US", "header": {"picture": "x"}},
        {"name": "nobody", "language": "en_US"},
        {"name": "hello"},
        {"name": "hello", "language": "hi", "text": "x"},
        "hello",
    ]
    with pytest.raises(AirflowFailException) as caught:
        check(templates).execute({})
    lines = str(caught.value).splitlines()
    assert lines[0] == "6 of 8 templates cannot be sent so:"
    assert [line.split(":")[0] for line in lines[1:]] == [
        "  - hello (hi) body",
        "  - stopped (en_US) header",
        "  - stopped (en_US) status",
        "  - nobody (en_US) name",
        "  - templates[5] language",
        "  - templates[6] template",
        "  - templates[7] template",
    ]
    assert "Ravi" not in str(caught.value)
    # One question for each name.
    assert methods(chakra_sandbox) == ["GET"] * 3


@pytest.mark.parametrize(
    "templates",
    [[], [{"name": "hello", "language": "en_US", "body": ["x"]}], '[{"name": "hello", "language": "en_US"}]'],
)
def test_what_fits_passes(chakra_sandbox, templates):
    chakra_sandbox.add_template("hello", body="Hello {{1}}")
    assert check(templates).execute({}) is None


def test_what_cannot_be_asked_is_no_fit(chakra_sandbox, connect):
    connect({"max_tries": 1})
    chakra_sandbox.fault(status=500, errors=["(#131016) Unavailable"])
    with pytest.raises(ChakraServerError):
        check([{"name": "hello", "language": "en_US"}]).execute({})
    with pytest.raises(AirflowFailException, match="templates: a list"):
        check({"name": "hello"}).execute({})
    connect({"waba_id": None})
    with pytest.raises(AirflowFailException, match="waba_id"):
        check([{"name": "hello", "language": "en_US"}]).execute({})


def test_a_template_is_created(chakra_sandbox):
    created = create(message_send_ttl_seconds="60", parameter_format="").execute({})
    (request,) = chakra_sandbox.requests()
    assert request["body"] == NEW | {"message_send_ttl_seconds": 60}
    assert (created["status"], created["category"], bool(created["id"])) == ("PENDING", "UTILITY", True)
    with pytest.raises(AirflowFailException, match="was refused"):
        create().execute({})


def test_a_template_that_is_there_is_left_as_it_is(chakra_sandbox):
    template_id = chakra_sandbox.add_template("hello", body="Hi")
    found = create(if_exists="ignore").execute({})
    assert found == {"id": template_id, "status": "APPROVED", "category": "UTILITY"}
    assert methods(chakra_sandbox) == ["GET"]
    create(name="other", if_exists="ignore").execute({})
    assert methods(chakra_sandbox) == ["GET", "GET", "POST"]
    with pytest.raises(AirflowFailException, match="if_exists must be one of"):
        create(if_exists="replace").execute({})


def test_a_definition_that_breaks_rules_is_not_tried_again(chakra_sandbox):
    with pytest.raises(AirflowFailException, match="not sent, as it breaks 2 rules") as caught:
        create(name="Hello", components=()).execute({})
    assert isinstance(caught.value.__cause__, InvalidMessageError)
    assert chakra_sandbox.requests() == []


def test_after_an_unknown_outcome_it_is_looked_for(chakra_sandbox, connect, logged):
    connect({"max_tries": 1})
    chakra_sandbox.fault(close="after")
    created = create().execute({})
    assert created["status"] == "PENDING"
    assert "it is there" in logged()
    assert methods(chakra_sandbox) == ["POST", "GET"]
    chakra_sandbox.fault(close="before")
    with pytest.raises(AirflowFailException, match="does not have it") as caught:
        create(name="other").execute({})
    assert isinstance(caught.value.__cause__, ChakraUnknownError)
    chakra_sandbox.fault(times=2, status=502, body="<html>")
    with pytest.raises(AirflowFailException, match="could not be listed"):
        create(name="other").execute({})


def test_variables_of_whatsapps_are_no_templates_of_jinjas(chakra_sandbox):
    with dag():
        operator = create(name="{{ name }}")
    operator.render_template_fields({"name": "hello_1"})
    operator.execute({})
    assert chakra_sandbox.requests()[0]["body"] == NEW | {"name": "hello_1"}


def test_templates_are_listed(chakra_sandbox):
    chakra_sandbox.add_template("hello", body="Hi")
    chakra_sandbox.add_template("bye", body="Bye", status="PENDING")
    rows = ListTemplatesOperator(task_id="t").execute({})
    assert [(row["name"], row["components"][0]["text"]) for row in rows] == [("hello", "Hi"), ("bye", "Bye")]
    arguments = {"name": "b", "status": "PENDING", "fields": '["name"]'}
    (row,) = ListTemplatesOperator(task_id="t", **arguments).execute({})
    assert (row["name"], "components" in row) == ("bye", False)


def test_a_template_is_changed_and_deleted(chakra_sandbox):
    template_id = chakra_sandbox.add_template("hello", body="Hi", status="REJECTED")
    operator = UpdateTemplateOperator(
        task_id="t", template_id=template_id, components=(BODY,), category="MARKETING"
    )
    assert operator.execute({}) == {"success": True}
    assert chakra_sandbox.requests()[0]["body"] == {"components": [BODY], "category": "MARKETING"}
    with pytest.raises(AirflowFailException, match="required, or category"):
        UpdateTemplateOperator(task_id="t", template_id=template_id).execute({})
    other = chakra_sandbox.add_template("hello", language="hi")
    deleted = DeleteTemplateOperator(task_id="t", name="hello", template_id=other).execute({})
    assert deleted == {"success": True}
    assert len(ListTemplatesOperator(task_id="t").execute({})) == 1
    DeleteTemplateOperator(task_id="t", name="hello", template_id="").execute({})
    assert ListTemplatesOperator(task_id="t").execute({}) == []
    with pytest.raises(AirflowFailException, match="not found"):
        DeleteTemplateOperator(task_id="t", name="hello").execute({})


@pytest.mark.usefixtures("airflow_db")
def test_the_example_creates_a_template_once_and_sends_it_each_time(chakra_sandbox):
    chakra_sandbox.approve_templates_after(0)
    dag = load_dag(ROOT / "example_dags" / "example_chakra_template.py")
    instances = run(dag, to="+91 98765 43219", customer="Ravi")
    assert states(instances) == {"create": ["success"], "approved": ["success"], "send": ["success"]}
    assert returned(instances["approved"][0])["status"] == "APPROVED"
    (message,) = chakra_sandbox.messages()
    assert returned(instances["send"][0]) == message["wamid"]
    assert message["payload"]["to"] == "919876543219"
    body, *buttons = message["payload"]["template"]["components"]
    named = {one["parameter_name"]: one["text"] for one in body["parameters"]}
    assert named == {"customer": "Ravi", "number": "4711"}
    assert [(button["sub_type"], button["index"]) for button in buttons] == [("url", 0), ("quick_reply", 1)]
    run(dag)
    assert len(chakra_sandbox.messages()) == 2
    creations = [request for request in chakra_sandbox.requests() if "components" in (request["body"] or {})]
    assert len(creations) == 1
    assert "{{customer}}" in creations[0]["body"]["components"][0]["text"]


OPERATORS = [
    CheckTemplatesOperator,
    CreateTemplateOperator,
    DeleteTemplateOperator,
    ListTemplatesOperator,
    UpdateTemplateOperator,
]


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_argument_is_a_template_field_and_plainly_assigned(operator):
    own = set(inspect.signature(operator.__init__).parameters)
    shared = set(inspect.signature(BaseChakraOperator.__init__).parameters)
    assert set(operator.template_fields) == (own | shared) - {"self", "kwargs"}
    assert set(operator.template_fields_renderers) <= set(operator.template_fields)
    assert operator.object_fields <= set(operator.template_fields)
    source = inspect.getsource(operator.__init__)
    for name in own - {"self", "kwargs"}:
        assert re.search(rf"^        self\.{name} = {name}$", source, re.MULTILINE)
