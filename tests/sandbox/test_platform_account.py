from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .test_app import refused

if TYPE_CHECKING:
    import requests

    from airflow_provider_chakra.sandbox.client import Sandbox

ASHA = "5a4db0c5-0000-4000-8000-000000000101"


def test_config(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.add_procedure("order", primary_key="number")
    sandbox.add_procedure("visit")
    config = http.get(f"{sandbox.url}/v1/ext/config").json()["_data"]
    assert set(config) == {"team", "plugins", "entities", "procedures", "attributes", "roles"}
    assert [plugin["id"] for plugin in config["plugins"]] == [sandbox.plugin_id]
    assert [(procedure["shortId"], procedure["primaryKey"]) for procedure in config["procedures"]] == [
        ("lead", "phone_number"),
        ("order", "number"),
        ("visit", None),
    ]
    assert [(attribute["procedure"], attribute["shortId"]) for attribute in config["attributes"]] == [
        ("lead", "name"),
        ("lead", "phone_number"),
        ("lead", "email"),
        ("order", "number"),
    ]


def test_numbers_and_business_accounts(sandbox: Sandbox, http: requests.Session) -> None:
    (number,) = http.get(f"{sandbox.url}/v1/ext/whatsapp-phone-number").json()["_data"]
    assert (number["id"], number["waba"]) == (sandbox.phone_number_id, sandbox.waba_id)
    path = f"{sandbox.url}/v1/ext/whatsapp-business-account"
    for query in ({}, {"pluginId": sandbox.plugin_id}):
        (account,) = http.get(path, params=query).json()["_data"]
        assert (account["id"], account["chakraStatus"]) == (sandbox.waba_id, "CONNECTED")
    answer = http.get(path, params={"pluginId": "other"})
    assert (answer.status_code, refused(answer)) == (404, "Plugin other not found")


def test_settings_of_webhooks_are_kept(sandbox: Sandbox, http: requests.Session) -> None:
    plugin = f"{sandbox.url}/v1/ext/plugin/whatsapp/{sandbox.plugin_id}"
    before = http.get(f"{plugin}/config").json()["_data"]
    first = {
        "passThroughWebhookUrl": "https://example.com/meta",
        "enableMessageEchoesForPassThroughWebhook": True,
        "enableSendMessageTemplateEventForPassThroughWebhook": False,
        "enableChakraWebhook": True,
        "chakraWebhookUrl": "http://127.0.0.1:9/hook",
        "whichChakraWebhookEventsToSend": ["message", "status", "message_echo", "smb_message_echo"],
    }
    second: dict[str, Any] = {"passThroughWebhookUrl": None, "whichChakraWebhookEventsToSend": []}
    for change in (first, second):
        assert http.post(f"{plugin}/update-config", json=change).json() == {"_data": {"success": True}}
    assert http.get(f"{plugin}/config").json()["_data"] == before | first | second
    sandbox.reset()
    assert http.get(f"{plugin}/config").json()["_data"] == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ([], "The request body must be a JSON object"),
        ({"webhook": "x"}, "webhook is not a setting of the plugin"),
        ({"chakraWebhookUrl": "example.com"}, "chakraWebhookUrl must be an address, or null"),
        ({"passThroughWebhookUrl": 1}, "passThroughWebhookUrl must be an address, or null"),
        ({"enableChakraWebhook": "yes"}, "enableChakraWebhook must be true or false"),
        ({"whichChakraWebhookEventsToSend": "status"}, "whichChakraWebhookEventsToSend must be a list of"),
        ({"whichChakraWebhookEventsToSend": ["read"]}, "whichChakraWebhookEventsToSend must be a list of"),
        ({"enableChakraWebhook": True, "chakraWebhookUrl": 5}, "chakraWebhookUrl must be an address"),
    ],
)
def test_what_is_no_setting(sandbox: Sandbox, http: requests.Session, change: object, reason: str) -> None:
    plugin = f"{sandbox.url}/v1/ext/plugin/whatsapp/{sandbox.plugin_id}"
    before = http.get(f"{plugin}/config").json()
    answer = http.post(f"{plugin}/update-config", json=change)
    assert answer.status_code == 400
    assert refused(answer).startswith(reason)
    assert http.get(f"{plugin}/config").json() == before


def test_settings_of_an_unknown_plugin(sandbox: Sandbox, http: requests.Session) -> None:
    answer = http.post(f"{sandbox.url}/v1/ext/plugin/whatsapp/other/update-config", json={})
    assert (answer.status_code, refused(answer)) == (404, "Plugin other not found")


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_users(sandbox: Sandbox, http: requests.Session, version: str) -> None:
    users = http.get(f"{sandbox.url}/{version}/ext/users").json()["_data"]
    assert [user["name"] for user in users] == ["Asha", "Bruno"]
    roles = {role["id"] for role in http.get(f"{sandbox.url}/v1/ext/config").json()["_data"]["roles"]}
    for user in users:
        assert http.get(f"{sandbox.url}/{version}/ext/user/{user['id']}").json() == {"_data": user}
        assert user["role"] in roles
    answer = http.get(f"{sandbox.url}/{version}/ext/user/nobody")
    assert (answer.status_code, refused(answer)) == (404, "User not found")


def test_a_user_is_changed(sandbox: Sandbox, http: requests.Session) -> None:
    path = f"{sandbox.url}/v1/ext/user/{ASHA}"
    before = http.get(path).json()["_data"]
    changed = http.put(path, json={"name": "Asha R", "isActive": False}).json()["_data"]
    assert changed["updatedAt"] >= before["updatedAt"]
    expected = {"name": "Asha R", "isActive": False, "updatedAt": changed["updatedAt"]}
    assert changed == before | expected
    assert http.get(path).json()["_data"] == changed
    sandbox.reset()
    assert http.get(path).json()["_data"]["name"] == "Asha"


@pytest.mark.parametrize(
    ("user", "change", "status", "reason"),
    [
        ("nobody", {"name": "x"}, 404, "User not found"),
        (ASHA, [], 400, "The request body must be a JSON object"),
        (ASHA, {"id": "x", "name": "y"}, 400, "id cannot be changed"),
    ],
)
def test_a_user_is_not_changed(
    sandbox: Sandbox, http: requests.Session, user: str, change: object, status: int, reason: str
) -> None:
    answer = http.put(f"{sandbox.url}/v1/ext/user/{user}", json=change)
    assert (answer.status_code, refused(answer)) == (status, reason)
    assert http.get(f"{sandbox.url}/v1/ext/user/{ASHA}").json()["_data"]["name"] == "Asha"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/ext/users"),
        ("GET", "/v1/ext/background-job/x"),
        ("POST", "/v1/ext/procedure/lead/process"),
        ("POST", "/v1/ext/procedure/lead/process/list"),
        ("POST", "/v1/ext/p/lead/x/task/y"),
        ("GET", "/v1/ext/whatsapp-phone-number"),
    ],
)
def test_the_token_is_asked_for(sandbox: Sandbox, http: requests.Session, method: str, path: str) -> None:
    answer = http.request(
        method, sandbox.url + path, json={"data": {}}, headers={"Authorization": "Bearer x"}
    )
    assert answer.status_code == 401
    assert sandbox.processes("lead") == []
