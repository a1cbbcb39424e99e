"""The relay (D2): one per service; makes the outbox a log, event by event in commit order, and tells the bus.

Its way: committed rows → sequence and offset, stored in one transaction → bus. Killed anywhere on it, or run twice, it
gives the same events the same numbers. On the embedded bus the outbox itself is the log (D3): nothing is copied.
"""

import asyncio
import contextlib
import logging
from functools import partial

from socle.bus import log
from socle.bus.embedded import EmbeddedBus
from socle.bus.lock import ProcessLock
from socle.store.port import StoreClosed
from socle.store.sqlite import SqliteStore

_log = logging.getLogger(__name__)

PASS_EVENTS = 2000
"""Events per transaction: a pass holds the writer for some 10 ms at most."""
PACE_SECONDS = 0.02
"""Between two passes: under load one pass serves many acts, while an event after a quiet moment goes at once."""
POLL_SECONDS = 0.25
"""How soon commits of other processes on the same file are seen; our own wake the relay at once."""


class Relay:
    """Runs from :meth:`start` to :meth:`stop`. A second relay on the same file stands by and only watches the heads.

    The bus is told where the logs end.
    """

    def __init__(self, store: SqliteStore, bus: EmbeddedBus) -> None:
        self._store = store
        self._bus = bus
        self._lock = ProcessLock(store.path.with_suffix(".relay"))
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    @property
    def leading(self) -> bool:
        """Whether this relay is the one that gives the numbers."""
        return self._lock.held

    async def start(self) -> None:
        """Sequence what a former process left behind, then follow the commits."""
        await self._take_lead()
        self._bus.grown(self._store.service, self._store, await self._store.read(log.offsets))
        await self._sequence()
        self._store.on_events(partial(self._committed, asyncio.get_running_loop()))
        self._task = asyncio.create_task(self._run(), name=f"{self._store.service}-relay")

    def _committed(self, loop: asyncio.AbstractEventLoop) -> None:
        """In the writer's thread. What is set already will be cleared before a pass that sees this commit too."""
        if not self._wake.is_set():
            with contextlib.suppress(RuntimeError):  # the loop was closed and the relay with it
                loop.call_soon_threadsafe(self._wake.set)

    async def stop(self) -> None:
        """Flush: everything committed up to now is sequenced and handed over when this returns."""
        if self._task is None:
            return
        self._stopping = True
        self._wake.set()
        await self._task
        self._task = None
        with contextlib.suppress(StoreClosed):
            self._store.on_events(None)
            await self._sequence()
        await asyncio.to_thread(self._lock.release)

    async def _run(self) -> None:
        while not self._stopping:
            woken = True
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                woken = False
            self._wake.clear()
            try:
                await self._take_lead()
                if woken or await self._store.read(log.pending) or not self.leading:
                    await self._sequence()
            except StoreClosed:
                return
            except Exception:
                _log.exception("relay of %s: the pass is tried again", self._store.service)
                await asyncio.sleep(POLL_SECONDS)
            await asyncio.sleep(PACE_SECONDS)

    async def _take_lead(self) -> None:
        if not self._lock.held:
            await asyncio.to_thread(self._lock.acquire)

    async def _sequence(self) -> None:
        if not self._lock.held:
            self._bus.grown(self._store.service, self._store, await self._store.read(log.offsets))
            return
        more = True
        while more:
            done = await self._store.write_first(lambda uow: log.sequence(uow, PASS_EVENTS))
            more = done.more
            if done.heads:
                self._bus.grown(self._store.service, self._store, done.heads)
