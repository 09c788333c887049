"""Answers in; bodies or errors out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from airflow_provider_chakra import exceptions
from airflow_provider_chakra.api.answer import Answer, read, wamid_in
from airflow_provider_chakra.api.codes import CODES, STATUSES, meaning_of
from airflow_provider_chakra.exceptions import (
    ChakraAuthError,
    ChakraError,
    ChakraNotFoundError,
    ChakraPlanError,
    ChakraRecipientError,
    ChakraRequestError,
    ChakraResponseError,
    ChakraServerError,
    ChakraThrottledError,
    ChakraUnknownError,
)

TOKEN = "token-of-the-test-0123456789"


def answer(status: int, body: Any = b"", *, reads_only: bool = False, **headers: str) -> Answer:
    """Make an answer; a body that is not bytes is JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer("The test", reads_only, status, headers, content, lambda: (TOKEN, "Your slot is confirmed"))


def errors(*told: Any) -> dict[str, Any]:
    """Make ChakraHQ's envelope of errors."""
    return {"_data": [], "_errors": list(told)}


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"_data": {"x": 1}}, {"_data": {"x": 1}}),
        ({"_data": {"x": 1}, "_meta": {}, "_errors": []}, {"_data": {"x": 1}, "_meta": {}, "_errors": []}),
        ({"_data": [], "_errors": None, "error": None}, {"_data": [], "_errors": None, "error": None}),
        ({"data": [], "message": "all is well"}, {"data": [], "message": "all is well"}),
        ([1, 2], [1, 2]),
        (b"", None),
        (b" \n", None),
        ("text", "text"),
    ],
)
@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_good_answer_is_its_body(status, body, wanted):
    assert read(answer(status, body)) == wanted


META = {
    "error": {
        "message": "(#131009) Parameter value is not valid",
        "type": "OAuthException",
        "code": 131009,
        "error_data": {"messaging_product": "whatsapp", "details": "Row title is too long. Max length is 24"},
        "fbtrace_id": "Abc",
    }
}

REFUSALS: list[tuple[int, Any, type[ChakraError], int | None, bool]] = [
    # What ChakraHQ really sends
    (400, errors("(#131009) Parameter value is not valid"), ChakraRequestError, 131009, False),
    (400, errors("(#131047) Re-engagement message"), ChakraRecipientError, 131047, False),
    (400, errors("(#130429) Rate limit hit"), ChakraThrottledError, 130429, True),
    (400, errors("(#131056) Pair rate limit hit"), ChakraThrottledError, 131056, True),
    (400, errors("(#131048) Spam rate limit hit"), ChakraThrottledError, 131048, False),
    (400, errors("(#4) Application request limit reached"), ChakraThrottledError, 4, True),
    (400, errors("(#2494100) Maintenance"), ChakraServerError, 2494100, True),
    (404, errors("(#132001) Template name does not exist"), ChakraNotFoundError, 132001, False),
    (401, errors("UNAUTHORIZED"), ChakraAuthError, None, False),
    (402, errors("Template sending is disabled"), ChakraPlanError, None, False),
    (403, errors("Forbidden"), ChakraAuthError, None, False),
    (404, errors("Plugin x not found"), ChakraNotFoundError, None, False),
    (429, errors("Too many requests"), ChakraThrottledError, None, True),
    (400, errors("(#999999) Something new"), ChakraRequestError, 999999, False),
    (500, errors("(#131016) Service unavailable"), ChakraServerError, 131016, True),
    (408, errors("(#130429) Rate limit hit"), ChakraThrottledError, 130429, True),
    (503, errors("(#133004) Server Temporarily Unavailable"), ChakraServerError, 133004, True),
    (500, errors("(#3) Capability"), ChakraAuthError, 3, False),
    (500, errors("(#131045) Incorrect certificate"), ChakraAuthError, 131045, False),
    (400, errors("(#250) Requires permission"), ChakraAuthError, 250, False),
    # A good status is no good news
    (200, errors("(#131026) Message undeliverable"), ChakraRecipientError, 131026, False),
    (200, errors("Something"), ChakraRequestError, None, False),
    (200, {"_data": [], "_errors": [{}]}, ChakraRequestError, None, False),
    (200, {"_data": [], "_errors": [None]}, ChakraRequestError, None, False),
    (200, META, ChakraRequestError, 131009, False),
    (
        200,
        {"_data": {"error": {"message": "x", "type": "OAuthException", "code": 190}}},
        ChakraAuthError,
        190,
        False,
    ),
    # Other shapes
    (400, META, ChakraRequestError, 131009, False),
    (400, errors({"message": "x", "code": 131009}), ChakraRequestError, 131009, False),
    (400, errors({"message": "x", "code": "131009"}), ChakraRequestError, 131009, False),
    (400, errors({"message": "x", "code": "UNAUTHORIZED"}), ChakraRequestError, None, False),
    (400, errors({"code": True}), ChakraRequestError, None, False),
    (400, {"_errors": "(#100) x"}, ChakraRequestError, 100, False),
    (400, {"error": "(#100) x"}, ChakraRequestError, 100, False),
    (400, {"error": {"message": "x", "code": 100, "error_subcode": 33}}, ChakraNotFoundError, 33, False),
    (400, {"error": {"message": "x", "code": 100, "error_data": "text"}}, ChakraRequestError, 100, False),
    (
        400,
        {"error": {"message": "x", "code": 987654, "is_transient": True}},
        ChakraRequestError,
        987654,
        True,
    ),
    (400, {"message": "x"}, ChakraRequestError, None, False),
    (400, {"message": "x", "code": 131026}, ChakraRecipientError, 131026, False),
    (400, {"errors": [{"message": "x", "code": 130429}]}, ChakraThrottledError, 130429, True),
    (
        400,
        {"error": {"message": "x", "code": 400, "status": "INVALID_ARGUMENT"}},
        ChakraRequestError,
        None,
        False,
    ),
    (404, {"code": 5, "message": "Not found"}, ChakraNotFoundError, None, False),
    (
        500,
        {"error": {"message": "x", "code": 131016, "fbtrace_id": "Abc"}},
        ChakraServerError,
        131016,
        True,
    ),
    (400, {"errors": ["x", "y"]}, ChakraRequestError, None, False),
    (400, "x", ChakraRequestError, None, False),
    (400, [], ChakraRequestError, None, False),
    (400, b"", ChakraRequestError, None, False),
    (404, b"<html><h1>Not Found</h1></html>", ChakraNotFoundError, None, False),
    (413, b"<html>Too large</html>", ChakraRequestError, None, False),
    (429, b"slow down", ChakraThrottledError, None, True),
    (301, b"", ChakraRequestError, None, False),
    (308, b"<html>Moved</html>", ChakraRequestError, None, False),
    (400, b"\xff\xfe\x00", ChakraRequestError, None, False),
    (400, b"[" * 200_000, ChakraRequestError, None, False),
]


