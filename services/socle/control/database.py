"""The control database: short transactions, each leaving a line in ``change`` for the other processes.

Synchronous, for any thread: one connection, one lock. Callers on an event loop use a thread.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from socle.control.tables import METADATA, change, setting
from socle.store.connect import Synchronous, open_raw, over
from socle.store.migrate import upgrade

MIGRATIONS = Path(__file__).parent / "migrations"
_KEPT_CHANGES = 1000
"""A process that sleeps through more changes than this reads everything again."""


class Scope(StrEnum):
    """What a change touched."""

    WORKSPACE = "workspace"
    """Epoch, strictness, options, clock or existence."""
    FAULTS = "faults"
    POPULATION = "population"


class Change(NamedTuple):
    """One committed change; ``workspace`` is '' for the common population."""

    scope: Scope
    workspace: str


class ControlDatabase:
    """Connection, transactions and the list of changes; what the rows mean is ``records.py``'s business."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._data_version = -1

    def open(self) -> None:
        """Bring the schema up to date and connect."""
        upgrade(self._path, MIGRATIONS, METADATA)
        self._raw = open_raw(self._path, Synchronous.NORMAL)
        self._connection = over(self._raw)
        self._seen = self._last_seq()

    def close(self) -> None:
        with self._lock:
            self._connection.close()
            self._connection.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The connection, alone; for single statements."""
        with self._lock:
            yield self._connection

    @contextmanager
    def writing(self, *changes: Change) -> Iterator[Connection]:
        """A transaction that excludes all other writers, in every process, and records ``changes``."""
        with self._lock:
            self._raw.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                for scope, workspace in changes:
                    self._connection.execute(insert(change).values(scope=scope.value, workspace=workspace))
                self._raw.execute("COMMIT")
            except BaseException:
                self._raw.execute("ROLLBACK")
                raise

    def news(self, take: Callable[[Connection, list[Change] | None], None], *, mine: bool = False) -> None:
        """Give ``take`` what was committed since the last time, by anyone; None means: more than is remembered.

        Cheap when nothing happened elsewhere: one pragma. ``mine`` skips that test after a change of our own.
        """
        with self._lock:
            version = self._raw.execute("PRAGMA data_version").fetchone()[0]
            if version == self._data_version and not mine:
                return
            self._data_version = version
            rows = self._connection.execute(
                select(change.c.seq, change.c.scope, change.c.workspace)
                .where(change.c.seq > self._seen)
                .order_by(change.c.seq)
            ).all()
            if not rows:
                return
            complete = rows[0].seq == self._seen + 1
            take(self._connection, [Change(Scope(r.scope), r.workspace) for r in rows] if complete else None)
            self._seen = rows[-1].seq

    def prune(self) -> None:
        """Forget changes that every process awake has read long ago."""
        with self.writing() as connection:
            connection.execute(delete(change).where(change.c.seq <= self._seen - _KEPT_CHANGES))

    def setting(self, connection: Connection, name: str) -> Any:
        """A value of the installation, or None."""
        return connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar_one_or_none()

    def keep_setting(self, connection: Connection, name: str, value: Any) -> None:
        connection.execute(delete(setting).where(setting.c.name == name))
        connection.execute(insert(setting).values(name=name, value=value))

    def _last_seq(self) -> int:
        last: int = self._connection.execute(select(func.coalesce(func.max(change.c.seq), 0))).scalar_one()
        return last
