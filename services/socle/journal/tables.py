"""The schema ``journal``: an exchange is one row; the rules it broke are listed apart, to be found by."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

METADATA = MetaData()

exchange = Table(
    "exchange",
    METADATA,
    # given in the order of commits: whoever has read up to one never misses another that comes late
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("workspace", Text, nullable=False),
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
    # JSON: everything else
    Column("detail", LargeBinary, nullable=False),
    # bytes in place; last, so that lists do not read them
    Column("request", LargeBinary, nullable=False),
    Column("response", LargeBinary, nullable=False),
    Index("ix_exchange_id", "id", unique=True),
    Index("ix_exchange_workspace", "workspace", "seq"),
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
