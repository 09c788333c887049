"""The part of a handle on a running sandbox that plays WhatsApp and its customers."""

from __future__ import annotations

from typing import Any

from airflow_provider_chakra.sandbox.caller import Caller

_MEDIA_HEADERS = ("IMAGE", "VIDEO", "GIF", "DOCUMENT", "LOCATION", "PRODUCT")


class WhatsAppCaller(Caller):
    """Time, templates, chats and media of a running sandbox."""

    def advance(self, seconds: float) -> None:
        """
        Move the sandbox's clock on.

        :param seconds: how far.
        :raises ValueError: if that is more than thirty years in all.
        """
        self._call("POST", "clock", {"seconds": seconds})

    def add_template(
        self,
        name: str,
        *,
        language: str = "en_US",
        body: str = "Hello {{1}}",
        header: str | None = None,
        footer: str | None = None,
        buttons: list[dict[str, Any]] | None = None,
        category: str = "UTILITY",
        status: str = "APPROVED",
    ) -> str:
        """
        Put a template in, as if WhatsApp had decided on it.

        From the first one on, a template message must fit a template that is there.

        :param name: its name.
        :param language: its language.
        :param body: its text; variables are ``{{1}}`` or ``{{name}}``.
        :param header: its header's text, or ``IMAGE``, ``VIDEO``, ``GIF``, ``DOCUMENT``, ``LOCATION`` or
            ``PRODUCT``.
        :param footer: its footer's text.
        :param buttons: its buttons as WhatsApp lists them: ``{"type": "URL", "text": "Track", "url":
            "https://example.com/{{1}}"}``.
        :param category: its category.
        :param status: what was decided.
        :return: its id.
        :raises ValueError: if there is one of this name in this language.
        """
        components: list[dict[str, Any]] = [{"type": "BODY", "text": body}]
        if header in _MEDIA_HEADERS:
            components.insert(0, {"type": "HEADER", "format": header})
        elif header is not None:
            components.insert(0, {"type": "HEADER", "format": "TEXT", "text": header})
        if footer is not None:
            components.append({"type": "FOOTER", "text": footer})
        if buttons:
            components.append({"type": "BUTTONS", "buttons": buttons})
        template = {
            "name": name,
            "language": language,
            "category": category,
            "components": components,
            "status": status,
        }
        return str(self._ask("POST", "templates", template)["id"])

    def approve_template(self, name: str, language: str | None = None) -> None:
        """
        Approve a template.

        :param name: its name.
        :param language: the language; all of them without it.
        :raises ValueError: if there is none.
        """
        self._call("POST", "templates/review", {"name": name, "language": language, "status": "APPROVED"})

    def reject_template(self, name: str, reason: str = "INVALID_FORMAT", language: str | None = None) -> None:
        """
        Reject a template.

        :param name: its name.
        :param reason: WhatsApp's ``rejected_reason``.
        :param language: the language; all of them without it.
        :raises ValueError: if there is none.
        """
        order = {"name": name, "language": language, "status": "REJECTED", "rejected_reason": reason}
        self._call("POST", "templates/review", order)

    def approve_templates_after(self, seconds: float | None) -> None:
        """
        Let templates be approved by themselves.

        :param seconds: how long each waits on the sandbox's clock; ``None`` leaves it to
            :meth:`approve_template`, as at the start.
        """
        self._call("POST", "templates/reviews", {"seconds": seconds})

    def receive(
        self, customer: str, text: str | None = None, *, payload: dict[str, Any] | None = None
    ) -> str:
        """
        Let a customer write, which opens the window of 24 hours.

        :param customer: the customer's number in digits, or user id.
        :param text: what is written.
        :param payload: instead of a text, a message as WhatsApp's webhooks tell of it: ``{"type": "button",
            "button": {"text": "Yes", "payload": "YES"}}``; its ``context``, ``{"id": wamid}``, is what it
            answers. For a tap there is :meth:`~.CustomerCaller.choose`.
        :return: the wamid of the message.
        :raises ValueError: if that is no message.
        """
        content = {"type": "text", "text": {"body": text}} if payload is None else payload
        return str(self._ask("POST", "inbound", {"from": customer, "payload": content})["wamid"])

    def deliver(self, wamid: str, status: str = "DELIVERED", *, error: str | None = None) -> None:
        """
        Let a message come further than to be sent.

        :param wamid: the message.
        :param status: ``DELIVERED``, ``READ``, or ``FAILED`` with an error.
        :param error: why it failed, such as ``(#131026) Message undeliverable``.
        :raises ValueError: if there is no such message or status.
        """
        self._call("POST", "deliveries", {"wamid": wamid, "status": status, "error": error})

    def windows(self, rule: str) -> None:
        """
        Set what becomes of free messages to customers who have not written within 24 hours.

        :param rule: ``open``, and they pass, as at the start unless another rule was given then; ``late``,
            and they are taken, and a second later they have failed; ``refuse``, and they are refused at once.
        :raises ValueError: if there is no such rule.
        """
        self._call("POST", "windows", {"rule": rule})

    def receipts(self) -> list[dict[str, Any]]:
        """Give the read receipts, oldest first: each with its ``message_id`` and ``typing_indicator``."""
        found: list[dict[str, Any]] = self._ask("GET", "receipts")
        return found

    def add_media(self, content: bytes, mime_type: str) -> str:
        """
        Put in a file as if a customer had sent it.

        :param content: the file.
        :param mime_type: what it is.
        :return: WhatsApp's media id of it, which is also its ``mid``.
        """
        return str(self._ask("POST", "media", content, mime_type)["id"])

    def uploads(self) -> list[dict[str, Any]]:
        """Give all uploads, oldest first: ``filename``, ``mime_type``, ``size``, ``sha256``, ``url`` each."""
        found: list[dict[str, Any]] = self._ask("GET", "uploads")
        return found
