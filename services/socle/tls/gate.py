"""The way into a TLS port: the handshake first, then HTTP; what fails is told, not swallowed.

asyncio's own TLS servers drop a failed handshake without a word to the application.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from socle.http_protocol import HttpProtocol
from socle.tls.peer import Peer, peer_of, state_of
from socle.tls.upgrade import start_tls


class TlsHttpProtocol(HttpProtocol):
    """HTTP on an encrypted connection: requests know who showed which certificate."""

    known: dict[str, Any]
    """What every request's ``scope["state"]`` gets: see ``peer.state_of``."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast(dict[str, Any], self.scope)["state"].update(self.known)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms connections are taken."""

    context: ssl.SSLContext
    seconds: float
    """For the handshake."""
    complete: Callable[[Peer], Awaitable[Peer]]
    """Adds what the certificate itself does not say: whether it is revoked."""
    told: Callable[[str, Exception], None]
    """Called with the client's address and what went wrong."""


class TlsGate(asyncio.Protocol):
    """One connection until its handshake is done. What the client sends right behind it is kept for ``inner``."""

    def __init__(self, inner: TlsHttpProtocol, terms: Terms) -> None:
        self._inner = inner
        self._terms = terms
        self._hello: bytearray | None = bytearray()
        """What the client said before TLS was there to hear it. None: TLS hears it now."""
        self._early = bytearray()
        self._shaking: asyncio.Task[None] | None = None
        self._handed_over = self._lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        plain = cast(asyncio.Transport, transport)
        plain.pause_reading()  # what the client says first belongs to the handshake; uvloop reads on all the same
        self._shaking = asyncio.get_running_loop().create_task(self._shake(plain))

    def data_received(self, data: bytes) -> None:
        if self._hello is None:
            self._early += data
        else:
            self._hello += data

    def connection_lost(self, exc: Exception | None) -> None:
        """The client left before ``inner`` had the connection; or just as it got it, and this was on its way already:
        unless it is told, the server counts the connection for ever, and waits for it when it stops."""
        self._lost = True
        if self._handed_over:
            self._inner.connection_lost(exc)

    async def _shake(self, plain: asyncio.Transport) -> None:
        host, port = (plain.get_extra_info("peername") or ("", 0))[:2]
        terms = self._terms
        try:
            secure = await start_tls(plain, self, terms.context, self._heard, seconds=terms.seconds)
        except (OSError, TimeoutError) as error:  # ssl.SSLError is an OSError
            plain.abort()
            terms.told(f"{host}:{port}", error)
            return
        try:
            self._inner.known = await self._of(secure)
        except BaseException:
            secure.abort()
            raise
        if self._lost:
            return
        self._handed_over = True
        secure.set_protocol(self._inner)
        self._inner.connection_made(secure)
        if self._early:
            self._inner.data_received(bytes(self._early))

    def _heard(self) -> bytes:
        hello, self._hello = bytes(self._hello or b""), None
        return hello

    async def _of(self, secure: asyncio.Transport) -> dict[str, Any]:
        shown = cast(ssl.SSLObject, secure.get_extra_info("ssl_object"))
        version = " ".join(part for part in (shown.version(), (shown.cipher() or ("",))[0]) if part)
        der = shown.getpeercert(binary_form=True)
        peer = peer_of(der) if der else None
        return state_of(version, await self._terms.complete(peer) if peer is not None else None)
