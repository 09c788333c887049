"""Sensors about messages: how far one came, and what the customer replies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from airflow.providers.common.compat.sdk import (
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
)

from airflow_provider_chakra.exceptions import ChakraConfigError
from airflow_provider_chakra.ledger import Notes, open_store
from airflow_provider_chakra.operators.base import is_literal
from airflow_provider_chakra.operators.deliveries import undelivered
from airflow_provider_chakra.operators.waiting import check_that_it_is_heard
from airflow_provider_chakra.sensors.base import BaseChakraSensor
from airflow_provider_chakra.triggers.inbox import MessageStatusTrigger, ReplyTrigger

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context, PokeReturnValue

    from airflow_provider_chakra.triggers.base import PollTrigger
    from airflow_provider_chakra.triggers.inbox import InboxTrigger

_ON_TIMEOUT = ("fail", "skip", "continue")


class _ChatSensor(BaseChakraSensor):
    """
    Wait for something in the chat with a customer.

    :param to: the customer's phone number, with its country code, or business-scoped user id.
    :param on_timeout: see the subclasses.
    :param kwargs: as for :class:`.BaseChakraSensor`.
    """

    template_fields: Sequence[str] = ("to", "on_timeout", *BaseChakraSensor.template_fields)

    def __init__(self, *, to: str, on_timeout: str = "fail", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.to = to
        self.on_timeout = on_timeout
        self._began: datetime | None = None
        self._looked: InboxTrigger | None = None
        if is_literal(on_timeout):
            self._check_on_timeout()

    def act(self, context: Context) -> Any:
        """Wait, see :meth:`.BaseChakraSensor.act`."""
        self._check_on_timeout()
        try:
            return super().act(context)
        except AirflowSensorTimeout:
            # Airflow counts where the worker waits, right after a look.
            if self._looked is None:
                raise
            return self._be_late(self._looked.late())

    def poke(self, context: Context) -> PokeReturnValue:
        """Ask once, see :meth:`.BaseChakraSensor.poke`."""
        self._began = self._began or self._remembered(context)
        return super().poke(context)

    def look(self, trigger: PollTrigger) -> dict[str, Any] | None:
        """Ask once, see :meth:`.BaseChakraSensor.look`; of a user id only the triggerer hears."""
        self._looked = cast("InboxTrigger", trigger)
        chat = self._looked.check()
        if chat.isdigit():
            found = super().look(trigger)
            self._looked.worked = True
            return found
        check_that_it_is_heard(self.hook, [chat])
        if not self.deferrable:
            raise ChakraConfigError(
                "Only the triggerer hears what happens in the chat of a user id: leave deferrable out."
            )
        return None

    def deferral_timeout(self) -> timedelta | None:
        """Let the trigger say when time is up: it reads the chat once more before."""
        return None

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Go on where the trigger found something, see :meth:`.BaseChakraSensor.execute_complete`."""
        if "late" in event:
            return self._be_late(event)
        return super().execute_complete(context, event)

    def trigger_arguments(self) -> dict[str, Any]:
        """Give the arguments that triggers of chats take."""
        until = None
        if self.deferrable:
            until = self.began.timestamp() + self.timeout
        return {"to": self.to, "until": until, **super().trigger_arguments()}

    @property
    def began(self) -> datetime:
        """When the waiting began."""
        return self._began or datetime.now(UTC)

    def missed(self, event: dict[str, Any]) -> str:
        """
        Say what did not happen in time.

        :param event: what is known.
        """
        raise NotImplementedError

    def known(self, event: dict[str, Any]) -> Any:
        """
        Make the sensor's result of what is known when time is up.

        :param event: the trigger's event.
        """
        raise NotImplementedError

    def _be_late(self, event: dict[str, Any]) -> Any:
        told = self.missed(event)
        if self.on_timeout == "skip":
            raise AirflowSkipException(told)
        if self.on_timeout == "fail":
            raise AirflowSensorTimeout(told)
        self.log.warning("%s The task goes on, as on_timeout is %s.", told, self.on_timeout)
        return self.known(event)

    def _check_on_timeout(self) -> None:
        if self.on_timeout not in _ON_TIMEOUT:
            raise ChakraConfigError(f"on_timeout must be one of {', '.join(_ON_TIMEOUT)}.")

    def _remembered(self, context: Context) -> datetime:
        """Tell when the first try began, where Airflow remembers it."""
        notes = Notes(open_store(context, None), context, "since")
        # Who clears the task waits anew.
        if told := notes.read(resend=True):
            return datetime.fromisoformat(told["since"])
        began = _began(context)
        notes.write({"since": began.isoformat()})
        return began


