"""Metrics on a whole ground, asked over ASGI; and an emitter that stands for the simulators."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import MetaData

from metrics.app import MetricsService, build
from metrics.catalogue import Catalogue
from metrics.settings import MetricsSettings, Role
from socle.bus.embedded import EmbeddedBus
from socle.bus.port import Bus
from socle.control.model import Establishment, EstablishmentKind
from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.settings import GroundSettings
from socle.store.port import Store
from support import shelf
from support.metrics_events import Event, event_id

SITES = 6
NOW = datetime.now().astimezone().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)
"""Noon two days ago: inside every window that ends today."""


@dataclass(slots=True)
class Served:
    """A running metrics service."""

    ground: Ground
    service: MetricsService
    http: httpx.AsyncClient
    emitters: dict[str, Store]

    async def emit(self, events: Iterable[Event]) -> None:
        """As the service that owns the topic would."""
        for event in events:
            subject, at, data = event
            store = self.emitters[data.TOPIC.split(".")[1]]
            await store.write(
                lambda uow, subject=subject, at=at, data=data, event=event: uow.emit(  # type: ignore[misc]
                    data, subject=subject, time=at, event_id=event_id(event)
                )
            )

    async def caught_up(self, expected: int) -> None:
        """Wait until that many events went through."""
        async with asyncio.timeout(40):
            while sum(position for position, _ in (await self.service.core.lag.ask()).partitions.values()) < expected:
                await asyncio.sleep(0.02)

    async def rebuilt(self) -> dict[str, Any]:
        """What a rebuild found; asked for again when this machine stood still for longer than its lease lasts."""
        for _ in range(5):
            answer = await self.http.post("/api/rebuild")
            if answer.status_code != 503:
                break
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def cell(self, indicator: str, finess: str | None = None, **query: Any) -> dict[str, Any]:
        """One value, of all or of one establishment."""
        parameters = {"group": "all", "indicator": indicator, **({"finess": finess} if finess else {}), **query}
        answer = await self.http.get("/api/indicators", params=parameters)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["total"]["cells"][indicator]
        return found


@asynccontextmanager
async def served(
    folder: Path,
    *,
    dice: random.Random | None = None,
    catalogue: Catalogue | None = None,
    database: str | None = None,
    bus: Bus | None = None,
    roles: Iterable[Role] = Role,
) -> AsyncIterator[Served]:
    """Start everything, in the order of a process's life."""
    settings = GroundSettings(data_dir=folder, database_url=SecretStr(database) if database else None)
    control = ControlPlane(settings, ControlSettings(establishments=SITES, patients_per_establishment=5))
    bus = bus or EmbeddedBus(interleave=dice or random.Random(7))
    ground = Ground(settings, control, JournalStore(settings), bus)
    service = build(ground, MetricsSettings(roles=frozenset(roles)), catalogue)
    emitters = {"stays": ground.open_store("metrics", MetaData(), Path())}
    for topic in ("insi", "dmp", "mss"):
        emitters[topic] = ground.open_store(f"{topic}_emitter", shelf.METADATA, shelf.MIGRATIONS)
    app = FastAPI()
    for router in service.routers:
        app.include_router(router)
    async with ground:
        await service.start()
        async with asyncio.timeout(40):
            while service.waits_for is not None:
                await asyncio.sleep(0.01)
        transport = httpx.ASGITransport(app=in_workspace(app, control))
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://metrics") as http:
                yield Served(ground, service, http, emitters)
        finally:
            await service.stop()


def in_workspace(
    app: Callable[..., Awaitable[None]], control: ControlPlane
) -> Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]:
    """As the outer application does: the workspace in the scope's state."""

    async def outer(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            name = dict(scope["headers"]).get(b"x-socles-workspace", b"default").decode()
            scope.setdefault("state", {})["workspace"] = control.workspace(name)
        await app(scope, receive, send)

    return outer


def site(run: Served) -> Establishment:
    """A sanitary establishment of the default population."""
    sites = run.ground.control.population("default").establishments
    return next(each for each in sites if each.kind is EstablishmentKind.SANITARY)
