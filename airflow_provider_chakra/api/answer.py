"""
Reading what ChakraHQ answers, leniently.

ChakraHQ documents one envelope, ``{"_data": ..., "_meta": ..., "_errors": [...]}``
(https://apidocs.chakrahq.com, Response Format). The rest are assumptions, from code and answers
that its integrators published:

* ``_errors`` holds strings; objects with ``message`` and ``code`` are understood as well.
* WhatsApp's code stands in the text, as ``(#131009)``; a numeric ``code`` is understood as well.
* Some answers are Meta's own: ``{"error": {"message", "code", "error_data": {"details"}}}``.
* An answer with status 2xx and ``_errors`` that are not empty is a failure.
* The id of a message is ``_data.whatsappMessageId``; ``messages[0].id`` is understood as well.
* A throttled answer may tell the wait as ``Retry-After`` (seconds or a date), as ``retry_after``
  (seconds) or ``retry_after_ms`` in the body, in camel case too, or in its text.
* A status of 4xx says that nothing was carried out; 408 and 5xx say so only if they bring
  WhatsApp's code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from airflow_provider_chakra.api.codes import meaning_of
from airflow_provider_chakra.api.redact import clean
from airflow_provider_chakra.exceptions import ChakraError, ChakraUnknownError

_CODE_IN_TEXT = re.compile(r"\(#(\d{1,9})\)")
_WAIT_IN_TEXT = re.compile(r"retry after (\d{1,9}(?:\.\d{1,9})?) ?(ms|milliseconds?|s|sec|seconds?)?\b", re.I)


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
    code = _code(body, told)
    if good_status and is_json and not told:
        return body
    explicit = told if good_status else answer.status < 500 and answer.status != 408
    words = clean("; ".join(dict.fromkeys(told)), answer.hide())
    if explicit or code is not None:
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
        retry_after=_wait_in_headers(answer.headers),
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
    return "It may have been carried out: look into the chat in ChakraHQ before you run this again."


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
        retry_after=_wait(answer.headers, body, told),
        retryable=meaning.wait is not None or _says_transient(body),
    )


def _told(body: Any, *, errors_only: bool) -> Iterator[str]:
    """List an answer's errors in words; of a good answer only what is surely an error."""
    if isinstance(body, str) and not errors_only:
        yield body
    if not isinstance(body, Mapping):
        return
    data = body.get("_data")
    places = [
        body.get("_errors"),
        body.get("error"),
        data.get("error") if isinstance(data, Mapping) else None,
    ]
    if not errors_only:
        places += [body.get("errors"), body.get("message")]
    for place in places:
        for item in place if isinstance(place, list) else [place]:
            if item:
                yield _words(item)


def _words(error: Any) -> str:
    if not isinstance(error, Mapping):
        return str(error)
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
    if not isinstance(body, Mapping):
        return
    data = body.get("_data")
    for place in (
        body.get("_errors"),
        body.get("error"),
        data.get("error") if isinstance(data, Mapping) else None,
    ):
        for item in place if isinstance(place, list) else [place]:
            if isinstance(item, Mapping):
                yield item


def _code(body: Any, told: list[str]) -> int | None:
    for error in _error_objects(body):
        code = error.get("code")
        # Meta reports an unknown object as code 100, subcode 33.
        if code == 100 and error.get("error_subcode") == 33:
            return 33
        if isinstance(code, int) and not isinstance(code, bool):
            return code
        if isinstance(code, str) and code.isascii() and code.isdigit() and len(code) < 10:
            return int(code)
    match = _CODE_IN_TEXT.search(" ".join(told))
    return int(match[1]) if match else None


def _says_transient(body: Any) -> bool:
    return any(error.get("is_transient") is True for error in _error_objects(body))


def _wait(headers: Mapping[str, str], body: Any, told: list[str]) -> float | None:
    in_headers = _wait_in_headers(headers)
    if in_headers is not None:
        return in_headers
    if isinstance(body, Mapping):
        for name, unit in (
            ("retry_after_ms", 0.001),
            ("retryAfterMs", 0.001),
            ("retry_after", 1),
            ("retryAfter", 1),
        ):
            for part in (body, *_error_objects(body)):
                value = part.get(name)
                if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
                    return value * unit
    match = _WAIT_IN_TEXT.search(" ".join(told))
    if match is None:
        return None
    return float(match[1]) * (0.001 if (match[2] or "s").lower().startswith("m") else 1)


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
