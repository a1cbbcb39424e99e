"""Who leads on a SQLite file: the process that holds the lock beside it."""

import asyncio

from socle.bus import log
from socle.bus.log import Pass
from socle.process_lock import ProcessLock
from socle.store.sqlite import SqliteStore

PACE_SECONDS = 0.02
"""A pass holds the one writer for a moment."""
POLL_SECONDS = 0.25
"""How soon commits of other processes on the same file are seen; our own wake the relay at once."""


class FileLead:
    """See :class:`socle.bus.relaying.Lead`. A pass is one transaction of the file's writer, over state read anew."""

    pace_seconds = PACE_SECONDS
    poll_seconds = POLL_SECONDS

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._lock = ProcessLock(store.path.with_suffix(".relay"))

    @property
    def held(self) -> bool:
        return self._lock.held

    async def take(self) -> bool:
        return self._lock.held or await asyncio.to_thread(self._lock.acquire)

    async def pending(self) -> bool:
        return await self._store.read(log.pending)

    async def sequence(self, count: int, *, whole: bool) -> Pass:
        return await self._store.write_first(lambda uow: log.sequence(uow, count, whole=whole))

    async def give_up(self) -> None:
        await asyncio.to_thread(self._lock.release)
