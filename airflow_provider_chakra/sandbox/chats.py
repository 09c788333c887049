"""
Chats as ChakraHQ lists them.

Its documentation names the fields and shows no sample: this is what its integrators' code reads.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any


def list_chat(messages: list[dict[str, Any]], question: Any) -> list[dict[str, Any]]:
    """
    Give the messages of a chat, the newest first.

    :param messages: the accepted messages, oldest first.
    :param question: the parsed body of the request: ``customerPhoneNumber``, ``limit`` and ``page``.
    :raises ValueError: if it names no customer, or its numbers are none.
    """
    if not isinstance(question, dict) or not isinstance(question.get("customerPhoneNumber"), str):
        raise ValueError("customerPhoneNumber is required")
    limit, page = question.get("limit", 10), question.get("page", 1)
    if not isinstance(limit, int) or not isinstance(page, int) or not 1 <= limit <= 1000 or page < 1:
        raise ValueError("limit must be from 1 to 1000, page from 1")
    chat = [message for message in messages if message["recipient"] == question["customerPhoneNumber"]]
    return [_listed(message) for message in chat[::-1][(page - 1) * limit : page * limit]]


def _listed(message: dict[str, Any]) -> dict[str, Any]:
    timestamp = int(datetime.fromisoformat(message["received_at"]).timestamp() * 1000)
    content = message["payload"].get(message["type"])
    content = content if isinstance(content, dict) else {}
    body = content.get("body", content.get("caption", ""))
    return {
        "externalId": message["wamid"],
        "provider": "whatsapp",
        "dataType": message["type"],
        "text": body["text"] if isinstance(body, dict) else body,
        "bizOpaqueCallbackData": message["payload"].get("biz_opaque_callback_data"),
        "attachments": [{"url": content["link"]}] if "link" in content else None,
        "deliveryStatus": "SENT",
        "direction": "OUTBOUND",
        "timestamp": timestamp,
        "createdAt": timestamp,
        "updatedAt": timestamp,
    }
