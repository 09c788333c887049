"""Sending templates: arguments in; exact requests, the wamid, or an error out. Over HTTP."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from airflow.providers.common.compat.sdk import DAG, AirflowFailException

from airflow_provider_chakra.exceptions import ChakraUnknownError
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.operators import template_check
from airflow_provider_chakra.operators.messages import SendTemplateOperator
from airflow_provider_chakra.operators.messages.base import UnsendableMessageError
from tests.operators.arguments import assert_arguments_are_template_fields
from tests.running import ROOT, load_dag, returned, run, states

PHONE = "919876543210"
LINK = "https://cdn.example.com/a.jpg"
TRACK = {"type": "URL", "text": "Track", "url": "https://example.com/{{1}}"}
STOP = {"type": "QUICK_REPLY", "text": "Stop"}
COPY = {"type": "COPY_CODE", "example": "SAVE20"}
PLACE = {"latitude": 28.6, "longitude": 77.2, "name": "Office", "address": "Main Road 1"}


@pytest.fixture(autouse=True)
def _no_listings() -> None:
    template_check.forget_listings()


def template(**arguments: Any) -> SendTemplateOperator:
    """Make an operator that sends a template; it does not look at the template."""
    defaults = {"task_id": "t", "to": PHONE, "name": "hello", "language": "en_US", "check_template": False}
    return SendTemplateOperator(**defaults | arguments)


def checked(**arguments: Any) -> SendTemplateOperator:
    """Make one that looks."""
    return template(**{"check_template": True} | arguments)


def without_paths(logged: str) -> str:
    """Take out the requests that the sandbox itself logs."""
    return re.sub(r"(GET|POST) /v1/\S+", "", logged)


def add_lead(name: str) -> None:
    """Make a record with a phone number."""
    data = {"data": {"name": name, "phone_number": "+91 98765 43210"}}
    ChakraHook().request("POST", "/v1/ext/procedure/lead/process", json=data)


def body(*texts: str) -> dict[str, Any]:
    """Make the component of a body."""
    return {"type": "body", "parameters": [{"type": "text", "text": text} for text in texts]}


def header(**parameter: Any) -> dict[str, Any]:
    """Make the component of a header."""
    return {"type": "header", "parameters": [parameter]}


def button(index: Any, sub_type: str, **parameter: Any) -> dict[str, Any]:
    """Make the component of a button."""
    return {"type": "button", "sub_type": sub_type, "index": index, "parameters": [parameter]}


def action(index: int, sub_type: str, action: dict[str, Any]) -> dict[str, Any]:
    """Make the component of a button with an action."""
    return button(index, sub_type, type="action", action=action)


CURRENCY = {"type": "currency", "currency": {"fallback_value": "Rs 9", "code": "INR", "amount_1000": 9000}}
SECTIONS = [{"title": "A", "product_items": [{"product_retailer_id": "sku-1"}]}]
CARDS = [
    {"card_index": index, "components": [header(type="image", image={"link": LINK})]} for index in range(2)
]
CAROUSEL = {"type": "carousel", "cards": CARDS}

COMPONENTS: list[tuple[dict[str, Any], list[Any]]] = [
    ({}, []),
    ({"body": [], "header": "", "buttons": [], "otp": "", "components": ""}, []),
    ({"body": ["Asha", 7]}, [body("Asha", "7")]),
    ({"body": ("Asha",)}, [body("Asha")]),
    ({"body": '["Asha", "7"]'}, [body("Asha", "7")]),
    (
        {"body": [Decimal("1E+2"), Decimal("19.90"), 2.5, date(2026, 3, 1), time(9, 30)]},
        [body("100", "19.90", "2.5", "2026-03-01", "09:30:00")],
    ),
    (
        {"body": [datetime(2026, 3, 1, 9, 30, tzinfo=UTC), UUID(int=1)]},
        [body("2026-03-01 09:30:00+00:00", "00000000-0000-0000-0000-000000000001")],
    ),
    (
        {"body": {"customer": "Asha", "sum": CURRENCY}},
        [
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "text": "Asha", "parameter_name": "customer"},
                    CURRENCY | {"parameter_name": "sum"},
                ],
            }
        ],
    ),
    ({"body": [CURRENCY]}, [{"type": "body", "parameters": [CURRENCY]}]),
    ({"header": "1.50"}, [header(type="text", text="1.50")]),
    ({"header": 7}, [header(type="text", text="7")]),
    (
        {"header": {"text": "Asha", "parameter_name": "who"}},
        [header(type="text", text="Asha", parameter_name="who")],
    ),
    ({"header": {"image": LINK}}, [header(type="image", image={"link": LINK})]),
    ({"header": {"video": {"id": "1003"}}}, [header(type="video", video={"id": "1003"})]),
    (
        {"header": {"document": LINK, "filename": "a.pdf"}},
        [header(type="document", document={"link": LINK, "filename": "a.pdf"})],
    ),
    (
        {"header": '{"document": {"id": "1003"}, "filename": "a.pdf"}'},
        [header(type="document", document={"id": "1003", "filename": "a.pdf"})],
    ),
    ({"header": {"location": PLACE}}, [header(type="location", location=PLACE)]),
    (
        {"header": {"product": {"catalog_id": "1", "product_retailer_id": "sku-1"}}},
        [header(type="product", product={"catalog_id": "1", "product_retailer_id": "sku-1"})],
    ),
    ({"header": {"type": "text", "text": "Hi"}}, [header(type="text", text="Hi")]),
    ({"buttons": [{"url": "track/42"}]}, [button(0, "url", type="text", text="track/42")]),
    (
        {"buttons": [None, {"quick_reply": "STOP"}, {"copy_code": "SAVE20"}]},
        [
            button(1, "quick_reply", type="payload", payload="STOP"),
            button(2, "copy_code", type="coupon_code", coupon_code="SAVE20"),
        ],
    ),
    ({"buttons": [{"index": 3, "url": 42}]}, [button(3, "url", type="text", text="42")]),
    (
        {
            "buttons": [
                {"flow": {"flow_token": "t", "flow_action_data": {"a": 1}}},
                {"catalog": "sku-1"},
                {"mpm": {"thumbnail_product_retailer_id": "sku-1", "sections": SECTIONS}},
            ]
        },
        [
            action(0, "flow", {"flow_token": "t", "flow_action_data": {"a": 1}}),
            action(1, "catalog", {"thumbnail_product_retailer_id": "sku-1"}),
            action(2, "mpm", {"thumbnail_product_retailer_id": "sku-1", "sections": SECTIONS}),
        ],
    ),
    ({"otp": 123456}, [body("123456"), button(0, "url", type="text", text="123456")]),
    ({"components": [CAROUSEL]}, [CAROUSEL]),
]


@pytest.mark.parametrize(("arguments", "components"), COMPONENTS)
def test_arguments_become_one_exact_request_and_the_wamid_comes_back(chakra_sandbox, arguments, components):
    wamid = template(**arguments).execute({})
    (arrived,) = chakra_sandbox.messages()
    content = {"name": "hello", "language": {"code": "en_US"}}
    assert arrived["payload"] == {
        "messaging_product": "whatsapp",
        "to": PHONE,
        "type": "template",
        "template": content | ({"components": components} if components else {}),
    }
    assert wamid == arrived["wamid"]
    assert len(chakra_sandbox.requests()) == 1


def mapped(**values: str) -> list[dict[str, str]]:
    """Make a mapping as ChakraHQ has it."""
    return [{"schemaPropertyName": name, "schemaPropertyValue": value} for name, value in values.items()]


CHAKRA: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"body": ["Asha", 7]}, {"mapping": mapped(**{"1": "Asha", "2": "7"})}),
    ({"body": {"customer": "Asha"}}, {"mapping": mapped(customer="Asha")}),
    ({"header": "Hi"}, {"headerMapping": mapped(**{"1": "Hi"})}),
    ({"header": {"text": "Hi", "parameter_name": "who"}}, {"headerMapping": mapped(who="Hi")}),
    ({"header": {"image": LINK}}, {"imageUrl": LINK}),
    ({"header": {"video": LINK}}, {"videoUrl": LINK}),
    ({"header": {"document": LINK, "filename": "a.pdf"}}, {"documentUrl": LINK, "filename": "a.pdf"}),
    (
        {"header": {"location": PLACE | {"latitude": "28.60"}}},
        {
            "locationLatitude": 28.6,
            "locationLongitude": 77.2,
            "locationName": "Office",
            "locationAddress": "Main Road 1",
        },
    ),
    ({"buttons": [{"url": "42"}]}, {"buttonMapping": mapped(**{"1": "42"})}),
    ({"otp": "123456"}, {"otpCode": "123456"}),
]


@pytest.mark.parametrize(("arguments", "content"), CHAKRA)
def test_chakrahqs_own_call_for_a_number(chakra_sandbox, logged, arguments, content):
    wamid = template(via="chakra", **arguments).execute({})
    (request,) = chakra_sandbox.requests()
    assert request["path"].endswith(
        f"/v1/ext/plugin/whatsapp/{chakra_sandbox.plugin_id}/phoneNumber/{PHONE}/send-template-message"
    )
    assert request["body"] == {
        "whatsappPhoneNumberId": chakra_sandbox.phone_number_id,
        "templateName": "hello",
        "language": "en_US",
        **content,
    }
    assert wamid == chakra_sandbox.messages()[0]["wamid"]
    everything = without_paths(logged())
    for secret in (PHONE, "123456", "Asha", chakra_sandbox.token):
        assert secret not in everything


@pytest.mark.parametrize("via", ["meta", "chakra"])
def test_chakrahqs_own_call_for_a_record(chakra_sandbox, logged, via):
    chakra_sandbox.add_procedure("lead", primary_key="name")
    add_lead("LEAD 4-38")
    wamid = template(to=None, process="lead/LEAD 4-38", via=via, body=["Asha"]).execute({})
    (arrived,) = chakra_sandbox.messages()
    assert (arrived["wamid"], arrived["recipient"]) == (wamid, PHONE)
    request = chakra_sandbox.requests()[-1]
    assert request["body"]["mapping"] == mapped(**{"1": "Asha"})
    everything = without_paths(logged())
    for secret in (PHONE, "LEAD", "Asha"):
        assert secret not in everything


MISTAKES: list[tuple[dict[str, Any], set[str]]] = [
    ({"name": "Hello World"}, {"template.name"}),
    ({"language": ""}, {"template.language.code"}),
    ({"to": None}, {"to"}),
    ({"body": ["Asha", None], "header": {"text": None}}, {"body[1]", "header.text"}),
    ({"body": {"customer": None}}, {"body.customer"}),
    ({"body": [True, float("nan"), [], float("inf")]}, {f"body[{i}]" for i in range(4)}),
    ({"body": "Asha"}, {"body"}),
    ({"body": 7}, {"body"}),
    ({"body": ["two\nlines"]}, {"template.components[0].parameters[0].text"}),
    ({"body": ["a\ttab"]}, {"template.components[0].parameters[0].text"}),
    ({"body": ["five     blanks"]}, {"template.components[0].parameters[0].text"}),
    ({"body": ["x" * 1025], "header": "x"}, {"template.components[1].parameters[0].text"}),
    ({"header": {"picture": LINK}}, {"header"}),
    ({"header": {"image": LINK, "video": LINK}}, {"header"}),
    ({"header": {"document": LINK, "filenam": "a.pdf"}}, {"header.filenam"}),
    ({"header": {"image": "a.jpg"}}, {"template.components[0].parameters[0].image.link"}),
    ({"buttons": {"url": "x"}}, {"buttons"}),
    ({"buttons": ["x"]}, {"buttons[0]"}),
    ({"buttons": [{"urls": "x"}, {"url": "x", "text": "y"}]}, {"buttons[0]", "buttons[1].text"}),
    ({"buttons": [{"flow": "x"}, {"mpm": None}]}, {"buttons[0].flow", "buttons[1].mpm"}),
    ({"otp": "1234567890123456"}, {"otp"}),
    ({"otp": "1", "body": ["x"]}, {"otp"}),
    ({"components": [], "header": "x"}, {"components"}),
    ({"components": {}}, {"components"}),
    ({"components": [{"type": "bodi"}]}, {"template.components[0].type"}),
    ({"via": "mail"}, {"via"}),
    ({"process": "lead/1"}, {"to"}),
    ({"process": "lead", "to": None}, {"process"}),
    ({"via": "chakra", "reply_to": "wamid.x", "callback_data": "x"}, {"reply_to", "callback_data"}),
    ({"via": "chakra", "to": "IN.13491208655302741918"}, {"to"}),
    ({"via": "chakra", "header": {"image": {"id": "1"}}}, {"header"}),
    ({"via": "chakra", "buttons": [{"url": "x"}, {"url": "y"}]}, {"buttons"}),
    ({"via": "chakra", "buttons": [{"copy_code": "X"}]}, {"buttons"}),
    ({"via": "chakra", "body": [CURRENCY]}, {"body"}),
    ({"via": "chakra", "components": [CAROUSEL]}, {"components"}),
    (
        {"via": "chakra", "header": {"product": {"catalog_id": "1", "product_retailer_id": "s"}}},
        {"header"},
    ),
]


@pytest.mark.parametrize(("arguments", "fields"), MISTAKES)
def test_a_mistake_breaks_the_import_with_every_broken_rule(arguments, fields):
    with pytest.raises(UnsendableMessageError) as caught:
        template(**arguments)
    assert {problem.field for problem in caught.value.problems} == fields


SHIPPED = {"body": "Dear {{1}}, {{2}}", "header": "IMAGE", "buttons": [STOP, TRACK]}
FITTING = {"body": ["Asha", "7"], "header": {"image": LINK}, "buttons": [None, {"url": "42"}]}

MISFITS: list[tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, str]]]] = [
    (SHIPPED, FITTING, []),
    (SHIPPED, FITTING | {"buttons": [{"quick_reply": "x"}, {"url": "42"}]}, []),
    (
        SHIPPED,
        {},
        [
            ("header", "of the kind image", "nothing"),
            ("body", "2 values, for {{1}}, {{2}}", "nothing"),
            ("buttons[1]", "url", "nothing"),
        ],
    ),
    (
        SHIPPED,
        FITTING | {"body": ["Asha"], "header": {"video": LINK}},
        [
            ("header", "of the kind image", "video"),
            ("body", "2 values, for {{1}}, {{2}}", "1 value without a name"),
        ],
    ),
    (
        SHIPPED,
        FITTING | {"body": {"a": "x", "b": "y"}, "header": "x"},
        [
            ("header", "of the kind image", "text"),
            ("body", "2 values, for {{1}}, {{2}}", "2 values, named 'a', 'b'"),
        ],
    ),
    (
        SHIPPED,
        FITTING | {"buttons": [{"url": "x"}, {"copy_code": "X"}, {"url": "y"}]},
        [
            ("buttons[0]", "quick_reply", "url"),
            ("buttons[1]", "url", "copy_code"),
            ("buttons[2]", "one of the template's 2 buttons, counted from 0", "url"),
        ],
    ),
    ({"body": "Dear {{customer}}"}, {"body": {"customer": "Asha"}}, []),
    (
        {"body": "Dear {{customer}}"},
        {"body": ["Asha"]},
        [("body", "1 value, for {{customer}}", "1 value without a name")],
    ),
    (
        {"body": "Dear {{customer}}"},
        {"body": {"costumer": "Asha"}},
        [("body", "1 value, for {{customer}}", "1 value, named 'costumer'")],
    ),
    (
        {"body": "Hello", "header": "Hi {{1}}"},
        {"body": ["x"], "header": {"image": LINK}},
        [("header", "a text", "image"), ("body", "no values", "1 value without a name")],
    ),
    (
        {"body": "Hello", "buttons": [COPY, {"type": "URL", "text": "Go", "url": "https://example.com/"}]},
        {"buttons": [None, {"url": "x"}]},
        [("buttons[0]", "copy_code", "nothing"), ("buttons[1]", "nothing, as it has no variable", "url")],
    ),
    (
        {"body": "Hello"},
        {"components": [CAROUSEL]},
        [("carousel", "0 cards", "2 cards")],
    ),
    ({"body": "Hello", "status": "PAUSED"}, {}, [("status", "APPROVED", "PAUSED")]),
    ({"body": "Hello", "status": "PENDING"}, {}, [("status", "APPROVED", "PENDING")]),
    (
        {"body": "Hello", "language": "hi"},
        {},
        [("language", "a language that the template has: hi", "'en_US'")],
    ),
]


@pytest.mark.parametrize(("listed", "arguments", "problems"), MISFITS)
def test_what_the_template_wants_is_compared_before_sending(chakra_sandbox, listed, arguments, problems):
    chakra_sandbox.add_template("hello", **listed)
    if not problems:
        checked(**arguments).execute({})
        assert len(chakra_sandbox.messages()) == 1
        return
    with pytest.raises(UnsendableMessageError, match=r"This template message hello \(en_US\)") as caught:
        checked(**arguments).execute({})
    assert [(problem.field, problem.limit, problem.given) for problem in caught.value.problems] == problems
    assert isinstance(caught.value, AirflowFailException)
    assert "Asha" not in str(caught.value)
    assert [request["method"] for request in chakra_sandbox.requests()] == ["GET"]


def test_a_template_that_does_not_exist_is_not_sent(chakra_sandbox):
    chakra_sandbox.add_template("hello_again", body="Hello")
    with pytest.raises(UnsendableMessageError, match="check the name"):
        checked().execute({})
    assert chakra_sandbox.messages() == []


def test_a_process_lists_once_for_many_tasks_and_again_before_it_fails(chakra_sandbox, monkeypatch):
    def listings() -> int:
        return sum(request["method"] == "GET" for request in chakra_sandbox.requests())

    chakra_sandbox.add_template("hello", body="Hello", status="PENDING")
    with pytest.raises(UnsendableMessageError):
        checked().execute({})
    chakra_sandbox.approve_template("hello")
    for _ in range(3):
        checked().execute({})
    assert listings() == 2
    with pytest.raises(UnsendableMessageError):
        checked(body=["x"]).execute({})
    assert listings() == 3
    later = template_check.time.monotonic() + template_check.REMEMBERED + 1
    # The module's own name only: the sandbox's event loop, in this process, goes by the real clock.
    monkeypatch.setattr(template_check, "time", SimpleNamespace(monotonic=lambda: later))
    checked().execute({})
    assert listings() == 4


def test_a_listing_that_fails_does_not_stand_in_the_way(chakra_sandbox, connect, logged):
    connect({"max_tries": 1})
    chakra_sandbox.fault(status=503, body="<html>")
    for _ in range(2):
        checked().execute({})
    assert len(chakra_sandbox.messages()) == 2
    assert [request["method"] for request in chakra_sandbox.requests()] == ["GET", "POST", "POST"]
    assert "without being compared" in logged()


def test_without_a_business_account_nothing_is_compared(chakra_sandbox, connect, logged):
    connect({"waba_id": None})
    checked().execute({})
    assert [request["method"] for request in chakra_sandbox.requests()] == ["POST"]
    assert "no waba_id" in logged()


@pytest.mark.parametrize("check", [False, "False", "false"])
def test_the_comparison_can_be_switched_off(chakra_sandbox, check):
    checked(check_template=check).execute({})
    assert [request["method"] for request in chakra_sandbox.requests()] == ["POST"]


def test_a_switch_that_is_neither_true_nor_false_sends_nothing(chakra_sandbox):
    with pytest.raises(AirflowFailException, match="check_template must be true or false"):
        checked(check_template="maybe").execute({})
    assert chakra_sandbox.requests() == []


FAULTS: list[tuple[dict[str, Any], bool]] = [
    ({"status": 502, "body": "<html>"}, True),
    ({"close": "after"}, True),
    ({"status": 200, "body": {"_data": {"id": "x"}}}, True),
    ({"status": 400, "errors": ["(#132001) Template name does not exist in the translation"]}, False),
]


@pytest.mark.parametrize("via", ["meta", "chakra"])
@pytest.mark.parametrize(("fault", "unknown"), FAULTS)
def test_a_failure_is_told_alike_in_both_ways(chakra_sandbox, connect, logged, via, fault, unknown):
    connect({"max_tries": 1})
    chakra_sandbox.fault(**fault)
    with pytest.raises(AirflowFailException) as caught:
        template(via=via, otp="123456").execute({})
    assert isinstance(caught.value.__cause__, ChakraUnknownError) is unknown
    everything = without_paths(logged()) + str(caught.value)
    for secret in (PHONE, "123456", chakra_sandbox.token):
        assert secret not in everything


class Memory:
    """A ledger that lasts for a test."""

    entries: dict[str, Any]

    def __init__(self, context: Any) -> None:
        self.get = self.entries.get
        self.set = self.entries.__setitem__
        self.delete = self.entries.pop


def test_the_ledger_tells_ways_and_records_apart(chakra_sandbox):
    Memory.entries = {}
    chakra_sandbox.add_procedure("lead", primary_key="name")
    for name in ("a", "b"):
        add_lead(name)
    tasks = [
        {},
        {"via": "chakra"},
        {"to": None, "process": "lead/a"},
        {"to": None, "process": "lead/b"},
    ]
    ledger = f"{__name__}.Memory"
    wamids = {template(ledger=ledger, **task).execute({}) for task in tasks for _ in range(2)}
    assert len(wamids) == len(chakra_sandbox.messages()) == 4


@pytest.mark.parametrize("native", [False, True])
def test_the_code_is_rendered_and_hidden(chakra_sandbox, native):
    with DAG("d", schedule=None, start_date=datetime(2026, 1, 1), render_template_as_native_obj=native):
        operator = template(otp="{{ code }}")
    # Whoever renders once more renders what is hidden already.
    for _ in range(2):
        operator.render_template_fields({"code": "012345"})
    assert str(operator.otp) == repr(operator.otp) == "***"
    with pytest.raises(TypeError):
        json.dumps(operator.otp)
    operator.execute({})
    assert chakra_sandbox.messages()[0]["payload"]["template"]["components"][0] == body("012345")


def test_values_are_rendered_inside_of_objects_and_stay_texts(chakra_sandbox):
    arguments = {
        "body": {"sum": "{{ total }}"},
        "header": "{{ total }}",
        "buttons": "{{ buttons }}",
        "check_template": "{{ check }}",
        "process": "{{ nothing }}",
    }
    with DAG("d", schedule=None, start_date=datetime(2026, 1, 1), render_template_as_native_obj=True):
        operator = template(**arguments)
    values = {"total": "19.90", "buttons": [{"url": "42"}], "check": False, "nothing": None}
    operator.render_template_fields(values)
    operator.execute({})
    assert chakra_sandbox.messages()[0]["payload"]["template"]["components"] == [
        header(type="text", text="19.90"),
        {"type": "body", "parameters": [{"type": "text", "text": "19.90", "parameter_name": "sum"}]},
        button(0, "url", type="text", text="42"),
    ]


def test_every_argument_is_a_template_field_and_plainly_assigned():
    assert_arguments_are_template_fields(SendTemplateOperator)


@pytest.mark.usefixtures("airflow_db")
def test_components_come_from_a_task_and_a_code_shows_nowhere(chakra_sandbox, logged):
    url = "https://www.whatsapp.com/otp/code/?code=otp{{1}}"
    chakra_sandbox.add_template(
        "login",
        language="en",
        body="*{{1}}* is your verification code.",
        category="AUTHENTICATION",
        buttons=[{"type": "URL", "text": "Copy code", "url": url}],
    )
    instances = run(load_dag(ROOT / "tests" / "dags" / "dag_templates.py"), code="654321")
    assert {state for states_ in states(instances).values() for state in states_} == {"success"}
    assert returned(instances.pop("create")[0])["status"] == "PENDING"
    del instances["components"]
    sent = [message["payload"]["template"]["components"] for message in chakra_sandbox.messages()]
    assert sorted(components[0]["parameters"][0]["text"] for components in sent) == [
        "654321",
        "731",
        "842999",
    ]
    assert all(components[0]["parameters"] == components[1]["parameters"] for components in sent)
    assert [rendered_otp(ti) for tis in instances.values() for ti in tis] == ["***"] * 3
    everything = logged()
    for code in ("otp: 654321", "'654321'", "842999"):
        assert code not in everything


def rendered_otp(instance: Any) -> Any:
    """Give what Airflow keeps of the rendered argument."""
    from airflow.models.renderedtifields import RenderedTaskInstanceFields
    from airflow.utils.session import create_session

    with create_session() as session:
        row = (
            session.query(RenderedTaskInstanceFields)
            .filter_by(
                dag_id=instance.dag_id,
                task_id=instance.task_id,
                run_id=instance.run_id,
                map_index=instance.map_index,
            )
            .one()
        )
        return row.rendered_fields["otp"]


def test_a_record_whose_outcome_is_unknown_stays_in_doubt(chakra_sandbox, connect):
    connect({"max_tries": 1, "on_unknown": "reconcile"})
    Memory.entries = {}
    chakra_sandbox.add_procedure("lead", primary_key="name")
    add_lead("a")
    chakra_sandbox.fault(close="after")
    operator = template(to=None, process="lead/a", ledger=f"{__name__}.Memory")
    with pytest.raises(AirflowFailException, match="to a process record left, and no answer came"):
        operator.execute({})
    doubt = "An earlier try was about to send the template message to a process record"
    with pytest.raises(AirflowFailException, match=doubt):
        operator.execute({})
    assert len(chakra_sandbox.messages()) == 1
    # Nobody's chat is looked into: only ChakraHQ knows the number.
    assert not any("list-chat" in request["path"] for request in chakra_sandbox.requests())
