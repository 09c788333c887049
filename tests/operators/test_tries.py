"""What a task remembers across its tries, and what it does where that leaves a doubt. Over HTTP."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException, AirflowTaskTimeout

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraThrottledError, ChakraUnknownError
from airflow_provider_chakra.ledger import open_store
from airflow_provider_chakra.operators.messages import SendTextOperator

PHONE = "919876543210"


class StateStore(dict[str, Any]):
    """Airflow's task_state_store, without an Airflow; it can be made to fail."""

    failing: tuple[str, ...] = ()

    def set(self, key: str, value: Any, *, retention: Any) -> None:
        if value["state"] in self.failing:
            raise RuntimeError("The store is not there")
        self[key] = value

    def delete(self, key: str) -> None:
        self.pop(key, None)


class Task:
    """A task instance through its tries: the store stays, the operator is new for each try."""

    def __init__(self) -> None:
        self.store = StateStore()
        self.max_tries = 2

    def run(self, **arguments: Any) -> str:
        operator = SendTextOperator(**{"task_id": "t", "to": PHONE, "body": "Hello"} | arguments)
        return operator.execute(
            {"task_state_store": self.store, "ti": SimpleNamespace(max_tries=self.max_tries)}
        )

    def clear(self) -> None:
        self.max_tries += 3

    @property
    def states(self) -> list[str]:
        return [entry["state"] for entry in self.store.values()]


@pytest.fixture
def task(connect) -> Task:
    connect({"max_tries": 1})
    return Task()


def test_a_try_after_the_message_was_sent_gives_its_wamid_and_sends_nothing(chakra_sandbox, task, logged):
    wamid = task.run()
    assert task.states == ["sent"]
    assert [task.run(), task.run()] == [wamid, wamid]
    assert len(chakra_sandbox.requests()) == 1
    told = logged()
    assert f"An earlier try sent the text message to 91******3210 as {wamid}: nothing is sent" in told
    assert PHONE not in told + str(task.store)
    assert "Hello" not in told + str(task.store)


def test_an_edited_message_or_another_sender_is_a_new_message(chakra_sandbox, task):
    task.run()
    task.run(body="Hello!")
    with pytest.raises(AirflowFailException):
        task.run(phone_number_id="1")
    task.run(to="+91 98765 43210")
    task.run(api_version="v23.0")
    assert len(chakra_sandbox.messages()) == 2


def test_a_cleared_task_sends_again_only_if_asked_to_and_then_once(chakra_sandbox, task):
    first = task.run(resend=True)
    assert task.run(resend=True) == first
    task.clear()
    assert task.run() == first
    second = task.run(resend="True")
    assert second != first
    assert task.run(resend=True) == second
    task.store.clear()
    assert task.run() not in (first, second)
    assert len(chakra_sandbox.messages()) == 3


@pytest.mark.parametrize(
    "fault", [{"status": 429, "errors": ["x"]}, {"status": 400, "errors": ["(#131047) x"]}]
)
def test_what_was_refused_is_forgotten_and_sent_by_the_next_try(chakra_sandbox, task, fault):
    chakra_sandbox.fault(**fault)
    with pytest.raises((AirflowFailException, ChakraThrottledError)):
        task.run()
    assert task.states == []
    assert task.run() == chakra_sandbox.messages()[0]["wamid"]


@pytest.mark.parametrize("close", ["before", "after"])
def test_a_doubt_ends_this_try_and_the_next_and_nothing_is_sent_again(chakra_sandbox, task, close):
    chakra_sandbox.fault(close=close)
    with pytest.raises(AirflowFailException, match="no answer came") as caught:
        task.run()
    assert isinstance(caught.value.__cause__, ChakraUnknownError)
    with pytest.raises(AirflowFailException, match="An earlier try was about to send") as caught:
        task.run()
    assert "delete its entry in the task's state" in str(caught.value)
    assert PHONE not in str(caught.value)
    assert len(chakra_sandbox.requests()) == 1
    assert task.states == ["about to send"]


def test_a_doubt_is_cleared_by_a_cleared_task_that_is_to_resend(chakra_sandbox, task):
    chakra_sandbox.fault(close="before")
    with pytest.raises(AirflowFailException):
        task.run()
    with pytest.raises(AirflowFailException):
        task.run(resend=True)
    task.clear()
    assert task.run(resend=True) == chakra_sandbox.messages()[0]["wamid"]


def test_resend_leaves_a_doubt_to_the_retries(chakra_sandbox, task):
    chakra_sandbox.fault(close="after")
    with pytest.raises(ChakraUnknownError) as caught:
        task.run(on_unknown="resend")
    assert caught.value.retryable
    assert task.run(on_unknown="resend")
    assert len(chakra_sandbox.messages()) == 2


def test_a_doubt_that_was_to_be_resent_stays_one_for_a_task_that_no_longer_is(chakra_sandbox, task):
    chakra_sandbox.fault(close="after")
    with pytest.raises(ChakraUnknownError):
        task.run(on_unknown="resend")
    with pytest.raises(AirflowFailException, match="An earlier try was about to send"):
        task.run(on_unknown="fail")
    assert len(chakra_sandbox.messages()) == 1


def test_resend_sends_what_a_killed_try_left_in_doubt(chakra_sandbox, task):
    chakra_sandbox.fault(close="before")
    with pytest.raises(AirflowFailException):
        task.run()
    assert task.run(on_unknown="resend")
    assert len(chakra_sandbox.messages()) == 1


