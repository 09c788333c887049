from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from airflow_provider_chakra.sandbox import defaults
from airflow_provider_chakra.sandbox.client import Sandbox

from .samples import text

if TYPE_CHECKING:
    import requests


def test_account() -> None:
    sandbox = Sandbox("http://127.0.0.1:1/", defaults.Account("t", "p", "n", "w"))
    assert (sandbox.url, sandbox.token, sandbox.plugin_id, sandbox.phone_number_id, sandbox.waba_id) == (
        "http://127.0.0.1:1",
        "t",
        "p",
        "n",
        "w",
    )
    assert Sandbox("http://127.0.0.1:1").account == defaults.Account(
        defaults.TOKEN, defaults.PLUGIN_ID, defaults.PHONE_NUMBER_ID, defaults.WABA_ID
    )


def test_connection() -> None:
    sandbox = Sandbox("http://127.0.0.1:8765", defaults.Account("t", "p", "n", "w"))
    connection: dict[str, Any] = {
        "conn_type": "chakra",
        "host": "http://127.0.0.1:8765",
        "password": "t",
        "extra": {"plugin_id": "p", "phone_number_id": "n", "waba_id": "w"},
    }
    assert sandbox.connection() == connection
    ((name, value),) = sandbox.environment().items()
    assert (name, json.loads(value)) == ("AIRFLOW_CONN_CHAKRA_DEFAULT", connection)
    ((name, value),) = sandbox.environment("other", webhook_secret="hush").items()
    connection["extra"] |= {"webhook_secret": "hush"}
    assert (name, json.loads(value)) == ("AIRFLOW_CONN_OTHER", connection)


def test_conversation(sandbox: Sandbox, http: requests.Session) -> None:
    assert sandbox.conversation() == "No messages yet.\n"
    http.post(sandbox.messages_url, json=text("Grüße ✨"))
    assert "│ Grüße ✨" in sandbox.conversation()


def test_proxies_of_the_environment_are_passed_by(sandbox: Sandbox) -> None:
    # The handle's opener is made at import: the environment must be set before the interpreter starts.
    code = (
        "from airflow_provider_chakra.sandbox.client import Sandbox\n"
        f"print(Sandbox({sandbox.url!r}).messages())"
    )
    environment = os.environ | {"http_proxy": "http://127.0.0.1:1", "no_proxy": "", "NO_PROXY": ""}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_a_sandbox_that_does_not_run() -> None:
    with pytest.raises(OSError, match=r"[Cc]onnection refused"):
        Sandbox("http://127.0.0.1:1").messages()
