"""Who listens for new exchanges: told by the writer, or, where other processes write too, by looking what is new."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import func, select

from socle.journal.database import JournalAway, JournalDatabase
from socle.journal.entry import COLUMNS, CONTENT, Row, summary
from socle.journal.query import SHOWN, WHOLE
from socle.journal.tables import content

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 0.1
_READY_SECONDS = 2.0
_PAGE = 500

Tail = Callable[[dict[str, Any]], None]
"""Called with the summary of each new exchange, in a thread of the journal's."""


class Tails:
    """Listeners of a journal that only this process writes."""

    def __init__(self) -> None:
        self.listeners: list[Tail] = []

    def add(self, tail: Tail) -> None:
        """From now on. May block for a moment."""
        self.listeners.append(tail)

    def remove(self, tail: Tail) -> None:
        """Not any more; never blocks."""
        with suppress(ValueError):  # the journal was closed meanwhile
            self.listeners.remove(tail)

    def wrote(self, rows: Sequence[Row]) -> None:
        """These were just committed by this process."""
        if self.listeners:
            for one in rows:
                self._tell(summary(dict(zip(COLUMNS + CONTENT, one.columns + one.content, strict=True))))

    def close(self) -> None:
        """Nobody listens any more."""
        self.listeners.clear()

    def _tell(self, entry: dict[str, Any]) -> None:
        for tail in tuple(self.listeners):
            tail(entry)


class SharedTails(Tails):
    """Listeners of a journal that many processes write. While there are some, a thread looks for what is new.

    Numbers follow the order of commits: nothing is missed, whoever wrote it.
    """

    def __init__(self, database: JournalDatabase) -> None:
        super().__init__()
        self._database = database
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()

    def add(self, tail: Tail) -> None:
        with self._lock:
            super().add(tail)
            if self._thread is None:
                self._ready.clear()
                self._thread = threading.Thread(target=self._follow, name="journal-tails", daemon=True)
                self._thread.start()
        self._ready.wait(_READY_SECONDS)

    def wrote(self, rows: Sequence[Row]) -> None:
        """They will be seen with those of the others."""

    def close(self) -> None:
        super().close()
        thread = self._thread
        if thread is not None:
            thread.join()

    def _follow(self) -> None:
        seen: int | None = None
        while self._goes_on():
            try:
                seen = self._last() if seen is None else self._after(seen)
                self._ready.set()
            except JournalAway:
                pass  # the writer has said so; what comes until it is back is told then
            except Exception:
                _LOG.exception("journal: could not follow")
            time.sleep(_LOOK_SECONDS)

    def _goes_on(self) -> bool:
        with self._lock:
            if not self.listeners:
                self._thread = None
            return self._thread is not None

    def _last(self) -> int:
        with self._database.reading() as connection:
            last: int = connection.execute(select(func.coalesce(func.max(content.c.seq), 0))).scalar_one()
        return last

    def _after(self, seen: int) -> int:
        wanted = select(*SHOWN).select_from(WHOLE).where(content.c.seq > seen).order_by(content.c.seq).limit(_PAGE)
        with self._database.reading() as connection:
            rows = [row._asdict() for row in connection.execute(wanted)]
        for row in rows:
            self._tell(summary(row))
        return int(rows[-1]["seq"]) if rows else seen
