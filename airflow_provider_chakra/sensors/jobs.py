"""Waiting for background jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_chakra.operators.outcome import rows_outcome
from airflow_provider_chakra.sensors.base import BaseChakraSensor
from airflow_provider_chakra.triggers.jobs import BackgroundJobTrigger

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context


class BackgroundJobSensor(BaseChakraSensor):
    """
    Wait until a background job is done, and return ``{"job_id", "counts", "failed"}``.

    When a job is done is an assumption, see :mod:`airflow_provider_chakra.api.jobs`.

    .. seealso:: https://apidocs.chakrahq.com (Fetch Background Job, Fetch Background Job Entries API)

    :param job_id: the job's id, such as a bulk operator's with ``wait_for_completion=False`` returned.
    :param fail_on_row_errors: whether the sensor fails if any row did, saying how many and why.
    :param kwargs: as for :class:`.BaseChakraSensor`.
    """

    template_fields: Sequence[str] = ("job_id", "fail_on_row_errors", *BaseChakraSensor.template_fields)

    def __init__(self, *, job_id: str, fail_on_row_errors: bool | str = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job_id = job_id
        self.fail_on_row_errors = fail_on_row_errors

    def act(self, context: Context) -> Any:
        """Wait, see :meth:`.BaseChakraSensor.act`."""
        # Not after hours of waiting.
        self.flag("fail_on_row_errors", default=True)
        return super().act(context)

    def trigger(self) -> BackgroundJobTrigger:
        """Make what asks for the job."""
        return BackgroundJobTrigger(job_id=self.job_id, **self.trigger_arguments())

    def finish(self, event: dict[str, Any]) -> dict[str, Any]:
        """
        Tell what became of the rows.

        :param event: what the trigger found.
        :return: what goes into XCom.
        :raises AirflowFailException: if rows failed.
        """
        return rows_outcome(self.hook, event, strict=self.flag("fail_on_row_errors", default=True))
