"""What ChakraHQ calls a webhook with."""

from __future__ import annotations

import time
from typing import Any

from tests.events.samples import PHONE, chakra, whatsapp

TEXT = "What a customer wrote"


def message(wamid: str, *, ago: float = 0, text: str = TEXT, **fields: Any) -> dict[str, Any]:
    """Tell of a message."""
    told = {"from": PHONE, "id": wamid, "timestamp": str(int(time.time() - ago)), "type": "text"}
    return whatsapp(messages=[told | {"text": {"body": text}} | fields])


def status(wamid: str, word: str = "DELIVERED") -> dict[str, Any]:
    """Tell of a status."""
    at = int(time.time() * 1000)
    return chakra("status", externalId=wamid, deliveryStatus=word, timestamp=at, recipientId=PHONE)
