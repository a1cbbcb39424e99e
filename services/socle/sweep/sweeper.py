"""Removes what is dead, in small transactions beside the acts: one sweeper for each process, at work where it leads."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from prometheus_client import Counter
from sqlalchemy import Connection, MetaData

from socle.bus.port import Relaying
from socle.control.plane import ControlPlane
from socle.journal.store import JournalStore
from socle.store.port import Store, StoreClosed, UnitOfWork
from socle.sweep import contents, outbox
from socle.sweep.scopes import Scope, drop, scopes

_LOG = logging.getLogger(__name__)
_SWEPT = Counter("socle_swept_total", "Rows and events of deleted workspaces and ended epochs removed", ["service"])

_CONTENTS = Counter("socle_swept_contents_total", "Contents removed that nothing referred to any more", ["service"])

CONTENTS, CONTENTS_AT_ONCE = 20_000, 50
"""Of one round, and of one transaction."""
ROWS = 500
"""Of one transaction: acts wait for it on SQLite."""
PAUSE_SECONDS = 0.02
"""Between two transactions: acts that wait go first."""

Also = Callable[[UnitOfWork, Callable[[str], bool]], bool]
"""What a service has to forget besides: told which workspaces can never come again, it says whether there is more."""


@dataclass(frozen=True, slots=True)
class Swept:
    """A service's database."""

    store: Store
    relay: Relaying
    metadata: MetaData


class Sweeper:
    """Runs from :meth:`start` to :meth:`stop`.

    A scope is dead when its workspace was deleted or reset. It goes some time later only: acts that were under way may
    still commit into it, and consumers may still have to read its events. A dead scope never comes to life again, so
    it does no harm that what is known of others' changes may be late.
    """

    def __init__(
        self,
        control: ControlPlane,
        journal: JournalStore,
        every: Sequence[Swept],
        *,
        also: Mapping[str, Also],
        outbox_is_log: bool,
    ) -> None:
        """``outbox_is_log``: else a relay publishes the events from there, and lets them go itself."""
        self._outbox_is_log = outbox_is_log
        self._control = control
        self._journal = journal
        self._every = every
        self._also = also
        self._dead_since: dict[tuple[str, Scope], float] = {}
        self._contents_at: dict[str, float] = {}
        self._gone: frozenset[str] = frozenset()
        """Workspaces in the journal that were gone in the round before."""
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="sweeper")

    async def stop(self) -> None:
        """End after the transaction under way."""
        self._stopping.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def _run(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._control.settings.sweep_seconds):
                    await self._stopping.wait()
            led = [swept for swept in self._every if swept.relay.leading]
            for swept in led:
                await self._tried(swept.store.service, self._sweep(swept))
            if led:
                await self._tried("the journal", self._sweep_journal())

    async def _tried(self, what: str, work: Awaitable[None]) -> None:
        try:
            await work
        except StoreClosed:
            self._stopping.set()
        except Exception as error:
            _LOG.warning("sweeping %s: goes on later after %s: %s", what, type(error).__name__, error)

    async def _sweep(self, swept: Swept) -> None:
        store, service = swept.store, swept.store.service
        for scope in await self._ripe(swept):
            works = [partial(drop, metadata=swept.metadata, scope=scope, count=ROWS)]
            if self._outbox_is_log:
                works.append(partial(outbox.drop, service=service, scope=scope, count=ROWS))
            for work in works:
                gone = ROWS
                while gone == ROWS and not self._stopping.is_set():
                    gone = await store.write_first(work)
                    _SWEPT.labels(service).inc(gone)
                    await asyncio.sleep(PAUSE_SECONDS)
        await self._sweep_contents(swept)
        never_again, also = self._control.roll.never_again, self._also.get(service)
        await store.write_first(lambda uow: outbox.forget(uow, service, never_again))
        more = also is not None
        while more and not self._stopping.is_set():
            more = await store.write_first(lambda uow: also is not None and also(uow, never_again))
            await asyncio.sleep(PAUSE_SECONDS)

    async def _sweep_contents(self, swept: Swept) -> None:
        """Once in a while: it reads all references to contents."""
        store, settings = swept.store, self._control.settings
        now = time.monotonic()
        if now < self._contents_at.get(store.service, now):
            return
        self._contents_at[store.service] = now + settings.contents_seconds
        found = await store.read(lambda connection: contents.unreferred(connection, swept.metadata, CONTENTS))
        for start in range(0, len(found), CONTENTS_AT_ONCE):
            some = found[start : start + CONTENTS_AT_ONCE]
            gone = await store.write_first(partial(contents.remove, found=some, patience=settings.contents_seconds / 2))
            if gone:
                await store.drop_files(gone)
                _CONTENTS.labels(store.service).inc(len(gone))
            await asyncio.sleep(PAUSE_SECONDS)

    async def _ripe(self, swept: Swept) -> list[Scope]:
        """Scopes with rows here that have been dead for long enough."""
        store = swept.store

        def look(connection: Connection) -> set[Scope]:
            found = scopes(connection, swept.metadata)
            return found | outbox.scopes(connection, store.service) if self._outbox_is_log else found

        dead = {scope for scope in await store.read(look) if self._control.roll.dead(*scope)}
        known = {scope for service, scope in self._dead_since if service == store.service}
        for scope in known - dead:
            del self._dead_since[store.service, scope]
        now = time.monotonic()
        since = {scope: self._dead_since.setdefault((store.service, scope), now) for scope in dead}
        return sorted(scope for scope in dead if now - since[scope] >= self._control.settings.keep_dead_seconds)

    async def _sweep_journal(self) -> None:
        """What is gone for two rounds: one that another process has just made is not known here for a moment."""
        there = await asyncio.to_thread(self._journal.workspaces)
        before, self._gone = self._gone, frozenset(filter(self._control.roll.gone, there))
        for workspace in sorted(before & self._gone):
            while self._control.roll.gone(workspace) and not self._stopping.is_set():
                if not await asyncio.to_thread(self._journal.forget, workspace, ROWS):
                    break
                await asyncio.sleep(PAUSE_SECONDS)
