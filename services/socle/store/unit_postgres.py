"""The unit of work on PostgreSQL: one act, one transaction, as few round trips as it asks questions.

Statements go out in pipeline mode: what has no rows is not waited for, BEGIN included; the events and COMMIT leave
together with it. SQLAlchemy's own connection cannot work so, and waits for each statement.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Executable
from sqlalchemy.engine import CursorResult

from socle.blobs import Blob
from socle.events.model import EventData
from socle.store.blobs import INLINE_LIMIT, KEPT_AT_ONCE
from socle.store.blobs_postgres import keep_large, keep_small, small_rows
from socle.store.held import hold
from socle.store.hot import Hot
from socle.store.outbox import EVENTS_AT_ONCE, Claim, EventRow, event_row, insert_events
from socle.store.port import HotStatement, Row, StoreFailed
from socle.store.postgres_connect import Raw

_LOCK = "SELECT pg_advisory_xact_lock(name) FROM unnest(%s::bigint[]) AS name"
_LOCK_SHARED = "SELECT pg_advisory_xact_lock_shared(name) FROM unnest(%s::bigint[]) AS name"


def lock_key(schema: str, name: str) -> int:
    """The number that stands for a name: advisory locks are the whole database's and know numbers only."""
    digest = hashlib.blake2b(f"{schema}\0{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


class PostgresUnitOfWork:
    """One act. See :class:`socle.store.port.UnitOfWork` for what each method promises."""

    dialect = "postgresql"

    __slots__ = (
        "_claim",
        "_core",
        "_pinned",
        "_pipeline",
        "_raw",
        "_service",
        "committing",
        "events",
        "spooled",
    )

    def __init__(self, raw: Raw, core: Connection, service: str, claim: Claim) -> None:
        self._raw = raw
        self._core = core
        self._service = service
        self._claim = claim
        self._pipeline: AbstractContextManager[object] | None = None
        self._pinned = False
        """Whether the SQLAlchemy connection was given away: it may be used at any time from then on."""
        self.events: list[EventRow] = []
        self.spooled: list[Path] = []
        """Files whose content is kept: to be removed once the act has committed."""
        self.committing = False
        """Whether COMMIT is on its way: if the connection is lost now, nobody can tell what became of it."""

    def begin(self) -> None:
        """Begin the transaction; it goes out with the first question."""
        self._piped().execute("BEGIN")

    def commit(self) -> None:
        """Write the events and commit; raises when PostgreSQL did not."""
        if self._pipeline is None and self._raw.info.transaction_status is TransactionStatus.IDLE:
            raise StoreFailed("an act ended the transaction")
        self._pinned = False
        raw = self._piped()
        for start in range(0, len(self.events), EVENTS_AT_ONCE):
            some = self.events[start : start + EVENTS_AT_ONCE]
            raw.execute(insert_events(len(some), "%s"), list(chain.from_iterable(some)))
        answer = raw.execute("COMMIT")
        self.committing = True
        self._plain()
        if answer.statusmessage != "COMMIT":
            raise StoreFailed("the transaction was not committed: a statement of it had failed")

    def rollback(self) -> None:
        """Undo everything; never raises."""
        with suppress(psycopg.Error):
            self._plain()
        with suppress(psycopg.Error):
            if not self._raw.closed and self._raw.info.transaction_status is not TransactionStatus.IDLE:
                self._raw.rollback()  # the driver's own: it forgets statements whose preparation a failure skipped

    def _piped(self) -> Raw:
        """The driver in pipeline mode, unless the act holds the SQLAlchemy connection."""
        if self._pipeline is None and not self._pinned:
            self._pipeline = self._raw.pipeline()
            self._pipeline.__enter__()
        return self._raw

    def _plain(self) -> None:
        """Wait for all that was sent; raises its first error."""
        pipeline, self._pipeline = self._pipeline, None
        if pipeline is not None:
            pipeline.__exit__(None, None, None)

    @property
    def connection(self) -> Connection:
        self._pinned = True
        self._plain()
        return self._core

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        self._plain()
        result = self._core.execute(statement, parameters)
        assert isinstance(result, CursorResult)
        return result

    def hot(self, statement: HotStatement, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        assert isinstance(statement, Hot)
        return statement.postgres.run(self._piped(), parameters)

    def hot_many(self, statement: HotStatement, rows: Sequence[Row]) -> None:
        assert isinstance(statement, Hot)
        statement.postgres.run_many(self._piped(), rows)

    def lock(self, *names: str, shared: bool = False) -> None:
        keys = sorted({lock_key(self._service, name) for name in names})
        self._piped().execute(_LOCK_SHARED if shared else _LOCK, (keys,))

    def keep(self, *blobs: Blob) -> None:
        small = [blob for blob in blobs if blob.size <= INLINE_LIMIT]
        for start in range(0, len(small), KEPT_AT_ONCE):
            some = small[start : start + KEPT_AT_ONCE]
            self._piped().execute(keep_small(len(some)), small_rows(some))
        for blob in blobs:
            if blob.size > INLINE_LIMIT:
                keep_large(self, blob)
        self.spooled += [blob.path for blob in blobs if blob.path is not None]

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
