"""Events are the same after they were kept."""

from __future__ import annotations

import json

import pytest

from airflow_provider_chakra.events import Inbound, Status, read_webhook
from airflow_provider_chakra.events.records import from_record, to_record

from .samples import INBOUND, PHONE, SECONDS, USER_ID, chakra, whatsapp

STATUSES = [
    whatsapp(statuses=[{"id": "wamid.out", "status": "read", "timestamp": SECONDS, "recipient_id": PHONE}]),
    whatsapp(
        statuses=[
            {"id": "wamid.out", "status": "failed", "errors": [{"code": 131026, "title": "Undeliverable"}]}
        ]
    ),
    chakra("status", externalId="wamid.out", deliveryStatus="SENT"),
]
MESSAGES = [whatsapp(messages=[told]) for told, _ in INBOUND]
OTHERS = [
    whatsapp(messages=[{"id": "wamid.in", "from_user_id": USER_ID, "type": "text", "text": {"body": None}}]),
    chakra("message", externalId="wamid.in", timestamp=1795345200123, message={"type": "text"}),
    whatsapp(
        messages=[
            {
                "id": "wamid.in",
                "type": "interactive",
                "interactive": {"nfm_reply": {"name": "flow", "response_json": '{"left": null}'}},
            }
        ]
    ),
]


@pytest.mark.parametrize("body", STATUSES + MESSAGES + OTHERS)
def test_an_event_is_the_same_after_it_was_kept(body):
    (event,) = read_webhook(body)
    found = from_record(json.loads(json.dumps(to_record(event))))
    assert found == event
    assert type(found) is type(event)


def test_a_record_says_what_it_is_and_nothing_that_was_not_told():
    assert to_record(Status(wamid="wamid.out", status="READ")) == {
        "kind": "status",
        "wamid": "wamid.out",
        "status": "READ",
    }
    assert to_record(Inbound(wamid="wamid.in", type="text", payload={"a": None})) == {
        "kind": "message",
        "wamid": "wamid.in",
        "type": "text",
        "payload": {"a": None},
    }


@pytest.mark.parametrize("record", [{}, {"kind": "status"}, {"kind": "message", "wamid": "wamid.in"}])
def test_what_is_no_record_is_refused(record):
    with pytest.raises(ValueError, match="validation error"):
        from_record(record)
