"""Whatever comes: a payload within WhatsApp's limits or an error that says why, an answer or an error."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_chakra.api.answer import Answer, read
from airflow_provider_chakra.exceptions import ChakraError, InvalidMessageError
from airflow_provider_chakra.messages import parse_message
from airflow_provider_chakra.operators.messages import SendListOperator, SendTextOperator
from airflow_provider_chakra.sandbox.rules import judge

ANY_TEXT = st.text(max_size=100)
SECRET = "token-of-the-test-0123456789"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_any_payload_is_a_message_or_an_invalid_one(payload: Any) -> None:
    try:
        message = parse_message(payload)
    except InvalidMessageError as error:
        problems = error.problems
    else:
        assert judge(message.payload()) == []
        return
    assert problems


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_any_text_is_sendable_or_refused(to: str, body: str) -> None:
    operator = SendTextOperator(task_id="t", to="{{ to }}", body="{{ body }}")
    operator.to, operator.body = to, body
    try:
        message = parse_message(operator.payload_to_send())
    except InvalidMessageError:
        return
    assert judge(message.payload()) == []
    assert message.payload()["text"]["body"] == body


ROWS = st.lists(
    st.fixed_dictionaries({"id": ANY_TEXT, "title": ANY_TEXT}, optional={"description": ANY_TEXT}),
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT, ANY_TEXT, ROWS | ANY_TEXT | st.none(), ANY_TEXT | st.none(), ANY_TEXT | st.none())
def test_any_list_is_sendable_or_refused(body: str, button: str, rows: Any, header: Any, footer: Any) -> None:
    operator = SendListOperator(task_id="t", to="{{ to }}", body="x", button="x", rows="{{ rows }}")
    operator.to, operator.body, operator.button = "919876543210", body, button
    operator.rows, operator.header, operator.footer = rows, header, footer
    try:
        message = parse_message(operator.payload_to_send())
    except InvalidMessageError:
        return
    assert judge(message.payload()) == []


NAMES = (
    "_data",
    "_errors",
    "_meta",
    "error",
    "errors",
    "message",
    "code",
    "error_data",
    "messages",
    "id",
    "type",
)
ERRORS = st.recursive(
    JSON
    | st.sampled_from(["(#131009) x", "(#131056) retry after 9 s", SECRET])
    | st.sampled_from([4, 131056, 504]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=12,
)
BODIES = st.binary(max_size=100) | (JSON | ERRORS).map(lambda body: json.dumps(body).encode())


@settings(max_examples=2000, deadline=None)
@given(
    st.integers(100, 599),
    BODIES,
    st.dictionaries(st.just("Retry-After"), ANY_TEXT | st.integers().map(str)),
    st.booleans(),
)
def test_any_answer_is_read_or_a_chakra_error(
    status: int, body: bytes, headers: Any, reads_only: bool
) -> None:
    answer = Answer("The test", reads_only, status, headers, body, lambda: (SECRET,))
    error: ChakraError | None = None
    try:
        read(answer)
    except ChakraError as caught:
        error = caught
    if error is None:
        assert 200 <= status < 300
        return
    assert SECRET not in str(error)
    assert str(error).isprintable()
    assert error.retry_after is None or 0 <= error.retry_after < 1e10
    # What may have been sent is never called retryable.
    assert not (error.outcome == "unknown" and error.retryable and not reads_only)
    if status >= 500:
        assert error.outcome == "unknown" or error.code is not None
