"""The chats with customers: what was said in both directions, and how long each may be answered freely."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from airflow_provider_chakra.sandbox.clock import Clock
from airflow_provider_chakra.sandbox.contacts import ContactState
from airflow_provider_chakra.sandbox.entries import DeliveryStatus, Entry, Move
from airflow_provider_chakra.sandbox.pace import Pace

# https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages (Customer service windows)
_WINDOW: Final = timedelta(hours=24)
# Seconds. Long enough that a message is seen as sent before it is seen as failed.
_FAILS_AFTER: Final = 1.0
_ORDER: Final[tuple[DeliveryStatus, ...]] = ("SENT", "DELIVERED", "READ", "FAILED")

RE_ENGAGEMENT: Final = "(#131047) Re-engagement message"
UNDELIVERABLE: Final = "(#131026) Message undeliverable"

#: What becomes of free messages to customers who have not written within 24 hours: they pass, they are taken
#: and fail later, or they are refused at once.
WindowRule = Literal["open", "late", "refuse"]


@dataclass(frozen=True)
class LateFailure:
    """
    A message fails some time after it was taken.

    :param error: why, as ``(#code) title``.
    :param after: how long after, in seconds.
    """

    error: str
    after: float = _FAILS_AFTER


@dataclass(frozen=True)
class Listing:
    """
    What ChakraHQ's documentation leaves open about its lists of chats and messages.

    :param statuses_move_chats: whether a new status of a message moves the ``updatedAt`` of its chat.
    :param whole_bodies: whether ``body`` of what a customer wrote is WhatsApp's whole message, and not only
        its content.
    """

    statuses_move_chats: bool = False
    whole_bodies: bool = False


class Chats:
    """
    All chats of a sandbox.

    :param clock: the sandbox's clock.
    :param pace: how fast messages come further by themselves, until something else is asked for.
    :param windows: what becomes of free messages to who has not written lately, until something else is
        asked for.
    """

    def __init__(self, clock: Clock, pace: Pace, windows: WindowRule) -> None:
        self._clock = clock
        self._first_pace = pace
        self._first_windows = windows
        self.reset()

    def reset(self) -> None:
        """Forget everything that was said, and go on as at the start."""
        self.entries: list[Entry] = []
        #: A message stands in here anew each time that its way changes, so that nobody must look at all.
        self.changes: list[Entry] = []
        self.receipts: list[dict[str, Any]] = []
        self.window_rule = self._first_windows
        self.contacts: dict[str, ContactState] = {}
        self.failures: list[LateFailure] = []
        self.listing = Listing()
        self.pace = self._first_pace
        self._ids: dict[str, str] = {}
        self._written_at: dict[str, datetime] = {}

    def id_of(self, contact: str) -> str:
        """Give ChakraHQ's id of the chat with a contact, which is made when it is first asked for."""
        return self._ids.setdefault(contact, str(uuid.uuid4()))

    def state_of(self, contact: str) -> ContactState:
        """Tell how a contact stands to WhatsApp."""
        return self.contacts.get(contact, ContactState())

    def window_closes_at(self, contact: str) -> datetime | None:
        """Tell until when a contact may be written to freely; ``None`` if the window is closed."""
        written_at = self._written_at.get(contact)
        if written_at is None or self.state_of(contact).window_closed:
            return None
        closes_at = written_at + _WINDOW
        return closes_at if self._clock.now() < closes_at else None

    def refuses(self, contact: str, kind: str) -> bool:
        """Tell whether a message is refused at once, because the contact has not written lately."""
        return self.window_rule == "refuse" and kind != "template" and self.window_closes_at(contact) is None

    def sent(self, wamid: str, contact: str, payload: dict[str, Any], text: str) -> Entry:
        """
        Write down a message that was accepted.

        :param wamid: its id.
        :param contact: whom it is for.
        :param payload: what it says.
        :param text: what there is to read in it.
        """
        now = self._clock.now()
        entry = Entry(wamid, contact, "OUTBOUND", payload, now, text, [Move("SENT", now)])
        if failure := self._failure_of(entry):
            entry.moves.append(Move("FAILED", now + timedelta(seconds=failure.after), failure.error))
        entry.settled = failure is not None or self.state_of(contact).blocks
        self.entries.append(entry)
        self.changes.append(entry)
        self._plan([entry], now)
        return entry

    def received(self, wamid: str, contact: str, payload: dict[str, Any], text: str) -> Entry:
        """
        Write down a message of a customer, which opens the window.

        :param wamid: its id.
        :param contact: who wrote it.
        :param payload: what it says.
        :param text: what there is to read in it.
        """
        now = self._written_at[contact] = self._clock.now()
        if contact in self.contacts:
            self.contacts[contact] = replace(self.contacts[contact], window_closed=False)
        entry = Entry(wamid, contact, "INBOUND", payload, now, text)
        self.entries.append(entry)
        self.changes.append(entry)
        return entry

    def deliver(self, wamid: str, status: DeliveryStatus, error: str | None) -> None:
        """
        Move a message on by hand; it moves by itself no more.

        :param wamid: its id.
        :param status: where it came.
        :param error: why it failed, as ``(#code) title``.
        :raises KeyError: if there is no such message.
        """
        entry, now = self.sent_as(wamid), self._clock.now()
        entry.settled = True
        entry.moves = [*entry.moves_until(now), Move(status, now, error)]
        self.changes.append(entry)

    def sent_as(self, wamid: str) -> Entry:
        """
        Find a message that the business sent.

        :param wamid: its id.
        :raises KeyError: if there is no such message.
        """
        for entry in self.entries:
            if entry.wamid == wamid and entry.direction == "OUTBOUND":
                return entry
        raise KeyError(wamid)

    def set_contact(self, contact: str, state: ContactState) -> None:
        """
        Change how a contact stands to WhatsApp.

        :param contact: digits, a group's id or a user's id.
        :param state: how from now on. For who is back, the pace of what waited begins now.
        """
        before, self.contacts[contact] = self.state_of(contact), state
        if state.gets_messages != before.gets_messages:
            waiting = (entry for entry in self.entries if entry.contact == contact)
            self._plan(waiting, self._clock.now())

    def set_pace(self, pace: Pace) -> None:
        """
        Change how fast messages come further by themselves, those that were sent before, too.

        :param pace: how fast from now on.
        """
        self.pace = pace
        self._plan(self.entries)

    def _failure_of(self, entry: Entry) -> LateFailure | None:
        """Tell whether a message is to fail."""
        if self.failures:
            return self.failures.pop(0)
        state = self.state_of(entry.contact)
        if state.reach == "not_on_whatsapp":
            return LateFailure(UNDELIVERABLE)
        strict = self.window_rule == "late" or state.window_closed
        if strict and entry.kind != "template" and self.window_closes_at(entry.contact) is None:
            return LateFailure(RE_ENGAGEMENT)
        return None

    def _plan(self, entries: Iterable[Entry], since: datetime | None = None) -> None:
        """Plan anew what is to come of messages, counted from a time, or from when each was sent."""
        now = self._clock.now()
        for entry in entries:
            if entry.settled or not entry.moves:
                continue
            entry.moves = entry.moves_until(now)
            if self.state_of(entry.contact).gets_messages:
                come_to = _ORDER.index(entry.moves[-1].status)
                entry.moves += [
                    Move(status, max(at, now))
                    for status, at in self.pace.times(since or entry.at)
                    if _ORDER.index(status) > come_to
                ]
            self.changes.append(entry)
