"""What all operators that send a message share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import AirflowFailException, AirflowTaskTimeout, BaseOperator

from airflow_provider_chakra.exceptions import (
    ChakraConfigError,
    ChakraError,
    ChakraUnknownError,
    InvalidMessageError,
)
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.ledger import Ledger, open_store

if TYPE_CHECKING:
    import jinja2
    from airflow.providers.common.compat.sdk import Context

    from airflow_provider_chakra.exceptions import Problem
    from airflow_provider_chakra.messages import Message
    from airflow_provider_chakra.messages.base import Part

# Arguments that say how a message is sent, and not what it says.
_ABOUT_SENDING = frozenset(
    {"api_version", "chakra_conn_id", "ledger", "on_unknown", "phone_number_id", "plugin_id", "resend"}
)
_JINJA_MARKS = ("{{", "{%", "{#")


class UnsendableMessageError(InvalidMessageError, AirflowFailException):
    """A message breaks rules of WhatsApp's: no retry of the task mends that."""


class BaseSendOperator(BaseOperator):
    """
    Send one message and return its wamid.

    A subclass says in :meth:`content` what is sent, and calls :meth:`check_early` at the end of its
    ``__init__``.

    :param to: phone number with its country code, or a business-scoped user id.
    :param reply_to: wamid of the message that this one answers. None or empty: it answers none.
    :param callback_data: at most 512 characters that come back with each delivery status. None or
        empty: nothing does.
    :param chakra_conn_id: the Airflow connection.
    :param plugin_id: ChakraHQ's id of the WhatsApp plugin, if not the connection's.
    :param phone_number_id: Meta's id of the number to send from, if not the connection's.
    :param api_version: version of WhatsApp's API, if not the connection's.
    :param on_unknown: what to do where it is unknown whether the message was sent, if not what the
        connection says: ``"fail"`` ends the task and lets a person look; ``"resend"`` leaves it to the
        task's retries and risks a second message; ``"reconcile"`` asks ChakraHQ for the chat, takes
        the message for sent if it is there, and else fails.
    :param resend: whether a task that was cleared sends the same message once more. Without it, a task
        that sent its message gives the same wamid again and sends nothing.
    :param ledger: dotted path of the class that remembers across tries what was sent, see
        :mod:`airflow_provider_chakra.ledger`; by default Airflow's ``task_state_store`` from
        Airflow 3.3 on, and nothing before.
    """

    ui_color = "#d9fdd3"
    template_fields: Sequence[str] = (
        "to",
        "reply_to",
        "callback_data",
        "chakra_conn_id",
        "plugin_id",
        "phone_number_id",
        "api_version",
        "on_unknown",
        "resend",
        "ledger",
    )
    #: Template fields that may be whole objects: one template in them may give a list or a dict.
    object_fields: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self,
        *,
        to: str | int | None = None,
        reply_to: str | None = None,
        callback_data: str | None = None,
        chakra_conn_id: str = ChakraHook.default_conn_name,
        plugin_id: str | None = None,
        phone_number_id: str | None = None,
        api_version: str | None = None,
        on_unknown: str | None = None,
        resend: bool | str = False,
        ledger: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.to = to
        self.reply_to = reply_to
        self.callback_data = callback_data
        self.chakra_conn_id = chakra_conn_id
        self.plugin_id = plugin_id
        self.phone_number_id = phone_number_id
        self.api_version = api_version
        self.on_unknown = on_unknown
        self.resend = resend
        self.ledger = ledger

    @cached_property
    def hook(self) -> ChakraHook:
        """The hook, made once."""
        return ChakraHook(
            self.chakra_conn_id,
            plugin_id=self.plugin_id,
            phone_number_id=self.phone_number_id,
            api_version=self.api_version,
            on_unknown=self.on_unknown,
        )

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

    def check_early(self) -> None:
        """
        Check a message that no template will change, so that a mistake breaks the import of the Dag.

        An operator of a subclass elsewhere may not be complete yet: it is checked when it runs.

        :raises UnsendableMessageError: with every broken rule.
        """
        if type(self).__module__.startswith(f"{__package__}.") and self._is_literal():
            self._check()

    def execute(self, context: Context) -> str:
        """
        Send the message.

        :param context: Airflow's context.
        :return: the wamid.
        :raises UnsendableMessageError: if the message breaks a rule; nothing was sent.
        :raises AirflowFailException: if no retry can help, or if it is unknown whether the message
            was sent, so that a retry could send it twice. Its cause is the :class:`ChakraError`.
        :raises ChakraError: if it was surely not sent and a retry can help.
        """
        message = self._check()
        try:
            return self._send_once(message, context)
        except ChakraError as error:
            # A policy of ours decides itself, and shows its reason in the UI.
            if error.retryable or _is_our_policy(getattr(self, "retry_policy", None)):
                raise
            raise AirflowFailException(str(error)) from error

    def _send_once(self, message: Message, context: Context) -> str:
        settings = self.hook.settings
        sender = settings.require("plugin_id", "phone_number_id")
        ledger = Ledger(open_store(context, self.ledger or None), context, sender, message)
        try:
            wamid = ledger.recall(resend=self._resends())
            if wamid is not None:
                return wamid
        except ChakraUnknownError as error:
            if settings.on_unknown != "resend":
                return self._settle(error, message, ledger)
            self.log.warning("%s Sending it, as on_unknown is resend.", error)
        ledger.begin()
        try:
            wamid = self._request(message)
        except ChakraUnknownError as error:
            if settings.on_unknown != "resend":
                return self._settle(error, message, ledger)
            ledger.forget()
            error.retryable = True
            raise
        except ChakraError:
            ledger.forget()
            raise
        ledger.done(wamid)
        return wamid

    def _resends(self) -> bool:
        # A template gives the text of a boolean, and an empty one for nothing.
        resend = {"true": True, "false": False, "none": False, "": False}.get(str(self.resend).lower())
        if resend is None:
            raise ChakraConfigError("resend must be true or false.")
        return resend

    def _request(self, message: Message) -> str:
        try:
            return self.hook.send_message(message).wamid
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

    def render_template(
        self,
        content: Any,
        context: Context,
        jinja_env: jinja2.Environment | None = None,
        seen_oids: set[int] | None = None,
    ) -> Any:
        """
        Render templates so that texts stay texts, in a Dag with native rendering too.

        Native rendering would turn "19.90" into 19.9 and "+919876543210" into a number without its
        plus. Only a field that may be a whole object is rendered natively.

        :param content: what is to be rendered.
        :param context: Airflow's context.
        :param jinja_env: the Dag's Jinja environment.
        :param seen_oids: what was rendered already.
        :return: the rendered content.
        """
        if isinstance(content, _part()):
            content = content.model_dump(mode="json", exclude_none=True)
        if jinja_env is not None and isinstance(content, str) and not self._is_object_field(content):
            from jinja2.nativetypes import NativeEnvironment

            if isinstance(jinja_env, NativeEnvironment):
                return _render_text(content, context, jinja_env)
        return super().render_template(content, context, jinja_env, seen_oids)

    def _is_object_field(self, content: str) -> bool:
        return any(getattr(self, name, None) is content for name in self.object_fields)

    def _is_literal(self) -> bool:
        dag = self.get_dag()
        jinja = (dag.jinja_environment_kwargs if dag is not None else None) or {}
        if any(name.endswith("_start_string") for name in jinja):
            return False
        return all(
            _is_literal(getattr(self, name)) for name in self.template_fields if name not in _ABOUT_SENDING
        )

    def _check(self) -> Message:
        from airflow_provider_chakra.messages import parse_message

        problems = self.argument_problems()
        kind = "message"
        try:
            message = parse_message(self.payload_to_send())
        except InvalidMessageError as error:
            kind, problems = error.kind, [*problems, *error.problems]
        if problems:
            raise UnsendableMessageError(kind, problems)
        return message


