"""Triggers that start Dags: a customer wrote, or wants no more messages. They need Airflow 3."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowException
from airflow.triggers import base
from airflow.triggers.base import TriggerEvent

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraError
from airflow_provider_chakra.messages.marks import unmarked
from airflow_provider_chakra.triggers import waits
from airflow_provider_chakra.triggers.inbox import Reply, chat_of
from airflow_provider_chakra.triggers.listener import Listener
from airflow_provider_chakra.triggers.place import Place, stores_of
from airflow_provider_chakra.triggers.pollers import listening

if TYPE_CHECKING:
    from airflow.triggers.base import BaseEventTrigger

    from airflow_provider_chakra.events import Inbound
else:
    # Airflow 2 has none: there the module can be imported, and an asset takes no watchers.
    BaseEventTrigger = getattr(base, "BaseEventTrigger", base.BaseTrigger)

_TOLD = {
    *("wamid", "sender", "user_id", "phone_number_id", "at"),
    *("type", "text", "choice", "media", "location", "reply_to"),
}
# They start a Dag only if they are asked for by their type.
_NOT_WRITTEN = frozenset({"reaction", "system", "unsupported"})


class InboundTrigger(BaseEventTrigger):
    """
    Tell of messages of customers, for an ``AssetWatcher``: each is an event of the asset.

    All such triggers of a connection share one poller with the waits of that connection. What was written
    before the first look is not told. On Airflow 3.3 and later a triggerer goes on where an earlier one
    ended; before that it begins anew. Each message is told once, and a second time if the triggerer ended
    within seconds after the first.

    :param senders: phone numbers with their country codes, or business-scoped user ids; anybody if left out.
    :param phone_number_id: the id of the number of yours that was written to; any if left out.
    :param stop_words: what says, as the whole message and in any case, that somebody wants no more messages;
        :data:`.optout.STOP_WORDS` if left out, nothing if empty.
    :param chakra_conn_id: the Airflow connection.
    :param poke_interval: seconds between two looks; the shortest of all triggers of a connection counts.
    """

    def __init__(
        self,
        *,
        senders: Sequence[str | int] | None = None,
        phone_number_id: str | None = None,
        stop_words: Sequence[str] | None = None,
        chakra_conn_id: str = "chakra_default",
        poke_interval: float = 60.0,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.senders = senders
        self.phone_number_id = phone_number_id
        self.stop_words = stop_words
        self.chakra_conn_id = chakra_conn_id
        self.poke_interval = poke_interval

    def arguments(self) -> dict[str, Any]:
        """Give the arguments, as JSON knows them."""
        return {
            "senders": None if self.senders is None else list(self.senders),
            "phone_number_id": self.phone_number_id,
            "stop_words": None if self.stop_words is None else list(self.stop_words),
            "chakra_conn_id": self.chakra_conn_id,
            "poke_interval": self.poke_interval,
        }

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Give what makes the trigger anew in the triggerer."""
        return f"{type(self).__module__}.{type(self).__qualname__}", self.arguments()

    def is_stop(self, message: Inbound) -> bool:
        """Tell whether a customer wants no more messages."""
        from airflow_provider_chakra.events.optout import STOP_WORDS, is_stop

        return not _is_answer(message) and is_stop(
            message.text, STOP_WORDS if self.stop_words is None else self.stop_words
        )

    def wants(self) -> Callable[[Inbound], bool]:
        """
        Make what tells whether a message starts a Dag.

        :raises ChakraConfigError: if an argument is wrong.
        """
        for name in ("senders", "stop_words"):
            _check_list(name, getattr(self, name))
        if not self.poke_interval > 0:
            raise ChakraConfigError(f"poke_interval must be more than 0 seconds, not {self.poke_interval}.")
        senders = None if self.senders is None else set(map(_sender, self.senders))

        def wanted(message: Inbound) -> bool:
            return (senders is None or not senders.isdisjoint((message.sender, message.user_id))) and (
                self.phone_number_id in (None, message.phone_number_id)
            )

        return wanted

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Tell of messages, as long as somebody watches."""
        wanted, place = self.wants(), Place(stores_of(self), self._name())
        await place.recall()
        while True:
            listener = Listener(place.reached, place.since, self.poke_interval)
            try:
                with listening(self.chakra_conn_id, listener):
                    while True:
                        heard = await listener.hear(until=place.due)
                        if heard is None:
                            await place.keep()
                            continue
                        for message in filter(place.is_new, heard.messages):
                            if wanted(message):
                                place.tell(message)
                                yield TriggerEvent(_payload(message))  # type: ignore[no-untyped-call]
                        if heard.place is not None:
                            place.reach(heard.place)
                            listener.since = place.since
            except (ChakraError, AirflowException) as error:
                # To end would help nobody: Airflow would start it again at once.
                self.log.error(
                    "WhatsApp's chats cannot be watched; trying again in %s s: %s", waits.PAUSE, error
                )
            await self._pause(place)

    async def _pause(self, place: Place) -> None:
        """Pause, and keep the place meanwhile, if that is due."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + waits.PAUSE
        if place.due < ends:
            await asyncio.sleep(place.due - loop.time())
            await place.keep()
        await asyncio.sleep(ends - loop.time())

    def _name(self) -> str:
        """Give the name of its place among those of all watchers of an asset."""
        said = {name: given for name, given in self.arguments().items() if name != "poke_interval"}
        digest = hashlib.sha256(json.dumps([type(self).__name__, said]).encode()).hexdigest()
        return f"chakra_{digest[:16]}"


