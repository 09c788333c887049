"""Processes of any procedure, one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_chakra.exceptions import ChakraConfigError
from airflow_provider_chakra.operators.base import BaseChakraOperator, from_json, given

if TYPE_CHECKING:
    from datetime import datetime

    from airflow.providers.common.compat.sdk import Context


class ListProcessesOperator(BaseChakraOperator):
    """
    List the processes of a procedure, and return them.

    All of them go into XCom, so there is a bound. Beyond it the task fails, as a list without its end would
    be taken for the whole. For longer lists iterate over ``ChakraHook().processes.list(...)`` in a task of
    your own, which holds one page at a time.

    .. seealso:: https://apidocs.chakrahq.com (List Processes)

    :param procedure: short id of the procedure, such as ``lead``.
    :param where: which ones, in ChakraHQ's own form; all if left out.
    :param max_records: how many at most.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = (
        "procedure",
        "where",
        "max_records",
        *BaseChakraOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"where": "json"}
    object_fields: ClassVar[frozenset[str]] = frozenset({"where"})

    def __init__(
        self,
        *,
        procedure: str,
        where: Mapping[str, Any] | str | None = None,
        max_records: int | str = 1000,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.procedure = procedure
        self.where = where
        self.max_records = max_records

    def act(self, context: Context) -> list[dict[str, Any]]:
        """
        List the processes.

        :param context: Airflow's context.
        :return: the processes.
        """
        most = str(self.max_records)
        if not (most.isascii() and most.isdigit()):
            raise ChakraConfigError("max_records must be a whole number.")
        found = self.hook.processes.list(self.procedure, where=from_json(self.where) or None)
        records = [*islice(found, int(most) + 1)]
        if len(records) > int(most):
            raise ChakraConfigError(
                f"{self.procedure} has more than {most} such processes: narrow them by where, raise "
                "max_records, or iterate with the hook in a task of your own."
            )
        return records


class FetchProcessOperator(BaseChakraOperator):
    """
    Fetch one process, and return it.

    .. seealso:: https://apidocs.chakrahq.com (Fetch Process By Id)

    :param procedure: short id of the procedure, such as ``lead``.
    :param process: id of the process.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = ("procedure", "process", *BaseChakraOperator.template_fields)

    def __init__(self, *, procedure: str, process: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.procedure = procedure
        self.process = process

    def act(self, context: Context) -> dict[str, Any]:
        """
        Fetch the process.

        :param context: Airflow's context.
        :return: the process.
        """
        return self.hook.processes.fetch(self.procedure, self.process)


class CreateProcessOperator(BaseChakraOperator):
    """
    Create a process, and return it.

    If it is unknown whether it was created, the task fails and is not tried again, as that could make a
    second one.

    .. seealso:: https://apidocs.chakrahq.com (Create Process)

    :param procedure: short id of the procedure, such as ``lead``.
    :param data: its attributes by their short ids.
    :param record: what ChakraHQ's page calls ``record``: an object with ``data``.
    :param status: ``OPEN``, ``COMPLETED`` or ``CANCELLED``.
    :param state: short id of its state.
    :param next_action_at: when something is to be done: a time with its zone, as text in ISO 8601, too; or
        milliseconds since 1970.
    :param assigned_to: id of a user.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = (
        "procedure",
        "data",
        "record",
        "status",
        "state",
        "next_action_at",
        "assigned_to",
        *BaseChakraOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"data": "json", "record": "json"}
    object_fields: ClassVar[frozenset[str]] = frozenset({"data", "record"})

    def __init__(
        self,
        *,
        procedure: str,
        data: Mapping[str, Any] | str,
        record: Mapping[str, Any] | str | None = None,
        status: str | None = None,
        state: str | None = None,
        next_action_at: datetime | str | int | None = None,
        assigned_to: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.procedure = procedure
        self.data = data
        self.record = record
        self.status = status
        self.state = state
        self.next_action_at = next_action_at
        self.assigned_to = assigned_to

    def act(self, context: Context) -> dict[str, Any]:
        """
        Create the process.

        :param context: Airflow's context.
        :return: the process.
        """
        further = given(
            record=from_json(self.record),
            status=self.status,
            state=self.state,
            next_action_at=self.next_action_at,
            assigned_to=self.assigned_to,
        )
        return self.hook.processes.create(self.procedure, from_json(self.data), **further)


class _OneProcessOperator(BaseChakraOperator):
    """
    Do something with one process, which is named by its id or by its primary key.

    :param procedure: short id of the procedure, such as ``lead``.
    :param process: id of the process; or else:
    :param primary_key: short id of the attribute that is the procedure's primary key, and
    :param value: its value.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = (
        "procedure",
        "process",
        "primary_key",
        "value",
        *BaseChakraOperator.template_fields,
    )

    def __init__(
        self,
        *,
        procedure: str,
        process: str | None = None,
        primary_key: str | None = None,
        value: str | int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.procedure = procedure
        self.process = process
        self.primary_key = primary_key
        self.value = value

    def named_by_key(self) -> bool:
        """
        Tell how the process is named.

        :return: whether by its primary key.
        :raises ChakraConfigError: if by neither or both, or by half of the key.
        """
        named = given(process=self.process, primary_key=self.primary_key, value=self.value).keys()
        if named not in ({"process"}, {"primary_key", "value"}):
            raise ChakraConfigError("Give either process, or primary_key and value.")
        return "primary_key" in named


class UpdateProcessOperator(_OneProcessOperator):
    """
    Change a process, and return it. What is left out stays as it is.

    .. seealso:: https://apidocs.chakrahq.com (Update Process, Update Process By Primary Key)

    :param procedure: short id of the procedure, such as ``lead``.
    :param process: id of the process; or else:
    :param primary_key: short id of the attribute that is the procedure's primary key, and
    :param value: its value.
    :param data: attributes by their short ids.
    :param status: as for :class:`CreateProcessOperator`.
    :param state: as for :class:`CreateProcessOperator`.
    :param next_action_at: as for :class:`CreateProcessOperator`.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = (
        "data",
        "status",
        "state",
        "next_action_at",
        *_OneProcessOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"data": "json"}
    object_fields: ClassVar[frozenset[str]] = frozenset({"data"})

    def __init__(
        self,
        *,
        data: Mapping[str, Any] | str | None = None,
        status: str | None = None,
        state: str | None = None,
        next_action_at: datetime | str | int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.data = data
        self.status = status
        self.state = state
        self.next_action_at = next_action_at

    def act(self, context: Context) -> dict[str, Any]:
        """
        Change the process.

        :param context: Airflow's context.
        :return: the process.
        """
        change = given(
            data=from_json(self.data),
            status=self.status,
            state=self.state,
            next_action_at=self.next_action_at,
        )
        processes = self.hook.processes
        if self.named_by_key():
            return processes.update_by_key(self.procedure, str(self.primary_key), str(self.value), **change)
        return processes.update(self.procedure, str(self.process), **change)


class DeleteProcessOperator(_OneProcessOperator):
    """
    Delete a process.

    .. seealso:: https://apidocs.chakrahq.com (Delete Process, Delete Process By Primary Key Value)

    :param procedure: short id of the procedure, such as ``lead``.
    :param process: id of the process; or else:
    :param primary_key: short id of the attribute that is the procedure's primary key, and
    :param value: its value.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    def act(self, context: Context) -> None:
        """
        Delete the process.

        :param context: Airflow's context.
        """
        processes = self.hook.processes
        if self.named_by_key():
            processes.delete_by_key(self.procedure, str(self.primary_key), str(self.value))
        else:
            processes.delete(self.procedure, str(self.process))
