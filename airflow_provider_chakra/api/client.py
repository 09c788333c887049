"""One HTTP session: the one place for authorisation, time-outs and what went wrong on the way."""

from __future__ import annotations

import io
import json as json_module
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, nullcontext
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

import requests
from requests.auth import AuthBase

from airflow_provider_chakra import __version__
from airflow_provider_chakra.api import answer as answers
from airflow_provider_chakra.api.failures import in_words, never_connected
from airflow_provider_chakra.api.paths import fill, placeholders
from airflow_provider_chakra.api.redact import clean, texts_in
from airflow_provider_chakra.api.resources import Resources
from airflow_provider_chakra.api.retry import ONCE, Retrying
from airflow_provider_chakra.api.transfer import FormBody
from airflow_provider_chakra.api.wire_logs import name_no_customers
from airflow_provider_chakra.exceptions import (
    ChakraAuthError,
    ChakraConfigError,
    ChakraConnectError,
    ChakraError,
    ChakraUnknownError,
)

if TYPE_CHECKING:
    from airflow_provider_chakra.api.endpoints import Endpoint
    from airflow_provider_chakra.api.saving import Saving
    from airflow_provider_chakra.api.transfer import Body, Form

_READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_MAX_REDIRECTS = 5
#: Ids that a path may name and the client knows.
_KNOWN_IDS = frozenset({"plugin_id", "phone_number_id", "waba_id", "api_version"})
#: Names in a path that stand for a customer: a server that echoes the path must not bring them into a log.
_CUSTOMER = ("phone_number", "process", "value")
# One for all clients, as a lock of its own would keep a client from being copied.
_RENEWING = threading.Lock()
# In a log, braces are taken for the beginning of an echoed body.
_BRACES = str.maketrans("{}", "<>")
#: Bytes. Far more than any answer in JSON, and far less than a worker's memory.
_LONGEST_ANSWER = 32 * 1024 * 1024
#: Bytes a second that a download must make on average, beyond the read time-out.
_SLOWEST_DOWNLOAD = 16 * 1024


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
    content_type = "application/json"

    def read(self, size: int | None = -1, /) -> bytes:
        self.began_to_leave = True
        return super().read(size)


class _Request(NamedTuple):
    """What is asked, but for the token; each try makes a body of its own."""

    subject: str
    method: str
    url: str
    params: Mapping[str, Any] | None
    make_body: Callable[[], Body | None]
    save: Saving | None
    reads_only: bool
    #: What must not show in an error, besides the token.
    texts: Any


