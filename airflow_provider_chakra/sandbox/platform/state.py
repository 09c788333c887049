"""What a sandbox's platform remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import HTTPException

from airflow_provider_chakra.sandbox.platform.jobs import Jobs
from airflow_provider_chakra.sandbox.platform.processes import Procedure
from airflow_provider_chakra.sandbox.platform.team import first_users

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.clock import Clock
    from airflow_provider_chakra.sandbox.media import StoredFile


class Platform:
    """
    The records, jobs, users, photos and settings of one sandbox. ``lead`` is a procedure from the start.

    :param clock: what time it is.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Forget everything, and be as at the start."""
        self.procedures: dict[str, Procedure] = {}
        self.jobs = Jobs(self._clock)
        self.users = first_users(self._clock.milliseconds())
        self.photos: dict[str, StoredFile] = {}
        self.plugin_settings: dict[str, Any] = {}
        self.add_procedure("lead", "phone_number")

    def add_procedure(self, short_id: str, primary_key: str | None) -> None:
        """
        Make a procedure, without processes.

        :param short_id: its name in paths.
        :param primary_key: the short id of the attribute that names a process besides its id, if any does.
        """
        self.procedures[short_id] = Procedure(short_id, primary_key, self._clock)

    def procedure(self, short_id_or_id: str) -> Procedure:
        """
        Find a procedure, with its processes as the jobs have made them by now.

        :raises HTTPException: 404 if there is none.
        """
        self.jobs.proceed()
        for procedure in self.procedures.values():
            if short_id_or_id in (procedure.short_id, procedure.id):
                return procedure
        raise HTTPException(404, f"Procedure {short_id_or_id} not found")
