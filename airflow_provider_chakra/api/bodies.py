"""Bodies of requests about processes, checked before they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from airflow_provider_chakra.exceptions import ChakraConfigError
from airflow_provider_chakra.messages.recipient import RecipientError, phone_digits


def body_of(data: Mapping[str, Any] | None, **fields: Any) -> dict[str, Any]:
    """
    Put a body together from what was given.

    :param data: attributes by their short ids.
    :param fields: further fields in ChakraHQ's names.
    :return: the body, without what is None.
    :raises ChakraConfigError: if data or record is no object.
    """
    for name, value in {"data": data, "record": fields.get("record")}.items():
        if value is not None and not isinstance(value, Mapping):
            raise ChakraConfigError(f"{name} must be an object, not a {type(value).__name__}.")
    fields = {name: value for name, value in fields.items() if value is not None}
    return fields if data is None else {"data": {**data}, **fields}


def change_of(
    data: Mapping[str, Any] | None,
    status: str | None,
    state: str | None,
    next_action_at: datetime | str | int | None,
) -> dict[str, Any]:
    """
    Put the body of a change together; the arguments are those of :meth:`.ProcessesAPI.update`.

    :param data: attributes by their short ids.
    :param status: the new status.
    :param state: the new state.
    :param next_action_at: when something is to be done.
    :return: the body.
    :raises ChakraConfigError: if an argument is wrong, or nothing is to be changed.
    """
    body = body_of(data, status=status, state=state, nextActionAt=milliseconds(next_action_at))
    if not body:
        raise ChakraConfigError(
            "Nothing is to be changed: give at least one of data, status, state and next_action_at."
        )
    return body


def lead_of(data: Mapping[str, Any] | None, **attributes: str | None) -> dict[str, Any]:
    """
    Put the body of a lead together.

    :param data: attributes by their short ids.
    :param attributes: those that have arguments of their own; they go before ``data``.
    :return: the body.
    :raises ChakraConfigError: if it has no attribute, or data is no object.
    """
    lead = body_of(data).get("data", {})
    lead |= {name: value for name, value in attributes.items() if value is not None}
    if not lead:
        raise ChakraConfigError("A lead needs at least one attribute, such as name.")
    return {"data": lead}


def digits_of(phone_number: str | int) -> str:
    """
    Give the digits of a phone number.

    :param phone_number: with its country code.
    :return: the digits.
    :raises ChakraConfigError: if it is no such number.
    """
    try:
        return phone_digits(phone_number)
    except RecipientError as error:
        raise ChakraConfigError(f"phone_number is {error.given}: {error.mend}.") from None


def milliseconds(time: datetime | str | int | None) -> int | None:
    """
    Give a time as ChakraHQ writes it.

    :param time: a time with its zone, ISO 8601 text with its zone, or milliseconds as a number or digits.
    :return: milliseconds since 1970; ``None`` for ``None`` and for an empty text.
    :raises ChakraConfigError: if it is no such time.
    """
    if time is None or time == "":
        return None
    if isinstance(time, int) and not isinstance(time, bool):
        return time
    if isinstance(time, str):
        if time.isascii() and time.isdigit():
            return int(time)
        try:
            time = datetime.fromisoformat(time)
        except ValueError:
            raise ChakraConfigError(
                "next_action_at is no time: give 2026-11-22T09:00:00+05:30, or milliseconds since 1970."
            ) from None
    if not isinstance(time, datetime) or time.tzinfo is None:
        raise ChakraConfigError(
            "next_action_at needs a time with its zone, such as 2026-11-22T09:00:00+05:30."
        )
    return int(time.timestamp() * 1000)


def check_rows(rows: Sequence[Mapping[str, Any]], needed: str, shape: str, *, fields_min: int = 1) -> None:
    """
    Check the rows of a request in bulk, as far as their shape.

    :param rows: the rows.
    :param needed: the field that each must have, and that is an object.
    :param shape: what a row looks like.
    :param fields_min: how many fields each has at least.
    :raises ChakraConfigError: naming the positions of those that do not.
    """
    if isinstance(rows, str | Mapping) or not isinstance(rows, Sequence):
        raise ChakraConfigError(f"rows must be a list of {shape}, not a {type(rows).__name__}.")
    if not rows:
        raise ChakraConfigError(f"rows is empty: give at least one {shape}.")
    wrong = [
        position
        for position, row in enumerate(rows)
        if not (isinstance(row, Mapping) and isinstance(row.get(needed), Mapping) and len(row) >= fields_min)
    ]
    if wrong:
        where = ", ".join(map(str, wrong[:5])) + (", ..." if len(wrong) > 5 else "")
        raise ChakraConfigError(
            f"{len(wrong)} of {len(rows)} rows are not of the shape {shape}: rows {where}, counted from 0."
        )
