"""How far a trigger looked, and what it told: kept in the store of its assets, if Airflow has one."""

from __future__ import annotations

import asyncio
import logging
import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from airflow_provider_chakra.events import Inbound
    from airflow_provider_chakra.events.wire import Fields

log = logging.getLogger(__name__)

# A message may be listed later than others that were written after it.
_LATE = timedelta(hours=1)
# Airflow warns of values of more than 64 KB.
_MOST_TOLD = 500
# Airflow takes events over each second, and stores what it took before it takes anything else.
_TAKEN_AFTER = 5.0


class Store(Protocol):
    """Where values are kept for an asset."""

    async def aget(self, key: str) -> Any:
        """Give what is kept under a key, ``None`` if nothing is."""

    async def aset(self, key: str, value: Any) -> None:
        """Keep a value."""


class Place:
    """
    How far a trigger looked, and what it told.

    It is kept some seconds after an event was told, when Airflow has stored that: if the triggerer ends
    before, the event is told twice rather than never.

    :param stores: the stores of the trigger's assets.
    :param key: the name of the trigger in them.
    """

    def __init__(self, stores: list[Store], key: str) -> None:
        self._stores = stores
        self._key = key
        #: Changes after it are to be looked at.
        self.reached = datetime.now(UTC)
        #: What was written until then counts as told. WhatsApp tells whole seconds.
        self.since = self.reached - timedelta(seconds=1)
        self._told: dict[str, datetime] = {}
        self._to_keep: Fields | None = None
        #: When to keep it, in the time of the event loop.
        self.due = math.inf

    async def recall(self) -> None:
        """Go back to where an earlier triggerer was; the first one begins now."""
        kept = [await store.aget(self._key) for store in self._stores]
        states = [state for state in map(_read, kept) if state]
        if states:
            self.reached, self.since, self._told = max(states, key=lambda state: state[0])
        else:
            await self.keep()

    def is_new(self, message: Inbound) -> bool:
        """Tell whether a message is to be told."""
        return message.wamid not in self._told and (message.at is None or message.at > self.since)

    def tell(self, message: Inbound) -> None:
        """Note that a message was told."""
        self._told[message.wamid] = message.at or datetime.now(UTC)
        self._changed()

    def reach(self, place: datetime) -> None:
        """
        Note how far the chats were looked through.

        :param place: when the last change was that was looked at.
        """
        if place <= self.reached:
            return
        self.reached, self.since = place, max(self.since, place - _LATE)
        newest = self._newest()
        if len(newest) > _MOST_TOLD:
            self.since = max(self.since, newest[_MOST_TOLD][1])
        self._told = {wamid: at for wamid, at in newest[:_MOST_TOLD] if at > self.since}
        self._changed()

    async def keep(self) -> None:
        """Keep it as it was some seconds ago, so that a later triggerer goes on from there."""
        state = self._to_keep or self._state()
        for store in self._stores:
            try:
                await store.aset(self._key, state)
            except Exception as error:
                # To go on without is better than not to go on: the next place may be kept again.
                log.warning("Airflow did not keep how far WhatsApp's chats were read: %s", error)
        self._to_keep, self.due = None, math.inf
        if state != self._state():
            self._changed()

    def _changed(self) -> None:
        if self._stores and self._to_keep is None:
            self._to_keep, self.due = self._state(), asyncio.get_running_loop().time() + _TAKEN_AFTER

    def _newest(self) -> list[tuple[str, datetime]]:
        return sorted(self._told.items(), key=lambda told: told[1], reverse=True)

    def _state(self) -> Fields:
        # While a chat cannot be read more is told than can be kept: after a restart the rest is told twice,
        # as to move on would be not to tell what is in that chat.
        told = self._newest()[:_MOST_TOLD]
        return {
            "reached": self.reached.isoformat(),
            "since": self.since.isoformat(),
            "told": {wamid: at.isoformat() for wamid, at in told},
        }


def stores_of(trigger: Any) -> list[Store]:
    """
    Give the stores of a trigger's assets.

    :param trigger: an event trigger, which has ``asset_state_store`` from Airflow 3.3 on.
    :return: one for each asset that it watches; none before Airflow 3.3.
    """
    accessors = getattr(trigger, "asset_state_store", None)
    if accessors is None:
        return []
    # Airflow gives no list of the assets; without one, its accessors work for a single asset.
    return [*getattr(accessors, "_by_name", {}).values()] or [accessors]


def _read(state: Any) -> tuple[datetime, datetime, dict[str, datetime]] | None:
    from airflow_provider_chakra.events.wire import mapping, moment

    fields = mapping(state)
    reached, since = moment(fields.get("reached")), moment(fields.get("since"))
    if reached is None or since is None:
        return None
    told = {wamid: moment(at) or reached for wamid, at in mapping(fields.get("told")).items()}
    return reached, since, told
