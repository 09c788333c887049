"""Whatever comes: events or none, which can be stored and which tell nothing to a log."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_provider_chakra.events import Inbound, Status, read_row, read_webhook
from tests.events.samples import INBOUND, PHONE, USER_ID, chakra, message, whatsapp

SECRET = "what-a-customer-wrote"


def names_in(value: Any) -> set[str]:
    """Find the names of all fields."""
    if isinstance(value, dict):
        return set(value).union(*map(names_in, value.values()))
    return set().union(*map(names_in, value)) if isinstance(value, list) else set()


OTHER_NAMES = {"from_user_id", "user_id", "wa_id", "error_data", "details", "providerPayload", "recipientId"}
ROW_NAMES = {"text", "caption", "attachments", "deliveryStatus", "errorContext", "createdAt", "updatedAt"}
NAMES = st.sampled_from(sorted(names_in([told for told, _ in INBOUND]) | OTHER_NAMES | ROW_NAMES))
TYPES = [told["type"] for told, _ in INBOUND]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from(["\ud83d", PHONE, USER_ID, "sent", "FAILED", "in", "OUT", "{}", 10**400, *TYPES])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)
MESSAGES = st.builds(
    lambda kind, content, fields: {"id": "wamid.x", "type": kind, kind: content, **fields},
    st.sampled_from(TYPES),
    st.dictionaries(NAMES, JSON, max_size=5) | JSON,
    st.dictionaries(NAMES, JSON, max_size=3),
)
LISTS = st.lists(MESSAGES | JSON, max_size=3) | JSON
BODIES = (
    JSON
    | st.builds(lambda a, b, c: whatsapp(messages=a, statuses=b, contacts=c), LISTS, LISTS, LISTS)
    | st.builds(
        lambda event, payload: chakra(event, **payload),
        st.sampled_from(["message", "status", "deliveryStatus"]),
        st.dictionaries(NAMES, MESSAGES | JSON, max_size=5),
    )
)
ROWS = JSON | st.builds(
    lambda fields, direction, kind, body: {
        "externalId": "wamid.x",
        "direction": direction,
        "dataType": kind,
        "body": body,
        **fields,
    },
    st.dictionaries(NAMES, JSON, max_size=5),
    st.sampled_from(["INBOUND", "OUTBOUND"]),
    st.sampled_from(TYPES),
    MESSAGES | JSON,
)


def check(event: Status | Inbound) -> None:
    """An event goes through JSON and comes out as it was."""
    # NaN, which is in the payload only, is not equal to itself.
    stored = json.loads(json.dumps(event.model_dump(mode="json"), ensure_ascii=False).encode())
    found = type(event).model_validate(stored)
    assert found.model_dump(exclude={"payload"}) == event.model_dump(exclude={"payload"})


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BODIES)
def test_any_webhook_gives_events_or_none(body: Any) -> None:
    for event in read_webhook(body):
        check(event)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_any_row_gives_an_event_or_none(row: Any) -> None:
    event = read_row(row)
    if event is not None:
        check(event)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=50) | st.text(max_size=50))
def test_any_bytes_give_no_event(body: bytes | str) -> None:
    assert read_webhook(body) == []


@pytest.mark.parametrize("odd", [{(1, 2): 3}, {"a": object()}, {"a": b"x"}, object(), {1, 2}])
def test_what_is_no_json_gives_no_event(odd: Any) -> None:
    assert read_webhook(odd) == []
    assert read_row(odd) is None


def test_what_contains_itself_gives_no_event() -> None:
    body = whatsapp(messages=[message("text", {"body": "Hi"})])
    body["entry"].append(body)
    assert read_webhook(body) == []


def _spoken(value: Any) -> Any:
    """Put the secret into every text but those that say what is what."""
    if isinstance(value, dict):
        kept = ("type", "id", "from", "timestamp", "message_id")
        return {name: told if name in kept else _spoken(told) for name, told in value.items()}
    if isinstance(value, list):
        return [_spoken(one) for one in value]
    return SECRET if isinstance(value, str) else value


@pytest.mark.parametrize("told", [told for told, _ in INBOUND], ids=lambda told: told["type"])
def test_nothing_of_what_a_customer_wrote_is_shown(told: dict[str, Any]) -> None:
    (event,) = read_webhook(whatsapp(messages=[_spoken(told)]))
    assert SECRET in str(event.model_dump()) or told["type"] == "request_welcome"
    assert isinstance(event, Inbound)
    for part in (event, event.choice, event.media, event.location, event.contacts, event.order, event.error):
        assert SECRET not in f"{part!r} {part}"
        assert PHONE not in f"{part!r} {part}"
    assert "91******3210" in repr(event)


def test_no_phone_number_is_shown() -> None:
    (event,) = read_webhook(
        chakra(
            "status",
            externalId="wamid.x",
            deliveryStatus="FAILED",
            recipientId=PHONE,
            errorContext={"message": f"{PHONE} {SECRET}", "providerPayload": {"code": 131026}},
        )
    )
    assert repr(event) == (
        "Status(wamid='wamid.x', status='FAILED', at=None, recipient='91******3210', "
        "error=Failure(code=131026))"
    )


def test_it_knows_neither_airflow_nor_http() -> None:
    code = "import sys, airflow_provider_chakra.events; print({'airflow', 'requests'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
