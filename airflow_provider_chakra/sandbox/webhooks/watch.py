"""What there is to tell: each status of each message, and each message of a customer, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.chats import Chats
    from airflow_provider_chakra.sandbox.entries import Entry, Move


@dataclass(frozen=True)
class News:
    """
    Something to tell.

    :param entry: the message that it is about.
    :param move: where the message came; ``None`` of what a customer wrote.
    """

    entry: Entry
    move: Move | None = None

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.entry.at if self.move is None else self.move.at


class Watch:
    """
    A look-out for news, from now on.

    :param chats: the chats to watch.
    :param now: the time on the sandbox's clock.
    :param disorder: whether to keep the statuses of a message until no more will come by themselves, and to
        tell them backwards.
    """

    def __init__(self, chats: Chats, now: datetime, *, disorder: bool) -> None:
        self._chats = chats
        self._disorder = disorder
        self._seen = len(chats.changes)
        self._told = {entry.id: len(entry.moves_until(now)) for entry in chats.entries}
        self._moving = {entry.id: entry for entry in chats.entries if len(entry.moves) > self._told[entry.id]}

    def look(self, now: datetime) -> list[News]:
        """
        Give what happened since the last look.

        :param now: the time on the sandbox's clock, which alone makes messages come further.
        """
        for entry in self._chats.changes[self._seen :]:
            self._moving[entry.id] = entry
        self._seen = len(self._chats.changes)
        news = [one for entry in list(self._moving.values()) for one in self._of(entry, now)]
        return news if self._disorder else sorted(news, key=lambda one: one.at)

    def _of(self, entry: Entry, now: datetime) -> list[News]:
        gone = entry.moves_until(now)
        rests = len(gone) == len(entry.moves)
        if rests:
            del self._moving[entry.id]
        elif self._disorder:
            return []
        if entry.direction == "INBOUND":
            return [News(entry)]
        new = gone[self._told.get(entry.id, 0) :]
        self._told[entry.id] = len(gone)
        return [News(entry, move) for move in (new[::-1] if self._disorder else new)]
