"""Reading the inbox from where there is no database: triggerers ask the API server."""

from __future__ import annotations

import contextlib
import logging
import ssl
from collections.abc import Callable, Collection, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import quote

from airflow_provider_chakra.exceptions import ChakraInboxError

if TYPE_CHECKING:
    import requests

    from airflow_provider_chakra.events import Inbound, Status
    from airflow_provider_chakra.hooks.chakra import ChakraHook

log = logging.getLogger(__name__)

#: Seconds until a connection stands, and without a byte of the answer. The API server is near.
_TIMEOUTS = (5, 20)
#: Customers, and messages, of one question; the API server takes no more.
_MOST_ASKED = 500


class _Page(NamedTuple):
    place: str
    more: bool
    events: list[Status | Inbound]


class Feed:
    """
    What ChakraHQ's webhooks told of one connection. Its methods block: call them in a thread.

    :param url: where the API server is.
    :param conn_id: the Airflow connection.
    :param secret: the webhook's secret.
    :param renew: gives the secret as it is by now, if it was changed.
    """

    def __init__(
        self,
        url: str,
        conn_id: str,
        secret: str,
        *,
        renew: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._url = f"{url}/chakra/inbox/{quote(conn_id, safe='')}"
        self._conn_id = conn_id
        self._secret = secret.encode()
        # Up to where everything is known.
        self._place: str | None = None
        self._renew = renew
        self._session = _session()

    def __repr__(self) -> str:
        """Name the connection, never the secret."""
        return f"Feed({self._conn_id!r})"

    @classmethod
    def of(cls, chakra_conn_id: str, hook: ChakraHook) -> Self | None:
        """
        Make the feed of a connection, if there is one.

        :param chakra_conn_id: the connection, as the API server calls it.
        :param hook: a hook of that connection.
        :return: the feed; ``None`` if Airflow takes no webhooks, or the connection has no webhook secret.
        :raises ChakraConfigError: if the connection is wrong.
        """
        from airflow_provider_chakra.inbox import config

        if not config.is_on() or not (secret := hook.settings.webhook_secret):
            return None

        def renew() -> str | None:
            return type(hook)(chakra_conn_id).settings.webhook_secret

        return cls(config.base_url(), chakra_conn_id, secret, renew=renew)

    @property
    def begun(self) -> bool:
        """Whether a look took notice of the present place."""
        return self._place is not None

    def look(self) -> list[Status | Inbound]:
        """
        Give what came since the last look, in the order in which it came, each event once.

        The first look takes notice of the present place, and gives nothing.

        :return: the events.
        :raises ChakraInboxError: if they could not be read; the next look gives them.
        """
        if self._place is None:
            self._place = self._ask("GET").place
            return []
        events: list[Status | Inbound] = []
        place, more = self._place, True
        while more:
            place, more, found = self._ask("GET", params={"after": place})
            events += found
        self._place = place
        return events

    def about(
        self, *, customers: Collection[str] = (), wamids: Collection[str] = ()
    ) -> list[Status | Inbound]:
        """
        Give all that is kept about some customers and messages, whatever was given before.

        :param customers: the digits of their phone numbers, or their user ids.
        :param wamids: messages: how far they came, if they were sent; what they say, if they were received.
        :return: the events. Those of one customer, and of one message, are in the order in which they came.
        :raises ChakraInboxError: if they could not be read.
        """
        # The answers to two questions may have an event in common.
        events: dict[tuple[str, str | None], Status | Inbound] = {}
        for question in _questions(list(customers), list(wamids)):
            place, more = "0", True
            while more:
                place, more, found = self._ask("POST", "/about", json={**question, "after": place})
                events |= {(event.wamid, getattr(event, "status", None)): event for event in found}
        return list(events.values())

    def _ask(self, method: str, path: str = "", **kwargs: Any) -> _Page:
        answer = self._request(method, path, **kwargs)
        if answer.status_code == HTTPStatus.UNAUTHORIZED and self._has_new_secret():
            answer = self._request(method, path, **kwargs)
        if answer.status_code != HTTPStatus.OK:
            raise ChakraInboxError(_advice(self._url, answer.status_code), status=answer.status_code)
        try:
            return _read(answer.json())
        # Whatever answers: it must not end the waits of all who listen here.
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ChakraInboxError(
                f"What answers at {self._url} is not this provider's inbox, or of another version. [chakra] "
                "inbox_url must be where triggerers reach Airflow's API server."
            ) from None

    def _has_new_secret(self) -> bool:
        try:
            secret = self._renew()
        except Exception as error:
            log.info("The connection could not be read once more: %s", type(error).__name__)
            return False
        known, self._secret = self._secret, secret.encode() if secret else self._secret
        return known != self._secret

    def _request(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        import requests

        from airflow_provider_chakra.inbox.tokens import make_token

        def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers["Authorization"] = f"Bearer {make_token(self._secret, self._conn_id)}"
            return request

        try:
            # Signed as auth, because requests would else prefer a password from ~/.netrc.
            return self._session.request(
                method, self._url + path, auth=sign, timeout=_TIMEOUTS, allow_redirects=False, **kwargs
            )
        except (requests.RequestException, ValueError) as error:
            # Of a URL that is none, some kinds are told as values that are none.
            raise ChakraInboxError(
                f"{self._url} cannot be asked for webhooks ({type(error).__name__}). [chakra] inbox_url must "
                "be where triggerers reach Airflow's API server."
            ) from None


def _read(page: Any) -> _Page:
    from airflow_provider_chakra.events.records import from_record

    events = [from_record(record) for record in page["events"]]
    # More of nothing would be asked for without end.
    if not isinstance(page["place"], str) or (page["more"] and not events):
        raise ValueError
    return _Page(page["place"], bool(page["more"]), events)


def _session() -> requests.Session:
    import requests
    from requests.adapters import HTTPAdapter

    from airflow_provider_chakra.inbox import config

    session = requests.Session()
    if certificate := config.certificate():
        # As Airflow does: besides those whom everybody trusts, and not instead of them.
        context = ssl.create_default_context()
        # Where the file is not, the first request tells that the server is not trusted.
        with contextlib.suppress(OSError):
            context.load_verify_locations(certificate)

        class Trusting(HTTPAdapter):
            def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
                super().init_poolmanager(*args, **kwargs, ssl_context=context)

        session.mount("https://", Trusting())
    return session


def _questions(customers: list[str], wamids: list[str]) -> Iterator[dict[str, list[str]]]:
    for begin in range(0, max(len(customers), len(wamids)), _MOST_ASKED):
        end = begin + _MOST_ASKED
        yield {"customers": customers[begin:end], "wamids": wamids[begin:end]}


def _advice(url: str, status: int) -> str:
    if status == HTTPStatus.UNAUTHORIZED:
        return (
            f"{url} does not let this triggerer read webhooks: the webhook secret of the connection must be "
            "the same here and in the API server, and the two clocks must agree."
        )
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return f"{url} cannot read its database at the moment."
    return (
        f"{url} answers with HTTP {status}: [chakra] webhook must be on in the API server, too, and [chakra] "
        "inbox_url must be where triggerers reach it."
    )
