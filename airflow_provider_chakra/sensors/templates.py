"""Sensors about templates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException

from airflow_provider_chakra.sensors.base import BaseChakraSensor
from airflow_provider_chakra.triggers.templates import TemplateStatusTrigger

if TYPE_CHECKING:
    from airflow_provider_chakra.triggers.base import PollTrigger


class TemplateStatusSensor(BaseChakraSensor):
    """
    Wait until WhatsApp approved a template, and return it.

    It fails where WhatsApp rejected or disabled the template, and says why, and where there is no such
    template. One that is paused is waited for. A review takes minutes to a day: give ``poke_interval`` and
    ``timeout`` to match. Needs the connection's ``waba_id``.

    .. seealso:: https://apidocs.chakrahq.com (List WhatsApp Message Templates (pass-through))

    :param name: the template's name.
    :param language: its language, such as ``"en_US"``.
    :param kwargs: as for :class:`.BaseChakraSensor`.
    """

    template_fields: Sequence[str] = ("name", "language", *BaseChakraSensor.template_fields)

    def __init__(self, *, name: str, language: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.language = language

    def trigger(self) -> PollTrigger:
        """Make what asks."""
        return TemplateStatusTrigger(name=self.name, language=self.language, **self.trigger_arguments())

    def finish(self, event: dict[str, Any]) -> dict[str, Any]:
        """
        Make of what was found the sensor's result.

        :param event: what the trigger found.
        :return: the template as WhatsApp tells it.
        :raises AirflowFailException: if it does not exist, or was rejected or disabled.
        """
        template: dict[str, Any] | None = event["template"]
        label = f"The template {self.name} ({self.language})"
        if template is None:
            raise AirflowFailException(
                f"{label} does not exist: create it first, or check the name, the language and the "
                "connection's waba_id."
            )
        status = str(template.get("status")).upper()
        if status != "APPROVED":
            reason = template.get("rejected_reason")
            because = f", because of {reason}" if reason and reason != "NONE" else ""
            raise AirflowFailException(f"{label} is {status}{because}: change it, or take another one.")
        return template
