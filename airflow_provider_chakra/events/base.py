"""What all models of events share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


def _in_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time beyond the calendar") from None


#: A time with its zone, kept in UTC.
Time = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class EventPart(BaseModel):
    """A piece of what was told: unknown fields are passed over, and it is never changed."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Keep what a customer wrote out of logs and tracebacks."""
        yield None, "..."
