"""Requests to people, told on WhatsApp: templates, recipients, tries, links. Over HTTP."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG, AirflowFailException

from airflow_provider_chakra.exceptions import ChakraError
from airflow_provider_chakra.notifications.hitl import ChakraHITLNotifier
from tests.operators.test_tries import StateStore

AIRFLOW = tuple(map(int, version("apache-airflow").split(".")[:2]))
asks = pytest.mark.skipif(AIRFLOW < (3, 1), reason="Airflow asks people from 3.1 on")

PHONE, OTHER = "919876543210", "919876543211"
LINK = "https://airflow.example.com/dags/d/runs/r+1/tasks/ask/required_actions?map_index=-1"
TEMPLATE = {
    "name": "approval",
    "language": "en",
    "body": ["{{ task.subject }}"],
    "buttons": [{"url": "{{ link_path }}"}],
}


class Task:
    """A task that asks, through its tries."""

    def __init__(self, *, native: bool = False, operator: str = "HITLOperator", **arguments: Any) -> None:
        from airflow.providers.standard.operators import hitl

        self.dag = DAG(
            "d", schedule=None, start_date=datetime(2026, 1, 1), render_template_as_native_obj=native
        )
        given = {"task_id": "ask", "subject": "Go on?", "dag": self.dag} | arguments
        if operator == "HITLOperator":
            given.setdefault("options", ["Yes", "No"])
        self.operator = getattr(hitl, operator)(**given)
        self.state = StateStore()
        self.ti = SimpleNamespace(
            dag_id="d", run_id="r+1", task_id="ask", map_index=-1, max_tries=2, try_number=1, pushed={}
        )
        self.ti.xcom_push = lambda key, value: self.ti.pushed.update({key: value})

    def context(self, **values: Any) -> Any:
        """Airflow's context."""
        return {
            "dag": self.dag,
            "task": self.operator,
            "ti": self.ti,
            "task_instance": self.ti,
            "task_state_store": self.state,
            **values,
        }

    def retry(self) -> None:
        """Begin the next try."""
        self.ti.try_number += 1

    def clear(self) -> None:
        """Begin anew."""
        self.ti.try_number += 1
        self.ti.max_tries += 3


def notifier(**arguments: Any) -> ChakraHITLNotifier:
    """Make a notifier."""
    return ChakraHITLNotifier(**{"to": PHONE, "base_url": "https://airflow.example.com"} | arguments)


def texts(sandbox: Any) -> list[tuple[str, str]]:
    """Give recipient and text of each message."""
    messages = [message["payload"] for message in sandbox.messages()]
    return [(message["to"], message["interactive"]["body"]["text"]) for message in messages]


@asks
def test_the_request_arrives_with_its_link(chakra_sandbox):
    task = Task(body="It costs 19.90.")
    notifier()(task.context())
    (message,) = chakra_sandbox.messages()
    assert message["payload"] == {
        "messaging_product": "whatsapp",
        "to": PHONE,
        "type": "interactive",
        "interactive": {
            "type": "cta_url",
            "body": {"text": "Go on?\n\nIt costs 19.90."},
            "action": {"name": "cta_url", "parameters": {"display_text": "Answer", "url": LINK}},
        },
    }
    assert task.ti.pushed == {}


@asks
@pytest.mark.parametrize(
    ("length", "expected"),
    [(1014, "b" * 1014), (1015, "b" * 1015), (1016, "b" * 1016), (1017, "b" * 1015 + "…"), (9000, None)],
)
def test_the_default_text_is_cut_to_the_limit(chakra_sandbox, length, expected):
    notifier()(Task(subject="Go on", body="b" * length + " ").context())
    ((_, text),) = texts(chakra_sandbox)
    assert len(text) <= 1024
    assert text.startswith("Go on\n\nbbb")
    assert text.endswith("…") == (length > 1016)


