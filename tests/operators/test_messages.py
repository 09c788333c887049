"""Operators: arguments in; exact requests, the wamid, or an error out. Over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG, AirflowFailException, AirflowTaskTimeout

from airflow_provider_chakra.exceptions import (
    ChakraAuthError,
    ChakraConnectError,
    ChakraError,
    ChakraServerError,
    ChakraThrottledError,
    ChakraUnknownError,
    InvalidMessageError,
)
from airflow_provider_chakra.messages import Row, Section, Text, TextMessage
from airflow_provider_chakra.operators import messages as module
from airflow_provider_chakra.operators.messages import (
    SendImageOperator,
    SendListOperator,
    SendMessageOperator,
    SendTextOperator,
)
from airflow_provider_chakra.operators.messages.base import UnsendableMessageError
from tests.operators.arguments import assert_arguments_are_template_fields
from tests.raw_server import free_port, http, raw_server

PHONE = "919876543210"
WAMID = "wamid.HBgMOTE5ODc2NTQzMjEwFQIAERgSQUJDREVGMDEyMzQ1Njc4OUFCAA=="
ENVELOPE = {"messaging_product": "whatsapp", "to": PHONE}
ROWS = [{"id": "1", "title": "One", "description": "The first"}, {"id": "2", "title": "Two"}]


def interactive(**fields: Any) -> dict[str, Any]:
    """Make the payload of a list."""
    action = {"button": "Open", "sections": [{"rows": ROWS}]}
    return ENVELOPE | {
        "type": "interactive",
        "interactive": {"type": "list", "body": {"text": "Choose"}, "action": action} | fields,
    }


def listed(**arguments: Any) -> SendListOperator:
    """Make an operator that sends a list."""
    return SendListOperator(**{"task_id": "t", "to": PHONE, "body": "Choose", "button": "Open"} | arguments)


def text(**arguments: Any) -> SendTextOperator:
    """Make an operator that sends a text."""
    return SendTextOperator(**{"task_id": "t", "to": PHONE, "body": "Hello"} | arguments)


def image(**arguments: Any) -> SendImageOperator:
    """Make an operator that sends an image."""
    return SendImageOperator(**{"task_id": "t", "to": PHONE} | arguments)


def anything(payload: Any, **arguments: Any) -> SendMessageOperator:
    """Make an operator that sends any payload."""
    return SendMessageOperator(task_id="t", payload=payload, **arguments)


TEXT = ENVELOPE | {"type": "text", "text": {"body": "Hello"}}
LINK = "https://cdn.example.com/leaflet.jpg"
VIDEO = ENVELOPE | {"type": "video", "video": {"link": "https://cdn.example.com/a.mp4"}}

REQUESTS: list[tuple[Any, dict[str, Any]]] = [
    (lambda: text(), TEXT),
    (lambda: text(to="+91 98765 43210"), TEXT),
    (lambda: text(to=919876543210), TEXT),
    (lambda: text(preview_url=True), TEXT | {"text": {"body": "Hello", "preview_url": True}}),
    (lambda: text(preview_url=False), TEXT | {"text": {"body": "Hello", "preview_url": False}}),
    (lambda: text(preview_url="True"), TEXT | {"text": {"body": "Hello", "preview_url": True}}),
    (lambda: text(preview_url="False"), TEXT | {"text": {"body": "Hello", "preview_url": False}}),
    (lambda: text(preview_url="", reply_to="", callback_data=""), TEXT),
    (lambda: text(reply_to=WAMID), TEXT | {"context": {"message_id": WAMID}}),
    (lambda: text(callback_data="run-7"), TEXT | {"biz_opaque_callback_data": "run-7"}),
    (
        lambda: text(to="IN.13491208655302741918"),
        {name: value for name, value in TEXT.items() if name != "to"}
        | {"recipient": "IN.13491208655302741918"},
    ),
    (lambda: image(link=LINK), ENVELOPE | {"type": "image", "image": {"link": LINK}}),
    (lambda: image(media_id="1003"), ENVELOPE | {"type": "image", "image": {"id": "1003"}}),
    (
        lambda: image(link=LINK, media_id="", caption="A leaflet"),
        ENVELOPE | {"type": "image", "image": {"link": LINK, "caption": "A leaflet"}},
    ),
    (lambda: image(link=LINK, caption=""), ENVELOPE | {"type": "image", "image": {"link": LINK}}),
    (lambda: listed(rows=ROWS), interactive()),
    (lambda: listed(rows=tuple(ROWS), header="", footer=""), interactive()),
    (lambda: listed(rows=[Row(**row) for row in ROWS]), interactive()),
    (
        lambda: listed(
            rows='[{"id": "1", "title": "One", "description": "The first"}, {"id": "2", "title": "Two"}]'
        ),
        interactive(),
    ),
    (
        lambda: listed(rows=ROWS, header="Head", footer="Foot"),
        interactive(header={"type": "text", "text": "Head"}, footer={"text": "Foot"}),
    ),
    (
        lambda: listed(sections=[{"title": "A", "rows": ROWS}]),
        interactive(action={"button": "Open", "sections": [{"title": "A", "rows": ROWS}]}),
    ),
    (
        lambda: listed(sections=[Section(title="A", rows=[Row(**row) for row in ROWS])]),
        interactive(action={"button": "Open", "sections": [{"title": "A", "rows": ROWS}]}),
    ),
    (lambda: anything(VIDEO), VIDEO),
    (lambda: anything(TextMessage(to=PHONE, text=Text(body="Hello")), reply_to=""), TEXT),
    (lambda: anything(TextMessage(to="911234567", text=Text(body="Hello")), to=PHONE), TEXT),
    (lambda: anything(VIDEO | {"to": "+91 98765 43210"}), VIDEO),
    (
        lambda: anything(
            '{"messaging_product": "whatsapp", "to": "919876543210", "text": {"body": "Hello"}}'
        ),
        TEXT,
    ),
    (
        lambda: anything(
            VIDEO | {"to": "911", "recipient": "IN.1"}, to=PHONE, reply_to=WAMID, callback_data="x"
        ),
        VIDEO | {"context": {"message_id": WAMID}, "biz_opaque_callback_data": "x"},
    ),
]


@pytest.mark.parametrize(("operator", "payload"), REQUESTS)
def test_arguments_become_one_exact_request_and_the_wamid_comes_back(chakra_sandbox, operator, payload):
    wamid = operator().execute({})
    (arrived,) = chakra_sandbox.messages()
    assert arrived["payload"] == payload
    assert wamid == arrived["wamid"]
    assert len(chakra_sandbox.requests()) == 1


def test_ids_and_connection_of_an_argument_go_before_the_connections(chakra_sandbox, monkeypatch):
    for name, value in chakra_sandbox.environment("other").items():
        monkeypatch.setenv(name, value.replace(chakra_sandbox.phone_number_id, "wrong"))
    operator = text(
        chakra_conn_id="other", api_version="v21.0", phone_number_id=chakra_sandbox.phone_number_id
    )
    operator.execute({})
    assert chakra_sandbox.messages()[0]["api_version"] == "v21.0"


MISTAKES: list[tuple[Any, set[str]]] = [
    (lambda: text(body=""), {"text.body"}),
    (lambda: text(body="x" * 4097, to="12"), {"text.body", "to"}),
    (lambda: text(to=None), {"to"}),
    (lambda: text(to=9.19e11), {"to"}),
    (lambda: text(preview_url="yes"), {"text.preview_url"}),
    (lambda: text(body=None), {"text.body"}),
    (lambda: text(callback_data="x" * 513), {"biz_opaque_callback_data"}),
    (lambda: image(), {"image.link"}),
    (lambda: image(link=LINK, media_id="1"), {"image.link"}),
    (lambda: image(link="leaflet.jpg", caption="x" * 1025), {"image.link", "image.caption"}),
    (lambda: listed(), {"interactive.action.sections"}),
    (lambda: listed(rows=[]), {"interactive.action.sections[0].rows"}),
    (
        lambda: listed(rows=ROWS, sections=[{"rows": ROWS}], button=""),
        {"sections", "interactive.action.button"},
    ),
    (lambda: listed(rows="not JSON"), {"interactive.action.sections[0].rows"}),
    (lambda: listed(rows=ROWS, header="x" * 61), {"interactive.header.text"}),
    (lambda: anything(ENVELOPE | {"type": "videos", "videos": {}}), {"type"}),
    (lambda: anything({"to": PHONE, "type": "text", "text": {"body": "x"}}), {"messaging_product"}),
    (lambda: anything(["x"]), {"payload"}),
    (lambda: anything("not JSON"), {"payload"}),
    (lambda: anything({"messaging_product": "whatsapp", "status": "read", "message_id": WAMID}), {"status"}),
]


@pytest.mark.parametrize(("operator", "fields"), MISTAKES)
def test_a_mistake_without_a_template_breaks_the_import_with_every_broken_rule(operator, fields):
    with pytest.raises(UnsendableMessageError) as caught:
        operator()
    assert {problem.field for problem in caught.value.problems} == fields
    assert isinstance(caught.value, InvalidMessageError)
    # So that a mapped task, which is put together on the worker, is not tried again.
    assert isinstance(caught.value, AirflowFailException)


def _dag(**arguments: Any) -> DAG:
    return DAG("d", schedule=None, start_date=datetime(2026, 1, 1), **arguments)


@pytest.mark.parametrize(
    "make",
    [
        lambda: text(to="{{ params.to }}"),
        lambda: text(to=text(task_id="other").output),
        lambda: text(body=text(task_id="other").output),
        lambda: text(body=lambda context, jinja_env: ""),
        lambda: listed(rows=[{"id": "{{ ds }}", "title": ""}]),
        lambda: anything(VIDEO | {"to": "{% if ds %}{% endif %}"}),
    ],
)
def test_a_message_with_a_template_is_checked_when_it_is_rendered(chakra_sandbox, make):
    with _dag():
        operator = make()
    for name in ("body", "to", "rows", "payload"):
        if name in operator.template_fields:
            value = getattr(operator, name)
            setattr(operator, name, "" if not isinstance(value, (str, dict, list)) else value)
    with pytest.raises(UnsendableMessageError):
        operator.execute({})
    assert chakra_sandbox.requests() == []


@pytest.mark.parametrize(
    ("make", "fields"),
    [
        (lambda: text(to="{{ params.to }}", body=""), {"text.body"}),
        (lambda: text(body="{% if ds %}{% endif %}", to="12"), {"to"}),
        (lambda: text(body="{# nothing #}", to="12"), {"to"}),
        (lambda: text(body=text(task_id="other").output, to="12"), {"to"}),
        (lambda: text(body=lambda context, jinja_env: "", to="12"), {"to"}),
        (lambda: text(to="{{ params.to }}", reply_to="{{ ds }}", preview_url="x"), {"text.preview_url"}),
        (lambda: anything(VIDEO | {"to": "12"}, callback_data="{{ run_id }}"), {"to"}),
        (
            lambda: listed(
                to="{{ params.to }}", body="{{ ds }}", footer="{{ ds }}", header="{{ ds }}", rows=[]
            ),
            {"interactive.action.sections[0].rows"},
        ),
        (
            lambda: text(to="{{ params.to }}", fallback_template={"nam": "slot", "language": "en"}),
            {"fallback_template: nam", "fallback_template: template.name"},
        ),
    ],
)
def test_what_no_template_changes_is_checked_though_others_are_still_to_come(make, fields):
    with _dag(), pytest.raises(UnsendableMessageError, match="message of task t was not sent") as caught:
        make()
    assert {problem.field for problem in caught.value.problems} == fields
    assert all(problem.mend for problem in caught.value.problems)


def test_what_stands_in_is_nothing_that_airflow_notes():
    with _dag(default_args={"reply_to": "{{ ds }}"}):
        operator = text()
    assert operator.reply_to == "{{ ds }}"
    assert operator._BaseOperator__init_kwargs["reply_to"] == "{{ ds }}"


def test_a_dag_with_jinja_marks_of_its_own_is_checked_when_it_is_rendered():
    with _dag(jinja_environment_kwargs={"variable_start_string": "[[", "variable_end_string": "]]"}):
        text(to="[[ params.to ]]")
    with _dag(jinja_environment_kwargs={"trim_blocks": True}), pytest.raises(UnsendableMessageError):
        text(to="[[ params.to ]]")


class Greeting(SendTextOperator):
    """An operator as users derive them: complete only after its own __init__."""

    template_fields = ("customer", *SendTextOperator.template_fields)

    def __init__(self, *, customer: str, **kwargs: Any) -> None:
        super().__init__(body="", **kwargs)
        self.customer = customer

    def content(self) -> dict[str, Any]:
        """Greet."""
        return {"type": "text", "text": {"body": self.customer and f"Dear {self.customer}"}}


def test_an_operator_of_a_subclass_is_checked_when_it_runs(chakra_sandbox):
    Greeting(task_id="t", to=PHONE, customer="Asha").execute({})
    assert chakra_sandbox.messages()[0]["payload"]["text"] == {"body": "Dear Asha"}
    with pytest.raises(UnsendableMessageError):
        Greeting(task_id="t", to=PHONE, customer="").execute({})


def test_models_are_checked_early_and_their_templates_rendered():
    with pytest.raises(UnsendableMessageError) as caught:
        listed(rows=[Row(id="1", title="One"), Row(id="1", title="Two")])
    assert [problem.field for problem in caught.value.problems] == [
        "interactive.action.sections[0].rows[1].id"
    ]
    with _dag():
        operator = listed(rows=[Row(id="{{ one }}", title="{{ title }}")], body="")
    operator.render_template_fields({"one": 1, "title": "Hi"})
    assert operator.rows == [{"id": "1", "title": "Hi"}]


def test_native_rendering_leaves_out_what_has_no_value_and_knows_macros():
    with _dag(render_template_as_native_obj=True, user_defined_macros={"shout": str.upper}):
        operator = image(
            to="{{ to }}",
            link=LINK,
            caption="{{ nothing }}",
            callback_data="{{ shout('x') }}",
        )
    operator.render_template_fields({"to": PHONE, "nothing": None})
    assert (operator.caption, operator.callback_data) == (None, "X")
    assert operator.payload_to_send() == ENVELOPE | {
        "type": "image",
        "image": {"link": LINK},
        "biz_opaque_callback_data": "X",
    }


def test_an_execution_timeout_while_sending_is_not_tried_again(chakra_sandbox, monkeypatch):
    def time_out(*_: Any) -> None:
        raise AirflowTaskTimeout("Timeout")

    monkeypatch.setattr("airflow_provider_chakra.hooks.chakra.ChakraHook.send_message", time_out)
    with pytest.raises(AirflowFailException, match=r"execution_timeout ended it\. It may have been sent"):
        text().execute({})


FAULTS: list[tuple[dict[str, Any], type[ChakraError], bool, str]] = [
    ({"status": 400, "errors": ["(#131009) Parameter value is not valid"]}, ChakraError, False, "131009"),
    ({"status": 401, "errors": ["UNAUTHORIZED"]}, ChakraAuthError, False, "API Keys"),
    ({"status": 402, "errors": ["Plan"]}, ChakraError, False, "plan"),
    ({"status": 404, "errors": ["Plugin not found"]}, ChakraError, False, "Copy Plugin Id"),
    ({"status": 200, "errors": ["(#131047) Re-engagement"]}, ChakraError, False, "24 hours"),
    ({"status": 429, "errors": ["x"], "headers": {"Retry-After": "9"}}, ChakraThrottledError, True, "429"),
    ({"status": 400, "errors": ["(#130429) Rate limit hit"]}, ChakraThrottledError, True, "130429"),
    ({"status": 500, "errors": ["(#131016) Unavailable"]}, ChakraServerError, True, "131016"),
    ({"status": 502, "body": "<html>", "content_type": "text/html"}, ChakraUnknownError, False, "not|no"),
    ({"status": 200, "body": ""}, ChakraUnknownError, False, "without the id"),
    ({"status": 200, "body": {"_data": {}}}, ChakraUnknownError, False, "without the id"),
    ({"close": "before"}, ChakraUnknownError, False, "may have been carried out"),
    ({"close": "after"}, ChakraUnknownError, False, "may have been carried out"),
]


@pytest.mark.parametrize(("fault", "error", "again", "told"), FAULTS)
def test_a_failure_ends_the_task_unless_trying_again_is_safe_and_helps(
    chakra_sandbox, connect, logged, fault, error, again, told
):
    connect({"max_tries": 1})
    chakra_sandbox.fault(**fault)
    with pytest.raises(Exception, match=told) as caught:
        text().execute({})
    cause = caught.value if again else caught.value.__cause__
    assert isinstance(caught.value, AirflowFailException) is not again
    assert isinstance(cause, error)
    assert cause.retryable is again
    assert len(chakra_sandbox.requests()) == 1
    assert len(chakra_sandbox.messages()) == (fault.get("close") == "after")
    everything = logged() + str(caught.value)
    for secret in (PHONE, "Hello", chakra_sandbox.token):
        assert secret not in everything


def test_the_wait_that_the_server_asks_for_is_on_the_error(chakra_sandbox, connect):
    connect({"max_tries": 1})
    chakra_sandbox.fault(status=429, errors=["x"], headers={"Retry-After": "9"})
    with pytest.raises(ChakraThrottledError) as caught:
        text().execute({})
    assert 9 <= caught.value.retry_after < 10


def test_without_a_connection_to_the_host_trying_again_is_safe(chakra_sandbox, monkeypatch):
    monkeypatch.setenv(
        "AIRFLOW_CONN_CHAKRA_DEFAULT",
        f'{{"conn_type": "chakra", "host": "http://127.0.0.1:{free_port()}", "password": "x", '
        '"extra": {"plugin_id": "x", "phone_number_id": "1", "max_tries": 1}}',
    )
    with pytest.raises(ChakraConnectError):
        text().execute({})


def test_a_missing_id_ends_the_task(chakra_sandbox, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_CHAKRA_DEFAULT", '{"conn_type": "chakra", "password": "x"}')
    with pytest.raises(AirflowFailException, match="plugin_id and phone_number_id"):
        text().execute({})


def test_both_shapes_of_the_answer_give_the_wamid(monkeypatch):
    for body in (b'{"_data":{"whatsappMessageId":"wamid.x"}}', b'{"messages":[{"id":"wamid.x"}]}'):
        with raw_server(http(body)) as server:
            monkeypatch.setenv(
                "AIRFLOW_CONN_CHAKRA_DEFAULT",
                f'{{"conn_type": "chakra", "host": "{server.url}", "password": "x", '
                '"extra": {"plugin_id": "x", "phone_number_id": "1"}}',
            )
            assert text().execute({}) == "wamid.x"


OPERATORS = [getattr(module, name) for name in module.__all__]


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_argument_is_a_template_field_and_plainly_assigned(operator):
    assert_arguments_are_template_fields(operator)


def test_default_args_reach_all_arguments():
    with _dag(default_args={"chakra_conn_id": "other", "to": PHONE, "callback_data": "x"}):
        operator = SendTextOperator(task_id="t", body="Hello")
    assert (operator.chakra_conn_id, operator.to, operator.callback_data) == ("other", PHONE, "x")
