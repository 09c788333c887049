"""The part of a handle on a running sandbox that is about webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow_provider_chakra.sandbox.caller import Caller
from airflow_provider_chakra.sandbox.defaults import WEBHOOK_SECRET


class WebhookCaller(Caller):
    """The webhooks that a running sandbox calls."""

    def webhooks(
        self,
        url: str | None,
        secret: str = WEBHOOK_SECRET,
        *,
        dialects: Sequence[str] = ("chakra",),
        retries: int = 3,
        duplicates: int = 0,
        disorder: bool = False,
        lasting: bool = False,
    ) -> None:
        """
        Let every new status, and every message of a customer, be told to a webhook.

        What happens in one chat is told in its order, of several chats at the same time.

        :param url: whom to call, instead of who was called before; ``None`` for nobody.
        :param secret: what the calls are signed with.
        :param dialects: the shapes in which each event is told: ``chakra``, ``passthrough`` or both.
        :param retries: how often more to try what was not answered with 2xx, after pauses of 0.2 seconds, 0.4
            seconds and so on.
        :param duplicates: how often more to tell what was told already.
        :param disorder: whether to keep the statuses of a message until no more will come by themselves, and
            to tell them backwards.
        :param lasting: whether :meth:`~.Sandbox.reset` leaves it so, instead of calling nobody any more.
        :raises ValueError: if there is no such dialect, or a number is not from 0 to 10.
        """
        if url is None:
            self._call("DELETE", "webhooks")
            return
        hook = {
            "url": url,
            "secret": secret,
            "dialects": list(dialects),
            "retries": retries,
            "duplicates": duplicates,
            "disorder": disorder,
            "lasting": lasting,
        }
        self._call("POST", "webhooks", hook)

    def webhook_calls(self) -> list[dict[str, Any]]:
        """
        Give the last thousand calls, oldest first.

        :return: ``url``, ``dialect``, ``status`` (the HTTP status of the last answer, ``None`` without one),
            ``tries`` and ``body`` of each.
        """
        found: list[dict[str, Any]] = self._ask("GET", "webhooks")
        return found
