"""What a process has of a data folder for as long as it lives: the services it serves from it, and its spool files.

Several processes may share a folder, each with services of its own. Locks end with their process, however it ends.
"""

import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from socle.process_lock import ProcessLock

WAIT_SECONDS = 5.0
"""How long a start waits for a process that is just ending."""


class FolderHeld(RuntimeError):
    """Another process serves the same service from the same folder."""


class DataFolder:
    """Blocking; nothing touches the disk before :meth:`hold` or :meth:`open_spool`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._spools = path / "spool"
        self.spool = self._spools / uuid4().hex
        """Where this process's large request parts and archives lie; on the same disk as the blobs."""
        self._services: list[ProcessLock] = []
        self._own = ProcessLock(_lock_of(self.spool))

    def hold(self, services: Iterable[str], wait: float = WAIT_SECONDS) -> None:
        """Serve these from here, alone, until :meth:`close`. Raises :class:`FolderHeld`, ``OSError``."""
        for service in services:
            lock, holder = ProcessLock(self._path / f"{service}.lock"), self._path / f"{service}.pid"
            if not lock.acquire(wait):
                pid, folder = _told(holder), self._path.resolve()
                raise FolderHeld(
                    f"le processus {pid} sert déjà {service} depuis {folder} ; arrêtez-le, ou choisissez un autre "
                    "dossier de données (--data-dir, SOCLES_DATA_DIR).\n"
                    f"process {pid} already serves {service} from {folder}; stop it, or choose another data folder."
                )
            self._services.append(lock)
            holder.write_text(f"{os.getpid()}\n", "ascii")

    def open_spool(self) -> None:
        """Make :attr:`spool`, and remove those of processes that were killed. Raises ``OSError``."""
        self._spools.mkdir(parents=True, exist_ok=True)
        door = ProcessLock(self._spools / "door")
        if not door.acquire(WAIT_SECONDS):
            raise TimeoutError(f"{self._spools}: another process has been starting there for {WAIT_SECONDS:g} s")
        try:
            for left in self._spools.glob("*.lock"):
                lock = ProcessLock(left)
                if lock.acquire():
                    _remove(left.with_suffix(""), lock)
            self._own.acquire()
            self.spool.mkdir()
        finally:
            door.release()

    def close(self) -> None:
        """Let others serve from here; a second call does nothing."""
        if self._own.held:
            _remove(self.spool, self._own)
        while self._services:
            self._services.pop().release()


def _lock_of(spool: Path) -> Path:
    return spool.with_suffix(".lock")


def _remove(spool: Path, lock: ProcessLock) -> None:
    shutil.rmtree(spool, ignore_errors=True)
    lock.release()
    with contextlib.suppress(OSError):  # another process looks whether it is held
        _lock_of(spool).unlink()


def _told(holder: Path) -> str:
    try:
        return holder.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return "?"
