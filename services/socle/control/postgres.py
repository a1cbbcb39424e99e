"""The control schema on PostgreSQL, shared by all processes: advisory locks exclude what must not run together."""

import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from socle.control.database import SCHEMA, Change, ControlDatabase, ControlUnavailable, Scope
from socle.settings import GroundSettings

_LOCK = 0x50C1
"""First half of the advisory locks' names; the second is 0 for all writers, or a workspace's fault rules."""
_ALL = 0
_FROZEN_SECONDS = 30
"""PostgreSQL expels a process that stands still in the middle of a change for so long: it would stop all others."""
_CONNECT_SECONDS = 5
_EXCLUDE = text("SELECT pg_advisory_xact_lock(:lock, :name)")


class PostgresControl(ControlDatabase):
    """A small pool of connections, each proved before its use: after a restart of PostgreSQL they are made anew."""

    def __init__(self, settings: GroundSettings) -> None:
        super().__init__(settings)
        self._writers = threading.Lock()
        self._engine = create_engine(
            "postgresql+psycopg://",
            creator=self._new,
            pool_size=2,
            max_overflow=6,
            pool_timeout=10,
            pool_pre_ping=True,
            pool_use_lifo=True,
        )

    def _new(self) -> psycopg.Connection[Any]:
        assert self._settings.database_url is not None
        options = f"-c search_path={SCHEMA} -c timezone=UTC -c idle_in_transaction_session_timeout={_FROZEN_SECONDS}s"
        return psycopg.connect(
            self._settings.database_url.get_secret_value(),
            options=options,
            connect_timeout=_CONNECT_SECONDS,
            application_name="socles control",
        )

    def _connect(self) -> None:
        """Connections are made when they are needed."""

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with _available(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self, changes: Sequence[Change]) -> Iterator[Connection]:
        with _available(), self._writers, self._engine.begin() as connection:
            connection.execute(_EXCLUDE, {"lock": _LOCK, "name": _ALL})
            for name in sorted({change.workspace for change in changes if change.scope is Scope.FAULTS}):
                connection.execute(_EXCLUDE, {"lock": _LOCK, "name": _name(name)})
            yield connection

    @contextmanager
    def counting(self, workspace: str) -> Iterator[Connection]:
        """It does not wait for changes of other things: making a large population takes seconds."""
        with _available(), self._engine.begin() as connection:
            connection.execute(_EXCLUDE, {"lock": _LOCK, "name": _name(workspace)})
            yield connection

    def _may_have_news(self) -> bool:
        """Looking is one statement, as cheap as any test."""
        return True

    def _noted(self) -> None:
        """There is no test."""


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except (PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise ControlUnavailable(f"the control database does not answer: {error}") from error
    except DBAPIError as error:
        if isinstance(error.orig, (psycopg.OperationalError, psycopg.InterfaceError)):
            raise ControlUnavailable(f"the control database does not answer: {error.orig}") from error
        raise


def _name(workspace: str) -> int:
    """The second half of a lock's name: never 0; two workspaces that share one only wait for each other."""
    return zlib.crc32(workspace.encode()) >> 1 | 1
