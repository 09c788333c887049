from __future__ import annotations

import base64
import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import requests

from .samples import CASES, GROUP, image, listing, row_listing, session_for, text, without

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.client import Sandbox


def refused(answer: requests.Response) -> str:
    """The one error of an envelope without data."""
    body = answer.json()
    assert body["_data"] == []
    (error,) = body["_errors"]
    return str(error)


@pytest.mark.parametrize("payload", [text(), image(), listing()], ids=["text", "image", "list"])
def test_a_message_is_taken_and_remembered(
    sandbox: Sandbox, http: requests.Session, payload: dict[str, Any]
) -> None:
    answer = http.post(sandbox.messages_url, json=payload, headers={"User-Agent": "test/1"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    (message,) = sandbox.messages()
    assert answer.json() == {"_data": {"whatsappMessageId": message["wamid"]}}
    received_at = message.pop("received_at")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", received_at)
    assert message == {
        "wamid": message["wamid"],
        "recipient": "919876543210",
        "type": payload["type"],
        "payload": payload,
        "plugin_id": sandbox.plugin_id,
        "phone_number_id": sandbox.phone_number_id,
        "api_version": "v23.0",
        "user_agent": "test/1",
    }


def test_the_whole_table_over_http(sandbox: Sandbox, http: requests.Session) -> None:
    accepted = [case for case in CASES if case["valid"] or case["enforcement"] == "async"]
    for case in CASES:
        answer = http.post(sandbox.messages_url, json=case["payload"])
        assert answer.status_code == (200 if case in accepted else 400), case["name"]
        if case not in accepted:
            assert re.match(r"\(#(100|131009)\) \w", refused(answer)), case["name"]
    assert [message["payload"] for message in sandbox.messages()] == [
        case["payload"] for case in accepted if "status" not in case["payload"]
    ]


@pytest.mark.parametrize(
    ("payload", "recipient"),
    [
        (text(to="+91 98765-43210"), "919876543210"),
        (without(text(recipient="IN.1349"), "to"), "IN.1349"),
        (text(recipient="IN.1349"), "919876543210"),
        (text(to=GROUP, recipient_type="group"), GROUP),
        (without(text(recipient="IN." + "a" * 128), "to"), "IN." + "a" * 128),
    ],
)
def test_recipient(sandbox: Sandbox, http: requests.Session, payload: dict[str, Any], recipient: str) -> None:
    assert http.post(sandbox.messages_url, json=payload).status_code == 200
    (message,) = sandbox.messages()
    assert message["recipient"] == recipient
    raw = base64.b64decode(message["wamid"].removeprefix("wamid."), validate=True)
    to = recipient.encode()[:127]
    assert raw.startswith(b"\x1c\x18" + bytes([len(to)]) + to + b"\x15\x02\x00\x11\x18\x12")
    assert re.search(rb"[0-9A-F]{18}\x00\Z", raw)


def test_a_refusal_loses_its_details_but_the_record_has_them(
    sandbox: Sandbox, http: requests.Session
) -> None:
    answer = http.post(sandbox.messages_url, json=row_listing(title="t" * 25, description="d" * 73))
    assert answer.status_code == 400
    assert answer.json() == {"_data": [], "_errors": ["(#131009) Parameter value is not valid"]}
    (request,) = sandbox.requests()
    assert [refusal["details"] for refusal in request["refusals"]] == [
        "Row title is too long. Max length is 24",
        "Row description is too long. Max length is 72",
    ]
    assert (request["status"], request["wamid"]) == (400, None)
    assert sandbox.messages() == []


def test_every_request_is_written_down(sandbox: Sandbox, http: requests.Session) -> None:
    http.post(sandbox.messages_url + "?a=1", json=text(), headers={"X-Many": "1"})
    http.get(f"{sandbox.url}/v1/nowhere", headers={"Authorization": "Bearer wrong"})
    http.post(sandbox.messages_url, data="héllo".encode())
    sent, nowhere, broken = sandbox.requests()
    assert (sent["method"], sent["query"], sent["status"]) == ("POST", "a=1", 200)
    assert sandbox.url + sent["path"] == sandbox.messages_url
    assert sent["body"] == text()
    assert sent["wamid"] == sandbox.messages()[0]["wamid"]
    assert sent["headers"]["x-many"] == "1"
    assert (sent["headers"]["authorization"], sent["authorized"]) == ("***", True)
    assert (nowhere["headers"]["authorization"], nowhere["authorized"]) == ("***", False)
    assert (nowhere["body"], nowhere["status"]) == (None, 404)
    assert (broken["body"], broken["status"]) == ("héllo", 400)
    assert sandbox.token not in json.dumps(sandbox.requests())


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer wrong", "Basic {token}", "{token}", "Bearer é"]
)
@pytest.mark.parametrize("path", ["/v1/health", "/v1/ext/config", "config", "messages"])
def test_the_token_is_asked_for(
    sandbox: Sandbox, http: requests.Session, header: str | None, path: str
) -> None:
    del http.headers["Authorization"]
    headers = (
        {} if header is None else {"Authorization": header.format(token=sandbox.token).encode("latin-1")}
    )
    if path == "messages":
        answer = http.post(sandbox.messages_url, json=text(), headers=headers)
    else:
        plugin = f"/v1/ext/plugin/whatsapp/{sandbox.plugin_id}/config"
        answer = http.get(sandbox.url + (plugin if path == "config" else path), headers=headers)
    assert answer.status_code == 401
    reason = "missing" if header is None else "invalid"
    assert refused(answer) == f"UNAUTHORIZED: the access token is {reason}"
    assert sandbox.messages() == []
    assert [request["authorized"] for request in sandbox.requests()] == [False]


def test_small_answers(sandbox: Sandbox, http: requests.Session) -> None:
    plugin = f"{sandbox.url}/v1/ext/plugin/whatsapp/{sandbox.plugin_id}/config"
    assert http.get(f"{sandbox.url}/v1/health").json() == {"_data": {"status": "ok"}}
    assert http.get(f"{sandbox.url}/v1/ext/config").json()["_data"]["plugins"][0]["id"] == sandbox.plugin_id
    data = http.get(plugin).json()["_data"]
    assert data["whatsappPhoneNumbers"] == [{"id": sandbox.phone_number_id, "waba": sandbox.waba_id}]
    assert data["whatsappBusinessAccounts"][0]["id"] == sandbox.waba_id


def test_read_receipt(sandbox: Sandbox, http: requests.Session) -> None:
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"}
    answer = http.post(sandbox.messages_url, json=receipt)
    assert (answer.status_code, answer.json()) == (200, {"_data": {"success": True}})
    assert sandbox.messages() == []
    answer = http.post(sandbox.messages_url, json=receipt | {"message_id": ""})
    assert (answer.status_code, refused(answer)) == (400, "(#100) The parameter message_id is required.")


@pytest.mark.parametrize("path", ["config", "api/v23.0/{phone}/messages"])
def test_unknown_plugin(sandbox: Sandbox, http: requests.Session, path: str) -> None:
    url = f"{sandbox.url}/v1/ext/plugin/whatsapp/other/{path.format(phone=sandbox.phone_number_id)}"
    answer = http.get(url) if path == "config" else http.post(url, json=text())
    assert (answer.status_code, refused(answer)) == (404, "Plugin other not found")


def test_unknown_phone_number(sandbox: Sandbox, http: requests.Session) -> None:
    answer = http.post(sandbox.messages_url.replace(sandbox.phone_number_id, "42"), json=text())
    assert answer.status_code == 400
    assert refused(answer).startswith(
        "(#100) Unsupported post request. Object with ID '42' does not exist, cannot be loaded"
    )


@pytest.mark.parametrize("version", ["v1.0", "v17.0", "v99.9"])
def test_known_form_of_version(sandbox: Sandbox, http: requests.Session, version: str) -> None:
    answer = http.post(sandbox.messages_url.replace("v23.0", version), json=text())
    assert answer.status_code == 200
    assert sandbox.messages()[0]["api_version"] == version


@pytest.mark.parametrize("version", ["23.0", "v23", "v23.", "v230.0", "V23.0", "v23.0x", "latest"])
def test_unknown_form_of_version(sandbox: Sandbox, http: requests.Session, version: str) -> None:
    answer = http.post(sandbox.messages_url.replace("v23.0", version), json=text())
    assert (answer.status_code, refused(answer)) == (400, f"Invalid WhatsApp API version: {version}")


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/health/", "/v1/messages", "/docs", "/openapi.json", "/_sandbox", "/_sandbox/x"]
)
def test_unknown_path(sandbox: Sandbox, http: requests.Session, path: str) -> None:
    answer = http.get(sandbox.url + path)
    assert (answer.status_code, refused(answer)) == (404, "Not Found")


