"""What a sandbox answers to unless told otherwise. None of it is secret, none of it exists at ChakraHQ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HOST: Final = "127.0.0.1"
PORT: Final = 8765

TOKEN: Final = "sandbox-token-not-a-secret"  # ruff: ignore[hardcoded-password-string]
PLUGIN_ID: Final = "5a4db0c5-0000-4000-8000-000000000001"
PHONE_NUMBER_ID: Final = "100000000000001"
WABA_ID: Final = "200000000000001"
WEBHOOK_SECRET: Final = "webhook-secret-not-a-secret"  # ruff: ignore[hardcoded-password-string]

MISSING_EXTRA: Final = (
    "The ChakraHQ sandbox needs FastAPI and uvicorn: pip install 'airflow-provider-chakra[sandbox]'"
)


@dataclass(frozen=True)
class Account:
    """
    The one ChakraHQ account a sandbox knows.

    :param token: the bearer token that is let in.
    :param plugin_id: the only WhatsApp plugin.
    :param phone_number_id: the only sending number, by Meta's id.
    :param waba_id: the WhatsApp business account that owns the number.
    """

    token: str = TOKEN
    plugin_id: str = PLUGIN_ID
    phone_number_id: str = PHONE_NUMBER_ID
    waba_id: str = WABA_ID
