"""What all triggers share: ask again and again, without a worker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_provider_chakra.exceptions import ChakraError
from airflow_provider_chakra.hooks.chakra import ChakraHook

# Seconds. The scheduler hears late that a worker ended to wait, and takes a task that goes on before that for
# one that was killed: https://github.com/apache/airflow/issues/71580
_SHORTEST = 10.0


class Unshown(dict[str, Any]):
    """What does not show: triggerers log the events of their triggers."""

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"


class PollTrigger(BaseTrigger):
    """
    Ask ChakraHQ until there is something to tell.

    A subclass says in :meth:`look` what it asks, and gives its own arguments in :meth:`arguments`. Its
    event is what :meth:`heard` gives; or ``{"error": sentence}``, if asking again cannot help.

    :param hook: arguments of :class:`.ChakraHook`.
    :param poke_interval: seconds between two questions.
    :param carried: what the event brings back to the task, under ``carried``: Airflow's ``dag.test()`` loses
        what a task gives along when it defers.
    """

    def __init__(
        self, *, hook: dict[str, Any], poke_interval: float, carried: dict[str, Any] | None = None
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.hook = hook
        self.poke_interval = poke_interval
        self.carried = carried

    def arguments(self) -> dict[str, Any]:
        """Give the arguments of the subclass, as JSON knows them."""
        return {}

    def look(self, hook: ChakraHook) -> dict[str, Any] | None:
        """
        Ask once.

        :param hook: to ask through.
        :return: what there is to tell, as JSON knows it; ``None`` if there is nothing yet.
        :raises ChakraError: if it could not be asked.
        """
        raise NotImplementedError

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Give what makes the trigger anew in the triggerer."""
        arguments = {"hook": self.hook, "poke_interval": self.poke_interval, **self.arguments()}
        if self.carried is not None:
            arguments["carried"] = self.carried
        return f"{type(self).__module__}.{type(self).__qualname__}", arguments

    def event(self, told: dict[str, Any]) -> TriggerEvent:
        """
        Make the event.

        :param told: what there is to tell.
        """
        if self.carried is not None:
            told = Unshown(told, carried=self.carried)
        return TriggerEvent(told)  # type: ignore[no-untyped-call]

    async def heard(self) -> dict[str, Any]:
        """
        Ask, until there is something to tell.

        :return: it.
        :raises ChakraError: if asking again cannot help.
        """
        hook = ChakraHook(**self.hook)
        while True:
            try:
                found = await hook.run_async(lambda: self.look(hook))
            except ChakraError as error:
                if not error.retryable:
                    raise
                self.log.warning("Asking again in %s s: %s", self.poke_interval, error)
                found = None
            if found is not None:
                return found
            await asyncio.sleep(self.poke_interval)

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Wait, until there is something to tell."""
        began = time.monotonic()
        try:
            told = await self.heard()
        except ChakraError as error:
            told = {"error": str(error)}
        # Only a triggerer numbers its triggers: where a test runs one, no scheduler looks on.
        if self.trigger_id is not None:
            await asyncio.sleep(began + _SHORTEST - time.monotonic())
        yield self.event(told)