class MessageStatusSensor(_ChatSensor):
    """
    Wait until a message arrived at its recipient.

    .. code-block:: python

        sent = SendTextOperator(task_id="ask", to=customer, body="Is Monday fine?")
        MessageStatusSensor(task_id="arrived", to=customer, wamid=sent.output)

    It fails at once if WhatsApp could not deliver the message, and says why. Who switched read receipts off
    reads without a word: a wait for ``read`` may last until ``timeout``. Time is up only after the chat was
    read once more, so that what came in time counts, however late it is looked for. All such waits of a
    connection share one poller in the triggerer, so that many cost hardly more requests than one.

    .. seealso:: https://apidocs.chakrahq.com (List chats, List previous messages for a phone number)

    :param to: the recipient's phone number, with its country code; or business-scoped user id, of whom only
        webhooks tell.
    :param wamid: the message, as sending it returned.
    :param status: how far it shall come: ``sent``, ``delivered`` or ``read``.
    :param on_timeout: what becomes of the task after ``timeout``: ``"fail"``, ``"skip"``, or ``"continue"``
        with what is known; its ``status`` is ``None`` if that is nothing.
    :param kwargs: as for :class:`.BaseChakraSensor`.
    """

    template_fields: Sequence[str] = ("wamid", "status", *_ChatSensor.template_fields)

    def __init__(self, *, wamid: str, status: str = "delivered", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.wamid = wamid
        self.status = status

    def trigger(self) -> PollTrigger:
        """Make what asks."""
        return MessageStatusTrigger(wamid=self.wamid, status=self.status, **self.trigger_arguments())

    def finish(self, event: dict[str, Any]) -> dict[str, Any]:
        """
        Make of what was found the sensor's result.

        :param event: the event of :class:`.MessageStatusTrigger`.
        :return: ``wamid``; ``status``, how far it came, which may be further than asked for; and ``times``,
            when it came to each status of which that was seen, in ISO 8601.
        :raises AirflowFailException: if it failed.
        """
        if event["status"] == "failed":
            raise AirflowFailException(undelivered(self.wamid, event["code"]))
        return self.known(event)

    def missed(self, event: dict[str, Any]) -> str:
        """Say how far the message came."""
        came = event["status"] or "not known"
        return f"{self.wamid} was not {self.status} in time; its status is {came}."

    def known(self, event: dict[str, Any]) -> dict[str, Any]:
        """Give how far the message came."""
        return {name: event[name] for name in ("wamid", "status", "times")}


class ReplySensor(_ChatSensor):
    """
    Wait for a customer's reply, and return it.

    .. code-block:: python

        ReplySensor(task_id="answer", to=customer, after=sent.output, matches="yes|no")

    Reactions are no replies. A message that answers another one than ``after`` is passed over, where ChakraHQ
    tells what it answers. All such waits of a connection share one poller in the triggerer.

    .. seealso:: https://apidocs.chakrahq.com (List chats, List previous messages for a phone number)

    :param to: the customer's phone number, with its country code; or business-scoped user id, of whom only
        webhooks tell.
    :param after: the message that is replied to, by its wamid: what was written before it does not count.
        Without it, what was written before the sensor began does not; before Airflow 3.3, before its last
        try began.
    :param matches: regular expression that the whole text must match, in any case; the text of a button is
        its title. Other replies are passed over.
    :param on_timeout: what becomes of the task after ``timeout``: ``"fail"``, ``"skip"``, or ``"continue"``
        with None.
    :param kwargs: as for :class:`.BaseChakraSensor`.
    """

    template_fields: Sequence[str] = ("after", "matches", *_ChatSensor.template_fields)

    def __init__(self, *, after: str | None = None, matches: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.after = after
        self.matches = matches

    def trigger(self) -> PollTrigger:
        """Make what asks."""
        return ReplyTrigger(
            after=self.after,
            since=self.began.isoformat(),
            matches=self.matches,
            **self.trigger_arguments(),
        )

    def finish(self, event: dict[str, Any]) -> dict[str, Any]:
        """
        Make of what was found the sensor's result.

        :param event: the event of :class:`.ReplyTrigger`.
        :return: ``wamid``, ``at`` in ISO 8601, ``type``, ``text``, ``choice``, ``media`` and ``location``;
            ``None`` stands for what the reply has not.
        """
        return event

    def missed(self, event: dict[str, Any]) -> str:
        """Say that there was no reply."""
        return f"No reply to {self.after or 'the business'} came in time."

    def known(self, event: dict[str, Any]) -> None:
        """Give nothing, as there is no reply."""
        return


def _began(context: Context) -> datetime:
    """Tell when the sensor began; one in the mode reschedule began with its first poke."""
    ti: Any = context.get("ti")
    first = ti.get_first_reschedule_date(context) if hasattr(ti, "get_first_reschedule_date") else None
    began: datetime | None = first or getattr(ti, "start_date", None)
    return began or datetime.now(UTC)
