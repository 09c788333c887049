"""One HTTP session: the one place for authorisation, time-outs and what went wrong on the way."""

from __future__ import annotations

import io
import json as json_module
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import requests
from requests.auth import AuthBase
from urllib3 import exceptions as urllib3_errors

from airflow_provider_chakra import __version__
from airflow_provider_chakra.api import answer as answers
from airflow_provider_chakra.api.paths import fill
from airflow_provider_chakra.api.redact import clean, texts_in
from airflow_provider_chakra.api.retry import ONCE, Retrying
from airflow_provider_chakra.exceptions import (
    ChakraConfigError,
    ChakraConnectError,
    ChakraError,
    ChakraUnknownError,
)

if TYPE_CHECKING:
    from airflow_provider_chakra.api.chats import ChatsAPI
    from airflow_provider_chakra.api.messages import MessagesAPI

_READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_MAX_REDIRECTS = 5
# In a log, braces are taken for the beginning of an echoed body.
_BRACES = str.maketrans("{}", "<>")
#: Bytes. Far more than any answer in JSON, and far less than a worker's memory.
_LONGEST_ANSWER = 32 * 1024 * 1024


class _Bearer(AuthBase):
    """The token, set as ``auth`` because ``requests`` would else prefer a password from ~/.netrc."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Session(requests.Session):
    """A session that follows redirects of requests that only read, and looks at no others."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Tell where a redirect leads to; even with redirects switched off requests would try to read it."""
        return super().get_redirect_target(resp) if resp.request.method in _READING_METHODS else None


class _Body(io.BytesIO):
    """
    A body that knows whether it began to leave.

    It is first read when the connection stands and the headers are written: before that, whatever
    goes wrong, the server cannot have carried out the request.
    """

    began_to_leave = False

    def read(self, size: int | None = -1, /) -> bytes:
        self.began_to_leave = True
        return super().read(size)


