"""The schema ``journal``: an exchange is a narrow row to be searched by, and a wide one with what it holds.

A search reads every narrow row of a workspace: kept together and without bodies, 100,000 are read in some 50 ms."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from socle.store.migrate import PAGE_SIZE

METADATA = MetaData(info={PAGE_SIZE: 16_384})
"""A page of SQLite's own 4 KB holds one exchange; with it the writer took 36 µs for a look-up's, with this one 21."""

exchange = Table(
    "exchange",
    METADATA,
    Column("workspace", Text, primary_key=True),
    # given in the order of commits: whoever has read up to one never misses another that comes late
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("service", Text, nullable=False),
    Column("operation", Text, nullable=False),
    # microseconds since 1970, UTC
    Column("received_us", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("code", Text),
    Column("subject", Text),
    Column("finess", Text),
    # of bodies in place, both directions
    Column("size", Integer, nullable=False),
    # findings of each severity
    Column("errors", Integer, nullable=False),
    Column("warnings", Integer, nullable=False),
    # id of the fault rule that was applied
    Column("fault", Text),
    # all that a text search looks at, in lower case
    Column("sought", Text, nullable=False),
    Index("ix_exchange_id", "id", unique=True),
    # SQLite keeps the rows of a workspace together
    sqlite_with_rowid=False,
)

content = Table(
    "content",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    # to find the narrow row of a number
    Column("workspace", Text, nullable=False),
    # JSON: everything else
    Column("detail", LargeBinary, nullable=False),
    # bytes in place; last, so that lists do not read them
    Column("request", LargeBinary, nullable=False),
    Column("response", LargeBinary, nullable=False),
)

broken_rule = Table(
    "broken_rule",
    METADATA,
    Column("rule", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Index("ix_broken_rule_seq", "seq"),
)

head = Table(
    "head",
    METADATA,
    # one row; a writer that took numbers from it makes all others wait until it has committed
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("next_seq", BigInteger, nullable=False),
)

kept = Table(
    "kept",
    METADATA,
    # what ``exchange`` holds of each workspace, moved with it by every writer: it bounds the journal
    Column("workspace", Text, primary_key=True),
    Column("exchanges", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)
