"""Session messages: WhatsApp takes them only within 24 hours after the recipient last wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from airflow_provider_chakra.exceptions import ChakraError, ChakraResponseError, InvalidMessageError, Problem
from airflow_provider_chakra.operators.base import from_json
from airflow_provider_chakra.operators.deliveries import WINDOW_IS_CLOSED
from airflow_provider_chakra.operators.messages.base import BaseSendOperator

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context

    from airflow_provider_chakra.messages import Message

#: XCom key under which it stands what was sent: ``"message"`` or ``"fallback_template"``.
SENT_AS = "sent_as"
_MESSAGE, _TEMPLATE = "message", "fallback_template"
#: What both messages have in common.
_ENVELOPE = ("to", "recipient", "recipient_type", "biz_opaque_callback_data", "recipient_identity_key_hash")
_FILLING = ("body", "header", "buttons", "components")
_ARGUMENTS = ("name", "language", *_FILLING)


class BaseSessionOperator(BaseSendOperator):
    """
    Send a session message, or a template where WhatsApp takes no session message.

    The template goes in the message's place if ChakraHQ lists the recipient's last message, and it is
    more than 24 hours old, or if WhatsApp refuses the session message for that reason. WhatsApp often
    accepts a session message first and tells only in the delivery status that the window was closed
    (131047): then the template goes if the task waits for that status, see ``wait_for``, and else nothing
    does. One message in all reaches the recipient.

    :param fallback_template: arguments of :class:`.SendTemplateOperator`: ``name``, ``language``, and
        ``body``, ``header``, ``buttons`` or ``components`` as the template wants them. XCom ``sent_as``
        tells then what was sent: ``"message"`` or ``"fallback_template"``.
    :param kwargs: as for :class:`.BaseSendOperator`.
    """

    template_fields: Sequence[str] = ("fallback_template", *BaseSendOperator.template_fields)
    object_fields: ClassVar[frozenset[str]] = frozenset({"fallback_template"})

    def __init__(self, *, fallback_template: Mapping[str, Any] | str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fallback_template = fallback_template

    def send(self, context: Context) -> str:
        """
        Send the message, or the template in its place, unless an earlier try did.

        :param context: Airflow's context.
        :return: the wamid of what was sent.
        :raises UnsendableMessageError: if either breaks a rule; nothing was sent.
        :raises ChakraError: if it was not sent, or if it is unknown whether it was.
        """
        if not self.fallback_template:
            return super().send(context)
        message = self._check()
        template = self._template(message.payload())
        message_ledger, template_ledger = self._ledger(message, context), self._ledger(template, context)
        # Both before anything is sent: an earlier try may have sent either.
        if wamid := self._sent_earlier(message, message_ledger):
            return self._tell(context, _MESSAGE, wamid)
        if wamid := self._sent_earlier(template, template_ledger):
            return self._tell(context, _TEMPLATE, wamid)
        if not self._knows_that_the_window_is_closed(message):
            try:
                return self._tell(context, _MESSAGE, self._send(self.prepare(message), message_ledger))
            except ChakraResponseError as error:
                if error.code != WINDOW_IS_CLOSED:
                    raise
                self.log.info("The window is closed, says WhatsApp: the template goes instead")
        return self._tell(context, _TEMPLATE, self._send(template, template_ledger))

    def fall_back(self, context: Context) -> str | None:
        """
        Send the template after WhatsApp accepted the message and told later that the window was closed.

        :param context: Airflow's context.
        :return: the template's wamid, also if an earlier try sent it; ``None`` if there is no template, or
            if ``sent_as`` says that it is what was sent.
        :raises UnsendableMessageError: if the template breaks a rule; it was not sent.
        :raises ChakraError: if it was not sent, or if it is unknown whether it was.
        """
        if not self.fallback_template or self.sent_as == _TEMPLATE:
            return None
        template = self._template(self._check().payload())
        ledger = self._ledger(template, context)
        wamid = self._sent_earlier(template, ledger)
        if wamid is None:
            self.log.info("The window was closed, says WhatsApp: the template goes instead")
            wamid = self._send(template, ledger)
        return self._tell(context, _TEMPLATE, wamid)

    def argument_problems(self) -> list[Problem]:
        """
        Check the template that may go instead.

        :return: the broken rules.
        """
        if not self.fallback_template:
            return []
        try:
            self._template(self.envelope())
        except InvalidMessageError as error:
            # About the recipient the message itself tells.
            problems = [problem for problem in error.problems if problem.field not in _ENVELOPE]
            return [problem._replace(field=f"fallback_template: {problem.field}") for problem in problems]
        return []

    def _tell(self, context: Context, sent_as: str, wamid: str) -> str:
        self.sent_as = sent_as
        context["ti"].xcom_push(key=SENT_AS, value=sent_as)
        return wamid

    def _template(self, envelope: Mapping[str, Any]) -> Message:
        from airflow_provider_chakra.messages import parse_message
        from airflow_provider_chakra.messages.problems import did_you_mean, joined, json_type
        from airflow_provider_chakra.messages.template_content import template_content

        arguments = from_json(self.fallback_template)
        if not isinstance(arguments, Mapping):
            problem = Problem("template", "its arguments", json_type(arguments), "give a mapping")
            raise InvalidMessageError("template message", [problem])
        filling = {name: value for name, value in arguments.items() if name not in {"name", "language"}}
        problems = [
            Problem(
                joined("", name),
                "not an argument here",
                "a value",
                did_you_mean(name, _ARGUMENTS) or f"give {', '.join(_ARGUMENTS)} only",
            )
            for name in map(str, filling)
            if name not in _FILLING
        ]
        content = template_content(**{name: filling.get(name) for name in _FILLING})
        template = {
            "name": arguments.get("name", ""),
            "language": {"code": arguments.get("language", "")},
            "components": content.components,
        }
        payload = {"messaging_product": "whatsapp", "type": "template", "template": template}
        payload |= {name: envelope[name] for name in _ENVELOPE if name in envelope}
        problems += content.problems
        try:
            message = parse_message(payload)
        except InvalidMessageError as error:
            problems += error.problems
        if problems:
            raise InvalidMessageError("template message", problems)
        return cast("Message", message)

    def _knows_that_the_window_is_closed(self, message: Message) -> bool:
        if message.to is None or message.recipient_type == "group":
            return False
        try:
            closes = self.hook.chats.window_closes_at(message.to)
        except ChakraError as error:
            self.log.warning("Whether the window is open could not be read, so WhatsApp decides: %s", error)
            return False
        if closes is None or closes > datetime.now(UTC):
            return False
        self.log.info("The window closed at %s: the template goes instead", closes.isoformat())
        return True
