"""The store on SQLite (D5): one file, one writer thread, a few reading threads."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Text, bindparam, select
from sqlalchemy.sql.schema import MetaData

from socle.blobs import Blob, BlobRef
from socle.events.model import EventData
from socle.store.act import Act
from socle.store.blobs import BlobFolder
from socle.store.connect import Synchronous, open_raw, over
from socle.store.gathering import Gathering
from socle.store.hot import hot, hot_rows
from socle.store.outbox import Claim, event_row
from socle.store.port import StoreBusy, StoreClosed, UnitOfWork
from socle.store.tables import common
from socle.store.writer import Writer

T = TypeVar("T")

_BLOB = common(MetaData()).blob
_FIND = hot(select(_BLOB.c.size, _BLOB.c.data).where(_BLOB.c.sha256 == bindparam("sha256", type_=Text)))


class SqliteStore:
    """See :class:`socle.store.port.Store`. The schema must be there already: :mod:`socle.store.migrate` makes it.

    ``max_waiting`` bounds the acts that wait for the writer; beyond it :meth:`write` raises ``StoreBusy`` at once.
    """

    def __init__(
        self,
        path: Path,
        *,
        service: str,
        blob_folder: Path | None = None,
        synchronous: Synchronous = Synchronous.NORMAL,
        max_waiting: int = 2000,
        readers: int = 3,
        claim: Claim = lambda service, topic: None,
    ) -> None:
        self.path = path
        self.service = service
        self._folder = BlobFolder(
            blob_folder or path.parent / "blobs" / service, durable=synchronous is Synchronous.FULL
        )
        self._synchronous = synchronous
        self._max_waiting = max_waiting
        self._readers = readers
        self._claim = claim
        self._writer: Writer | None = None
        self._gathering: Gathering | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._mine = threading.local()
        self._opened: list[Connection] = []
        self._closed = False
        self.blobs = SqliteBlobs(self, self._folder)

    async def start(self) -> None:
        """Open the file and start the threads; a second call does nothing."""
        if self._closed:
            raise StoreClosed(f"the store of {self.service} was stopped")
        if self._writer is not None:
            return
        self._writer = await asyncio.to_thread(self._open)
        self._pool = ThreadPoolExecutor(self._readers, thread_name_prefix=f"{self.service}-reader")
        self._gathering = Gathering(asyncio.get_running_loop(), self._writer.put)
        self._writer.start()

    def _open(self) -> Writer:
        raw = open_raw(self.path, self._synchronous)
        core = over(raw)
        raw.execute("BEGIN IMMEDIATE")
        self._folder.sweep(raw)
        raw.execute("COMMIT")
        return Writer(raw, core, self.service, self._folder, self._claim)

    async def stop(self) -> None:
        """Finish what is queued, then close; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._writer is not None and self._gathering is not None:
            self._gathering.flush()
            self._writer.close()
            await asyncio.to_thread(self._close)

    def _close(self) -> None:
        assert self._writer is not None
        assert self._pool is not None
        self._writer.join()
        self._pool.shutdown()
        for connection in self._opened:
            connection.close()
            connection.engine.dispose()

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        self._check_room()
        result: T = await self._gathered(self._act(work))
        return result

    async def emit(self, data: EventData, *, subject: str, time: datetime, delay: float = 0.0) -> str:
        if delay:
            return await self.write(lambda uow: uow.emit(data, subject=subject, time=time, delay=delay))
        self._check_room()
        self._claim(self.service, data.TOPIC)
        row = event_row(self.service, data, subject=subject, time=time)
        act = self._act(None)
        act.value, act.events = row[0], (row,)
        await self._gathered(act)
        return row[0]

    async def write_first(self, work: Callable[[UnitOfWork], T]) -> T:
        """As :meth:`write`, before all that waits and never refused: for the relay, whose work frees the queue."""
        act = self._act(work)
        self._running().put_first(act)
        result: T = await act.future
        return result

    async def read(self, work: Callable[[Connection], T]) -> T:
        self._running()
        assert self._pool is not None
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, work)

    def read_blocking(self, work: Callable[[Connection], T]) -> T:
        """As :meth:`read`, for a thread without an event loop."""
        self._running()
        assert self._pool is not None
        return self._pool.submit(self._read, work).result()

    async def drop_files(self, contents: Sequence[str]) -> None:
        def work(uow: UnitOfWork) -> None:
            raw = uow.connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            for sha256 in contents:
                self._folder.drop(raw, sha256)

        await self.write_first(work)

    def on_events(self, callback: Callable[[], object] | None) -> None:
        """Have ``callback`` called, in the writer's thread, after each commit that holds events."""
        self._running().committed_events = callback

    def _check_room(self) -> None:
        writer, gathering = self._running(), self._gathering
        if writer.waiting + (gathering.waiting if gathering is not None else 0) >= self._max_waiting:
            raise StoreBusy(f"{self._max_waiting} acts already wait for the store of {self.service}")

    async def _gathered(self, act: Act) -> Any:
        gathering = self._gathering
        if gathering is not None and gathering.loop is act.loop:
            gathering.add(act)
        else:  # another loop than the one that started the store
            self._running().put([act])
        return await act.future

    def _running(self) -> Writer:
        if self._closed:
            raise StoreClosed(f"the store of {self.service} was stopped")
        if self._writer is None:
            raise StoreClosed(f"the store of {self.service} was not started")
        return self._writer

    def _act(self, work: Callable[[UnitOfWork], Any] | None) -> Act:
        loop = asyncio.get_running_loop()
        return Act(work, loop.create_future(), loop)

    def _read(self, work: Callable[[Connection], T]) -> T:
        """In a reading thread: one snapshot for the whole of ``work``."""
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._mine.connection = over(open_raw(self.path, self._synchronous, read_only=True))
            self._opened.append(connection)
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.execute("BEGIN")
        try:
            return work(connection)
        finally:
            if raw.in_transaction:
                raw.execute("COMMIT")


class SqliteBlobs:
    """See :class:`socle.store.port.BlobStore`."""

    def __init__(self, store: SqliteStore, folder: BlobFolder) -> None:
        self._store = store
        self._folder = folder

    async def find(self, sha256: str) -> Blob | None:
        return await self._store.read(lambda connection: self._find(connection, sha256))

    def _find(self, connection: Connection, sha256: str) -> Blob | None:
        rows = hot_rows(connection, _FIND, {"sha256": sha256})
        if not rows:
            return None
        size, data = rows[0]
        return Blob(sha256, size, data=data, path=self._folder.path(sha256) if data is None else None)

    def read_blocking(self, ref: BlobRef) -> bytes | None:
        """The whole content, or None when it is not stored here; for threads without an event loop."""
        blob = self._store.read_blocking(lambda connection: self._find(connection, ref.sha256))
        return None if blob is None else blob.read()

    async def read(self, sha256: str) -> bytes:
        blob = await self._found(sha256)
        return blob.data if blob.data is not None else await asyncio.to_thread(blob.read)

    async def stream(self, sha256: str, chunk: int = 256 * 1024) -> AsyncIterator[bytes]:
        blob = await self._found(sha256)
        if blob.data is not None:
            yield blob.data
            return
        assert blob.path is not None
        file = await asyncio.to_thread(blob.path.open, "rb")
        try:
            while piece := await asyncio.to_thread(file.read, chunk):
                yield piece
        finally:
            await asyncio.to_thread(file.close)

    async def _found(self, sha256: str) -> Blob:
        blob = await self.find(sha256)
        if blob is None:
            raise KeyError(sha256)
        return blob
