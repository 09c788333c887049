"""What webhooks brought, for those who wait: where there are none, chats are listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_provider_chakra.api.inbox import Events
    from airflow_provider_chakra.hooks.chakra import ChakraHook
    from airflow_provider_chakra.inbox.feed import Feed
    from airflow_provider_chakra.triggers.waits import Chat


async def open_feed(hook: ChakraHook) -> Feed | None:
    """
    Find what webhooks bring.

    :param hook: of the connection.
    :return: it; ``None`` if webhooks are switched off, or the connection has no secret for them.
    :raises ChakraConfigError: if the connection is wrong.
    """
    from airflow_provider_chakra.inbox.config import is_on

    if not is_on():
        return None

    def open_it() -> Feed | None:
        from airflow_provider_chakra.inbox.feed import Feed

        return Feed.of(hook.chakra_conn_id, hook)

    return await hook.run_async(open_it)


def sort_by_chat(events: Events, chats: Mapping[str, Chat]) -> dict[str, Events]:
    """
    Give each chat that somebody waits for what was told about it.

    :param events: what was told.
    :param chats: those that somebody waits for, by customer.
    :return: the events by customer, for those of whom anything was told.
    """
    from airflow_provider_chakra.events import Inbound

    owners = {wamid: customer for customer, chat in chats.items() for w in chat.waits for wamid in w.wamids}
    sorted_: dict[str, Events] = {}
    for event in events:
        if isinstance(event, Inbound):
            names = (event.sender, event.user_id)
        else:
            names = (owners.get(event.wamid), event.recipient)
        customer = next((name for name in names if name in chats), None)
        if customer is not None:
            sorted_.setdefault(customer, []).append(event)
    return sorted_
