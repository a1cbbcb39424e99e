"""The writing half: a thread that takes exchanges from a bounded queue and writes them in groups (D9)."""

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, insert

from socle.exchange import Exchange
from socle.journal.entry import COLUMNS, Row, row, summary
from socle.journal.retention import Retention
from socle.journal.settings import JournalSettings
from socle.journal.tables import broken_rule
from socle.store.connect import Synchronous, open_raw
from socle.store.hot import hot

_LOG = logging.getLogger(__name__)
_GROUP = 500
"""Exchanges in one transaction: enough to make its cost small, few enough not to hold the file for long."""
_REST = 0.25
"""Seconds between two groups, unless somebody asks or many wait: a commit costs as much as some twenty exchanges."""
_CHUNKS = (64, 8, 1)
"""Rows in one statement. Each statement gives the GIL away and must win it back from a busy event loop: the fewer,
the less the acts are disturbed (measured: one statement a row doubled the journal's cost)."""

_ONE = f"({', '.join('?' * (1 + len(COLUMNS)))})"
_INSERTS = {
    n: f"INSERT INTO exchange (seq, {', '.join(COLUMNS)}) VALUES {', '.join([_ONE] * n)}"  # noqa: S608 - our own names
    for n in _CHUNKS
}
_RULE = hot(insert(broken_rule).values({column.name: bindparam(column.name) for column in broken_rule.columns}))

Tail = Callable[[dict[str, Any]], None]


class JournalWriter:
    """Owns the queue, the writing connection and the counters."""

    def __init__(self, path: Path, settings: JournalSettings) -> None:
        self._path = path
        self._settings = settings
        self._queue: deque[Row] = deque()
        self._queued_bytes = 0
        self._lock = threading.Lock()
        self._work = threading.Event()
        self._hurry = threading.Event()
        self._settled = threading.Condition()
        self._taken_in = 0
        self._done = 0
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.written = 0
        self.dropped = 0
        """Since the start: the queue was full, or the disk refused."""
        self.tails: list[Tail] = []

    def open(self) -> None:
        self._raw = open_raw(self._path, Synchronous.NORMAL)
        self._retention = Retention(self._raw, self._settings)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what waits, then close."""
        if self._thread is not None:
            self._stopping = True
            self._hurry.set()
            self._work.set()
            self._thread.join()
            self._thread = None
            self._raw.close()

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def put(self, exchange: Exchange) -> None:
        """Queue, or count as dropped. Any thread; a few microseconds, and what D11 hides is gone from here on."""
        if len(self._queue) >= self._settings.queue_exchanges or self._queued_bytes >= self._settings.queue_bytes:
            self.dropped += 1
            return
        one = row(exchange, self._settings.max_body_bytes)
        with self._lock:
            self._queue.append(one)
            self._queued_bytes += one.size
            self._taken_in += 1
        if len(self._queue) >= _GROUP:
            self._hurry.set()
        if not self._work.is_set():
            self._work.set()

    def flush(self, timeout: float) -> bool:
        """Wait until what was queued before this call is written, or given up; False after ``timeout`` seconds."""
        target = self._taken_in
        self._hurry.set()
        with self._settled:
            return self._settled.wait_for(lambda: self._done >= target, timeout)

    def _run(self) -> None:
        while True:
            self._work.wait()
            self._work.clear()
            while group := self._take():
                self._write(group)
                with self._settled:
                    self._done += len(group)
                    self._settled.notify_all()
                if not self._stopping:
                    self._hurry.wait(_REST)
                    self._hurry.clear()
            if self._stopping and not self._queue:
                return

    def _take(self) -> list[Row]:
        with self._lock:
            group = [self._queue.popleft() for _ in range(min(_GROUP, len(self._queue)))]
            self._queued_bytes -= sum(one.size for one in group)
            return group

    def _write(self, group: list[Row]) -> None:
        try:
            self._commit(group)
        except Exception:
            self.dropped += len(group)
            _LOG.exception("journal: %d exchanges could not be written", len(group))
            return
        self.written += len(group)
        if self.tails:
            for one in group:
                told = summary(dict(zip(COLUMNS, one.columns, strict=True)))
                for tail in tuple(self.tails):
                    tail(told)

    def _commit(self, rows: list[Row]) -> None:
        raw = self._raw
        raw.execute("BEGIN IMMEDIATE")
        try:
            first = _next_seq(raw)
            numbered = list(enumerate(rows, first))
            _insert(raw, numbered)
            if broken := [{"rule": rule, "seq": seq} for seq, one in numbered for rule in one.rules]:
                _RULE.run_many(raw, broken)
            self._retention.keep_bounds(rows)
            raw.execute("COMMIT")
        except BaseException:
            raw.execute("ROLLBACK")
            raise


def _insert(raw: sqlite3.Connection, numbered: list[tuple[int, Row]]) -> None:
    at = 0
    for size in _CHUNKS:
        while len(numbered) - at >= size:
            values: list[Any] = []
            for seq, one in numbered[at : at + size]:
                values.append(seq)
                values.extend(one.columns)
            raw.execute(_INSERTS[size], values)
            at += size


def _next_seq(raw: sqlite3.Connection) -> int:
    last: int | None = raw.execute("SELECT max(seq) FROM exchange").fetchone()[0]
    return (last or 0) + 1
