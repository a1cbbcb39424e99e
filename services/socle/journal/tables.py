"""The schema ``journal``: an exchange is one row; the rules it broke are listed apart, to be found by."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

METADATA = MetaData()

exchange = Table(
    "exchange",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False),
    Column("workspace", String(40), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("service", String(40), nullable=False),
    Column("operation", String(120), nullable=False),
    # microseconds since 1970, UTC
    Column("received_us", BigInteger, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("status", Integer, nullable=False),
    Column("code", Text),
    Column("subject", Text),
    Column("finess", String(9)),
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
    Column("rule", String(120), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Index("ix_broken_rule_seq", "seq"),
)
