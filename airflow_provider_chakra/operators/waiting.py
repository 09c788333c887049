"""Waiting of operators that did something first: in the triggerer, or in the worker."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.providers.common.compat.sdk import AirflowFailException, AirflowSkipException

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraError

if TYPE_CHECKING:
    from airflow_provider_chakra.hooks.chakra import ChakraHook
    from airflow_provider_chakra.operators.deliveries import BaseDeliveryOperator
    from airflow_provider_chakra.triggers.inbox import InboxTrigger
    from airflow_provider_chakra.triggers.waits import Told


def check_that_it_is_heard(hook: ChakraHook, people: Iterable[str]) -> None:
    """
    Check, before anything is sent, that what happens in some chats will be heard.

    :param hook: of the connection.
    :param people: digits of phone numbers, or business-scoped user ids.
    :raises ChakraConfigError: if there is a user id, of which only webhooks tell, and there are none.
    """
    from airflow_provider_chakra.inbox.config import is_on

    if all(one.isdigit() for one in people) or (is_on() and hook.settings.webhook_secret):
        return
    raise ChakraConfigError(
        "Only webhooks tell what happens in the chat of a user id: take a phone number, or switch webhooks "
        "on and give the connection its webhook_secret. Nothing was sent."
    )


def wait(
    operator: BaseDeliveryOperator, trigger: InboxTrigger, method_name: str, kwargs: dict[str, Any]
) -> NoReturn:
    """
    Wait, and go on in a method of the operator with what was found.

    That is another object, maybe on another worker: it knows what it was made with, and what ``kwargs`` tell.
    They come back with the event, see :meth:`.BaseDeliveryOperator.go_on`.

    :param operator: who waits.
    :param trigger: what looks. It tells itself when time is up.
    :param method_name: the method that goes on, which takes the context, the trigger's ``event`` and
        ``kwargs``.
    :param kwargs: what it needs to know, as JSON knows it.
    """
    trigger.carried = {"method_name": method_name, "kwargs": kwargs}
    operator.defer(trigger=trigger, method_name="go_on")


def poll(operator: BaseDeliveryOperator, trigger: InboxTrigger) -> Told:
    """
    Do in the worker what a triggerer would do.

    :param operator: who waits.
    :param trigger: what looks.
    :return: its event.
    """
    until = math.inf if trigger.until is None else trigger.until
    while True:
        looked_at = time.time()
        try:
            found = trigger.look(operator.hook)
        except ChakraError as error:
            # To fail now would let a retry send once more, where nothing remembers what was sent.
            passes = error.retryable or (trigger.worked and error.of_connection)
            found = trigger.unread(error) if passes else {"error": str(error)}
            if found is None:
                operator.log.warning("Asking again in %s s: %s", trigger.poke_interval, error)
                time.sleep(trigger.poke_interval)
                continue
        if found is None and looked_at >= until:
            # What happened in time is found, as time is up only after a look that began later.
            found = trigger.late()
        if found is not None:
            return {**found, "carried": trigger.carried}
        time.sleep(min(trigger.poke_interval, max(0, until - time.time())))


def date_of(seconds: float) -> str:
    """
    Write a time for those who read logs.

    :param seconds: since 1970.
    :return: ISO 8601, to the second.
    """
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def be_late(operator: BaseDeliveryOperator, argument: str, told: str) -> None:
    """
    End a task whose time to wait is up, or let it go on.

    :param operator: whose task.
    :param argument: the name of the argument that says what becomes of it: ``"fail"``, which no retry mends;
        ``"skip"``; with anything else it goes on.
    :param told: what did not happen in time.
    :raises AirflowSkipException: if it is skipped.
    :raises AirflowFailException: if it fails.
    """
    way = getattr(operator, argument)
    if way == "skip":
        raise AirflowSkipException(told)
    if way == "fail":
        raise AirflowFailException(told)
    operator.log.warning("%s The task goes on, as %s is %s.", told, argument, way)
