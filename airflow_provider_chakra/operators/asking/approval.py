"""Ask whether something may be done: one person, or one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.providers.common.compat.version_compat import AIRFLOW_V_3_0_PLUS

from airflow_provider_chakra.compat import SkipMixin
from airflow_provider_chakra.exceptions import ChakraConfigError, Problem
from airflow_provider_chakra.operators.asking.base import BaseAskOperator
from airflow_provider_chakra.operators.asking.options import Option, option_problems
from airflow_provider_chakra.operators.asking.plan import Times

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context

    from airflow_provider_chakra.messages import Message

_APPROVE, _REJECT = "approve", "reject"


class ApprovalOperator(BaseAskOperator, SkipMixin):
    """
    Ask for an approval, wait for it without a worker, and return whether it was given.

    .. code-block:: python

        ApprovalOperator(
            task_id="approve",
            to=["919876543210", "919876543211"],
            question="Pay 4711.00 to Acme Ltd.?",
            header={"document": "https://cdn.example.com/invoice-4711.pdf"},
            remind_after=timedelta(minutes=30),
            escalate_after=timedelta(hours=2),
            answer_timeout=timedelta(hours=8),
        )

    Who was asked may answer, and the first answer by WhatsApp's time counts, whoever gave it. Rejected, it
    skips what is downstream, as Airflow's own ``ApprovalOperator`` does, and returns ``False``.

    All times are counted from when somebody was asked, not from when a try of the task began: a restart of
    Airflow, whenever it comes, loses no answer and asks nobody twice, where the ledger remembers. Reminders
    that fell due meanwhile are one reminder. Who cannot be reached, such as a number that is not on WhatsApp,
    is passed over at once; if nobody is left, the task fails and says why.

    XCom ``answer`` tells more: ``option``, which is ``"approve"`` or ``"reject"``, ``wamid``, ``at`` in ISO
    8601, ``text``, and ``by``: ``index``, the place in ``to``, and ``number``, masked. What counts as an
    answer, see :class:`.AskOperator`.

    .. seealso:: https://apidocs.chakrahq.com (WhatsApp Messages API (pass-through)),
        https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-reply-buttons-messages

    :param to: phone number with its country code, or business-scoped user id; or a list of them, in the order
        in which they are asked.
    :param question: 1 to 1024 characters.
    :param approve: what is read on the button that approves, 1 to 20 characters.
    :param reject: what is read on the button that rejects.
    :param escalate_after: seconds, or a ``timedelta``, after which the next one is asked, too; ``None`` asks
        all at once.
    :param remind_after: seconds, or a ``timedelta``, after which who was asked is reminded, and again after
        as long; ``None`` reminds nobody.
    :param reminders: how often each one is reminded.
    :param reminder: 1 to 1024 characters in the question's place; by default ``Reminder:`` and the question.
    :param told_others: a text to all others who were asked, once there is an answer. WhatsApp takes it only
        from whom wrote within 24 hours; that it could not be sent is logged.
    :param answer_timeout: seconds, or a ``timedelta``, from the first question on.
    :param on_silence: what becomes of the task if there is no answer in time: ``"fail"``, which no retry
        mends; ``"skip"``; or ``"approve"`` or ``"reject"``, as if that was the answer.
    :param fail_on_reject: whether a rejection fails the task, rather than to skip what is downstream.
    :param ignore_downstream_trigger_rules: whether a rejection skips all that is downstream, whatever its
        trigger rules, rather than what is directly downstream.
    :param confirmation: a text to who answered, sent once; or ``{"approve": text, "reject": text}``.
    :param header: at most 60 characters above the question; or a file, as for :class:`.SendButtonsOperator`.
    :param footer: at most 60 characters below it.
    :param fallback_template: as for :class:`.BaseSessionOperator`, with ``"buttons": [{"quick_reply":
        "approve"}, {"quick_reply": "reject"}]``. It goes in place of reminders, too.
    :param kwargs: as for :class:`.SendTextOperator`, but for ``wait_for``.
    """

    inherits_from_skipmixin = True
    template_fields: Sequence[str] = (
        "approve",
        "reject",
        "escalate_after",
        "remind_after",
        "reminders",
        "reminder",
        "told_others",
        "fail_on_reject",
        "ignore_downstream_trigger_rules",
        *BaseAskOperator.template_fields,
    )
    stand_ins: ClassVar[Mapping[str, Any]] = {
        **BaseAskOperator.stand_ins,
        "reminder": None,
        "told_others": None,
    }
    ways_of_silence: ClassVar[tuple[str, ...]] = ("fail", "skip", _APPROVE, _REJECT)

    def __init__(
        self,
        *,
        approve: str = "Approve",
        reject: str = "Reject",
        escalate_after: float | timedelta | str | None = None,
        remind_after: float | timedelta | str | None = None,
        reminders: int | str = 1,
        reminder: str | None = None,
        told_others: str | None = None,
        fail_on_reject: bool | str = False,
        ignore_downstream_trigger_rules: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._has_button = "button" in kwargs
        self.approve = approve
        self.reject = reject
        self.escalate_after = escalate_after
        self.remind_after = remind_after
        self.reminders = reminders
        self.reminder = reminder
        self.told_others = told_others
        self.fail_on_reject = fail_on_reject
        self.ignore_downstream_trigger_rules = ignore_downstream_trigger_rules
        self.check_early()

    def act(self, context: Context) -> Any:
        """
        Ask, and go on with the answer.

        :param context: Airflow's context.
        :return: whether it is approved.
        :raises ChakraConfigError: if it is mapped and a rejection could skip nothing; nothing was sent.
        """
        if not self.flag("fail_on_reject"):
            self.check_that_it_can_skip(context)
        return super().act(context)

    def options_to_choose(self) -> list[Option]:
        """Give what may be answered."""
        return [Option(_APPROVE, self.approve), Option(_REJECT, self.reject)]

    def times(self) -> Times:
        """
        Give when what is due.

        :raises ChakraConfigError: if an argument is no time span, or no number.
        """
        try:
            reminders = int(self.reminders)
        except (TypeError, ValueError):
            reminders = -1
        if reminders < 0:
            raise ChakraConfigError("reminders must be a whole number, from 0 on.")
        return replace(
            super().times(),
            escalate_after=self.span("escalate_after"),
            remind_after=self.span("remind_after"),
            reminders=reminders,
        )

    def argument_problems(self) -> list[Problem]:
        """Check what the payload can no longer tell."""
        from airflow_provider_chakra.messages.limits import INTERACTIVE_BODY_MAX, TEXT_BODY_MAX

        problems = [
            *option_problems({_APPROVE: self.approve, _REJECT: self.reject}),
            *super().argument_problems(),
            *self.text_problems("reminder", self.reminder, INTERACTIVE_BODY_MAX),
            *self.text_problems("told_others", self.told_others, TEXT_BODY_MAX),
        ]
        times, steps = self.times(), max(1, len(self.people()) - 1)
        if times.escalate_after is not None and steps * times.escalate_after >= times.closes_after:
            limit = "so short that all are asked before answer_timeout is over"
            given = f"{steps} times {times.escalate_after:g} of {times.closes_after:g} s"
            problems.append(
                Problem("escalate_after", limit, given, "ask the next one sooner, or wait longer")
            )
        if times.remind_after is not None and times.remind_after >= times.closes_after:
            mend = "remind sooner, or wait longer"
            problems.append(Problem("remind_after", "less than answer_timeout", "no less", mend))
        return problems

    def wait_problems(self, message: Message | None = None) -> list[Problem]:
        """Check what says how to wait, see :meth:`.BaseQuestionOperator.wait_problems`."""
        problems = super().wait_problems(message)
        if self._has_button:
            mend = "leave it out: approve and reject are read on the buttons"
            problems.append(Problem("button", "nothing", "a value", mend))
        return problems

    def remind(self, person: str, number: int, asked: str | None) -> Self:
        """
        Make a reminder: the question once more, as an answer to itself.

        :param person: to whom.
        :param number: which one it is, from 1 on.
        :param asked: the question.
        """
        from airflow_provider_chakra.messages.limits import INTERACTIVE_BODY_MAX

        text = (self.reminder or f"Reminder: {self.question}")[:INTERACTIVE_BODY_MAX]
        return self.to_one(person, f"reminder {number}", question=text, reply_to=asked)

    def tell_others(self, context: Context, others: list[str]) -> None:
        """Tell those who need not answer any more."""
        for other in others if self.told_others else ():
            self.say(context, other, str(self.told_others))

    def conclude(self, context: Context, option: str) -> bool:
        """
        Go on with the answer.

        :param context: Airflow's context.
        :param option: ``approve`` or ``reject``.
        :return: whether it is approved.
        :raises AirflowFailException: if it is not, and ``fail_on_reject`` says so.
        """
        if option == _APPROVE:
            return True
        if self.flag("fail_on_reject"):
            raise AirflowFailException("It was rejected.")
        self._skip_downstream(context)
        return False

    def be_silent(self, context: Context) -> bool:
        """Go on as if ``on_silence`` was the answer."""
        return self.conclude(context, self.on_silence)

    def _skip_downstream(self, context: Context) -> None:
        # Where Airflow skips tasks, what is returned does not become an XCom.
        context["ti"].xcom_push(key="return_value", value=False)
        if not self.downstream_task_ids:
            return
        everything = self.flag("ignore_downstream_trigger_rules")
        found = self.get_flat_relatives() if everything else self.get_direct_relatives()
        tasks = [task for task in found if not task.is_teardown]
        self.log.info("It was rejected: what is downstream is skipped")
        if AIRFLOW_V_3_0_PLUS:
            self.skip(ti=context["ti"], tasks=tasks)
        else:
            dag_run: Any = context["dag_run"]
            cast("Any", self).skip(
                dag_run=dag_run,
                execution_date=dag_run.execution_date,
                tasks=tasks,
                map_index=context["ti"].map_index,
            )
