"""The 24-hour window: a session message, or the template in its place, and one message in all."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException

from airflow_provider_chakra.exceptions import ChakraThrottledError
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.operators.messages import SendMessageOperator, SendTextOperator, session
from airflow_provider_chakra.operators.messages.base import UnsendableMessageError
from tests.operators.test_tries import StateStore

PHONE = "919876543210"
TEMPLATE = {"name": "order_update", "language": "en", "body": ["Asha"]}
DAY = 24 * 3600


class Task(SimpleNamespace):
    """What Airflow gives a task, as far as it is used here; its state outlives a try."""

    def __init__(self) -> None:
        self.state = StateStore()
        self.pushed: dict[str, Any] = {}
        self.max_tries = 3

    def xcom_push(self, key: str, value: Any) -> None:
        """Keep an XCom."""
        self.pushed[key] = value

    @property
    def context(self) -> Any:
        """Airflow's context."""
        return {"ti": self, "task_state_store": self.state}


def text(**arguments: Any) -> SendTextOperator:
    """Make an operator."""
    fields = {"task_id": "t", "to": PHONE, "body": "Hello", "fallback_template": TEMPLATE}
    return SendTextOperator(**fields | arguments)


def kinds(sandbox: Any) -> list[str]:
    """Tell what arrived."""
    return [message["type"] for message in sandbox.messages()]


def test_in_an_open_window_the_message_goes(chakra_sandbox):
    chakra_sandbox.windows("refuse")
    chakra_sandbox.receive(PHONE, "Hi")
    task = Task()
    wamid = text().execute(task.context)
    (arrived,) = chakra_sandbox.messages()
    assert (arrived["type"], arrived["wamid"]) == ("text", wamid)
    assert task.pushed == {"sent_as": "message"}


def test_where_whatsapp_refuses_the_message_the_template_goes(chakra_sandbox):
    chakra_sandbox.windows("refuse")
    task = Task()
    wamid = text(callback_data="run-7", reply_to="wamid.x").execute(task.context)
    (arrived,) = chakra_sandbox.messages()
    assert arrived["wamid"] == wamid
    assert arrived["payload"] == {
        "messaging_product": "whatsapp",
        "to": PHONE,
        "type": "template",
        "template": {
            "name": "order_update",
            "language": {"code": "en"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "Asha"}]}],
        },
        "biz_opaque_callback_data": "run-7",
    }
    assert task.pushed == {"sent_as": "fallback_template"}


