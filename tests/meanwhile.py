"""What happens while a test waits: beside it, in a thread, and in the order that it needs."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

#: Seconds: longer than anything takes that ends at all, however slow the machine.
PATIENCE = 60
#: Something that happens in the sandbox once a message arrived, given its wamid.
Happening = Callable[[Any, str], Any]


def wait_until(holds: Callable[[], object]) -> None:
    """Wait for something that must come."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


@contextlib.contextmanager
def meanwhile(happen: Callable[[threading.Event], Any]) -> Generator[None]:
    """
    Let something happen beside the block; what goes wrong there goes wrong here.

    :param happen: it. The event that it is given is set when the block ends, and it shall end, too.
    """
    ended = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        happening = pool.submit(happen, ended)
        try:
            yield
        finally:
            ended.set()
            happening.result()


def over_and_over(do: Callable[[], Any]) -> contextlib.AbstractContextManager[None]:
    """Do something again and again beside the block."""

    def repeat(ended: threading.Event) -> None:
        while not ended.wait(0.1):
            do()

    return meanwhile(repeat)


def happens(sandbox: Any, *happenings: Happening) -> contextlib.AbstractContextManager[None]:
    """
    Let something happen to the first, the second, ... message that arrives during the block.

    It happens after somebody looked into the chat: so who waits for it looks in vain at first.
    """
    before = len(sandbox.messages())

    def happen(ended: threading.Event) -> None:
        for number, happening in enumerate(happenings, start=before):
            while not _is_waited_for(sandbox, number):
                if ended.wait(0.02):
                    return
            happening(sandbox, sandbox.messages()[number]["wamid"])

    return meanwhile(happen)


def _is_waited_for(sandbox: Any, number: int) -> bool:
    """Tell whether a message arrived, and a chat was read after it."""
    messages = sandbox.messages()
    if len(messages) <= number:
        return False
    requests = sandbox.requests()
    sent = next(n for n, request in enumerate(requests) if request["wamid"] == messages[number]["wamid"])
    return any("list-chat-messages" in request["path"] for request in requests[sent:])
