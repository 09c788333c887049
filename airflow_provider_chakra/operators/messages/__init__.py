"""Operators that send WhatsApp messages: all are imported from here."""

from airflow_provider_chakra.operators.messages.any import SendMessageOperator
from airflow_provider_chakra.operators.messages.interactive import (
    SendButtonsOperator,
    SendCtaUrlOperator,
    SendFlowOperator,
    SendListOperator,
)
from airflow_provider_chakra.operators.messages.media import (
    SendAudioOperator,
    SendDocumentOperator,
    SendImageOperator,
    SendStickerOperator,
    SendVideoOperator,
)
from airflow_provider_chakra.operators.messages.others import (
    SendContactsOperator,
    SendLocationOperator,
    SendReactionOperator,
)
from airflow_provider_chakra.operators.messages.receipts import MarkAsReadOperator
from airflow_provider_chakra.operators.messages.template import SendTemplateOperator
from airflow_provider_chakra.operators.messages.text import SendTextOperator

__all__ = [
    "MarkAsReadOperator",
    "SendAudioOperator",
    "SendButtonsOperator",
    "SendContactsOperator",
    "SendCtaUrlOperator",
    "SendDocumentOperator",
    "SendFlowOperator",
    "SendImageOperator",
    "SendListOperator",
    "SendLocationOperator",
    "SendMessageOperator",
    "SendReactionOperator",
    "SendStickerOperator",
    "SendTemplateOperator",
    "SendTextOperator",
    "SendVideoOperator",
]