@pytest.fixture
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airflow_provider_chakra.hooks.chakra._LISTED_AFTER", (0, 0, 0))


@pytest.mark.usefixtures("_no_waiting")
@pytest.mark.parametrize("way", [{"on_unknown": "reconcile"}, {}])
def test_reconcile_finds_a_message_that_was_sent(chakra_sandbox, connect, task, way):
    connect({"max_tries": 1, "on_unknown": "reconcile"})
    chakra_sandbox.fault(close="after")
    wamid = task.run(**way)
    assert wamid == chakra_sandbox.messages()[0]["wamid"]
    assert task.states == ["sent"]
    assert task.run(**way) == wamid
    assert len(chakra_sandbox.messages()) == 1


@pytest.mark.usefixtures("_no_waiting")
def test_reconcile_fails_where_the_chat_does_not_list_the_message(chakra_sandbox, task):
    task.run(body="Something else")
    chakra_sandbox.fault(close="before")
    with pytest.raises(AirflowFailException, match="chat does not list it"):
        task.run(on_unknown="reconcile")
    with pytest.raises(AirflowFailException, match=r"An earlier try .* chat does not list it"):
        task.run(on_unknown="reconcile")
    assert len(chakra_sandbox.messages()) == 1


@pytest.mark.usefixtures("_no_waiting")
def test_reconcile_finds_what_a_killed_try_had_sent(chakra_sandbox, task):
    chakra_sandbox.fault(close="after")
    with pytest.raises(AirflowFailException):
        task.run()
    assert task.run(on_unknown="reconcile") == chakra_sandbox.messages()[0]["wamid"]


@pytest.mark.usefixtures("_no_waiting")
@pytest.mark.parametrize("listing", [{"status": 429, "errors": ["x"]}, {"status": 403, "errors": ["x"]}])
def test_reconcile_leaves_the_doubt_where_the_chat_cannot_be_read(chakra_sandbox, connect, task, listing):
    connect({"max_tries": 1})
    for attempt in (task.run, lambda **arguments: _without_a_store(**arguments)):
        chakra_sandbox.fault(close="after")
        chakra_sandbox.fault(path_contains="list-chat", **listing)
        with pytest.raises(AirflowFailException, match="chat could not be read") as caught:
            attempt(on_unknown="reconcile")
        assert caught.value.__cause__.outcome == "unknown"
    assert len(chakra_sandbox.messages()) == 2


def _without_a_store(**arguments: Any) -> str:
    return SendTextOperator(task_id="t", to=PHONE, body="Hello", **arguments).execute({})


def test_reconcile_that_runs_out_of_time_leaves_the_doubt(chakra_sandbox, monkeypatch):
    def time_out(*_: Any) -> None:
        raise AirflowTaskTimeout("Timeout")

    monkeypatch.setattr("airflow_provider_chakra.hooks.chakra.ChakraHook.find_sent", time_out)
    chakra_sandbox.fault(close="after")
    with pytest.raises(AirflowFailException, match="no answer came"):
        SendTextOperator(task_id="t", to=PHONE, body="Hello", on_unknown="reconcile").execute(
            {"task_state_store": StateStore(), "ti": SimpleNamespace(max_tries=1)}
        )


@pytest.mark.parametrize(
    "damaged", ["text", 7, [], {}, {"state": "x"}, {"state": "sent"}, {"state": "sent", "wamid": ""}]
)
def test_an_entry_that_cannot_be_read_is_a_doubt(chakra_sandbox, task, damaged):
    task.run()
    (key,) = task.store
    task.store[key] = damaged
    with pytest.raises(AirflowFailException, match="An earlier try was about to send"):
        task.run()
    assert len(chakra_sandbox.messages()) == 1


def test_a_refusal_is_told_even_if_it_cannot_be_forgotten(chakra_sandbox, task, monkeypatch):
    monkeypatch.setattr(StateStore, "delete", lambda self, key: 1 / 0)
    chakra_sandbox.fault(status=400, errors=["(#131047) Re-engagement message"])
    with pytest.raises(AirflowFailException, match="131047"):
        task.run()


@pytest.mark.parametrize("resend", ["yes", "1", 7])
def test_resend_is_true_or_false(chakra_sandbox, task, resend):
    with pytest.raises(AirflowFailException, match="resend must be true or false"):
        task.run(resend=resend)
    assert task.run(resend="None") == task.run(resend="False")


def test_a_store_that_fails_before_sending_sends_nothing(chakra_sandbox, task):
    task.store.failing = ("about to send",)
    with pytest.raises(RuntimeError):
        task.run()
    assert chakra_sandbox.requests() == []


def test_a_store_that_fails_after_sending_fails_nothing_and_leaves_a_doubt(chakra_sandbox, task, logged):
    task.store.failing = ("sent",)
    wamid = task.run()
    assert wamid == chakra_sandbox.messages()[0]["wamid"]
    assert "could not be remembered" in logged()
    with pytest.raises(AirflowFailException, match="An earlier try"):
        task.run()


def test_without_a_store_nothing_is_remembered(chakra_sandbox, task):
    operator = SendTextOperator(task_id="t", to=PHONE, body="Hello")
    assert operator.execute({}) != operator.execute({})


@pytest.mark.parametrize("path", ["no_module.Store", "json.NoStore", "Store", "..x"])
def test_a_store_that_is_none_is_told(path):
    with pytest.raises(ChakraConfigError, match="dotted path of a class"):
        open_store({}, path)
