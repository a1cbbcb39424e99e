"""The unit of work on SQLite: what one act may do inside the writer's transaction."""

import sqlite3
import time as system_time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, LargeBinary, Text, bindparam, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert
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
_EMIT = hot(
    insert(_TABLES.outbox).values(
        {
            name: bindparam(name)
            for name in (
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
        }
    )
)
_HAS_BLOB = hot(select(_TABLES.blob.c.size).where(_TABLES.blob.c.sha256 == bindparam("sha256", type_=Text)))
_KEEP = hot(
    upsert(_TABLES.blob)
    .values(sha256=bindparam("sha256"), size=bindparam("size"), data=bindparam("data", type_=LargeBinary))
    .on_conflict_do_nothing()
)


Claim = Callable[[str, str], None]
"""Called with (service, topic) before each event; raises when the topic is another service's."""


class SqliteUnitOfWork:
    """One act. See :class:`socle.store.port.UnitOfWork` for what each method promises."""

    __slots__ = ("_blobs", "_claim", "_connection", "_raw", "_service", "emitted")

    def __init__(
        self, raw: sqlite3.Connection, connection: Connection, service: str, blobs: BlobFolder, claim: "Claim"
    ) -> None:
        self._raw = raw
        self._connection = connection
        self._service = service
        self._blobs = blobs
        self._claim = claim
        self.emitted = 0
        """How many events the act put in the outbox."""

    @property
    def connection(self) -> Connection:
        return self._connection

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        result = self.connection.execute(statement, parameters)
        assert isinstance(result, CursorResult)
        return result

    def hot(self, statement: HotStatement, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        assert isinstance(statement, Hot)
        return statement.run(self._raw, parameters)

    def hot_many(self, statement: HotStatement, rows: Sequence[Mapping[str, Any]]) -> None:
        assert isinstance(statement, Hot)
        statement.run_many(self._raw, rows)

    def keep(self, blob: Blob) -> str:
        if _HAS_BLOB.run(self._raw, {"sha256": blob.sha256}):
            if blob.path is not None:
                blob.path.unlink(missing_ok=True)
            return blob.sha256
        data: bytes | None = None
        if blob.size <= INLINE_LIMIT:
            data = blob.read()
            if blob.path is not None:
                blob.path.unlink(missing_ok=True)
        else:
            self._blobs.adopt(blob)
        _KEEP.run(self._raw, {"sha256": blob.sha256, "size": blob.size, "data": data})
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
        _EMIT.run(
            self._raw,
            {
                "id": event_id,
                "source": source_of(self._service, data.workspace),
                "type": TYPE_PREFIX + data.TYPE,
                "topic": topic,
                "partition": partition_for(key, TOPICS[topic].partitions),
                "key": key,
                "subject": subject,
                "time": time.isoformat(),
                "recorded": system_time.time_ns() // 1000,
                "traceparent": traceparent,
                "data": encode_data(data),
            },
        )
        self.emitted += 1
        return event_id
