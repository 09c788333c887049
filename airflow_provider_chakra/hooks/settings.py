"""What an Airflow connection says, checked: argument, then connection, then default."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow_provider_chakra.api.redact import clean
from airflow_provider_chakra.exceptions import ChakraConfigError

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Connection

log = logging.getLogger(__name__)

DEFAULT_BASE_URL = "https://api.chakrahq.com"
DEFAULT_API_VERSION = "v24.0"
#: Seconds until a connection stands.
DEFAULT_CONNECT_TIMEOUT = 10.0
#: Seconds without a byte of the answer; ChakraHQ's own SDK waits 30 in all.
DEFAULT_READ_TIMEOUT = 30.0
#: Seconds; more than this is a typing error rather than patience.
MAX_TIMEOUT = 600.0
DEFAULT_MAX_TRIES = 3
#: Seconds of waiting in all; what takes longer is left to Airflow's retries, not to a sleeping worker.
DEFAULT_MAX_WAIT = 30.0
ON_UNKNOWN = ("fail", "resend", "reconcile")

WHERE_IS_PLUGIN_ID = (
    "plugin_id: in ChakraHQ open the WhatsApp Setup page, click the three dots beside Save (top right), "
    "then Copy Plugin Id"
)
WHERE_IS_PHONE_NUMBER_ID = (
    "phone_number_id: in ChakraHQ's WhatsApp Setup page click the gear beside WhatsApp Phone Numbers; "
    "it is the Meta ID in the phone number column"
)


@dataclass(frozen=True, kw_only=True)
class ChakraSettings:
    """
    All that a request needs to know.

    :param token: access token of ChakraHQ.
    :param base_url: where the API is, without a slash at the end.
    :param plugin_id: ChakraHQ's id of the WhatsApp plugin.
    :param phone_number_id: Meta's id of the number to send from.
    :param waba_id: id of the WhatsApp business account.
    :param api_version: version of WhatsApp's API, such as ``v24.0``.
    :param connect_timeout: seconds until a connection stands.
    :param read_timeout: seconds without a byte of the answer.
    :param proxy: URL of an HTTP proxy.
    :param verify_tls: whether to check the server's certificate.
    :param max_tries: how many times a request is made at most, if it was surely not carried out before.
    :param max_wait: seconds of waiting between those tries, in all.
    :param on_unknown: what operators do where it is unknown whether a message was sent.
    :param webhook_secret: what ChakraHQ signs its webhooks with.
    :param webhook_verify_token: what Meta's handshake with a webhook must name.
    """

    token: str
    base_url: str = DEFAULT_BASE_URL
    plugin_id: str | None = None
    phone_number_id: str | None = None
    waba_id: str | None = None
    api_version: str = DEFAULT_API_VERSION
    connect_timeout: float = DEFAULT_CONNECT_TIMEOUT
    read_timeout: float = DEFAULT_READ_TIMEOUT
    proxy: str | None = None
    verify_tls: bool = True
    max_tries: int = DEFAULT_MAX_TRIES
    max_wait: float = DEFAULT_MAX_WAIT
    on_unknown: str = "fail"
    webhook_secret: str | None = None
    webhook_verify_token: str | None = None

    def __repr__(self) -> str:
        """Name the host, never the token."""
        return f"ChakraSettings(base_url={self.base_url!r})"

    @classmethod
    def read(cls, connection: Connection, overrides: Mapping[str, Any]) -> ChakraSettings:
        """
        Read a connection.

        :param connection: the Airflow connection.
        :param overrides: arguments of a hook, which go before the connection; ``None`` is absent.
        :return: the settings.
        :raises ChakraConfigError: naming the field that is missing or wrong.
        """
        extras = _extras(connection)
        unknown = sorted(set(extras) - set(EXTRAS))
        if unknown:
            log.warning("Unknown extras of the connection are ignored: %s", clean(", ".join(unknown)))
        values: dict[str, Any] = {}
        for name, parse in EXTRAS.items():
            for value, place in ((overrides.get(name), "an argument"), (extras.get(name), "the connection")):
                # The form saves a field that was left empty as null.
                if value is None or (isinstance(value, str) and not value.strip()):
                    continue
                try:
                    values[name] = parse(value)
                except ValueError as error:
                    raise ChakraConfigError(f"{name} in {place} must be {error}.") from None
                break
        return cls(token=_token(connection), base_url=_base_url(connection), **values)

    def require(self, *names: str) -> dict[str, str]:
        """
        Give ids, all of which must be there.

        :param names: ``plugin_id``, ``phone_number_id`` or ``waba_id``.
        :return: the ids by name.
        :raises ChakraConfigError: naming all that are missing, and where to find them.
        """
        found = {name: getattr(self, name) for name in names}
        missing = [name for name, value in found.items() if value is None]
        if missing:
            hints = "".join(f"\n  - {_WHERE.get(name, name)}" for name in missing)
            raise ChakraConfigError(
                f"Missing in the connection, and not given as an argument: {' and '.join(missing)}.{hints}"
            )
        return found


_WHERE = {
    "plugin_id": WHERE_IS_PLUGIN_ID,
    "phone_number_id": WHERE_IS_PHONE_NUMBER_ID,
    "waba_id": "waba_id: the id of the WhatsApp business account, in ChakraHQ's WhatsApp Setup page",
}


def _id(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("a string")
    text = str(value).strip()
    if not text.isprintable() or len(text) > 200 or text in {".", ".."}:
        raise ValueError("an id of at most 200 printable characters")
    return text


def _version(value: Any) -> str:
    match = re.fullmatch(r"v?([0-9]{1,3}\.[0-9]{1,2})", str(value).strip())
    if match is None:
        raise ValueError(f"a version such as {DEFAULT_API_VERSION}")
    return f"v{match[1]}"


def _seconds(value: Any) -> float:
    try:
        seconds = float(value) if not isinstance(value, bool) else 0.0
    except (TypeError, ValueError, OverflowError):
        seconds = 0.0
    if not 0 < seconds <= MAX_TIMEOUT:
        raise ValueError(f"a number of seconds above 0 and up to {MAX_TIMEOUT:.0f}")
    return seconds


def _tries(value: Any) -> int:
    tries = int(value) if str(value).strip().isdecimal() else 0
    if not 1 <= tries <= 10:
        raise ValueError("a whole number from 1 to 10")
    return tries


def _patience(value: Any) -> float:
    return 0.0 if str(value).strip() in {"0", "0.0"} else _seconds(value)


def _on_unknown(value: Any) -> str:
    choice = str(value).strip().lower()
    if choice not in ON_UNKNOWN:
        raise ValueError(f"one of {', '.join(ON_UNKNOWN)}")
    return choice


def _proxy(value: Any) -> str:
    # Never shown, as it may hold a password.
    if not isinstance(value, str) or not re.match(r"(https?|socks5h?)://[^/\s]", value.strip()):
        raise ValueError("a URL such as http://proxy.example.com:3128")
    return value.strip()


def _secret(value: Any) -> str:
    # Never shown.
    if not isinstance(value, str) or len(value) > 2000:
        raise ValueError("a text of at most 2000 characters")
    return value.strip()


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    # A connection given as a URI holds text only.
    flag = {"true": True, "1": True, "false": False, "0": False}.get(str(value).strip().lower())
    if flag is None:
        raise ValueError("true or false")
    return flag


#: The extras of a connection, each with what makes a value of it.
EXTRAS: dict[str, Callable[[Any], Any]] = {
    "plugin_id": _id,
    "phone_number_id": _id,
    "waba_id": _id,
    "api_version": _version,
    "connect_timeout": _seconds,
    "read_timeout": _seconds,
    "proxy": _proxy,
    "verify_tls": _flag,
    "max_tries": _tries,
    "max_wait": _patience,
    "on_unknown": _on_unknown,
    "webhook_secret": _secret,
    "webhook_verify_token": _secret,
}


def _extras(connection: Connection) -> dict[str, Any]:
    try:
        extras = connection.extra_dejson
    except ValueError:
        extras = None
    if not isinstance(extras, dict):
        raise ChakraConfigError("The extra of the connection must be a JSON object.")
    return extras


def _token(connection: Connection) -> str:
    token = (connection.password or "").strip().removeprefix("Bearer ").strip()
    if not token:
        raise ChakraConfigError(
            "The access token is missing: put it into the password of the connection. "
            "In ChakraHQ: Admin > API Keys, open or create a key, Access Tokens."
        )
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise ChakraConfigError(
            "The access token in the password of the connection has a blank or a character that no token "
            "has: copy it anew."
        )
    return token


def _base_url(connection: Connection) -> str:
    # Airflow's form may store a port that was left empty as 0.
    host, port = (connection.host or "").strip() or DEFAULT_BASE_URL, connection.port or None
    url = (host if "://" in host else f"https://{host}").rstrip("/")
    try:
        parts = urlsplit(url)
        own_port = parts.port
    except ValueError:
        raise ChakraConfigError(
            "The host of the connection is not a URL: check its port and brackets."
        ) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"\s", url):
        raise ChakraConfigError(
            "The host of the connection must be a host name, or a URL that begins with https:// or http://."
        )
    if parts.username is not None or "?" in url or "#" in url:
        raise ChakraConfigError("The host of the connection must have no user name, query or fragment.")
    if port is None or port == own_port:
        return url
    if own_port is not None:
        raise ChakraConfigError(
            f"The host of the connection names port {own_port}, its port field {port}: keep one."
        )
    if not 0 < port < 65536:
        raise ChakraConfigError(f"The port of the connection must be from 1 to 65535, not {port}.")
    if port == {"http": 80, "https": 443}[parts.scheme]:
        return url
    return parts._replace(netloc=f"{parts.netloc}:{port}").geturl()
