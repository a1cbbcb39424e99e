"""The SMTP listener: connections counted, bounded, and let go gracefully."""

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import cast

from mss_sim.wire.smtp import MailProtocol
from socle.http_server import ACCEPTS


class _Gate(asyncio.Protocol):
    """Says 421 to a connection beyond the bound, and closes it; without a word where TLS comes first."""

    def __init__(self, *, implicit: bool) -> None:
        self._implicit = implicit

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._implicit:
            cast(asyncio.WriteTransport, transport).write(b"421 4.3.2 Too many connections, try again later\r\n")
        transport.close()


class MailServer:
    """Listens with protocols made by ``factory``, which is given the set of messages under way, and whether TLS comes
    first (RFC 8314 §3.3)."""

    def __init__(
        self, factory: Callable[["set[asyncio.Task[str]]", bool], MailProtocol], *, max_connections: int
    ) -> None:
        self._factory = factory
        self._max = max_connections
        self._open: set[MailProtocol] = set()
        self._pending: set[asyncio.Task[str]] = set()
        self._servers: list[asyncio.Server] = []
        self._empty = asyncio.Event()

    async def start(self, sock: socket.socket, *, implicit: bool = False) -> None:
        """Take connections on a bound socket; may be called for several."""
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd would write addresses into the logs
        loop = asyncio.get_running_loop()
        for one in (sock, *(sock.dup() for _ in range(ACCEPTS - 1))):
            self._servers.append(await loop.create_server(partial(self._protocol, implicit), sock=one))

    async def stop(self, seconds: float) -> None:
        """Take no more connections, let each mail under way finish for up to ``seconds``, then close."""
        if not self._servers:
            return
        for server in self._servers:
            server.close()
        self._empty.clear()
        for protocol in tuple(self._open):
            with suppress(ConnectionError):
                await protocol.leave()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._empty.wait(), seconds if self._open else 0)
        for protocol in tuple(self._open):
            protocol.cut()
        if self._pending:
            await asyncio.wait(self._pending)
        self._servers = []

    def _protocol(self, implicit: bool) -> asyncio.Protocol:
        if len(self._open) >= self._max:
            return _Gate(implicit=implicit)
        protocol = self._factory(self._pending, implicit)
        self._open.add(protocol)
        protocol.on_close = lambda: self._closed(protocol)
        return protocol

    def _closed(self, protocol: MailProtocol) -> None:
        self._open.discard(protocol)
        if not self._open:
            self._empty.set()
