"""The hook against the sandbox, over HTTP."""

from __future__ import annotations

import asyncio
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import BaseHook

from airflow_provider_chakra.exceptions import (
    ChakraAuthError,
    ChakraConfigError,
    ChakraNotFoundError,
    InvalidMessageError,
)
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.messages import Text, TextMessage
from airflow_provider_chakra.sandbox import wire
from tests.raw_server import free_port, http, raw_server

PAYLOAD = {
    "messaging_product": "whatsapp",
    "to": "919876543210",
    "type": "text",
    "text": {"body": "Your slot is confirmed."},
}


def test_the_class_is_what_airflow_and_its_metadata_expect():
    assert ChakraHook.conn_type == "chakra"
    assert ChakraHook.conn_name_attr == "chakra_conn_id"
    assert ChakraHook.default_conn_name == "chakra_default"
    assert ChakraHook.hook_name == "ChakraHQ"


def test_nothing_is_looked_up_before_it_is_needed():
    hook = ChakraHook("no_such_connection")
    with pytest.raises(Exception, match="no_such_connection"):
        hook.get_conn()


def test_airflow_makes_the_hook_of_a_connection(chakra_sandbox):
    hook = BaseHook.get_connection("chakra_default").get_hook()
    assert isinstance(hook, ChakraHook)
    assert hook.get_conn() is hook.get_conn()
    assert hook.send_message(PAYLOAD).wamid == chakra_sandbox.messages()[0]["wamid"]


@pytest.mark.parametrize(
    "message", [PAYLOAD, TextMessage(to="+91 98765 43210", text=Text(body="Your slot is confirmed."))]
)
def test_a_message_or_its_payload_is_sent_and_logged_in_one_line(chakra_sandbox, logged, message):
    sent = ChakraHook().send_message(message)
    told = logged()
    (arrived,) = chakra_sandbox.messages()
    assert arrived["payload"] == PAYLOAD
    assert sent.wamid == arrived["wamid"]
    assert sent.answer == {"_data": {"whatsappMessageId": sent.wamid}}
    line = rf"WhatsApp accepted the text message to 91\*{{6}}3210 as {re.escape(sent.wamid)} in \d+ ms"
    assert len(set(re.findall(line, told))) == 1
    assert told.count("WhatsApp accepted") == len(re.findall(line, told))
    assert "9876543210" not in told
    assert "confirmed" not in told
    assert chakra_sandbox.token not in told


def test_arguments_go_before_the_connection_and_the_connection_before_defaults(chakra_sandbox, connect):
    connect({"api_version": "v21.0"})
    ChakraHook().send_message(PAYLOAD)
    ChakraHook(api_version="v22.0").send_message(PAYLOAD)
    connect({"plugin_id": "wrong"})
    ChakraHook(plugin_id=chakra_sandbox.plugin_id).send_message(PAYLOAD)
    versions = [message["api_version"] for message in chakra_sandbox.messages()]
    assert versions == ["v21.0", "v22.0", "v24.0"]
    with pytest.raises(ChakraNotFoundError, match="Copy Plugin Id"):
        ChakraHook().send_message(PAYLOAD)


def test_an_invalid_message_or_connection_sends_nothing(chakra_sandbox, connect):
    with pytest.raises(InvalidMessageError, match=r"text\.body"):
        ChakraHook().send_message(PAYLOAD | {"text": {"body": ""}})
    connect({"plugin_id": None, "phone_number_id": None})
    with pytest.raises(ChakraConfigError, match="plugin_id and phone_number_id"):
        ChakraHook().send_message(PAYLOAD)
    assert chakra_sandbox.requests() == []


def test_an_event_loop_is_not_held_up(chakra_sandbox, monkeypatch):
    hook = ChakraHook()
    chakra_sandbox.fault(times=0, delay=30)
    ticks = 0
    waiting: list[float] = []

    async def wait(seconds: float, _: Any) -> None:
        """Answer none before all three are asked for, and the loop went on meanwhile."""
        waiting.append(seconds)
        begun = ticks
        async with asyncio.timeout(60):
            while len(waiting) < 3 or ticks < begun + 10:
                await asyncio.sleep(0.01)

    monkeypatch.setattr(wire, "_wait", wait)

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    async def main() -> list[str]:
        ticking = asyncio.create_task(tick())
        sent = await asyncio.gather(*(hook.asend_message(PAYLOAD) for _ in range(3)))
        ticking.cancel()
        return [message.wamid for message in sent]

    wamids = asyncio.run(main())
    assert waiting == [30] * 3
    assert sorted(wamids) == sorted(message["wamid"] for message in chakra_sandbox.messages())
    assert len(set(wamids)) == 3


def test_a_model_that_was_changed_without_a_check_is_checked(chakra_sandbox):
    message = TextMessage(to="919876543210", text=Text(body="Hello")).model_copy(update={"to": "12"})
    with pytest.raises(InvalidMessageError, match="2 digits"):
        ChakraHook().send_message(message)
    assert chakra_sandbox.requests() == []


def test_any_request_passes_through(chakra_sandbox):
    hook = ChakraHook()
    answer = hook.request("GET", "/v1/ext/plugin/whatsapp/{plugin_id}/config")
    assert answer["_data"]["id"] == chakra_sandbox.plugin_id
    hook.request(
        "POST",
        "/v1/ext/plugin/whatsapp/{plugin_id}/api/{api_version}/{phone_number_id}/messages",
        json=PAYLOAD,
    )
    assert len(chakra_sandbox.messages()) == 1
    with pytest.raises(ChakraNotFoundError):
        hook.request("GET", "/v1/ext/{what}", path_params={"what": "a/b"})
    with pytest.raises(ChakraConfigError, match="a value for waba"):
        hook.request("GET", "/v1/{waba}")


