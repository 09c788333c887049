"""The part of a handle on a running sandbox that is about the platform."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from airflow_provider_chakra.sandbox.caller import Caller


class PlatformCaller(Caller):
    """Records, tasks and jobs of a running sandbox."""

    def add_procedure(self, short_id: str, *, primary_key: str | None = None) -> None:
        """
        Make a procedure known; one of this name that is there is emptied. ``lead`` is there from the start.

        :param short_id: its name in paths.
        :param primary_key: the short id of the attribute that names a process besides its id.
        """
        self._call("POST", "procedures", {"short_id": short_id, "primary_key": primary_key})

    def processes(self, procedure: str) -> list[dict[str, Any]]:
        """
        Give all processes of a procedure, oldest first.

        :param procedure: the procedure's short id.
        :raises ValueError: if there is no such procedure.
        """
        found: list[dict[str, Any]] = self._ask("GET", f"procedures/{quote(procedure, safe='')}/processes")
        return found

    def tasks(self, procedure: str) -> list[dict[str, Any]]:
        """
        Give all tasks of a procedure's processes, oldest first.

        :param procedure: the procedure's short id.
        :raises ValueError: if there is no such procedure.
        """
        found: list[dict[str, Any]] = self._ask("GET", f"procedures/{quote(procedure, safe='')}/tasks")
        return found

    def job_seconds(self, seconds: float) -> None:
        """
        Let the background jobs to come take their time.

        :param seconds: how long each takes on the sandbox's clock; at 0 a job is done when it is looked at
            for the second time.
        """
        self._call("POST", "jobs", {"seconds": seconds})

    def fail_rows(self, *positions: int) -> None:
        """
        Make rows of the next background job fail.

        :param positions: which ones, counted from 0.
        """
        self._call("POST", "jobs", {"failing": positions})
