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

    def acquire(self) -> bool:
        """Take the lock if it is free; gives whether it is ours. Never waits, but does touch the disk."""
        if self._raw is not None:
            return True
        raw = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            raw.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raw.close()
            return False
        self._raw = raw
        return True

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._raw is not None:
            with contextlib.suppress(sqlite3.OperationalError):
                self._raw.execute("ROLLBACK")
            self._raw.close()
            self._raw = None