def _is_our_policy(policy: object) -> bool:
    # By name: to import the policy needs Airflow 3.3.
    return any(kind.__name__ == "ChakraRetryPolicy" for kind in type(policy).__mro__)


def given(**fields: Any) -> dict[str, Any]:
    """
    Leave out what is None or an empty text, as templates of optional values often are.

    :param fields: fields of a payload.
    :return: those that say something.
    """
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def from_json(value: Any) -> Any:
    """
    Read an object that a template gave as JSON text.

    :param value: an object, or JSON text of one.
    :return: the object; any other value as it is, for the message's rules to name it.
    """
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _is_literal(value: Any) -> bool:
    if isinstance(value, str):
        return not any(mark in value for mark in _JINJA_MARKS)
    if isinstance(value, Mapping):
        return all(map(_is_literal, value.values()))
    if isinstance(value, _part()):
        return _is_literal(value.model_dump())
    if isinstance(value, list | tuple):
        return all(map(_is_literal, value))
    # Anything else, such as an XComArg, gets its value when the task runs.
    return value is None or isinstance(value, bool | int | float)


def _part() -> type[Part]:
    from airflow_provider_chakra.messages.base import Part

    return Part


def _render_text(content: str, context: Context, jinja_env: jinja2.Environment) -> str | None:
    template = jinja_env.from_string(content)
    # As Airflow does it: its context may be a mapping that is no dict, so Template.generate won't do.
    values: Any = {**template.globals, **context}
    jinja_context = jinja_env.context_class(jinja_env, values, template.name, template.blocks)
    nodes = list(template.root_render_func(jinja_context))
    # An optional argument for which there is no value stays away, as native rendering means it to.
    return None if nodes == [None] else "".join(map(str, nodes))
