"""Many processes in one request, and waiting for them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraError, ChakraUnknownError
from airflow_provider_chakra.ledger import Ledger, open_store
from airflow_provider_chakra.operators.base import BaseChakraOperator, from_json
from airflow_provider_chakra.operators.outcome import rows_outcome

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context

    from airflow_provider_chakra.triggers.jobs import BackgroundJobTrigger


class BulkOperator(BaseChakraOperator):
    """
    Send many rows in one request, and wait until ChakraHQ has carried them out.

    A subclass says in :meth:`start` what is done with the rows. Rows that were taken are never sent again by
    a retry of the task: what goes wrong after that ends it. From Airflow 3.3 on this holds for a worker that
    was killed, too: the retry goes on waiting. A task that is cleared sends its rows anew.

    :param procedure: short id of the procedure, such as ``lead``.
    :param rows: the rows, in ChakraHQ's own shape. Without any nothing is sent.
    :param wait_for_completion: whether to wait; else :class:`.BackgroundJobSensor` can.
    :param fail_on_row_errors: whether the task fails if any row did.
    :param deferrable: whether to wait in the triggerer, which takes no worker.
    :param poll_interval: seconds between two questions how far it is.
    :param wait_timeout: seconds to wait in all; ``None`` waits for as long as it takes.
    :param kwargs: as for :class:`.BaseChakraOperator`.
    """

    template_fields: Sequence[str] = (
        "procedure",
        "rows",
        "wait_for_completion",
        "fail_on_row_errors",
        "poll_interval",
        "wait_timeout",
        *BaseChakraOperator.template_fields,
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"rows": "json"}
    object_fields: ClassVar[frozenset[str]] = frozenset({"rows"})

    def __init__(
        self,
        *,
        procedure: str,
        rows: Sequence[Mapping[str, Any]] | str,
        wait_for_completion: bool | str = True,
        fail_on_row_errors: bool | str = True,
        deferrable: bool = True,
        poll_interval: float | str = 10,
        wait_timeout: float | str | None = 24 * 60 * 60,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.procedure = procedure
        self.rows = rows
        self.wait_for_completion = wait_for_completion
        self.fail_on_row_errors = fail_on_row_errors
        self.deferrable = deferrable
        self.poll_interval = poll_interval
        self.wait_timeout = wait_timeout

    def start(self, rows: list[Any]) -> dict[str, Any]:
        """
        Send the rows.

        :param rows: the rows, at least one.
        :return: the background job.
        :raises ChakraError: if they were not taken, or if it is unknown whether they were.
        """
        raise NotImplementedError

    def act(self, context: Context) -> dict[str, Any]:
        """
        Send the rows, and wait.

        :param context: Airflow's context.
        :return: ``job_id``; ``counts``, how many rows there are of each status; and ``failed``, how many
            failed. Without rows the id is ``None``; without waiting there are no counts, and ``failed`` is
            ``None``.
        """
        # Before anything is sent.
        wait = self.flag("wait_for_completion", default=True)
        strict = self.flag("fail_on_row_errors", default=True)
        interval, longest = self.seconds("poll_interval"), self.seconds("wait_timeout")
        rows = from_json(self.rows)
        if isinstance(rows, str | Mapping) or not isinstance(rows, Sequence):
            raise ChakraConfigError(f"rows must be a list, not a {type(rows).__name__}.")
        # It may be the lazy list of a mapped task's results.
        rows = [*rows]
        if not rows:
            self.log.info("There are no rows, so nothing is sent")
            return {"job_id": None, "counts": {}, "failed": 0}
        job_id = self._start_once(rows, context)
        if not wait:
            return {"job_id": job_id, "counts": {}, "failed": None}
        trigger = self._trigger(job_id, interval or 0, longest)
        if self.deferrable:
            self.defer(trigger=trigger, method_name="execute_complete")
        return rows_outcome(self.hook, self._wait(trigger), strict=strict, rows=rows)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> dict[str, Any]:
        """
        Go on where the job is done.

        :param context: Airflow's context.
        :param event: what the trigger found.
        :return: as :meth:`act`.
        :raises AirflowFailException: if rows failed, or if the job's end could not be seen.
        """
        strict = self.flag("fail_on_row_errors", default=True)
        return rows_outcome(self.hook, event, strict=strict, rows=from_json(self.rows))

    def _start_once(self, rows: list[Any], context: Context) -> str:
        label = f"bulk request with {len(rows)} rows"
        try:
            ledger = Ledger(open_store(context, None), context, [self.procedure, rows], label)
        except (TypeError, ValueError):
            raise ChakraConfigError(
                "rows hold something that JSON does not know, such as a date: make it text."
            ) from None
        try:
            job_id = ledger.recall(resend=True)
        except ChakraUnknownError:
            raise ChakraUnknownError(
                f"An earlier try was about to send the {label}, and ended before it knew whether they were "
                "taken: look for them in ChakraHQ. To send them once more, clear the task."
            ) from None
        if job_id is not None:
            return job_id
        ledger.begin()
        try:
            job_id = self.start(rows).get("id")
        except ChakraUnknownError:
            raise
        except ChakraError:
            ledger.forget()
            raise
        if not isinstance(job_id, str) or not job_id:
            raise ChakraUnknownError(
                f"ChakraHQ took {len(rows)} rows and named no background job: look there for what became of "
                "them before you run this again."
            )
        ledger.done(job_id)
        self.log.info("ChakraHQ took %d rows as background job %s", len(rows), job_id)
        return job_id

    def _trigger(self, job_id: str, interval: float, longest: float | None) -> BackgroundJobTrigger:
        from airflow_provider_chakra.triggers.jobs import BackgroundJobTrigger

        # The trigger gives up by itself: a time-out of Airflow's would be tried again, with all the rows.
        return BackgroundJobTrigger(
            job_id=job_id,
            until=None if longest is None else time.time() + longest,
            hook=self.hook_arguments(),
            poke_interval=interval,
        )

    def _wait(self, trigger: BackgroundJobTrigger) -> dict[str, Any]:
        while True:
            try:
                event = trigger.look(self.hook)
            except ChakraError as error:
                self.log.warning("Asking again in %s s: %s", trigger.poke_interval, error)
                event = None
            if event is not None:
                return event
            time.sleep(trigger.poke_interval)


class BulkCreateProcessesOperator(BulkOperator):
    """
    Create many processes in the background, and wait for them; made for thousands of rows in one request.

    .. seealso:: https://apidocs.chakrahq.com (Bulk Create Process API)

    :param procedure: short id of the procedure, such as ``lead``.
    :param rows: one for each process: ``{"data": {...}, "status": ..., "state": ...}``.
    :param kwargs: as for :class:`.BulkOperator`.
    """

    def start(self, rows: list[Any]) -> dict[str, Any]:
        """Send the rows, see :meth:`.BulkOperator.start`."""
        return self.hook.processes.bulk_create(self.procedure, rows)


class BulkUpdateProcessesOperator(BulkOperator):
    """
    Change many processes in the background, and wait for them; made for thousands of rows in one request.

    .. seealso:: https://apidocs.chakrahq.com (Bulk Update Process API)

    :param procedure: short id or id of the procedure, such as ``lead``.
    :param rows: one for each process: ``{"id": ..., "update": {...}}``, or with the short id of the primary
        key in the place of ``id``; an update holds ``data``, ``state`` and ``status``.
    :param kwargs: as for :class:`.BulkOperator`.
    """

    def start(self, rows: list[Any]) -> dict[str, Any]:
        """Send the rows, see :meth:`.BulkOperator.start`."""
        return self.hook.processes.bulk_update(self.procedure, rows)
