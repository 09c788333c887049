"""What all operators that send a message share."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import AirflowFailException, AirflowTaskTimeout

from airflow_provider_chakra.exceptions import (
    ChakraError,
    ChakraUnknownError,
    InvalidMessageError,
    Problem,
)
from airflow_provider_chakra.ledger import Ledger, open_store
from airflow_provider_chakra.operators.base import given, is_literal
from airflow_provider_chakra.operators.deliveries import BaseDeliveryOperator

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context

    from airflow_provider_chakra.messages import Message

# Arguments that say how a message is sent, and not what it says.
_ABOUT_SENDING = frozenset({*BaseDeliveryOperator.template_fields, "ledger", "on_unknown", "resend"})


class UnsendableMessageError(InvalidMessageError, AirflowFailException):
    """A message, or what a task is to do with it, breaks rules: no retry of the task mends that."""


class BaseSendOperator(BaseDeliveryOperator):
    """
    Send one message and return its wamid.

    A subclass says in :meth:`content` what is sent, and calls :meth:`check_early` at the end of its
    ``__init__``.

    :param to: phone number with its country code, or a business-scoped user id.
    :param reply_to: wamid of the message that this one answers. None or empty: it answers none.
    :param callback_data: at most 512 characters that come back with each delivery status. None or
        empty: nothing does.
    :param on_unknown: what to do where it is unknown whether the message was sent, if not what the
        connection says: ``"fail"`` ends the task and lets a person look; ``"resend"`` leaves it to the
        task's retries and risks a second message; ``"reconcile"`` asks ChakraHQ for the chat, takes
        the message for sent if it is there, and else fails.
    :param resend: whether a task that was cleared sends the same message once more. Without it, a task
        that sent its message gives the same wamid again and sends nothing.
    :param ledger: dotted path of the class that remembers across tries what was sent, see
        :mod:`airflow_provider_chakra.ledger`; by default Airflow's ``task_state_store`` from
        Airflow 3.3 on, and nothing before.
    :param kwargs: as for :class:`.BaseDeliveryOperator`.
    """

    template_fields: Sequence[str] = (
        "to",
        "reply_to",
        "callback_data",
        "on_unknown",
        "resend",
        "ledger",
        *BaseDeliveryOperator.template_fields,
    )
    #: What stands for arguments that get their values when the task runs, while the others are checked early.
    stand_ins: ClassVar[Mapping[str, Any]] = {"to": "919876543210", "reply_to": None, "callback_data": None}

    def __init__(
        self,
        *,
        to: str | int | None = None,
        reply_to: str | None = None,
        callback_data: str | None = None,
        on_unknown: str | None = None,
        resend: bool | str = False,
        ledger: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.to = to
        self.reply_to = reply_to
        self.callback_data = callback_data
        self.on_unknown = on_unknown
        self.resend = resend
        self.ledger = ledger

    def hook_arguments(self) -> dict[str, Any]:
        """Name the connection, and give what goes before it."""
        return {**super().hook_arguments(), "on_unknown": self.on_unknown}

    def content(self) -> dict[str, Any]:
        """
        Say what is sent.

        :return: the payload's ``type`` and the field of that name.
        """
        raise NotImplementedError

    def payload_to_send(self) -> Any:
        """
        Put the whole payload together from the arguments as they are now.

        :return: the payload, not checked yet.
        """
        return {"messaging_product": "whatsapp", **self.content(), **self.envelope()}

    def envelope(self) -> dict[str, Any]:
        """Give what the arguments say about recipient, reply and callback data."""
        envelope: dict[str, Any] = given(to=self.to, biz_opaque_callback_data=self.callback_data)
        if self.reply_to:
            envelope["context"] = {"message_id": self.reply_to}
        return envelope

    def argument_problems(self) -> list[Problem]:
        """
        Check what the payload can no longer tell.

        :return: the broken rules.
        """
        return []

    def recipient(self) -> str:
        """
        Give whose chat the message is in.

        :return: digits of a phone number, or a business-scoped user id.
        """
        message = self._check()
        return message.to or message.recipient or ""

    def check_early(self) -> None:
        """
        Check what no template will change, so that a mistake breaks the import of the Dag.

        Who it is sent to, and texts, may come later: the rest is checked with others in their place. An
        operator of a subclass elsewhere may not be complete yet: it is checked when it runs.

        :raises UnsendableMessageError: with every broken rule.
        """
        is_ours = type(self).__module__.startswith("airflow_provider_chakra.operators.")
        if not is_ours or self._has_own_marks():
            return
        message = copy.copy(self)
        for name, stand_in in self.stand_ins.items():
            if not is_literal(getattr(message, name, None)):
                # Airflow would note what is set otherwise, for the operator itself.
                vars(message)[name] = stand_in
        if message._is_literal():
            message._check()
        elif problems := self.wait_problems():
            raise UnsendableMessageError(f"message of task {self.task_id}", problems)

    def sender(self) -> dict[str, str]:
        """
        Say what the message goes out from: a part of what the ledger knows it by.

        :return: ids by name.
        :raises ChakraConfigError: if one is missing.
        """
        return dict(self.hook.ids("plugin_id", "phone_number_id"))

    def identity(self, message: Message) -> dict[str, Any]:
        """
        Say what makes the message the same one in each try: a part of what the ledger knows it by.

        :param message: the message.
        :return: its payload.
        """
        return message.payload()

    def prepare(self, message: Message) -> Message:
        """
        Do what must come before the message, once it is sure that no earlier try sent it.

        :param message: the message.
        :return: the message to send.
        :raises ChakraError: if it cannot be done; nothing was sent.
        """
        return message

    def deliver(self, message: Message) -> str:
        """
        Make the request.

        :param message: the message to send.
        :return: its wamid.
        :raises ChakraError: if it was not sent, or if it is unknown whether it was.
        """
        return self.hook.send_message(message).wamid

    def send(self, context: Context) -> str:
        """
        Send the message, unless an earlier try did.

        :param context: Airflow's context.
        :return: the wamid.
        :raises UnsendableMessageError: if the message breaks a rule; nothing was sent.
        :raises ChakraError: if it was not sent, or if it is unknown whether it was.
        """
        message = self._check()
        ledger = self._ledger(message, context)
        return self._sent_earlier(message, ledger) or self._send(self.prepare(message), ledger)

    def _ledger(self, message: Message, context: Context) -> Ledger:
        store = open_store(context, self.ledger or None)
        label = f"{message.kind} to {message.masked_recipient}"
        return Ledger(store, context, [self.sender(), self.identity(message)], label)

    def _sent_earlier(self, message: Message, ledger: Ledger) -> str | None:
        """Give the wamid of what an earlier try sent, ``None`` if the message is to be sent."""
        try:
            return ledger.recall(resend=self.flag("resend"))
        except ChakraUnknownError as error:
            if self.hook.settings.on_unknown != "resend":
                return self._settle(error, message, ledger)
            self.log.warning("%s Sending it, as on_unknown is resend.", error)
            return None

    def _send(self, message: Message, ledger: Ledger) -> str:
        ledger.begin()
        try:
            wamid = self._deliver_in_time(message)
        except ChakraUnknownError as error:
            if self.hook.settings.on_unknown != "resend":
                return self._settle(error, message, ledger)
            # The doubt stays in the ledger, for a next try to tell why it sends once more, or not to.
            error.retryable = True
            raise
        except ChakraError:
            ledger.forget()
            raise
        ledger.done(wamid)
        return wamid

    def _deliver_in_time(self, message: Message) -> str:
        try:
            return self.deliver(message)
        except AirflowTaskTimeout:
            raise ChakraUnknownError(
                f"The {message.kind} to {message.masked_recipient} was being sent when the task's "
                "execution_timeout ended it. It may have been sent: look into the chat in ChakraHQ. "
                "The connection's time-outs end a request earlier, and say more."
            ) from None

    def _settle(self, error: ChakraUnknownError, message: Message, ledger: Ledger) -> str:
        """Find out whether a message was sent, if that is wanted and possible; else raise."""
        if self.hook.settings.on_unknown != "reconcile" or ledger.since is None:
            raise error
        try:
            wamid = self.hook.find_sent(message, ledger.since)
        except (ChakraError, AirflowTaskTimeout) as listing:
            # Whatever becomes of the question, the message itself stays in doubt.
            raise ChakraUnknownError(f"{error} ChakraHQ's chat could not be read: {listing}") from None
        if wamid is None:
            raise ChakraUnknownError(f"{error} ChakraHQ's chat does not list it.") from None
        self.log.warning("ChakraHQ's chat lists the %s as %s: it was sent", message.kind, wamid)
        ledger.done(wamid)
        return wamid

    def _has_own_marks(self) -> bool:
        dag = self.get_dag()
        jinja = (dag.jinja_environment_kwargs if dag is not None else None) or {}
        return any(name.endswith("_start_string") for name in jinja)

    def _is_literal(self) -> bool:
        return all(
            is_literal(getattr(self, name)) for name in self.template_fields if name not in _ABOUT_SENDING
        )

    def _check(self) -> Message:
        from airflow_provider_chakra.messages import Message, parse_message

        problems = self.argument_problems()
        kind, message = "message", None
        try:
            parsed = parse_message(self.payload_to_send())
        except InvalidMessageError as error:
            kind, problems = error.kind, [*problems, *error.problems]
        else:
            if isinstance(parsed, Message):
                message = parsed
            else:
                problems.append(Problem("status", "a message", "a read receipt", "use MarkAsReadOperator"))
        problems += self.wait_problems(message)
        if message is None or problems:
            # Of an import that broke, Airflow shows no line of the Dag's file.
            raise UnsendableMessageError(f"{kind} of task {self.task_id}", problems)
        return message
