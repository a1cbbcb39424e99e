"""The schema ``control`` (D14). Every process of an installation opens the same one."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from socle.store.types import Instant

METADATA = MetaData()

workspace = Table(
    "workspace",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("epoch_since", Instant, nullable=False),
    # the highest ever given: a restore fills an epoch that nobody sees, and may fail
    Column("last_epoch", Integer, nullable=False),
    Column("strictness", String(20), nullable=False),
    Column("options", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    # written now and then, not at each act
    Column("last_used", Instant, nullable=False),
    Column("ttl_seconds", Integer),
    # a deleted workspace leaves its epoch behind: one made again under the same name must not see old data
    Column("deleted", Boolean, nullable=False),
    Column("clock_frozen_at", Instant),
    Column("clock_offset_us", BigInteger, nullable=False),
)

fault_rule = Table(
    "fault_rule",
    METADATA,
    # workspace first: two of them may choose the same id, and neither must see or move the other's rule
    Column("workspace", String(40), ForeignKey("workspace.name"), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("service", String(40)),
    Column("operation", String(120)),
    Column("point", String(20), nullable=False),
    Column("match", JSON, nullable=False),
    Column("nth", Integer, nullable=False),
    Column("times", Integer),
    Column("probability", Float),
    Column("effect", String(20), nullable=False),
    Column("latency_ms", Integer, nullable=False),
    Column("latency_p99_ms", Integer),
    Column("code", Text),
    Column("reason", Text, nullable=False),
    Column("share", Float),
    Column("bytes_per_second", BigInteger),
    Column("seconds", Float),
    Column("catalogue", String(64)),
    Column("seen", Integer, nullable=False),
    Column("fired", Integer, nullable=False),
)

population_item = Table(
    "population_item",
    METADATA,
    # '' is the common set; a workspace's rows add to it or replace
    Column("workspace", String(40), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    # read in order, however many they are
    Index("ix_population_item_position", "workspace", "position"),
)

snapshot = Table(
    "snapshot",
    METADATA,
    # archives of workspaces, kept here under a name
    Column("workspace", String(40), ForeignKey("workspace.name"), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("made_at", Instant, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
)

snapshot_piece = Table(
    "snapshot_piece",
    METADATA,
    Column("workspace", String(40), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

revoked = Table(
    "revoked",
    METADATA,
    # identifiers of access tokens, logins and sessions
    Column("workspace", String(40), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("until", Instant, nullable=False),
)

setting = Table(
    "setting",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
)

change = Table(
    "change",
    METADATA,
    # what the other processes must read again, numbered without a gap in the order of commits
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("scope", String(20), nullable=False),
    Column("workspace", String(40), nullable=False),
)
