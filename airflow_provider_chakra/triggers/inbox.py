"""Waiting for what happens in a chat: a message arrives at its recipient, a customer replies."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraError
from airflow_provider_chakra.triggers.base import PollTrigger, Unshown
from airflow_provider_chakra.triggers.pollers import wait_for
from airflow_provider_chakra.triggers.waits import Told, Wait, given_up

if TYPE_CHECKING:
    from airflow_provider_chakra.api.inbox import Events
    from airflow_provider_chakra.events import Delivery, Inbound
    from airflow_provider_chakra.hooks.chakra import ChakraHook

_REACHED = ("SENT", "DELIVERED", "READ")
_TOLD = {"wamid", "at", "type", "text", "choice", "media", "location"}


def chat_of(to: str) -> str:
    """
    Tell whose chat it is.

    :param to: a phone number or business-scoped user id.
    :return: the digits of the number, or the user id.
    :raises ChakraConfigError: if it is neither.
    """
    from airflow_provider_chakra.api.bodies import digits_of
    from airflow_provider_chakra.messages.recipient import is_bsuid

    return to if is_bsuid(to) else digits_of(to)


class Reply(Unshown):
    """A reply that does not show: triggerers log the events of their triggers."""

    @classmethod
    def of(cls, reply: Inbound, **more: Any) -> Self:
        """
        Give what is told of a reply.

        :param reply: it.
        :param more: what else there is to tell.
        """
        return cls(reply.model_dump(mode="json", include=_TOLD), **more)


class InboxTrigger(PollTrigger):
    """
    Wait for something in the chat with a customer.

    All such triggers of a connection share one :class:`.Poller`. A subclass says in :meth:`find` what it
    waits for. Its event is what was found; ``{"late": True}`` and what is known, if time is up; or
    ``{"error": sentence}``, if asking again cannot help.

    :param to: the customer's phone number, with its country code, or business-scoped user id.
    :param worked: whether who waits has read the chat before, so that what is refused now was not then.
    :param until: when time is up, in seconds since 1970; ``None`` never is. What happened until then is
        found, however late it is looked for.
    :param kwargs: as for :class:`.PollTrigger`.
    """

    def __init__(self, *, to: str, until: float | None = None, worked: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.to = to
        self.until = until
        self.worked = worked

    def arguments(self) -> dict[str, Any]:
        """Give the arguments that all such triggers share."""
        return {"to": self.to, "until": self.until, "worked": self.worked}

    def wamids(self) -> Collection[str]:
        """Give the messages that it needs to see."""
        raise NotImplementedError

    def find(self, events: Events) -> Told | None:
        """
        Look through what was said.

        :param events: what was said in the chat, or a new part of it.
        :return: what there is to tell, as JSON knows it; ``None`` if there is nothing yet.
        """
        raise NotImplementedError

    def late(self) -> Told:
        """Give what there is to tell when time is up."""
        return {"late": True}

    def unread(self, error: ChakraError) -> Told | None:
        """
        Give what there is to tell where the chat cannot be read for now: nothing, until that lasts too long.

        :param error: why it cannot be read.
        :return: ``{"error": sentence}`` if it was given up; ``None`` if it is to be tried again.
        """
        return given_up(self.until, error)

    def check(self) -> str:
        """
        Check the arguments.

        :return: the digits of the customer's phone number, or the user id.
        :raises ChakraConfigError: if one of them is wrong.
        """
        return chat_of(self.to)

    def ends_at(self) -> datetime | None:
        """Tell when time is up."""
        return None if self.until is None else datetime.fromtimestamp(self.until, UTC)

    def look(self, hook: ChakraHook) -> Told | None:
        """
        Read the chat once.

        :param hook: to ask through.
        :return: what there is to tell; ``None`` if there is nothing yet.
        :raises ChakraError: if it could not be asked.
        """
        from airflow_provider_chakra.api.inbox import read_chat

        return self.find(read_chat(hook.chats, self.check(), self.wamids()))

    async def hear(
        self, chat: str, find: Callable[[Events], Told | None], wamids: Collection[str], until: float | None
    ) -> Told:
        """
        Wait in one chat.

        :param chat: the customer's digits, or user id.
        :param find: as :meth:`find`.
        :param wamids: as :meth:`wamids`.
        :param until: when time is up, in seconds since 1970.
        :return: what there is to tell.
        """
        number = self.hook.get("phone_number_id")
        wait = Wait(find, self.late, wamids, self.poke_interval, until, number, self.worked)
        return await wait_for(self.hook["chakra_conn_id"], chat, wait)

    async def heard(self) -> Told:
        """
        Wait, until there is something to tell.

        :return: it.
        :raises ChakraError: if asking again cannot help.
        """
        return await self.hear(self.check(), self.find, self.wamids(), self.until)


class MessageStatusTrigger(InboxTrigger):
    """
    Wait until a message came as far as it should, or failed.

    Its event is ``{"wamid", "status", "times", "code"}``; ``status`` is ``None`` if time is up and nothing
    is known of the message.

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
        return {**super().arguments(), "wamid": self.wamid, "status": self.status}

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

    def find(self, events: Events) -> Told | None:
        """
        Look how far the message came.

        :param events: what was told about its chat.
        :return: the event; ``None`` while it is on its way.
        """
        from airflow_provider_chakra.events.finding import find_delivery

        known = self._known = find_delivery(events, self.wamid, self._known)
        if known is None:
            return None
        failed = known.status == "FAILED"
        if not failed and _REACHED.index(known.status) < _REACHED.index(self.status.upper()):
            return None
        return self._told()

    def late(self) -> Told:
        """Give how far it came."""
        return {**super().late(), **self._told()}

    def _told(self) -> Told:
        known = self._known
        return {
            "wamid": self.wamid,
            "status": known.status.lower() if known else None,
            "times": {status.lower(): at.isoformat() for status, at in sorted(known.times.items())}
            if known
            else {},
            "code": known.error.code if known and known.error else None,
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
        own = {"after": self.after, "since": self.since, "matches": self.matches}
        return {**super().arguments(), **own}

    def wamids(self) -> Collection[str]:
        """Give the message that is replied to."""
        return (self.after,) if self.after else ()

    def check(self) -> str:
        """Check the arguments, see :meth:`InboxTrigger.check`."""
        self._pattern()
        return super().check()

    def find(self, events: Events) -> Told | None:
        """
        Look for the reply.

        :param events: what was said in the chat.
        :return: the event; ``None`` while there is none.
        """
        from airflow_provider_chakra.events.finding import find_reply

        reply = find_reply(
            events,
            after=self.wamids(),
            since=datetime.fromisoformat(self.since),
            until=self.ends_at(),
            matches=self._pattern(),
        )
        return None if reply is None else Reply.of(reply)

    def _pattern(self) -> re.Pattern[str] | None:
        try:
            return re.compile(self.matches, re.IGNORECASE) if self.matches else None
        except (re.error, TypeError) as error:
            raise ChakraConfigError(f"matches must be a regular expression: {error}.") from None