class InTwoDays(datetime):
    """A clock that is ahead of the sandbox's."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        """Tell the time."""
        return datetime.now(tz) + timedelta(days=2)


def test_where_the_window_is_known_to_be_closed_the_template_goes_at_once(chakra_sandbox, monkeypatch):
    chakra_sandbox.receive(PHONE, "Hi")
    monkeypatch.setattr(session, "datetime", InTwoDays)
    task = Task()
    text().execute(task.context)
    assert kinds(chakra_sandbox) == ["template"]
    # One look into the chat, one message.
    assert len(chakra_sandbox.requests()) == 2
    assert task.pushed == {"sent_as": "fallback_template"}


def test_where_the_chat_cannot_be_read_whatsapp_decides(chakra_sandbox, logged):
    chakra_sandbox.windows("refuse")
    chakra_sandbox.fault(path_contains="list-chat-messages", status=403, errors=["Forbidden"])
    text().execute(Task().context)
    assert kinds(chakra_sandbox) == ["template"]
    assert "WhatsApp decides" in logged()


@pytest.mark.parametrize("closed", [False, True])
def test_a_retry_finds_what_an_earlier_try_sent_and_sends_nothing(chakra_sandbox, closed):
    chakra_sandbox.receive(PHONE, "Hi")
    chakra_sandbox.windows("refuse")
    chakra_sandbox.advance(2 * DAY if closed else 0)
    task = Task()
    first = text().execute(task.context)
    # Whether the window opened or closed meanwhile: it was sent.
    chakra_sandbox.receive(PHONE, "Hi") if closed else chakra_sandbox.advance(2 * DAY)
    before = task.pushed
    task.pushed = {}
    assert text().execute(task.context) == first
    assert task.pushed == before == {"sent_as": "fallback_template" if closed else "message"}
    assert kinds(chakra_sandbox) == ["template" if closed else "text"]


def test_a_message_in_doubt_is_not_followed_by_the_template(chakra_sandbox):
    task = Task()
    chakra_sandbox.fault(path_contains="/messages", close="after")
    with pytest.raises(AirflowFailException):
        text().execute(task.context)
    chakra_sandbox.windows("refuse")
    chakra_sandbox.advance(2 * DAY)
    with pytest.raises(AirflowFailException, match="earlier try was about to send the text message"):
        text().execute(task.context)
    assert kinds(chakra_sandbox) == ["text"]


def test_a_template_in_doubt_is_not_followed_by_the_message(chakra_sandbox):
    chakra_sandbox.windows("refuse")
    task = Task()
    # The refusal of the message, then no answer about the template.
    chakra_sandbox.fault(path_contains="/messages", status=400, errors=["(#131047) Re-engagement message"])
    chakra_sandbox.fault(path_contains="/messages", close="after")
    with pytest.raises(AirflowFailException, match="template message"):
        text().execute(task.context)
    chakra_sandbox.receive(PHONE, "Hi")
    with pytest.raises(AirflowFailException, match="earlier try was about to send the template message"):
        text().execute(task.context)
    assert kinds(chakra_sandbox) == ["template"]


@pytest.mark.parametrize(
    ("status", "error", "raised"),
    [
        (400, "(#131026) Message undeliverable", AirflowFailException),
        (429, "(#131056) Pair rate limit", ChakraThrottledError),
        (502, "(#131047) A proxy says this", AirflowFailException),
    ],
)
def test_for_no_other_reason_the_template_goes(chakra_sandbox, connect, status, error, raised):
    connect({"max_tries": 1})
    if status == 502:
        chakra_sandbox.fault(path_contains="/messages", status=502, body=error)
    else:
        chakra_sandbox.fault(path_contains="/messages", status=status, errors=[error])
    with pytest.raises(raised):
        text().execute(Task().context)
    assert chakra_sandbox.messages() == []


def test_without_a_template_a_closed_window_is_a_refusal(chakra_sandbox):
    chakra_sandbox.windows("refuse")
    task = Task()
    with pytest.raises(AirflowFailException, match="131047"):
        text(fallback_template=None).execute(task.context)
    assert task.pushed == {}


def test_any_payload_may_have_a_template_in_its_place(chakra_sandbox):
    chakra_sandbox.windows("refuse")
    payload = {"messaging_product": "whatsapp", "to": PHONE, "type": "text", "text": {"body": "Hello"}}
    SendMessageOperator(task_id="t", payload=payload, fallback_template=TEMPLATE).execute(Task().context)
    (arrived,) = chakra_sandbox.messages()
    assert (arrived["type"], arrived["payload"]["to"]) == ("template", PHONE)


@pytest.mark.parametrize(
    ("fallback", "fields"),
    [
        ({"name": "Order", "language": "en"}, {"fallback_template: template.name"}),
        ({"language": "en"}, {"fallback_template: template.name"}),
        ({"name": "order", "language": "en", "boddy": []}, {"fallback_template: boddy"}),
        (
            {"name": "order", "language": "en", "body": ["a\nb"]},
            {"fallback_template: template.components[0].parameters[0].text"},
        ),
        ("order", {"fallback_template: template"}),
    ],
)
def test_a_wrong_template_breaks_the_import_along_with_the_message(fallback, fields):
    with pytest.raises(UnsendableMessageError) as caught:
        text(fallback_template=fallback, body="")
    assert {problem.field for problem in caught.value.problems} == fields | {"text.body"}


def test_a_hook_tells_when_a_window_closes(chakra_sandbox):
    hook = ChakraHook()
    assert hook.chats.window_closes_at(PHONE) is None
    chakra_sandbox.receive(PHONE, "Hi")
    (row,) = hook.chats.recent(PHONE)
    closes = hook.chats.window_closes_at(PHONE)
    assert closes is not None
    assert abs(closes.timestamp() - row["timestamp"] / 1000 - DAY) < 1
