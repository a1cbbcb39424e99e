"""The control schema on PostgreSQL, shared by all processes: advisory locks exclude what must not run together."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

import psycopg
from sqlalchemy import Connection, create_engine, text

from socle.control.database import SCHEMA, Change, ControlDatabase, ControlUnavailable, Scope
from socle.settings import GroundSettings
from socle.store.port import StoreFailed
from socle.store.postgres_connect import Raw, answering
from socle.store.unit_postgres import lock_key
from socle.store.wiring import address

_SECONDS = 60.0
"""The longest that making a large population may take, and so waiting for it. A process that stands still in the middle
of a change is expelled by PostgreSQL after as long: it would stop all other changes."""
_EXCLUDE = text("SELECT pg_advisory_xact_lock(:key)")
_NEWEST = "SELECT max(seq) FROM change"


class PostgresControl(ControlDatabase):
    """A small pool of connections, each proved before its use: after a restart of PostgreSQL they are made anew."""

    def __init__(self, settings: GroundSettings) -> None:
        super().__init__(settings)
        self._writers = threading.Lock()
        self._asking: Raw | None = None
        """Asks whether there is news, many times a second: one round trip each, where one of the pool takes four."""
        self._engine = create_engine(
            "postgresql+psycopg://",
            creator=self._new,
            pool_size=2,
            max_overflow=6,
            pool_timeout=10,
            pool_pre_ping=True,
            pool_use_lifo=True,
        )

    def _new(self) -> Raw:
        patient = replace(address(self._settings, SCHEMA), statement_seconds=_SECONDS, lock_seconds=_SECONDS)
        raw = patient.connect("plane")
        raw.autocommit = False
        return raw

    def _connect(self) -> None:
        """Connections are made when they are needed."""

    def close(self) -> None:
        self._engine.dispose()
        self._drop()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with answering(ControlUnavailable, "the control"), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self, changes: Sequence[Change]) -> Iterator[Connection]:
        with answering(ControlUnavailable, "the control"), self._writers, self._engine.begin() as connection:
            _exclude(connection, "changes")
            for name in sorted({change.workspace for change in changes if change.scope is Scope.FAULTS}):
                _exclude(connection, f"faults of {name}")
            yield connection

    @contextmanager
    def counting(self, workspace: str) -> Iterator[Connection]:
        """It does not wait for changes of other things: making a large population takes seconds."""
        with answering(ControlUnavailable, "the control"), self._engine.begin() as connection:
            _exclude(connection, f"faults of {workspace}")
            yield connection

    def _may_have_news(self) -> bool:
        """Also when nobody answers: looking itself then says what is wrong."""
        try:
            if self._asking is None:
                self._asking = address(self._settings, SCHEMA).connect("watch", read_only=True)
            return self._asking.execute(_NEWEST).fetchall() != [(self._seen or None,)]
        except (psycopg.Error, StoreFailed):
            self._drop()
            return True

    def _drop(self) -> None:
        if self._asking is not None:
            with suppress(psycopg.Error):
                self._asking.close()
            self._asking = None

    def _noted(self) -> None:
        """The test remembers nothing."""


def _exclude(connection: Connection, name: str) -> None:
    """Until the transaction ends; changes lock before faults, so that none waits for another in a circle."""
    connection.execute(_EXCLUDE, {"key": lock_key(SCHEMA, name)})