@pytest.mark.parametrize(("status", "body", "error", "code", "retryable"), REFUSALS)
def test_a_refusal_is_told_by_its_code_before_its_status(status, body, error, code, retryable):
    with pytest.raises(ChakraResponseError) as caught:
        read(answer(status, body))
    assert type(caught.value) is error
    assert (caught.value.status, caught.value.code) == (status, code)
    assert caught.value.retryable is retryable
    assert caught.value.outcome == "refused"
    assert str(caught.value).startswith("The test was refused: ")
    assert f"HTTP {status}" in str(caught.value)
    assert (f"WhatsApp code {code}" in str(caught.value)) is (code is not None)


UNCLEAR: list[tuple[int, Any]] = [
    (200, b"<html>Welcome</html>"),
    (200, b'{"_data": {"whatsappMess'),
    (200, b"\xff"),
    (200, b"[" * 200_000),
    (408, b""),
    (500, b""),
    (500, errors("Internal error")),
    (502, b"<html>Bad gateway</html>"),
    (503, {"message": "x"}),
    (504, b""),
    # A proxy's own code is not WhatsApp's
    (504, {"error": {"code": 504, "message": "Gateway timeout"}}),
    (502, {"error": {"code": 502, "message": "x", "status": "UNAVAILABLE"}}),
    (500, errors({"message": "x", "code": 500})),
    (500, errors({"message": "x", "code": "500"})),
    (500, errors("see issue (#12345)")),
    (500, errors("(#999999) Something new")),
    (500, {"code": 0, "message": "x"}),
    (500, {"code": 131000, "message": "x"}),
    (500, errors("(#131000) Something went wrong")),
    (500, errors("(#1) An unknown error occurred")),
    (500, errors("job (#4) timed out")),
    (504, {"error": {"type": "timeout", "code": 4, "message": "upstream timed out"}}),
    (408, errors("(#131000) Something went wrong")),
    (303, b""),
    (499, b""),
    (429, {"_data": {"whatsappMessageId": "wamid.x"}, "_errors": ["x"]}),
    (409, {"messages": [{"id": "wamid.x"}]}),
    (103, b""),
    # An error, and yet the id of a message
    (200, {"_data": {"whatsappMessageId": "wamid.x"}, "_errors": ["(#130429) Rate limit hit"]}),
]


@pytest.mark.parametrize(("status", "body"), UNCLEAR)
def test_an_answer_that_does_not_tell_leaves_the_outcome_unknown(status, body):
    with pytest.raises(ChakraUnknownError) as caught:
        read(answer(status, body))
    assert caught.value.outcome == "unknown"
    assert caught.value.status == status
    assert caught.value.retryable is False
    assert "before you run this again" in str(caught.value)
    with pytest.raises(ChakraUnknownError) as caught:
        read(answer(status, body, reads_only=True))
    assert caught.value.retryable is True
    assert "Try again later" in str(caught.value)