@asks
def test_no_blank_is_left_where_the_default_text_is_cut(chakra_sandbox):
    notifier()(Task(subject="Go on", body="b" * 1000 + " " * 20 + "x").context())
    assert texts(chakra_sandbox) == [(PHONE, "Go on\n\n" + "b" * 1000 + "…")]


@asks
def test_a_text_of_ones_own_is_not_cut_but_refused(chakra_sandbox, logged):
    with pytest.raises(AirflowFailException, match=r"interactive\.body\.text"):
        notifier(body="b" * 1025)(Task().context())
    assert chakra_sandbox.requests() == []


@asks
@pytest.mark.parametrize("native", [False, True])
def test_every_field_is_a_template_and_texts_stay_texts(chakra_sandbox, monkeypatch, connect, native):
    monkeypatch.setenv("AIRFLOW_CONN_OTHER", chakra_sandbox.environment()["AIRFLOW_CONN_CHAKRA_DEFAULT"])
    connect(password="wrong")
    values = {
        "who": ["+91 98765 43210", OTHER],
        "host": "airflow.example.com",
        "price": "19.90",
        "conn": "other",
    }
    notifier(
        to="{{ who | tojson }}",
        body="{{ price }}",
        button="{{ '007' }}",
        base_url="https://{{ host }}",
        chakra_conn_id="{{ conn }}",
    )(Task(native=native).context(**values))
    assert texts(chakra_sandbox) == [(PHONE, "19.90"), (OTHER, "19.90")]
    parameters = chakra_sandbox.messages()[0]["payload"]["interactive"]["action"]["parameters"]
    assert parameters == {"display_text": "007", "url": LINK}


@asks
def test_a_dag_that_renders_natively_gives_lists_as_they_are(chakra_sandbox):
    chakra_sandbox.windows("refuse")
    values = {"who": [PHONE, OTHER], "filled": {"name": "approval", "language": "en"}}
    notifier(to="{{ who }}", template="{{ filled }}")(Task(native=True).context(**values))
    assert [message["payload"]["to"] for message in chakra_sandbox.messages()] == [PHONE, OTHER]


@asks
def test_one_object_serves_several_tasks_and_leaves_no_trace(chakra_sandbox):
    one = notifier(to=["{{ phone }}"], body="{{ task.subject }} {{ link[:13] }}")
    contexts = [
        Task(subject="First").context(phone=PHONE),
        Task(subject="Second").context(phone=OTHER),
    ]
    before = [sorted(context) for context in contexts]
    for context in contexts:
        one(context)
    assert texts(chakra_sandbox) == [(PHONE, "First https://airfl"), (OTHER, "Second https://airfl")]
    assert [sorted(context) for context in contexts] == before
    assert (one.to, one.body) == (["{{ phone }}"], "{{ task.subject }} {{ link[:13] }}")


@asks
def test_what_the_request_says_is_no_template(chakra_sandbox):
    notifier()(Task(subject="{{ not_rendered }}").context())
    assert texts(chakra_sandbox) == [(PHONE, "{{ not_rendered }}")]


@asks
def test_where_the_window_is_closed_the_template_goes(chakra_sandbox):
    chakra_sandbox.windows("refuse")
    task = Task()
    one = notifier(template=TEMPLATE)
    one(task.context())
    task.retry()
    one(task.context())
    (message,) = chakra_sandbox.messages()
    assert message["payload"]["template"] == {
        "name": "approval",
        "language": {"code": "en"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Go on?"}]},
            {
                "type": "button",
                "sub_type": "url",
                "index": 0,
                "parameters": [{"type": "text", "text": LINK.removeprefix("https://airflow.example.com/")}],
            },
        ],
    }


