"""Waiting for what happens in a chat: a message arrives at its recipient, a customer replies."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import TriggerEvent

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraError
from airflow_provider_chakra.triggers.base import PollTrigger
from airflow_provider_chakra.triggers.poller import wait_for

if TYPE_CHECKING:
    from airflow_provider_chakra.api.chats import Rows
    from airflow_provider_chakra.events import Delivery
    from airflow_provider_chakra.hooks.chakra import ChakraHook

_REACHED = ("SENT", "DELIVERED", "READ")
_TOLD = {"wamid", "at", "type", "text", "choice", "media", "location"}


class _Reply(dict[str, Any]):
    """A reply that does not show: triggerers log the events of their triggers."""

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"


class InboxTrigger(PollTrigger):
    """
    Wait for something in the chat with a customer.

    All such triggers of a connection share one :class:`.Poller`. A subclass says in :meth:`find` what it
    waits for.

    :param to: the customer's phone number, with its country code.
    :param kwargs: as for :class:`.PollTrigger`.
    """

    def __init__(self, *, to: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.to = to

    def wamids(self) -> Collection[str]:
        """Give the messages that it needs to see."""
        raise NotImplementedError

    def find(self, rows: Rows) -> dict[str, Any] | None:
        """
        Look through the chat.

        :param rows: what was said in it, see :func:`.read_chat`.
        :return: what there is to tell, as JSON knows it; ``None`` if there is nothing yet.
        """
        raise NotImplementedError

    def check(self) -> str:
        """
        Check the arguments.

        :return: the digits of the customer's phone number.
        :raises ChakraConfigError: if one of them is wrong.
        """
        from airflow_provider_chakra.api.bodies import digits_of

        return digits_of(self.to)

    def look(self, hook: ChakraHook) -> dict[str, Any] | None:
        """
        Read the chat once.

        :param hook: to ask through.
        :return: what there is to tell; ``None`` if there is nothing yet.
        :raises ChakraError: if it could not be asked.
        """
        from airflow_provider_chakra.api.inbox import read_chat

        return self.find(read_chat(hook.chats, self.check(), self.wamids()))

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Wait, until there is something to tell."""
        try:
            found = await wait_for(
                self.hook["chakra_conn_id"],
                self.check(),
                self.find,
                wamids=self.wamids(),
                interval=self.poke_interval,
            )
        except ChakraError as error:
            found = {"error": str(error)}
        yield TriggerEvent(found)  # type: ignore[no-untyped-call]


class MessageStatusTrigger(InboxTrigger):
    """
    Wait until a message came as far as it should, or failed.

    Its event is ``{"wamid", "status", "times", "code"}``.

    :param wamid: the message.
    :param status: ``sent``, ``delivered`` or ``read``.
    :param kwargs: as for :class:`InboxTrigger`.
    """

    def __init__(self, *, wamid: str, status: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.wamid = wamid
        self.status = status
        self._known: Delivery | None = None

    def arguments(self) -> dict[str, Any]:
        """Give the arguments of this trigger."""
        return {"to": self.to, "wamid": self.wamid, "status": self.status}

    def wamids(self) -> Collection[str]:
        """Give the message."""
        return (self.wamid,)

    def check(self) -> str:
        """Check the arguments, see :meth:`InboxTrigger.check`."""
        if str(self.status).upper() not in _REACHED:
            raise ChakraConfigError("status must be sent, delivered or read.")
        if not self.wamid or not isinstance(self.wamid, str):
            raise ChakraConfigError("wamid must be WhatsApp's id of the message, which sending it returned.")
        return super().check()

    def find(self, rows: Rows) -> dict[str, Any] | None:
        """
        Look how far the message came.

        :param rows: what was said in its chat.
        :return: the event; ``None`` while it is on its way.
        """
        from airflow_provider_chakra.api.inbox import find_delivery

        known = self._known = find_delivery(rows, self.wamid, self._known)
        if known is None:
            return None
        failed = known.status == "FAILED"
        if not failed and _REACHED.index(known.status) < _REACHED.index(self.status.upper()):
            return None
        return {
            "wamid": self.wamid,
            "status": known.status.lower(),
            "times": {status.lower(): at.isoformat() for status, at in sorted(known.times.items())},
            "code": known.error.code if known.error else None,
        }


class ReplyTrigger(InboxTrigger):
    """
    Wait for a customer's reply.

    Its event is ``{"wamid", "at", "type", "text", "choice", "media", "location"}``.

    :param after: the message that is replied to, by its wamid.
    :param since: when the waiting began, as an ISO date with its zone.
    :param matches: regular expression that the whole text must match, in any case.
    :param kwargs: as for :class:`InboxTrigger`.
    """

    def __init__(self, *, after: str | None, since: str, matches: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.after = after
        self.since = since
        self.matches = matches

    def arguments(self) -> dict[str, Any]:
        """Give the arguments of this trigger."""
        return {"to": self.to, "after": self.after, "since": self.since, "matches": self.matches}

    def wamids(self) -> Collection[str]:
        """Give the message that is replied to."""
        return (self.after,) if self.after else ()

    def check(self) -> str:
        """Check the arguments, see :meth:`InboxTrigger.check`."""
        self._pattern()
        return super().check()

    def find(self, rows: Rows) -> dict[str, Any] | None:
        """
        Look for the reply.

        :param rows: what was said in the chat.
        :return: the event; ``None`` while there is none.
        """
        from airflow_provider_chakra.api.inbox import find_reply

        since = datetime.fromisoformat(self.since)
        reply = find_reply(rows, after=self.after or None, since=since, matches=self._pattern())
        if reply is None:
            return None
        return _Reply(reply.model_dump(mode="json", include=_TOLD))

    def _pattern(self) -> re.Pattern[str] | None:
        try:
            return re.compile(self.matches, re.IGNORECASE) if self.matches else None
        except (re.error, TypeError) as error:
            raise ChakraConfigError(f"matches must be a regular expression: {error}.") from None
