"""The tables every service's schema has: the outbox (D2), where its relay stands, and blobs (D15)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import DDL, BigInteger, Column, Connection, Index, Integer, LargeBinary, MetaData, Table, Text, event


@dataclass(frozen=True, slots=True)
class Common:
    """The common tables of one schema."""

    outbox: Table
    """Events, written with the state they tell of. ``position`` orders the relay's reading and is never published;
    ``sequence`` and ``log_offset`` are NULL until the relay has given them."""
    outbox_held: Table
    """Events that a fault rule holds back (D10), written with their act; from ``due`` on (microseconds since 1970) the
    relay puts them in the outbox, as if they had been committed then."""
    relay_head: Table
    """What the relay gives next. ``source`` ≠ '': the next sequence of (source, topic, partition); ``source`` = '':
    the next log offset of (topic, partition); ('', '', 0): the outbox position up to which all is sequenced (SQLite);
    ``source`` = 'published': the first log offset that a broker is not known to have."""
    blob: Table
    """Contents by SHA-256; ``data`` is NULL when the content lies in a file of the blob folder, or on PostgreSQL in
    ``blob_chunk``, which exists there only, as does the outbox's column ``xid``. ``condemned``: since when no row is
    known to refer to it (microseconds since 1970); whoever keeps the content sets it back to NULL."""


def common(metadata: MetaData) -> Common:
    """Declare the common tables in a service's metadata, once; gives them back when they are already there."""
    if "outbox" not in metadata.tables:
        _declare(metadata)
    tables = metadata.tables
    return Common(tables["outbox"], tables["outbox_held"], tables["relay_head"], tables["blob"])


def create_common_v1(bind: Connection) -> None:
    """Create the common tables as of version 1: the first lines of a service's first revision.

    ``create_common_v1(op.get_bind())``. A later change to them comes as another function with its own number.
    """
    metadata = MetaData()
    _declare(metadata)
    if bind.dialect.name == "postgresql":
        blob_chunk(metadata)
    metadata.create_all(bind, checkfirst=False)


def drop_common_v1(bind: Connection) -> None:
    """Undo :func:`create_common_v1`."""
    metadata = MetaData()
    _declare(metadata)
    if bind.dialect.name == "postgresql":
        blob_chunk(metadata)
    metadata.drop_all(bind, checkfirst=False)


BIG_KEY = BigInteger().with_variant(Integer, "sqlite")
"""A key that the database counts up: 64 bits everywhere; SQLite does that for its own ``INTEGER`` only."""


def blob_chunk(metadata: MetaData) -> Table:
    """The pieces of large contents, on PostgreSQL."""
    table = Table(
        "blob_chunk",
        metadata,
        Column("sha256", Text, primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("data", LargeBinary, nullable=False),
    )
    # most large contents are compressed already: trying again costs time and gains nothing
    as_it_is = DDL("ALTER TABLE %(fullname)s ALTER COLUMN data SET STORAGE EXTERNAL")  # type: ignore[no-untyped-call]
    event.listen(table, "after_create", as_it_is)
    return table


def _event_columns() -> tuple[Column[Any], ...]:
    return (
        Column("id", Text, nullable=False),
        Column("source", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("key", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("time", Text, nullable=False),
        Column("recorded", BigInteger, nullable=False),
        Column("traceparent", Text),
        Column("data", LargeBinary, nullable=False),
        Column("epoch", Integer, nullable=False),
    )


def _declare(metadata: MetaData) -> None:
    outbox = Table(
        "outbox",
        metadata,
        Column("position", BIG_KEY, primary_key=True),
        *_event_columns(),
        Column("sequence", BigInteger),
        Column("log_offset", BigInteger),
        # a position must never be used twice, even after rows were removed: the relay reads on from the last one
        sqlite_autoincrement=True,
    )
    sequenced = outbox.c.log_offset.is_not(None)
    Index(
        "outbox_log",
        outbox.c.topic,
        outbox.c.partition,
        outbox.c.log_offset,
        unique=True,
        sqlite_where=sequenced,
        postgresql_where=sequenced,
    )
    # one workspace's events, to show them and, when their epoch is over, to remove them
    Index("outbox_told", outbox.c.source, outbox.c.epoch, outbox.c.position)
    # Who wrote a row: the relay reads only what no transaction still running can precede (D2).
    xid = DDL("ALTER TABLE %(fullname)s ADD COLUMN xid xid8 DEFAULT pg_current_xact_id()")  # type: ignore[no-untyped-call]
    event.listen(outbox, "after_create", xid.execute_if(dialect="postgresql"))
    waiting = DDL("CREATE INDEX outbox_waiting ON %(fullname)s (position) WHERE log_offset IS NULL")  # type: ignore[no-untyped-call]
    event.listen(outbox, "after_create", waiting.execute_if(dialect="postgresql"))
    held = Table("outbox_held", metadata, Column("number", BIG_KEY, primary_key=True), *_event_columns())
    held.append_column(Column("due", BigInteger, nullable=False, index=True))
    Table(
        "relay_head",
        metadata,
        Column("source", Text, primary_key=True),
        Column("topic", Text, primary_key=True),
        Column("partition", Integer, primary_key=True, autoincrement=False),
        Column("next", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    Table(
        "blob",
        metadata,
        Column("sha256", Text, primary_key=True),
        Column("size", BigInteger, nullable=False),
        Column("data", LargeBinary),
        Column("condemned", BigInteger),
    )
