"""The control schema in a SQLite file: one connection, one lock."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection

from socle.control.database import SCHEMA, Change, ControlDatabase
from socle.settings import GroundSettings
from socle.store.connect import Synchronous, open_raw, over


class SqliteControl(ControlDatabase):
    """Every process of an installation opens the same file."""

    def __init__(self, settings: GroundSettings) -> None:
        super().__init__(settings)
        self._lock = threading.RLock()
        self._noted_version = self._version = -1

    def _connect(self) -> None:
        self._raw = open_raw(self._settings.data_dir / f"{SCHEMA}.db", Synchronous.NORMAL)
        self._connection = over(self._raw)

    def close(self) -> None:
        with self._lock:
            self._connection.close()
            self._connection.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._lock:
            yield self._connection

    @contextmanager
    def _writing(self, changes: Sequence[Change] = ()) -> Iterator[Connection]:
        with self._lock:
            self._raw.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._raw.execute("COMMIT")
            except BaseException:
                self._raw.execute("ROLLBACK")
                raise

    def counting(self, workspace: str) -> AbstractContextManager[Connection]:
        return self._writing()

    def _may_have_news(self) -> bool:
        """One pragma tells whether another connection has committed."""
        with self._lock:
            self._version = self._raw.execute("PRAGMA data_version").fetchone()[0]
        return self._version != self._noted_version

    def _noted(self) -> None:
        self._noted_version = self._version
