"""
Procedures and their processes, which are ChakraHQ's records.

https://apidocs.chakrahq.com (Create Process, Update Process, Delete Process, Create Task) names what can be
written. Assumed, as the pages leave it open: a record shows ``id``, ``shortId``, ``procedure`` and times in
milliseconds besides; an update adds to ``data`` and takes nothing away; no two processes have the same
primary key; a field that no page names is refused; wherever an id goes, the short id goes too.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from fastapi import HTTPException

from airflow_provider_chakra.sandbox.platform.where import matcher

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.clock import Clock

STATUSES: Final = ("OPEN", "COMPLETED", "CANCELLED")

_CREATE: Final = ("data", "record", "status", "state", "nextActionAt", "assignedTo")
_UPDATE: Final = ("data", "status", "state", "nextActionAt")
_TASK: Final = ("data", "status", "assignedTo")
_LARGEST_PAGE: Final = 100


class Procedure:
    """
    One procedure, and all of its processes.

    :param short_id: its name in paths, such as ``lead``.
    :param primary_key: the short id of the attribute that names a process besides its id, if any does.
    :param clock: what time it is.
    """

    def __init__(self, short_id: str, primary_key: str | None, clock: Clock) -> None:
        self.id = str(uuid.uuid4())
        self.short_id = short_id
        self.primary_key = primary_key
        self.tasks: list[dict[str, Any]] = []
        self._clock = clock
        self._by_id: dict[str, dict[str, Any]] = {}
        self._by_short_id: dict[str, dict[str, Any]] = {}
        self._by_primary_key: dict[str, dict[str, Any]] = {}
        self._numbered = 0

    @property
    def records(self) -> list[dict[str, Any]]:
        """All of its processes, oldest first."""
        return list(self._by_id.values())

    def by_id(self, record_id: str) -> dict[str, Any]:
        """
        Find a process by its id or short id.

        :raises HTTPException: 404 if there is none.
        """
        if record := self._by_id.get(record_id) or self._by_short_id.get(record_id):
            return record
        raise HTTPException(404, f"Process not found in {self.short_id}")

    def by_primary_key(self, key: str, value: str) -> dict[str, Any]:
        """
        Find a process by the value of its primary key.

        :param key: the short id of the attribute, which must be the procedure's primary key.
        :param value: the value, as text: a path has no numbers.
        :raises HTTPException: 400 for another attribute, 404 if there is no such process.
        """
        if key != self.primary_key:
            raise HTTPException(400, f"{key} is not the primary key of {self.short_id}")
        if record := self._by_primary_key.get(value):
            return record
        raise HTTPException(404, f"Process not found in {self.short_id} by its {key}")

    def by_either(self, id_or_value: str) -> dict[str, Any]:
        """
        Find a process by its id, its short id, or its primary key.

        :raises HTTPException: 404 if there is none.
        """
        return self._by_primary_key.get(id_or_value) or self.by_id(id_or_value)

    def create(self, body: Any) -> dict[str, Any]:
        """
        Make a process.

        :param body: what the request says.
        :raises HTTPException: 400 if that is no process.
        """
        _check(body, _CREATE)
        if "data" not in body:
            raise HTTPException(400, "data is required")
        key = self._free_key(body["data"])
        self._numbered += 1
        created_at = self._clock.milliseconds()
        record = {
            "id": str(uuid.uuid4()),
            "shortId": f"{self.short_id.upper()}-{self._numbered:06}",
            "procedure": self.short_id,
            "status": body.get("status", "OPEN"),
            "state": body.get("state"),
            "data": dict(body["data"]),
            "record": {"data": dict(body.get("record", {}).get("data", {}))},
            "assignedTo": body.get("assignedTo"),
            "nextActionAt": body.get("nextActionAt"),
            "createdAt": created_at,
            "updatedAt": created_at,
        }
        self._by_id[record["id"]] = self._by_short_id[record["shortId"]] = record
        if key is not None:
            self._by_primary_key[key] = record
        return record

    def update(self, record: dict[str, Any], body: Any) -> dict[str, Any]:
        """
        Change a process.

        :param record: the process.
        :param body: what the request says.
        :raises HTTPException: 400 if that is no change.
        """
        _check(body, _UPDATE)
        if not body:
            raise HTTPException(400, f"an update has at least one of {', '.join(_UPDATE)}")
        data = record["data"] | body.get("data", {})
        key = self._free_key(data, record)
        self._by_primary_key.pop(self._key(record["data"]) or "", None)
        if key is not None:
            self._by_primary_key[key] = record
        record.update(body, data=data, updatedAt=self._clock.milliseconds())
        return record

    def delete(self, record: dict[str, Any]) -> dict[str, Any]:
        """
        Delete a process.

        :return: the process as it was.
        """
        self._by_primary_key.pop(self._key(record["data"]) or "", None)
        del self._by_id[record["id"]], self._by_short_id[record["shortId"]]
        return record

    def listing(self, body: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
        """
        Give one page of the processes, oldest first (the order is assumed).

        :param body: the request: ``where``, ``skip`` (0 if left out), ``limit`` (10; at most 100).
        :return: the page, and whether there is more behind it.
        :raises HTTPException: 400 if the request says something else.
        """
        if unknown := body.keys() - {"where", "skip", "limit"}:
            raise HTTPException(400, f"{min(unknown)} is not a field of this request")
        skip, limit = body.get("skip", 0), body.get("limit", 10)
        if not _is_count(skip):
            raise HTTPException(400, "skip must be a number from 0")
        if not _is_count(limit) or not 1 <= limit <= _LARGEST_PAGE:
            raise HTTPException(400, f"limit must be a number from 1 to {_LARGEST_PAGE}")
        try:
            matches = matcher(body.get("where"))
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        found = [record for record in self.records if matches(record)]
        return found[skip : skip + limit], len(found) > skip + limit

    def add_task(self, record: dict[str, Any], state_task: str, body: Any) -> dict[str, Any]:
        """
        Make a task of a process; which tasks its states have, the sandbox does not know.

        :param record: the process.
        :param state_task: the short id of the task in its state.
        :param body: what the request says.
        :raises HTTPException: 400 if that is no task.
        """
        _check(body, _TASK)
        created_at = self._clock.milliseconds()
        task = {
            "id": str(uuid.uuid4()),
            "stateTask": state_task,
            "process": record["id"],
            "procedure": self.short_id,
            "data": body.get("data", {}),
            "status": body.get("status", "OPEN"),
            "assignedTo": body.get("assignedTo"),
            "createdAt": created_at,
            "updatedAt": created_at,
        }
        self.tasks.append(task)
        return task

    def _key(self, data: dict[str, Any]) -> str | None:
        value = None if self.primary_key is None else data.get(self.primary_key)
        return None if value in (None, "") else str(value)

    def _free_key(self, data: dict[str, Any], own: dict[str, Any] | None = None) -> str | None:
        """Give the value of the primary key, if no other process has it."""
        key = self._key(data)
        if key is not None and self._by_primary_key.get(key, own) is not own:
            raise HTTPException(400, f"{self.short_id} has a process with this {self.primary_key} already")
        return key


def _check(body: Any, fields: tuple[str, ...]) -> None:
    """Let through an object that has these fields only, each of its kind."""
    if not isinstance(body, dict):
        raise HTTPException(400, "a process or a task must be an object")
    if unknown := body.keys() - set(fields):
        raise HTTPException(400, f"{min(unknown)} is not a field of this request")
    for field, value in body.items():
        if field == "data":
            right, kind = isinstance(value, dict), "an object"
        elif field == "record":
            right = isinstance(value, dict) and isinstance(value.get("data", {}), dict)
            kind = "an object with data"
        elif field == "status":
            right, kind = value in STATUSES, f"one of {', '.join(STATUSES)}"
        elif field == "nextActionAt":
            right, kind = _is_count(value), "milliseconds since 1970"
        else:
            right, kind = isinstance(value, str) and value != "", "text"
        if not right:
            raise HTTPException(400, f"{field} must be {kind}")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
