"""The journal on PostgreSQL, shared by all processes: a group is one statement, and no lock outlives it.

The statement takes its numbers from the one row of ``head``. That row stays locked until it has committed, so that
numbers follow the order of commits. As nothing has to come from the client in between, a process that freezes holds
up nobody.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import errors
from sqlalchemy import Connection, Engine, create_engine

from socle.blobs import BlobRef
from socle.journal.database import SCHEMA, SLACK, JournalAway, JournalDatabase
from socle.journal.entry import COLUMNS, CONTENT, Row
from socle.journal.settings import JournalSettings
from socle.settings import GroundSettings
from socle.store.blobs_postgres import whole
from socle.store.postgres_connect import Connector, Raw, answering, close
from socle.store.wiring import address

_TYPES = {
    **dict.fromkeys(COLUMNS, "text"),
    **dict.fromkeys(("epoch", "status", "size", "errors", "warnings"), "int"),
    "received_us": "bigint",
    **dict.fromkeys(CONTENT, "bytea"),
}
_NAMES, _HELD = ", ".join(COLUMNS), ", ".join(CONTENT)


def _arrays(names: Sequence[str]) -> str:
    return ", ".join(f"%b::{_TYPES[name]}[]" for name in names)


_WRITE = f"""
WITH numbers AS (
    INSERT INTO head (id, next_seq) VALUES (1, 1 + %b::int)
    ON CONFLICT (id) DO UPDATE SET next_seq = head.next_seq + excluded.next_seq - 1
    RETURNING next_seq - %b::int AS first
),
added AS (
    INSERT INTO exchange (seq, {_NAMES})
    SELECT numbers.first + given.place - 1, {_NAMES}
    FROM numbers, unnest({_arrays(COLUMNS)}) WITH ORDINALITY AS given({_NAMES}, place)
    ON CONFLICT (id) DO NOTHING RETURNING seq, workspace, size
),
contents AS (
    INSERT INTO content (seq, workspace, {_HELD})
    SELECT added.seq, added.workspace, {_HELD}
    FROM numbers, unnest({_arrays(CONTENT)}) WITH ORDINALITY AS given({_HELD}, place), added
    WHERE added.seq = numbers.first + given.place - 1
),
broken AS (
    INSERT INTO broken_rule (rule, seq)
    SELECT given.rule, added.seq
    FROM numbers, unnest(%b::text[], %b::int[]) AS given(rule, place), added
    WHERE added.seq = numbers.first + given.place
),
held AS (
    INSERT INTO kept AS k (workspace, exchanges, bytes)
    SELECT workspace, count(*), sum(size) FROM added GROUP BY workspace ORDER BY workspace
    ON CONFLICT (workspace) DO UPDATE
    SET exchanges = k.exchanges + excluded.exchanges, bytes = k.bytes + excluded.bytes
    RETURNING workspace, exchanges, bytes
)
SELECT workspace, exchanges, bytes, (SELECT count(*) FROM added) FROM held
"""  # noqa: S608 - our own names
"""``held`` needs ``added`` and so ``numbers``: all writers lock ``head`` first."""
_STEP = 250
"""Exchanges removed by one statement at most: it holds all writers up for some ten milliseconds."""
_TRIM = """
WITH too_much AS MATERIALIZED (
    SELECT workspace, exchanges, bytes FROM kept
    WHERE workspace = %(workspace)s AND (exchanges > %(count)s OR bytes > %(bytes)s) FOR UPDATE
),
oldest AS MATERIALIZED (
    SELECT seq FROM too_much, (
        SELECT seq, row_number() OVER oldest_first AS place, sum(size) OVER oldest_first - size AS before
        FROM (
            SELECT seq, size FROM exchange WHERE workspace = %(workspace)s ORDER BY seq LIMIT %(step)s
        ) AS first WINDOW oldest_first AS (ORDER BY seq)
    ) AS counted
    WHERE (place <= exchanges - %(most)s OR before < bytes - %(room)s) AND place < exchanges
),
gone AS (
    DELETE FROM exchange USING oldest
    WHERE exchange.workspace = %(workspace)s AND exchange.seq = oldest.seq RETURNING exchange.seq, exchange.size
),
contents AS (DELETE FROM content USING gone WHERE content.seq = gone.seq),
rules AS (DELETE FROM broken_rule USING gone WHERE broken_rule.seq = gone.seq)
UPDATE kept SET exchanges = kept.exchanges - (SELECT count(*) FROM gone),
    bytes = kept.bytes - (SELECT coalesce(sum(size), 0) FROM gone)
