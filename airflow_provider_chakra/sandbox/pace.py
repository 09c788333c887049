"""How fast messages come further by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from airflow_provider_chakra.sandbox.entries import DeliveryStatus

#: Seconds: about three years. What is planned further ahead is a mistake, and would leave the calendar.
LONGEST: Final = 100_000_000


@dataclass(frozen=True)
class Pace:
    """
    When messages come further, in seconds after they were sent; ``None`` leaves it to the control API.

    :param delivered_after: until they are delivered.
    :param read_after: until they are read, which is not before they are delivered.
    """

    delivered_after: float | None = None
    read_after: float | None = None

    def __post_init__(self) -> None:
        """
        Check that it can be.

        :raises ValueError: if a time is out of bounds, or a message is read before it is delivered.
        """
        known = [seconds for seconds in (self.delivered_after, self.read_after) if seconds is not None]
        if not all(0 <= seconds <= LONGEST for seconds in known):
            raise ValueError(f"delivered_after and read_after are seconds, from 0 to {LONGEST}")
        if sorted(known) != known:
            raise ValueError("read_after is less than delivered_after: no message is read before it is there")

    def times(self, since: datetime) -> Iterator[tuple[DeliveryStatus, datetime]]:
        """
        Tell when a message comes to which status.

        :param since: when it was sent.
        """
        if self.delivered_after is not None:
            yield "DELIVERED", since + timedelta(seconds=self.delivered_after)
        if self.read_after is not None:
            yield "READ", since + timedelta(seconds=self.read_after)
