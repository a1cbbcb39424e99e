"""One service behind the real web application, and a client that sends a request, mends it and sends it again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.ground import Ground
from socle.http_server import listen
from socle.journal.store import JournalStore
from socle.serve import Process
from socle.service import Service
from socle.settings import GroundSettings
from socle.web.factory import create_app


@dataclass(slots=True)
class Sent:
    """One exchange as the journal tells it."""

    exchange: str
    rules: set[str]
    outcome: str


@dataclass(slots=True)
class Again:
    """The mended request, and what became of it when it was really sent."""

    view: dict[str, Any]
    body: bytes
    sent: Sent

    @property
    def changed(self) -> set[str]:
        """Rules of the changes."""
        return {change["rule"] for change in self.view["changes"]}

    @property
    def left(self) -> set[str]:
        """Rules of what is left."""
        return {left["rule"] for left in self.view["left"]}


@dataclass(slots=True)
class Bench:
    """A running service and its client."""

    http: httpx.AsyncClient
    service: str
    ground: Ground

    async def send(self, path: str, raw: bytes, content_type: str, **headers: str) -> Sent:
        answer = await self.http.post(path, content=raw, headers={"content-type": content_type, **headers})
        return await self.told(answer.headers["x-socles-exchange"].rpartition("/")[2])

    async def told(self, exchange: str) -> Sent:
        entry = (await self.http.get(f"/_sandbox/exchanges/{exchange}")).json()
        return Sent(exchange, set(entry["rules"]), entry["outcome"])

    async def mended(self, exchange: str) -> tuple[dict[str, Any], httpx.Response]:
        path = f"/_sandbox/{self.service}/mended/{exchange}"
        return (await self.http.get(path)).json(), await self.http.get(f"{path}/body")

    async def again(self, path: str, exchange: str) -> Again:
        """Mend it, and send what the API gives under the Content-Type that it gives."""
        view, body = await self.mended(exchange)
        assert body.status_code == 200, view
        sent = await self.send(path, body.content, body.headers["content-type"])
        return Again(view, body.content, sent)


@asynccontextmanager
async def served(build: Callable[[Ground], Service], folder: Path) -> AsyncIterator[Bench]:
    """Over a population of two establishments."""
    settings, small = GroundSettings(data_dir=folder), ControlSettings(establishments=2, patients_per_establishment=3)
    ground = Ground(settings, ControlPlane(settings, small), JournalStore(settings))
    service = build(ground)
    app = await asyncio.to_thread(create_app, ground, [service])
    process = Process(ground, [service], app, [listen("127.0.0.1", 0)])
    async with (
        process,
        httpx.AsyncClient(base_url=process.url, trust_env=False, timeout=30) as http,
    ):
        yield Bench(http, service.name, ground)
