"""Sensors about messages: how far one came, and what the customer replies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException

from airflow_provider_chakra.ledger import Notes, open_store
from airflow_provider_chakra.operators.deliveries import undelivered
from airflow_provider_chakra.sensors.base import BaseChakraSensor
from airflow_provider_chakra.triggers.inbox import MessageStatusTrigger, ReplyTrigger

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context, PokeReturnValue

    from airflow_provider_chakra.triggers.base import PollTrigger


class MessageStatusSensor(BaseChakraSensor):
    """
    Wait until a message arrived at its recipient.

    .. code-block:: python

        sent = SendTextOperator(task_id="ask", to=customer, body="Is Monday fine?")
        MessageStatusSensor(task_id="arrived", to=customer, wamid=sent.output)

    It fails at once if WhatsApp could not deliver the message, and says why. Who switched read receipts off
    reads without a word: a wait for ``read`` may last until ``timeout``. All such waits of a connection share
    one poller in the triggerer, so that many cost hardly more requests than one.

    .. seealso:: https://apidocs.chakrahq.com (List chats, List previous messages for a phone number)

    :param to: the recipient's phone number, with its country code.
    :param wamid: the message, as sending it returned.
    :param status: how far it shall come: ``sent``, ``delivered`` or ``read``.
    :param kwargs: as for :class:`.BaseChakraSensor`.
    """

    template_fields: Sequence[str] = ("to", "wamid", "status", *BaseChakraSensor.template_fields)

    def __init__(self, *, to: str, wamid: str, status: str = "delivered", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.to = to
        self.wamid = wamid
        self.status = status

    def trigger(self) -> PollTrigger:
        """Make what asks."""
        return MessageStatusTrigger(
            to=self.to, wamid=self.wamid, status=self.status, **self.trigger_arguments()
        )

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
        return {name: event[name] for name in ("wamid", "status", "times")}


class ReplySensor(BaseChakraSensor):
    """
    Wait for a customer's reply, and return it.

    .. code-block:: python

        ReplySensor(task_id="answer", to=customer, after=sent.output, matches="yes|no")

    Reactions are no replies. A message that answers another one than ``after`` is passed over, where ChakraHQ
    tells what it answers. All such waits of a connection share one poller in the triggerer.

    .. seealso:: https://apidocs.chakrahq.com (List chats, List previous messages for a phone number)

    :param to: the customer's phone number, with its country code.
    :param after: the message that is replied to, by its wamid: what was written before it does not count.
        Without it, what was written before the sensor began does not; before Airflow 3.3, before its last
        try began.
    :param matches: regular expression that the whole text must match, in any case; the text of a button is
        its title. Other replies are passed over.
    :param kwargs: as for :class:`.BaseChakraSensor`.
    """

    template_fields: Sequence[str] = ("to", "after", "matches", *BaseChakraSensor.template_fields)

    def __init__(
        self, *, to: str, after: str | None = None, matches: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.to = to
        self.after = after
        self.matches = matches
        self._since: datetime | None = None

    def poke(self, context: Context) -> PokeReturnValue:
        """Ask once, see :meth:`.BaseChakraSensor.poke`."""
        self._since = self._since or self._remembered(context)
        return super().poke(context)

    def _remembered(self, context: Context) -> datetime:
        """Tell when the first try began, where Airflow remembers it."""
        notes = Notes(open_store(context, None), context, "since")
        # Who clears the task waits anew.
        if told := notes.read(resend=True):
            return datetime.fromisoformat(told["since"])
        began = _began(context)
        notes.write({"since": began.isoformat()})
        return began

    def trigger(self) -> PollTrigger:
        """Make what asks."""
        since = self._since or datetime.now(UTC)
        return ReplyTrigger(
            to=self.to,
            after=self.after,
            since=since.isoformat(),
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


def _began(context: Context) -> datetime:
    """Tell when the sensor began; one in the mode reschedule began with its first poke."""
    ti: Any = context.get("ti")
    first = ti.get_first_reschedule_date(context) if hasattr(ti, "get_first_reschedule_date") else None
    began: datetime | None = first or getattr(ti, "start_date", None)
    return began or datetime.now(UTC)
