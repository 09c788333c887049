"""What an exception of ``requests`` means: whether there was a connection, and what it is in words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Any

import requests
from urllib3 import exceptions as urllib3_errors


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk through an error and what it wraps, in all the ways of requests and urllib3."""
    seen: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or cause in seen:
            continue
        seen.append(cause)
        yield cause
        waiting += [getattr(cause, "reason", None), cause.__cause__, cause.__context__, *cause.args]


_BEFORE_CONNECTION = (
    urllib3_errors.NewConnectionError,
    urllib3_errors.ConnectTimeoutError,
    ssl.SSLCertVerificationError,
)


def never_connected(error: Exception) -> bool:
    """
    Tell whether there was no connection.

    :param error: an exception of a request.
    :return: whether it says so in so many words.
    """
    return any(isinstance(cause, _BEFORE_CONNECTION) for cause in _causes(error))


_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "its certificate is not trusted. Check the host, or the CA bundle."),
    (ssl.SSLError, "TLS failed. Check that the host speaks https on this port."),
    (requests.exceptions.ProxyError, "the proxy did not connect. Check the connection's proxy."),
    (socket.gaierror, "its name is unknown. Check the connection's host."),
    (
        urllib3_errors.NewConnectionError,
        "it refused the connection. Check the host, the port and the network.",
    ),
    (
        urllib3_errors.ConnectTimeoutError,
        "it did not accept a connection in time. Check the host and the network.",
    ),
    (requests.exceptions.ContentDecodingError, "the answer was too long."),
    (urllib3_errors.DecodeError, "the answer could not be decoded."),
    (requests.Timeout, "time ran out."),
    (urllib3_errors.ReadTimeoutError, "time ran out."),
    (TimeoutError, "time ran out."),
)


def in_words(error: Exception) -> str:
    """
    Tell an exception in words fit for a log: its own may hold the URL, and in it ids of customers.

    :param error: an exception of a request.
    :return: the end of a sentence.
    """
    causes = list(_causes(error))
    for kind, words in _WORDS:
        if any(isinstance(cause, kind) for cause in causes):
            return words
    return "the connection was lost."
