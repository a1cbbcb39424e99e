"""The store on PostgreSQL (D5): acts side by side, each a transaction of its own, on a few connections."""

import asyncio
import concurrent.futures
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from socle.events.model import EventData
from socle.store.blob_cache import BlobCache
from socle.store.blobs_postgres import PostgresBlobs
from socle.store.crew import Crew, Job
from socle.store.dedicated import DedicatedSession
from socle.store.outbox import Claim
from socle.store.port import StoreBusy, StoreClosed, UnitOfWork
from socle.store.postgres_connect import Address, Connector
from socle.store.session import Session, translated

T = TypeVar("T")
_log = logging.getLogger(__name__)


class PostgresStore:
    """See :class:`socle.store.port.Store`. The schema must be there already: :mod:`socle.store.migrate` makes it.

    ``connections`` is how many acts run at once; ``max_waiting`` bounds those that wait for their turn, and beyond it
    :meth:`write` raises ``StoreBusy`` at once. While the database is away every call raises ``StoreFailed``; once it is
    back, the next call works again.
    """

    def __init__(
        self,
        address: Address,
        *,
        service: str,
        cache_folder: Path,
        connections: int = 8,
        readers: int = 4,
        max_waiting: int = 2000,
        claim: Claim = lambda service, topic: None,
    ) -> None:
        """``cache_folder`` takes large contents that are asked for as a file."""
        self.address = address
        self.service = service
        self._claim = claim
        self._max_waiting = max_waiting
        self._cache = BlobCache(cache_folder)
        self._committed: Callable[[], object] | None = None
        self._started = self._closed = False
        writing = Connector(lambda: address.connect("write"))
        reading = Connector(lambda: address.connect("read", read_only=True))
        self._writers = Crew(f"{service}-writer", connections, lambda: _Writing(self, self._session(writing)))
        self._readers = Crew(f"{service}-reader", readers, lambda: _Reading(self._session(reading)))
        self.blobs = PostgresBlobs(self, self._cache)

    def _session(self, connector: Connector) -> Session:
        return Session(connector, self.service, self._claim, lambda path: not self._cache.has(path))

    async def start(self) -> None:
        """Prove that the database answers; a second call does nothing. Raises ``StoreFailed``, saying what is wrong."""
        if self._closed:
            raise StoreClosed(f"the store of {self.service} was stopped")
        if not self._started:
            await asyncio.to_thread(self._prove)
            self._started = True

    def _prove(self) -> None:
        with self.address.connect("start") as raw:
            self.address.check_version(raw)

    async def stop(self) -> None:
        """Finish what is queued, then close; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._writers.close)
        await asyncio.to_thread(self._readers.close)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        self._check_running()
        if self._writers.waiting >= self._max_waiting:
            raise StoreBusy(f"{self._max_waiting} acts already wait for the store of {self.service}")
        return await self._put(self._writers, work)

    async def emit(self, data: EventData, *, subject: str, time: datetime, delay: float = 0.0) -> str:
        return await self.write(lambda uow: uow.emit(data, subject=subject, time=time, delay=delay))

    async def write_first(self, work: Callable[[UnitOfWork], T]) -> T:
        self._check_running()
        return await self._put(self._writers, work, first=True)

    async def read(self, work: Callable[[Connection], T]) -> T:
        self._check_running()
        return await self._put(self._readers, work)

    def read_blocking(self, work: Callable[[Connection], T]) -> T:
        """As :meth:`read`, for a thread without an event loop."""
        self._check_running()
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._readers.put(Job(work, future, None))
        return future.result()

    async def drop_files(self, contents: Sequence[str]) -> None:
        """There are none but those of the cache, which bounds itself."""

    def on_events(self, callback: Callable[[], object] | None) -> None:
        self._check_running()
        self._committed = callback

    def dedicated_session(self, role: str, *, idle_seconds: float | None = None) -> DedicatedSession:
        """A connection of the caller's own, not yet connected: see there."""
        connector = Connector(lambda: self.address.connect(role, idle_seconds=idle_seconds))
        return DedicatedSession(self._session(connector), self.service)

    def committed_events(self) -> None:
        """Called in a thread of the store's after a commit that holds events."""
        if self._committed is not None:
            self._committed()

    def _check_running(self) -> None:
        if self._closed:
            raise StoreClosed(f"the store of {self.service} was stopped")
        if not self._started:
            raise StoreClosed(f"the store of {self.service} was not started")

    async def _put(self, crew: Crew, work: Callable[[Any], T], *, first: bool = False) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        crew.put(Job(work, future, loop), first=first)
        return await future


class _Writing:
    """A thread's acts."""

    def __init__(self, store: PostgresStore, session: Session) -> None:
        self._store = store
        self._session = session

    def do(self, job: Job) -> None:
        if job.future.cancelled():
            return
        try:
            value, told = self._session.act(job.work)
        except BaseException as error:
            job.answer(None, error)
            return
        job.answer(value, None)
        if told:
            try:
                self._store.committed_events()
            except Exception:
                _log.exception("store of %s: who wanted to know of events failed", self._store.service)

    def close(self) -> None:
        self._session.close()


class _Reading:
    """A thread's reading: one snapshot for each ``work``; the answer leaves before the transaction ends."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def do(self, job: Job) -> None:
        if job.future.cancelled():
            return
        try:
            job.answer(job.work(self._session.snapshot()), None)
        except BaseException as error:
            job.answer(None, translated(error))
        self._session.end_snapshot()

    def close(self) -> None:
        self._session.close()
