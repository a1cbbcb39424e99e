"""MSSanté, put together: the submission server, and the JSON API that shows what it received."""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
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
from mss_sim.wire.tls import server_context
from socle.access_tokens import AccessTokens, folder_of
from socle.ground import Ground
from socle.http_server import listen
from socle.mending.routes import router as mended
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
        self._server = MailServer(self._connection, max_connections=settings.max_connections)
        self._socket: socket.socket | None = None
        self.mounts: Mapping[str, ASGIApp] = {}
        self.routers: Sequence[APIRouter] = (
            make_router(store, arrivals, ground.control, ground.stopping),
            mended(SERVICE, ground.control, ground.journal, MailMending(ground.control).mend),
        )

    @property
    def smtp_address(self) -> tuple[str, int]:
        """Host and port of the submission server, once started."""
        assert self._socket is not None
        host, port = self._socket.getsockname()[:2]
        return str(host), int(port)

    async def start(self) -> None:
        """Listen. Raises ``OSError`` when the port is taken."""
        pem = self._settings.certificate or self._ground.settings.data_dir / "mss-smtp.pem"
        context = await asyncio.to_thread(server_context, pem, self._settings.hostname)
        self._socket = listen(self._ground.settings.host, self._settings.smtp_port)
        await self._server.start(self._socket, context)

    async def stop(self) -> None:
        """Mails under way finish; the ground flushes the outbox and closes the database."""
        await self._server.stop(self._settings.stop_seconds)

    def _connection(self, context: ssl.SSLContext, pending: set["asyncio.Task[str]"]) -> MailProtocol:
        return MailProtocol(
            self._desk,
            hostname=self._settings.hostname,
            context=context,
            size_limit=self._settings.size_limit,
            spool=self._ground.spool_dir,
            idle_seconds=self._settings.idle_seconds,
            proxied=self._settings.proxy_protocol,
            loop=asyncio.get_running_loop(),
            pending=pending,
        )


def build(ground: Ground, settings: MssSettings | None = None) -> MssService:
    """MSSanté on a ground that other services may share."""
    return MssService(ground, settings or MssSettings())
