"""
Reading what ChakraHQ answers, leniently.

ChakraHQ documents one envelope, ``{"_data": ..., "_meta": ..., "_errors": [...]}``
(https://apidocs.chakrahq.com, Response Format). The rest are assumptions, from code and answers
that its integrators published:

* ``_errors`` holds strings; objects with ``message`` and ``code`` are understood as well.
* WhatsApp's code stands in the text, as ``(#131009)``; a numeric ``code`` is understood as well,
  unless it may be somebody else's: a proxy's HTTP status, or a small number without Meta's fields.
* Some answers are Meta's own: ``{"error": {"message", "code", "error_data": {"details"}}}``.
* An answer with status 2xx and ``_errors`` that are not empty is a refusal.
* The id of a message is ``_data.whatsappMessageId``; ``messages[0].id`` is understood as well.
* A throttled answer may tell the wait as ``Retry-After`` (seconds or a date), as ``retry_after``
  (seconds) or ``retry_after_ms`` in the body, in camel case too, or in its text.
* A status of 3xx or 4xx says that nothing was carried out; 303, 408, 499 and 5xx say so only if they
  bring a code that is known to be WhatsApp's and names the reason.
* Whatever the status, with the id of a message nobody knows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from airflow_provider_chakra.api.codes import CODES, meaning_of
from airflow_provider_chakra.api.redact import clean
from airflow_provider_chakra.exceptions import ChakraError, ChakraUnknownError

_CODE_IN_TEXT = re.compile(r"\(#(\d{1,9})\)")
# So that nobody takes a proxy's own code, such as 504, for WhatsApp's.
_METAS_FIELDS = frozenset({"error_data", "error_subcode", "fbtrace_id"})
#: See other, request time-out, client closed the request: the request may have gone on.
_DOUBTFUL = frozenset({303, 408, 499})
#: "An unknown error", "temporarily unavailable", "something went wrong": no word on what was done.
_SAYING_NOTHING = frozenset({1, 2, 131000})
_WAIT_IN_TEXT = re.compile(
    r"retry after (\d{1,9}(?:\.\d{1,9})?) ?(ms|milli|min|m|sec|s)?[a-z]*\b", re.IGNORECASE
)
_UNITS = {"ms": 0.001, "milli": 0.001, "s": 1, "sec": 1, "m": 60, "min": 60}
_WAIT_FIELDS = {"retry_after_ms": 0.001, "retryAfterMs": 0.001, "retry_after": 1, "retryAfter": 1}
#: Seconds. Longer is no wait that a task could hold out.
_LONGEST_WAIT = 86400.0


class Answer(NamedTuple):
    """An HTTP answer, and what was asked."""

    #: What was asked for, in words fit for a log.
    subject: str
    #: Whether the request changes nothing, so that it may be made again.
    reads_only: bool
    #: HTTP status.
    status: int
    #: Headers; their names are found in any case.
    headers: Mapping[str, str]
    #: The body as it came.
    content: bytes
    #: Gives the strings that must not show in an error, such as the token.
    hide: Callable[[], Iterable[str]] = tuple


def read(answer: Answer) -> Any:
    """
    Take the body out of a good answer, or raise what the answer means.

    :param answer: the answer.
    :return: the decoded JSON; ``None`` for an empty body.
    :raises ChakraResponseError: if ChakraHQ or WhatsApp refused.
    :raises ChakraUnknownError: if the answer does not tell.
    """
    try:
        body, is_json = _decode(answer.content), True
    except (ValueError, RecursionError):
        body, is_json = None, False
    good_status = 200 <= answer.status < 300
    told = list(_told(body, errors_only=good_status))
    if good_status and is_json and not told:
        return body
    code = _code(answer.status, body, told)
    words = clean("; ".join(dict.fromkeys(told)), answer.hide())
    if wamid_in(body) is not None:
        explicit = False
    elif good_status:
        explicit = bool(told)
    elif answer.status >= 500 or answer.status in _DOUBTFUL:
        explicit = code in CODES and code not in _SAYING_NOTHING
    else:
        explicit = answer.status >= 300
    if explicit:
        raise _refusal(answer, words, code, body, told)
    raise unclear(answer, words or ("an empty body" if not answer.content.strip() else "no error in words"))


def unclear(answer: Answer, what: str) -> ChakraUnknownError:
    """
    Make the error for an answer that does not tell whether the request was carried out.

    :param answer: the answer.
    :param what: what the answer held, fit for a log.
    :return: the error, to be raised.
    """
    return ChakraUnknownError(
        f"{answer.subject} got no clear answer (HTTP {answer.status}, {what}). "
        + what_next(answer.reads_only),
        status=answer.status,
        retry_after=_bounded(_wait_in_headers(answer.headers)),
        retryable=answer.reads_only,
    )


def what_next(reads_only: bool) -> str:
    """
    Tell what to do after an unknown outcome.

    :param reads_only: whether the request changes nothing.
    :return: a sentence.
    """
    if reads_only:
        return "Try again later."
    return "It may have been carried out: look in ChakraHQ before you run this again."


def wamid_in(body: Any) -> str | None:
    """
    Find the id of an accepted message.

    :param body: the decoded answer, ChakraHQ's or Meta's own.
    :return: the wamid, or ``None``.
    """
    if not isinstance(body, Mapping):
        return None
    data = body.get("_data")
    for part in (data, body):
        if not isinstance(part, Mapping):
            continue
        messages = part.get("messages")
        first = messages[0] if isinstance(messages, list) and messages else None
        candidates = (part.get("whatsappMessageId"), first.get("id") if isinstance(first, Mapping) else None)
        for wamid in candidates:
            if isinstance(wamid, str) and wamid:
                return wamid
    return None


def _decode(content: bytes) -> Any:
    return json.loads(content) if content.strip() else None


def _refusal(answer: Answer, words: str, code: int | None, body: Any, told: list[str]) -> ChakraError:
    meaning = meaning_of(answer.status, code)
    numbers = f"HTTP {answer.status}" + (f", WhatsApp code {code}" if code is not None else "")
    return meaning.error(
        f"{answer.subject} was refused: {words or 'no reason given'} ({numbers}). {meaning.advice}",
        status=answer.status,
        code=code,
        retry_after=_bounded(_wait(answer.headers, body, told)),
        retryable=meaning.wait is not None or _says_transient(body),
    )


def _errors(body: Any, *, errors_only: bool) -> Iterator[Any]:
    """List what an answer says went wrong; of a good answer only what is surely an error."""
    if isinstance(body, str) and not errors_only:
        yield body
    if not isinstance(body, Mapping):
        return
    data = body.get("_data")
    listed = body.get("_errors")
    # Even an error that says nothing is one.
    yield from (item or "an error without a message" for item in (listed if isinstance(listed, list) else ()))
    places = [None if isinstance(listed, list) else listed, body.get("error")]
    places.append(data.get("error") if isinstance(data, Mapping) else None)
    if not errors_only:
        errors = body.get("errors")
        places += errors if isinstance(errors, list) else [errors]
        places.append(body if "message" in body or "code" in body else None)
    yield from filter(None, places)


def _told(body: Any, *, errors_only: bool) -> Iterator[str]:
    yield from map(_words, _errors(body, errors_only=errors_only))


def _words(error: Any) -> str:
    if not isinstance(error, Mapping):
        return error if isinstance(error, str) else json.dumps(error)
    details = error.get("error_data")
    if isinstance(details, Mapping):
        details = details.get("details")
    parts = (error.get("message"), error.get("title"), details, error.get("error_user_msg"))
    told = [part for part in parts if isinstance(part, str) and part]
    trace = error.get("fbtrace_id")
    if isinstance(trace, str):
        told.append(f"fbtrace_id {trace}")
    return ": ".join(dict.fromkeys(told)) or "an error without a message"


def _error_objects(body: Any) -> Iterator[Mapping[str, Any]]:
    yield from (error for error in _errors(body, errors_only=False) if isinstance(error, Mapping))


def _code(status: int, body: Any, told: list[str]) -> int | None:
    for error in _error_objects(body):
        code = error.get("code")
        if isinstance(code, str) and re.fullmatch(r"[0-9]{1,9}", code):
            code = int(code)
        if not isinstance(code, int) or isinstance(code, bool):
            continue
        # Meta reports an unknown object as code 100, subcode 33.
        if code == 100 and error.get("error_subcode") == 33:
            return 33
        is_metas = _METAS_FIELDS & error.keys() or error.get("type") == "OAuthException"
        if is_metas or (code >= 1000 and status < 500):
            return code
    # Somewhere in a text of a proxy it may be anything.
    matches = (_CODE_IN_TEXT.match(text.strip()) for text in told)
    return next((int(match[1]) for match in matches if match), None)


def _says_transient(body: Any) -> bool:
    return any(error.get("is_transient") is True for error in _error_objects(body))


def _wait(headers: Mapping[str, str], body: Any, told: list[str]) -> float | None:
    in_headers = _wait_in_headers(headers)
    if in_headers is not None:
        return in_headers
    for error in (body, *_error_objects(body)):
        for name, unit in _WAIT_FIELDS.items() if isinstance(error, Mapping) else ():
            value = error.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12:
                return value * unit
    match = _WAIT_IN_TEXT.search(" ".join(told))
    return float(match[1]) * _UNITS[(match[2] or "s").lower()] if match else None


def _bounded(seconds: float | None) -> float | None:
    return None if seconds is None else min(seconds, _LONGEST_WAIT)


def _wait_in_headers(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - datetime.now(UTC)).total_seconds())
