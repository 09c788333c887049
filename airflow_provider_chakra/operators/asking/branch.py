"""Ask one person which way to go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_chakra.compat import BranchMixIn
from airflow_provider_chakra.exceptions import ChakraConfigError, Problem
from airflow_provider_chakra.operators.asking.ask import AskOperator
from airflow_provider_chakra.operators.base import from_json

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context


class AskBranchOperator(AskOperator, BranchMixIn):
    """
    Ask a person, and follow the branch that the answer names.

    .. code-block:: python

        ask = AskBranchOperator(
            task_id="ask",
            to="919876543210",
            question="Shall we send the parcel again?",
            options={"send_again": "Yes, please", "refund": "No, refund me"},
        )
        ask >> [send_again, refund]

    As with every branch operator of Airflow's, what is directly downstream and not followed is skipped, and
    a task or task group may be followed. A branch that does not exist fails the task before anybody is asked.

    :param branches: the task ids, or task group ids, to follow, by the ids of the options: one, or a list.
        An option that is not among them is a task id itself.
    :param kwargs: as for :class:`AskOperator`. With ``on_silence="continue"``, the branch of ``default`` is
        followed.
    """

    inherits_from_skipmixin = True
    template_fields: Sequence[str] = ("branches", *AskOperator.template_fields)
    template_fields_renderers: ClassVar[dict[str, str]] = {
        **AskOperator.template_fields_renderers,
        "branches": "json",
    }
    object_fields: ClassVar[frozenset[str]] = AskOperator.object_fields | {"branches"}
    # Looked at before it is there, too.
    branches: Mapping[str, str | Sequence[str]] | str | None = None

    def __init__(
        self, *, branches: Mapping[str, str | Sequence[str]] | str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.branches = branches
        self.check_early()

    def argument_problems(self) -> list[Problem]:
        """Check what the payload can no longer tell."""
        problems = super().argument_problems()
        if self.on_silence == "continue" and not self.default:
            problems.append(Problem("default", "an option with on_silence", "nothing", "choose one"))
        branches = from_json(self.branches) or {}
        known = {option.id for option in self.options_to_choose()}
        if not isinstance(branches, Mapping) or not known.issuperset(branches):
            mend = "give a mapping from ids of options to task ids"
            problems.append(Problem("branches", f"of {', '.join(sorted(known))}", "others", mend))
        elif not all(map(_are_ids, branches.values())):
            problems.append(
                Problem("branches", "a task id, or a list of them, each", "another value", "mend it")
            )
        return problems

    def act(self, context: Context) -> Any:
        """
        Ask, and follow the answer.

        :param context: Airflow's context.
        :return: the id of the option.
        :raises ChakraConfigError: if there is a branch that does not exist, or if it is mapped and Airflow
            cannot skip what is downstream; nothing was sent.
        """
        self._check()
        self.check_that_it_can_skip(context)
        dag = self.get_dag()
        if dag is not None:
            asked = [task for option in self.options_to_choose() for task in self._branch(option.id)]
            unknown = set(asked).difference(dag.task_ids, dag.task_group_dict)
            if unknown:
                names = ", ".join(sorted(unknown))
                raise ChakraConfigError(f"branches must lead to tasks or task groups: there is no {names}.")
        return super().act(context)

    def conclude(self, context: Context, option: str) -> Any:
        """
        Follow the answer.

        :param context: Airflow's context.
        :param option: its id.
        :return: the id.
        """
        # Where Airflow skips tasks, what is returned does not become an XCom.
        context["ti"].xcom_push(key="return_value", value=option)
        self.do_branch(context, self._branch(option))
        return option

    def be_silent(self, context: Context) -> Any:
        """Follow what silence stands for."""
        return self.conclude(context, super().be_silent(context))

    def _branch(self, option: str) -> list[str]:
        branch: str | Iterable[str] = (from_json(self.branches) or {}).get(option, option)
        return [branch] if isinstance(branch, str) else list(branch)


def _are_ids(branch: Any) -> bool:
    return isinstance(branch, str) or (
        isinstance(branch, list | tuple) and all(isinstance(one, str) for one in branch)
    )
