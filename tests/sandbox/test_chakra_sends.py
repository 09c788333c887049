from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import requests

    from airflow_provider_chakra.sandbox.client import Sandbox

TO = "919876543210"


def rows(**values: str) -> list[dict[str, str]]:
    return [
        {"schemaPropertyName": name.lstrip("_"), "schemaPropertyValue": value}
        for name, value in values.items()
    ]


def post(
    sandbox: Sandbox, http: requests.Session, path: str = f"phoneNumber/{TO}", **body: Any
) -> requests.Response:
    url = f"{sandbox.url}/v1/ext/plugin/whatsapp/{sandbox.plugin_id}/{path}/send-template-message"
    sent = {"whatsappPhoneNumberId": sandbox.phone_number_id, "templateName": "hello"} | body
    return http.post(url, json=sent)


def error_of(answer: requests.Response, status: int = 400) -> str:
    assert answer.status_code == status, answer.text
    assert answer.json()["_data"] == []
    (error,) = answer.json()["_errors"]
    return str(error)


def test_a_template_is_sent_to_a_number(sandbox: Sandbox, http: requests.Session) -> None:
    template_id = sandbox.add_template("hello", language="hi")
    data = post(sandbox, http, mapping=rows(_1="Asha")).json()["_data"]
    (message,) = sandbox.messages()
    assert data["externalId"] == message["wamid"] == sandbox.requests()[0]["wamid"]
    assert message["payload"] == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": TO,
        "type": "template",
        "template": {
            "name": "hello",
            "language": {"policy": "deterministic", "code": "hi"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "Asha"}]}],
        },
    }
    assert (data["dataType"], data["text"], data["body"]) == (
        "template",
        "Hello Asha",
        {"body": "Hello Asha"},
    )
    assert (data["deliveryStatus"], data["direction"]) == ("SENT", "OUTBOUND")
    assert data["context"] == {"contactIdentifier": TO, "messageTemplateId": template_id}
    path = "v1/ext/plugin/whatsapp/list-chat-messages-for-phone-number"
    (row,) = http.post(f"{sandbox.url}/{path}", json={"customerPhoneNumber": TO}).json()["_data"]
    assert row["id"] == data["id"]


@pytest.mark.parametrize(
    ("body", "components"),
    [
        ({}, []),
        (
            {"mapping": rows(_2="b", _10="c", _1="a")},
            [{"type": "body", "parameters": [{"type": "text", "text": value} for value in "abc"]}],
        ),
        (
            {"mapping": rows(name="Asha")},
            [{"type": "body", "parameters": [{"type": "text", "parameter_name": "name", "text": "Asha"}]}],
        ),
        (
            {"headerMapping": rows(_1="42")},
            [{"type": "header", "parameters": [{"type": "text", "text": "42"}]}],
        ),
        (
            {"imageUrl": "https://example.com/a.jpg"},
            [
                {
                    "type": "header",
                    "parameters": [{"type": "image", "image": {"link": "https://example.com/a.jpg"}}],
                }
            ],
        ),
        (
            {"documentUrl": "https://example.com/a.pdf", "filename": "Bill.pdf"},
            [
                {
                    "type": "header",
                    "parameters": [
                        {
                            "type": "document",
                            "document": {"link": "https://example.com/a.pdf", "filename": "Bill.pdf"},
                        }
                    ],
                }
            ],
        ),
        (
            {
                "locationLatitude": 12.97,
                "locationLongitude": 77.59,
                "locationName": "Office",
                "locationAddress": "MG Road",
            },
            [
                {
                    "type": "header",
                    "parameters": [
                        {
                            "type": "location",
                            "location": {
                                "latitude": 12.97,
                                "longitude": 77.59,
                                "name": "Office",
                                "address": "MG Road",
                            },
                        }
                    ],
                }
            ],
        ),
        (
            {"otpCode": "123456"},
            [
                {"type": "body", "parameters": [{"type": "text", "text": "123456"}]},
                {
                    "type": "button",
                    "sub_type": "url",
                    "index": "0",
                    "parameters": [{"type": "text", "text": "123456"}],
                },
            ],
        ),
    ],
)
def test_what_goes_on_to_whatsapp(
    sandbox: Sandbox, http: requests.Session, body: dict[str, Any], components: list[dict[str, Any]]
) -> None:
    answer = post(sandbox, http, **body)
    assert answer.status_code == 200, (answer.text, sandbox.requests()[-1]["refusals"])
    assert sandbox.messages()[0]["payload"]["template"]["components"] == components


