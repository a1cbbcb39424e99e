# ruff: noqa: N802 - aiosmtpd finds hooks by these names
"""One connection below its commands: TLS at once or by STARTTLS, the proxy before it, replies and their codes."""

import asyncio
import collections
import logging
import ssl
from typing import Any, Final, cast

from aiosmtpd.proxy_protocol import ProxyData
from aiosmtpd.smtp import SMTP, Envelope, Session

from mss_sim.wire.leaving import leave
from mss_sim.wire.session import Account, Desk, Link
from mss_sim.wire.tls import ServerTls
from socle.rules import Finding
from socle.tls.judging import revoked
from socle.tls.peer import peer_of
from socle.tls.rules import finding_of
from socle.tls.upgrade import start_tls

_LOG: Final = logging.getLogger(__name__)
COMMAND_LIMIT: Final = 16_384
PROXY_SECONDS: Final = 5.0
_ENHANCED: Final = {
    "220": "2.0.0", "221": "2.0.0", "250": "2.0.0", "252": "2.0.0", "421": "4.3.2", "451": "4.3.0", "454": "4.7.0",
    "500": "5.5.2", "501": "5.5.4", "502": "5.5.1", "503": "5.5.1", "504": "5.5.4", "530": "5.7.0", "535": "5.7.8",
    "550": "5.0.0", "552": "5.3.4", "553": "5.1.3", "554": "5.0.0",
}  # fmt: skip
"""RFC 2034 §4: every reply carries one once the extension is announced; for replies that do not say it themselves."""


def enhanced(reply: str) -> str:
    """The reply with its enhanced status code; 3xx and what has one already stay as they are."""
    code, text = reply[:3], reply[4:]
    if reply[3:4] != " " or code not in _ENHANCED or (text[1:2] == "." and text[:1].isdigit()):
        return reply
    return f"{code} {_ENHANCED[code]} {text}"


class _Proxied:
    """aiosmtpd's hook for the PROXY protocol."""

    async def handle_PROXY(
        self, server: "SecuredProtocol", session: Session, envelope: Envelope, proxy: ProxyData
    ) -> bool:
        """Keep the client's address; a proxy that speaks for itself (a health check) has none. False ends it all."""
        if proxy.src_addr is not None and proxy.src_port is not None:
            server.client = (str(proxy.src_addr), proxy.src_port)
        return not server.implicit or await server.secure_first()


