"""What all operators share that ask people, and go on with the answer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.providers.common.compat.sdk import AirflowFailException

from airflow_provider_chakra.exceptions import (
    ChakraConfigError,
    ChakraError,
    ChakraRecipientError,
)
from airflow_provider_chakra.ledger import Notes, open_store
from airflow_provider_chakra.messages.marks import NO_MARK, mark_of
from airflow_provider_chakra.operators.asking.message import BaseQuestionOperator
from airflow_provider_chakra.operators.asking.plan import Person, Plan
from airflow_provider_chakra.operators.base import BaseChakraOperator
from airflow_provider_chakra.operators.deliveries import WINDOW_IS_CLOSED, undelivered
from airflow_provider_chakra.operators.waiting import be_late, check_that_it_is_heard, date_of, wait

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context

    from airflow_provider_chakra.triggers.answers import AnswerTrigger

#: XCom key under which the answer stands.
ANSWER = "answer"
# Seconds until it is looked anew whether chats can be read again, so that who is due may be reminded.
_HELD_BACK = 600.0


class BaseAskOperator(BaseQuestionOperator):
    """
    Ask, wait for the answer, and go on with it.

    A subclass says in :meth:`conclude` what comes of the answer, and in :meth:`be_silent` what comes of none.

    All times are counted from when somebody was about to be asked, on whichever try. What was done so far is
    carried through each wait, and across tries where the ledger remembers messages. Each try, and each
    resumption, reads the chats before it does what is due: an answer that is there comes first.
    """

    def conclude(self, context: Context, option: str) -> Any:
        """
        Go on with the answer.

        :param context: Airflow's context.
        :param option: its id.
        :return: what goes into XCom.
        """
        return option

    def be_silent(self, context: Context) -> Any:
        """
        Go on without an answer, where ``on_silence`` is neither ``"fail"`` nor ``"skip"``.

        :param context: Airflow's context.
        :return: what goes into XCom.
        """
        raise NotImplementedError

    def remind(self, person: str, number: int, asked: str | None) -> BaseQuestionOperator:
        """
        Make a reminder.

        :param person: to whom.
        :param number: which one it is, from 1 on.
        :param asked: the question.
        """
        raise NotImplementedError

    def tell_others(self, context: Context, others: list[str]) -> None:
        """
        Tell those who need not answer any more.

        :param context: Airflow's context.
        :param others: all who were asked, but for who answered.
        """

    def act(self, context: Context) -> Any:
        """
        Ask, and wait for the answer.

        :param context: Airflow's context.
        :return: what goes into XCom.
        """
        self.mark = NO_MARK
        self._check()
        to = [self.to_one(person, "question").recipient() for person in self.people()]
        check_that_it_is_heard(self.hook, to)
        plan = self._plan(context, to)
        self.mark = plan.mark
        if plan.is_asked and not _are_listed(to):
            # What a user id's owner wrote since an earlier try, only the triggerer can tell.
            return self._wait_for_answer(to, plan)
        return self._advance(context, to, plan)

    def answered(
        self, context: Context, event: dict[str, Any], to: list[str], plan: dict[str, Any], until: float
    ) -> Any:
        """
        Go on where there is an answer, or something else to do.

        :param context: Airflow's context.
        :param event: the event of :class:`.AnswerTrigger`.
        :param to: who may be asked.
        :param plan: what was done so far.
        :param until: up to when all chats were read, if time was up.
        :return: what goes into XCom.
        """
        made = Plan.of(plan)
        self.mark = made.mark
        if "failed" in event:
            # Somebody else may have answered: then nothing goes in the place of what did not arrive.
            with suppress(ChakraError):
                event = self._trigger(to, made).look(self.hook) or event
        return self._told(context, event, to, made, read_until=until if "late" in event else 0)

    def check_that_it_can_skip(self, context: Context) -> None:
        """
        Check, before anybody is asked, that Airflow can skip what is downstream.

        What follows a mapped task, or follows it within a mapped task group, Airflow does not skip, and says
        nothing.

        :param context: Airflow's context.
        :raises ChakraConfigError: if it cannot.
        """
        if getattr(context["ti"], "map_index", -1) >= 0 and self.downstream_task_ids:
            raise ChakraConfigError(
                "Airflow skips nothing that follows a mapped task: map AskOperator, and let what follows "
                "look at the answers, or set fail_on_reject of an ApprovalOperator. Nobody was asked."
            )

    def say(self, context: Context, to: str, text: str) -> None:
        """
        Send a text, once in all tries. That it cannot be sent is logged, and changes nothing.

        :param context: Airflow's context.
        :param to: to whom.
        :param text: 1 to 4096 characters.
        """
        from airflow_provider_chakra.operators.messages.text import SendTextOperator

        same = (*BaseChakraOperator.template_fields, "on_unknown", "resend", "ledger")
        arguments = {name: getattr(self, name) for name in same}
        try:
            SendTextOperator(task_id=self.task_id, to=to, body=text, **arguments).send(context)
        except ChakraError as error:
            self.log.warning("The answer counts, though a text about it %s: %s", _was_it_sent(error), error)

    def _plan(self, context: Context, to: list[str]) -> Plan:
        """Give what an earlier try did; a question that was surely not sent begins anew."""
        told = self._notes(context, to).read(resend=self.flag("resend"))
        if told and (plan := Plan.of(told)).is_begun:
            return plan
        ti = context["ti"]
        names = ("dag_id", "run_id", "task_id", "map_index", "max_tries")
        # A task that was cleared has other max_tries: what it asks anew is another question.
        mark = mark_of(*(getattr(ti, name, None) for name in names), to, self.content())
        return Plan(time.time(), [Person() for _ in to], mark)

    def _advance(
        self, context: Context, to: list[str], plan: Plan, read_until: float = 0, *, is_read: bool = True
    ) -> Any:
        """Look whether there is an answer, do what is due, and wait."""
        closes = plan.closes_at(self.times())
        if plan.is_asked:
            try:
                event = self._trigger(to, plan).look(self.hook)
                plan.worked = plan.worked or any(one.isdigit() for one in to)
            except ChakraError as error:
                if not _passes(error):
                    raise
                self.log.warning("Not every chat can be read for now: %s", error)
                event, is_read = None, False
            if event is not None:
                return self._told(context, event, to, plan)
            if time.time() >= closes:
                _fail_unless_open(plan)
                if not is_read or (read_until < closes and not _are_listed(to)):
                    return self._wait_for_answer(to, plan, until=closes)
                if any(person.trouble for person in plan.people):
                    raise AirflowFailException(f"Nobody answered, and not all could be asked: {plan.reasons}")
                return self._end_in_silence(context, plan, closes)
        is_done = self._ask_who_is_due(context, to, plan)
        _fail_unless_open(plan)
        if is_read:
            # Nobody is reminded who may have answered.
            self._remind_who_is_due(context, to, plan)
        until = plan.next_at(self.times())
        if not (is_read and is_done):
            again = self.poke_seconds if not is_done else max(self.poke_seconds, _HELD_BACK)
            until = max(until, min(time.time() + again, closes))
        return self._wait_for_answer(to, plan, until=until)

    def _told(
        self, context: Context, event: dict[str, Any], to: list[str], plan: Plan, read_until: float = 0
    ) -> Any:
        if "error" in event:
            raise AirflowFailException(f"It was asked, but nothing tells the answer: {event['error']}")
        if "option" in event:
            return self._take(context, event, to, plan)
        if "failed" in event:
            self._take_failure(to, plan, **event["failed"])
            self._notes(context, to).write(plan.tell())
        # What a user id's owner wrote, only the triggerer could have read.
        is_read = "unread" not in event or _are_listed(to)
        return self._advance(context, to, plan, read_until, is_read=is_read)

    def _ask_who_is_due(self, context: Context, to: list[str], plan: Plan) -> bool:
        """Ask; tell whether all are asked, rather than one to be asked again soon."""
        while (number := plan.to_ask(time.time(), self.times())) is not None:
            if not self._ask(context, to, plan, number):
                return False
        return True

    def _ask(self, context: Context, to: list[str], plan: Plan, number: int) -> bool:
        """Ask one; tell whether that is done with, for better or worse."""
        from airflow_provider_chakra.messages.recipient import mask

        person = plan.people[number]
        message = self.to_one(to[number], "question", sent_as=person.sent_as)
        if person.at is None:
            person.at = time.time()
            self._notes(context, to).write(plan.tell())
        self.log.info("Asking %s, %s of %s", mask(to[number]), number + 1, len(to))
        try:
            wamid = message.fall_back(context) if person.refused else message.send(context)
        except ChakraError as error:
            if error.outcome == "refused" and not person.refused:
                # The time runs from when it is sent.
                person.at = None
            if isinstance(error, ChakraRecipientError) or (plan.is_open and error.outcome == "unknown"):
                person.trouble = None
                self._give_up(to[number], person, str(error))
                return True
            if not plan.is_open:
                raise
            # Those who were asked may answer, whatever is wrong with the others.
            person.trouble = str(error)
            if _passes(error):
                self.log.warning("%s cannot be asked for now: %s", mask(to[number]), error)
                return False
            self._give_up(to[number], person, person.trouble)
        else:
            if wamid is None:
                self._give_up(to[number], person, person.refused or "")
            else:
                person.got(wamid, message.sent_as)
        finally:
            self._notes(context, to).write(plan.tell())
        return True

    def _remind_who_is_due(self, context: Context, to: list[str], plan: Plan) -> None:
        for number, reminder in plan.to_remind(time.time(), self.times()):
            self._remind(context, to, plan, number, reminder)

    def _remind(self, context: Context, to: list[str], plan: Plan, number: int, reminder: int) -> None:
        person = plan.people[number]
        message = self.remind(to[number], reminder, person.asked)
        try:
            person.wamids.append(message.send(context))
        except ChakraError as error:
            self.log.warning("The question stands, though a reminder %s: %s", _was_it_sent(error), error)
        person.reminded = reminder
        self._notes(context, to).write(plan.tell())

    def _take_failure(self, to: list[str], plan: Plan, person: int, wamid: str, code: int | None) -> None:
        """Take down that a question did not arrive: the template may go in its place."""
        asked, reason = plan.people[person], undelivered(wamid, code)
        if code == WINDOW_IS_CLOSED and time.time() < plan.closes_at(self.times()):
            asked.refuse(reason)
        else:
            self._give_up(to[person], asked, reason)

    def _give_up(self, to: str, person: Person, reason: str) -> None:
        from airflow_provider_chakra.messages.recipient import mask

        self.log.warning("%s cannot be asked. %s", mask(to), reason)
        person.fail(reason)

    def _take(self, context: Context, event: dict[str, Any], to: list[str], plan: Plan) -> Any:
        from airflow_provider_chakra.messages.recipient import mask

        option, number = event["option"], event["person"]
        by = {"index": number, "number": mask(to[number])}
        answer = {"option": option, **{name: event[name] for name in ("wamid", "at", "text")}, "by": by}
        context["ti"].xcom_push(key=ANSWER, value=answer)
        self.log.info("%s answered %s", by["number"], option)
        texts = self.confirmation
        if text := texts.get(option) if isinstance(texts, Mapping) else texts:
            self.say(context, to[number], text)
        asked = [other for other, person in zip(to, plan.people, strict=True) if person.asked]
        self.tell_others(context, [other for other in asked if other != to[number]])
        return self.conclude(context, option)

    def _end_in_silence(self, context: Context, plan: Plan, closes: float) -> Any:
        asked = sum(bool(person.wamids) for person in plan.people)
        told = (
            f"Nobody answered in time: {asked} of {len(plan.people)} were asked, the first at "
            f"{date_of(plan.began)}, and answers counted until {date_of(closes)}. Cleared, the task asks "
            "anew only with resend=True."
        )
        be_late(self, "on_silence", told)
        return self.be_silent(context)

    def _wait_for_answer(self, to: list[str], plan: Plan, until: float | None = None) -> NoReturn:
        trigger = self._trigger(to, plan)
        trigger.until = plan.next_at(self.times()) if until is None else until
        carried = {"to": to, "plan": plan.tell(), "until": trigger.until}
        next_at, closes = date_of(trigger.until), date_of(trigger.closes)
        self.log.info("Waiting for an answer until %s; answers count until %s", next_at, closes)
        wait(self, trigger, "answered", carried)

    def _trigger(self, to: list[str], plan: Plan) -> AnswerTrigger:
        from airflow_provider_chakra.triggers.answers import AnswerTrigger

        times = self.times()
        return AnswerTrigger(
            people=[
                {"to": one, "since": person.at, "wamids": person.wamids, "asked": person.asked}
                for one, person in zip(to, plan.people, strict=True)
            ],
            options={option.id: option.title for option in self.options_to_choose()},
            mark=self.mark,
            closes=plan.closes_at(times),
            worked=plan.worked,
            hook=self.hook_arguments(),
            poke_interval=self.poke_seconds,
        )

    def _notes(self, context: Context, to: list[str]) -> Notes:
        store = open_store(context, self.ledger or None)
        message = self.to_one(self.people()[0], "question", mark=NO_MARK)._check()
        return Notes(store, context, [self.sender(), to, message.payload()])


def _fail_unless_open(plan: Plan) -> None:
    """Fail where nobody can answer: that is no silence."""
    if not plan.is_open:
        raise AirflowFailException(plan.reasons)


def _are_listed(to: list[str]) -> bool:
    """Tell whether ChakraHQ lists all chats: those of user ids, only the triggerer hears of, by webhooks."""
    return all(one.isdigit() for one in to)


def _passes(error: ChakraError) -> bool:
    """Tell whether an error may pass, by itself or as somebody mends the connection."""
    return error.retryable or error.of_connection


def _was_it_sent(error: ChakraError) -> str:
    return "may have been sent, or not" if error.outcome == "unknown" else "was not sent"
