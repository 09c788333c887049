"""
What a task remembers across its tries: that a message is about to be sent, and then its wamid.

Airflow clears a task's XCom before each try, so XCom cannot hold this. From Airflow 3.3 on
``task_state_store`` does. Before that nothing is remembered, unless a store is named, such as
:class:`VariableStore`.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from airflow_provider_chakra.exceptions import ChakraConfigError, ChakraUnknownError

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context

log = logging.getLogger(__name__)

_ABOUT_TO_SEND = "about to send"
_SENT = "sent"


class Store(Protocol):
    """Where a task instance keeps values across its tries. Made for each try, from Airflow's context."""

    def get(self, key: str) -> Any:
        """Give what is kept under a key, ``None`` if nothing is."""

    def set(self, key: str, value: dict[str, Any]) -> None:
        """Keep a value; it must be safe when this returns."""

    def delete(self, key: str) -> None:
        """Forget a value."""


class VariableStore:
    """
    Keep the ledger in Airflow's Variables, one for each message. For Airflow before 3.3.

    Nobody removes these variables; their names begin with ``chakra_ledger_``. Airflow says that a
    variable is not there where it could not read it: a retry at such a moment sends once more.

    :param context: Airflow's context.
    """

    def __init__(self, context: Context) -> None:
        from airflow.providers.common.compat.sdk import Variable

        ti = context["ti"]
        self._variables: Any = Variable
        self._place = _digest([ti.dag_id, ti.run_id, ti.task_id, ti.map_index])

    def get(self, key: str) -> Any:
        """
        Read a variable.

        :param key: the message's key.
        :return: its value, ``None`` if there is none.
        """
        # By position, as the default has another name in Airflow 2.
        value = self._variables.get(self._name(key), None)
        return None if value is None else json.loads(value)

    def set(self, key: str, value: dict[str, Any]) -> None:
        """
        Write a variable.

        :param key: the message's key.
        :param value: what to keep.
        """
        self._variables.set(self._name(key), json.dumps(value))

    def delete(self, key: str) -> None:
        """
        Remove a variable.

        :param key: the message's key.
        """
        self._variables.delete(self._name(key))

    def _name(self, key: str) -> str:
        return f"chakra_ledger_{self._place}_{key}"


class _TaskStateStore:
    """The task's own store, of Airflow 3.3 and later; what is in it lasts as long as the run."""

    def __init__(self, accessor: Any) -> None:
        self._accessor = accessor

    def get(self, key: str) -> Any:
        return self._accessor.get(key)

    def set(self, key: str, value: dict[str, Any]) -> None:
        # As airflow.sdk.execution_time.context.NEVER_EXPIRE, which older versions lack.
        self._accessor.set(key, value, retention=timedelta.max)

    def delete(self, key: str) -> None:
        self._accessor.delete(key)


class _NoStore:
    """Remembers nothing."""

    def get(self, key: str) -> Any:
        return None

    def set(self, key: str, value: dict[str, Any]) -> None:
        pass

    def delete(self, key: str) -> None:
        pass


def open_store(context: Context, path: str | None) -> Store:
    """
    Find where this task remembers.

    :param context: Airflow's context.
    :param path: dotted path of a class that is made with the context; ``None`` takes Airflow's
        ``task_state_store`` where there is one, and else remembers nothing.
    :return: the store.
    :raises ChakraConfigError: if there is no such class.
    """
    if path is not None:
        module, _, name = path.rpartition(".")
        try:
            factory = getattr(import_module(module), name)
        except (ImportError, AttributeError, TypeError, ValueError) as error:
            raise ChakraConfigError(
                f"ledger must be the dotted path of a class, not {path!r}: {error}."
            ) from error
        return cast("Store", factory(context))
    accessor = cast("Mapping[str, Any]", context).get("task_state_store")
    return _NoStore() if accessor is None else _TaskStateStore(accessor)