class TlsFailed(Exception):
    """The handshake failed, for what ``finding`` says: the connection is of no more use."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.rule.id)
        self.finding = finding


class SecuredProtocol(SMTP):
    """aiosmtpd with room for long commands, TLS by the loop's own means, and enhanced status codes on every reply.

    Stock aiosmtpd refuses command lines above 512 bytes.
    """

    command_size_limit = COMMAND_LIMIT
    line_length_limit = 1 << 16  # also how much the stream buffers before it pauses the sender

    def __init__(
        self,
        desk: Desk,
        tls: ServerTls,
        *,
        loop: asyncio.AbstractEventLoop,
        proxied: bool = False,
        implicit: bool = False,
        **options: Any,
    ) -> None:
        """``proxied``: a proxy before us says first who the client is. ``implicit``: TLS comes before the greeting."""
        handler, wait = (_Proxied(), PROXY_SECONDS) if proxied else (None, None)
        super().__init__(handler, loop=loop, ident="ESMTP Socles (simulation)", proxy_protocol_timeout=wait, **options)
        self.implicit = implicit
        self._proxied = proxied
        self.client: tuple[str, int] | None = None
        """Who stands behind the proxy."""
        self.command_size_limits = collections.defaultdict(lambda: COMMAND_LIMIT)
        self._desk = desk
        self._tls = tls
        self._shown = ""
        """The client's certificate, as the journal names it."""
        self._account: Account | None = None
        self._greeted = False
        self._alive = 0.0
        self.secure = False
        """TLS is on."""

    @property
    def link(self) -> Link:
        """The connection as the journal names it."""
        peer = self.client or (self.session.peer if self.session is not None else None)
        secure = self.transport.get_extra_info("ssl_object") if self.transport is not None else None
        tls = (
            f"{secure.version()} {secure.cipher()[0]}{self._shown}" if secure is not None and secure.cipher() else None
        )
        return Link(f"{peer[0]}:{peer[1]}" if isinstance(peer, tuple) else str(peer or ""), tls)

    async def _handle_client(self) -> None:
        if not self.implicit or self._proxied or await self.secure_first():
            await super()._handle_client()

    async def secure_first(self) -> bool:
        """Implicit TLS (RFC 8314 §3.3): the handshake before the greeting. False: it failed, which the journal tells,
        and the connection is over."""
        try:
            await self._upgrade(await self._tls.context())
        except TlsFailed as failed:
            await self.handle_exception(failed)
        except OSError:
            _LOG.exception("no TLS context")
            self.cut()
        return self.secure

    async def _upgrade(self, context: ssl.SSLContext) -> None:
        """TLS on this connection, by the loop's own means (uvloop's are several times faster than asyncio's in Python).

        What was said before is forgotten, as RFC 3207 §4.2 asks. Raises ``TlsFailed``.
        """
        plain = cast(asyncio.Transport, self.transport)  # uvloop's transports are none by inheritance
        try:
            secured = await start_tls(plain, self, context, self._take_input)
        except (OSError, EOFError) as error:
            raise TlsFailed(finding_of(error)) from error
        await self._look_at_client(secured.get_extra_info("ssl_object"))
        for stream in (self._reader, self._writer):
            setattr(stream, "_transport", secured)  # noqa: B010 - as asyncio's own StreamWriter.start_tls does
        self.transport, self.secure = secured, True
        self.session = self._create_session()
        self.session.peer = secured.get_extra_info("peername")
        self.session.ssl = {"peercert": secured.get_extra_info("peercert")}
        self._account = None

    async def _look_at_client(self, secured: ssl.SSLObject) -> None:
        der = secured.getpeercert(binary_form=True)
        peer = peer_of(der) if der else None
        if peer is not None:
            if await self._tls.revoked(peer):
                raise TlsFailed(revoked(peer.serial))
            self._shown = f" {peer.label}"

    def _take_input(self) -> bytes:
        """What the client sent and nobody read yet."""
        buffer: bytearray = getattr(self._reader, "_buffer")  # noqa: B009 - there is no public way to empty it
        taken = bytes(buffer)
        buffer.clear()
        return taken

    def cut(self) -> None:
        """End the connection without a word."""
        if self.transport is not None:
            cast(asyncio.WriteTransport, self.transport).abort()

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Note that the client is alive; one timer per connection looks at the note, instead of one per command."""
        self._alive = self.loop.time()
        if self._timeout_handle is None:
            self._timeout_handle = self.loop.call_later(self._timeout_duration, self._timeout_cb)

    def _timeout_cb(self) -> None:
        left = self._alive + self._timeout_duration - self.loop.time()
        if left > 0:
            self._timeout_handle = self.loop.call_later(left, self._timeout_cb)
        elif self.transport is not None:
            self.transport.close()

    async def push(self, status: Any, link: Link | None = None) -> None:
        """Send a reply; ``link`` is what the desk was given, which may say how the reply leaves."""
        reply = status if isinstance(status, str) else bytes(status).decode("utf-8")
        line = enhanced(reply) if self._greeted else reply
        self._greeted = True
        if link is not None and link.leaving is not None:
            leaving, link.leaving = link.leaving, None
            await leave(line, leaving, self._writer)
        else:
            self._writer.write(line.encode("ascii", "replace") + b"\r\n")
            await self._writer.drain()
        if line.startswith("421") and self.transport is not None:
            self.transport.close()  # RFC 5321 §3.8
