"""The hook: from an Airflow connection to requests at ChakraHQ."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from airflow.providers.common.compat.sdk import BaseHook

from airflow_provider_chakra.api.resources import Resources
from airflow_provider_chakra.exceptions import (
    ChakraAuthError,
    ChakraConfigError,
    ChakraConnectError,
    ChakraError,
    ChakraNotFoundError,
    ChakraRequestError,
    InvalidMessageError,
    Problem,
)

if TYPE_CHECKING:
    from datetime import datetime

    from airflow_provider_chakra.api.client import ChakraClient
    from airflow_provider_chakra.api.endpoints import Endpoint
    from airflow_provider_chakra.api.messages import SentMessage
    from airflow_provider_chakra.hooks.settings import ChakraSettings
    from airflow_provider_chakra.messages import Message

T = TypeVar("T")

# Seconds to wait before each look into a chat: nobody documents how soon a message is listed.
_LISTED_AFTER = (0, 2, 5)

_CONFIG = "/v1/ext/config"
_PLUGIN_CONFIG = "/v1/ext/plugin/whatsapp/{plugin_id}/config"


class ChakraHook(Resources, BaseHook):
    """
    Speak with WhatsApp through ChakraHQ's pass-through API.

    The connection holds the access token as its password, the API's base URL as its host (empty:
    ``https://api.chakrahq.com``), and as extras ``plugin_id``, ``phone_number_id``, ``waba_id``,
    ``api_version``, ``connect_timeout``, ``read_timeout``, ``proxy``, ``verify_tls``, ``max_tries``,
    ``max_wait`` and ``on_unknown``, and for webhooks ``webhook_secret`` and ``webhook_verify_token``.
    Each argument here goes before the connection. Nothing is looked up before it is needed.

    .. seealso:: https://apidocs.chakrahq.com (Pass Through APIs)

    :param chakra_conn_id: the Airflow connection.
    :param plugin_id: ChakraHQ's id of the WhatsApp plugin.
    :param phone_number_id: Meta's id of the number to send from.
    :param waba_id: id of the WhatsApp business account.
    :param api_version: version of WhatsApp's API; ``v24.0`` if nothing else is said.
    :param connect_timeout: seconds until a connection stands; 10 if nothing else is said.
    :param read_timeout: seconds without a byte of the answer, and seconds for its whole body; 30 if
        nothing else is said.
    :param proxy: URL of an HTTP proxy; the environment's if nothing else is said.
    :param verify_tls: whether to check the server's certificate; true if nothing else is said.
    :param max_tries: how many times a request is made at most, where it was surely not carried out
        before: no connection, or throttled; 3 if nothing else is said.
    :param max_wait: seconds of waiting between those tries, in all; 30 if nothing else is said.
    :param on_unknown: what operators do where it is unknown whether a message was sent; ``"fail"`` if
        nothing else is said.
    """

    conn_name_attr = "chakra_conn_id"
    default_conn_name = "chakra_default"
    conn_type = "chakra"
    hook_name = "ChakraHQ"

    def __init__(
        self,
        chakra_conn_id: str = default_conn_name,
        *,
        plugin_id: str | None = None,
        phone_number_id: str | None = None,
        waba_id: str | None = None,
        api_version: str | None = None,
        connect_timeout: float | None = None,
        read_timeout: float | None = None,
        proxy: str | None = None,
        verify_tls: bool | None = None,
        max_tries: int | None = None,
        max_wait: float | None = None,
        on_unknown: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.chakra_conn_id = chakra_conn_id
        self._overrides = {
            "plugin_id": plugin_id,
            "phone_number_id": phone_number_id,
            "waba_id": waba_id,
            "api_version": api_version,
            "connect_timeout": connect_timeout,
            "read_timeout": read_timeout,
            "proxy": proxy,
            "verify_tls": verify_tls,
            "max_tries": max_tries,
            "max_wait": max_wait,
            "on_unknown": on_unknown,
        }

    @cached_property
    def settings(self) -> ChakraSettings:
        """What connection and arguments say, read once."""
        return self._read_settings()

    def _read_settings(self) -> ChakraSettings:
        from airflow_provider_chakra.hooks.settings import ChakraSettings

        return ChakraSettings.read(self.get_connection(self.chakra_conn_id), self._overrides)

    @cached_property
    def client(self) -> ChakraClient:
        """The client of the API, made once."""
        from airflow_provider_chakra.api.client import ChakraClient
        from airflow_provider_chakra.api.retry import Retrying

        settings = self.settings
        return ChakraClient(
            token=settings.token,
            base_url=settings.base_url,
            connect_timeout=settings.connect_timeout,
            read_timeout=settings.read_timeout,
            proxy=settings.proxy,
            verify_tls=settings.verify_tls,
            retrying=Retrying(settings.max_tries, settings.max_wait),
            ids=settings.require,
            renew=self._current_token,
        )

    def _current_token(self) -> str | None:
        try:
            settings = self._read_settings()
        except Exception:
            self.log.exception("The connection could not be read once more")
            return None
        # The new token of another host is no business of this one's.
        return settings.token if settings.base_url == self.settings.base_url else None

    def get_conn(self) -> ChakraClient:
        """
        Give the client of the API.

        :return: the client, the same each time.
        :raises ChakraConfigError: if the connection is incomplete or wrong.
        """
        return self.client

    def call(self, endpoint: Endpoint, **kwargs: Any) -> Any:
        """Make a request, see :meth:`.Resources.call`."""
        return self.client.call(endpoint, **kwargs)

    def ids(self, *names: str) -> Mapping[str, str]:
        """Give ids, see :meth:`.Resources.ids`."""
        return self.settings.require(*names)

    def send_message(self, message: Message | Mapping[str, Any]) -> SentMessage:
        """
        Send one message, and again only if it was surely not sent.

        :param message: a model of :mod:`airflow_provider_chakra.messages`, or a whole payload.
        :return: ``wamid``, WhatsApp's id of the message, and ``answer``, ChakraHQ's answer as a
            dict. That WhatsApp accepted it does not mean that it was delivered.
        :raises InvalidMessageError: if it breaks a rule of WhatsApp's; nothing was sent.
        :raises ChakraConfigError: if the connection is incomplete or wrong; nothing was sent.
        :raises ChakraConnectError: if there was no connection; nothing was sent.
        :raises ChakraResponseError: if it was refused; nothing was sent.
        :raises ChakraUnknownError: if it is unknown whether it was sent.
        """
        from airflow_provider_chakra.messages import Message, parse_message

        # A model, too: a copy of it may have been changed without a check.
        checked = parse_message(message.payload() if isinstance(message, Message) else message)
        if not isinstance(checked, Message):
            problem = Problem("status", "a message", "a read receipt", "use ChakraHook.mark_as_read")
            raise InvalidMessageError(checked.kind, [problem])
        started = time.monotonic()
        sent = self.messages.send(checked)
        self.log.info(
            "WhatsApp accepted the %s to %s as %s in %.0f ms",
            checked.kind,
            checked.masked_recipient,
            sent.wamid,
            (time.monotonic() - started) * 1000,
        )
        return sent

    async def asend_message(self, message: Message | Mapping[str, Any]) -> SentMessage:
        """
        Send one message from an event loop, such as a trigger's, without holding it up.

        :param message: as for :meth:`send_message`.
        :return: as there.
        :raises ChakraError: as there.
        """
        return await self.run_async(lambda: self.send_message(message))

    async def run_async(self, call: Callable[[], T]) -> T:
        """
        Make a call of this hook from an event loop, such as a trigger's, without holding it up.

        .. code-block:: python

            page = await hook.run_async(lambda: hook.request("GET", "/v1/ext/users"))

        :param call: what to call, in a thread.
        :return: what it returns.
        :raises ChakraError: as the call does.
        """
        from airflow.providers.common.compat.connection import get_async_connection
        from asgiref.sync import sync_to_async

        from airflow_provider_chakra.hooks.settings import ChakraSettings

        if "settings" not in self.__dict__:
            connection = await get_async_connection(self.chakra_conn_id)
            # In a thread, as Airflow masks the secrets of extras with a blocking call.
            read = sync_to_async(ChakraSettings.read, thread_sensitive=False)
            self.settings = await read(connection, self._overrides)
        # Not thread-sensitive: such calls would wait for each other.
        return await sync_to_async(call, thread_sensitive=False)()

    def mark_as_read(self, wamid: str, *, typing: bool = False) -> None:
        """
        Show the writer of a message that it, and every earlier one, was read.

        :param wamid: id of the inbound message, at most 30 days old.
        :param typing: whether to show as well that an answer is being written, until it comes or 25
            seconds have passed.
        :raises InvalidMessageError: if the wamid is none; nothing was sent.
        :raises ChakraError: if the receipt could not be sent; to try again does no harm.
        """
        from airflow_provider_chakra.api.endpoints import MARK_AS_READ
        from airflow_provider_chakra.messages import parse_message

        receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
        indicator = {"typing_indicator": {"type": "text"}} if typing else {}
        self.call(MARK_AS_READ, json=parse_message(receipt | indicator).payload(), subject="A read receipt")

    def find_sent(self, message: Message, since: datetime) -> str | None:
        """
        Look for a message in the chat with its recipient, as ChakraHQ lists it.

        It is asked three times within seven seconds, as a message may take a while to be listed. What
        is assumed about the listing stands in :mod:`airflow_provider_chakra.api.chats`.

        :param message: the message, as it would have been sent.
        :param since: when it was about to be sent.
        :return: its wamid; ``None`` if it is not listed, or has no phone number to ask for.
        :raises ChakraError: if ChakraHQ could not be asked.
        """
        from airflow_provider_chakra.api.chats import find_sent

        if message.to is None or message.recipient_type == "group":
            return None
        for seconds in _LISTED_AFTER:
            time.sleep(seconds)
            wamid = find_sent(self.chats.recent(message.to), message, since)
            if wamid is not None:
                return wamid
        return None

    def request(
        self,
        method: str,
        path: str,
        *,
        path_params: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
    ) -> Any:
        """
        Make any request to the API: the general pass-through.

        .. code-block:: python

            hook.request("GET", "/v1/ext/plugin/whatsapp/{plugin_id}/config")
            path = "/v1/ext/chat/{chat_id}/message"
            hook.request("POST", path, path_params={"chat_id": chat_id}, json={"limit": 10})

        :param method: HTTP method.
        :param path: path below the base URL, plain: each segment is URL-encoded. ``{plugin_id}``,
            ``{phone_number_id}``, ``{waba_id}`` and ``{api_version}`` are known from the connection.
        :param path_params: values for further names in braces.
        :param params: the query.
        :param json: the body.
        :return: the decoded JSON of the answer, with ChakraHQ's envelope; ``None`` if it is empty.
        :raises ChakraConfigError: if the connection is wrong, or the request cannot be made so.
        :raises ChakraConnectError: if there was no connection; nothing left.
        :raises ChakraResponseError: if ChakraHQ or WhatsApp refused.
        :raises ChakraUnknownError: if the request left and no clear answer came.
        """
        return self.client.request(method, path, path_params=path_params, params=params, json=json)

    def test_connection(self) -> tuple[bool, str]:
        """
        Try the connection, with requests that only read.

        :return: whether it works, and a sentence that says so or what to mend.
        """
        try:
            settings = self.settings
            host = settings.base_url
            try:
                answer = self.request("GET", _CONFIG)
            except ChakraAuthError as error:
                if error.status == HTTPStatus.FORBIDDEN:
                    return (
                        False,
                        "The access token is right, but its role may not read ChakraHQ's configuration.",
                    )
                return False, (
                    f"{host} does not accept the access token: make a new one in ChakraHQ "
                    "(Admin > API Keys) and put it into the password."
                )
            except ChakraConnectError as error:
                return False, str(error)
            except ChakraNotFoundError:
                answer = None
            if not isinstance(answer, Mapping) or "_data" not in answer:
                return False, f"{host} answers, but not as ChakraHQ's API does: check the host."
            if settings.plugin_id is None:
                return True, f"{host} accepts the access token. To send messages a plugin id is needed, too."
            try:
                self.request("GET", _PLUGIN_CONFIG)
            except (ChakraNotFoundError, ChakraRequestError):
                from airflow_provider_chakra.hooks.settings import WHERE_IS_PLUGIN_ID

                return False, f"The access token is right, the plugin id is not. {WHERE_IS_PLUGIN_ID}."
            except ChakraAuthError:
                return False, "The access token is right, but its role may not use this plugin."
            return True, f"{host} accepts the access token and knows the plugin."
        except ChakraConfigError as error:
            return False, str(error)
        except ChakraError as error:
            return False, f"ChakraHQ did not answer as it should. {error}"

    @classmethod
    def get_ui_field_behaviour(cls) -> dict[str, Any]:
        """
        Describe the connection form to Airflow before 3.2; later versions read the provider's metadata.

        :return: hidden fields, labels and placeholders.
        """
        from airflow_provider_chakra.hooks.form import field_behaviour

        return field_behaviour()

    @classmethod
    def get_connection_form_widgets(cls) -> dict[str, Any]:
        """
        Make the form's fields for Airflow before 3.2; later versions read the provider's metadata.

        :return: the fields by name.
        """
        from airflow_provider_chakra.hooks.form import form_widgets

        return form_widgets()
