"""Waiting for WhatsApp's word on a template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_chakra.triggers.base import PollTrigger

if TYPE_CHECKING:
    from airflow_provider_chakra.hooks.chakra import ChakraHook

#: The statuses that a template does not leave by itself.
_FINAL = frozenset({"APPROVED", "REJECTED", "DISABLED", "DELETED", "PENDING_DELETION"})


class TemplateStatusTrigger(PollTrigger):
    """
    Ask for a template until it is approved or never will be.

    Its event is ``{"template": the template}``; ``None`` stands for one that does not exist.

    :param name: the template's name.
    :param language: its language.
    :param kwargs: as for :class:`.PollTrigger`.
    """

    def __init__(self, *, name: str, language: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.language = language

    def arguments(self) -> dict[str, Any]:
        """Give the arguments of this trigger."""
        return {"name": self.name, "language": self.language}

    def look(self, hook: ChakraHook) -> dict[str, Any] | None:
        """
        Ask once.

        :param hook: to ask through.
        :return: the template, if its status will not change by itself, or if it does not exist.
        :raises ChakraError: if it could not be asked.
        """
        template = hook.templates.find(self.name, self.language)
        if template is None or str(template.get("status", "")).upper() in _FINAL:
            return {"template": template}
        return None
