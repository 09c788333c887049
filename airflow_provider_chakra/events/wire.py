"""Reading what others wrote: whatever has not the expected form reads as nothing, and nothing raises."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from airflow_provider_chakra.messages.recipient import RecipientError, is_bsuid, phone_digits

#: What a JSON object is read into.
Fields = Mapping[str, Any]

# In seconds this is the year 5138, in milliseconds 1973.
_MILLISECONDS_FROM = 1e11


def json_object(source: object) -> Fields:
    """
    Make a JSON object of one's own, fit to be stored.

    Half a surrogate pair, which is what is left of an emoji that was cut in two, becomes a question mark:
    neither pydantic nor a database takes it.

    :param source: a JSON object, or the text or bytes of one.
    :return: a copy; an empty object if it is none.
    """
    try:
        value = json.loads(source) if isinstance(source, str | bytes | bytearray) else source
        if not isinstance(value, Mapping):
            return {}
        copy: Fields = json.loads(json.dumps(dict(value), ensure_ascii=False).encode(errors="replace"))
    except (TypeError, ValueError, RecursionError):
        return {}
    return copy


def mapping(value: Any) -> Fields:
    """
    Read an object.

    :param value: anything.
    :return: it; an empty one in the place of anything else.
    """
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> Iterator[Fields]:
    """
    Read a list of objects.

    :param value: anything.
    :return: the objects in it.
    """
    return (row for row in value if isinstance(row, Mapping)) if isinstance(value, list) else iter(())


def text(*values: Any) -> str | None:
    """
    Read a text, or an id that may be a number.

    :param values: any values, the best first.
    :return: the first that is a text or an integer; an empty text counts as nothing.
    """
    for value in values:
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return None


def number(value: Any) -> float | None:
    """
    Read a number, which may be written as a text.

    :param value: anything.
    :return: it; ``None`` in the place of what is none, or is not finite.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) else None


def whole(value: Any) -> int | None:
    """
    Read a whole number, which may be written as a text.

    :param value: anything.
    :return: it; ``None`` in the place of what is none.
    """
    read = number(value)
    return int(read) if read is not None and read.is_integer() else None


def moment(*values: Any) -> datetime | None:
    """
    Read a time: seconds or milliseconds since 1970, as a number or a text, or an ISO date.

    :param values: any values, the best first.
    :return: the first that is a time, in UTC, which is taken for granted where no zone is given.
    """
    for value in values:
        try:
            since_1970 = number(value)
            if since_1970 is not None and since_1970 > 0:
                return datetime.fromtimestamp(
                    since_1970 / 1000 if since_1970 > _MILLISECONDS_FROM else since_1970, UTC
                )
            if since_1970 is None and isinstance(value, str):
                time = datetime.fromisoformat(value)
                return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
        except (ValueError, OverflowError, OSError):
            continue
    return None


def written_at(row: Fields) -> datetime | None:
    """
    Read when a message was written.

    :param row: a message, as ChakraHQ lists it.
    :return: the time, see :func:`moment`.
    """
    return moment(row.get("timestamp"), row.get("createdAt"))


def digits(*values: Any) -> str | None:
    """
    Read a phone number.

    :param values: any values, the best first.
    :return: the digits of the first that is one.
    """
    for value in values:
        try:
            return phone_digits(value)
        except RecipientError:
            continue
    return None


def bsuid(*values: Any) -> str | None:
    """
    Read a business-scoped user id.

    :param values: any values, the best first.
    :return: the first that is one.
    """
    return next((value for value in values if is_bsuid(value)), None)
