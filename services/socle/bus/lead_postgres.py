"""Who leads on PostgreSQL: the session that holds an advisory lock; and its passes, which run on that very session.

A pass commits on the session that holds the lock, so it cannot commit once the lock is somebody else's. A leader that
stands still says nothing to PostgreSQL, which ends its session after a while; a standing-by relay then takes the lock.

What is surely committed: rows whose transaction is older than every transaction still running (D2). A row that commits
late has a low position; it is found when its time has come, since rows are chosen by having no offset yet.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import psycopg

from socle.bus.log import ADDRESS_COLUMNS, EVENT_COLUMNS, Head, Numbering, Pass, record
from socle.bus.relaying import LeadLost
from socle.store.frozen import expel_frozen
from socle.store.port import StoreFailed
from socle.store.postgres import PostgresStore

T = TypeVar("T")
_log = logging.getLogger(__name__)

PACE_SECONDS = 0.08
"""A pass is several statements, whatever it carries: under load, fewer passes carry as much."""
POLL_SECONDS = 0.03
"""How soon commits of other replicas are seen, the relay's own pace added; our own wake it at once."""
STANDBY_SECONDS = 0.5
"""How often a relay that stands by asks for the lead."""
IDLE_SECONDS = 10.0
"""A leader not heard of for this long is expelled; it polls some ten times a second."""
MOST_SOURCES = 5_000
"""Sources whose numbers are kept in memory: each workspace there ever was is one."""
WATCH_SECONDS = 2.0
"""How often the leader looks for acts that stand still: until they end, no event after them gets its number."""

_SELECT = (
    "SELECT {columns} FROM outbox WHERE log_offset IS NULL AND xid < pg_snapshot_xmin(pg_current_snapshot()) "
    "ORDER BY position LIMIT %s"
)
_PENDING = _SELECT.format(columns=", ".join(EVENT_COLUMNS[:ADDRESS_COLUMNS]))
_PENDING_WHOLE = _SELECT.format(columns=", ".join(EVENT_COLUMNS))
_HEADS = "SELECT source, topic, partition, next FROM relay_head WHERE source = ANY(%s)"
_SEQUENCE = (
    "WITH numbered AS (UPDATE outbox SET sequence = given.number, log_offset = given.place "
    "FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS given(at, number, place) WHERE position = given.at) "
    "INSERT INTO relay_head (source, topic, partition, next) "
    "SELECT * FROM unnest(%s::text[], %s::text[], %s::int[], %s::bigint[]) "
    "ON CONFLICT (source, topic, partition) DO UPDATE SET next = excluded.next"
)
"""One statement, so one transaction in one round trip. Not in pipeline mode: the flush that ends it makes PostgreSQL
forget its idle time-outs until the next statement, and a leader that stands still would never be expelled."""


class SessionLead:
    """See :class:`socle.bus.relaying.Lead`."""

    pace_seconds = PACE_SECONDS
    poll_seconds = POLL_SECONDS

    def __init__(self, store: PostgresStore, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._service = store.service
        self._patience = store.address.statement_seconds
        self._session = store.dedicated_session("relay", idle_seconds=idle_seconds)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"{store.service}-relay")
        self._held = False
        self._heads: dict[Head, int] = {}
        """As stored: nobody else moves them while we lead."""
        self._sources: set[str] = set()
        """Those whose heads are known."""
        self._again_at = 0.0
        self._watched_at = 0.0

    @property
    def held(self) -> bool:
        return self._held

    async def take(self) -> bool:
        """While PostgreSQL is away nobody leads."""
        if self._held or time.monotonic() < self._again_at:
            return self._held
        self._again_at = time.monotonic() + STANDBY_SECONDS
        try:
            self._held = await self._run(self._take)
        except (StoreFailed, psycopg.Error) as error:
            _log.warning("relay of %s: cannot ask for the lead: %s", self._service, error)
            await self._run(self._session.close)
        return self._held

    async def pending(self) -> bool:
        """The pass itself finds out: it costs no more, and tells PostgreSQL that we are alive."""
        return True

    async def sequence(self, count: int, *, whole: bool) -> Pass:
        if not self._held:
            raise LeadLost("it does not lead")
        try:
            return await self._run(lambda: self._sequence(count, whole=whole))
        except (StoreFailed, psycopg.Error) as error:
            self._held = False
            await self._run(self._session.close)
            raise LeadLost(f"lost the lead: {error}") from error

    async def give_up(self) -> None:
        self._held = False
        await self._run(self._session.close)
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[], T]) -> T:
        """In the session's own thread, one after the other."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _take(self) -> bool:
        self._session.connect()
        self._heads.clear()
        self._sources.clear()
        return self._session.try_lock("relay: who leads")

    def _sequence(self, count: int, *, whole: bool) -> Pass:
        """Two round trips: what waits; then its numbers, stored and committed."""
        raw = self._session.raw
        if time.monotonic() - self._watched_at > WATCH_SECONDS:
            self._watched_at = time.monotonic()
            expel_frozen(raw, self._patience)
        with raw.cursor(binary=True) as cursor:
            rows = cursor.execute(_PENDING_WHOLE if whole else _PENDING, (count,)).fetchall()
            if not rows:
                return Pass()
            self._know({"", *(row[1] for row in rows)}, cursor)
        numbering = Numbering(self._heads)
        positions, numbers, places, records = [], [], [], []
        for row in rows:
            position, source, topic, part = row[:ADDRESS_COLUMNS]
            number, offset = numbering.give(source, topic, part)
            positions.append(position)
            numbers.append(number)
            places.append(offset)
            if whole:
                records.append(record(topic, part, offset, number, row[ADDRESS_COLUMNS:]))
        moved = [(*head, n) for head, n in numbering.moved.items()]
        raw.execute(_SEQUENCE, (positions, numbers, places, *(list(column) for column in zip(*moved, strict=True))))
        self._heads |= numbering.moved
        return Pass(numbering.ends, records, more=len(rows) == count)

    def _know(self, sources: set[str], cursor: psycopg.Cursor[tuple[Any, ...]]) -> None:
        """Have the heads of these sources in memory."""
        if len(self._sources) > MOST_SOURCES:
            self._heads.clear()
            self._sources.clear()
        unknown = {"", *sources} - self._sources
        if unknown:
            for source, topic, part, number in cursor.execute(_HEADS, (list(unknown),)).fetchall():
                self._heads[source, topic, part] = number
            self._sources |= unknown
