"""Waiting until a message that was sent arrived."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, cast

from airflow.providers.common.compat.sdk import AirflowFailException, TaskDeferred

from airflow_provider_chakra.exceptions import ChakraConfigError, Problem
from airflow_provider_chakra.operators.base import BaseChakraOperator, is_literal
from airflow_provider_chakra.operators.waiting import be_late, check_that_it_is_heard, date_of, poll, wait

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context

    from airflow_provider_chakra.messages import Message
    from airflow_provider_chakra.triggers.inbox import InboxTrigger

#: XCom key under which it stands how far the message came.
DELIVERY = "delivery"
#: "Re-engagement message": more than 24 hours have passed since the recipient last wrote.
WINDOW_IS_CLOSED = 131047

STATUSES = ("sent", "delivered", "read")
_ON_TIMEOUT = ("fail", "skip", "continue")
# Seconds.
_POKE_INTERVAL = 60
#: Seconds. A date must be able to tell when time is up.
LONGEST = 10 * 365 * 24 * 3600


class BaseDeliveryOperator(BaseChakraOperator):
    """
    Wait until a message that was sent arrived, if that is wanted.

    The task waits without a worker, and still returns the wamid. XCom ``delivery`` tells how far the message
    came: ``{"status": "delivered", "times": {"sent": "2026-01-31T09:00:00+00:00", "delivered": ...}}``. If
    WhatsApp could not deliver it, the task fails at once and says why. No retry of the task sends the message
    again where the ledger remembers it, and none could mend it elsewhere: so neither a failed delivery nor
    time that is up is retried.

    .. seealso:: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components (statuses)

    :param wait_for: how far the message shall come before the task goes on: ``"sent"``, ``"delivered"`` or
        ``"read"``, which those who switched read receipts off never tell. None or empty: the task ends when
        WhatsApp has accepted the message.
    :param wait_timeout: seconds, or a ``timedelta``, until time is up, from when the task began to wait for
        the message.
    :param on_wait_timeout: what becomes of the task then: ``"fail"``, ``"skip"``, or ``"continue"`` with
        what XCom ``delivery`` tells; its ``status`` is ``None`` if nothing is known.
    :param poke_interval: seconds, or a ``timedelta``, between two looks.
    :param deferrable: whether to wait in the triggerer, which takes no worker.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = (
        "wait_for",
        "wait_timeout",
        "on_wait_timeout",
        "poke_interval",
        *BaseChakraOperator.template_fields,
    )
    #: What was sent: ``"message"``, or what went in its place. True only where it was sent; who waits
    #: carries it along.
    sent_as: str = "message"

    def __init__(
        self,
        *,
        wait_for: str | None = None,
        wait_timeout: float | timedelta | str = 24 * 3600,
        on_wait_timeout: str = "fail",
        poke_interval: float | timedelta | str = _POKE_INTERVAL,
        deferrable: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.wait_for = wait_for
        self.wait_timeout = wait_timeout
        self.on_wait_timeout = on_wait_timeout
        self.poke_interval = poke_interval
        self.deferrable = deferrable

    @property
    def poke_seconds(self) -> float:
        """Seconds between two looks."""
        return self.seconds("poke_interval") or _POKE_INTERVAL

    def send(self, context: Context) -> str:
        """
        Send the message, unless an earlier try did.

        :param context: Airflow's context.
        :return: the wamid.
        """
        raise NotImplementedError

    def recipient(self) -> str:
        """
        Give whose chat the message is in.

        :return: digits of a phone number, or a business-scoped user id.
        """
        raise NotImplementedError

    def fall_back(self, context: Context) -> str | None:
        """
        Send what goes in place of a message that WhatsApp accepted, and then refused for a closed window.

        :param context: Airflow's context.
        :return: the wamid; ``None`` if there is nothing that goes in its place.
        """
        return None

    def execute(self, context: Context) -> Any:
        """
        Do what the operator is for, once, see :meth:`.BaseChakraOperator.execute`.

        Where it is not ``deferrable``, it does a triggerer's work itself, each time it would wait.

        :param context: Airflow's context.
        :return: what goes into XCom.
        """
        # Airflow 2 takes an execute within an execute for a mistake.
        go_on = partial(self.guarded, partial(self.act, context))
        while True:
            try:
                return go_on()
            except TaskDeferred as deferral:
                if self.deferrable:
                    raise
                event = poll(self, cast("InboxTrigger", deferral.trigger))
            go_on = partial(self.go_on, context, event)

    def act(self, context: Context) -> Any:
        """
        Send the message, and go on from there.

        :param context: Airflow's context.
        :return: what goes into XCom.
        """
        if self.wait_for:
            check_that_it_is_heard(self.hook, [self.recipient()])
        return self.then(context, self.send(context))

    def then(self, context: Context, wamid: str) -> Any:
        """
        Do what comes after the message was sent, be it by this try or an earlier one.

        :param context: Airflow's context.
        :param wamid: the message.
        :return: what goes into XCom.
        """
        if not self.wait_for:
            return wamid
        return self._wait(wamid, to=self.recipient(), status=self.wait_for)

    def go_on(self, context: Context, event: dict[str, Any]) -> Any:
        """
        Go on where a wait is over: with the method, and what it needs to know, that the event brings back.

        :param context: Airflow's context.
        :param event: the trigger's event.
        :return: what goes into XCom.
        """
        told = dict(event)
        then = told.pop("carried")
        return self.guarded(lambda: getattr(self, then["method_name"])(context, event=told, **then["kwargs"]))

    def delivery_told(
        self,
        context: Context,
        event: dict[str, Any],
        *,
        wamid: str,
        to: str,
        status: str,
        sent_as: str,
    ) -> Any:
        """
        Go on where it is known how far the message came, or time is up.

        :param context: Airflow's context.
        :param event: the event of :class:`.MessageStatusTrigger`.
        :param wamid: the message.
        :param to: its recipient.
        :param status: how far it was to come.
        :param sent_as: what was sent.
        :return: the wamid.
        :raises AirflowFailException: if the message did not arrive, or not in time.
        :raises AirflowSkipException: if it did not in time, and that is what ``on_wait_timeout`` says.
        """
        if "error" in event:
            raise AirflowFailException(
                f"{wamid} was sent, but nothing tells whether it came: {event['error']}"
            )
        self.sent_as = sent_as
        context["ti"].xcom_push(key=DELIVERY, value={name: event[name] for name in ("status", "times")})
        if event["status"] == "failed":
            instead = self.fall_back(context) if event["code"] == WINDOW_IS_CLOSED else None
            if instead is None:
                raise AirflowFailException(undelivered(wamid, event["code"]))
            # That the first message failed may be known only when its time is up.
            return self._wait(instead, to=to, status=status)
        if "late" in event:
            came = event["status"] or "not known"
            be_late(self, "on_wait_timeout", f"{wamid} was not {status} in time; its status is {came}.")
        return wamid

    def wait_problems(self, message: Message | None = None) -> list[Problem]:
        """
        Check what says how to wait, as far as no template will change it, and that what is awaited can come.

        :param message: the message, if it could be read.
        :return: the broken rules.
        """
        wrong = [wrong for wrong in self._wrong_ways_to_wait() if is_literal(getattr(self, wrong[0]))]
        if message is not None and self.wait_for in STATUSES:
            wrong += [("wait_for", limit, mend) for limit, mend in self._what_never_comes(message)]
        return [Problem(name, limit, repr(getattr(self, name))[:40], mend) for name, limit, mend in wrong]

    def _wrong_ways_to_wait(self) -> Iterator[tuple[str, str, str]]:
        if self.wait_for and self.wait_for not in STATUSES:
            yield "wait_for", f"one of {', '.join(STATUSES)}", "choose one, or leave it out"
        if self.on_wait_timeout not in _ON_TIMEOUT:
            yield "on_wait_timeout", f"one of {', '.join(_ON_TIMEOUT)}", "choose one"
        for name in ("wait_timeout", "poke_interval"):
            if not self._is_duration(name):
                yield name, "a number of seconds above 0, and of ten years at most", "give such a number"

    def _is_duration(self, name: str) -> bool:
        try:
            return 0 < (self.seconds(name) or 0) <= LONGEST
        except ChakraConfigError:
            return False

    def _what_never_comes(self, message: Message) -> Iterator[tuple[str, str]]:
        if message.recipient_type == "group":
            yield "nothing for a group", "leave it out: there is a status for each member"
        elif message.to is None and not self.deferrable:
            yield (
                "nothing for a user id",
                "leave deferrable out: only the triggerer hears webhooks",
            )
        if message.kind == "reaction" and self.wait_for != "sent":
            yield "sent for a reaction", "wait for that: WhatsApp tells nothing more of reactions"

    def _wait(self, wamid: str, *, to: str, status: str) -> NoReturn:
        from airflow_provider_chakra.triggers.inbox import MessageStatusTrigger

        message: dict[str, Any] = {"wamid": wamid, "to": to, "status": status}
        until = time.time() + (self.seconds("wait_timeout") or 0)
        trigger = MessageStatusTrigger(
            **message,
            until=until,
            hook=self.hook_arguments(),
            poke_interval=self.poke_seconds,
        )
        self.log.info("Waiting until %s is %s, until %s at the latest", wamid, status, date_of(until))
        wait(self, trigger, "delivery_told", {**message, "sent_as": self.sent_as})


def undelivered(wamid: str, code: int | None) -> str:
    """
    Say that a message failed, and what a person should do.

    :param wamid: the message.
    :param code: WhatsApp's code, if it was told.
    :return: the sentences.
    """
    from airflow_provider_chakra.api.codes import CODES

    if code is None:
        reason = "ChakraHQ does not tell why; look at the message in ChakraHQ's chat."
    else:
        meaning = CODES.get(code)
        advice = meaning.advice if meaning else "Look it up among the error codes of WhatsApp."
        reason = f"code {code}. {advice}"
    return f"WhatsApp could not deliver {wamid}: {reason}"
