"""MSSanté served over real SMTP and HTTP, with a real control plane and store; its journal is a list."""

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from mss_sim.app import MssService, build
from mss_sim.settings import MssSettings
from socle.bus.port import TopicPartition
from socle.control.model import Box, BoxType
from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.events import decode
from socle.events.mss import MssMessageEvent
from socle.exchange import Exchange
from socle.ground import Ground
from socle.service import ASGIApp, Receive, Scope, Send
from socle.settings import GroundSettings
from support.signed import pki_folder

API = "/_sandbox/mss_sim"


class ListJournal:
    """Keeps every exchange."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def read_blobs_with(self, reader: object) -> None:
        """The list keeps references as they are."""

    def record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    @property
    def last(self) -> Exchange:
        return self.exchanges[-1]


@dataclass(slots=True)
class Mss:
    """A running MSSanté, and what a test wants to see of it."""

    http: httpx.AsyncClient
    ground: Ground
    control: ControlPlane
    journal: ListJournal
    service: MssService
    context: ssl.SSLContext

    @property
    def port(self) -> int:
        return self.service.smtp_address[1]

    def boxes(self, kind: BoxType) -> list[Box]:
        found = [box for box in self.control.population("default").boxes if box.type is kind and box.state == "open"]
        return sorted(found, key=lambda box: box.address)

    @property
    def two(self) -> tuple[Box, Box]:
        """Boxes of two professionals: one to send from, one to send to."""
        first, second = self.boxes(BoxType.PER)[:2]
        return first, second

    @property
    def rules(self) -> list[str]:
        """Ids of the rules that the last exchange broke."""
        return [finding.rule.id for finding in self.journal.last.findings]

    async def stored(self) -> list[dict[str, Any]]:
        """The messages of the default workspace, as the API tells them."""
        found: list[dict[str, Any]] = (await self.http.get(f"{API}/messages")).json()["messages"]
        return found

    async def send(
        self, raw: bytes, to: Sequence[str], *, sender: str | None = None, login: str | None = None, **options: Any
    ) -> tuple[int, bytes]:
        """Send by plain smtplib; gives the reply to DATA. Raises what smtplib raises on refusals."""
        address = sender if sender is not None else self.boxes(BoxType.PER)[0].address
        return await asyncio.to_thread(self._send, raw, to, address, login or address, options)

    def _send(
        self, raw: bytes, to: Sequence[str], sender: str, login: str, options: dict[str, Any]
    ) -> tuple[int, bytes]:
        with self.connect(login) as client:
            code, text = client.mail(sender, options.get("mail", ()))
            if code != 250:
                raise smtplib.SMTPSenderRefused(code, text, sender)
            refused = {}
            for address in to:
                code, text = client.rcpt(address, options.get("rcpt", ()))
                if code != 250:
                    refused[address] = (code, text)
            if len(refused) == len(to):
                raise smtplib.SMTPRecipientsRefused(refused)
            return client.data(raw)

    def connect(self, login: str | None = None) -> smtplib.SMTP:
        """A connection with TLS, and authenticated when ``login`` is given. Blocking."""
        client = smtplib.SMTP("127.0.0.1", self.port, timeout=20)
        client.starttls(context=self.context)
        if login is not None:
            client.login(login, "socles")
        return client

    async def events(self, count: int) -> list[MssMessageEvent]:
        """The first ``count`` events of the bus; fails when there are more or fewer."""
        found: list[MssMessageEvent] = []

        async def assigned(parts: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
            return dict.fromkeys(parts, 0)

        consumer = self.ground.bus.consumer("test", [MssMessageEvent.TOPIC], assigned)
        await consumer.start()
        try:
            async with asyncio.timeout(40):
                while len(found) < count:
                    for records in (await consumer.fetch(max_records=100, timeout=0.2)).values():
                        found += [event for item in records if isinstance(event := _data(item), MssMessageEvent)]
        finally:
            await consumer.stop()
        assert len(found) == count
        return sorted(found, key=lambda event: (event.message_ref, event.revision))


def _data(record: Any) -> object:
    return decode(record.headers, record.value)[1]


@asynccontextmanager
async def mss(folder: Path, *, database: str | None = None, **settings: Any) -> AsyncIterator[Mss]:
    """Serve MSSanté alone on free ports, over a population of two establishments."""
    url = SecretStr(database) if database else None
    ground_settings = GroundSettings(data_dir=folder, database_url=url, pki_dir=pki_folder())
    control = ControlPlane(ground_settings, ControlSettings(establishments=2, patients_per_establishment=4))
    journal = ListJournal()
    ground = Ground(ground_settings, control, journal)
    service = build(ground, MssSettings(smtp_port=0, **settings))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with ground:
        await service.start()
        transport = httpx.ASGITransport(app=_outer(service, control))
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://socles.test") as http:
                yield Mss(http, ground, control, journal, service, context)
        finally:
            ground.stopping.set()
            await service.stop()


def _outer(service: MssService, control: ControlPlane) -> ASGIApp:
    """Stands for the process's outer application: chooses the workspace by a header of our own."""
    api = FastAPI()
    for router in service.routers:
        api.include_router(router)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        name = dict(scope["headers"]).get(b"x-test-workspace", b"default").decode()
        scope["state"] = {"workspace": control.workspace(name)}
        await api(scope, receive, send)

    return app
