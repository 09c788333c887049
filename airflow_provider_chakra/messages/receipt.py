"""
Read receipts and the typing indicator.

https://developers.facebook.com/docs/whatsapp/cloud-api/guides/mark-message-as-read and
https://developers.facebook.com/docs/whatsapp/cloud-api/typing-indicators
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from airflow_provider_chakra.messages.base import NonEmpty, RuledPart, Sendable


class TypingIndicator(RuledPart):
    """The sign that an answer is being written; it goes away with the answer, or after 25 seconds."""

    spelled_out: ClassVar[Mapping[str, str]] = {"type": "text"}

    type: Literal["text"] = "text"


class ReadReceipt(Sendable):
    """
    The blue ticks below a message that somebody sent, and below all earlier ones.

    It is no message: it goes to whoever wrote the message that it names, and has no wamid of its own.

    :param message_id: wamid of the inbound message, at most 30 days old.
    :param typing_indicator: show that an answer is being written.
    """

    kind: ClassVar[str] = "read receipt"
    spelled_out: ClassVar[Mapping[str, str]] = {**Sendable.spelled_out, "status": "read"}

    status: Literal["read"] = "read"
    message_id: NonEmpty
    typing_indicator: TypingIndicator | None = None

    @property
    def masked_recipient(self) -> str:
        """The recipient, as far as it is known: the writer of the message."""
        return "the writer of a message"