def test_a_wrong_token_is_told(chakra_sandbox, connect):
    connect(password="wrong-token-of-the-test")
    with pytest.raises(ChakraAuthError, match="Admin > API Keys") as caught:
        ChakraHook().send_message(PAYLOAD)
    assert "wrong-token" not in str(caught.value)
    assert (caught.value.status, caught.value.retryable) == (401, False)


def _tested() -> tuple[bool, str]:
    return ChakraHook().test_connection()


def test_a_working_connection_is_told_apart(chakra_sandbox, connect):
    url = chakra_sandbox.url
    assert _tested() == (True, f"{url} accepts the access token and knows the plugin.")
    connect({"plugin_id": None})
    assert _tested() == (
        True,
        f"{url} accepts the access token. To send messages a plugin id is needed, too.",
    )
    assert {request["method"] for request in chakra_sandbox.requests()} == {"GET"}


@pytest.mark.parametrize(
    ("extra", "fields", "told"),
    [
        ({}, {"password": "wrong-token-of-the-test"}, "does not accept the access token"),
        ({}, {"password": ""}, "access token is missing"),
        ({"plugin_id": "wrong"}, {}, "The access token is right, the plugin id is not."),
        ({}, {"host": f"http://127.0.0.1:{free_port()}"}, "it refused the connection"),
        ({}, {"host": "http://no-such-host.invalid"}, "its name is unknown"),
        ({"connect_timeout": -1}, {}, "connect_timeout"),
    ],
)
def test_what_does_not_work_is_told_apart(chakra_sandbox, connect, extra, fields, told):
    connect(extra, **fields)
    works, sentence = _tested()
    assert not works
    assert told in sentence
    assert "wrong-token" not in sentence
    assert chakra_sandbox.token not in sentence


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (http(b"<html>Welcome to nginx</html>"), "did not answer as it should"),
        (
            http(b"<html>Not Found</html>", status="404 Not Found"),
            "not as ChakraHQ's API does: check the host",
        ),
        (http(b'{"hello": "world"}'), "not as ChakraHQ's API does: check the host"),
        (http(b"", status="503 Service Unavailable"), "did not answer as it should"),
    ],
)
def test_a_host_that_is_not_chakrahq_is_told_apart(connect, answer, told):
    with raw_server(answer) as server:
        connect(host=server.url)
        works, sentence = _tested()
    assert not works
    assert told in sentence


def test_a_plugin_id_of_the_wrong_form_and_a_role_are_told_apart(chakra_sandbox):
    chakra_sandbox.fault(path_contains="/plugin/", status=400, errors=["invalid uuid"])
    assert "the plugin id is not" in _tested()[1]
    chakra_sandbox.fault(path_contains="/ext/config", status=403, errors=["Forbidden"])
    assert "role may not read" in _tested()[1]


def test_a_token_that_may_not_use_the_plugin_is_told_apart(chakra_sandbox):
    chakra_sandbox.fault(path_contains="/plugin/", status=403, errors=["Forbidden"])
    assert _tested() == (False, "The access token is right, but its role may not use this plugin.")


def test_a_hook_follows_a_token_that_was_changed(chakra_sandbox, connect):
    connect()
    hook = ChakraHook()
    hook.send_message(PAYLOAD)
    chakra_sandbox.fault(status=401, errors=["UNAUTHORIZED"])
    with pytest.raises(ChakraAuthError):
        hook.send_message(PAYLOAD)
    connect(password="token-of-another-day")
    chakra_sandbox.fault(status=401, errors=["UNAUTHORIZED"])
    with pytest.raises(ChakraAuthError):
        hook.send_message(PAYLOAD)
    assert [request["authorized"] for request in chakra_sandbox.requests()] == [True, True, True, False]
    connect()
    assert hook.send_message(PAYLOAD).wamid
    assert len(chakra_sandbox.messages()) == 2


def test_threads_that_share_a_hook_all_follow_a_token_that_was_changed(chakra_sandbox, connect):
    connect(password="token-of-another-day")
    hook = ChakraHook()
    assert hook.get_conn()
    connect()
    start = threading.Barrier(8)

    def send(_: int) -> str:
        start.wait()
        return hook.send_message(PAYLOAD).wamid

    with ThreadPoolExecutor(8) as pool:
        wamids = list(pool.map(send, range(8)))
    assert sorted(wamids) == sorted(message["wamid"] for message in chakra_sandbox.messages())
    assert len(set(wamids)) == 8


def test_a_connection_that_cannot_be_read_once_more_leaves_the_refusal(chakra_sandbox, connect, monkeypatch):
    connect(password="token-of-another-day")
    hook = ChakraHook()
    assert hook.get_conn()
    monkeypatch.setenv("AIRFLOW_CONN_CHAKRA_DEFAULT", '{"conn_type": "chakra"}')
    with pytest.raises(ChakraAuthError):
        hook.send_message(PAYLOAD)


def test_the_new_token_of_another_host_stays_there(chakra_sandbox, connect):
    connect(password="token-of-another-day")
    hook = ChakraHook()
    assert hook.get_conn()
    connect(host="https://api.example.com", port=None)
    with pytest.raises(ChakraAuthError):
        hook.send_message(PAYLOAD)
    # Sent once with the old token; the right one would have been accepted.
    assert [request["authorized"] for request in chakra_sandbox.requests()] == [False]


def test_the_hook_is_made_anew_for_a_connection_that_changed(chakra_sandbox, connect):
    connect(password="wrong-token-of-the-test")
    with pytest.raises(ChakraAuthError):
        ChakraHook().send_message(PAYLOAD)
    connect()
    assert ChakraHook().send_message(PAYLOAD).wamid
