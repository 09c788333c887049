"""
Requests to a person, told on WhatsApp: for Airflow's human-in-the-loop operators, from Airflow 3.1 on.

Airflow calls the notifiers of such an operator each time it asks, before it waits; what a notifier raises
fails the task. https://airflow.apache.org/docs/apache-airflow/stable/tutorial/hitl.html
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import AirflowFailException, BaseNotifier

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraError
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.ledger import open_store
from airflow_provider_chakra.notifications.links import link_to_request, path_of
from airflow_provider_chakra.operators.base import BaseChakraOperator, from_json
from airflow_provider_chakra.operators.messages.interactive import SendCtaUrlOperator

if TYPE_CHECKING:
    import jinja2
    from airflow.providers.common.compat.sdk import Context

    from airflow_provider_chakra.messages import Message

log = logging.getLogger(__name__)


class ChakraHITLNotifier(BaseNotifier):
    """
    Tell people on WhatsApp that Airflow waits for their answer, with a button that opens its page.

    .. code-block:: python

        ApprovalOperator(
            task_id="approve",
            subject="Send the reminders?",
            notifiers=ChakraHITLNotifier(to=["919876543210", "919876543211"]),
        )

    A retry of the task sends nothing to those whom an earlier try told, as their button still leads to
    the open request (where the ledger remembers: Airflow 3.3, or a store named by ``ledger``). A task
    that was cleared tells everybody anew, and so does a retry of a task that its answer or the lack of
    one can fail (``fail_on_reject``, or ``response_timeout`` without ``defaults``), once everybody was
    told. The message is the same one only if its text is: leave the number of the try out of it.

    Templates may use ``{{ link }}``, the address of the request's page, ``{{ link_path }}``, the same
    without scheme and host, as a template's button wants it, and of the operator itself
    ``{{ task.subject }}``, ``{{ task.body }}`` and ``{{ task.options }}``. Texts stay texts, in a Dag
    with native rendering too.

    .. seealso:: https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-cta-url-messages

    :param to: phone number with its country code or business-scoped user id, or a list of them; a Jinja
        template gives a list as JSON: ``"{{ params.approvers | tojson }}"``.
    :param body: 1 to 1024 characters; by default the request's subject and body, cut to that.
    :param button: 1 to 20 characters on the button.
    :param template: what goes outside of WhatsApp's 24-hour window, as ``fallback_template`` of
        :class:`.SendCtaUrlOperator`. Without it WhatsApp refuses the message there, or drops it.
    :param base_url: address of Airflow's UI as the recipients reach it, by default ``[api] base_url``.
    :param chakra_conn_id: the Airflow connection.
    :param ledger: as for :class:`.SendCtaUrlOperator`.
    :param kwargs: as for Airflow's ``BaseNotifier``.
    """

    template_fields: Sequence[str] = ("to", "body", "button", "template", "base_url", "chakra_conn_id")

    def __init__(
        self,
        *,
        to: str | int | Sequence[str | int],
        body: str | None = None,
        button: str = "Answer",
        template: Mapping[str, Any] | str | None = None,
        base_url: str | None = None,
        chakra_conn_id: str = ChakraHook.default_conn_name,
        ledger: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.to = to
        self.body = body
        self.button = button
        self.template = template
        self.base_url = base_url
        self.chakra_conn_id = chakra_conn_id
        self.ledger = ledger

    def notify(self, context: Context) -> None:
        """
        Send a message to each recipient, also where one before failed.

        :param context: Airflow's context, of a human-in-the-loop operator.
        :raises AirflowFailException: if not everybody was told, and no retry can help.
        :raises ChakraError: if not everybody was told, and a retry can help.
        """
        try:
            self._tell(context)
        except ChakraError as error:
            if error.retryable:
                raise
            raise AirflowFailException(str(error)) from error

    async def async_notify(self, context: Context) -> None:
        """
        Do as :meth:`notify` does, without holding up the event loop.

        :param context: as there.
        :raises AirflowFailException: as there.
        :raises ChakraError: as there.
        """
        from asgiref.sync import sync_to_async

        await sync_to_async(self.notify, thread_sensitive=False)(context)

    def render_template_fields(self, context: Context, jinja_env: jinja2.Environment | None = None) -> None:
        """
        Leave the templates as they are, for the next call: :meth:`notify` renders copies.

        :param context: Airflow's context.
        :param jinja_env: the Dag's Jinja environment.
        """

    def _update_context(self, context: Context) -> Context:
        # The task's own callbacks get this context later: fields called "to" or "body" are not theirs.
        return context

    def _tell(self, context: Context) -> None:
        fields = _Fields(task_id="fields", notifier=self)
        link = link_to_request(context, fields.rendered("base_url", context))
        values: Any = {**context, "link": link, "link_path": path_of(link)}
        rendered = {name: fields.rendered(name, values) for name in self.template_fields}
        recipients = _recipients(rendered["to"])
        question = _Question(context, self.ledger, [recipients, link])
        failed: dict[str, ChakraError] = {}
        for number, recipient in enumerate(recipients, start=1):
            request = _Request(
                task_id="request",
                to=recipient,
                body=rendered["body"] or _default_body(context["task"]),
                button=rendered["button"],
                url=link,
                fallback_template=rendered["template"],
                chakra_conn_id=rendered["chakra_conn_id"],
                ledger=self.ledger,
                question=question.identity,
            )
            try:
                request.act(context)
            except ChakraError as error:
                failed[f"{number} of {len(recipients)}, {_masked(recipient)}"] = error
        if failed:
            raise _summary(failed)
        question.everybody_was_told()


class _Fields(BaseChakraOperator):
    """What a notifier was given, rendered as an operator's fields are: texts stay texts."""

    object_fields: ClassVar[frozenset[str]] = frozenset({"to", "template"})

    def __init__(self, *, notifier: BaseNotifier, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in notifier.template_fields:
            setattr(self, name, getattr(notifier, name))

    def rendered(self, name: str, context: Any) -> Any:
        """Give a field as it reads in this context."""
        return self.render_template(
            getattr(self, name), context, self.get_template_env(dag=context.get("dag"))
        )

    def _render(self, template: Any, context: Any, dag: Any = None) -> Any:
        # It is no task of the Dag's, and the Dag says whether to render natively.
        return super()._render(template, context, dag or context.get("dag"))


class _Request(SendCtaUrlOperator):
    """The message to one recipient, sent from within the task that asks."""

    def __init__(self, *, question: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.question = question

    def identity(self, message: Message) -> dict[str, Any]:
        """Tell a request that is asked once more from one that is still open."""
        return {**super().identity(message), "question": self.question}


class _Question:
    """
    What waits for one answer: all tries of a task that ended before anybody could answer share it.

    :param context: Airflow's context.
    :param ledger: where to remember it, as for the operators.
    :param notifier: what tells the notifier from others of the same task.
    """

    def __init__(self, context: Context, ledger: str | None, notifier: Any) -> None:
        ti = context["ti"]
        # Where no answer fails the task, something else did, and the request of that try is still open.
        self._store = open_store(context, ledger or None) if _fails_by_answer(context["task"]) else None
        digest = hashlib.sha256(json.dumps(notifier, default=str).encode()).hexdigest()
        self._key = f"chakra_hitl_{digest[:40]}"
        self._try = ti.try_number
        entry = self._store.get(self._key) if self._store else None
        told = entry.get("try") if isinstance(entry, Mapping) else None
        #: Airflow sets max_tries anew, to a higher number, when a task that ran is cleared.
        self.identity = [ti.max_tries, told]

    def everybody_was_told(self) -> None:
        """Remember it: a later try asks because this one was answered, or was not in time."""
        if self._store is None:
            return
        try:
            self._store.set(self._key, {"state": "everybody was told", "try": self._try})
        except Exception:
            # To fail now would take back a request that everybody has.
            log.exception("That everybody was told could not be remembered: a retry may tell nobody")


def _fails_by_answer(task: Any) -> bool:
    is_left_to_time_out = getattr(task, "response_timeout", None) and not getattr(task, "defaults", None)
    return bool(getattr(task, "fail_on_reject", False) or is_left_to_time_out)


def _recipients(to: Any) -> list[Any]:
    to = from_json(to) if isinstance(to, str) and to.lstrip().startswith("[") else to
    recipients = list(to) if isinstance(to, list | tuple) else [to]
    if not recipients:
        raise ChakraConfigError("to must name at least one recipient; given: an empty list.")
    return recipients


def _default_body(task: Any) -> str:
    from airflow_provider_chakra.messages.limits import INTERACTIVE_BODY_MAX

    text = "\n\n".join(str(part) for part in (task.subject, task.body) if part)
    if len(text) <= INTERACTIVE_BODY_MAX:
        return text
    return f"{text[: INTERACTIVE_BODY_MAX - 1].rstrip()}…"


def _masked(recipient: Any) -> str:
    from airflow_provider_chakra.messages.recipient import mask

    return mask(str(recipient or ""))


def _summary(failed: Mapping[str, ChakraError]) -> ChakraError:
    """Make one error of those of all recipients."""
    told = "".join(f"\n  - recipient {recipient}: {error}" for recipient, error in failed.items())
    errors = [*failed.values()]
    first = next((error for error in errors if error.retryable), errors[0])
    summary = ChakraError(
        f"Not everybody was told of the request:{told}",
        status=first.status,
        code=first.code,
        retry_after=first.retry_after,
        retryable=first.retryable,
    )
    summary.__cause__ = first
    return summary
