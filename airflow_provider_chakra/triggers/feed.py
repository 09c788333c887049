"""What webhooks brought, for those who wait: where there are none, chats are listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_provider_chakra.api.inbox import Events
    from airflow_provider_chakra.events import Event, Inbound
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

    if not events:
        return {}
    owners: dict[str, set[str]] = {}
    for customer, chat in chats.items():
        for wamid in {wamid for wait in chat.waits for wamid in wait.wamids}:
            owners.setdefault(wamid, set()).add(customer)
    sorted_: dict[str, Events] = {}
    for event in events:
        # Who is waited for by one name may be told by another one, or by both.
        if isinstance(event, Inbound):
            names = {event.sender, event.user_id, *owners.get(event.reply_to or "", ())}
        else:
            names = {event.recipient, *owners.get(event.wamid, ())}
        for name in names:
            if name in chats:
                sorted_.setdefault(name, []).append(event)
    return sorted_


def join(rows: Events, webhooks: Events) -> Events:
    """
    Put together what was listed and what webhooks told.

    :param rows: what was listed.
    :param webhooks: what webhooks told. A message that is among both is taken from here: a row does not
        always tell what it answers, nor to which number it was written.
    :return: each message once, and how far messages came.
    """
    from airflow_provider_chakra.events import Inbound

    told = {event.wamid for event in webhooks if isinstance(event, Inbound)}
    listed = {event.wamid: event for event in rows if isinstance(event, Inbound)}
    return [
        *(event for event in rows if not (isinstance(event, Inbound) and event.wamid in told)),
        *(_filled(event, listed.get(event.wamid)) for event in webhooks),
    ]


def _filled(event: Event, row: Inbound | None) -> Event:
    from airflow_provider_chakra.events import Inbound

    if row is None or not isinstance(event, Inbound):
        return event
    names = ("sender", "at", "text", "choice", "reply_to")
    missing = {name: getattr(row, name) for name in names if getattr(event, name) is None}
    return event.model_copy(update=missing)
