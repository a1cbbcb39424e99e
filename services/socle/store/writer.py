"""The one writer thread of a SQLite file: group commit (D5).

The steps of one group:

1. take every act that waits, up to a bound;
2. BEGIN;
3. run each act within a savepoint of its own: an act that raises undoes itself and nothing else;
4. COMMIT;
5. only now answer: each act its result or its error. If COMMIT failed, every act of the group has failed.

Acts that only tell events need no more than one statement, which is a transaction by itself: each statement gives the
interpreter away, and must win it back from a busy loop.
"""

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from socle.store.act import Act, settle
from socle.store.blobs import BlobFolder
from socle.store.outbox import EVENTS_AT_ONCE, Claim, EventRow
from socle.store.port import StoreClosed, StoreFailed
from socle.store.unit import SqliteUnitOfWork, write_events

_log = logging.getLogger(__name__)

GROUP_ACTS = 512
"""Acts per COMMIT at most: beyond this the gain is gone, and the first act would wait for the last."""
GROUP_SECONDS = 0.05
"""A group that has taken this long commits with what it has."""


class _Nothing:
    """Wakes the thread up and asks for nothing."""


_NOTHING = _Nothing()


class Writer(threading.Thread):
    """Owns the writing connection from start to end."""

    def __init__(
        self, raw: sqlite3.Connection, core: Connection, service: str, blobs: BlobFolder, claim: Claim
    ) -> None:
        """``core`` is the SQLAlchemy connection over ``raw``."""
        super().__init__(name=f"{service}-writer", daemon=True)
        self._raw = raw
        self._service = service
        self._blobs = blobs
        self._claim = claim
        self._core = core
        self._acts: queue.SimpleQueue[Act | _Nothing | None] = queue.SimpleQueue()
        self._first: queue.SimpleQueue[Act] = queue.SimpleQueue()
        self.committed_events: Callable[[], object] | None = None
        """Called in this thread after a commit that holds events."""

    @property
    def waiting(self) -> int:
        """How many acts are queued, those of the running group not counted."""
        return self._acts.qsize()

    def put(self, acts: Sequence[Act]) -> None:
        """Queue acts."""
        for act in acts:
            self._acts.put(act)

    def put_first(self, act: Act) -> None:
        """Queue an act of the store's own, which goes before all others."""
        self._first.put(act)
        self._acts.put(_NOTHING)

    def close(self) -> None:
        """Finish what is queued, then end the thread."""
        self._acts.put(None)

    def run(self) -> None:
        going = True
        while going:
            group, going = self._take(self._acts.get())
            self._work_off(group)
        while not self._acts.empty() or not self._first.empty():
            late, _ = self._take(self._acts.get_nowait())
            for act in late:
                act.error = StoreClosed(f"the store of {self._service} was stopped")
            _answer(late)
        self._core.close()
        self._core.engine.dispose()

    def _take(self, act: Act | _Nothing | None) -> tuple[list[Act], bool]:
        """The next group, beginning with ``act``; and whether more may follow it."""
        group: list[Act] = []
        going = act is not None
        while act is not None:
            if not isinstance(act, _Nothing):
                group.append(act)
            if len(group) >= GROUP_ACTS or self._acts.empty():
                break
            act = self._acts.get_nowait()
            going = act is not None
        first: list[Act] = []
        while not self._first.empty():
            first.append(self._first.get_nowait())
        return first + group, going

    def _work_off(self, group: list[Act]) -> None:
        while group:
            done = self._transaction(group)
            _answer(group[:done])
            group = group[done:]

    def _transaction(self, group: list[Act]) -> int:
        """One transaction with as many acts from the start of ``group`` as its time allows; gives how many."""
        raw = self._raw
        events: list[EventRow] = []
        done = 0
        try:
            if len(group) <= EVENTS_AT_ONCE and all(act.work is None for act in group):
                done = len(group)
                events = [row for act in group if not act.future.cancelled() for row in act.events]
                write_events(raw, events)
            else:
                raw.execute("BEGIN IMMEDIATE")
                done = self._run_acts(group, events)
                write_events(raw, events)
                raw.execute("COMMIT")
        except Exception as error:
            done = max(done, 1)
            _log.exception("store of %s: a group of %d acts was not committed", self._service, done)
            for act in group[:done]:
                act.error = act.error or StoreFailed(f"the transaction was not committed: {error}")
            if raw.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    raw.execute("ROLLBACK")
            return done
        if events and self.committed_events is not None:
            self.committed_events()
        return done

    def _run_acts(self, group: list[Act], events: list[EventRow]) -> int:
        """Run acts until there are none left, or the time is over; gives how many. ``events`` gets what they emit."""
        deadline = time.monotonic() + GROUP_SECONDS
        for done, act in enumerate(group, 1):
            events += self._act(act, alone=len(group) == 1)
            if time.monotonic() > deadline:
                return done
        return len(group)

    def _act(self, act: Act, *, alone: bool) -> Sequence[EventRow]:
        """Run one act; gives the events it emitted. Raises only when the transaction itself is lost.

        An act ``alone`` in its transaction needs no savepoint.
        """
        if act.future.cancelled():
            return ()
        if act.work is None:
            return act.events
        raw = self._raw
        unit = SqliteUnitOfWork(raw, self._core, self._service, self._blobs, self._claim, touched=alone)
        try:
            act.value = act.work(unit)
        except BaseException as error:
            act.error = error
            if _is_databases_fault(error):
                act.error = StoreFailed(f"the database failed: {error}")
                act.error.__cause__ = error
            unit.events.clear()
            if raw.in_transaction and unit.touched:
                raw.execute("ROLLBACK" if alone else "ROLLBACK TO act")
                if alone:
                    raw.execute("BEGIN")
        if not raw.in_transaction:
            raise RuntimeError("an act ended the transaction")
        if unit.touched and not alone:
            raw.execute("RELEASE act")
        return unit.events


_DATABASES_FAULTS = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
    }
)


def _is_databases_fault(error: BaseException) -> bool:
    """Whether the act failed through no fault of its own: disk full, file lost. It may succeed another time."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) & 0xFF in _DATABASES_FAULTS


def _answer(acts: Sequence[Act]) -> None:
    """Hand each act its result, in the loop it came from: one wake-up for each loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Act]] = {}
    for act in acts:
        by_loop.setdefault(act.loop, []).append(act)
    for loop, answered in by_loop.items():
        # a loop that was closed meanwhile has nobody left who waits
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, answered)
