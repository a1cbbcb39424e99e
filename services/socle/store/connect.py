"""How a SQLite file is opened: the same pragmas for every connection."""

import sqlite3
import time
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool


class Synchronous(StrEnum):
    """What an answered act survives."""

    NORMAL = "NORMAL"
    """The end of the process, SIGKILL included, at any moment. A power failure may cost the last acts, whole."""
    FULL = "FULL"
    """A power failure too; each group of acts waits for the disk."""


_BUSY_SECONDS = 10
"""How long a connection waits for another's lock."""
_RETRY_SECONDS = 0.005
_LOG_LIMIT = 64 * 2**20
"""Bytes that the write-ahead log keeps on disk after a burst has been carried over."""
_CACHE_KIB = 16 * 1024
"""Pages that a writer may keep: with SQLite's own 2 MiB, a large transaction reads and writes some pages many times."""


def open_raw(
    path: Path, synchronous: Synchronous, *, read_only: bool = False, page_size: int | None = None
) -> sqlite3.Connection:
    """A driver connection in autocommit mode: transactions are begun and ended by explicit statements only.

    ``page_size`` is that of a file that is made now; one that is there keeps its own.
    """
    raw = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    if page_size is not None:
        raw.execute(f"PRAGMA page_size={page_size}")
    _write_ahead(raw)
    raw.execute(f"PRAGMA synchronous={Synchronous(synchronous).value}")
    raw.execute("PRAGMA foreign_keys=ON")
    raw.execute("PRAGMA temp_store=MEMORY")
    raw.execute(f"PRAGMA journal_size_limit={_LOG_LIMIT}")
    if read_only:
        raw.execute("PRAGMA query_only=ON")
    else:
        raw.execute(f"PRAGMA cache_size={-_CACHE_KIB}")
    return raw


def _write_ahead(raw: sqlite3.Connection) -> None:
    """Where several connections change a new file's mode at once, SQLite refuses all but one without waiting."""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raw.close()
                raise
        time.sleep(_RETRY_SECONDS)


def over(raw: sqlite3.Connection) -> Connection:
    """A SQLAlchemy connection over ``raw``. Once made, it never begins, commits or rolls back by itself.

    Make it before any transaction is begun: the first contact resets the driver's connection.
    """
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool, isolation_level="AUTOCOMMIT")
    connection = engine.connect()
    connection.begin()
    return connection
