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
    #: The digits of the customer's phone number, if it was told.
    customer: str | None
    wamid: str
    #: JSON.
    record: str
    #: The customer's user id, if it was told.
    user_id: str | None = None
    #: The message that it answers, if it was told.
    reply_to: str | None = None


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
        elif not _is_wamid(event.wamid):
            left_out = "an event with an id that is none"
        elif (record := _record(event)) is None:
            left_out = "an event too large to be kept"
        else:
            rows.append(_row(conn_id, event, record))
    return rows, left_out


def _record(event: Status | Inbound) -> str | None:
    try:
        record = json.dumps(to_record(event), separators=(",", ":"))
    except (ValueError, RecursionError):
        return None
    return record if len(record) <= LONGEST_RECORD else None


def _row(conn_id: str, event: Status | Inbound, record: str) -> Row:
    if isinstance(event, Status):
        key = f"status:{event.wamid}:{event.status}"
        return Row(conn_id, key, event.recipient, event.wamid, record)
    reply_to = event.reply_to if _is_wamid(event.reply_to or "") else None
    key = f"message:{event.wamid}"
    return Row(conn_id, key, event.sender, event.wamid, record, event.user_id, reply_to)


def _is_wamid(wamid: str) -> bool:
    return len(wamid) <= LONGEST_WAMID and wamid.isprintable()
