"""A lock between processes that dies with its holder: the exclusive lock of a small SQLite file, on every platform."""

import contextlib
import sqlite3
from pathlib import Path


class ProcessLock:
    """Held by at most one object at a time, over all processes of the machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._raw: sqlite3.Connection | None = None

    @property
    def held(self) -> bool:
        return self._raw is not None

    def acquire(self, wait: float = 0.0) -> bool:
        """Take the lock, once it is free within ``wait`` seconds; gives whether it is ours. Touches the disk.

        Raises ``OSError`` when the file cannot be made.
        """
        if self._raw is not None:
            return True
        try:
            raw = sqlite3.connect(self._path, timeout=wait, isolation_level=None, check_same_thread=False)
            try:
                raw.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                raw.close()
                raise
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                return False
            raise OSError(f"{self._path}: {error}") from error
        self._raw = raw
        return True

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._raw is not None:
            with contextlib.suppress(sqlite3.OperationalError):
                self._raw.execute("ROLLBACK")
            self._raw.close()
            self._raw = None