def test_buttons_that_need_a_value_get_one(sandbox: Sandbox, http: requests.Session) -> None:
    buttons = [
        {"type": "QUICK_REPLY", "text": "Stop"},
        {"type": "URL", "text": "Track", "url": "https://example.com/{{1}}"},
        {"type": "COPY_CODE", "example": "SAVE20"},
    ]
    sandbox.add_template("hello", body="Hello", buttons=buttons)
    assert error_of(post(sandbox, http)).startswith("(#131008)")
    answer = post(sandbox, http, buttonMapping=rows(_1="42", _2="SAVE20"))
    assert answer.status_code == 200, sandbox.requests()[-1]["refusals"]
    track, copy = sandbox.messages()[0]["payload"]["template"]["components"]
    assert (track["index"], track["sub_type"]) == ("1", "url")
    assert copy["parameters"] == [{"type": "coupon_code", "coupon_code": "SAVE20"}]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"templateName": ""}, "templateName is required"),
        ({"whatsappPhoneNumberId": None}, "whatsappPhoneNumberId is required"),
        ({"whatsappPhoneNumberId": "42"}, "(#100) Unsupported post request"),
        ({"mapping": {}}, "mapping must be an array"),
        ({"mapping": [{"schemaPropertyName": "1", "schemaPropertyValue": 1}]}, "mapping must be an array"),
        ({"buttonMapping": [{"schemaPropertyName": "1"}]}, "buttonMapping must be an array"),
        ({"imageUrl": 1}, "imageUrl must be a string"),
        ({"locationLatitude": "12"}, "locationLatitude must be a number"),
        ({"templateName": "other"}, "(#132001) Template name does not exist in the translation"),
        ({"language": "ta"}, "(#132001) Template name does not exist in the translation"),
        ({}, "language is required"),
        ({"language": "hi"}, "(#132000)"),
        ({"path": "phoneNumber/+919876543210", "language": "hi"}, "phoneNumber must be digits"),
        ({"path": "phoneNumber/12", "language": "hi", "mapping": rows(_1="x")}, "(#131009)"),
    ],
)
def test_what_is_refused(sandbox: Sandbox, http: requests.Session, body: dict[str, Any], reason: str) -> None:
    for language in ("hi", "en"):
        sandbox.add_template("hello", language=language)
    assert error_of(post(sandbox, http, **body)).startswith(reason)
    assert sandbox.messages() == []


def test_a_template_is_sent_to_the_customer_of_a_process(sandbox: Sandbox, http: requests.Session) -> None:
    created = http.post(
        f"{sandbox.url}/v1/ext/procedure/lead/process", json={"data": {"phone_number": "+91 98765 43210"}}
    ).json()["_data"]
    data = post(sandbox, http, f"process/lead/{created['id']}").json()["_data"]
    assert (data["process"], data["context"]["contactIdentifier"]) == (created["id"], TO)
    assert sandbox.messages()[0]["recipient"] == TO
    assert post(sandbox, http, f"process/lead/{created['shortId']}").status_code == 200


def test_processes_that_cannot_be_sent_to(sandbox: Sandbox, http: requests.Session) -> None:
    sandbox.add_procedure("order")
    created = http.post(f"{sandbox.url}/v1/ext/procedure/order/process", json={"data": {}}).json()["_data"]
    assert (
        error_of(post(sandbox, http, f"process/order/{created['id']}")) == "The process has no phone number"
    )
    error_of(post(sandbox, http, "process/order/42"), 404)
    error_of(post(sandbox, http, "process/nothing/42"), 404)
    assert sandbox.messages() == []


def test_the_plugin_and_the_token_are_looked_at(sandbox: Sandbox, http: requests.Session) -> None:
    url = f"{sandbox.url}/v1/ext/plugin/whatsapp/other/phoneNumber/{TO}/send-template-message"
    assert error_of(http.post(url, json={}), 404) == "Plugin other not found"
    del http.headers["Authorization"]
    error_of(post(sandbox, http), 401)
