"""INSi served over real HTTP, on a whole ground; with what its tests look at."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from ins_sim.app import PATH, InsService, build
from ins_sim.settings import InsSettings
from socle.bus.port import TopicPartition
from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.events import InsiCallCompleted, decode
from socle.exchange import Exchange
from socle.ground import Ground
from socle.http_protocol import HttpProtocol
from socle.http_server import HttpServer, listen
from socle.service import ASGIApp, Receive, Scope, Send
from socle.settings import GroundSettings
from support.insi import CONTENT_TYPE
from support.list_journal import ListJournal

TOPIC = InsiCallCompleted.TOPIC


@dataclass(slots=True)
class Insi:
    """A running INSi, and what a test wants to see of it."""

    url: str
    http: httpx.AsyncClient
    ground: Ground
    control: ControlPlane
    journal: ListJournal

    async def call(
        self,
        raw: bytes,
        *,
        workspace: str = "default",
        content_type: str = CONTENT_TYPE,
        more: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """``more``: further HTTP headers."""
        headers = {"content-type": content_type, "x-test-workspace": workspace, **(more or {})}
        return await self.http.post(PATH, content=raw, headers=headers)

    @property
    def last(self) -> Exchange:
        """What the newest call left in the journal."""
        return self.journal.exchanges[-1]

    async def events(self, count: int) -> list[InsiCallCompleted]:
        """The first ``count`` events of the bus; fails when there are more or fewer."""
        found: list[InsiCallCompleted] = []

        async def assigned(parts: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
            return dict.fromkeys(parts, 0)

        consumer = self.ground.bus.consumer(f"test-{count}", [TOPIC], assigned)
        await consumer.start()
        try:
            async with asyncio.timeout(40):
                while len(found) < count:
                    for records in (await consumer.fetch(max_records=100, timeout=0.2)).values():
                        found += [_event(record.headers, record.value) for record in records]
        finally:
            await consumer.stop()
        assert len(found) == count
        return found


def _event(headers: tuple[tuple[str, bytes], ...], value: bytes) -> InsiCallCompleted:
    event = decode(headers, value)[1]
    assert isinstance(event, InsiCallCompleted)
    return event


@asynccontextmanager
async def insi(
    folder: Path, settings: InsSettings | None = None, *, database: str | None = None
) -> AsyncIterator[Insi]:
    """Serve INSi alone on a free port, over a population of two establishments."""
    ground_settings = GroundSettings(data_dir=folder, database_url=SecretStr(database) if database else None)
    control = ControlPlane(ground_settings, ControlSettings(establishments=2, patients_per_establishment=3))
    journal = ListJournal(ground_settings)
    ground = Ground(ground_settings, control, journal)
    service = build(ground, settings or InsSettings())
    server = HttpServer(_outer(service, control), [listen("127.0.0.1", 0)], protocol=HttpProtocol)
    async with ground:
        await server.start()
        host, port = server.addresses[0]
        url = f"http://{host}:{port}"
        try:
            async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
                yield Insi(url, http, ground, control, journal)
        finally:
            await server.stop()


def _outer(service: InsService, control: ControlPlane) -> ASGIApp:
    """Stands for the process's outer application: chooses the workspace by a header of our own."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        name = dict(scope["headers"]).get(b"x-test-workspace", b"default").decode()
        scope["state"] = {"workspace": control.workspace(name)}
        await service.mounts[scope["path"]](scope, receive, send)

    return app
