"""Large contents of a database as files, for callers that want a path: a cache on this machine, bounded."""

import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from socle.exchange import new_id

CACHE_BYTES = 512 * 2**20
"""Files stay up to here in all, the latest used."""
CACHE_SECONDS = 600
"""A file that was asked for less long ago is never removed: somebody may be about to open it."""


class BlobCache:
    """The folder of one service: ``{root}/ab/abcdef…``. Blocking."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()

    def has(self, path: Path) -> bool:
        """Whether ``path`` is one of its files."""
        return path.is_relative_to(self.root)

    def file(self, sha256: str, pieces: Iterable[bytes]) -> Path:
        """The content's file; ``pieces`` are asked for when it is not there yet."""
        path = self.root / sha256[:2] / sha256
        try:
            os.utime(path)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.parent / f"{new_id()}.tmp"
            try:
                with draft.open("wb") as file:
                    file.writelines(pieces)
                os.replace(draft, path)
            finally:
                draft.unlink(missing_ok=True)
            self._trim()
        return path

    def _trim(self) -> None:
        with self._lock:
            files = []
            for file in self.root.glob("??/*"):
                try:
                    seen = file.stat()
                except FileNotFoundError:  # another process trims the same folder
                    continue
                files.append((seen.st_mtime, seen.st_size, file))
            total = sum(size for _, size, _ in files)
            before = time.time() - CACHE_SECONDS
            for used, size, file in sorted(files):
                if total <= CACHE_BYTES or used > before:
                    return
                file.unlink(missing_ok=True)
                total -= size
