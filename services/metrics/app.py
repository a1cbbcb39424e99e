"""Metrics, put together: consumer, API and page."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from metrics.api import explain, indicators, ops, page, stays, stream
from metrics.catalogue import Catalogue, shipped
from metrics.changes import Changes
from metrics.consumer import GROUP, MetricsConsumer
from metrics.core import Core
from metrics.gauges import Gauges
from metrics.projector import Projector
from metrics.queries import poison_count
from metrics.settings import MetricsSettings
from metrics.store import MIGRATIONS, MetricsStore
from metrics.tables import live, metadata
from socle.control.database import Change, Scope
from socle.ground import Ground
from socle.service import ASGIApp

NAME = "metrics"
_LOG = logging.getLogger(__name__)


class MetricsService:
    """See ``socle.service.Service``."""

    name = NAME

    def __init__(self, ground: Ground, settings: MetricsSettings, catalogue: Catalogue) -> None:
        store = ground.open_store(NAME, metadata, MIGRATIONS)
        changes = Changes(settings.changes_kept)
        gauges = Gauges()
        consumer = MetricsConsumer(
            bus=ground.bus,
            store=store,
            projector=Projector(live, catalogue.definitions, GROUP),
            changes=changes,
            gauges=gauges,
            clock_of=ground.control.clock,
            settings=settings,
        )
        self.core = Core(ground, settings, catalogue, MetricsStore(store), consumer, changes, gauges)
        self.mounts: Mapping[str, ASGIApp] = {}
        self.routers: Sequence[APIRouter] = (
            indicators.router(self.core),
            explain.router(self.core),
            stays.router(self.core),
            stream.router(self.core),
            ops.router(self.core),
            page.router(),
        )
        self._rebuild: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read on from the stored positions; when the definitions have changed, rebuild beside it."""
        loop = asyncio.get_running_loop()

        def look_again(change: Change) -> None:
            # in whichever thread saw the change, maybe one that outlives the loop
            if change.scope is Scope.WORKSPACE and not loop.is_closed():
                loop.call_soon_threadsafe(self.core.changes.wake)

        self.core.ground.control.subscribe(look_again)
        self.core.gauges.poison = await self.core.store.read(poison_count)
        await self.core.consumer.start()
        known = await self.core.store.fingerprint()
        if known is None:
            await self.core.store.keep_fingerprint(self.core.catalogue.fingerprint)
        elif known != self.core.catalogue.fingerprint:
            self._rebuild = asyncio.create_task(self._renew(), name="metrics-rebuild")

    async def _renew(self) -> None:
        try:
            found = await self.core.rebuild()
        except Exception:
            _LOG.exception("metrics: the indicators could not be rebuilt for the new definitions")
        else:
            _LOG.info("metrics: indicators rebuilt for the new definitions, from %d events", found.events)

    async def stop(self) -> None:
        """Finish the batch under way."""
        if self._rebuild is not None:
            self._rebuild.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._rebuild
        await self.core.consumer.stop()


def build(
    ground: Ground, settings: MetricsSettings | None = None, catalogue: Catalogue | None = None
) -> MetricsService:
    """Metrics on a ground that other services may share."""
    return MetricsService(ground, settings or MetricsSettings(), catalogue or shipped())
