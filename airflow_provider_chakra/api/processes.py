"""
Processes, which are ChakraHQ's records, and what belongs to them: leads and tasks.

https://apidocs.chakrahq.com (Platform: Process, Task; Whatsapp: Create a lead). A process belongs to a
procedure, which is named by its short id, such as ``lead``. Assumptions, where its pages are silent:

* An update in bulk names each process by ``id``, or by the short id of the primary key.
* ``where`` is sent as it is given.
* The primary key of leads is ``phone_number``, kept as digits with the country code, so that
  *Update Lead By Phone Number* is an update by that key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow_provider_chakra.api.bodies import (
    body_of,
    change_of,
    check_rows,
    digits_of,
    lead_of,
    milliseconds,
)
from airflow_provider_chakra.api.endpoints import (
    BULK_CREATE_PROCESSES,
    BULK_UPDATE_PROCESSES,
    CREATE_LEAD,
    CREATE_PROCESS,
    CREATE_TASK,
    DELETE_PROCESS,
    DELETE_PROCESS_BY_KEY,
    FETCH_PROCESS,
    LIST_PROCESSES,
    UPDATE_LEAD_BY_NUMBER,
    UPDATE_PROCESS,
    UPDATE_PROCESS_BY_KEY,
)
from airflow_provider_chakra.api.pages import Page, Record, read_page, read_record, walk
from airflow_provider_chakra.exceptions import ChakraConfigError

if TYPE_CHECKING:
    from airflow_provider_chakra.api.resources import Resources

#: https://apidocs.chakrahq.com (List Processes)
_LARGEST_PAGE = 100


class ProcessesAPI:
    """
    The processes of a team.

    :param chakra: the client or hook to speak through.
    """

    def __init__(self, chakra: Resources) -> None:
        self._chakra = chakra

    def fetch(self, procedure: str, process: str) -> Record:
        """
        Fetch one process.

        :param procedure: short id of the procedure, such as ``lead``.
        :param process: id of the process.
        :return: the process.
        :raises ChakraNotFoundError: if there is none.
        :raises ChakraError: if it could not be asked for.
        """
        names = {"procedure": procedure, "process": process}
        return self._record(FETCH_PROCESS, path_params=names)

    def list(
        self, procedure: str, *, where: Mapping[str, Any] | None = None, page_size: int = _LARGEST_PAGE
    ) -> Iterator[Record]:
        """
        List processes, one page at a time: the next is asked for when its first process is.

        :param procedure: short id of the procedure.
        :param where: which ones, in the form of ChakraHQ's page *List Processes*; all if left out.
        :param page_size: how many a page holds, 1 to 100.
        :return: the processes. Whoever changes or deletes them on the way shifts the pages.
        :raises ChakraError: if a page could not be asked for.
        """
        if not 1 <= page_size <= _LARGEST_PAGE:
            raise ChakraConfigError(f"page_size must be from 1 to {_LARGEST_PAGE}, not {page_size}.")
        filters = {"where": where} if where else {}
        names = {"procedure": procedure}

        def ask(place: Mapping[str, Any]) -> Page:
            body = {**filters, **place}
            page: Page = self._chakra.call(LIST_PROCESSES, path_params=names, json=body, read=read_page)
            return page

        def follow(place: Mapping[str, Any], page: Page) -> Mapping[str, Any] | None:
            # Where ChakraHQ does not say whether there is more, the next page tells.
            if page.meta.get("hasMore") is False:
                return None
            return {**place, "skip": place["skip"] + len(page.rows)}

        return walk(ask, {"skip": 0, "limit": page_size}, follow, promised=_has_more)

    def create(
        self,
        procedure: str,
        data: Mapping[str, Any],
        *,
        record: Mapping[str, Any] | None = None,
        status: str | None = None,
        state: str | None = None,
        next_action_at: datetime | str | int | None = None,
        assigned_to: str | None = None,
    ) -> Record:
        """
        Create a process.

        :param procedure: short id of the procedure.
        :param data: its attributes by their short ids.
        :param record: what the page calls ``record``: an object with ``data``.
        :param status: ``OPEN``, ``COMPLETED`` or ``CANCELLED``.
        :param state: short id of its state.
        :param next_action_at: when something is to be done: a time with its zone, ISO 8601 text, or
            milliseconds since 1970.
        :param assigned_to: id of a user.
        :return: the process.
        :raises ChakraConfigError: if an argument is wrong; nothing was sent.
        :raises ChakraUnknownError: if it is unknown whether it was created.
        :raises ChakraError: if it was not created.
        """
        body = body_of(data, status=status, state=state, nextActionAt=milliseconds(next_action_at))
        body |= body_of(None, record=record, assignedTo=assigned_to)
        if "data" not in body:
            raise ChakraConfigError("A process needs data: its attributes by their short ids.")
        return self._record(CREATE_PROCESS, path_params={"procedure": procedure}, json=body)

    def update(
        self,
        procedure: str,
        process: str,
        *,
        data: Mapping[str, Any] | None = None,
        status: str | None = None,
        state: str | None = None,
        next_action_at: datetime | str | int | None = None,
    ) -> Record:
        """
        Change a process. What is left out stays as it is.

        :param procedure: short id of the procedure.
        :param process: id of the process.
        :param data: attributes by their short ids.
        :param status: as for :meth:`create`.
        :param state: as for :meth:`create`.
        :param next_action_at: as for :meth:`create`.
        :return: the process.
        :raises ChakraConfigError: if an argument is wrong; nothing was sent.
        :raises ChakraUnknownError: if it is unknown whether it was changed.
        :raises ChakraError: if it was not changed.
        """
        body = change_of(data, status, state, next_action_at)
        names = {"procedure": procedure, "process": process}
        return self._record(UPDATE_PROCESS, path_params=names, json=body)

    def update_by_key(
        self,
        procedure: str,
        primary_key: str,
        value: str | int,
        *,
        data: Mapping[str, Any] | None = None,
        status: str | None = None,
        state: str | None = None,
        next_action_at: datetime | str | int | None = None,
    ) -> Record:
        """
        Change the process that has this value of the primary key.

        :param procedure: short id of the procedure.
        :param primary_key: short id of the attribute that is the procedure's primary key.
        :param value: its value.
        :param data: as for :meth:`update`.
        :param status: as for :meth:`create`.
        :param state: as for :meth:`create`.
        :param next_action_at: as for :meth:`create`.
        :return: the process.
        :raises ChakraError: as for :meth:`update`.
        """
        body = change_of(data, status, state, next_action_at)
        names = {"procedure": procedure, "primary_key": primary_key, "value": value}
        return self._record(UPDATE_PROCESS_BY_KEY, path_params=names, json=body)

    def delete(self, procedure: str, process: str) -> None:
        """
        Delete a process.

        :param procedure: short id of the procedure.
        :param process: id of the process.
        :raises ChakraNotFoundError: if there is none.
        :raises ChakraUnknownError: if it is unknown whether it was deleted.
        :raises ChakraError: if it was not deleted.
        """
        self._chakra.call(DELETE_PROCESS, path_params={"procedure": procedure, "process": process})

    def delete_by_key(self, procedure: str, primary_key: str, value: str | int) -> None:
        """
        Delete the process that has this value of the primary key.

        :param procedure: short id of the procedure.
        :param primary_key: short id of the attribute that is the procedure's primary key.
        :param value: its value.
        :raises ChakraError: as for :meth:`delete`.
        """
        names = {"procedure": procedure, "primary_key": primary_key, "value": value}
        self._chakra.call(DELETE_PROCESS_BY_KEY, path_params=names)

    def bulk_create(self, procedure: str, rows: Sequence[Mapping[str, Any]]) -> Record:
        """
        Create many processes in the background.

        :param procedure: short id of the procedure.
        :param rows: one for each process, in ChakraHQ's own shape:
            ``{"data": {...}, "status": ..., "state": ...}``.
        :return: the background job, see :class:`.JobsAPI`.
        :raises ChakraConfigError: if a row is wrong, or there is none; nothing was sent.
        :raises ChakraUnknownError: if it is unknown whether the rows were taken.
        :raises ChakraError: if they were not taken.
        """
        check_rows(rows, "data", '{"data": {...}}')
        names = {"procedure": procedure}
        return self._record(BULK_CREATE_PROCESSES, path_params=names, json=[*rows])

    def bulk_update(self, procedure: str, rows: Sequence[Mapping[str, Any]]) -> Record:
        """
        Change many processes in the background.

        :param procedure: short id or id of the procedure.
        :param rows: one for each process, in ChakraHQ's own shape: ``{"id": ..., "update": {...}}``, or
            with the short id of the primary key in the place of ``id``; an update holds ``data``,
            ``state`` and ``status``.
        :return: the background job, see :class:`.JobsAPI`.
        :raises ChakraError: as for :meth:`bulk_create`.
        """
        # Which process it is: by its id, or by a primary key, whose name only ChakraHQ knows.
        check_rows(rows, "update", '{"id": ..., "update": {...}}', fields_min=2)
        body = {"processes": [*rows]}
        return self._record(BULK_UPDATE_PROCESSES, path_params={"procedure": procedure}, json=body)

    def _record(self, *args: Any, **kwargs: Any) -> Record:
        record: Record = self._chakra.call(*args, read=read_record, **kwargs)
        return record


class LeadsAPI:
    """
    The leads of a team: the processes of its procedure ``lead``.

    :param chakra: the client or hook to speak through.
    """

    def __init__(self, chakra: Resources) -> None:
        self._chakra = chakra

    def create(
        self,
        *,
        phone_number: str | int | None = None,
        name: str | None = None,
        email_address: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Record:
        """
        Create a lead.

        :param phone_number: with its country code; sent as digits.
        :param name: the name.
        :param email_address: the e-mail address.
        :param data: further attributes by their short ids.
        :return: the lead.
        :raises ChakraConfigError: if an argument is wrong; nothing was sent.
        :raises ChakraUnknownError: if it is unknown whether it was created.
        :raises ChakraError: if it was not created.
        """
        number = None if phone_number is None else digits_of(phone_number)
        lead = lead_of(data, phone_number=number, name=name, email=email_address)
        record: Record = self._chakra.call(CREATE_LEAD, json=lead, read=read_record)
        return record

    def update_by_phone_number(
        self,
        phone_number: str | int,
        *,
        name: str | None = None,
        email_address: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Record:
        """
        Change the lead with this phone number. What is left out stays as it is.

        :param phone_number: with its country code.
        :param name: the name.
        :param email_address: the e-mail address.
        :param data: further attributes by their short ids.
        :return: the lead.
        :raises ChakraNotFoundError: if there is no such lead.
        :raises ChakraError: as for :meth:`.ProcessesAPI.update`.
        """
        names = {"phone_number": digits_of(phone_number)}
        body = lead_of(data, name=name, email=email_address)
        record: Record = self._chakra.call(
            UPDATE_LEAD_BY_NUMBER, path_params=names, json=body, read=read_record
        )
        return record


class TasksAPI:
    """
    The tasks of processes.

    :param chakra: the client or hook to speak through.
    """

    def __init__(self, chakra: Resources) -> None:
        self._chakra = chakra

    def create(
        self,
        procedure: str,
        process: str,
        state_task: str,
        *,
        data: Mapping[str, Any] | None = None,
        status: str | None = None,
        assigned_to: str | None = None,
    ) -> Record:
        """
        Create a task.

        :param procedure: short id of the procedure.
        :param process: id of the process, or the value of its primary key.
        :param state_task: short id of the task in the process's state.
        :param data: its attributes by their short ids.
        :param status: its status.
        :param assigned_to: id of a user.
        :return: the task.
        :raises ChakraUnknownError: if it is unknown whether it was created.
        :raises ChakraError: if it was not created.
        """
        names = {"procedure": procedure, "process": process, "task": state_task}
        body = body_of(data, status=status, assignedTo=assigned_to)
        record: Record = self._chakra.call(CREATE_TASK, path_params=names, json=body, read=read_record)
        return record


def _has_more(page: Page) -> bool:
    return page.meta.get("hasMore") is True
