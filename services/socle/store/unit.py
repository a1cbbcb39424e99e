"""The unit of work on SQLite: what one act may do inside the writer's transaction."""

import sqlite3
import time as system_time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Executable, LargeBinary, Text, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import CursorResult
from sqlalchemy.sql.schema import MetaData

from socle.blobs import Blob
from socle.bus.partition import partition_for
from socle.events.codec import encode_data, source_of
from socle.events.model import TYPE_PREFIX, EventData
from socle.events.topics import TOPICS
from socle.exchange import new_id
from socle.store.blobs import INLINE_LIMIT, BlobFolder
from socle.store.hot import Hot, hot
from socle.store.port import HotStatement
from socle.store.tables import common

_TABLES = common(MetaData())
_EVENT_COLUMNS = (
    "id",
    "source",
    "type",
    "topic",
    "partition",
    "key",
    "subject",
    "time",
    "recorded",
    "traceparent",
    "data",
)
_EVENTS_AT_ONCE = 32

EventRow = tuple[str, str, str, str, int, str, str, str, int, str | None, bytes]
"""An event's values, in the order of the outbox's columns."""


@cache
def _insert_events(count: int) -> str:
    row = f"({', '.join('?' * len(_EVENT_COLUMNS))})"
    return f"INSERT INTO outbox ({', '.join(_EVENT_COLUMNS)}) VALUES {', '.join([row] * count)}"  # noqa: S608


def write_events(raw: sqlite3.Connection, events: Sequence[EventRow]) -> None:
    """Put events in the outbox, in their order, with few statements: each one costs a change of thread under load."""
    for start in range(0, len(events), _EVENTS_AT_ONCE):
        some = events[start : start + _EVENTS_AT_ONCE]
        raw.execute(_insert_events(len(some)), list(chain.from_iterable(some)))


_HAS_BLOB = hot(select(_TABLES.blob.c.size).where(_TABLES.blob.c.sha256 == bindparam("sha256", type_=Text)))
_KEEP = hot(
    upsert(_TABLES.blob)
    .values(sha256=bindparam("sha256"), size=bindparam("size"), data=bindparam("data", type_=LargeBinary))
    .on_conflict_do_nothing()
)


Claim = Callable[[str, str], None]
"""Called with (service, topic) before each event; raises when the topic is another service's."""


class SqliteUnitOfWork:
    """One act. See :class:`socle.store.port.UnitOfWork` for what each method promises.

    Its savepoint is set when it first touches the database; its events are written by the writer, at the group's end.
    """

    __slots__ = ("_blobs", "_claim", "_core", "_raw", "_service", "events", "touched")

    def __init__(
        self,
        raw: sqlite3.Connection,
        core: Connection,
        service: str,
        blobs: BlobFolder,
        claim: "Claim",
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

    def hot_many(self, statement: HotStatement, rows: Sequence[Mapping[str, Any]]) -> None:
        assert isinstance(statement, Hot)
        statement.run_many(self._database(), rows)

    def lock(self, *names: str, shared: bool = False) -> None:
        """One writer: every act excludes every other already."""

    def keep(self, blob: Blob) -> str:
        raw = self._database()
        if blob.size > INLINE_LIMIT:
            if not _HAS_BLOB.run(raw, {"sha256": blob.sha256}):
                self._blobs.adopt(blob)
                _KEEP.run(raw, {"sha256": blob.sha256, "size": blob.size, "data": None})
        else:
            # not asked for before: a content is rarely there already, and each statement may cost a change of thread
            _KEEP.run(raw, {"sha256": blob.sha256, "size": blob.size, "data": blob.read()})
        if blob.path is not None and blob.path != self._blobs.path(blob.sha256):  # what was read back stays where it is
            blob.path.unlink(missing_ok=True)
        return blob.sha256

    def emit(
        self,
        data: EventData,
        *,
        subject: str,
        time: datetime,
        event_id: str | None = None,
        traceparent: str | None = None,
    ) -> str:
        if time.tzinfo is None:
            raise ValueError("an event's time needs a time zone")
        event_id = event_id or new_id()
        key = data.partition_key
        topic = data.TOPIC
        self._claim(self._service, topic)
        self.events.append(
            (
                event_id,
                source_of(self._service, data.workspace),
                TYPE_PREFIX + data.TYPE,
                topic,
                partition_for(key, TOPICS[topic].partitions),
                key,
                subject,
                time.isoformat(),
                system_time.time_ns() // 1000,
                traceparent,
                encode_data(data),
            )
        )
        return event_id
