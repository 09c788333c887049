"""The pollers of this process: one for each connection and event loop, as long as somebody waits."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Generator
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from airflow_provider_chakra.triggers.poller import Poller

if TYPE_CHECKING:
    from airflow_provider_chakra.triggers.listener import Listener
    from airflow_provider_chakra.triggers.waits import Told, Wait

# Of each event loop, by connection.
_pollers: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Poller]] = WeakKeyDictionary()
_lock = threading.Lock()


async def wait_for(chakra_conn_id: str, customer: str, wait: Wait) -> Told:
    """
    Wait until there is something to tell of a chat, see :meth:`Poller.wait`.

    :param chakra_conn_id: the Airflow connection; all waits of one share a poller.
    :param customer: the digits of the phone number, or a business-scoped user id.
    :param wait: what is waited for.
    :return: what was found; ``{"error": sentence}`` if asking again cannot help.
    """
    with _poller_of(chakra_conn_id) as poller:
        return await poller.wait(customer, wait)


@contextlib.contextmanager
def listening(chakra_conn_id: str, listener: Listener) -> Generator[None, None, None]:
    """
    Tell a listener what customers write, see :meth:`Poller.listening`.

    :param chakra_conn_id: the Airflow connection.
    :param listener: whom to tell.
    """
    with _poller_of(chakra_conn_id) as poller, poller.listening(listener):
        yield


@contextlib.contextmanager
def _poller_of(chakra_conn_id: str) -> Generator[Poller, None, None]:
    with _lock:
        pollers = _pollers.setdefault(asyncio.get_running_loop(), {})
    poller = pollers.get(chakra_conn_id)
    # One that ended by an error would let those who come now wait for ever.
    if poller is None or poller.ended:
        poller = pollers[chakra_conn_id] = Poller(chakra_conn_id)
    try:
        yield poller
    finally:
        if poller.idle and pollers.get(chakra_conn_id) is poller:
            del pollers[chakra_conn_id]
            poller.stop()
