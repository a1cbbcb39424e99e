"""The control database's port: short transactions, each leaving a line in ``change`` for the other processes.

Synchronous, for any thread. Callers on an event loop use a thread.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from socle.control.tables import METADATA, change
from socle.settings import GroundSettings
from socle.store.wiring import prepare

SCHEMA = "control"
MIGRATIONS = Path(__file__).parent / "migrations"
KEPT_CHANGES = 1000
"""A process that sleeps through more changes than this reads everything again."""


class Scope(StrEnum):
    """What a change touched."""

    WORKSPACE = "workspace"
    """Epoch, strictness, options, clock or existence."""
    FAULTS = "faults"
    POPULATION = "population"
    TOKENS = "tokens"
    """Access tokens taken back."""


class Change(NamedTuple):
    """One committed change; ``workspace`` is '' for the common population."""

    scope: Scope
    workspace: str


Take = Callable[[Connection, list[Change] | None], None]
"""Told of new changes, on a connection that sees them; None: more than is remembered."""


class ControlUnavailable(RuntimeError):
    """The control database does not answer: what is in memory goes on being read, nothing can be changed."""


class ControlDatabase(ABC):
    """Connections, transactions and the list of changes; what the rows mean is ``records.py``'s business.

    Its methods raise :class:`ControlUnavailable` when the database is away, and work again when it is back.
    """

    def __init__(self, settings: GroundSettings) -> None:
        self._settings = settings
        self._news = threading.Lock()
        self._seen = 0

    def open(self) -> None:
        """Bring the schema up to date and connect."""
        prepare(self._settings, SCHEMA, METADATA, MIGRATIONS)
        self._connect()
        with self.reading() as connection:
            self._seen = _last(connection)

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that sees what is committed; for reading only."""

    @contextmanager
    def writing(self, *changes: Change) -> Iterator[Connection]:
        """A transaction that excludes all other writers, in every process, and records ``changes``."""
        with self._writing(changes) as connection:
            yield connection
            if changes:
                _record(connection, changes)

    @abstractmethod
    def counting(self, workspace: str) -> AbstractContextManager[Connection]:
        """A transaction that excludes all others which count or change this workspace's fault rules."""

    def news(self, take: Take, *, mine: bool = False) -> None:
        """Give ``take`` what was committed since the last time, by anyone. ``mine``: after a change of our own.

        What ``take`` raises is raised here, and the same changes are given again the next time.
        """
        with self._news:
            if not mine and not self._may_have_news():
                return
            with self.reading() as connection:
                rows = connection.execute(
                    select(change.c.seq, change.c.scope, change.c.workspace)
                    .where(change.c.seq > self._seen)
                    .order_by(change.c.seq)
                ).all()
                if rows:
                    complete = rows[0].seq == self._seen + 1
                    take(connection, [Change(Scope(r.scope), r.workspace) for r in rows] if complete else None)
                    self._seen = rows[-1].seq
            self._noted()

    @abstractmethod
    def _connect(self) -> None: ...

    @abstractmethod
    def _writing(self, changes: Sequence[Change]) -> AbstractContextManager[Connection]:
        """A transaction that excludes all other writers."""

    @abstractmethod
    def _may_have_news(self) -> bool:
        """A test cheaper than looking for changes; False only when there are surely none."""

    @abstractmethod
    def _noted(self) -> None:
        """All that the last test told of was taken."""


def _last(connection: Connection) -> int:
    last: int = connection.execute(select(func.coalesce(func.max(change.c.seq), 0))).scalar_one()
    return last


def _record(connection: Connection, changes: Sequence[Change]) -> None:
    """Number them without a gap, in the order of commits: their writers exclude each other. Forget the oldest."""
    first = _last(connection) + 1
    connection.execute(
        insert(change),
        [
            {"seq": first + number, "scope": scope.value, "workspace": workspace}
            for number, (scope, workspace) in enumerate(changes)
        ],
    )
    if first // KEPT_CHANGES != (first + len(changes)) // KEPT_CHANGES:
        connection.execute(delete(change).where(change.c.seq < first - KEPT_CHANGES))