@asks
def test_one_that_fails_keeps_nobody_from_being_told(chakra_sandbox, connect):
    connect({"max_tries": 1})
    chakra_sandbox.fault(status=400, errors=["(#131026) Message undeliverable"])
    with pytest.raises(AirflowFailException) as caught:
        notifier(to=[PHONE, "12", OTHER])(Task().context())
    assert [to for to, _ in texts(chakra_sandbox)] == [OTHER]
    told = str(caught.value)
    assert "Not everybody was told of the request" in told
    assert "recipient 1 of 3, 91******3210: " in told
    assert "131026" in told
    assert "recipient 2 of 3, 12: " in told
    assert "recipient 3" not in told
    assert PHONE not in told
    assert "Go on" not in told


@asks
def test_a_failure_that_passes_is_left_to_the_tasks_retries(chakra_sandbox, connect):
    connect({"max_tries": 1})
    chakra_sandbox.fault(status=400, errors=["(#131026) Message undeliverable"])
    chakra_sandbox.fault(status=429, errors=["(#130429) Rate limit hit"], headers={"Retry-After": "7"})
    task = Task()
    with pytest.raises(ChakraError) as caught:
        notifier(to=[PHONE, OTHER])(task.context())
    error = caught.value
    assert (error.retryable, error.code, error.status) == (True, 130429, 429)
    assert 7 <= error.retry_after < 9
    assert not isinstance(error, AirflowFailException)
    task.retry()
    notifier(to=[PHONE, OTHER])(task.context())
    assert [to for to, _ in texts(chakra_sandbox)] == [PHONE, OTHER]


@asks
@pytest.mark.parametrize(
    ("arguments", "again"),
    [
        ({}, False),
        ({"response_timeout": timedelta(hours=1), "defaults": "No"}, False),
        ({"response_timeout": timedelta(hours=1)}, True),
        ({"operator": "ApprovalOperator"}, False),
        ({"operator": "ApprovalOperator", "fail_on_reject": True}, True),
    ],
)
def test_a_retry_asks_again_only_where_the_answer_can_have_failed_the_task(chakra_sandbox, arguments, again):
    task = Task(**arguments)
    for _ in range(3):
        notifier()(task.context())
        task.retry()
    assert len(texts(chakra_sandbox)) == (3 if again else 1)


@asks
@pytest.mark.parametrize("fail_on_reject", [False, True])
def test_until_everybody_was_told_a_retry_tells_only_the_others(chakra_sandbox, connect, fail_on_reject):
    connect({"max_tries": 1})
    task = Task(operator="ApprovalOperator", fail_on_reject=fail_on_reject)
    for _ in range(2):
        chakra_sandbox.fault(status=429, errors=["(#130429) Rate limit hit"])
        with pytest.raises(ChakraError):
            notifier(to=[PHONE, OTHER])(task.context())
        task.retry()
    notifier(to=[PHONE, OTHER])(task.context())
    assert [to for to, _ in texts(chakra_sandbox)] == [OTHER, PHONE]


@asks
def test_a_notifier_knows_nothing_of_another_one_of_the_same_task(chakra_sandbox, connect):
    connect({"max_tries": 1})
    task = Task(operator="ApprovalOperator", fail_on_reject=True)
    first = "919876543212"
    notifier(to=first)(task.context())
    chakra_sandbox.fault(status=429, errors=["(#130429) Rate limit hit"])
    with pytest.raises(ChakraError):
        notifier(to=[OTHER, PHONE])(task.context())
    task.retry()
    # This one told everybody: for all it knows, the answer was a rejection.
    notifier(to=first)(task.context())
    notifier(to=[OTHER, PHONE])(task.context())
    assert [to for to, _ in texts(chakra_sandbox)] == [first, PHONE, first, OTHER]


@asks
def test_a_cleared_task_asks_anew(chakra_sandbox):
    task = Task()
    notifier()(task.context())
    task.clear()
    notifier()(task.context())
    task.retry()
    notifier()(task.context())
    assert len(texts(chakra_sandbox)) == 2


@asks
def test_what_cannot_be_remembered_takes_nothing_back(chakra_sandbox, logged):
    task = Task(operator="ApprovalOperator", fail_on_reject=True)
    task.state.failing = ("everybody was told",)
    notifier()(task.context())
    assert len(texts(chakra_sandbox)) == 1
    assert "a retry may tell nobody" in logged()


