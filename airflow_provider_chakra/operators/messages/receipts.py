"""Read receipts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_chakra.operators.base import BaseChakraOperator

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context


class MarkAsReadOperator(BaseChakraOperator):
    """
    Show the writer of a message that it, and every earlier one, was read.

    It sends no message, and returns nothing. Done twice it does no harm, so that it may be retried.

    .. seealso:: https://developers.facebook.com/docs/whatsapp/cloud-api/guides/mark-message-as-read; that
        ChakraHQ passes it through is an assumption, from code of its integrators.

    :param wamid: id of the inbound message, at most 30 days old.
    :param typing: whether to show as well that an answer is being written, until it comes or 25
        seconds have passed.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = ("wamid", "typing", *BaseChakraOperator.template_fields)

    def __init__(self, *, wamid: str, typing: bool | str = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.wamid = wamid
        self.typing = typing

    def act(self, context: Context) -> None:
        """
        Send the receipt.

        :param context: Airflow's context.
        :raises ChakraError: if it could not be sent.
        """
        self.hook.mark_as_read(self.wamid, typing=self.flag("typing"))
