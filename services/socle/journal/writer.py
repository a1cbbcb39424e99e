"""The writing half: a thread that takes exchanges from a bounded queue and writes them in groups (D9)."""

import logging
import threading
import time
from collections import deque

from socle.exchange import Exchange
from socle.journal.database import JournalAway, JournalDatabase
from socle.journal.entry import Row, row
from socle.journal.settings import JournalSettings
from socle.journal.tails import Tails

_LOG = logging.getLogger(__name__)
_GROUP = 500
"""Exchanges in one transaction: enough to make its cost small, few enough not to hold the others up for long."""
_REST = 0.25
"""Seconds between two groups, unless somebody asks or many wait: a commit costs as much as some twenty exchanges. Also
how long a database that is away is left alone."""


class JournalWriter:
    """Owns the queue, the thread that writes, and the counters."""

    def __init__(self, database: JournalDatabase, settings: JournalSettings, tails: Tails) -> None:
        self._database = database
        self._settings = settings
        self._tails = tails
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
        self.away_since: float | None = None
        """Since when the database has not answered, by the monotonic clock."""
        self.written = 0
        self.dropped = 0
        """Since the start: the queue was full, or the database refused."""

    def open(self) -> None:
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what waits, then end. While the database is away it is dropped."""
        if self._thread is not None:
            self._stopping = True
            self._hurry.set()
            self._work.set()
            self._thread.join()
            self._thread = None

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
        """Wait until what was queued before this call is written, or given up; False after ``timeout`` seconds, and at
        once while the database is away."""
        target = self._taken_in
        self._hurry.set()
        with self._settled:
            self._settled.wait_for(lambda: self._done >= target or self.away_since is not None, timeout)
            return self._done >= target

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
            written = self._when_it_answers(group)
        except JournalAway:
            written = 0
        except Exception:
            if len(group) > 1:  # one of them spoils it for the others
                for one in group:
                    self._write([one])
                return
            written = 0
            _LOG.exception("journal: an exchange could not be written")
        self.written += written
        self.dropped += len(group) - written
        if written:
            self._tails.wrote(group)

    def _when_it_answers(self, group: list[Row]) -> int:
        """Write; while the database is away, try again until it is back or the process stops. Meanwhile the queue fills
        up to its bound."""
        tried = False
        while True:
            if self._stopping and self.away_since is not None:
                raise JournalAway("the process stops")
            try:
                written = self._database.write(group)
            except JournalAway as error:
                if self.away_since is None:
                    _LOG.warning("journal: waits for its database: %s", error)
                    self._is_away(time.monotonic())
                tried = True
                if not self._stopping:
                    time.sleep(_REST)
                continue
            if self.away_since is not None:
                _LOG.warning("journal: writes again after %.1f s", time.monotonic() - self.away_since)
                self._is_away(None)
            # what is there already was committed by the attempt whose answer was lost
            return len(group) if tried else written

    def _is_away(self, since: float | None) -> None:
        with self._settled:
            self.away_since = since
            self._settled.notify_all()
