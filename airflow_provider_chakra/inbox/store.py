"""
The table that keeps events until every triggerer has read them.

Ids grow in the order in which transactions are committed: whoever has read up to one id has missed nothing
below it. Databases do not promise that by themselves, as a number may be drawn first and committed last. So
each transaction waits for its turn, which is the lock of a row; SQLite lets one write at a time anyway.

It runs on SQLite and PostgreSQL; MySQL was tried by hand only, as MariaDB.

https://www.postgresql.org/docs/current/explicit-locking.html (row-level locks) and
https://www.sqlite.org/autoinc.html (why ids of deleted rows must not come again)
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    cast,
    column,
    delete,
    func,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from airflow_provider_chakra.inbox.engine import begin, make_engine, use_wal
from airflow_provider_chakra.inbox.rows import LONGEST_WAMID, Row

#: Rows read at a time.
PAGE = 200
#: Rows deleted at a time, so that nobody waits long.
SWEEP = 5000


def _text(length: int) -> String:
    """Make a column's type: MySQL, too, shall tell A from a, as ids do."""
    return String(length).with_variant(mysql.VARCHAR(length, collation="utf8mb4_bin"), "mysql")


_METADATA = MetaData()
_INBOX = Table(
    "chakra_inbox",
    _METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("conn_id", _text(250), nullable=False),
    Column("key", _text(LONGEST_WAMID + 20), nullable=False),
    Column("customer", _text(200)),
    Column("wamid", _text(LONGEST_WAMID), nullable=False),
    Column("record", Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=False),
    Column("user_id", _text(200)),
    Column("reply_to", _text(LONGEST_WAMID)),
    Column("received_at", DateTime, nullable=False),
    # The key first: an index that begins with the connection makes SQLite read all of a connection's rows
    # for those beyond a place.
    UniqueConstraint("key", "conn_id", name="chakra_inbox_once"),
    # A customer may be known by a phone number here, and by a user id there.
    Index("chakra_inbox_customer", "customer"),
    Index("chakra_inbox_user_id", "user_id"),
    Index("chakra_inbox_wamid", "wamid"),
    Index("chakra_inbox_reply_to", "reply_to"),
    Index("chakra_inbox_received_at", "received_at"),
    sqlite_autoincrement=True,
)
_TURN = Table(
    "chakra_inbox_turn",
    _METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    # Kept here, as events may be deleted, the last ones too.
    Column("last_id", BigInteger, nullable=False),
)

# Rows as PostgreSQL takes them: as one parameter of one statement. A statement for each row would cost a way
# to the database and back for each, while all other servers wait for their turn.
_FIELDS = [field.name for field in _INBOX.columns if field.name != "id"]
_GIVEN = (
    func.json_to_recordset(cast(bindparam("rows", type_=Text), postgresql.JSON))
    .table_valued(*(column(name, _INBOX.c[name].type) for name in _FIELDS))
    .render_derived(name="given", with_types=True)
)


class Page(NamedTuple):
    """Some records, oldest first."""

    #: Up to where everything is read with this page.
    place: int
    #: Whether there is more than was read.
    more: bool
    records: list[str]