def test_wrong_method(sandbox: Sandbox, http: requests.Session) -> None:
    answer = http.get(sandbox.messages_url)
    assert (answer.status_code, refused(answer)) == (405, "Method Not Allowed")
    assert answer.headers["Allow"] == "POST"
    assert http.post(f"{sandbox.url}/v1/health").status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"a=1",
        b'{"to": NaN}',
        b"\xff\xfe",
        json.dumps(text()).encode("utf-16"),
        b"[" * 100_000,
        b"1" * 5000,
    ],
    ids=["empty", "cut off", "a form", "NaN", "no UTF-8", "UTF-16", "nested deeply", "huge number"],
)
def test_malformed_json(sandbox: Sandbox, http: requests.Session, body: bytes) -> None:
    answer = http.post(sandbox.messages_url, data=body)
    assert answer.status_code == 400
    assert refused(answer).startswith("The request body is not valid JSON: ")


@pytest.mark.parametrize("body", ["null", "[]", '"text"', "1", "true"])
def test_json_that_is_no_object(sandbox: Sandbox, http: requests.Session, body: str) -> None:
    answer = http.post(sandbox.messages_url, data=body)
    assert answer.status_code == 400
    assert refused(answer) == "(#100) Param request body must be a JSON object"


def test_half_a_surrogate_pair_breaks_nothing(sandbox: Sandbox, http: requests.Session) -> None:
    assert http.post(sandbox.messages_url, json=text("\ud83d!")).status_code == 200
    assert sandbox.messages()[0]["payload"]["text"]["body"] == "\ud83d!"
    assert sandbox.requests()[0]["body"]["text"]["body"] == "\ud83d!"
    assert "\N{REPLACEMENT CHARACTER}!" in sandbox.conversation()


