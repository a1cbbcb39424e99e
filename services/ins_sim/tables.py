"""INSi's tables: demands of batch verification, by their outcomes alone; nobody's number or traits (D11)."""

from typing import Final

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

from socle.store.tables import common
from socle.store.types import Instant

METADATA: Final = MetaData()
common(METADATA)

DEMAND: Final = Table(
    "verification_demand",
    METADATA,
    Column("workspace", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("number", Text, primary_key=True),
    Column("reference", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("ready_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("forgotten_at", Instant, nullable=False),
    Column("outcomes", LargeBinary),
    UniqueConstraint("workspace", "epoch", "reference", name="verification_demand_reference"),
    sqlite_with_rowid=False,
)
"""``reference`` and ``fingerprint``: hashes. ``outcomes``: JSON, a list of [rank, code, label]; NULL once expired. All
instants are by the workspace's clock; from ``forgotten_at`` on the row itself may go."""