class Store:
    """
    The table. Each call blocks, and any may be made from any thread.

    :param url: the SQLAlchemy URL of the database.
    :param arguments: arguments for its driver.
    """

    def __init__(self, url: str, arguments: dict[str, Any] | None = None) -> None:
        # Connections of its own: a storm of webhooks must not take those that Airflow needs.
        self._engine = make_engine(url, arguments, connections=4)
        self._prepared = False

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def renew(self) -> None:
        """Take new connections from now on. This does not block."""
        pool = self._engine.pool
        self._engine.dispose(close=False)
        Thread(target=pool.dispose, daemon=True).start()

    def prepare(self) -> None:
        """
        Make the table, if it is not there.

        :raises sqlalchemy.exc.SQLAlchemyError: if that was not possible.
        """
        if self._prepared:
            return
        try:
            self._make()
        except DBAPIError:
            # Another server may be doing the same. If it was something else, it is so again.
            time.sleep(1)
            self._make()
        self._prepared = True

    def _make(self) -> None:
        with begin(self._engine) as connection:
            if connection.dialect.name == "sqlite":
                # As Airflow does with its own: who reads and who writes do not wait for each other.
                use_wal(connection)
                # The other threads and servers wait here until the table is whole.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            is_new = not inspect(connection).has_table(_INBOX.name)
            _METADATA.create_all(connection)
            if is_new:
                # Left by a table that was lost, the ids of which begin anew.
                connection.execute(update(_TURN).values(last_id=0))
            if connection.execute(self._insert(_TURN).values(id=1, last_id=0)).rowcount:
                _note_last_id(connection)

    def add(self, rows: Sequence[Row]) -> None:
        """
        Keep events, in one transaction. Those that are kept already are passed over.

        :param rows: the events.
        :raises sqlalchemy.exc.SQLAlchemyError: if they could not be kept; none of them is, then.
        """
        with self._transaction() as connection:
            connection.execute(select(_TURN.c.id).with_for_update()).one()
            now = _naive(datetime.now(UTC))
            fields = [{**row._asdict(), "received_at": now} for row in rows]
            if connection.dialect.name == "postgresql":
                insert = self._insert(_INBOX).from_select(_FIELDS, select(*_GIVEN.c), include_defaults=False)
                connection.execute(insert, {"rows": json.dumps(fields, default=datetime.isoformat)})
            else:
                connection.execute(self._insert(_INBOX), fields)
            _note_last_id(connection)

    def page(
        self,
        conn_id: str,
        after: int | None,
        *,
        customers: Collection[str] | None = None,
        wamids: Collection[str] | None = None,
    ) -> Page:
        """
        Read events.

        :param conn_id: the Airflow connection of which.
        :param after: the place up to which everything is read already; ``None`` asks for the present place.
        :param customers: only what is about them, known by their phone numbers or user ids,
        :param wamids: or about these messages, or answers them.
        :return: the events after the place; all of them if the place is beyond the last one that there ever
            was, as when the table was made anew.
        :raises sqlalchemy.exc.SQLAlchemyError: if that was not possible.
        """
        with self._transaction() as connection:
            # Asked first: what is committed after that has a higher id.
            place = connection.execute(select(_TURN.c.last_id)).scalar_one()
            if after is None:
                return Page(place, more=False, records=[])
            after = after if after <= place else 0
            wanted = (
                select(_INBOX.c.id, _INBOX.c.record)
                .where(_INBOX.c.conn_id == conn_id, _INBOX.c.id > after, _INBOX.c.id <= place)
                .order_by(_INBOX.c.id)
                .limit(PAGE)
            )
            if customers is not None or wamids is not None:
                asked = {"customer": customers, "user_id": customers, "wamid": wamids, "reply_to": wamids}
                wanted = wanted.where(
                    or_(*(_INBOX.c[name].in_(those or ()) for name, those in asked.items()))
                )
            found = connection.execute(wanted).all()
        more = len(found) == PAGE
        return Page(found[-1][0] if more else place, more, [record for _, record in found])

    def sweep(self, before: datetime) -> bool:
        """
        Delete old events, not too many at once.

        :param before: those that were received before that time.
        :return: whether there may be more of them.
        :raises sqlalchemy.exc.SQLAlchemyError: if that was not possible.
        """
        old = _INBOX.c.received_at < _naive(before)
        with self._transaction() as connection:
            ids = connection.execute(select(_INBOX.c.id).where(old).order_by(_INBOX.c.id).limit(SWEEP)).all()
            if ids:
                connection.execute(delete(_INBOX).where(old, _INBOX.c.id <= ids[-1][0]))
        return len(ids) == SWEEP

    @contextmanager
    def _transaction(self) -> Generator[Connection, None, None]:
        self.prepare()
        try:
            with begin(self._engine) as connection:
                yield connection
        except SQLAlchemyError:
            # A table, or its row, may be gone: it is looked for the next time.
            self._prepared = False
            raise

    def _insert(self, table: Table) -> Any:
        dialect = self._engine.dialect.name
        if dialect == "mysql":
            return table.insert().prefix_with("IGNORE")
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        return insert(table).on_conflict_do_nothing()


def _note_last_id(connection: Connection) -> None:
    """Note which id was the last one, within a turn: to take the turn after that would be a deadlock."""
    last = select(func.max(_INBOX.c.id)).scalar_subquery()
    connection.execute(update(_TURN).where(_TURN.c.last_id < last).values(last_id=last))


def _naive(moment: datetime) -> datetime:
    """Give a time as the table keeps it: UTC, and without a zone, which SQLite would not keep."""
    return moment.astimezone(UTC).replace(tzinfo=None)