FROM too_much WHERE kept.workspace = too_much.workspace
RETURNING kept.exchanges > greatest(%(count)s, 1) OR (kept.bytes > %(bytes)s AND kept.exchanges > 1)
"""
"""Gives whether it is still too much; no row when it was not. Whoever comes second waits for the first at the row of
``kept``."""


class PostgresJournal(JournalDatabase):
    """One connection writes, a few read; they are made when needed, and anew after PostgreSQL was away."""

    shared = True

    def __init__(self, ground: GroundSettings, settings: JournalSettings) -> None:
        super().__init__(ground, settings)
        self._writing: Raw | None = None
        self._services: dict[str, Engine] = {}
        """For the contents that services keep; made when they are asked for."""

    def _connect(self) -> None:
        self._engine = self._pool(SCHEMA, "reader")

    def _pool(self, schema: str, role: str) -> Engine:
        return create_engine(
            "postgresql+psycopg://",
            creator=lambda: address(self._ground, schema).connect(role, read_only=True),
            pool_size=1,
            max_overflow=5,
            pool_timeout=10,
            pool_pre_ping=True,
        )

    def close(self) -> None:
        for engine in (self._engine, *self._services.values()):
            engine.dispose()
        self._services.clear()
        self._drop()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with answering(JournalAway, "the journal's"), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        raw, connection = Connector(lambda: address(self._ground, SCHEMA).connect("sweeper")).open()
        try:
            with answering(JournalAway, "the journal's"), raw.transaction():
                yield connection
        finally:
            close(raw, connection)

    def write(self, rows: Sequence[Row]) -> int:
        try:
            with answering(JournalAway, "the journal's"):
                return self._write(self._writer(), rows)
        except JournalAway:
            self._drop()
            raise

    def blob(self, service: str, ref: BlobRef) -> bytes | None:
        engine = self._services.get(service)
        if engine is None:
            engine = self._services.setdefault(service, self._pool(service, "journal"))
        try:
            with answering(JournalAway, "the journal's"), engine.connect() as connection:
                return whole(connection, ref.sha256)
        except (KeyError, errors.UndefinedTable):  # no such content; no such service
            return None

    def _write(self, raw: Raw, rows: Sequence[Row]) -> int:
        columns = [list(values) for values in zip(*((*one.columns, *one.content) for one in rows), strict=True)]
        broken = [(rule, place) for place, one in enumerate(rows) for rule in one.rules]
        rules, places = [rule for rule, _ in broken], [place for _, place in broken]
        held = raw.execute(_WRITE, (len(rows), len(rows), *columns, rules, places)).fetchall()
        for workspace, exchanges, size, _ in held:
            if exchanges > self._most or size > self._room:
                self._trim(raw, workspace)
        return held[0][3] if held else 0

    def _trim(self, raw: Raw, workspace: str) -> None:
        bounds: dict[str, Any] = {
            "workspace": workspace,
            "count": self._most,
            "bytes": self._room,
            "most": max(int(self._most * (1 - SLACK)), 1),
            "room": int(self._room * (1 - SLACK)),
            "step": _STEP,
        }
        more = True
        while more:
            row = raw.execute(_TRIM, bounds).fetchone()
            more = row is not None and row[0]

    def _writer(self) -> Raw:
        if self._writing is None:
            self._writing = address(self._ground, SCHEMA).connect("writer")
        return self._writing

    def _drop(self) -> None:
        if self._writing is not None:
            with suppress(psycopg.Error):
                self._writing.close()
            self._writing = None
