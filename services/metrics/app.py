"""Metrics, put together: consumer, API and page, ingestion; all of them or the roles that the settings name."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from metrics.api import elsewhere, explain, indicators, moved, ops, page, stays, stream
from metrics.catalogue import Catalogue, shipped
from metrics.changes import Changes
from metrics.consumer import GROUP, MetricsConsumer
from metrics.core import Core
from metrics.forgetting import forget_marks
from metrics.gauges import Gauges
from metrics.hearing import Hearing, hearing_of
from metrics.lag import LagWatch
from metrics.lease import LeaseLost, RebuildUnderWay
from metrics.news import News
from metrics.projector import Projector
from metrics.pulse import Pulse
from metrics.settings import MetricsSettings, Role
from metrics.store import MIGRATIONS, MetricsStore
from metrics.tables import live, metadata
from socle.control.database import Change, Scope
from socle.ground import Ground
from socle.service import ASGIApp
from socle.store.port import StoreBusy, StoreFailed

NAME = "metrics"
_LOG = logging.getLogger(__name__)
_AGAIN_SECONDS = 1.0


class MetricsService:
    """See ``socle.service.Service``."""

    name = NAME

    def __init__(self, ground: Ground, settings: MetricsSettings, catalogue: Catalogue) -> None:
        self._roles = settings.roles
        store = ground.open_store(NAME, metadata, MIGRATIONS)
        ground.forget_also(NAME, forget_marks)
        changes, pulse = Changes(settings.changes_kept), Pulse()
        news = News(changes, pulse, lambda: time.time_ns() // 1_000_000)
        self._hearing: Hearing | None = hearing_of(store, news) if Role.API in self._roles else None
        consumer = None
        if Role.CONSUMER in self._roles:
            consumer = MetricsConsumer(
                bus=ground.bus,
                store=store,
                projector=Projector(live, catalogue.definitions, GROUP),
                news=news,
                gauges=Gauges(),
                clock_of=ground.control.clock,
                settings=settings,
            )
        own = MetricsStore(store)
        self.core = Core(ground, settings, catalogue, own, consumer, changes, pulse, LagWatch(ground.bus, own))
        self.mounts: Mapping[str, ASGIApp] = {}
        self.routers: Sequence[APIRouter] = self._routers()
        self._renewal: asyncio.Task[None] | None = None

    def _routers(self) -> list[APIRouter]:
        core = self.core
        by_role = {
            Role.API: [
                indicators.router(core),
                explain.router(core),
                moved.router(core),
                stream.router(core),
                ops.router(core),
                page.router(),
            ],
            Role.INGESTION: [stays.router(core)],
        }
        found = []
        for role, routers in by_role.items():
            found += routers if role in self._roles else [elsewhere.router(role, routers)]
        return found

    @property
    def waits_for(self) -> str | None:
        """What keeps this process from its work, by its roles; None: it is ready."""
        if self.core.consumer is not None and not self.core.consumer.running:
            return "consumer"
        if self._hearing is not None and not self._hearing.connected:
            return "changes"
        return None

    async def start(self) -> None:
        """Read on from the stored positions; when the definitions have changed, rebuild beside it."""
        loop = asyncio.get_running_loop()

        def look_again(change: Change) -> None:
            # in whichever thread saw the change, maybe one that outlives the loop
            if change.scope is Scope.WORKSPACE and not loop.is_closed():
                loop.call_soon_threadsafe(self.core.changes.wake)

        self.core.ground.control.subscribe(look_again)
        if self._hearing is not None:
            self._hearing.start()
        if self.core.consumer is not None:
            ours = self.core.catalogue.fingerprint
            known = await self.core.store.begin(ours)
            await self.core.consumer.start(tuple({ours, known.fingerprint or ours}))
            if known.fingerprint != ours:
                self._renewal = asyncio.create_task(self._renew(), name="metrics-rebuild")

    async def _renew(self) -> None:
        """Bring the indicators to our definitions; of several processes that start so, one does."""
        while (await self.core.store.state()).fingerprint != self.core.catalogue.fingerprint:
            try:
                found = await self.core.rebuild(renewing=True)
            except (RebuildUnderWay, LeaseLost, StoreBusy, StoreFailed, OSError) as error:
                _LOG.info("metrics: new definitions wait for a rebuild: %s", type(error).__name__)
                await asyncio.sleep(_AGAIN_SECONDS)
            except Exception:
                _LOG.exception("metrics: the indicators could not be rebuilt for the new definitions")
                return
            else:
                _LOG.info("metrics: indicators rebuilt for the new definitions, from %d events", found.events)

    async def stop(self) -> None:
        """Finish the batch under way."""
        if self._renewal is not None:
            self._renewal.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._renewal
        if self.core.consumer is not None:
            await self.core.consumer.stop()
        if self._hearing is not None:
            await self._hearing.stop()


def build(
    ground: Ground, settings: MetricsSettings | None = None, catalogue: Catalogue | None = None
) -> MetricsService:
    """Metrics on a ground that other services may share."""
    return MetricsService(ground, settings or MetricsSettings(), catalogue or shipped())
