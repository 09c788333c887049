"""From the body of a webhook to the rows of the inbox."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from typing import NamedTuple

from airflow_provider_chakra.events import Inbound, Status, read_webhook
from airflow_provider_chakra.events.records import to_record

log = logging.getLogger(__name__)

#: Characters; those of today have about 80. Databases limit what they can index.
LONGEST_WAMID = 255
#: Characters of JSON. A text has 4,096 characters at most, and the answers of a form not many more.
LONGEST_RECORD = 250_000


class Row(NamedTuple):
    """An event as the inbox keeps it."""

    conn_id: str
    #: What makes it the same event when it is told again.
    key: str
    #: The digits of the customer's phone number, else the user id, if it was told.
    customer: str | None
    wamid: str
    #: JSON.
    record: str


def read_rows(conn_id: str, body: bytes, *, oldest: datetime) -> tuple[list[Row], str | None]:
    """
    Read what a webhook was called with.

    :param conn_id: the Airflow connection that it was called for.
    :param body: the body, the signature of which was checked.
    :param oldest: an event from before that time is left out: the inbox may have forgotten that it has seen
        it already.
    :return: the rows; and what is to be told of what was left out, if anything.
    """
    try:
        events = read_webhook(body)
    except (ValueError, RecursionError):
        return [], "a body that cannot be read"
    if not events:
        return [], "a body with no status and no message in it"
    rows, left_out = [], None
    for event in events:
        if event.at is not None and event.at < oldest:
            left_out = "an event that is older than what is kept"
        elif len(event.wamid) > LONGEST_WAMID or not event.wamid.isprintable():
            left_out = "an event with an id that is none"
        elif (record := _record(event)) is None:
            left_out = "an event too large to be kept"
        else:
            rows.append(Row(conn_id, _key(event), _customer(event), event.wamid, record))
    return rows, left_out


def _record(event: Status | Inbound) -> str | None:
    try:
        record = json.dumps(to_record(event), separators=(",", ":"))
    except (ValueError, RecursionError):
        return None
    return record if len(record) <= LONGEST_RECORD else None


def _key(event: Status | Inbound) -> str:
    if isinstance(event, Inbound):
        return f"message:{event.wamid}"
    return f"status:{event.wamid}:{event.status}"


def _customer(event: Status | Inbound) -> str | None:
    return event.sender or event.user_id if isinstance(event, Inbound) else event.recipient
