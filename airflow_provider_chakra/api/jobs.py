"""
Background jobs: what becomes of the rows of a request in bulk.

https://apidocs.chakrahq.com (Fetch Background Job, Fetch Background Job Entries API). Assumptions, as
their samples leave it open when a job is done:

* If the job has a ``completionStatus``, it is done when that is neither IN_PROGRESS nor NOT_STARTED.
* Else it is done when ``bjEntryCompletionStatusVsCount`` counts rows and none of them is NOT_STARTED or
  IN_PROGRESS.
* Whatever row of a job that is done did not end as SUCCESS has failed. A ``completionStatus`` of ERROR,
  INVALID or FAILED means that the job as a whole has.
* An entry tells of its row in ``completionStatus`` and ``statusMessage``, or in ``status`` and
  ``message``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from airflow_provider_chakra.api.answer import Answer, read, unclear
from airflow_provider_chakra.api.endpoints import FETCH_JOB, JOB_ENTRIES
from airflow_provider_chakra.api.pages import Page, Record, names_next, next_place, read_page, walk

if TYPE_CHECKING:
    from airflow_provider_chakra.api.resources import Resources

_UNDER_WAY = frozenset({"IN_PROGRESS", "NOT_STARTED"})
_ENDED_BADLY = frozenset({"ERROR", "INVALID", "FAILED"})


class Job(NamedTuple):
    """A background job as it stands."""

    id: str
    #: How many rows there are of each status: INVALID, NOT_STARTED, SUCCESS, ERROR.
    counts: dict[str, int]
    #: Its ``completionStatus``, in upper case; empty if it tells none.
    status: str
    #: The job as ChakraHQ tells it.
    record: Record

    @property
    def done(self) -> bool:
        """Whether nothing more will become of its rows."""
        if self.status:
            return self.status not in _UNDER_WAY
        return any(self.counts.values()) and not any(self.counts.get(status) for status in _UNDER_WAY)

    @property
    def failed(self) -> int:
        """How many rows did not end well; of a job that is done."""
        return sum(count for status, count in self.counts.items() if status != "SUCCESS")

    @property
    def ended_badly(self) -> bool:
        """Whether the job as a whole failed."""
        return self.status in _ENDED_BADLY


class JobsAPI:
    """
    The background jobs of a team.

    :param chakra: the client or hook to speak through.
    """

    def __init__(self, chakra: Resources) -> None:
        self._chakra = chakra

    def fetch(self, job_id: str) -> Job:
        """
        Fetch a job as it stands.

        :param job_id: its id.
        :return: the job.
        :raises ChakraNotFoundError: if there is none.
        :raises ChakraError: if it could not be asked for.
        """
        job: Job = self._chakra.call(FETCH_JOB, path_params={"job_id": job_id}, read=_read_job)
        # The id that was asked for, so that a job can always be asked for again.
        return job._replace(id=job_id)

    def entries(self, job_id: str) -> Iterator[Record]:
        """
        List what became of each row of a job, one page at a time.

        :param job_id: the job's id.
        :return: the entries.
        :raises ChakraError: if a page could not be asked for.
        """

        def ask(place: Mapping[str, Any]) -> Page:
            page: Page = self._chakra.call(
                JOB_ENTRIES, path_params={"job_id": job_id}, params=place or None, read=read_page
            )
            return page

        return walk(ask, {}, next_place, promised=names_next)

    def failures(self, job_id: str) -> Iterator[str]:
        """
        List why rows failed, in ChakraHQ's words, which may repeat what stood in the rows.

        :param job_id: the job's id.
        :return: the reason of each row that failed.
        :raises ChakraError: if a page could not be asked for.
        """
        for entry in self.entries(job_id):
            status = str(entry.get("completionStatus") or entry.get("status") or "").upper()
            if status and status != "SUCCESS" and status not in _UNDER_WAY:
                reason = entry.get("statusMessage") or entry.get("message")
                yield reason if isinstance(reason, str) else f"no reason given ({status})"


def _read_job(answer: Answer) -> Job:
    body = read(answer)
    record = body.get("_data") if isinstance(body, Mapping) else None
    if not isinstance(record, dict):
        raise unclear(answer, "without a background job")
    meta = body.get("_meta")
    counted = meta.get("bjEntryCompletionStatusVsCount") if isinstance(meta, Mapping) else None
    counts = {
        str(status).upper(): count
        for status, count in (counted.items() if isinstance(counted, Mapping) else ())
        if isinstance(count, int) and not isinstance(count, bool)
    }
    return Job(str(record.get("id", "")), counts, str(record.get("completionStatus") or "").upper(), record)
