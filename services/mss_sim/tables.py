"""The tables of MSSanté: messages, and the boxes they lie in."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, Table, Text

from socle.archive.values import ANEW
from socle.store import Instant, common

METADATA: Final = MetaData()
common(METADATA)

POSITION: Final = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column that is called INTEGER."""

MESSAGE: Final = Table(
    "message",
    METADATA,
    Column("position", POSITION, primary_key=True),
    Column("ordinal", BigInteger, info={ANEW: True}),
    Column("ref", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("exchange_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mail_from", Text, nullable=False),
    Column("recipients", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("message_id", Text),
    Column("nil", Text),
    Column("accepted_at", Instant, nullable=False),
    Column("description", Text, nullable=False),
    Column("findings", Text, nullable=False),
    Column("subject_folded", Text, nullable=False),
    Column("searched", Text, nullable=False),
)
Index("message_by_ref", MESSAGE.c.ref, MESSAGE.c.workspace, MESSAGE.c.epoch, unique=True)
"""``kind`` is ``mail`` or ``report``; ``recipients``, ``description`` and ``findings`` are JSON. ``ordinal`` is the
place in the order of the workspace, once there is one (see ``order``); none on SQLite. ``subject_folded`` and
``searched`` (subject, sender, recipients, Message-ID) are what searches look into, case folded here, since each
database folds case in its own way."""
STORED: Final = tuple(column.name for column in MESSAGE.columns if column.name not in ("position", "ordinal"))
"""What is said of a message when it is stored; the rest is given later, or by the database."""
for _column, _there in (
    (MESSAGE.c.ordinal, MESSAGE.c.ordinal.is_not(None)),
    (MESSAGE.c.position, MESSAGE.c.ordinal.is_(None)),
):
    Index(
        f"message_by_{_column.name}",
        MESSAGE.c.workspace,
        MESSAGE.c.epoch,
        _column,
        sqlite_where=_there,
        postgresql_where=_there,
    )
"""Each mail is in one of them: on SQLite always in the second; on PostgreSQL there until it has its place."""

DELIVERY: Final = Table(
    "delivery",
    METADATA,
    Column("position", POSITION, ForeignKey("message.position"), primary_key=True, autoincrement=False),
    Column("ordinal", BigInteger, info={ANEW: True}),
    Column("address", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""A message in a box, and its ordinal. What bounced has no row here; the message's ``recipients`` tell it."""
Index("delivery_by_box", DELIVERY.c.workspace, DELIVERY.c.epoch, DELIVERY.c.address, DELIVERY.c.position)
_PLACED = DELIVERY.c.ordinal.is_not(None)
Index(
    "delivery_by_ordinal",
    DELIVERY.c.workspace,
    DELIVERY.c.epoch,
    DELIVERY.c.address,
    DELIVERY.c.ordinal,
    sqlite_where=_PLACED,
    postgresql_where=_PLACED,
)
