"""The unit of work on SQLite: what one act may do inside the writer's transaction."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Executable, LargeBinary, Text, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import CursorResult
from sqlalchemy.sql.schema import MetaData

from socle.blobs import Blob
from socle.events.model import EventData
from socle.store.blobs import INLINE_LIMIT, KEPT_AT_ONCE, BlobFolder
from socle.store.held import hold
from socle.store.hot import Hot, hot
from socle.store.outbox import EVENTS_AT_ONCE, Claim, EventRow, event_row, insert_events
from socle.store.port import HotStatement, Row
from socle.store.tables import common

_TABLES = common(MetaData())


def write_events(raw: sqlite3.Connection, events: Sequence[EventRow]) -> None:
    """Put events in the outbox, in their order, with few statements: each one costs a change of thread under load."""
    for start in range(0, len(events), EVENTS_AT_ONCE):
        some = events[start : start + EVENTS_AT_ONCE]
        raw.execute(insert_events(len(some), "?"), list(chain.from_iterable(some)))


_HAS_BLOB = hot(select(_TABLES.blob.c.size).where(_TABLES.blob.c.sha256 == bindparam("sha256", type_=Text)))


@cache
def _keep(count: int) -> Hot:
    """The statement that keeps so many contents."""
    rows = [
        {
            "sha256": bindparam(f"sha256{row}"),
            "size": bindparam(f"size{row}"),
            "data": bindparam(f"data{row}", type_=LargeBinary),
        }
        for row in range(count)
    ]
    return hot(
        upsert(_TABLES.blob)
        .values(rows)
        .on_conflict_do_update(
            index_elements=["sha256"], set_={"condemned": None}, where=_TABLES.blob.c.condemned.is_not(None)
        )
    )


class SqliteUnitOfWork:
    """One act. See :class:`socle.store.port.UnitOfWork` for what each method promises.

    Its savepoint is set when it first touches the database; its events are written by the writer, at the group's end.
    """

    dialect = "sqlite"
    __slots__ = ("_blobs", "_claim", "_core", "_raw", "_service", "events", "touched")

    def __init__(
        self,
        raw: sqlite3.Connection,
        core: Connection,
        service: str,
        blobs: BlobFolder,
        claim: Claim,
        *,
        touched: bool,
    ) -> None:
        self._raw = raw
        self._core = core
        self._service = service
        self._blobs = blobs
        self._claim = claim
        self.events: list[EventRow] = []
        """What the act emitted, to be written with the group."""
        self.touched = touched
        """Whether there is a savepoint, or none is needed."""

    def _database(self) -> sqlite3.Connection:
        if not self.touched:
            self._raw.execute("SAVEPOINT act")
            self.touched = True
        return self._raw

    @property
    def connection(self) -> Connection:
        self._database()
        return self._core

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        result = self.connection.execute(statement, parameters)
        assert isinstance(result, CursorResult)
        return result

    def hot(self, statement: HotStatement, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        assert isinstance(statement, Hot)
        return statement.run(self._database(), parameters)

    def hot_many(self, statement: HotStatement, rows: Sequence[Row]) -> None:
        assert isinstance(statement, Hot)
        statement.run_many(self._database(), rows)

    def lock(self, *names: str, shared: bool = False) -> None:
        """One writer: every act excludes every other already."""

    def keep(self, *blobs: Blob) -> None:
        raw = self._database()
        for blob in blobs:
            if blob.size > INLINE_LIMIT and not _HAS_BLOB.run(raw, {"sha256": blob.sha256}):
                self._blobs.adopt(blob)
        # small ones are not asked for before: a content is rarely there already, and each statement may cost a change
        # of thread
        for start in range(0, len(blobs), KEPT_AT_ONCE):
            some = blobs[start : start + KEPT_AT_ONCE]
            values: dict[str, object] = {}
            for row, blob in enumerate(some):
                values[f"sha256{row}"], values[f"size{row}"] = blob.sha256, blob.size
                values[f"data{row}"] = blob.read() if blob.size <= INLINE_LIMIT else None
            _keep(len(some)).run(raw, values)
        for blob in blobs:
            if blob.path is not None and blob.path != self._blobs.path(blob.sha256):  # what was read back stays
                blob.path.unlink(missing_ok=True)

    def emit(
        self,
        data: EventData,
        *,
        subject: str,
        time: datetime,
        event_id: str | None = None,
        traceparent: str | None = None,
        delay: float = 0.0,
    ) -> str:
        self._claim(self._service, data.TOPIC)
        row = event_row(self._service, data, subject=subject, time=time, event_id=event_id, traceparent=traceparent)
        if delay:
            hold(self, row, delay)
        else:
            self.events.append(row)
        return row[0]
