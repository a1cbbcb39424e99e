"""The relay (D2): makes the outbox a log, event by event in commit order, and hands it over.

Its way: committed rows → sequence and offset, stored in one transaction → publication. Killed anywhere on it, or run
twice, it gives the same events the same numbers. Replicas of a service each have one; one leads.
"""

import asyncio
import contextlib
import logging
import time
from functools import partial

from prometheus_client import Gauge

from socle.bus import log
from socle.bus.relaying import Lead, LeadLost, Publication
from socle.store import held
from socle.store.port import Store, StoreClosed, StoreFailed

_log = logging.getLogger(__name__)
_LEADING = Gauge("socle_relay_leading", "Whether this process relays the events of the service", ["service"])

PASS_EVENTS = 2000
"""Events per transaction: a pass holds SQLite's writer for some 10 ms at most."""
RETRY_SECONDS = 0.25
"""Before a pass that failed is tried again."""
HELD_SECONDS = 0.25
"""How often to look for events that were held back and are due: so exact is their delay."""


class Relay:
    """Runs from :meth:`start` to :meth:`stop`. See :class:`socle.bus.port.Relaying`."""

    def __init__(self, store: Store, lead: Lead, publication: Publication) -> None:
        self._store = store
        self._lead = lead
        self._publication = publication
        self._leads = False
        self._wake = asyncio.Event()
        self._stopping = False
        self._look_at = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def leading(self) -> bool:
        """Whether this relay is the one that gives the numbers."""
        return self._leads and self._lead.held

    @property
    def running(self) -> bool:
        """Started, and still following the commits."""
        return self._task is not None and not self._task.done()

    async def start(self) -> None:
        """Sequence what a former process left behind, then follow the commits."""
        await self._pass()
        self._store.on_events(partial(self._committed, asyncio.get_running_loop()))
        self._task = asyncio.create_task(self._run(), name=f"{self._store.service}-relay")

    def _committed(self, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread of the store's. What is set already will be cleared before a pass that sees this commit too."""
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
        with contextlib.suppress(StoreClosed, StoreFailed, LeadLost):
            self._store.on_events(None)
            if self._lead.held:
                await self._pass()
                await self._publication.flush()
        with contextlib.suppress(StoreClosed, StoreFailed):
            await self._follow()
        await self._lead.give_up()

    async def _run(self) -> None:
        while not self._stopping:
            woken = True
            try:
                async with asyncio.timeout(self._lead.poll_seconds):
                    await self._wake.wait()
            except TimeoutError:
                woken = False
            self._wake.clear()
            try:
                if woken or not self.leading or await self._release() or await self._lead.pending():
                    await self._pass()
            except StoreClosed:
                return
            except (LeadLost, StoreFailed) as error:
                _log.warning("relay of %s: %s", self._store.service, error)
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                _log.exception("relay of %s: the pass is tried again", self._store.service)
                await asyncio.sleep(RETRY_SECONDS)
            await asyncio.sleep(self._lead.pace_seconds)

    async def _pass(self) -> None:
        """Sequence all that waits, if we lead or can lead now; else see how far the leader is."""
        if not await self._lead.take():
            await self._follow()
            return
        if not self._leads:
            await self._publication.lead(await self._store.read(log.offsets))
            self._now_leads(True)
            _log.info("relay of %s: leads", self._store.service)
        await self._release()
        more = True
        while more:
            try:
                done = await self._lead.sequence(PASS_EVENTS, whole=self._publication.whole)
            except LeadLost:
                await self._follow()
                raise
            self._publication.hand_over(done)
            more = done.more

    async def _release(self) -> bool:
        """Put events that were held back in the outbox once they are due; gives whether there were any."""
        now = time.monotonic()
        if now < self._look_at:
            return False
        self._look_at = now + HELD_SECONDS
        if not await self._store.read(held.any_due):
            return False
        if await self._store.write_first(held.release) == held.AT_ONCE:
            self._look_at = now  # more may be due
        return True

    async def _follow(self) -> None:
        self._now_leads(False)
        try:
            ends = await self._store.read(log.offsets)
        except Exception:
            # nobody can say where the logs end, but what we publish must cease: two would do it once we lead again
            await self._publication.follow({})
            raise
        await self._publication.follow(ends)

    def _now_leads(self, leads: bool) -> None:
        self._leads = leads
        _LEADING.labels(self._store.service).set(leads)