class ChakraClient:
    """
    A client of ChakraHQ's pass-through API. Safe to share between threads.

    :param token: access token; it goes into the ``Authorization`` header and nowhere else.
    :param base_url: where the API is; a path in it is kept.
    :param connect_timeout: seconds until the connection stands.
    :param read_timeout: seconds without a byte of the answer, and seconds for the whole of its body.
    :param proxy: URL of an HTTP proxy; without it, the environment's.
    :param verify_tls: whether to check the server's certificate.
    :param retrying: how often and how long to try again what was surely not sent.
    """

    def __init__(
        self,
        *,
        token: str,
        base_url: str,
        connect_timeout: float,
        read_timeout: float,
        proxy: str | None = None,
        verify_tls: bool = True,
        retrying: Retrying = ONCE,
    ) -> None:
        self._token = token
        self._base_url = base_url.rstrip("/")
        self._timeout = (connect_timeout, read_timeout)
        self._proxy = proxy
        self._verify = verify_tls
        self._retrying = retrying
        self._open()

    def _open(self) -> None:
        self._process = os.getpid()
        self._session = _Session()
        self._session.auth = _Bearer(self._token)
        self._session.max_redirects = _MAX_REDIRECTS
        self._session.headers.update(
            {"Accept": "application/json", "User-Agent": f"airflow-provider-chakra/{__version__}"}
        )
        # The environment's proxies and certificates, read once: requests would go through the whole
        # environment for each request. What is set on a session yields to it, what is given does not.
        proxies = {"http": self._proxy, "https": self._proxy} if self._proxy else {}
        self._settings = self._session.merge_environment_settings(
            self._base_url, proxies, stream=True, verify=self._verify, cert=None
        )
        self._session.trust_env = False

    def __repr__(self) -> str:
        """Name the host, never the token."""
        return f"ChakraClient(base_url={self._base_url!r})"

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._session.close()

    @cached_property
    def messages(self) -> MessagesAPI:
        """Sending messages."""
        from airflow_provider_chakra.api.messages import MessagesAPI

        return MessagesAPI(self)

    @cached_property
    def chats(self) -> ChatsAPI:
        """Reading chats."""
        from airflow_provider_chakra.api.chats import ChatsAPI

        return ChatsAPI(self)

    def request(
        self,
        method: str,
        path: str,
        *,
        path_params: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        subject: str | None = None,
        read: Callable[[answers.Answer], Any] = answers.read,
    ) -> Any:
        """
        Make a request, and again only if it was surely not carried out.

        Redirects are followed for requests that only read; the token does not go to another host.

        :param method: HTTP method.
        :param path: path below the base URL, such as ``/v1/ext/chat/{chat_id}/message``: plain,
            each segment is URL-encoded here.
        :param path_params: values for the names in braces.
        :param params: the query.
        :param json: the body.
        :param subject: what is asked for, in words fit for a log.
        :param read: makes of the answer what is returned, or raises.
        :return: the decoded JSON of the answer, with ChakraHQ's envelope; ``None`` if it is empty.
        :raises ChakraConfigError: if the request cannot be made so.
        :raises ChakraConnectError: if there was no connection; nothing left.
        :raises ChakraResponseError: if ChakraHQ or WhatsApp refused.
        :raises ChakraUnknownError: if the request left and no clear answer came.
        """
        if not (isinstance(method, str) and method.isascii() and method.isalpha()):
            raise ChakraConfigError("The method must be one of HTTP's, such as GET.")
        method = method.upper()
        url = self._base_url + fill(path, path_params or {})
        subject = subject or f"{method} {clean(path.translate(_BRACES))}"
        content = None if json is None else _encode(json)

        def hidden() -> tuple[str, ...]:
            return (self._token, *texts_in(json))

        def once() -> Any:
            answer = self._ask(method, url, params, content, subject, hidden)
            try:
                return read(answer)
            except ChakraError:
                raise
            except Exception as error:
                raise answers.unclear(answer, f"which could not be read: {type(error).__name__}") from None

        return self._retrying.run(once)

    def _ask(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None,
        content: bytes | None,
        subject: str,
        hidden: Callable[[], Iterable[str]],
    ) -> answers.Answer:
        # A connection that was open when the process was forked belongs to the parent.
        if self._process != os.getpid():
            self._open()
        reads_only = method in _READING_METHODS
        body = None if content is None else _Body(content)
        try:
            response = self._session.request(
                method,
                url,
                params=params,
                data=body,
                headers=None if body is None else {"Content-Type": "application/json"},
                timeout=self._timeout,
                **self._settings,
            )
            with response:
                answered = self._read_body(response)
        # "from None": the errors of requests carry the URL, and in it ids of customers.
        except Exception as error:
            raise self._failure(subject, error, body, reads_only) from None
        return answers.Answer(subject, reads_only, response.status_code, response.headers, answered, hidden)

    def _read_body(self, response: requests.Response) -> bytes:
        # Piece by piece as it comes, so that a slow drip cannot hold a worker for ever.
        read = getattr(response.raw, "read1", response.raw.read)
        end = time.monotonic() + self._timeout[1]
        pieces, size = [], 0
        while piece := read(65536, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > _LONGEST_ANSWER:
                raise requests.exceptions.ContentDecodingError("too long")
            if time.monotonic() > end:
                raise requests.Timeout("too slow")
        return b"".join(pieces)

    def _failure(
        self, subject: str, error: Exception, body: _Body | None, reads_only: bool
    ) -> ChakraConfigError | ChakraConnectError | ChakraUnknownError:
        """Tell what an exception means; whether the body began to leave comes before its type."""
        if body is None or not body.began_to_leave:
            if isinstance(error, requests.TooManyRedirects):
                return ChakraConfigError(
                    f"{subject} was redirected more than {_MAX_REDIRECTS} times: check the connection's host."
                )
            if isinstance(error, requests.exceptions.InvalidProxyURL):
                return ChakraConfigError(f"{subject} could not be made: check the connection's proxy.")
            # Such errors are met while the request is put together.
            if isinstance(error, ValueError | TypeError | AttributeError):
                return ChakraConfigError(
                    f"{subject} could not be made ({type(error).__name__}): check the connection's host, "
                    "token and proxy, and the request's parameters."
                )
            if body is not None or _never_connected(error):
                return ChakraConnectError(
                    f"{subject} was not sent, there was no connection to {self._base_url}: {_in_words(error)}"
                )
        return ChakraUnknownError(
            f"{subject} left, and no answer came: {_in_words(error)} {answers.what_next(reads_only)}",
            retryable=reads_only,
        )


def _encode(json: Any) -> bytes:
    try:
        return json_module.dumps(json, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ChakraConfigError(f"The body is not JSON: {clean(str(error))}.") from None


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


def _never_connected(error: Exception) -> bool:
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


def _in_words(error: Exception) -> str:
    causes = list(_causes(error))
    for kind, words in _WORDS:
        if any(isinstance(cause, kind) for cause in causes):
            return words
    return "the connection was lost."