def test_reset(sandbox: Sandbox, http: requests.Session) -> None:
    http.post(sandbox.messages_url, json=text())
    sandbox.fault(status=503)
    sandbox.reset()
    assert (sandbox.messages(), sandbox.requests(), sandbox.faults()) == ([], [], [])
    assert http.post(sandbox.messages_url, json=text()).status_code == 200


def test_many_at_once(sandbox: Sandbox) -> None:
    def send_four(thread: int) -> list[str]:
        with session_for(sandbox) as session:
            return [
                session.post(sandbox.messages_url, json=text(f"{thread}/{number}")).json()["_data"][
                    "whatsappMessageId"
                ]
                for number in range(4)
            ]

    with ThreadPoolExecutor(50) as pool:
        wamids = [wamid for four in pool.map(send_four, range(50)) for wamid in four]
    messages = sandbox.messages()
    assert len(set(wamids)) == 200
    assert {message["wamid"] for message in messages} == set(wamids)
    assert {message["payload"]["text"]["body"] for message in messages} == {
        f"{thread}/{number}" for thread in range(50) for number in range(4)
    }


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ({}, "customerPhoneNumber is required"),
        ([], "The request body must be a JSON object"),
        ({"customerPhoneNumber": "919876543210", "limit": 0}, "limit must be"),
        ({"customerPhoneNumber": "919876543210", "page": 0}, "limit must be"),
    ],
)
def test_a_question_about_no_chat_is_refused(
    sandbox: Sandbox, http: requests.Session, question: object, reason: str
) -> None:
    address = f"{sandbox.url}/v1/ext/plugin/whatsapp/list-chat-messages-for-phone-number"
    answer = http.post(address, json=question)
    assert answer.status_code == 400
    assert reason in refused(answer)
