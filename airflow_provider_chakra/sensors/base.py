"""What all sensors share: they wait without a worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException, BaseSensorOperator, PokeReturnValue

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraError
from airflow_provider_chakra.operators.base import BaseChakraOperator

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context

    from airflow_provider_chakra.triggers.base import PollTrigger


class BaseChakraSensor(BaseSensorOperator, BaseChakraOperator):
    """
    Wait for something at ChakraHQ.

    A subclass says in :meth:`trigger` what it waits for, and in :meth:`finish` what comes of it.

    :param deferrable: whether to wait in the triggerer, which takes no worker; else the sensor asks
        from a worker, as ``mode`` says.
    :param kwargs: as for :class:`.BaseChakraOperator`, and what every sensor of Airflow's takes, such as
        ``poke_interval`` and ``timeout`` in seconds and ``soft_fail``.
    """

    template_fields: Sequence[str] = BaseChakraOperator.template_fields

    def __init__(self, *, deferrable: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.deferrable = deferrable
        if self.poke_interval <= 0:
            raise ChakraConfigError("poke_interval must be a number of seconds above 0.")

    def trigger(self) -> PollTrigger:
        """Make what asks."""
        raise NotImplementedError

    def finish(self, event: dict[str, Any]) -> Any:
        """
        Make of what was found the sensor's result.

        :param event: what the trigger found.
        :return: what goes into XCom.
        :raises AirflowException: if that is a failure.
        """
        return event

    def trigger_arguments(self) -> dict[str, Any]:
        """Give the arguments that all triggers take."""
        return {"hook": self.hook_arguments(), "poke_interval": self.poke_interval}

    def poke(self, context: Context) -> PokeReturnValue:
        """
        Ask once. A sensor that is deferrable leaves all further questions to the triggerer.

        :param context: Airflow's context.
        :return: whether it is there, and what goes into XCom.
        :raises AirflowFailException: if asking again cannot help, or if what was found is a failure.
        :raises ChakraError: if ChakraHQ could not be asked for now; but a sensor that is deferrable waits on
            where something answered.
        """
        trigger = self.trigger()
        try:
            event = self.look(trigger)
        except ChakraError as error:
            # Where something answers the host is right, and the triggerer waits out the rest.
            if error.retryable and self.deferrable and error.status is not None:
                self.log.warning("The triggerer asks again: %s", error)
                event = None
            elif error.retryable:
                raise
            else:
                # Of all failures this is the one that Airflow's soft_fail knows.
                raise AirflowFailException(str(error)) from error
        if event is not None:
            return PokeReturnValue(is_done=True, xcom_value=self.finish(event))
        if self.deferrable:
            self.defer(trigger=trigger, method_name="execute_complete", timeout=self.deferral_timeout())
        return PokeReturnValue(is_done=False)

    def look(self, trigger: PollTrigger) -> dict[str, Any] | None:
        """
        Ask once, from the worker.

        :param trigger: what asks.
        :return: what was found; ``None`` if there is nothing yet.
        :raises ChakraError: if it could not be asked.
        """
        return trigger.look(self.hook)

    def deferral_timeout(self) -> timedelta | None:
        """Tell how long Airflow lets the trigger wait; ``None`` where the trigger knows itself."""
        return timedelta(seconds=self.timeout)

    def act(self, context: Context) -> Any:
        """
        Wait.

        :param context: Airflow's context.
        :return: what goes into XCom.
        """
        return BaseSensorOperator.execute(self, context)

    def execute(self, context: Context) -> Any:
        """Wait, see :meth:`.BaseChakraOperator.execute`."""
        return BaseChakraOperator.execute(self, context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """
        Go on where the trigger found something.

        :param context: Airflow's context.
        :param event: what the trigger found.
        :return: what goes into XCom.
        :raises AirflowFailException: if ChakraHQ could not be asked.
        """
        if "error" in event:
            raise AirflowFailException(event["error"])
        return self.finish(event)
