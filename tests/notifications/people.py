"""People who answer Airflow's requests."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def people(answers: dict[str, list[str]], params: dict[str, Any] | None = None) -> Generator[None]:
    """Answer each request that is open, by task id, as Airflow's public API does."""
    from airflow import models
    from sqlalchemy.orm import configure_mappers

    # Two threads that do this at once wait for each other.
    models.import_all_models()
    configure_mappers()
    is_over = threading.Event()

    def answer_all() -> None:
        while not is_over.wait(0.2):
            _answer(answers, params or {})

    thread = threading.Thread(target=answer_all, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(10)


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
            if detail is None or detail.responded_at is not None or instance.task_id not in answers:
                continue
            detail.responded_at = datetime.now(UTC)
            detail.responded_by = {"id": "1", "name": "Asha"}
            detail.chosen_options = answers[instance.task_id]
            detail.params_input = params if detail.params else {}
            if instance.state == "awaiting_input":
                event = TriggerEvent(detail.as_resume_event_payload())
                handle_event_submit(event, task_instance=instance, session=session)
