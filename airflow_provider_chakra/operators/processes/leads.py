"""Leads, and the tasks of processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_chakra.exceptions import ChakraConfigError
from airflow_provider_chakra.operators.base import BaseChakraOperator, from_json, given

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context


class _LeadOperator(BaseChakraOperator):
    """
    Do something with a lead.

    :param phone_number: with its country code; sent as digits.
    :param name: the name.
    :param email_address: the e-mail address. Airflow's own ``email`` is who gets its alerts.
    :param data: further attributes by their short ids.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = (
        "phone_number",
        "name",
        "email_address",
        "data",
        *BaseChakraOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"data": "json"}
    object_fields: ClassVar[frozenset[str]] = frozenset({"data"})

    def __init__(
        self,
        *,
        phone_number: str | int | None = None,
        name: str | None = None,
        email_address: str | None = None,
        data: Mapping[str, Any] | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.phone_number = phone_number
        self.name = name
        self.email_address = email_address
        self.data = data

    def attributes(self) -> dict[str, Any]:
        """Give what is known of the lead besides its phone number."""
        return given(name=self.name, email_address=self.email_address, data=from_json(self.data))


class CreateLeadOperator(_LeadOperator):
    """
    Create a lead, and return it.

    If it is unknown whether it was created, the task fails and is not tried again, as that could make a
    second one.

    .. seealso:: https://apidocs.chakrahq.com (Create a lead)

    :param phone_number: with its country code; sent as digits.
    :param name: the name.
    :param email_address: the e-mail address. Airflow's own ``email`` is who gets its alerts.
    :param data: further attributes by their short ids.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    def act(self, context: Context) -> dict[str, Any]:
        """
        Create the lead.

        :param context: Airflow's context.
        :return: the lead.
        """
        return self.hook.leads.create(**given(phone_number=self.phone_number), **self.attributes())


class UpdateLeadOperator(_LeadOperator):
    """
    Change the lead with a phone number, and return it. What is left out stays as it is.

    .. seealso:: https://apidocs.chakrahq.com (Update Lead By Phone Number)

    :param phone_number: with its country code.
    :param name: the name.
    :param email_address: the e-mail address. Airflow's own ``email`` is who gets its alerts.
    :param data: further attributes by their short ids.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    def act(self, context: Context) -> dict[str, Any]:
        """
        Change the lead.

        :param context: Airflow's context.
        :return: the lead.
        """
        if self.phone_number is None:
            raise ChakraConfigError("Give the lead's phone_number.")
        return self.hook.leads.update_by_phone_number(self.phone_number, **self.attributes())


class CreateTaskOperator(BaseChakraOperator):
    """
    Create a task of a process, and return it.

    .. seealso:: https://apidocs.chakrahq.com (Create Task API)

    :param procedure: short id of the procedure, such as ``lead``.
    :param process: id of the process, or the value of its primary key.
    :param state_task: short id of the task in the process's state.
    :param data: its attributes by their short ids.
    :param status: its status.
    :param assigned_to: id of a user.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = (
        "procedure",
        "process",
        "state_task",
        "data",
        "status",
        "assigned_to",
        *BaseChakraOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"data": "json"}
    object_fields: ClassVar[frozenset[str]] = frozenset({"data"})

    def __init__(
        self,
        *,
        procedure: str,
        process: str,
        state_task: str,
        data: Mapping[str, Any] | str | None = None,
        status: str | None = None,
        assigned_to: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.procedure = procedure
        self.process = process
        self.state_task = state_task
        self.data = data
        self.status = status
        self.assigned_to = assigned_to

    def act(self, context: Context) -> dict[str, Any]:
        """
        Create the task.

        :param context: Airflow's context.
        :return: the task.
        """
        further = given(data=from_json(self.data), status=self.status, assigned_to=self.assigned_to)
        return self.hook.tasks.create(self.procedure, self.process, self.state_task, **further)
