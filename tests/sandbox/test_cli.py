from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from airflow_provider_chakra.sandbox.cli import main
from airflow_provider_chakra.sandbox.client import Sandbox
from airflow_provider_chakra.sandbox.defaults import WEBHOOK_SECRET, Account
from tests.meanwhile import wait_until

from .receiver import receiving
from .samples import row_listing, session_for, text

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "airflow_provider_chakra.sandbox"]


@contextmanager
def running(*arguments: str) -> Generator[tuple[subprocess.Popen[str], list[str]], None, None]:
    """The command as a process of its own, and what it says before it waits for requests."""
    with subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, list(itertools.takewhile(lambda line: line != "Ctrl-C ends it.\n", process.stdout))
        finally:
            process.kill()


def connection_in(lines: list[str]) -> dict[str, object]:
    (line,) = [line for line in lines if "AIRFLOW_CONN_" in line]
    export, assignment = shlex.split(line)
    name, _, value = assignment.partition("=")
    assert (export, name) == ("export", "AIRFLOW_CONN_CHAKRA_DEFAULT")
    connection: dict[str, object] = json.loads(value)
    return connection


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_runs_until_it_is_interrupted(number: signal.Signals) -> None:
    with running() as (process, lines):
        connection = connection_in(lines)
        sandbox = Sandbox(str(connection["host"]))
        assert lines[0] == f"ChakraHQ sandbox, listening on {sandbox.url}\n"
        assert connection == sandbox.connection()
        with session_for(sandbox) as http:
            http.post(sandbox.messages_url, json=text())
            http.post(sandbox.messages_url, json=row_listing(title="t" * 25))
        assert len(sandbox.messages()) == 1
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    assert "messages: 200" in err
    assert "refused: (#131009) Parameter value is not valid - Row title is too long. Max length is 24" in err
    assert "Traceback" not in err
    assert "Warning" not in err


def test_options() -> None:
    options = ["--token", "it's", "--plugin-id", "p", "--phone-number-id", "n", "--waba-id", "w"]
    with running(*options) as (_, lines):
        connection = connection_in(lines)
        sandbox = Sandbox(str(connection["host"]), Account("it's", "p", "n", "w"))
        assert connection == sandbox.connection()
        with session_for(sandbox) as http:
            assert http.post(sandbox.messages_url, json=text()).status_code == 200


@pytest.mark.parametrize(("pace", "status"), [("off", "SENT"), ("0,99", "DELIVERED"), ("0,0", "READ")])
def test_the_pace_of_messages(pace: str, status: str) -> None:
    with running("--pace", pace) as (_, lines):
        sandbox = Sandbox(str(connection_in(lines)["host"]))
        with session_for(sandbox) as http:
            http.post(sandbox.messages_url, json=text())
        assert sandbox.chats()[0]["messages"][0]["status"] == status


def test_by_default_messages_are_delivered_and_read() -> None:
    with receiving() as receiver, running("--webhook", receiver.url) as (_, lines):
        sandbox = Sandbox(str(connection_in(lines)["host"]))
        with session_for(sandbox) as http:
            http.post(sandbox.messages_url, json=text())
        sandbox.advance(3)
        wait_until(lambda: b"READ" in b"".join(body for body, _ in receiver.calls))
        told = [json.loads(body)["payload"] for body, _ in receiver.calls]
    at = {status["deliveryStatus"]: status["timestamp"] - told[0]["timestamp"] for status in told}
    assert at == {"SENT": 0, "DELIVERED": 1000, "READ": 3000}


