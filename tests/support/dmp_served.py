"""The DMP served over real HTTP, on a whole ground; with what its tests look at."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from fastapi import FastAPI
from lxml import etree
from pydantic import SecretStr

from dmp_sim.app import DmpService, build
from dmp_sim.domain import names
from dmp_sim.settings import DmpSettings
from socle.bus.port import TopicPartition
from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.events import EventData, decode
from socle.exchange import Exchange
from socle.ground import Ground
from socle.http_protocol import HttpProtocol
from socle.http_server import HttpServer, listen
from socle.journal.store import JournalStore
from socle.rules import Strictness
from socle.service import ASGIApp, Receive, Scope, Send
from socle.settings import GroundSettings
from support.dmp_message import Message, soap, vihf

REPOSITORY = "/si-dmp-server/v2/services/repository"
REGISTRY = "/si-dmp-server/v2/services/registry"


class ListJournal(JournalStore):
    """The journal, which also keeps the newest exchanges as they were recorded."""

    def __init__(self, settings: GroundSettings) -> None:
        super().__init__(settings)
        self.exchanges: deque[Exchange] = deque(maxlen=300)

    def record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        super().record(exchange)


@dataclass(slots=True)
class Answer:
    """An answer taken apart."""

    http: httpx.Response
    body: etree._Element
    """First child of Body."""
    attachments: list[bytes]

    @property
    def accepted(self) -> bool:
        return self.body.get("status") == names.SUCCESS

    @property
    def errors(self) -> list[str]:
        """Codes, in order."""
        return [one.get("errorCode", "") for one in self.body.iter("{*}RegistryError")]


@dataclass(slots=True)
class Dmp:
    """A running DMP, and what a test wants to see of it."""

    http: httpx.AsyncClient
    ground: Ground
    control: ControlPlane
    journal: ListJournal

    async def workspace(self, name: str, strictness: Strictness, **options: str) -> str:
        await asyncio.to_thread(self.control.create_workspace, name, strictness=strictness, options=options)
        return name

    async def post(self, path: str, raw: bytes, kind: str, workspace: str = "default") -> Answer:
        headers = {"content-type": kind, "x-test-workspace": workspace}
        return read_answer(await self.http.post(path, content=raw, headers=headers))

    async def deposit(self, message: Message, workspace: str = "default") -> Answer:
        return await self.post(REPOSITORY, *message.write(), workspace)

    async def retrieve(
        self,
        patient: str,
        structure: str,
        *unique_ids: str,
        workspace: str = "default",
        repository: str | None = None,
        message_id: bool = True,
    ) -> Answer:
        asked = "".join(
            f"<xdsb:DocumentRequest><xdsb:RepositoryUniqueId>{repository or names.REPOSITORY_UNIQUE_ID}"
            f"</xdsb:RepositoryUniqueId><xdsb:DocumentUniqueId>{one}</xdsb:DocumentUniqueId></xdsb:DocumentRequest>"
            for one in unique_ids
        )
        body = f"<xdsb:RetrieveDocumentSetRequest>{asked}</xdsb:RetrieveDocumentSetRequest>"
        raw = soap("urn:ihe:iti:2007:RetrieveDocumentSet", body, vihf(patient, structure, mode="INDIRECTE_RENFORCEE"))
        raw = raw if message_id else raw.replace(b"MessageID", b"Unknown")
        return await self.post(REPOSITORY, raw, "application/soap+xml", workspace)

    async def query(
        self,
        query_id: str,
        slots: Iterable[tuple[str, str]],
        patient: str,
        *,
        leaf: bool = True,
        workspace: str = "default",
    ) -> Answer:
        listed = "".join(
            f'<rim:Slot name="{name}"><rim:ValueList><rim:Value>{value.replace("&", "&amp;")}</rim:Value>'
            "</rim:ValueList></rim:Slot>"
            for name, value in slots
        )
        body = (
            f'<q:AdhocQueryRequest xmlns:q="{names.QUERY}"><q:ResponseOption returnComposedObjects="true" '
            f'returnType="{"LeafClass" if leaf else "ObjectRef"}"/><rim:AdhocQuery id="{query_id}">{listed}'
            "</rim:AdhocQuery></q:AdhocQueryRequest>"
        )
        raw = soap("urn:ihe:iti:2007:RegistryStoredQuery", body, vihf(patient, "1750803447"))
        return await self.post(REGISTRY, raw, "application/soap+xml", workspace)

    async def events(self, count: int) -> list[EventData]:
        """The first ``count`` events of the DMP's topic; fails when there are more or fewer."""
        found: list[EventData] = []

        async def assigned(parts: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
            return dict.fromkeys(parts, 0)

        consumer = self.ground.bus.consumer(f"test-{count}", ["socles.dmp.v1"], assigned)
        await consumer.start()
        try:
            async with asyncio.timeout(40):
                while len(found) < count:
                    for records in (await consumer.fetch(max_records=500, timeout=0.2)).values():
                        found += [decode(record.headers, record.value)[1] for record in records]
        finally:
            await consumer.stop()
        assert len(found) == count
        return found


def read_answer(response: httpx.Response) -> Answer:
    """Envelope and attachments of a plain or multipart answer."""
    kind = response.headers["content-type"]
    content, attachments = response.content, []
    if kind.startswith("multipart/"):
        boundary = kind.split('boundary="', 1)[1].split('"', 1)[0].encode()
        pieces = (b"\r\n" + content).split(b"\r\n--" + boundary)
        bodies = [piece.split(b"\r\n\r\n", 1)[1] for piece in pieces[1:-1]]
        content, attachments = bodies[0], bodies[1:]
    root = etree.fromstring(content)
    body = root.find("{*}Body")
    assert body is not None
    return Answer(response, body[0], attachments)


@asynccontextmanager
async def dmp(folder: Path, settings: DmpSettings | None = None, *, database: str | None = None) -> AsyncIterator[Dmp]:
    """Serve the DMP alone on a free port, over a population of two establishments."""
    ground_settings = GroundSettings(data_dir=folder, database_url=SecretStr(database) if database else None)
    control = ControlPlane(ground_settings, ControlSettings(establishments=2, patients_per_establishment=3))
    journal = ListJournal(ground_settings)
    ground = Ground(ground_settings, control, journal)
    service = build(ground, settings or DmpSettings())
    server = HttpServer(_outer(service, control), [listen("127.0.0.1", 0)], protocol=HttpProtocol)
    async with ground:
        await service.start()
        await server.start()
        host, port = server.addresses[0]
        try:
            async with httpx.AsyncClient(base_url=f"http://{host}:{port}", trust_env=False, timeout=30) as http:
                yield Dmp(http, ground, control, journal)
        finally:
            await server.stop()


def _outer(service: DmpService, control: ControlPlane) -> ASGIApp:
    """Stands for the process's outer application: chooses the workspace by a header of our own."""
    api = FastAPI()
    for router in service.routers:
        api.include_router(router)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        name = dict(scope["headers"]).get(b"x-test-workspace", b"default").decode()
        scope["state"] = {"workspace": control.workspace(name)}
        target: ASGIApp = service.mounts.get(scope["path"], api)
        await target(scope, receive, send)

    return app
