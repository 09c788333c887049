"""Running whole Dags, as a person would with ``dag.test()``."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def load_dag(path: Path) -> Any:
    """Import a file and give its ``dag``."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Airflow looks up the modules of tasks.
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module.dag


def run(dag: Any, **conf: Any) -> dict[str, list[Any]]:
    """Run a Dag, and give the task instances of each task, in the order of their map index."""
    dag_run = dag.test(run_conf=conf)
    instances: dict[str, list[Any]] = {}
    for instance in sorted(dag_run.get_task_instances(), key=lambda ti: ti.map_index):
        instances.setdefault(instance.task_id, []).append(instance)
    return instances


def waits(task: Any) -> bool:
    """Tell whether a task waits for what comes back, so that it should have retries."""
    names = ("poke", "answer_timeout", "response_timeout", "poll_interval")
    return bool(getattr(task, "wait_for", None)) or any(hasattr(task, name) for name in names)


def hurry(dag: Any) -> Any:
    """Take the patience from the tasks that wait, and give the Dag."""
    for task in dag.tasks:
        if hasattr(task, "poke_interval"):
            task.poke_interval = 0.2
    return dag


def states(instances: dict[str, list[Any]]) -> dict[str, list[str]]:
    """Give the end states of a run."""
    return {
        task_id: [str(getattr(ti.state, "value", ti.state)) for ti in tis]
        for task_id, tis in instances.items()
    }


def returned(instance: Any) -> Any:
    """Give what a task instance left in XCom."""
    return instance.xcom_pull(task_ids=instance.task_id, map_indexes=instance.map_index)