class Ledger:
    """
    The memory of one message.

    The key is a digest of sender and payload: an edited message is a new message.

    :param store: where to keep it.
    :param context: Airflow's context.
    :param identity: what makes it the same message, as JSON knows it; only a digest of it is kept.
    :param label: the message in words, fit for a log.
    """

    def __init__(self, store: Store, context: Context, identity: Any, label: str) -> None:
        self._store = store
        self._key = f"chakra_{_digest(identity)}"
        self._label = label
        # Airflow sets max_tries anew, to a higher number, when a task that ran is cleared.
        self._series = getattr(context.get("ti"), "max_tries", None)
        #: When an earlier try, or this one, was about to send; ``None`` before.
        self.since: datetime | None = None

    def recall(self, *, resend: bool) -> str | None:
        """
        Remember an earlier try.

        :param resend: whether the task, if it was cleared since, is to send the message again.
        :return: the wamid, if the message was sent; ``None`` if it is to be sent.
        :raises ChakraUnknownError: if it was about to be sent, and nobody knows whether it was.
        """
        entry = self._store.get(self._key)
        if entry is None:
            return None
        # What cannot be read was written all the same: it is a doubt, too.
        entry = entry if isinstance(entry, Mapping) else {}
        if resend:
            if entry.get("series") != self._series:
                return None
            log.warning("resend sends once for each time that the task is cleared, and this is a retry")
        wamid, at = entry.get("wamid"), str(entry.get("at", "an unknown time"))
        if entry.get("state") == _SENT and isinstance(wamid, str) and wamid:
            log.info("An earlier try sent the %s as %s: nothing is sent", self._label, wamid)
            return wamid
        with suppress(ValueError):
            self.since = datetime.fromisoformat(at)
        raise ChakraUnknownError(
            f"An earlier try was about to send the {self._label} at {at} and ended before it knew whether "
            "it was sent. It may have been sent: look into the chat in ChakraHQ. To send it once more, "
            "clear the task with resend=True, or delete its entry in the task's state and clear the task."
        )

    def begin(self) -> None:
        """Remember that the message is about to be sent."""
        self.since = datetime.now(UTC)
        self._write(_ABOUT_TO_SEND)

    def done(self, wamid: str) -> None:
        """
        Remember that it was sent.

        :param wamid: its id.
        """
        try:
            self._write(_SENT, wamid=wamid)
        except Exception:
            # It was sent: to fail now could only send it once more.
            log.exception("The %s was sent as %s, but that could not be remembered", self._label, wamid)

    def forget(self) -> None:
        """Forget it, as it was surely not sent."""
        try:
            self._store.delete(self._key)
        except Exception:
            # What was refused is the better thing to tell; the next try will be in doubt.
            log.exception("That the %s was not sent could not be remembered", self._label)

    def _write(self, state: str, **fields: str) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        entry = {"state": state, "message": self._label, "at": now, "series": self._series, **fields}
        self._store.set(self._key, entry)


class Notes:
    """
    What a task did so far, taken down for its next try.

    :param store: where to keep it.
    :param context: Airflow's context.
    :param identity: what the notes are about, as JSON knows it; only a digest of it is kept.
    """

    def __init__(self, store: Store, context: Context, identity: Any) -> None:
        self._store = store
        self._key = f"chakra_{_digest(['notes', identity])}"
        self._series = getattr(context.get("ti"), "max_tries", None)

    def read(self, *, resend: bool) -> dict[str, Any] | None:
        """
        Give what was written last.

        :param resend: whether the task, if it was cleared since, does it all once more.
        :return: the notes; ``None`` if there are none.
        """
        entry = self._store.get(self._key)
        if not isinstance(entry, Mapping) or (resend and entry.get("series") != self._series):
            return None
        return cast("dict[str, Any] | None", entry.get("notes"))

    def write(self, notes: dict[str, Any]) -> None:
        """
        Keep what is to be known.

        :param notes: it, as JSON knows it.
        """
        try:
            self._store.set(self._key, {"state": "notes", "series": self._series, "notes": notes})
        except Exception:
            # Each message has an entry of its own, so that nothing is sent twice.
            log.exception("What was done so far could not be remembered")


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:40]
