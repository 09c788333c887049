"""
Sending messages.

https://apidocs.chakrahq.com, WhatsApp Messages API (pass-through) and Send WhatsApp session message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from airflow_provider_chakra.api.answer import Answer, read, unclear, wamid_in

if TYPE_CHECKING:
    from airflow_provider_chakra.api.client import ChakraClient
    from airflow_provider_chakra.messages.base import Message

_PATH = "/v1/ext/plugin/whatsapp/{plugin_id}/api/{api_version}/{phone_number_id}/messages"


class SentMessage(NamedTuple):
    """A message that WhatsApp accepted. Accepted is not delivered."""

    #: WhatsApp's id of it.
    wamid: str
    #: ChakraHQ's answer, as it came.
    answer: dict[str, Any]


class MessagesAPI:
    """
    The messages of a phone number.

    :param client: the client to speak through.
    """

    def __init__(self, client: ChakraClient) -> None:
        self._client = client

    def send(
        self, message: Message, *, plugin_id: str, phone_number_id: str, api_version: str
    ) -> SentMessage:
        """
        Send one message, and again only if it was surely not sent.

        :param message: the message.
        :param plugin_id: ChakraHQ's id of the WhatsApp plugin.
        :param phone_number_id: Meta's id of the number to send from.
        :param api_version: version of WhatsApp's API, such as ``v24.0``.
        :return: the wamid and the raw answer.
        :raises ChakraConnectError: if there was no connection; nothing was sent.
        :raises ChakraResponseError: if it was refused; nothing was sent.
        :raises ChakraUnknownError: if it is unknown whether it was sent.
        """
        sent: SentMessage = self._client.request(
            "POST",
            _PATH,
            path_params={
                "plugin_id": plugin_id,
                "api_version": api_version,
                "phone_number_id": phone_number_id,
            },
            json=message.payload(),
            subject=f"The {message.kind} to {message.masked_recipient}",
            read=_read_sent,
        )
        return sent


def _read_sent(answer: Answer) -> SentMessage:
    body = read(answer)
    wamid = wamid_in(body)
    if wamid is None:
        raise unclear(answer, "without the id of a message")
    return SentMessage(wamid, body)
