"""
Sending messages.

https://apidocs.chakrahq.com, WhatsApp Messages API (pass-through) and Send WhatsApp session message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from airflow_provider_chakra.api.answer import Answer, read, unclear, wamid_in
from airflow_provider_chakra.api.endpoints import SEND_MESSAGE

if TYPE_CHECKING:
    from airflow_provider_chakra.api.resources import Resources
    from airflow_provider_chakra.messages.base import Message


class SentMessage(NamedTuple):
    """A message that WhatsApp accepted. Accepted is not delivered."""

    #: WhatsApp's id of it.
    wamid: str
    #: ChakraHQ's answer, as it came.
    answer: dict[str, Any]


class MessagesAPI:
    """
    The messages of a phone number.

    :param chakra: the client or hook to speak through.
    """

    def __init__(self, chakra: Resources) -> None:
        self._chakra = chakra

    def send(self, message: Message) -> SentMessage:
        """
        Send one message, and again only if it was surely not sent.

        :param message: the message.
        :return: the wamid and the raw answer.
        :raises ChakraConfigError: if an id is missing; nothing was sent.
        :raises ChakraConnectError: if there was no connection; nothing was sent.
        :raises ChakraResponseError: if it was refused; nothing was sent.
        :raises ChakraUnknownError: if it is unknown whether it was sent.
        """
        sent: SentMessage = self._chakra.call(
            SEND_MESSAGE,
            json=message.payload(),
            subject=f"The {message.kind} to {message.masked_recipient}",
            read=read_sent,
        )
        return sent


def read_sent(answer: Answer) -> SentMessage:
    """
    Read the answer to a message.

    :param answer: ChakraHQ's answer.
    :return: the wamid and the raw answer.
    :raises ChakraResponseError: if it was refused.
    :raises ChakraUnknownError: if there is no wamid in it.
    """
    body = read(answer)
    wamid = wamid_in(body)
    if wamid is None:
        raise unclear(answer, "without the id of a message")
    return SentMessage(wamid, body)
