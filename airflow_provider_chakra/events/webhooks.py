"""
Reading the two kinds of webhooks that ChakraHQ calls.

* The pass-through: what WhatsApp tells, as it tells it.
  https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components
* ChakraHQ's own, of one event each. https://apidocs.chakrahq.com (Webhooks) and https://docs.chakrahq.com
  (delivery status), which call the event of a status ``status`` and ``deliveryStatus``. The wamid is
  ``externalId``, in its other answers, too; whether ``id`` in the message is the same is not documented.

What the business itself wrote on its phone comes back as an echo, and is passed over: to take it for the
words of a customer would make a Dag answer itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from airflow_provider_chakra.events.content import read_message
from airflow_provider_chakra.events.inbound import Inbound
from airflow_provider_chakra.events.rows import chakra_error
from airflow_provider_chakra.events.status import Status, status_of
from airflow_provider_chakra.events.wire import Fields, json_object, mapping, mappings, moment, text


def read_webhook(body: object) -> list[Status | Inbound]:
    """
    Read what a webhook was called with. The signature is to be checked before, over the raw bytes.

    Webhooks come at least once and in any order: the wamid tells what is known already.

    :param body: the body of the request: its bytes, its text, or the JSON object in it.
    :return: what is told about messages, in the order of the body; nothing for whatever else it is.
    """
    fields = json_object(body)
    events = _of_whatsapp(fields) if "entry" in fields else _of_chakra(fields)
    return [event for event in events if event is not None]


def _of_whatsapp(body: Fields) -> Iterator[Status | Inbound | None]:
    for entry in mappings(body.get("entry")):
        for change in mappings(entry.get("changes")):
            if change.get("field") == "messages":
                yield from _of_value(mapping(change.get("value")))


def _of_value(value: Fields) -> Iterator[Status | Inbound | None]:
    for status in mappings(value.get("statuses")):
        yield status_of(
            text(status.get("id")),
            status.get("status"),
            moment(status.get("timestamp")),
            # In a group the recipient is the group.
            recipients=(status.get("recipient_participant_id"), status.get("recipient_id")),
            error=next(mappings(status.get("errors")), {}),
        )
    for message in mappings(value.get("messages")):
        yield read_message(
            message,
            contacts=value.get("contacts"),
            phone_number_id=mapping(value.get("metadata")).get("phone_number_id"),
        )


def _of_chakra(body: Fields) -> Iterator[Status | Inbound | None]:
    event, payload = body.get("event"), mapping(body.get("payload"))
    wamid, at = text(payload.get("externalId")), moment(payload.get("timestamp"))
    if event == "message":
        yield read_message(
            mapping(payload.get("message")), wamid=wamid, at=at, contacts=payload.get("contacts")
        )
    elif event in ("status", "deliveryStatus"):
        yield status_of(
            wamid,
            payload.get("deliveryStatus"),
            at,
            recipients=(payload.get("recipientId"),),
            error=chakra_error(payload.get("errorContext")),
        )
