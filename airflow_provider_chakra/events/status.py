"""
How far a message came.

https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components (statuses) and
https://docs.chakrahq.com (delivery status). What is told may come twice, out of order, and with gaps: a
message that is read at once may never be told as delivered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, Self, get_args

from airflow_provider_chakra.events.base import EventPart, Time
from airflow_provider_chakra.events.wire import Fields, digits, mapping, text, whole
from airflow_provider_chakra.messages.recipient import mask

#: In the order in which they count.
DeliveryStatus = Literal["SENT", "FAILED", "DELIVERED", "READ"]

# A recipient with several devices may get a message on one while another fails: it was delivered.
_RANK: Final[dict[DeliveryStatus, int]] = {
    status: rank for rank, status in enumerate(get_args(DeliveryStatus))
}
# A voice message that was listened to was seen, too.
_WORDS: Final[dict[str, DeliveryStatus]] = {status: status for status in _RANK} | {"PLAYED": "READ"}


class Failure(EventPart):
    """
    Why a message failed, or could not be shown.

    https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes

    :param code: WhatsApp's code.
    :param title: what went wrong, in a few words.
    :param message: the same in other words, often in the same.
    :param details: what there is to know about this case.
    """

    code: int | None = None
    title: str | None = None
    message: str | None = None
    details: str | None = None

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Show the code alone: the texts may quote the message or its recipient."""
        yield "code", self.code


class Status(EventPart):
    """
    How far a message came, as it was told once.

    :param wamid: WhatsApp's id of the message.
    :param status: ``SENT``, ``DELIVERED``, ``READ`` or ``FAILED``.
    :param at: when it came there, in UTC, if it was told.
    :param recipient: the digits of the customer's phone number; ``None`` of one who hides it.
    :param error: why it failed, if it was told.
    """

    wamid: str
    status: DeliveryStatus
    at: Time | None = None
    recipient: str | None = None
    error: Failure | None = None

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Keep the whole phone number out of logs and tracebacks."""
        yield "wamid", self.wamid
        yield "status", self.status
        yield "at", self.at and self.at.isoformat()
        yield "recipient", mask(self.recipient)
        yield "error", self.error


class Delivery(EventPart):
    """
    All that was told of a message's way. In which order, and how often, makes no difference.

    :param wamid: WhatsApp's id of the message.
    :param status: how far it came, as :func:`later` ranks it.
    :param times: when it came to each status of which the time was told, in UTC; the earliest one counts.
    :param error: why it failed, if ``status`` is ``FAILED`` and it was told.
    """

    wamid: str
    status: DeliveryStatus
    times: dict[DeliveryStatus, Time]
    error: Failure | None = None

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Show what can be shown."""
        yield "wamid", self.wamid
        yield "status", self.status
        yield "error", self.error

    @classmethod
    def of(cls, status: Status) -> Self:
        """
        Begin with what was told first.

        :param status: it.
        """
        return cls(
            wamid=status.wamid,
            status=status.status,
            times={} if status.at is None else {status.status: status.at},
            error=status.error,
        )

    def after(self, new: Status) -> Self:
        """
        Add what was told next.

        :param new: a status of the same message.
        :return: what is known now.
        :raises ValueError: if it is another message's.
        """
        known = Status(wamid=self.wamid, status=self.status, at=self.times.get(self.status), error=self.error)
        best = later(known, new)
        times = dict(self.times)
        if new.at is not None:
            times[new.status] = min(times.get(new.status, new.at), new.at)
        return type(self)(wamid=self.wamid, status=best.status, times=times, error=best.error)


def later(known: Status, new: Status) -> Status:
    """
    Tell which of two statuses of a message counts: ``READ``, ``DELIVERED``, ``FAILED``, ``SENT``.

    A failure counts more than ``SENT`` and less than the others: another device has got the message. Where
    both are the same status, each field is the first that was told.

    :param known: one of them.
    :param new: the other.
    :return: what is known now; the same, whichever came first.
    :raises ValueError: if they are of two messages.
    """
    if known.wamid != new.wamid:
        raise ValueError("these are statuses of two messages: compare those of one wamid")
    if known.status != new.status:
        return max(known, new, key=lambda status: _RANK[status.status])
    return known.model_copy(
        update={
            "at": min(filter(None, (known.at, new.at)), default=None),
            "recipient": min(filter(None, (known.recipient, new.recipient)), default=None),
            "error": min(filter(None, (known.error, new.error)), key=_fullest_first, default=None),
        }
    )


def status_of(
    wamid: str | None, word: Any, at: Time | None, *, recipients: tuple[Any, ...] = (), error: Fields
) -> Status | None:
    """
    Put a status together.

    :param wamid: WhatsApp's id of the message.
    :param word: the status in WhatsApp's or ChakraHQ's word, in any case.
    :param at: when it came there.
    :param recipients: what may be the customer's phone number.
    :param error: why it failed, in WhatsApp's shape; empty if it was not told.
    :return: the status; ``None`` if the message or the word is not known.
    """
    status = _WORDS.get(word.upper()) if isinstance(word, str) else None
    if wamid is None or status is None:
        return None
    return Status(
        wamid=wamid,
        status=status,
        at=at,
        recipient=digits(*recipients),
        error=failure_of(error) if status == "FAILED" else None,
    )


def failure_of(error: Fields) -> Failure | None:
    """
    Read an error in the shape of WhatsApp's webhooks.

    :param error: it.
    :return: the failure; ``None`` if nothing is told.
    """
    data = error.get("error_data")
    failure = Failure(
        code=whole(error.get("code")),
        title=text(error.get("title")),
        message=text(error.get("message")),
        details=text(mapping(data).get("details"), data),
    )
    return None if failure == Failure() else failure


def _fullest_first(error: Failure) -> list[Any]:
    # Any order will do that knows no ties, so that what came first makes no difference.
    values = (error.code, error.details, error.title, error.message)
    return [(value is None, 0 if value is None else value) for value in values]
