"""The account: what there is, where webhooks go, and the connect token."""

from __future__ import annotations

import json

import pytest

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraRequestError, ChakraUnknownError
from airflow_provider_chakra.hooks.chakra import ChakraHook
from tests.api.test_client import client_of
from tests.raw_server import http, raw_server


def test_what_there_is(chakra_sandbox):
    account = ChakraHook().account
    assert {"team", "procedures", "attributes", "roles"} <= account.config().keys()
    assert [number["id"] for number in account.phone_numbers()] == [chakra_sandbox.phone_number_id]
    assert [found["id"] for found in account.business_accounts()] == [chakra_sandbox.waba_id]
    assert chakra_sandbox.requests()[-1]["query"] == f"pluginId={chakra_sandbox.plugin_id}"
    assert account.plugin_config()["id"] == chakra_sandbox.plugin_id


def test_webhooks_are_set_up_and_the_rest_stays_as_it_is(chakra_sandbox):
    account = ChakraHook().account
    account.update_plugin_config(
        pass_through_webhook_url="https://example.com/meta",
        message_echoes_to_pass_through=False,
        template_events_to_pass_through=True,
    )
    account.update_plugin_config(
        chakra_webhook_enabled=True,
        chakra_webhook_url="https://example.com/chakra",
        chakra_webhook_events=("message", "status"),
    )
    account.update_plugin_config(chakra_webhook_events=[])
    assert [request["body"] for request in chakra_sandbox.requests()] == [
        {
            "passThroughWebhookUrl": "https://example.com/meta",
            "enableMessageEchoesForPassThroughWebhook": False,
            "enableSendMessageTemplateEventForPassThroughWebhook": True,
        },
        {
            "enableChakraWebhook": True,
            "chakraWebhookUrl": "https://example.com/chakra",
            "whichChakraWebhookEventsToSend": ["message", "status"],
        },
        {"whichChakraWebhookEventsToSend": []},
    ]
    found = account.plugin_config()
    assert found["passThroughWebhookUrl"] == "https://example.com/meta"
    assert found["whichChakraWebhookEventsToSend"] == []
    with pytest.raises(ChakraRequestError):
        account.update_plugin_config(chakra_webhook_url="example")


def test_a_connect_token_comes_back_and_is_not_logged(caplog):
    caplog.set_level("DEBUG")
    with raw_server(http(b'{"_data":{"connectToken":"secret-connect-token"}}')) as server:
        account = client_of(server.url).account
        assert account.create_connect_token(plugin_id="p") == "secret-connect-token"
        account.create_connect_token(
            new_plugin_name="Shop", client_reference_id="7", client_name="Asha", client_email="a@example.com"
        )
    first, second = (request.partition(b"\r\n\r\n") for request in server.requests)
    assert first[0].startswith(b"POST /v1/ext/whatsapp-partner/create-connect-token HTTP/1.1\r\n")
    assert json.loads(first[2]) == {"pluginId": "p"}
    assert json.loads(second[2]) == {
        "newPluginName": "Shop",
        "clientReferenceId": "7",
        "clientName": "Asha",
        "clientEmail": "a@example.com",
    }
    assert "secret-connect-token" not in caplog.text


@pytest.mark.parametrize(
    "data", ['{"token":"secret-connect-token"}', '{"connectToken":["secret-connect-token"]}']
)
def test_an_answer_without_a_connect_token_is_not_repeated(data):
    with raw_server(http(b'{"_data":%s}' % data.encode())) as server:
        with pytest.raises(ChakraUnknownError, match="without a connect token") as caught:
            client_of(server.url).account.create_connect_token(plugin_id="p")
        assert "secret" not in str(caught.value)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda account: account.update_plugin_config(), "at least one setting"),
        (lambda account: account.create_connect_token(), "either plugin_id or new_plugin_name"),
        (lambda account: account.create_connect_token(plugin_id="p", new_plugin_name="x"), "either"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_sent(chakra_sandbox, call, told):
    with pytest.raises(ChakraConfigError, match=told):
        call(ChakraHook().account)
    assert chakra_sandbox.requests() == []
