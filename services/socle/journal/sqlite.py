"""The journal in a SQLite file: one connection writes, another one reads."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from sqlalchemy import Connection, bindparam, insert

from socle.journal.database import SCHEMA, SLACK, JournalAway, JournalDatabase
from socle.journal.entry import COLUMNS, CONTENT, Row
from socle.journal.settings import JournalSettings
from socle.journal.tables import broken_rule
from socle.settings import GroundSettings
from socle.store.connect import Synchronous, open_raw, over
from socle.store.hot import hot

_CHUNKS = (256, 32, 4, 1)
"""Rows in one statement. Each statement gives the GIL away and must win it back from a busy event loop: the fewer,
the less the acts are disturbed (measured: one statement a row doubled the journal's cost)."""

_AWAY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
"""What may be better another time."""


def _inserts(table: str, columns: Sequence[str]) -> dict[int, str]:
    one = f"({', '.join('?' * len(columns))})"
    head = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "  # noqa: S608 - our own names
    return {size: head + ", ".join([one] * size) for size in _CHUNKS}


_EXCHANGES = _inserts("exchange", ("seq", *COLUMNS))
_CONTENTS = _inserts("content", ("seq", "workspace", *CONTENT))
_RULE = hot(insert(broken_rule).values({column.name: bindparam(column.name) for column in broken_rule.columns}))
_NUMBERS = """INSERT INTO head (id, next_seq) VALUES (1, 1 + ?) ON CONFLICT (id) DO UPDATE
SET next_seq = next_seq + excluded.next_seq - 1 RETURNING next_seq"""
_KEPT = """INSERT INTO kept (workspace, exchanges, bytes) VALUES (?, ?, ?) ON CONFLICT (workspace) DO UPDATE
SET exchanges = exchanges + excluded.exchanges, bytes = bytes + excluded.bytes RETURNING exchanges, bytes"""

_STEP = 1_000
_OLDEST = """
SELECT max(seq), count(*), sum(size) FROM kept, (
    SELECT seq, size, row_number() OVER oldest_first AS place, sum(size) OVER oldest_first - size AS before
    FROM (SELECT seq, size FROM exchange WHERE workspace = :workspace ORDER BY seq LIMIT :step)
    WINDOW oldest_first AS (ORDER BY seq)
)
WHERE workspace = :workspace AND (place <= exchanges - :most OR before < bytes - :room) AND place < exchanges
"""
"""Up to which number to remove, how many that are and their bytes: one row, as each one read gives the GIL away."""
_GONE = "SELECT seq FROM exchange WHERE workspace = :workspace AND seq <= :last"
_REMOVE = (
    f"DELETE FROM broken_rule WHERE seq IN ({_GONE})",  # noqa: S608 - our own names
    f"DELETE FROM content WHERE seq IN ({_GONE})",  # noqa: S608
    "DELETE FROM exchange WHERE workspace = :workspace AND seq <= :last",
)
_REMOVED = """UPDATE kept SET exchanges = exchanges - :exchanges, bytes = bytes - :bytes WHERE workspace = :workspace"""


class SqliteJournal(JournalDatabase):
    """See :class:`JournalDatabase`."""

    def __init__(self, ground: GroundSettings, settings: JournalSettings) -> None:
        super().__init__(ground, settings)
        self.path = ground.data_dir / f"{SCHEMA}.db"
        self._one_reader = threading.Lock()

    def _connect(self) -> None:
        self._reader = over(open_raw(self.path, Synchronous.NORMAL, read_only=True))
        self._raw = open_raw(self.path, Synchronous.NORMAL)

    def close(self) -> None:
        with self._one_reader:
            self._reader.close()
            self._reader.engine.dispose()
        self._raw.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._one_reader:
            yield self._reader

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        raw = open_raw(self.path, Synchronous.NORMAL)
        connection = over(raw)
        try:
            raw.execute("BEGIN IMMEDIATE")
            yield connection
            raw.execute("COMMIT")
        finally:
            connection.close()  # what was not committed is undone
            connection.engine.dispose()

    def write(self, rows: Sequence[Row]) -> int:
        try:
            self._commit(rows)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in _AWAY:
                raise JournalAway(f"{self.path.name}: {error}") from error
            raise
        return len(rows)

    def _commit(self, rows: Sequence[Row]) -> None:
        raw = self._raw
        raw.execute("BEGIN IMMEDIATE")
        try:
            first = raw.execute(_NUMBERS, (len(rows),)).fetchall()[0][0] - len(rows)
            numbered = list(enumerate(rows, first))
            _insert(raw, _EXCHANGES, [(seq, *one.columns) for seq, one in numbered])
            _insert(raw, _CONTENTS, [(seq, one.workspace, *one.content) for seq, one in numbered])
            if broken := [{"rule": rule, "seq": seq} for seq, one in numbered for rule in one.rules]:
                _RULE.run_many(raw, broken)
            self._keep_bounds(raw, rows)
            raw.execute("COMMIT")
        except BaseException:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            raise

    def _keep_bounds(self, raw: sqlite3.Connection, added: Sequence[Row]) -> None:
        more: dict[str, list[int]] = {}
        for row in added:
            counted = more.setdefault(row.workspace, [0, 0])
            counted[0] += 1
            counted[1] += row.size
        for workspace, (count, size) in more.items():
            exchanges, held = raw.execute(_KEPT, (workspace, count, size)).fetchall()[0]
            if exchanges > self._most or held > self._room:
                self._trim(raw, workspace)

    def _trim(self, raw: sqlite3.Connection, workspace: str) -> None:
        bounds: dict[str, Any] = {
            "workspace": workspace,
            "most": max(int(self._most * (1 - SLACK)), 1),
            "room": int(self._room * (1 - SLACK)),
            "step": _STEP,
        }
        exchanges = _STEP
        while exchanges == _STEP:
            (last, exchanges, size), *_ = raw.execute(_OLDEST, bounds).fetchall()
            if last is None:
                return
            for statement in _REMOVE:
                raw.execute(statement, {"workspace": workspace, "last": last})
            raw.execute(_REMOVED, {"workspace": workspace, "exchanges": exchanges, "bytes": size})


def _insert(raw: sqlite3.Connection, statements: dict[int, str], rows: Sequence[tuple[Any, ...]]) -> None:
    at = 0
    for size in _CHUNKS:
        while len(rows) - at >= size:
            raw.execute(statements[size], list(chain.from_iterable(rows[at : at + size])))
            at += size
