"""One connection to PostgreSQL and the acts that run on it, one after the other, in one thread.

The steps of an act:

1. a connection that was lost while nobody used it is replaced;
2. BEGIN, the work, its events, COMMIT (:mod:`socle.store.unit_postgres`);
3. when PostgreSQL asks for it (deadlock, serialization), or the connection was lost before COMMIT was sent, all of it
   is undone and done again;
4. after COMMIT: spool files whose content is kept now are removed.
"""

import logging
import random
import select
import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from socle.store.outbox import Claim
from socle.store.port import StoreBusy, StoreFailed, UnitOfWork
from socle.store.postgres_connect import Connector, Raw, close
from socle.store.unit_postgres import PostgresUnitOfWork

T = TypeVar("T")
_log = logging.getLogger(__name__)

ATTEMPTS = 5
"""Times an act is begun at most."""
_PAUSE_SECONDS = 0.01
"""Before the second attempt, doubled for each further one and shortened at random, so that rivals part ways."""


class Session:
    """A connection that is made at its first use, and made anew after it was lost."""

    def __init__(self, connector: Connector, service: str, claim: Claim, removable: Callable[[Any], bool]) -> None:
        """``removable`` tells of a file whether it may be removed once its content is stored."""
        self._connector = connector
        self._service = service
        self._claim = claim
        self._removable = removable
        self._raw: Raw | None = None
        self._core: Connection | None = None

    def opened(self) -> tuple[Raw, Connection]:
        """The connection, new if need be. Raises :class:`StoreFailed` when the database is away."""
        if self._raw is not None and is_stale(self._raw):
            self.close()
        if self._raw is None or self._core is None:
            self._raw, self._core = self._connector.open()
        return self._raw, self._core

    def kept(self) -> tuple[Raw, Connection]:
        """The connection there is, and no other; raises :class:`StoreFailed` when it was lost."""
        if self._raw is None or self._core is None or is_stale(self._raw):
            self.close()
            raise StoreFailed("this session's connection was lost")
        return self._raw, self._core

    def snapshot(self) -> Connection:
        """The connection, in a transaction just begun, for reading."""
        raw, core = self.opened()
        try:
            raw.execute("BEGIN")
        except (psycopg.OperationalError, psycopg.InterfaceError):
            self.close()
            raw, core = self.opened()
            raw.execute("BEGIN")
        return core

    def end_snapshot(self) -> None:
        """End the transaction; a connection that cannot is closed."""
        try:
            if self._raw is not None and self._raw.info.transaction_status is not TransactionStatus.IDLE:
                self._raw.execute("COMMIT")
        except psycopg.Error:
            self.close()

    @property
    def raw(self) -> Raw | None:
        """The driver's connection, if there is one."""
        return self._raw

    def close(self) -> None:
        """End the connection; the next act makes another."""
        raw, core = self._raw, self._core
        self._raw = self._core = None
        if raw is not None and core is not None:
            close(raw, core)

    def act(self, work: Callable[[UnitOfWork], T], *, reconnect: bool = True) -> tuple[T, bool]:
        """Run an act; gives its result, and whether it emitted events. Nothing of it is kept when this raises, unless
        the connection was lost while COMMIT was on its way: then nobody can tell, and it raises too.

        ``reconnect`` False: on the connection there is, and on no other.
        """
        for attempt in range(1, ATTEMPTS + 1):
            unit = PostgresUnitOfWork(*(self.opened() if reconnect else self.kept()), self._service, self._claim)
            try:
                unit.begin()
                value = work(unit)
                unit.commit()
            except BaseException as error:
                again = self._undo(unit, error, reconnect=reconnect)
                if not again or attempt == ATTEMPTS:
                    told = translated(error)
                    if told is error:
                        raise
                    raise told from error
                time.sleep(_PAUSE_SECONDS * 2**attempt * random.random())  # noqa: S311
                continue
            for path in unit.spooled:
                if self._removable(path):
                    path.unlink(missing_ok=True)
            return value, bool(unit.events)
        raise AssertionError("unreachable")

    def _undo(self, unit: PostgresUnitOfWork, error: BaseException, *, reconnect: bool) -> bool:
        """Roll back; gives whether the act may be tried again."""
        assert self._raw is not None
        unit.rollback()
        lost = self._raw.closed or self._raw.broken
        if lost:
            self.close()
        cause = cause_of(error)
        if isinstance(cause, (errors.DeadlockDetected, errors.SerializationFailure)):
            return True
        if not lost or unit.committing or not reconnect:
            return False
        return isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError, errors.AdminShutdown))


def is_stale(raw: Raw) -> bool:
    """Whether the server has ended a connection that nobody was using: it sends nothing unasked, but its farewell."""
    if raw.closed or raw.broken:
        return True
    if hasattr(select, "poll"):  # select() itself knows the first 1,024 sockets of a process only
        poll = select.poll()
        poll.register(raw.pgconn.socket, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([raw.pgconn.socket], [], [], 0)[0])


def cause_of(error: BaseException) -> BaseException:
    """The driver's error within SQLAlchemy's, or the error itself."""
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def translated(error: BaseException) -> BaseException:
    """The error as the port names it; those of the work itself stay as they are."""
    cause = cause_of(error)
    if isinstance(cause, psycopg.IntegrityError):
        return error if isinstance(error, IntegrityError) else IntegrityError(None, None, cause)
    if isinstance(cause, errors.LockNotAvailable):
        return StoreBusy(f"another act holds what this one needs: {cause}")
    if isinstance(cause, (psycopg.OperationalError, psycopg.InternalError, psycopg.InterfaceError)):
        return StoreFailed(f"the database failed: {cause}")
    return error