class ChakraClient(Resources):
    """
    A client of ChakraHQ's pass-through API. Safe to share between threads.

    :param token: access token; it goes into the ``Authorization`` header and nowhere else.
    :param base_url: where the API is; a path in it is kept.
    :param connect_timeout: seconds until the connection stands.
    :param read_timeout: seconds without a byte of the answer, and seconds for the whole of its body.
    :param proxy: URL of an HTTP proxy; without it, the environment's.
    :param verify_tls: whether to check the server's certificate.
    :param retrying: how often and how long to try again what was surely not sent.
    :param ids: gives those of ``plugin_id``, ``phone_number_id``, ``waba_id`` and ``api_version`` that
        it is called with, by name; a path may name them.
    :param renew: gives the access token of this moment, for when the old one is no longer accepted.
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
        ids: Callable[..., Mapping[str, str]] = lambda *names: {},
        renew: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._token = token
        self._base_url = base_url.rstrip("/")
        self._timeout = (connect_timeout, read_timeout)
        self._proxy = proxy
        self._verify = verify_tls
        self._retrying = retrying
        self._ids = ids
        self._renew = renew
        self._open()

    def _open(self) -> None:
        name_no_customers()
        self._process = os.getpid()
        self._session = _Session()
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

    def call(self, endpoint: Endpoint, **kwargs: Any) -> Any:
        """Make a request, see :meth:`.Resources.call`."""
        kwargs = {"subject": endpoint.title, "reads_only": endpoint.reads, **kwargs}
        return self.request(endpoint.method, endpoint.path, **kwargs)

    def ids(self, *names: str) -> Mapping[str, str]:
        """Give ids, see :meth:`.Resources.ids`."""
        return self._ids(*names)

    def request(
        self,
        method: str,
        path: str,
        *,
        path_params: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Form | None = None,
        save: Saving | None = None,
        subject: str | None = None,
        reads_only: bool | None = None,
        read: Callable[[answers.Answer], Any] = answers.read,
    ) -> Any:
        """
        Make a request, and again only if it was surely not carried out or only reads.

        Redirects are followed for requests that only read; the token does not go to another host.

        :param method: HTTP method.
        :param path: path below the base URL, such as ``/v1/ext/chat/{chat_id}/message``: plain,
            each segment is URL-encoded here.
        :param path_params: values for the names in braces, other than the ids that the client knows.
        :param params: the query.
        :param json: the body.
        :param form: a form with a file as the body, in the place of ``json``.
        :param save: what the body of a good answer is written to, as it comes; it may take longer than
            the read time-out then. The answer that ``read`` gets has no body.
        :param subject: what is asked for, in words fit for a log.
        :param reads_only: whether it changes nothing, if the method does not tell.
        :param read: makes of the answer what is returned, or raises.
        :return: the decoded JSON of the answer, with ChakraHQ's envelope; ``None`` if it is empty.
        :raises ChakraConfigError: if the request cannot be made so, or a file cannot be read or written.
        :raises ChakraConnectError: if there was no connection; nothing left.
        :raises ChakraResponseError: if ChakraHQ or WhatsApp refused.
        :raises ChakraUnknownError: if the request left and no clear answer came.
        """
        if not (isinstance(method, str) and method.isascii() and method.isalpha()):
            raise ChakraConfigError("The method must be one of HTTP's, such as GET.")
        method = method.upper()
        path_params = path_params or {}
        url = self._base_url + self._fill(path, path_params)
        customer = [str(path_params[name]) for name in _CUSTOMER if name in path_params]
        request = _Request(
            subject or f"{method} {clean(path.translate(_BRACES))}",
            method,
            url,
            params,
            _maker_of_bodies(json, form),
            save,
            method in _READING_METHODS if reads_only is None else reads_only,
            [customer, json if form is None else [form.filename, dict(form.fields)]],
        )

        def once(token: str) -> Any:
            answer = self._ask(token, request)
            try:
                return read(answer)
            except ChakraError:
                raise
            except Exception as error:
                raise answers.unclear(answer, f"which could not be read: {type(error).__name__}") from None

        return self._retrying.run(lambda: self._with_token(once))

    def _with_token(self, call: Callable[[str], Any]) -> Any:
        """Call with the token, and again with the new one if the old one is no longer accepted."""
        token = self._token
        try:
            return call(token)
        except ChakraAuthError as error:
            if error.status != HTTPStatus.UNAUTHORIZED or not self._has_renewed(token):
                raise
        return call(self._token)

    def _has_renewed(self, token: str) -> bool:
        with _RENEWING:
            # Another thread may have been faster.
            if self._token == token:
                self._token = self._renew() or token
            return self._token != token

    def _fill(self, path: str, path_params: Mapping[str, Any]) -> str:
        wanted = [name for name in placeholders(path) if name in _KNOWN_IDS and name not in path_params]
        return fill(path, {**self.ids(*wanted), **path_params})

    def _ask(self, token: str, request: _Request) -> answers.Answer:
        # A connection that was open when the process was forked belongs to the parent.
        if self._process != os.getpid():
            self._open()
        body = request.make_body()
        headers = {} if body is None else {"Content-Type": body.content_type}
        if request.save is not None:
            headers |= {"Accept": "*/*", "Accept-Encoding": "identity"}
        try:
            with nullcontext() if body is None else closing(body):
                response = self._session.request(
                    request.method,
                    request.url,
                    params=request.params,
                    data=body,
                    headers=headers,
                    auth=_Bearer(token),
                    timeout=self._timeout,
                    **self._settings,
                )
            with response:
                answered = self._receive(response, request.save)
        except ChakraError:
            # The file that is sent or written is in trouble, not the request.
            raise
        # "from None": the errors of requests carry the URL, and in it ids of customers.
        except Exception as error:
            raise self._failure(request, error, body) from None

        def hidden() -> Iterable[str]:
            return (token, *texts_in(request.texts))

        return answers.Answer(
            request.subject, request.reads_only, response.status_code, response.headers, answered, hidden
        )

    def _receive(self, response: requests.Response, save: Saving | None) -> bytes:
        """Read the body; if it is to be saved, save it and give none."""
        if save is None or response.status_code != HTTPStatus.OK:
            return b"".join(self._pieces(response, most=_LONGEST_ANSWER, slowest=None))
        save.begin()
        for piece in self._pieces(response, most=None, slowest=_SLOWEST_DOWNLOAD):
            save.write(piece)
        # urllib3 before 2.0 does not look at the length.
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and "Content-Encoding" not in response.headers and int(length) != save.size:
            raise requests.ConnectionError("too short")
        return b""

    def _pieces(
        self, response: requests.Response, *, most: int | None, slowest: int | None
    ) -> Iterator[bytes]:
        # Piece by piece as it comes, so that a slow drip cannot hold a worker for ever.
        read = getattr(response.raw, "read1", response.raw.read)
        begun, size = time.monotonic(), 0
        while piece := read(65536, decode_content=True):
            yield piece
            size += len(piece)
            if most is not None and size > most:
                raise requests.exceptions.ContentDecodingError("too long")
            allowed = self._timeout[1] + (size / slowest if slowest is not None else 0)
            if time.monotonic() - begun > allowed:
                raise requests.Timeout("too slow")

    def _failure(
        self, request: _Request, error: Exception, body: Body | None
    ) -> ChakraConfigError | ChakraConnectError | ChakraUnknownError:
        """Tell what an exception means; whether the body began to leave comes before its type."""
        subject = request.subject
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
            if body is not None or never_connected(error):
                return ChakraConnectError(
                    f"{subject} was not sent, there was no connection to {self._base_url}: {in_words(error)}"
                )
        return ChakraUnknownError(
            f"{subject} left, and no answer came: {in_words(error)} {answers.what_next(request.reads_only)}",
            retryable=request.reads_only,
        )


def _maker_of_bodies(json: Any, form: Form | None) -> Callable[[], Body | None]:
    if form is not None:
        return lambda: FormBody(form)
    content = None if json is None else _encode(json)
    return lambda: None if content is None else _Body(content)


def _encode(json: Any) -> bytes:
    try:
        return json_module.dumps(json, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ChakraConfigError(f"The body is not JSON: {clean(str(error))}.") from None
