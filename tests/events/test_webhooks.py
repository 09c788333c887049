"""Webhooks in both dialects."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from airflow_provider_chakra.events import Failure, Inbound, Status, read_webhook
from tests.events.samples import AT, FILE, INBOUND, PHONE, SECONDS, USER_ID, WAMID, chakra, message, whatsapp

NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)
MILLISECONDS = int(SECONDS) * 1000


def parts(event: Any) -> dict[str, Any]:
    """Give what an event tells, as JSON, without what is not there."""
    assert isinstance(event, Inbound)
    return {
        name: value
        for name, value in event.model_dump(mode="json", exclude_none=True).items()
        if value != [] and name != "payload"
    }


@pytest.mark.parametrize(("told", "expected"), INBOUND, ids=lambda case: case.get("type"))
class TestInboundTypes:
    def test_by_whatsapp(self, told: dict[str, Any], expected: dict[str, Any]) -> None:
        (event,) = read_webhook(whatsapp(messages=[told]))
        assert parts(event) == expected | {
            "wamid": WAMID,
            "sender": PHONE,
            "phone_number_id": "106540352242922",
            "at": AT.replace("+00:00", "Z"),
            "type": told["type"],
        }
        assert isinstance(event, Inbound)
        assert event.payload == told

    def test_by_chakra(self, told: dict[str, Any], expected: dict[str, Any]) -> None:
        without_time = {name: value for name, value in told.items() if name not in ("timestamp", "id")}
        (event,) = read_webhook(
            chakra("message", externalId=WAMID, messageId="m", timestamp=MILLISECONDS, message=without_time)
        )
        assert parts(event) == expected | {
            "wamid": WAMID,
            "sender": PHONE,
            "at": AT.replace("+00:00", "Z"),
            "type": told["type"],
        }


@pytest.mark.parametrize(
    ("ids", "wamid"),
    [
        ({"externalId": WAMID}, WAMID),
        ({"externalId": WAMID, "message": {"id": "of-chakra"}}, WAMID),
        ({"externalId": None, "message": {"id": WAMID}}, WAMID),
        ({"externalId": "", "messageId": "of-chakra", "message": {"id": WAMID}}, WAMID),
    ],
)
def test_the_id_in_chakras_own_dialect(ids: dict[str, Any], wamid: str) -> None:
    told = {"type": "text", "from": PHONE} | ids.get("message", {})
    (event,) = read_webhook(chakra("message", **ids | {"message": told}))
    assert event.wamid == wamid


ASHA = {"profile": {"name": "Asha"}, "wa_id": PHONE, "user_id": USER_ID}
SOMEBODY = {"wa_id": "919876500000", "user_id": "IN.2"}


@pytest.mark.parametrize(
    ("fields", "contacts", "sender", "user_id"),
    [
        ({"from": PHONE}, [], PHONE, None),
        ({"from": "+91 98765-43210"}, [ASHA], PHONE, USER_ID),
        ({"from": PHONE}, [SOMEBODY, ASHA], PHONE, USER_ID),
        ({"from": PHONE}, [SOMEBODY], PHONE, None),
        ({"from": PHONE}, [{"user_id": USER_ID}], PHONE, USER_ID),
        ({"from_user_id": USER_ID}, [], None, USER_ID),
        ({"from": USER_ID}, [], None, USER_ID),
        ({"from_user_id": USER_ID}, [SOMEBODY, ASHA], PHONE, USER_ID),
        ({"from_user_id": USER_ID}, [SOMEBODY], None, USER_ID),
        ({}, [{"user_id": USER_ID}], None, USER_ID),
        ({}, [ASHA], PHONE, USER_ID),
        ({}, [ASHA, SOMEBODY], None, None),
        ({"from": 7, "from_user_id": ["x"]}, {"wa_id": PHONE}, None, None),
    ],
)
def test_who_wrote(fields: dict[str, Any], contacts: Any, sender: str | None, user_id: str | None) -> None:
    told = {"id": WAMID, "type": "text", "text": {"body": "Hi"}} | fields
    for body in (
        whatsapp(messages=[told], contacts=contacts),
        chakra("message", message=told, contacts=contacts),
    ):
        (event,) = read_webhook(body)
        assert isinstance(event, Inbound)
        assert (event.sender, event.user_id) == (sender, user_id)


def meta_status(word: str, **fields: Any) -> dict[str, Any]:
    return whatsapp(statuses=[{"id": "wamid.out", "status": word, "timestamp": SECONDS, **fields}])


def chakra_status(event: str, word: str, **fields: Any) -> dict[str, Any]:
    return chakra(
        event, id="c", externalId="wamid.out", deliveryStatus=word, timestamp=MILLISECONDS, **fields
    )


def status(word: str, **fields: Any) -> Status:
    return Status(wamid="wamid.out", status=word, **{"at": NOON, **fields})


TITLE = "Re-engagement message"
FAILURE = Failure(code=131047, title=TITLE, message=TITLE)
ERROR = {"code": 131047, "title": TITLE, "message": TITLE}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (meta_status("sent", recipient_id=PHONE), status("SENT", recipient=PHONE)),
        (meta_status("delivered", recipient_id=PHONE), status("DELIVERED", recipient=PHONE)),
        (meta_status("read"), status("READ")),
        (meta_status("played"), status("READ")),
        (meta_status("sent", recipient_id=USER_ID), status("SENT")),
        (
            meta_status(
                "read", recipient_id="Y2FwaV9n", recipient_type="group", recipient_participant_id=PHONE
            ),
            status("READ", recipient=PHONE),
        ),
        (meta_status("sent", timestamp="soon"), status("SENT", at=None)),
        (
            meta_status("failed", errors=[ERROR | {"error_data": {"details": "More"}}]),
            status("FAILED", error=FAILURE.model_copy(update={"details": "More"})),
        ),
        (
            meta_status("failed", errors=[{"code": "131047", "error_data": "More"}]),
            status("FAILED", error=Failure(code=131047, details="More")),
        ),
        (meta_status("failed"), status("FAILED")),
        (meta_status("sent", errors=[ERROR]), status("SENT")),
        (chakra_status("status", "SENT", recipientId=PHONE), status("SENT", recipient=PHONE)),
        (
            chakra_status("deliveryStatus", "DELIVERED", recipientId=PHONE),
            status("DELIVERED", recipient=PHONE),
        ),
        (chakra_status("status", "READ"), status("READ")),
        (
            chakra_status(
                "status", "FAILED", errorContext={"message": "It failed", "providerPayload": ERROR}
            ),
            status("FAILED", error=FAILURE),
        ),
        (
            chakra_status("status", "FAILED", errorContext={"message": "It failed"}),
            status("FAILED", error=Failure(message="It failed")),
        ),
    ],
)
def test_statuses(body: dict[str, Any], expected: Status) -> None:
    assert read_webhook(body) == [expected]
    assert read_webhook(json.dumps(body)) == read_webhook(json.dumps(body).encode()) == [expected]


ECHO = message("text", {"body": "From the shop"})


@pytest.mark.parametrize(
    "body",
    [
        whatsapp("smb_message_echoes", message_echoes=[ECHO]),
        whatsapp("smb_message_echoes", messages=[ECHO]),
        whatsapp("message_template_status_update", event="APPROVED"),
        whatsapp(errors=[ERROR]),
        chakra("message_echo", externalId=WAMID, message=ECHO),
        chakra("smb_message_echo", externalId=WAMID, message=ECHO),
        chakra("message", message={"type": "text", "text": {"body": "without a wamid"}}),
        chakra_status("status", "PENDING"),
        chakra("status", deliveryStatus="SENT"),
        meta_status("deleted"),
        meta_status(""),
        {"event": ["message"], "payload": {"message": ECHO}},
        {"entry": {"changes": []}},
        [whatsapp(messages=[ECHO])],
        {},
        None,
        b"",
        b"\xff\xfe\xfd",
        b"<html></html>",
        '{"entry": [',
        "[" * 200_000,
    ],
)
def test_what_tells_nothing_of_a_message(body: Any) -> None:
    assert read_webhook(body) == []


def test_many_at_once() -> None:
    body = whatsapp(
        statuses=[{"id": "wamid.out", "status": "sent"}, {"id": "wamid.out"}, "x"],
        messages=[None, message("text", {"body": "1"}, id="a"), message("text", {"body": "2"}, id="b")],
    )
    body["entry"] += [7, {"changes": "x"}, whatsapp(messages=[message("sticker", FILE, id="c")])["entry"][0]]
    assert [event.wamid for event in read_webhook(body)] == ["wamid.out", "a", "b", "c"]


@pytest.mark.parametrize(
    "time",
    [SECONDS, int(SECONDS), float(SECONDS), MILLISECONDS, str(MILLISECONDS), AT, "2026-11-22T11:00:00"],
)
def test_times(time: Any) -> None:
    (event,) = read_webhook(whatsapp(messages=[message("text", timestamp=time)]))
    assert isinstance(event, Inbound)
    assert event.at is not None
    assert event.at == NOON
    assert event.at.utcoffset() == timedelta(0)


@pytest.mark.parametrize("time", [None, True, 0, -5, "", "soon", 1e300, float("nan"), "9" * 5000, [1], {}])
def test_times_that_are_none(time: Any) -> None:
    (event,) = read_webhook(whatsapp(messages=[message("text", timestamp=time)]))
    assert isinstance(event, Inbound)
    assert event.at is None


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("location", {"latitude": "north", "longitude": 7}),
        ("location", {"latitude": True, "longitude": 7}),
        ("location", {"latitude": float("inf"), "longitude": 7}),
        ("location", {"latitude": 10**400, "longitude": 7}),
        ("reaction", {"emoji": "👍"}),
        ("interactive", {"button_reply": {"id": "", "title": None}}),
        ("interactive", "x"),
        ("button", []),
        ("order", {"product_items": "x"}),
        ("contacts", {"name": "x"}),
        ("image", {"caption": {"x": 1}}),
        ("text", {"body": ["x"]}),
    ],
)
def test_a_part_that_cannot_be_read_is_left_out(kind: str, content: Any) -> None:
    (event,) = read_webhook(whatsapp(messages=[message(kind, content)]))
    assert set(parts(event)) == {"wamid", "sender", "phone_number_id", "at", "type"}


def test_what_is_read_is_ones_own() -> None:
    body = whatsapp(messages=[message("text", {"body": "Hi"})])
    (event,) = read_webhook(body)
    body["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"] = "Changed"
    assert isinstance(event, Inbound)
    assert event.payload["text"] == {"body": "Hi"}
