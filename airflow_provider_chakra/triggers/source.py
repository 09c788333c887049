"""What the triggers of a connection ask through: its hook, and what webhooks brought."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import TYPE_CHECKING

from airflow_provider_chakra.exceptions import (
    ChakraConfigError,
    ChakraInboxError,
)
from airflow_provider_chakra.hooks.chakra import ChakraHook
from airflow_provider_chakra.triggers.feed import join, open_feed

if TYPE_CHECKING:
    from airflow_provider_chakra.api.inbox import Events
    from airflow_provider_chakra.inbox.feed import Feed

log = logging.getLogger(__name__)


class Source:
    """
    Where a poller learns what was said, through the connection as it is by now.

    :param chakra_conn_id: the Airflow connection.
    """

    def __init__(self, chakra_conn_id: str) -> None:
        self.hook = _hook(chakra_conn_id)
        self.feed: Feed | None = None
        #: Whether the connection is to be read anew before it is asked through again.
        self.stale = False

    async def open(self) -> None:
        """
        Find what webhooks bring.

        :raises ChakraConfigError: if the connection is wrong.
        """
        self.feed = await open_feed(self.hook)

    async def renew(self) -> None:
        """
        Read the connection anew: somebody may have mended it, or given it a webhook secret.

        If that fails, what was read before counts.
        """
        self.stale = False
        hook = _hook(self.hook.chakra_conn_id)
        try:
            settings = await hook.run_async(lambda: hook.settings)
            feed = self.feed or await open_feed(hook)
        except Exception as error:
            log.info("The connection could not be read once more: %s", type(error).__name__)
            return
        # The old one has its connections open.
        if settings != self.hook.settings:
            self.hook = hook
        self.feed = self.feed or feed

    async def read(self, customer: str, wamids: Collection[str]) -> Events:
        """
        Read what was said in a chat.

        :param customer: the digits of the phone number, or a business-scoped user id.
        :param wamids: messages that must be among it.
        :return: what was said, and how far the messages came.
        :raises ChakraError: if it could not be asked for.
        """
        hook, feed = self.hook, self.feed
        return await hook.run_async(lambda: _read(hook, feed, customer, wamids))


def _hook(chakra_conn_id: str) -> ChakraHook:
    # Who polls asks again anyway, with pauses that hold up neither a thread nor the triggerer's end.
    return ChakraHook(chakra_conn_id, max_tries=1)


def _read(hook: ChakraHook, feed: Feed | None, customer: str, wamids: Collection[str]) -> Events:
    from airflow_provider_chakra.api.inbox import read_chat

    try:
        events: Events = feed.about(customers=[customer], wamids=wamids) if feed else []
    except ChakraInboxError:
        # The chat itself tells enough, where it can be read.
        if not customer.isdigit():
            raise
        events = []
    if customer.isdigit():
        return join(read_chat(hook.chats, customer, wamids), events)
    if feed is None:
        raise ChakraConfigError(
            "ChakraHQ lists the chats of phone numbers only: to wait for somebody who is known by a user "
            "id, switch webhooks on."
        )
    return events