def test_the_words_of_an_error_hold_what_a_person_needs():
    with pytest.raises(ChakraRequestError) as caught:
        read(answer(400, META))
    assert str(caught.value) == (
        "The test was refused: (#131009) Parameter value is not valid: Row title is too long. "
        "Max length is 24: fbtrace_id Abc (HTTP 400, WhatsApp code 131009). A value is outside its limits, "
        "such as a length or a count. Compare the message with WhatsApp's documentation."
    )


@pytest.mark.parametrize(
    "hostile",
    [
        f"your token {TOKEN} is bad",
        "no such user +91 98765 43210",
        "no such user 919876543210",
        "no such user to919876543210x",
        "no such user (91) 98765-43210",
        "text: Your slot is confirmed",
        'Invalid body: {"text": {"body": "Your slot is"}}',
        "half a pair \ud83d of surrogates",
        "line\r\nfake log line\x1b[31m red \u202e reversed",
        "x" * 100_000,
    ],
)
def test_hostile_words_are_made_fit_for_a_log(hostile):
    with pytest.raises(ChakraResponseError) as caught:
        read(answer(400, errors(hostile)))
    told = str(caught.value)
    assert "token-of" not in told
    assert "98765" not in told
    assert "Your slot" not in told
    assert told.isprintable()
    assert len(told) < 600


def _date(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"Retry_After": "7"}, b"", 7),
        ({"Retry_After": " 7.5 "}, b"", 7.5),
        ({"Retry_After": _date(86400)}, b"", 86400),
        ({"Retry_After": _date(-86400)}, b"", 0),
        ({"Retry_After": "Sun, 22 Nov 2099 10:00:00"}, b"", 86400),
        ({"Retry_After": "soon"}, b"", None),
        ({"Retry_After": "-5"}, b"", None),
        ({"Retry_After": "9" * 400}, b"", None),
        ({}, {"retry_after": 3}, 3),
        ({}, {"retryAfter": 3.5}, 3.5),
        ({}, {"retry_after_ms": 1500}, 1.5),
        ({}, {"retryAfterMs": 1500}, 1.5),
        ({}, {"_errors": [{"message": "x", "retry_after": 4}]}, 4),
        ({}, {"retry_after": True}, None),
        ({}, {"retry_after_ms": 10**400}, None),
        ({}, {"retry_after": float("inf")}, None),
        ({}, errors("Retry after 3 minutes"), 180),
        ({}, errors("Retry after 3 milliseconds"), 0.003),
        ({}, {"retry_after": -1}, None),
        ({}, {"retry_after": "9"}, None),
        ({}, errors("Too many requests, retry after 2500 ms"), 2.5),
        ({}, errors("Retry after 9 seconds"), 9),
        ({}, errors("retry after 9"), 9),
        ({"Retry_After": "7"}, {"retry_after": 3}, 7),
        ({}, b"", None),
    ],
)
def test_the_wait_is_found_wherever_it_is_told(headers, body, seconds):
    with pytest.raises(ChakraThrottledError) as caught:
        read(answer(429, body, **headers))
    if seconds is None:
        assert caught.value.retry_after is None
    else:
        assert caught.value.retry_after == pytest.approx(seconds, rel=0.1, abs=2)


@pytest.mark.parametrize(
    ("body", "wamid"),
    [
        ({"_data": {"whatsappMessageId": "wamid.x"}}, "wamid.x"),
        ({"messages": [{"id": "wamid.x"}]}, "wamid.x"),
        ({"_data": {"messages": [{"id": "wamid.x", "message_status": "accepted"}]}}, "wamid.x"),
        ({"_data": {"whatsappMessageId": ""}}, None),
        ({"_data": {"whatsappMessageId": 7}}, None),
        ({"_data": {"id": "a-uuid"}}, None),
        ({"_data": []}, None),
        ({"messages": []}, None),
        ({"messages": ["wamid.x"]}, None),
        ({}, None),
        (None, None),
        ("wamid.x", None),
    ],
)
def test_the_wamid_is_found_in_both_shapes(body, wamid):
    assert wamid_in(body) == wamid


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_class_and_a_sentence(code):
    meaning = CODES[code]
    assert issubclass(meaning.error, ChakraResponseError)
    assert meaning.advice.endswith(".")
    assert meaning_of(400, code) is meaning_of(500, code) is meaning


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_counts_where_there_is_no_known_code(status):
    assert meaning_of(status, None) is meaning_of(status, 987654) is STATUSES[status]


def test_the_tree_of_errors_is_the_one_that_is_drawn():
    tree = [line.strip() for line in (exceptions.__doc__ or "").splitlines() if "──" in line]
    drawn = {line.lstrip("│├└─ ").split()[0]: line.startswith("│") for line in tree}
    real = {
        name: issubclass(item, ChakraResponseError) and item is not ChakraResponseError
        for name, item in vars(exceptions).items()
        if isinstance(item, type) and issubclass(item, ChakraError) and item is not ChakraError
    }
    assert drawn == real
