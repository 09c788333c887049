"""
Connections to a database that may be slow, locked, away, or silent.

https://www.postgresql.org/docs/current/libpq-connect.html (keepalives, tcp_user_timeout)
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import create_engine, func, select
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

#: Seconds to wait for a connection, for a lock and for a statement: who calls a webhook waits, too.
PATIENCE = 5
#: Seconds between two tries of what does not wait by itself.
_BETWEEN_TRIES = 0.05
# These know libpq's parameters; others refuse them.
_LIBPQ = ("psycopg2", "psycopg2cffi", "psycopg")

# Of one transaction. A server that is cut off in the middle of its turn must not keep the others waiting.
_LIMITS = select(
    *(
        func.set_config(name, f"{PATIENCE}s", True)
        for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    )
)


def make_engine(url: str, arguments: dict[str, Any] | None, *, connections: int) -> Engine:
    """
    Make an engine that waits for nothing longer than who calls a webhook does.

    :param url: the SQLAlchemy URL of the database. What it says of these waits counts.
    :param arguments: arguments for its driver, which count even more.
    :param connections: how many at most.
    """
    parsed = make_url(url)
    waits = {name: value for name, value in _waits(parsed).items() if name not in parsed.query}
    # Whoever waited for a row must see it as it is then, whatever the database's own default is.
    level = {"isolation_level": "READ COMMITTED"} if parsed.get_backend_name() == "postgresql" else {}
    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=PATIENCE,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={**waits, **(arguments or {})},
        hide_parameters=True,
        **level,
    )


def _waits(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"timeout": PATIENCE, "check_same_thread": False}
    if url.get_backend_name() == "mysql":
        return {"connect_timeout": PATIENCE}
    if url.get_driver_name() not in _LIBPQ:
        return {}
    return {
        "connect_timeout": PATIENCE,
        # A host, or a firewall, that goes away says nothing: its answer would be waited for for hours.
        "keepalives_idle": PATIENCE,
        "keepalives_interval": 1,
        "keepalives_count": PATIENCE,
        "tcp_user_timeout": 2000 * PATIENCE,
    }


@contextmanager
def begin(engine: Engine) -> Generator[Connection, None, None]:
    """
    Begin a transaction that waits for nothing too long, and commit it.

    :param engine: one of :func:`make_engine`'s.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(_LIMITS)
        yield connection


def use_wal(connection: Connection) -> None:
    """
    Let SQLite keep a log of writes, when nobody else writes.

    :param connection: to SQLite.
    """
    tries = round(PATIENCE / _BETWEEN_TRIES)
    for left in reversed(range(tries)):
        try:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        except OperationalError as error:
            # Of all statements, this is the one for which SQLite itself does not wait.
            if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY or not left:
                raise
            time.sleep(_BETWEEN_TRIES)
        else:
            return
