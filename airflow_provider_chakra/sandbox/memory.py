"""What a sandbox remembers: messages, requests, and the faults still to come."""

from __future__ import annotations

import base64
import json
import secrets
from typing import TYPE_CHECKING, Any

from airflow_provider_chakra.sandbox.chats import Chats, WindowRule
from airflow_provider_chakra.sandbox.clock import Clock
from airflow_provider_chakra.sandbox.entries import text_of
from airflow_provider_chakra.sandbox.media import MediaStore
from airflow_provider_chakra.sandbox.pace import Pace
from airflow_provider_chakra.sandbox.platform.state import Platform
from airflow_provider_chakra.sandbox.rules import bare_number
from airflow_provider_chakra.sandbox.templates.store import Templates
from airflow_provider_chakra.sandbox.webhooks.calls import Webhooks

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.faults import Fault


def parse_json(raw: bytes) -> Any:
    """
    Parse a body as strictly as ChakraHQ does.

    :param raw: the body of a request.
    :raises ValueError: if it is not JSON in UTF-8; Python's ``NaN`` is no JSON either.
    """

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    try:
        return json.loads(raw.decode(), parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def recipient_of(payload: dict[str, Any]) -> str:
    """
    Name the recipient of an accepted message as WhatsApp would: digits, a group's id, or a user's id.

    :param payload: a message that was accepted.
    """
    if "to" not in payload:
        return str(payload["recipient"])
    to: str = payload["to"]
    return to if payload.get("recipient_type") == "group" else bare_number(to).removeprefix("+")


def new_wamid(recipient: str) -> str:
    """
    Make a message id: base64 over the recipient and 18 random hexadecimal digits, as in the real ones.

    :param recipient: whom the message is for.
    """
    to = recipient.encode()[:127]
    number = secrets.token_hex(9).upper().encode()
    raw = (
        b"\x1c\x18"
        + bytes([len(to)])
        + to
        + b"\x15\x02\x00\x11\x18"
        + bytes([len(number)])
        + number
        + b"\x00"
    )
    return "wamid." + base64.b64encode(raw).decode()


class Memory:
    """
    The state of one sandbox.

    It has no lock, because everything that touches it runs on the server's one event loop.

    :param pace: how fast messages come further by themselves; they do not without one.
    :param windows: what becomes of free messages to who has not written within 24 hours.
    """

    def __init__(self, pace: Pace | None = None, windows: WindowRule = "open") -> None:
        self.clock = Clock()
        self.chats = Chats(self.clock, pace or Pace(), windows)
        self.templates = Templates(self.clock)
        self.media = MediaStore()
        self.platform = Platform(self.clock)
        self.webhooks = Webhooks(self.chats, self.clock)
        self.messages: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.faults: list[Fault] = []

    def reset(self) -> None:
        """Forget everything but what was given at the start, and call off what is to come."""
        self.clock.reset()
        self.chats.reset()
        self.templates.reset()
        self.media.reset()
        self.platform.reset()
        self.messages.clear()
        self.requests.clear()
        self.faults.clear()
        # What is told from now on is told of the chats that are there now.
        self.webhooks.reset()

    def receive(self, customer: str, payload: dict[str, Any]) -> str:
        """
        Let a customer write.

        :param customer: digits, or a user's id.
        :param payload: what is written, in the shape of WhatsApp's webhooks.
        :return: the wamid of the message.
        """
        return self.chats.received(new_wamid(customer), customer, payload, text_of(payload)).wamid

    def take_fault(self, method: str, path: str) -> Fault | None:
        """
        Give the oldest fault that is meant for a request, and count it.

        :param method: the request's HTTP method.
        :param path: the request's path.
        """
        for index, fault in enumerate(self.faults):
            if fault.meets(method, path):
                if fault.times == 1:
                    del self.faults[index]
                elif fault.times:
                    self.faults[index] = fault.model_copy(update={"times": fault.times - 1})
                return fault
        return None
