"""Questions whose answers lead to a task, to a task group or to nothing, and approvals that skip."""

from __future__ import annotations

from datetime import datetime

from airflow.providers.common.compat.sdk import DAG, BaseOperator, Label, TaskGroup

from airflow_provider_chakra.operators.asking import ApprovalOperator, AskBranchOperator, AskOperator


class Nothing(BaseOperator):
    """Do nothing."""

    def execute(self, context: object) -> None:
        """Do nothing."""


_PATIENT = {"poke_interval": 0.2, "answer_timeout": 600}
_COMMON = _PATIENT | {"answer_timeout": "{{ params.seconds }}"}

with DAG(
    "dag_asking",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    params={"seconds": 600, "silence": "fail", "far": False},
) as dag:
    branch = AskBranchOperator(
        task_id="branch",
        to="919876543210",
        question="Where?",
        options=["left", "right", "both"],
        branches={"right": "group", "both": ["left", "group"]},
        on_silence="{{ params.silence }}",
        default="{{ 'left' if params.silence == 'continue' else '' }}",
        **_COMMON,
    )
    left = Nothing(task_id="left")
    with TaskGroup("group") as group:
        Nothing(task_id="first") >> Nothing(task_id="second")
    joined = Nothing(task_id="joined", trigger_rule="none_failed_min_one_success")
    branch >> Label("to the left") >> left >> joined
    branch >> group >> joined

    approve = ApprovalOperator(
        task_id="approve",
        to=["919876543211", "919876543212"],
        question="May it?",
        on_silence="{{ 'reject' if params.silence == 'continue' else params.silence }}",
        ignore_downstream_trigger_rules="{{ params.far }}",
        **_COMMON,
    )
    far = Nothing(task_id="far", trigger_rule="all_done")
    approve >> Nothing(task_id="near") >> far

    AskOperator.partial(task_id="mapped", question="Fine?", options=["Yes", "No"], **_PATIENT).expand(
        to=["919876543213", "919876543214"]
    ) >> Nothing(task_id="after")
