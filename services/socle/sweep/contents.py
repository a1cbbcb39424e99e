"""Contents that no row refers to any more: condemned in one round, removed in a later one if not kept again meanwhile.

An act under way may be about to refer to a content that it found stored. Keeping a content lifts its sentence, before
anything else; and what is condemned stays for longer than any act takes. So none goes that a committed row refers to.
"""

import time
from collections.abc import Sequence

from sqlalchemy import BigInteger, Connection, MetaData, Table, Text, bindparam, delete, except_, select, update

from socle.store.port import UnitOfWork
from socle.store.tables import blob_chunk, common
from socle.sweep.scopes import scoped_tables

REFERENCE = "sha256"
"""Columns of this name refer to contents."""
_BLOB = common(MetaData()).blob
_CHUNK = blob_chunk(MetaData())
_CONDEMN = (
    update(_BLOB)
    .where(_BLOB.c.sha256 == bindparam("of", type_=Text), _BLOB.c.condemned.is_(None))
    .values(condemned=bindparam("now", type_=BigInteger))
)


def referring(metadata: MetaData) -> list[Table]:
    """Tables whose rows refer to contents."""
    return [table for table in scoped_tables(metadata) if REFERENCE in table.c]


def unreferred(connection: Connection, metadata: MetaData, count: int) -> list[str]:
    """Up to ``count`` contents that no committed row refers to. Reads all references."""
    tables = referring(metadata)
    if not tables:
        return []
    stored = except_(select(_BLOB.c.sha256), *(select(table.c[REFERENCE]) for table in tables)).subquery()
    return list(connection.execute(select(stored.c.sha256).limit(count)).scalars())


def remove(uow: UnitOfWork, found: Sequence[str], patience: float) -> list[str]:
    """Of contents that were found unreferred: remove those condemned ``patience`` seconds ago, condemn the others.

    Gives what was removed; a file of it is left, see :meth:`socle.store.blobs.BlobFolder.drop`.
    """
    now = time.time_ns() // 1000
    ripe = (_BLOB.c.sha256.in_(found), _BLOB.c.condemned <= now - round(patience * 1_000_000))
    gone = list(uow.execute(delete(_BLOB).where(*ripe).returning(_BLOB.c.sha256)).scalars())
    if gone and uow.dialect == "postgresql":
        uow.execute(delete(_CHUNK).where(_CHUNK.c.sha256.in_(gone)))
    left = sorted(set(found) - set(gone))
    if left:
        uow.execute(_CONDEMN, [{"of": sha256, "now": now} for sha256 in left])
    return gone
