"""
The ``where`` of *List Processes* (https://apidocs.chakrahq.com).

The page names the operators, the groups ``and`` and ``or``, and the fields; how they are put together is not
known. Assumed: a condition is ``{"field": .., "operator": .., "value": ..}``, a group is
``{"and": [..]}`` or ``{"or": [..]}`` over conditions and groups, and an empty object asks for every record.
``createdAt`` is compared as an instant, numbers as numbers, anything else as text.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

Matcher = Callable[[dict[str, Any]], bool]

_OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
# No limit of ChakraHQ's: it keeps a request from exhausting Python's stack.
_DEEPEST: Final = 20
_FIELDS: Final = ("status", "state", "assignedTo", "createdAt")


def matcher(where: Any) -> Matcher:
    """
    Read a filter.

    :param where: a condition or a group as it came from outside; ``None`` asks for every record.
    :return: what tells whether a record is one of those that are asked for.
    :raises ValueError: if it is neither a condition nor a group.
    """
    if where is None or where == {}:
        return lambda record: True
    return _read(where, _DEEPEST)


def _read(where: Any, room: int) -> Matcher:
    if not room:
        raise ValueError(f"where is nested deeper than {_DEEPEST} groups")
    if not isinstance(where, dict):
        raise ValueError("where must be an object: a condition, or a group of them under and, or or")
    if where.keys() in ({"and"}, {"or"}):
        ((group, parts),) = where.items()
        if not isinstance(parts, list) or not parts:
            raise ValueError(f"{group} must be a list of at least one condition")
        matchers = [_read(part, room - 1) for part in parts]
        together = all if group == "and" else any
        return lambda record: together(matches(record) for matches in matchers)
    if where.keys() != {"field", "operator", "value"}:
        raise ValueError("a condition of where has field, operator and value, a group has and, or or")
    return _condition(where["field"], where["operator"], where["value"])


def _condition(field: Any, sign: Any, wanted: Any) -> Matcher:
    if not isinstance(field, str):
        raise ValueError("field must be text")
    if not isinstance(sign, str) or sign not in _OPERATORS:
        raise ValueError(f"operator must be one of {' '.join(_OPERATORS)}")
    if isinstance(wanted, dict | list):
        raise ValueError("value must be text, a number, true, false or null")
    if field == "createdAt":
        wanted = _milliseconds(wanted)
    compare = _OPERATORS[sign]

    def matches(record: dict[str, Any]) -> bool:
        found = record[field] if field in _FIELDS else _attribute(record, field)
        if found is None or wanted is None:
            # Nothing equals nothing only, and is neither more nor less than anything.
            return sign in {"=", "!="} and compare(found, wanted)
        if _is_number(found) and _is_number(wanted):
            return compare(found, wanted)
        return compare(_text(found), _text(wanted))

    return matches


def _attribute(record: dict[str, Any], short_id: str) -> Any:
    return record["data"].get(short_id, record["record"]["data"].get(short_id))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _milliseconds(value: Any) -> int:
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError("createdAt is compared with a time in ISO 8601") from error
    return int((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1000)
