"""What all triggers share: ask again and again, without a worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_provider_chakra.exceptions import ChakraError
from airflow_provider_chakra.hooks.chakra import ChakraHook


class PollTrigger(BaseTrigger):
    """
    Ask ChakraHQ until there is something to tell.

    A subclass says in :meth:`look` what it asks, and gives its own arguments in :meth:`arguments`. Its
    event is what :meth:`look` found; or ``{"error": sentence}``, if asking again cannot help.

    :param hook: arguments of :class:`.ChakraHook`.
    :param poke_interval: seconds between two questions.
    """

    def __init__(self, *, hook: dict[str, Any], poke_interval: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.hook = hook
        self.poke_interval = poke_interval

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
        return f"{type(self).__module__}.{type(self).__qualname__}", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Ask, until there is something to tell."""
        hook = ChakraHook(**self.hook)
        while True:
            try:
                found = await hook.run_async(lambda: self.look(hook))
            except ChakraError as error:
                if not error.retryable:
                    yield TriggerEvent({"error": str(error)})  # type: ignore[no-untyped-call]
                    return
                self.log.warning("Asking again in %s s: %s", self.poke_interval, error)
                found = None
            if found is not None:
                yield TriggerEvent(found)  # type: ignore[no-untyped-call]
                return
            await asyncio.sleep(self.poke_interval)
