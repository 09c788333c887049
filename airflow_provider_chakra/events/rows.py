"""
Reading the rows of ChakraHQ's listings of messages.

https://apidocs.chakrahq.com (List chat messages for a chat, List previous messages for a phone number). The
pages name the fields and show no sample. These are assumptions, from code of its integrators:

* ``direction`` begins with "out" for what the business sent, and with "in" for what it got, in any case.
* ``externalId`` is the wamid. A row without one is no message of WhatsApp's, such as a note of the team's.
* ``deliveryStatus`` is SENT, DELIVERED, READ or FAILED, in any case. What was sent and has any other word,
  or none, tells nothing about its way.
* ``timestamp``, else ``createdAt``, is when a message was sent. ``updatedAt`` is when it came to a status
  beyond SENT. What is listed with a wamid and such a time was sent then, whatever its ``deliveryStatus``.
* A message that failed tells why, if at all, in ``errorContext``, as ChakraHQ's webhooks do.
* ``dataType`` is WhatsApp's type, in any case.
* ``body`` is a text, the content of the message as WhatsApp tells it (``{"body": "Yes"}``), or WhatsApp's
  whole message (``{"text": {"body": "Yes"}}``). ``text`` or ``caption`` is what there is to read.
* The ``url`` and the ``name`` of the first of the ``attachments`` are the link and the name of the file.
* Who wrote is told in WhatsApp's whole message only. Who asked for the rows of one number knows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from airflow_provider_chakra.events.content import UNKNOWN_TYPE, read_message
from airflow_provider_chakra.events.inbound import Inbound, Media
from airflow_provider_chakra.events.status import Status, status_of
from airflow_provider_chakra.events.wire import (
    Fields,
    json_object,
    mapping,
    mappings,
    moment,
    text,
    written_at,
)


def read_rows(rows: Iterable[object], customer: str) -> list[Status | Inbound]:
    """
    Read the rows of the chat with a customer.

    :param rows: the rows as ChakraHQ tells them.
    :param customer: the digits of the customer's phone number.
    :return: what they tell, in their order; of what the business sent also when it was.
    """
    events: list[Status | Inbound] = []
    for row in rows:
        event = read_row(row)
        if isinstance(event, Inbound):
            events.append(event if event.sender else event.model_copy(update={"sender": customer}))
            continue
        told = (_accepted(json_object(row)), event)
        events += [status.model_copy(update={"recipient": customer}) for status in told if status]
    return events


def read_row(row: object) -> Status | Inbound | None:
    """
    Read a row of a chat.

    :param row: the row as ChakraHQ tells it.
    :return: how far a message came that the business sent, or what a customer wrote; ``None`` if the row
        tells neither.
    """
    fields = json_object(row)
    direction = str(fields.get("direction")).lower()
    if direction.startswith("out"):
        return _sent(fields)
    return _received(fields) if direction.startswith("in") else None


def chakra_error(error_context: Any) -> Fields:
    """
    Read why a message failed, as ChakraHQ tells it.

    :param error_context: ``{"message": ..., "providerPayload": ...}``, the latter WhatsApp's.
    :return: the error in the shape of WhatsApp's webhooks.
    """
    context = mapping(error_context)
    return {"message": context.get("message"), **mapping(context.get("providerPayload"))}


def _sent(row: Fields) -> Status | None:
    word = row.get("deliveryStatus")
    is_sent = isinstance(word, str) and word.upper() == "SENT"
    at = written_at(row) if is_sent else moment(row.get("updatedAt"))
    return status_of(text(row.get("externalId")), word, at, error=chakra_error(row.get("errorContext")))


def _accepted(row: Fields) -> Status | None:
    at = written_at(row)
    if at is None or not str(row.get("direction")).lower().startswith("out"):
        return None
    return status_of(text(row.get("externalId")), "SENT", at, error={})


def _received(row: Fields) -> Inbound | None:
    kind = (text(row.get("dataType")) or UNKNOWN_TYPE).lower()
    body = mapping(row.get("body"))
    message = body if kind in body else {kind: row.get("body")}
    found = read_message(
        {**message, "id": row.get("externalId"), "type": kind},
        at=written_at(row),
    )
    if found is None:
        return None
    said = text(found.text, row.get("text"), row.get("caption"), row.get("body"), body.get("body"))
    return found.model_copy(update={"text": said, "media": found.media or _attached(row), "payload": row})


def _attached(row: Fields) -> Media | None:
    attachment: Fields = next(mappings(row.get("attachments")), {})
    link = text(attachment.get("url"))
    return Media(link=link, filename=text(attachment.get("name"))) if link else None
