"""Messages of every type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_chakra.operators.base import from_json
from airflow_provider_chakra.operators.messages.session import BaseSessionOperator

if TYPE_CHECKING:
    from airflow_provider_chakra.messages import Message


class SendMessageOperator(BaseSessionOperator):
    """
    Send a message of any type, and return its wamid.

    The models of :mod:`airflow_provider_chakra.messages` help to write the payload:

    .. code-block:: python

        SendMessageOperator(
            task_id="where",
            payload=LocationRequestMessage(
                to="919876543210",
                interactive=LocationRequestInteractive(body=Body(text="Where shall we come?")),
            ),
        )

    .. seealso:: https://apidocs.chakrahq.com (WhatsApp Messages API (pass-through)),
        https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages

    :param payload: the whole payload, in WhatsApp's own shape: a mapping, a model, or JSON text.
    :param to: goes before the payload's ``to`` and ``recipient``.
    :param reply_to: goes before the payload's ``context``.
    :param callback_data: goes before the payload's ``biz_opaque_callback_data``.
    :param kwargs: as for :class:`SendTextOperator`.
    """

    template_fields: Sequence[str] = ("payload", *BaseSessionOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {"payload": "json"}
    object_fields: ClassVar[frozenset[str]] = BaseSessionOperator.object_fields | {"payload"}

    def __init__(self, *, payload: Mapping[str, Any] | Message | str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.payload = payload
        self.check_early()

    def payload_to_send(self) -> Any:
        """
        Put the whole payload together from the arguments as they are now.

        :return: the payload, not checked yet; if a template gave no mapping, whatever it gave.
        """
        from airflow_provider_chakra.messages.base import Sendable

        payload, envelope = from_json(self.payload), self.envelope()
        if isinstance(payload, Sendable):
            payload = payload.payload()
        if not isinstance(payload, Mapping):
            return payload
        replaced = {"to", "recipient"} if "to" in envelope else set()
        return {name: value for name, value in payload.items() if name not in replaced} | envelope
