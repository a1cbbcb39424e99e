"""Contents above 256 KB as files named by their SHA-256 (D15); the ``blob`` table says which of them count."""

import os
import shutil
import sqlite3
from pathlib import Path

from socle.blobs import Blob
from socle.exchange import new_id

INLINE_LIMIT = 256 * 1024
"""Up to here a content lies in the table: SQLite reads it faster there than the file system does."""
KEPT_AT_ONCE = 8
"""Contents of one statement at most."""


class BlobFolder:
    """The files of one service: ``{root}/ab/abcdef…``."""

    def __init__(self, root: Path, *, durable: bool) -> None:
        self.root = root
        self._durable = durable
        """Whether a file must be on the disk, not only in the system's cache, before its act commits."""

    def path(self, sha256: str) -> Path:
        """Where the content lies, if it is a file."""
        return self.root / sha256[:2] / sha256

    def adopt(self, blob: Blob) -> None:
        """Take the content in: a spool file is moved, never copied unless it lies on another disk. Blocking.

        The spool file is gone afterwards, also when the content was already there.
        """
        target = self.path(blob.sha256)
        if target.exists():
            if blob.path is not None:
                blob.path.unlink(missing_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        source = blob.path
        if source is None or source.stat().st_dev != target.parent.stat().st_dev:
            source = self._copy(blob, target.parent)
            if blob.path is not None:
                blob.path.unlink(missing_ok=True)
        if self._durable:
            _sync(source)
        os.replace(source, target)

    def _copy(self, blob: Blob, folder: Path) -> Path:
        copy = folder / f"{new_id()}.tmp"
        with copy.open("wb") as out:
            if blob.path is None:
                out.write(blob.read())
            else:
                with blob.path.open("rb") as source:
                    shutil.copyfileobj(source, out, 1 << 20)
        return copy

    def drop(self, raw: sqlite3.Connection, sha256: str) -> None:
        """Remove the file of a content that is no longer stored. ``raw`` must hold the write lock, as for sweeping."""
        if not raw.execute("SELECT 1 FROM blob WHERE sha256 = ? AND data IS NULL", (sha256,)).fetchone():
            self.path(sha256).unlink(missing_ok=True)

    def sweep(self, raw: sqlite3.Connection) -> int:
        """Remove files whose act never committed; gives how many. Blocking.

        ``raw`` must hold the write lock: no other process is then between moving a file and committing.
        """
        removed = 0
        for file in self.root.glob("??/*") if self.root.exists() else ():
            if not raw.execute("SELECT 1 FROM blob WHERE sha256 = ? AND data IS NULL", (file.name,)).fetchone():
                file.unlink(missing_ok=True)
                removed += 1
        return removed


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
