"""What is made of a background job that is done."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException

from airflow_provider_chakra.exceptions import ChakraError

if TYPE_CHECKING:
    from airflow_provider_chakra.hooks.chakra import ChakraHook

#: How many reasons are told at most, and among how many failed rows they are looked for.
_REASONS = 3
_LOOKED_AT = 200


def rows_outcome(hook: ChakraHook, event: dict[str, Any], *, strict: bool, rows: Any = ()) -> dict[str, Any]:
    """
    Make a task's result of a job that is done.

    :param hook: to ask why rows failed.
    :param event: the event of :class:`.BackgroundJobTrigger`.
    :param strict: whether rows that failed are a failure of the task.
    :param rows: the rows, if they are known: what they hold is not told.
    :return: ``job_id``, ``counts`` and ``failed``.
    :raises AirflowFailException: if rows failed, saying how many and the first reasons; if the job failed
        as a whole; or if its end could not be seen. To try the task again would not mend that.
    """
    if "error" in event:
        raise AirflowFailException(event["error"])
    result = {name: event[name] for name in ("job_id", "counts", "failed")}
    if not (event["failed"] or event["ended_badly"]):
        return result
    counts = {status: count for status, count in sorted(event["counts"].items()) if count}
    counted = ", ".join(f"{status} {count}" for status, count in counts.items()) or "no rows counted"
    job_id, failed = event["job_id"], event["failed"]
    what = (
        f"{failed} of {sum(counts.values())} rows failed in background job {job_id}"
        if failed
        else f"Background job {job_id} failed as a whole"
    )
    told = f"{what} ({counted}): {_reasons(hook, job_id, rows)}"
    if strict or not failed:
        raise AirflowFailException(told)
    hook.log.warning("%s", told)
    return result


def _reasons(hook: ChakraHook, job_id: str, rows: Any) -> str:
    from airflow_provider_chakra.api.redact import clean, texts_in

    try:
        told = [*islice(hook.jobs.failures(job_id), _LOOKED_AT)]
    except ChakraError as error:
        return f"why could not be read. {error}"
    # Of thousands of rows, only what is repeated needs to be hidden.
    everything = "\n".join(told)
    hide = {text for text in texts_in(rows) if text in everything}
    reasons = [*dict.fromkeys(clean(reason, hide) for reason in told)]
    more = "; and more reasons" if len(reasons) > _REASONS else ""
    return ("; ".join(reasons[:_REASONS]) or "no entry says why") + more + "."
