"""What the tests of operators that ask have in common: a task with its tries, and people who answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from airflow.providers.common.compat.sdk import TaskDeferred

from tests.meanwhile import PATIENCE, Happening, happens, over_and_over
from tests.operators.test_tries import StateStore

#: What says how other operators wait, and would say nothing here.
IN_VAIN = frozenset({"wait_for", "wait_timeout", "on_wait_timeout"})
PHONE, SECOND, THIRD = "919876543210", "919876543211", "919876543212"


class JsonStore(StateStore):
    """A store that keeps texts, as Airflow does: nobody changes what is kept by changing what was given."""

    def get(self, key: str, default: Any = None) -> Any:
        """Give a value."""
        return json.loads(self[key]) if key in self else default

    def set(self, key: str, value: Any, *, retention: Any) -> None:
        """Keep a value."""
        super().set(key, value, retention=retention)
        self[key] = json.dumps(value)


class Task(SimpleNamespace):
    """What Airflow gives a task, as far as it is used here; its state outlives a try."""

    def __init__(self, run_id: str = "run") -> None:
        self.state: JsonStore | None = JsonStore()
        self.pushed: dict[str, Any] = {}
        self.max_tries = 3
        self.dag_id, self.run_id, self.task_id, self.map_index = "dag", run_id, "t", -1

    def xcom_push(self, key: str, value: Any) -> None:
        """Keep an XCom."""
        self.pushed[key] = json.loads(json.dumps(value))

    @property
    def context(self) -> Any:
        """Airflow's context."""
        return {"ti": self, "task_state_store": self.state}


class Deferred:
    """A task that waits: nothing of the operator is left but what Airflow keeps."""

    def __init__(self, deferral: TaskDeferred) -> None:
        assert deferral.timeout is None
        fields = json.loads(json.dumps(deferral.trigger.serialize()[1]))
        self.trigger = type(deferral.trigger)(**fields)
        self.method = deferral.method_name

    def resume(self, operator: Any, task: Task, **event: Any) -> Any:
        """Go on in another operator."""
        event = {"carried": self.trigger.carried, **event}
        return _waits(lambda: getattr(operator, self.method)(task.context, event=event))

    async def event(self) -> dict[str, Any]:
        """Run the trigger to its event."""
        event = await asyncio.wait_for(anext(self.trigger.run()), PATIENCE)
        return json.loads(json.dumps(event.payload))


def _waits(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except TaskDeferred as deferral:
        return Deferred(deferral)


def start(operator: Any, task: Task) -> Any:
    """Begin a try: what it returns, or the task that waits."""
    return _waits(lambda: operator.execute(task.context))


def finish(make: Callable[[], Any], task: Task, *happenings: Happening, sandbox: Any = None) -> Any:
    """Run a task to its end; to the first, the second, ... message that arrives something happens."""
    with happens(sandbox, *happenings) if happenings else contextlib.nullcontext():
        found = start(make(), task)
        while isinstance(found, Deferred):
            found = found.resume(make(), task, **asyncio.run(found.event()))
        return found


def ids(sandbox: Any, number: int = -1) -> dict[str, str]:
    """Give what can be tapped in a message: the ids that went out, by the ids of the answers."""
    content = sandbox.messages()[number]["payload"]["interactive"]
    shown = content["action"]
    rows = [b["reply"] for b in shown["buttons"]] if "buttons" in shown else shown["sections"][0]["rows"]
    return {row["id"].rpartition("#")[0]: row["id"] for row in rows}


def taps(option: str, who: str = PHONE) -> Happening:
    """Let a person tap an answer in the message."""

    def tap(sandbox: Any, wamid: str) -> str:
        number = next(n for n, message in enumerate(sandbox.messages()) if message["wamid"] == wamid)
        return sandbox.choose(who, wamid, ids(sandbox, number)[option])

    return tap


def writes(text: str, who: str = PHONE, **context: Any) -> Happening:
    """Let a person write."""
    payload = {"type": "text", "text": {"body": text}, **context}
    return lambda sandbox, wamid: sandbox.receive(who, payload=payload)


def fails(error: str = "(#131026) Message undeliverable") -> Happening:
    """Let a message not arrive."""
    return lambda sandbox, wamid: sandbox.deliver(wamid, "FAILED", error=error)


def answering(sandbox: Any, **choices: str) -> contextlib.AbstractContextManager[None]:
    """Let people answer each question that arrives: with the choice by its text, else with its first one."""
    done = 0

    def answer() -> None:
        nonlocal done
        for message in sandbox.messages()[done:]:
            done += 1
            payload = message["payload"]
            if payload["type"] == "interactive":
                options = ids(sandbox, done - 1)
                choice = choices.get(payload["interactive"]["body"]["text"], next(iter(options)))
                if choice:
                    sandbox.choose(payload["to"], message["wamid"], options[choice])

    return over_and_over(answer)