@pytest.mark.parametrize("secret", [None, "another secret"])
def test_a_webhook(secret: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    options = []
    if secret:
        monkeypatch.setenv("A_SECRET", secret)
        options = ["--webhook-secret-env", "A_SECRET"]
    with receiving() as receiver, running("--webhook", receiver.url, *options) as (_, lines):
        extra = {} if secret else {"webhook_secret": WEBHOOK_SECRET}
        assert connection_in(lines) == Sandbox(str(connection_in(lines)["host"])).connection(**extra)
        assert ("as webhook_secret, what A_SECRET holds" in "".join(lines)) is bool(secret)
        assert secret is None or secret not in "".join(lines)
        Sandbox(str(connection_in(lines)["host"])).receive("919876543210", "Hello")
        wait_until(lambda: receiver.calls)
        body, headers = receiver.calls[0]
    key = (secret or WEBHOOK_SECRET).encode()
    assert headers["x-chakra-signature-256"] == hmac.new(key, body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("rule", ["late", "refuse"])
def test_windows_are_enforced_if_asked_for_and_so_after_a_reset(rule: str) -> None:
    with running("--windows", rule) as (_, lines):
        sandbox = Sandbox(str(connection_in(lines)["host"]))
        with session_for(sandbox) as http:
            for _ in range(2):
                answer = http.post(sandbox.messages_url, json=text())
                assert answer.status_code == (400 if rule == "refuse" else 200)
                sandbox.advance(2)
                assert [chat["messages"][0]["status"] for chat in sandbox.chats()] == ["FAILED"] * (
                    rule == "late"
                )
                sandbox.windows("open")
                sandbox.reset()


def test_what_was_given_at_the_start_outlives_a_reset() -> None:
    with receiving() as receiver, running("--webhook", receiver.url, "--pace", "0,0") as (_, lines):
        sandbox = Sandbox(str(connection_in(lines)["host"]))
        sandbox.advance(3600)
        sandbox.webhooks(None)
        for number in ("919876543210", "919876543211"):
            sandbox.reset()
            sandbox.receive(number, "Hello")
            wait_until(lambda number=number: number.encode() in b"".join(body for body, _ in receiver.calls))
        with session_for(sandbox) as http:
            http.post(sandbox.messages_url, json=text())
        wait_until(lambda: b"READ" in b"".join(body for body, _ in receiver.calls))
    assert sum(b"Hello" in body for body, _ in receiver.calls) == 2


def test_a_webhook_that_does_not_answer_keeps_nobody_waiting() -> None:
    with receiving() as receiver, running("--webhook", receiver.url) as (process, lines):
        receiver.may_answer = threading.Event()
        Sandbox(str(connection_in(lines)["host"])).receive("919876543210", "Hello")
        wait_until(lambda: receiver.calls)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        receiver.may_answer.set()


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--pace", "1", "1 is neither off nor two times such as 1,3"),
        ("--pace", "3,1", "3,1 is neither"),
        ("--pace", "-1,1", "-1,1 is neither"),
        ("--pace", "1,nan", "1,nan is neither"),
        ("--windows", "shut", "invalid choice: 'shut'"),
        ("--webhook", "127.0.0.1:80", "127.0.0.1:80 is no address such as"),
        ("--webhook", "https://", "https:// is no address such as"),
        ("--webhook-secret-env", "NO_SUCH_NAME", "the environment variable NO_SUCH_NAME is not set"),
    ],
)
def test_options_that_cannot_be(
    option: str, value: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_main(f"{option}={value}")
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_warns_if_other_machines_can_reach_it() -> None:
    with running("--host", "0.0.0.0") as (process, _):
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert err == "Warning: other machines can reach 0.0.0.0, and the control API asks for no token.\n"
    assert process.returncode == 0


def test_localhost_needs_no_warning() -> None:
    with running("--host", "localhost") as (process, lines):
        assert Sandbox(str(connection_in(lines)["host"])).messages() == []
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert err == ""


def test_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert run_main("--port", str(port)) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"Cannot listen on 127.0.0.1:{port}: ")
    assert "ddress already in use" in err


def test_host_that_cannot_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_main("--host", "no.such.host.invalid") == 1
    assert capsys.readouterr().err.startswith("Cannot listen on no.such.host.invalid:8765: ")


@pytest.mark.parametrize("port", ["65536", "-1", "http", ""])
def test_port_that_cannot_be(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_main(f"--port={port}")
    assert ended.value.code == 2
    assert f"{port} is not a port" in capsys.readouterr().err


def run_main(*arguments: str) -> int:
    """``main``, with the signal handlers put back that it replaces."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return main(arguments)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@pytest.mark.parametrize("missing", ["fastapi", "uvicorn"])
def test_without_the_extra(missing: str) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from airflow_provider_chakra.sandbox.cli import main; sys.exit(main([]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "The ChakraHQ sandbox needs FastAPI and uvicorn: pip install 'airflow-provider-chakra[sandbox]'\n"
    )
