"""People who answer Airflow's requests."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.meanwhile import over_and_over

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def people(
    answers: dict[str, list[str]], params: dict[str, Any] | None = None
) -> AbstractContextManager[None]:
    """Answer each request that is open, by task id, as Airflow's public API does."""
    from airflow import models
    from sqlalchemy.exc import OperationalError
    from sqlalchemy.orm import configure_mappers

    # Two threads that do this at once wait for each other.
    models.import_all_models()
    configure_mappers()

    def answer_all() -> None:
        # SQLite may be locked by the run: those who were not answered are next time.
        with suppress(OperationalError):
            _answer(answers, params or {})

    return over_and_over(answer_all)


def _answer(answers: dict[str, list[str]], params: dict[str, Any]) -> None:
    from airflow.models.hitl import HITLDetail
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.trigger import handle_event_submit
    from airflow.triggers.base import TriggerEvent
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        waiting = select(TaskInstance).where(TaskInstance.state.in_(["awaiting_input", "deferred"]))
        for instance in session.scalars(waiting).all():
            detail = session.get(HITLDetail, instance.id)
            if detail is None or instance.task_id not in answers:
                continue
            # dag.test() writes the state once more after its server did, and may undo the end of a wait.
            if detail.responded_at is not None and instance.state != "awaiting_input":
                continue
            detail.responded_at = datetime.now(UTC)
            detail.responded_by = {"id": "1", "name": "Asha"}
            detail.chosen_options = answers[instance.task_id]
            detail.params_input = params if detail.params else {}
            if instance.state == "awaiting_input":
                event = TriggerEvent(detail.as_resume_event_payload())
                handle_event_submit(event, task_instance=instance, session=session)
