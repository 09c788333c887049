"""The part of a handle on a running sandbox that says how customers and their phones behave."""

from __future__ import annotations

from typing import Any

from airflow_provider_chakra.sandbox.caller import Caller


class CustomerCaller(Caller):
    """Customers and their phones, as a running sandbox plays them."""

    def chats(self) -> list[dict[str, Any]]:
        """
        Give all chats, the newest first.

        :return: ``contact``, ``window_closes_at``, ``state`` and ``messages`` of each, the oldest first.
        """
        found: list[dict[str, Any]] = self._ask("GET", "chats")
        return found

    def contact(
        self,
        customer: str,
        *,
        reach: str | None = None,
        blocks: bool | None = None,
        window_closed: bool | None = None,
    ) -> None:
        """
        Set how a customer stands to WhatsApp; what is left out stays as it is.

        :param customer: the customer's number in digits, or user id.
        :param reach: ``online``, as at the start; ``offline``, and messages stay SENT until the customer is
            back; ``not_on_whatsapp``, and they are taken, and a second later they have failed.
        :param blocks: whether the customer blocks the business: what is sent meanwhile stays SENT for good.
        :param window_closed: whether the window of 24 hours counts as closed until the customer writes again;
            with :meth:`windows` at ``open``, free messages fail as with ``late``.
        :raises ValueError: if there is no such customer or reach.
        """
        wanted = {"reach": reach, "blocks": blocks, "window_closed": window_closed}
        given = {name: value for name, value in wanted.items() if value is not None}
        self._call("POST", "contacts", {"contact": customer, **given})

    def contacts(self) -> list[dict[str, Any]]:
        """Give the customers of whom something was set: ``contact`` of each, and what can be set."""
        found: list[dict[str, Any]] = self._ask("GET", "contacts")
        return found

    def pace(self, delivered_after: float | None = None, read_after: float | None = None) -> None:
        """
        Let messages come further by themselves, those that were sent before, too.

        What :meth:`deliver` has moved, or what is to fail, does not move by itself any more.

        :param delivered_after: how many seconds after it was sent, on the sandbox's clock, a message is
            delivered; ``None`` leaves it to :meth:`deliver`, as at the start.
        :param read_after: the same of its being read.
        :raises ValueError: if a message would be read before it is delivered.
        """
        self._call("POST", "pace", {"delivered_after": delivered_after, "read_after": read_after})

    def fail_later(self, error: str, *, times: int = 1, after: float = 1) -> None:
        """
        Let the next messages be taken, and fail later.

        :param error: why, such as ``(#131049) This message was not delivered to maintain healthy ecosystem
            engagement``.
        :param times: how many messages.
        :param after: how many seconds after it was sent, on the sandbox's clock, each fails.
        :raises ValueError: if a number is out of bounds.
        """
        self._call("POST", "failures", {"error": error, "times": times, "after": after})

    def listing(self, *, statuses_move_chats: bool | None = None, whole_bodies: bool | None = None) -> None:
        """
        Set what ChakraHQ's documentation leaves open about its lists; what is left out stays as it is.

        :param statuses_move_chats: whether a new status of a message moves the ``updatedAt`` of its chat.
        :param whole_bodies: whether ``body`` of what a customer wrote is WhatsApp's whole message, and not
            only its content.
        """
        wanted = {"statuses_move_chats": statuses_move_chats, "whole_bodies": whole_bodies}
        self._call("POST", "listing", {name: value for name, value in wanted.items() if value is not None})

    def choose(self, customer: str, wamid: str, choice: str) -> str:
        """
        Let a customer tap a row of a list, a reply button, or a quick reply of a template.

        :param customer: the customer's number in digits, or user id.
        :param wamid: the message that it is in.
        :param choice: the id of the row or button, which is a quick reply's payload; or, if that fits one
            only, the id without its mark (``yes`` of ``yes#1f3a9c20``), or the title.
        :return: the wamid of the customer's message.
        :raises ValueError: if the customer has no such message, as it failed or is another's, or there is
            nothing such to tap in it.
        """
        return str(self._ask("POST", "taps", {"from": customer, "wamid": wamid, "id": choice})["wamid"])
