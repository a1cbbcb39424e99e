"""MSSanté, put together: the submission server, and the JSON API that shows what it received."""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from fastapi import APIRouter

from mss_sim.api.routes import make_router
from mss_sim.arrivals import Arrivals
from mss_sim.authentication import Authentication
from mss_sim.desk import MailDesk
from mss_sim.exchanges import SERVICE
from mss_sim.mending import MailMending
from mss_sim.outgoing import Outgoing
from mss_sim.settings import MssSettings
from mss_sim.store import MailStore
from mss_sim.tables import METADATA
from mss_sim.wire.server import MailServer
from mss_sim.wire.smtp import MailProtocol
from mss_sim.wire.tls import ServerTls, server_context
from socle.access_tokens import AccessTokens, folder_of
from socle.ground import Ground
from socle.http_server import listen
from socle.mending.routes import router as mended
from socle.pki.wiring import make_pki
from socle.service import ASGIApp

MIGRATIONS = Path(__file__).parent / "migrations"


class MssService:
    """See ``socle.service.Service``."""

    name = SERVICE

    def __init__(self, ground: Ground, settings: MssSettings) -> None:
        self._ground = ground
        self._settings = settings
        database = ground.open_store(SERVICE, METADATA, MIGRATIONS)
        store, arrivals = MailStore(database, database.blobs), Arrivals()
        outgoing = Outgoing(ground.control, store, arrivals, settings)
        gate, tokens = ground.admission(SERVICE), AccessTokens(folder_of(ground.settings))
        authentication = Authentication(ground.control, ground.journal, gate, tokens)
        self._desk = MailDesk(
            ground.control,
            ground.journal,
            gate,
            outgoing=outgoing,
            authentication=authentication,
            settings=settings,
        )
        pki = make_pki(ground.settings)
        self._tls = ServerTls(
            partial(server_context, pki, settings.certificate, settings.hostname),
            lambda serial, fingerprint: pki.revocation_of(serial, fingerprint) is not None,
        )
        self._server = MailServer(self._connection, max_connections=settings.max_connections)
        self._socket: socket.socket | None = None
        self._secure: socket.socket | None = None
        self.mounts: Mapping[str, ASGIApp] = {}
        self.routers: Sequence[APIRouter] = (
            make_router(store, arrivals, ground.control, ground.stopping),
            mended(SERVICE, ground.control, ground.journal, MailMending(ground.control).mend),
        )

    @property
    def smtp_address(self) -> tuple[str, int]:
        """Host and port of the submission server, once started."""
        assert self._socket is not None
        return _address(self._socket)

    @property
    def smtps_address(self) -> tuple[str, int] | None:
        """Where TLS comes first, once started; None: nowhere."""
        return _address(self._secure) if self._secure is not None else None

    async def start(self) -> None:
        """Listen. Raises ``OSError`` when the port is taken, or when a certificate of one's own cannot be used."""
        if self._settings.certificate is not None:
            await self._tls.context()
        self._socket = listen(self._ground.settings.host, self._settings.smtp_port)
        await self._server.start(self._socket)
        if self._settings.smtps_port is not None:
            self._secure = listen(self._ground.settings.host, self._settings.smtps_port)
            await self._server.start(self._secure, implicit=True)

    async def stop(self) -> None:
        """Mails under way finish; the ground flushes the outbox and closes the database."""
        await self._server.stop(self._settings.stop_seconds)

    def _connection(self, pending: set["asyncio.Task[str]"], implicit: bool) -> MailProtocol:
        return MailProtocol(
            self._desk,
            self._tls,
            hostname=self._settings.hostname,
            size_limit=self._settings.size_limit,
            spool=self._ground.spool_dir,
            idle_seconds=self._settings.idle_seconds,
            proxied=self._settings.proxy_protocol,
            implicit=implicit,
            loop=asyncio.get_running_loop(),
            pending=pending,
        )


def _address(listening: socket.socket) -> tuple[str, int]:
    host, port = listening.getsockname()[:2]
    return str(host), int(port)


def build(ground: Ground, settings: MssSettings | None = None) -> MssService:
    """MSSanté on a ground that other services may share."""
    return MssService(ground, settings or MssSettings())
