"""The sandbox's own time: it runs with the machine's, and can be moved on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

#: Seconds: about thirty years. All that is planned from there on is still in the calendar.
FURTHEST: Final = 1_000_000_000


class Clock:
    """What time it is in a sandbox. Everything in it that tells or compares times asks here."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def reset(self) -> None:
        """Go back to the machine's time."""
        self._ahead = timedelta()

    def advance(self, seconds: float) -> None:
        """
        Move on.

        :param seconds: how far; time never runs backwards.
        :raises ValueError: if that is further than :data:`FURTHEST` before the machine's time.
        """
        if self.ahead + seconds > FURTHEST:
            raise ValueError(f"the clock goes no further than {FURTHEST} seconds before the machine's")
        self._ahead += timedelta(seconds=seconds)

    @property
    def ahead(self) -> float:
        """By how many seconds it is before the machine's time."""
        return self._ahead.total_seconds()

    def now(self) -> datetime:
        """Tell the time, in UTC."""
        return datetime.now(UTC) + self._ahead

    def stamp(self) -> str:
        """Tell the time as it is written into records: ISO 8601, to the millisecond."""
        return self.now().isoformat(timespec="milliseconds")

    def milliseconds(self) -> int:
        """Tell the time as ChakraHQ does: milliseconds since 1970."""
        return int(self.now().timestamp() * 1000)
