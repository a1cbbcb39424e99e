"""How PostgreSQL is reached: the same session settings for every connection, and errors that say what to mend."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import BytesBinaryDumper
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from socle.store.port import StoreFailed

Raw = psycopg.Connection[tuple[Any, ...]]

OLDEST = 14
"""The oldest major version that has all we use (``idle_session_timeout``)."""
_CONNECT_SECONDS = 5
_SLOW_SECONDS = 1.0
"""A server that refuses does so at once. One that took longer than this to fail says nothing at all: those who wait
are then told so for as long again, instead of each in turn waiting for :data:`_CONNECT_SECONDS`."""
_PREPARED = 500
"""Statements that one connection keeps prepared; beyond it the one unused for longest goes."""
_KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
"""A server that vanished without a word (machine off, cable cut) is noticed within about 25 s."""


@dataclass(frozen=True, slots=True)
class Address:
    """A schema of a database, and how long anything there may take."""

    url: str = field(repr=False)
    """Holds the password."""
    schema: str
    statement_seconds: float = 30.0
    """A statement that takes longer is cancelled."""
    lock_seconds: float = 10.0
    """Whoever waits longer for a lock gives up."""

    def connect(self, role: str, *, read_only: bool = False, idle_seconds: float | None = None) -> Raw:
        """A connection in autocommit mode: transactions are begun and ended by explicit statements only.

        ``role`` is told to PostgreSQL (``application_name`` in ``pg_stat_activity``). After ``idle_seconds`` without a
        statement PostgreSQL ends the session. Raises :class:`StoreFailed` when there is no way in, saying why.
        """
        settings: dict[str, object] = {
            "search_path": self.schema,
            "timezone": "UTC",
            "synchronous_commit": "on",
            "statement_timeout": f"{self.statement_seconds * 1000:.0f}",
            "lock_timeout": f"{self.lock_seconds * 1000:.0f}",
            # what stands still between plain statements; for acts, which are pipelined, see socle.store.frozen
            "idle_in_transaction_session_timeout": f"{self.statement_seconds * 1000:.0f}",
        }
        if idle_seconds is not None:
            settings["idle_session_timeout"] = f"{idle_seconds * 1000:.0f}"
        if read_only:
            settings |= {"default_transaction_read_only": "on", "default_transaction_isolation": "repeatable\\ read"}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        try:
            raw: Raw = psycopg.connect(
                self.url,
                autocommit=True,
                prepare_threshold=1,
                application_name=f"socles {self.schema} {role}",
                connect_timeout=_CONNECT_SECONDS,
                options=f"{conninfo_to_dict(self.url).get('options') or ''} {options}".strip(),
                **_KEEPALIVE,  # type: ignore[arg-type]
            )
        except psycopg.Error as error:
            raise StoreFailed(self._explained(error)) from error
        raw.prepared_max = _PREPARED
        # one type for every integer: a statement is prepared once, not once for each size of a value
        raw.adapters.register_dumper(int, Int8Dumper)
        raw.adapters.register_dumper(bytes, BytesBinaryDumper)
        return raw

    def check_version(self, raw: Raw) -> None:
        """Raises :class:`StoreFailed` when the server is too old."""
        major = raw.info.server_version // 10_000
        if major < OLDEST:
            raise StoreFailed(f"{self}: PostgreSQL {OLDEST} or newer is needed, this server is version {major}")

    def _explained(self, error: psycopg.Error) -> str:
        said = " ".join(str(error).split())
        for sign, advice in (
            ("password authentication failed", "user or password is wrong in SOCLES_DATABASE_URL"),
            ("does not exist", "create it first, or mend SOCLES_DATABASE_URL"),
            ("could not translate host name", "the host's name in SOCLES_DATABASE_URL is unknown here"),
            ("Connection refused", "is PostgreSQL running there? (SOCLES_DATABASE_URL)"),
        ):
            if sign in said:
                return f"{self}: {advice}: {said}"
        return f"{self}: {said}"

    def __str__(self) -> str:
        """Where it is, without the password."""
        parts = conninfo_to_dict(self.url)
        where = f"{parts.get('host') or 'localhost'}:{parts.get('port') or 5432}"
        return f"PostgreSQL at {where}, database {parts.get('dbname') or parts.get('user')}, schema {self.schema}"


@contextmanager
def answering(raised: type[Exception], whose: str) -> Iterator[None]:
    """Raise ``raised`` for whatever shows that the database does not answer; other errors pass."""
    try:
        yield
    except (StoreFailed, PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise raised(f"{whose} database does not answer: {error}") from error
    except DBAPIError as error:
        if isinstance(error.orig, (psycopg.OperationalError, psycopg.InterfaceError)):
            raise raised(f"{whose} database does not answer: {error.orig}") from error
        raise


class Connector:
    """Opens connections of one role, each with a SQLAlchemy connection over it."""

    def __init__(self, connect: Callable[[], Raw]) -> None:
        self._engine = create_engine(
            "postgresql+psycopg://",
            creator=connect,
            poolclass=NullPool,
            pool_reset_on_return=None,
            isolation_level="AUTOCOMMIT",
            use_native_hstore=False,
        )
        self._silence = ""
        self._silent_until = 0.0

    def open(self) -> tuple[Raw, Connection]:
        """A new connection. SQLAlchemy never begins, commits or rolls back on it by itself.

        Raises :class:`StoreFailed`; at once while the server is known not to say a word.
        """
        began = time.monotonic()
        if began < self._silent_until:
            raise StoreFailed(self._silence)
        try:
            core = self._engine.connect()
        except StoreFailed as error:
            ended = time.monotonic()
            if ended - began > _SLOW_SECONDS:
                self._silence, self._silent_until = str(error), ended + _SLOW_SECONDS
            raise
        core.begin()
        raw = core.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        return raw, core


def close(raw: Raw, core: Connection) -> None:
    """End a connection, whatever state it is in."""
    with suppress(Exception):  # SQLAlchemy wants to tidy up first, which a broken connection refuses
        core.invalidate()
        core.close()
    raw.close()
