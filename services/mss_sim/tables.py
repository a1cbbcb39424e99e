"""The tables of MSSanté: messages, and the boxes they lie in."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, Text

from socle.store import Instant, common

METADATA: Final = MetaData()
common(METADATA)

MESSAGE: Final = Table(
    "message",
    METADATA,
    Column("position", Integer, primary_key=True),
    Column("ref", Text, nullable=False, unique=True),
    Column("workspace", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("exchange_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("mail_from", Text, nullable=False),
    Column("recipients", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("message_id", Text),
    Column("nil", Text),
    Column("accepted_at", Instant, nullable=False),
    Column("description", Text, nullable=False),
    Column("findings", Text, nullable=False),
)
"""``kind`` is ``mail`` or ``report``; ``recipients``, ``description`` and ``findings`` are JSON. Positions grow in the
order of acceptance: the cursor of the API."""
Index("message_by_workspace", MESSAGE.c.workspace, MESSAGE.c.epoch, MESSAGE.c.position)

DELIVERY: Final = Table(
    "delivery",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("position", Integer, ForeignKey("message.position"), nullable=False),
    Column("workspace", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("address", Text, nullable=False),
)
"""A message in a box. What bounced has no row here; the message's ``recipients`` tell it."""
Index("delivery_by_box", DELIVERY.c.workspace, DELIVERY.c.epoch, DELIVERY.c.address, DELIVERY.c.position)
Index("delivery_by_message", DELIVERY.c.position)
