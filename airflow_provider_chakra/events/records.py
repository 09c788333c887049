"""Events as JSON and back, for where they are kept."""

from __future__ import annotations

from typing import Any

from airflow_provider_chakra.events.inbound import Inbound
from airflow_provider_chakra.events.status import Status
from airflow_provider_chakra.events.wire import Fields


def to_record(event: Status | Inbound) -> dict[str, Any]:
    """
    Make of an event what JSON knows.

    :param event: it.
    :return: its fields that were told, and as ``kind`` whether it is a ``status`` or a ``message``.
    :raises ValueError: if it is nested too deeply.
    """
    kind = "status" if isinstance(event, Status) else "message"
    fields = event.model_dump(mode="json", exclude_defaults=True, exclude={"payload"})
    return {"kind": kind, **fields, **({"payload": event.payload} if isinstance(event, Inbound) else {})}


def from_record(record: Fields) -> Status | Inbound:
    """
    Make an event of its record.

    :param record: what :func:`to_record` gave.
    :return: the event.
    :raises ValueError: if it is no such record.
    """
    model = Status if record.get("kind") == "status" else Inbound
    return model.model_validate(record)
