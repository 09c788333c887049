"""
Chats as ChakraHQ lists them.

https://apidocs.chakrahq.com (List chats, List chat messages for a chat, List previous messages for a phone
number). The pages name the fields and show no sample. Assumptions, from what code of integrators reads: the
newest is in front, ``direction`` is INBOUND or OUTBOUND, ``_meta`` is empty, what was sent through the
pass-through is listed, and a message that failed tells why as ChakraHQ's webhooks do. Two things can be
switched (:class:`.chats.Listing`): whether ``body`` of what a customer wrote is its content or WhatsApp's
whole message, and whether a chat's ``updatedAt`` moves with statuses.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response

from airflow_provider_chakra.sandbox.answers import envelope, read_object
from airflow_provider_chakra.sandbox.defaults import Account
from airflow_provider_chakra.sandbox.entries import Entry
from airflow_provider_chakra.sandbox.memory import Memory

_DEFAULT_LIMIT: Final = 10
_MOST_CHATS: Final = 100
_MOST_MESSAGES: Final = 1000


def chat_routes(account: Account, memory: Memory) -> APIRouter:
    """
    Build the routes that list chats and what was said in them.

    :param account: the account the sandbox knows.
    :param memory: the sandbox's memory.
    """
    routes = APIRouter(prefix="/v1/ext")
    chats = memory.chats

    def listed(entries: list[Entry], question: dict[str, Any], request: Request) -> Response:
        now, base = memory.clock.now(), str(request.base_url)
        rows = _page(entries[::-1], question, _MOST_MESSAGES)
        whole = chats.listing.whole_bodies
        return envelope([message_row(row, chats.id_of(row.contact), now, base, whole) for row in rows], {})

    def changed_at(said: list[Entry]) -> datetime:
        now = memory.clock.now()
        if not chats.listing.statuses_move_chats:
            return said[-1].at
        return max(entry.changed_at(now) for entry in said)

    @routes.post("/chat")
    async def all_chats(request: Request) -> Response:
        question = await read_object(request)
        search = question.get("search", "")
        if not isinstance(search, str):
            raise HTTPException(400, "search must be a string")
        by_contact: dict[str, list[Entry]] = {}
        for entry in chats.entries:
            if search in entry.contact:
                by_contact.setdefault(entry.contact, []).append(entry)
        rows = [
            _chat_row(chats.id_of(contact), said, account, changed_at(said))
            for contact, said in by_contact.items()
        ]
        return envelope(_page(_in_order(rows, question), question, _MOST_CHATS), {})

    @routes.post("/chat/{chat_id}/message")
    async def messages_of_chat(chat_id: str, request: Request) -> Response:
        question = await read_object(request)
        found = [entry for entry in chats.entries if chats.id_of(entry.contact) == chat_id]
        if not found:
            raise HTTPException(404, f"Chat {chat_id} not found")
        return listed(found, question, request)

    @routes.post("/plugin/whatsapp/list-chat-messages-for-phone-number")
    async def messages_of_number(request: Request) -> Response:
        question = await read_object(request)
        number = question.get("customerPhoneNumber")
        if not isinstance(number, str):
            raise HTTPException(400, "customerPhoneNumber is required")
        return listed([entry for entry in chats.entries if entry.contact == number], question, request)

    return routes


def message_row(
    entry: Entry, chat_id: str, now: datetime, base: str, whole_body: bool = False
) -> dict[str, Any]:
    """
    Show a message as ChakraHQ does.

    :param entry: the message.
    :param chat_id: ChakraHQ's id of its chat.
    :param now: the time on the sandbox's clock.
    :param base: the sandbox's own address, with a slash at its end.
    :param whole_body: whether to tell WhatsApp's whole message of what a customer wrote.
    """
    created, move = _milliseconds(entry.at), entry.move_at(now)
    row = {
        "id": entry.id,
        "chat": chat_id,
        "externalId": entry.wamid,
        "provider": "whatsapp",
        "dataType": entry.kind,
        "body": _body(entry, whole_body),
        "text": entry.text,
        "bizOpaqueCallbackData": entry.payload.get("biz_opaque_callback_data"),
        "attachments": _attachments(entry, base),
        "deliveryStatus": move and move.status,
        "direction": entry.direction,
        "timestamp": created,
        "createdAt": created,
        "updatedAt": _milliseconds(entry.changed_at(now)),
    }
    error = move and move.error_context
    return row if error is None else row | {"errorContext": error}


def _body(entry: Entry, whole: bool) -> Any:
    if entry.direction == "OUTBOUND":
        return {"body": entry.text}
    return entry.whole() if whole else entry.payload[entry.kind]


def _attachments(entry: Entry, base: str) -> list[dict[str, Any]] | None:
    content = entry.payload.get(entry.kind)
    if not isinstance(content, dict) or not ("link" in content or "id" in content):
        return None
    url = content.get("link") or f"{base}v2/whatsapp/v23.0/media/{content['id']}/show"
    return [{"url": url, "type": entry.kind, "name": content.get("filename")}]


def _chat_row(chat_id: str, said: list[Entry], account: Account, changed_at: datetime) -> dict[str, Any]:
    first, last = said[0], said[-1]
    return {
        "id": chat_id,
        "provider": "whatsapp",
        "providerHandle": account.phone_number_id,
        "providerHandleId": account.phone_number_id,
        "initiatedDirection": first.direction,
        "primaryContact": {"id": chat_id, "name": None},
        "primaryContactHandle": {"id": chat_id, "value": first.contact, "type": "phone"},
        "latestMessage": {
            "text": last.text,
            "direction": last.direction,
            "timestamp": _milliseconds(last.at),
            "dataType": last.kind,
        },
        "latestMessageTs": _milliseconds(last.at),
        "status": "OPEN",
        "createdAt": _milliseconds(first.at),
        "updatedAt": _milliseconds(changed_at),
    }


def _in_order(rows: list[dict[str, Any]], question: dict[str, Any]) -> list[dict[str, Any]]:
    field, direction = question.get("orderField", "updatedAt"), question.get("orderDirection", "desc")
    if field not in {"createdAt", "updatedAt"}:
        raise HTTPException(400, "orderField must be createdAt or updatedAt")
    if direction not in {"asc", "desc"}:
        raise HTTPException(400, "orderDirection must be asc or desc")
    return sorted(rows, key=lambda row: int(row[field]), reverse=direction == "desc")


def _page(rows: list[Any], question: dict[str, Any], most: int) -> list[Any]:
    limit, page = question.get("limit", _DEFAULT_LIMIT), question.get("page", 1)
    if type(limit) is not int or type(page) is not int or not 1 <= limit <= most or page < 1:
        raise HTTPException(400, f"limit must be from 1 to {most}, page from 1")
    return rows[(page - 1) * limit : page * limit]


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)