@asks
def test_another_ledger_may_be_named(chakra_sandbox):
    with pytest.raises(AirflowFailException, match="ledger must be the dotted path"):
        notifier(ledger="nowhere.Store")(Task().context())


@asks
@pytest.mark.parametrize(
    ("base_url", "given"),
    [
        (None, "given: nothing"),
        ("airflow.example.com", "given: no scheme"),
        ("ftp://airflow.example.com", "the scheme 'ftp'"),
        ("https://", "no host"),
        ("https://airflow.example.com:http", "cannot be read"),
        ("http://localhost:8080", "the host 'localhost', by which a phone finds itself"),
        ("http://a.localhost", "the host 'a.localhost'"),
        ("http://127.0.0.2:8080", "the host '127.0.0.2'"),
        ("http://0.0.0.0:8080", "the host '0.0.0.0'"),
        ("http://[::1]:8080", "the host '::1'"),
        ("https://me:secret@airflow.example.com", "an address with a user in it"),
    ],
)
@pytest.mark.parametrize("configured", [False, True])
def test_an_address_that_no_phone_can_open(chakra_sandbox, monkeypatch, base_url, given, configured):
    if configured and base_url:
        monkeypatch.setenv("AIRFLOW__API__BASE_URL", base_url)
    with pytest.raises(AirflowFailException) as caught:
        notifier(base_url=None if configured else base_url)(Task().context())
    told = str(caught.value)
    assert given in told
    assert "section [api]" in told
    assert "secret" not in told
    assert chakra_sandbox.requests() == []


@asks
@pytest.mark.parametrize(
    ("base_url", "begin"),
    [
        ("https://airflow.example.com/", "https://airflow.example.com/dags/"),
        ("http://10.0.0.7:8080", "http://10.0.0.7:8080/dags/"),
        ("https://example.com/airflow/", "https://example.com/airflow/dags/"),
        ("https://example.com/airflow", "https://example.com/airflow/dags/"),
    ],
)
def test_the_link_begins_with_the_configured_address(chakra_sandbox, monkeypatch, base_url, begin):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", base_url)
    notifier(base_url=None, body="{{ link }}")(Task().context())
    ((_, text),) = texts(chakra_sandbox)
    assert text == begin + "d/runs/r+1/tasks/ask/required_actions?map_index=-1"


@asks
def test_a_link_with_its_path_already_in_it_stays(chakra_sandbox, monkeypatch):
    task = Task()
    task.operator.generate_link_to_ui = lambda **_: "https://example.com/airflow/dags/d?x=1"
    notifier(base_url="https://example.com/airflow", body="{{ link }}")(task.context())
    assert texts(chakra_sandbox) == [(PHONE, "https://example.com/airflow/dags/d?x=1")]


@asks
@pytest.mark.parametrize("to", [[], "[]", None, ""])
def test_somebody_must_be_told(chakra_sandbox, to):
    with pytest.raises(AirflowFailException, match=r"to must name|recipient 1 of 1, nobody"):
        notifier(to=to)(Task().context())
    assert chakra_sandbox.requests() == []


@asks
def test_an_event_loop_is_not_held_up(chakra_sandbox):
    async def main() -> None:
        await ChakraHITLNotifier(
            to="{{ phone }}", base_url="https://airflow.example.com", context=Task().context(phone=PHONE)
        )

    asyncio.run(main())
    assert texts(chakra_sandbox) == [(PHONE, "Go on?")]


def test_a_task_that_asks_nobody_is_told_so(chakra_sandbox):
    with pytest.raises(AirflowFailException, match="belongs into notifiers= of a human-in-the-loop operator"):
        notifier().notify({"ti": SimpleNamespace(), "task": SimpleNamespace()})
    assert chakra_sandbox.requests() == []
