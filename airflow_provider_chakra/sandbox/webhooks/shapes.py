"""
The two shapes in which ChakraHQ tells of something.

* ``passthrough``: what WhatsApp tells, as it tells it.
  https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components
* ``chakra``: ChakraHQ's own. https://apidocs.chakrahq.com (Webhooks), https://docs.chakrahq.com (delivery
  status).

Assumptions: ``recipientId`` is the customer's number, and one who hides it has none; the link of a file is
that of its media endpoint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.defaults import Account
    from airflow_provider_chakra.sandbox.entries import Entry, Move
    from airflow_provider_chakra.sandbox.memory import Memory
    from airflow_provider_chakra.sandbox.webhooks.watch import News

Dialect = Literal["chakra", "passthrough"]

#: The number that the messages are sent from, as customers see it.
BUSINESS_NUMBER: Final = "919876543200"

_NAME: Final = "Sandbox customer"


class Shapes:
    """
    The bodies of calls.

    :param account: the account the sandbox knows.
    :param memory: the sandbox's memory.
    :param base: the sandbox's own address, with a slash at its end.
    """

    def __init__(self, account: Account, memory: Memory, base: str) -> None:
        self._account = account
        self._memory = memory
        self._base = base

    def body(self, news: News, dialect: Dialect) -> dict[str, Any]:
        """
        Tell of something.

        :param news: what happened.
        :param dialect: in which shape.
        """
        if dialect == "chakra":
            return self._chakra(news.entry, news.move)
        entry, move = news.entry, news.move
        metadata = {
            "display_phone_number": BUSINESS_NUMBER,
            "phone_number_id": self._account.phone_number_id,
        }
        told = (
            {"contacts": _contacts(entry), "messages": [self._message(entry)]}
            if move is None
            else {"statuses": [self._status(entry, move)]}
        )
        value = {"messaging_product": "whatsapp", "metadata": metadata, **told}
        changes = [{"field": "messages", "value": value}]
        return {
            "object": "whatsapp_business_account",
            "entry": [{"id": self._account.waba_id, "changes": changes}],
        }

    def _chakra(self, entry: Entry, move: Move | None) -> dict[str, Any]:
        known = {"wabaId": self._account.waba_id, "externalId": entry.wamid}
        if move is None:
            message = self._message(entry)
            del message["timestamp"]
            payload = known | {
                "messageId": entry.id,
                "timestamp": int(entry.at.timestamp() * 1000),
                "message": message,
                "contacts": _contacts(entry),
            }
            return {"event": "message", "payload": payload}
        payload = known | {
            "id": entry.id,
            "deliveryStatus": move.status,
            "timestamp": int(move.at.timestamp() * 1000),
        }
        if not entry.hides_number:
            payload["recipientId"] = entry.contact
        if move.error_context is not None:
            payload["errorContext"] = move.error_context
        return {"event": "status", "payload": payload}

    def _message(self, entry: Entry) -> dict[str, Any]:
        """Tell what a customer wrote, and where a file can be fetched."""
        message = entry.whole()
        if "context" in message:
            message["context"] = {"from": BUSINESS_NUMBER, **message["context"]}
        content = message[entry.kind]
        media_id = content.get("id") if isinstance(content, dict) else None
        file = self._memory.media.received.get(media_id) if isinstance(media_id, str) else None
        if file is None:
            return message
        link = f"{self._base}v2/whatsapp/v23.0/media/{media_id}/show"
        return message | {entry.kind: {"mime_type": file.mime_type, "url": link, **content}}

    def _status(self, entry: Entry, move: Move) -> dict[str, Any]:
        status: dict[str, Any] = {
            "id": entry.wamid,
            "status": move.status.lower(),
            "timestamp": str(int(move.at.timestamp())),
        }
        if not entry.hides_number:
            status["recipient_id"] = entry.contact
        if entry.payload.get("recipient_type") == "group":
            status["recipient_type"] = "group"
        if "biz_opaque_callback_data" in entry.payload:
            status["biz_opaque_callback_data"] = entry.payload["biz_opaque_callback_data"]
        if move.status in ("SENT", "DELIVERED"):
            status["pricing"] = self._pricing(entry)
        if move.error_context is not None:
            error = move.error_context["providerPayload"]
            status["errors"] = [error | {"error_data": {"details": error["title"]}}]
        return status

    def _pricing(self, entry: Entry) -> dict[str, Any]:
        if entry.kind != "template":
            kind, category = "free_customer_service", "service"
        else:
            content = entry.payload["template"]
            template = self._memory.templates.find(content["name"], content["language"]["code"])
            kind, category = "regular", template["category"].lower() if template else "utility"
        return {"billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category}


def _contacts(entry: Entry) -> list[dict[str, Any]]:
    """Tell who wrote."""
    known_by = "user_id" if entry.hides_number else "wa_id"
    return [{"profile": {"name": _NAME}, known_by: entry.contact}]
