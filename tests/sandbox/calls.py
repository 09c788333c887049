"""What a client of ChakraHQ asks for in tests of chats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import requests

    from airflow_provider_chakra.sandbox.client import Sandbox

ASHA, BRUNO = "919876543210", "919876543211"


def ask(sandbox: Sandbox, http: requests.Session, path: str, **question: Any) -> Any:
    answer = http.post(f"{sandbox.url}/v1/ext/{path}", json=question)
    assert answer.status_code == 200, answer.text
    assert answer.json()["_meta"] == {}
    return answer.json()["_data"]


def of_number(sandbox: Sandbox, http: requests.Session, number: str = ASHA, **question: Any) -> Any:
    path = "plugin/whatsapp/list-chat-messages-for-phone-number"
    return ask(sandbox, http, path, customerPhoneNumber=number, **question)


def send(sandbox: Sandbox, http: requests.Session, payload: dict[str, Any]) -> str:
    answer = http.post(sandbox.messages_url, json=payload)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["_data"]["whatsappMessageId"])
