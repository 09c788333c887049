"""Texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from airflow_provider_chakra.operators.base import boolean, given
from airflow_provider_chakra.operators.messages.session import BaseSessionOperator


class SendTextOperator(BaseSessionOperator):
    """
    Send a text, and return its wamid.

    WhatsApp takes it only within 24 hours after the recipient last wrote.

    .. seealso:: https://apidocs.chakrahq.com (Send WhatsApp session message),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages

    :param to: phone number with its country code, such as ``"919876543210"`` (``+``, blanks,
        hyphens and parentheses are taken off), or a business-scoped user id.
    :param body: 1 to 4096 characters; WhatsApp's markup, line breaks and emoji are fine.
    :param preview_url: whether to show a preview of the first link.
    :param kwargs: ``fallback_template``, see :class:`.BaseSessionOperator`; ``reply_to``,
        ``callback_data``, ``on_unknown``, ``resend``, ``ledger``, see :class:`.BaseSendOperator`;
        ``wait_for`` and how to wait, see :class:`.BaseDeliveryOperator`;
        ``chakra_conn_id`` and ids, see :class:`.BaseChakraOperator`; and what every operator of Airflow's
        takes.
    """

    template_fields: Sequence[str] = ("body", "preview_url", *BaseSessionOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {"body": "md"}
    stand_ins: ClassVar[Mapping[str, Any]] = {**BaseSessionOperator.stand_ins, "body": "?"}

    def __init__(
        self, *, to: str | int, body: str, preview_url: bool | str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(to=to, **kwargs)
        self.body = body
        self.preview_url = preview_url
        self.check_early()

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and ``text``.
        """
        return {"type": "text", "text": {"body": self.body, **given(preview_url=boolean(self.preview_url))}}
