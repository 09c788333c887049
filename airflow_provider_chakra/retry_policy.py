"""A retry policy that knows ChakraHQ's errors. For Airflow 3.3 and later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk.definitions.retry_policy import RetryAction, RetryDecision, RetryPolicy

from airflow_provider_chakra.api.retry import wait_before_retry
from airflow_provider_chakra.exceptions import ChakraError

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context


class ChakraRetryPolicy(RetryPolicy):
    """
    Decide about the retries of a task by what went wrong.

    Throttles and troubles of the other side wait as the server asked, or as WhatsApp's documentation
    says; what no retry mends fails at once; where it is unknown whether a message was sent the task
    fails, unless retries are asked for. Other errors are left to the task's own settings.

    The decision and its reason are in the task's log: in Airflow 3.3's UI on the task instance's Logs
    page, in the folded group "Post Execute". The reason of a retry is in Airflow's database as well
    (``retry_reason`` of the task instance), which neither the UI nor the public REST API of 3.3 shows;
    a later Airflow may.

    .. code-block:: python

        SendTextOperator(task_id="remind", to=..., body=..., retries=5, retry_policy=ChakraRetryPolicy())

    :param retry_unknown: whether to try again where it is unknown whether a message was sent. That
        may send it twice.
    """

    def __init__(self, *, retry_unknown: bool = False) -> None:
        self.retry_unknown = retry_unknown

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Context | None = None
    ) -> RetryDecision:
        """
        Decide.

        :param exception: what went wrong.
        :param try_number: number of the try that failed, from 1.
        :param max_tries: how many retries there are.
        :param context: Airflow's context.
        :return: to fail, to retry after a while, or to do as the task's own settings say.
        """
        if not isinstance(exception, ChakraError):
            return RetryDecision.default()
        unknown = exception.outcome == "unknown" and not exception.retryable
        seconds = None if unknown else wait_before_retry(exception, try_number - 1)
        if seconds is None and not (unknown and self.retry_unknown):
            return RetryDecision.fail(_reason("Failing now", exception))
        if try_number > max_tries:
            return RetryDecision(RetryAction.DEFAULT, reason=_reason("No retries are left", exception))
        if seconds is None:
            return RetryDecision.retry(reason=_reason("Trying again after the task's retry_delay", exception))
        return RetryDecision.retry(
            timedelta(seconds=seconds), _reason(f"Trying again in {seconds:.0f} s", exception)
        )

    def serialize(self) -> dict[str, Any]:
        """
        Give what makes the policy anew.

        :return: its settings.
        """
        return {"retry_unknown": self.retry_unknown}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> ChakraRetryPolicy:
        """
        Make the policy anew.

        :param data: what :meth:`serialize` gave.
        :return: the policy.
        """
        return cls(**data)


def _reason(decision: str, exception: ChakraError) -> str:
    # Airflow's database holds no more.
    return f"{decision}: {exception}"[:500]