class ChakraMessageTrigger(InboundTrigger):
    """
    Tell of each message that a customer writes.

    .. code-block:: python

        trigger = ChakraMessageTrigger(keywords=["sales"], senders=["919876543210"])
        Asset("sales_asked", watchers=[AssetWatcher(name="whatsapp", trigger=trigger)])

    The event's payload is ``{"wamid", "sender", "user_id", "phone_number_id", "at", "type", "text", "choice",
    "media", "location", "reply_to"}``. What says that somebody wants no more messages is never told: for that
    there is :class:`ChakraOptOutTrigger`.

    :param keywords: words, or phrases of several words, of which the message must hold one, in any case.
    :param matches: regular expression that the whole text must match, in any case; instead of ``keywords``.
    :param types: WhatsApp's types, such as ``text``, ``image`` or ``interactive``. If left out, all but
        reactions and what WhatsApp itself writes.
    :param kwargs: as for :class:`InboundTrigger`.
    :raises ChakraConfigError: if an argument is wrong.
    """

    def __init__(
        self,
        *,
        keywords: Sequence[str] | None = None,
        matches: str | None = None,
        types: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.keywords = keywords
        self.matches = matches
        self.types = types
        self.wants()

    def arguments(self) -> dict[str, Any]:
        """Give the arguments, as JSON knows them."""
        return {
            "keywords": None if self.keywords is None else list(self.keywords),
            "matches": self.matches,
            "types": None if self.types is None else list(self.types),
            **super().arguments(),
        }

    def wants(self) -> Callable[[Inbound], bool]:
        """Make what tells whether a message starts a Dag, see :meth:`InboundTrigger.wants`."""
        by_anybody, says = super().wants(), self._says()
        _check_list("types", self.types)
        types = None if self.types is None else {kind.lower() for kind in self.types}

        def wanted(message: Inbound) -> bool:
            is_of_type = message.type not in _NOT_WRITTEN if types is None else message.type in types
            return (
                is_of_type and by_anybody(message) and not self.is_stop(message) and says(message.text or "")
            )

        return wanted

    def _says(self) -> Callable[[str], bool]:
        from airflow_provider_chakra.events.optout import STOP_WORDS, is_stop
        from airflow_provider_chakra.events.words import mentions, words

        keywords, stop_words = self.keywords, STOP_WORDS if self.stop_words is None else self.stop_words
        if keywords is None and self.matches is None:
            return lambda text: True
        if keywords is None:
            pattern = self._pattern()
            return lambda text: pattern.fullmatch(text.strip()) is not None
        if self.matches is not None:
            raise ChakraConfigError("Give keywords or matches, not both: matches can hold the words, too.")
        _check_list("keywords", keywords)
        for keyword in keywords:
            if not words(keyword):
                raise ChakraConfigError(
                    f"keywords must hold words; there is none in {keyword!r}: use matches."
                )
            if is_stop(keyword, stop_words):
                raise ChakraConfigError(
                    f"The keyword {keyword!r} says that somebody wants no more messages: take another one, "
                    "or give stop_words without it."
                )
        return lambda text: mentions(text, keywords)

    def _pattern(self) -> re.Pattern[str]:
        try:
            return re.compile(self.matches or "", re.IGNORECASE)
        except (re.error, TypeError) as error:
            raise ChakraConfigError(f"matches must be a regular expression: {error}.") from None


class ChakraOptOutTrigger(InboundTrigger):
    """
    Tell of each message that says that a customer wants no more messages.

    An asset of its own for these is what keeps the two apart: a Dag that answers questions never starts by a
    "STOP", and the Dag that takes people off the list never starts by anything else. The event's payload is
    that of :class:`ChakraMessageTrigger`.

    :param kwargs: as for :class:`InboundTrigger`.
    :raises ChakraConfigError: if an argument is wrong.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.wants()

    def wants(self) -> Callable[[Inbound], bool]:
        """Make what tells whether a message starts a Dag, see :meth:`InboundTrigger.wants`."""
        by_anybody = super().wants()
        if self.stop_words is not None and not self.stop_words:
            raise ChakraConfigError("Without stop_words nothing says that somebody wants no more messages.")
        return lambda message: by_anybody(message) and self.is_stop(message)


def _is_answer(message: Inbound) -> bool:
    """Tell a tap on "Cancel" of a question from one on a template's button, where opt-outs are offered."""
    if message.choice is None:
        return False
    # A question that went as a template has its mark on the buttons.
    return message.choice.kind != "template_button" or unmarked(message.choice.id or "")[1] is not None


def _payload(message: Inbound) -> Reply:
    return Reply(message.model_dump(mode="json", include=_TOLD))


def _check_list(name: str, given: Collection[object] | None) -> None:
    if isinstance(given, str) or not isinstance(given, Collection | None):
        raise ChakraConfigError(f"{name} must be a list, not a {type(given).__name__}.")


def _sender(given: Any) -> str:
    try:
        return chat_of(given)
    except ChakraConfigError as error:
        raise ChakraConfigError(f"senders must be phone numbers or user ids: {error}") from None
