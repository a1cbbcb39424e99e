"""Contents in PostgreSQL (D15): small ones in their row, large ones in rows of one piece each, never whole in memory.

They commit with the act that keeps them, so that none is ever without an owner.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from functools import cache, partial
from operator import attrgetter
from typing import TYPE_CHECKING

from sqlalchemy import Connection, LargeBinary, Text, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.schema import MetaData

from socle.blobs import Blob, BlobRef
from socle.store.blob_cache import BlobCache
from socle.store.hot import hot, hot_rows
from socle.store.tables import blob_chunk, common

if TYPE_CHECKING:
    from socle.store.port import Store, UnitOfWork

CHUNK = 256 * 1024
"""Bytes of one piece."""
_BLOB = common(MetaData()).blob
_CHUNK = blob_chunk(MetaData())
_KEEP = upsert(_BLOB).values(
    sha256=bindparam("sha256"), size=bindparam("size"), data=bindparam("data", type_=LargeBinary)
)
_SPARE = hot(
    update(_BLOB)
    .where(_BLOB.c.sha256 == bindparam("of", type_=Text), _BLOB.c.condemned.is_not(None))
    .values(condemned=None)
)
"""First of all: either the content stays from then on, or it has gone and is stored anew (see ``socle.sweep``)."""
_KEEP_LARGE = hot(_KEEP.on_conflict_do_nothing().returning(_BLOB.c.size))
_KEEP_PIECE = hot(
    upsert(_CHUNK)
    .values(sha256=bindparam("sha256"), number=bindparam("number"), data=bindparam("data", type_=LargeBinary))
    .returning(_CHUNK.c.number)
)
"""RETURNING makes the driver wait for each piece: sent unawaited, all of them would gather in memory."""
_FIND = hot(select(_BLOB.c.size, _BLOB.c.data).where(_BLOB.c.sha256 == bindparam("sha256", type_=Text)))
_PIECE = hot(
    select(_CHUNK.c.data).where(
        _CHUNK.c.sha256 == bindparam("sha256", type_=Text),
        _CHUNK.c.number == bindparam("number", type_=_CHUNK.c.number.type),
    )
)


@cache
def keep_small(count: int) -> str:
    """The statement that keeps so many small contents (:func:`small_rows`), in the same order: spared, then stored.

    The count is what makes PostgreSQL do the first before the second.
    """
    names, rows = ", ".join(["%s"] * count), ", ".join(["(%s::text, %s::bigint, %s::bytea)"] * count)
    return f"""
        WITH spared AS (
            UPDATE blob SET condemned = NULL WHERE sha256 IN ({names}) AND condemned IS NOT NULL RETURNING 1
        )
        INSERT INTO blob (sha256, size, data)
        SELECT given.* FROM (VALUES {rows}) AS given, (SELECT count(*) FROM spared) AS first ON CONFLICT DO NOTHING
    """  # noqa: S608


def small_rows(blobs: Sequence[Blob]) -> list[object]:
    """Its parameters; always in one order, so that acts that keep the same contents wait for each other."""
    ordered = sorted(blobs, key=attrgetter("sha256"))
    values = [value for blob in ordered for value in (blob.sha256, blob.size, blob.read())]
    return [*(blob.sha256 for blob in ordered), *values]


def keep_large(uow: "UnitOfWork", blob: Blob) -> None:
    """Store a content within an act, unless it is stored already; its spool file is left where it is."""
    uow.hot_many(_SPARE, [{"of": blob.sha256}])
    if uow.hot(_KEEP_LARGE, {"sha256": blob.sha256, "size": blob.size, "data": None}):
        for number, piece in enumerate(_pieces(blob)):
            uow.hot(_KEEP_PIECE, {"sha256": blob.sha256, "number": number, "data": piece})


def _pieces(blob: Blob) -> Iterator[bytes]:
    if blob.data is not None:
        yield from (blob.data[start : start + CHUNK] for start in range(0, blob.size, CHUNK))
        return
    assert blob.path is not None
    with blob.path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


class PostgresBlobs:
    """See :class:`socle.store.port.BlobStore`."""

    def __init__(self, store: "Store", cache: BlobCache) -> None:
        self._store = store
        self._cache = cache

    async def find(self, sha256: str) -> Blob | None:
        return await self._store.read(lambda connection: self._find(connection, sha256))

    def _find(self, connection: Connection, sha256: str) -> Blob | None:
        found = _row(connection, sha256)
        if found is None:
            return None
        size, data = found
        path = None if data is not None else self._cache.file(sha256, _stored(connection, sha256))
        return Blob(sha256, size, data=data, path=path)

    async def read(self, sha256: str) -> bytes:
        return await self._store.read(lambda connection: whole(connection, sha256))

    def read_blocking(self, ref: BlobRef) -> bytes | None:
        """The whole content, or None when it is not stored here; for threads without an event loop."""
        try:
            return self._store.read_blocking(lambda connection: whole(connection, ref.sha256))
        except KeyError:
            return None

    async def stream(self, sha256: str, chunk: int = CHUNK) -> AsyncIterator[bytes]:
        found = await self._store.read(lambda connection: _row(connection, sha256))
        if found is None:
            raise KeyError(sha256)
        size, data = found
        if data is not None:
            yield data
            return
        for number in range(-(-size // CHUNK)):
            piece = await self._store.read(partial(_piece, sha256=sha256, number=number))
            for start in range(0, len(piece), chunk):
                yield piece[start : start + chunk]


def _row(connection: Connection, sha256: str) -> tuple[int, bytes | None] | None:
    """Size, and the content if it is small."""
    rows = hot_rows(connection, _FIND, {"sha256": sha256})
    return (rows[0][0], rows[0][1]) if rows else None


def _piece(connection: Connection, sha256: str, number: int) -> bytes:
    rows = hot_rows(connection, _PIECE, {"sha256": sha256, "number": number})
    if not rows:
        raise KeyError(sha256)
    piece: bytes = rows[0][0]
    return piece


def _stored(connection: Connection, sha256: str) -> Iterator[bytes]:
    """The pieces of a large content."""
    found = _row(connection, sha256)
    if found is None:
        raise KeyError(sha256)
    return (_piece(connection, sha256, number) for number in range(-(-found[0] // CHUNK)))


def whole(connection: Connection, sha256: str) -> bytes:
    """A content of the schema that ``connection`` is in. Raises ``KeyError`` when it is not stored."""
    found = _row(connection, sha256)
    if found is None:
        raise KeyError(sha256)
    return found[1] if found[1] is not None else b"".join(_stored(connection, sha256))
