"""A connection that somebody keeps for himself: what it locks is his until the connection ends."""

from collections.abc import Callable
from typing import TypeVar

import psycopg

from socle.store.port import StoreFailed, UnitOfWork
from socle.store.postgres_connect import Raw
from socle.store.session import Session, translated
from socle.store.unit_postgres import lock_key

T = TypeVar("T")


class DedicatedSession:
    """For the relay, and for who listens. Blocking; one thread at a time.

    Nothing here connects by itself: a session whose connection was lost has lost its locks, and says so
    (``StoreFailed``) until :meth:`connect` is called again.
    """

    def __init__(self, session: Session, schema: str) -> None:
        self._session = session
        self._schema = schema
        self._connected = False

    def connect(self) -> None:
        """Connect, unless it is. Raises ``StoreFailed`` when the database is away."""
        if not self._alive():
            self.close()
            self._session.opened()
            self._connected = True

    @property
    def raw(self) -> Raw:
        """The driver's connection, in autocommit mode; for LISTEN and the like."""
        raw = self._session.raw
        if not self._connected or raw is None:
            raise StoreFailed("this session is not connected")
        return raw

    def try_lock(self, name: str) -> bool:
        """Take the lock ``name`` of this schema for as long as the connection lasts; False: somebody has it."""
        return bool(self._ask("SELECT pg_try_advisory_lock(%s)", lock_key(self._schema, name)))

    def ping(self) -> None:
        """Prove that the connection is there; raises ``StoreFailed``."""
        self._ask("SELECT %s::bigint", 1)

    def run(self, work: Callable[[UnitOfWork], T]) -> T:
        """A transaction, as :meth:`socle.store.port.Store.write`, on this connection and no other."""
        try:
            value, _ = self._session.act(work, reconnect=False)
        except StoreFailed:
            self._connected = self._alive()
            raise
        return value

    def close(self) -> None:
        """End the connection; its locks are free then."""
        self._connected = False
        self._session.close()

    def _alive(self) -> bool:
        raw = self._session.raw
        return self._connected and raw is not None and not raw.closed

    def _ask(self, question: str, value: int) -> object:
        try:
            row = self.raw.execute(question, (value,)).fetchone()
        except psycopg.Error as error:
            self.close()
            raise translated(error) from error
        assert row is not None
        return row[0]
