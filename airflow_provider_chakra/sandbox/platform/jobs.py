"""
Background jobs: many rows, carried out after the request is answered.

A job goes on with the sandbox's clock, and its rows change the records as it does. A row that says something
wrong ends as INVALID, one that finds no process as ERROR.

https://apidocs.chakrahq.com (Bulk Create, Bulk Update, Fetch Background Job, Background Job Entries).
Starting a job shows its ``completionStatus``, fetching it does not, as in the samples of these pages.
Assumed, as they leave it open: the words in ``type``, the fields of an entry, the name ``nextPage`` for the
path of the next page, and the numbers ``skip`` and ``limit`` in that path.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from fastapi import HTTPException

from airflow_provider_chakra.sandbox.platform.team import NAME

if TYPE_CHECKING:
    from airflow_provider_chakra.sandbox.clock import Clock

STATUSES: Final = ("INVALID", "NOT_STARTED", "SUCCESS", "ERROR")


class Job:
    """
    One job.

    :param kind: what it is for, in ChakraHQ's word.
    :param rows: what it has to do, one by one.
    :param work: what carries out one row, and gives the process that came of it.
    :param seconds: how long it takes.
    :param failing: the positions of the rows that shall end as ERROR.
    :param clock: what time it is.
    """

    def __init__(
        self,
        kind: str,
        rows: list[Any],
        work: Callable[[Any], dict[str, Any]],
        *,
        seconds: float,
        failing: frozenset[int],
        clock: Clock,
    ) -> None:
        self.id = str(uuid.uuid4())
        self.kind = kind
        self.looked_at = False
        self.seconds = seconds
        self.entries = [
            {"id": str(uuid.uuid4()), "completionStatus": "NOT_STARTED", "statusMessage": "", "process": None}
            for _ in rows
        ]
        self._rows = rows
        self._work = work
        self._failing = failing
        self._clock = clock
        self._done = 0
        self._started_at = self._updated_at = clock.milliseconds()

    def proceed(self) -> None:
        """Carry out the rows whose time has come."""
        share = 1.0
        if self.seconds:
            share = min(1.0, (self._clock.milliseconds() - self._started_at) / 1000 / self.seconds)
        due = int(share * len(self._rows))
        while self._done < due:
            self._carry_out(self._done)
            self._done += 1
            self._updated_at = self._clock.milliseconds()

    def shown(self) -> dict[str, Any]:
        """Describe the job as fetching it does."""
        return {
            "id": self.id,
            "createdAt": self._started_at,
            "updatedAt": self._updated_at,
            "startedAt": self._started_at,
            "team": NAME,
            "type": self.kind,
        }

    def counts(self) -> dict[str, int]:
        """Count the rows by what has become of them."""
        counted = Counter(entry["completionStatus"] for entry in self.entries)
        return {status: counted[status] for status in STATUSES}

    def _carry_out(self, position: int) -> None:
        entry = self.entries[position]
        if position in self._failing:
            entry |= {"completionStatus": "ERROR", "statusMessage": "This row was made to fail"}
            return
        try:
            record = self._work(self._rows[position])
        except HTTPException as error:
            status = "INVALID" if error.status_code == 400 else "ERROR"
            entry |= {"completionStatus": status, "statusMessage": error.detail}
        else:
            entry |= {"completionStatus": "SUCCESS", "process": record["id"]}


class Jobs:
    """
    All jobs.

    With ``seconds`` at 0 a job is done when it is looked at for the second time, so that whoever polls has
    something to wait for.

    :param clock: what time it is.
    """

    def __init__(self, clock: Clock) -> None:
        self.seconds = 0.0
        self.failing: frozenset[int] = frozenset()
        self._clock = clock
        self._jobs: dict[str, Job] = {}

    def start(self, kind: str, rows: Any, work: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """
        Take up a job.

        :param kind: what it is for, in ChakraHQ's word.
        :param rows: what the request says.
        :param work: what carries out one row, and gives the process that came of it.
        :return: the job, as the answer to this request describes it.
        :raises HTTPException: 400 if there are no rows.
        """
        if not isinstance(rows, list) or not rows:
            raise HTTPException(400, "a bulk request needs a list of at least one process")
        job = Job(kind, rows, work, seconds=self.seconds, failing=self.failing, clock=self._clock)
        self.failing = frozenset()
        self._jobs[job.id] = job
        return job.shown() | {"completionStatus": "IN_PROGRESS", "statusMessage": "", "completedAt": 0}

    def look(self, job_id: str) -> Job:
        """
        Give a job as it stands now.

        :raises HTTPException: 404 if there is none.
        """
        job = self._jobs.get(job_id)
        if job is None:
            raise HTTPException(404, "Background job not found")
        for each in self._jobs.values():
            # All of them, in the order in which they were asked for: one job may need what another has made.
            if each is not job or job.seconds or job.looked_at:
                each.proceed()
        job.looked_at = True
        return job

    def proceed(self) -> None:
        """Carry out, in every job, the rows whose time has come."""
        for job in self._jobs.values():
            job.proceed()
