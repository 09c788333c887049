"""Waiting for a background job."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from airflow_provider_chakra.exceptions import ChakraError
from airflow_provider_chakra.triggers.base import PollTrigger

if TYPE_CHECKING:
    from airflow_provider_chakra.hooks.chakra import ChakraHook


class BackgroundJobTrigger(PollTrigger):
    """
    Wait until a background job is done.

    Its event is ``{"job_id", "counts", "failed", "ended_badly"}``; or ``{"error": sentence}``, if asking
    again cannot help or time is up.

    :param job_id: the job's id.
    :param until: when to give up, in seconds since 1970; ``None`` never does.
    :param kwargs: as for :class:`.PollTrigger`.
    """

    def __init__(self, *, job_id: str, until: float | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job_id = job_id
        self.until = until

    def arguments(self) -> dict[str, Any]:
        """Give the job and the time to give up."""
        return {"job_id": self.job_id, "until": self.until}

    def look(self, hook: ChakraHook) -> dict[str, Any] | None:
        """
        Ask for the job once.

        :param hook: to ask through.
        :return: what became of its rows; ``None`` while it is under way.
        :raises ChakraError: if it could not be asked for, and asking again helps.
        """
        is_late = self.until is not None and time.time() > self.until
        try:
            job = hook.jobs.fetch(self.job_id)
        except ChakraError as error:
            if error.retryable and not is_late:
                raise
            return {"error": f"What becomes of background job {self.job_id} cannot be seen. {error}"}
        if job.done:
            return {
                "job_id": job.id,
                "counts": job.counts,
                "failed": job.failed,
                "ended_badly": job.ended_badly,
            }
        if is_late:
            return {"error": f"Background job {self.job_id} is not done yet, and the time to wait is up."}
        return None
