"""uvicorn's httptools protocol, with four things it lacks.

* A client that offers an HTTP upgrade with a body (the JDK's client, and so current Apache CXF, offers h2c on every
  POST: domain/dmp.md §0.6) loses that body: the parser stops after the headers. Here the offer is ignored, as RFC 9110
  §7.8 allows, and the request is read like any other.
* A sender that falls silent in the middle of a request is let go after a minute; elsewhere it would hold its place in
  the admission queue (D16) for ever.
* An application can drop a connection without an answer, or in the middle of one (D10), by the ASGI extension
  ``socles.cut``.
* Head and body of an answer go out in one write: two cost two system calls here and two wake-ups of the client.

Give the class to uvicorn as ``http=HttpProtocol``.
"""

import asyncio
import socket
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_OFFER = frozenset({b"upgrade", b"http2-settings"})


class _OneWrite:
    """The transport of one answer: its head waits for the first piece of its body, or until the loop's next turn."""

    __slots__ = ("_head", "_loop", "_sent", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head = b""
        self._sent = False

    def write(self, data: bytes) -> None:
        if self._sent:
            self._transport.write(data)
        elif self._head:
            self._head += data
            self._flush()
        else:
            self._head = data
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        if not self._sent:
            self._sent = True
            self._transport.write(self._head)

    def close(self) -> None:
        if self._head:
            self._flush()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()


class HttpProtocol(HttpToolsProtocol):
    """Serves requests with an upgrade offer as if the offer were not there."""

    _offered: list[tuple[bytes, bytes]] | None = None
    """The headers of a request with an offer, between the moment the parser stops and its second reading."""
    _restored: list[tuple[bytes, bytes]] | None = None
    _in_head = False
    """The head of a request has begun and is not complete."""
    _heard = 0.0
    _watch: asyncio.TimerHandle | None = None
    silence = 60.0
    """Seconds a sender may stay silent within a request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent
        super().connection_made(transport)
        sock = transport.get_extra_info("socket")
        # asyncio leaves Nagle's algorithm on when the listening socket did not name its protocol: an answer's
        # body then waits 40 ms until its head is acknowledged.
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._heard = self.loop.time()
        self._watch = self.loop.call_later(self.silence, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _look(self) -> None:
        """One timer for the life of the connection, however many requests it carries."""
        within = self._in_head or (self.cycle is not None and self.cycle.more_body and not self.cycle.response_complete)
        quiet = self.loop.time() - self._heard
        if within and quiet >= self.silence and not self.flow.read_paused:
            self.transport.abort()
        else:
            left = self.silence - quiet if within else 0.0
            self._watch = self.loop.call_later(left if left > 0 else self.silence, self._look)

    def data_received(self, data: bytes) -> None:
        self._heard = self.loop.time()
        self._unset_keepalive_if_required()
        while data:
            offset = self._feed(data)
            if offset is None:
                return
            data = self._head_without_offer() + data[offset:]
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)

    def _feed(self, data: bytes) -> int | None:
        """Parse; gives where the body of a request with an offer begins, when the parser stopped there."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._offered is not None:
                return cast(int, upgrade.args[0])
            self.logger.warning("Unsupported upgrade request.")
        except httptools.HttpParserError:
            self.logger.warning("Invalid HTTP request received.")
            self.send_400_response("Invalid HTTP request received.")
        return None

    def _head_without_offer(self) -> bytes:
        """What a fresh parser reads instead; the body then follows as usual."""
        assert self._offered is not None
        method, version = self.parser.get_method(), self.parser.get_http_version()
        kept = [_without_offer(header) for header in self._offered if header[0] not in _OFFER]
        lines = [method + b" " + self.url + b" HTTP/" + version.encode(), *(b": ".join(header) for header in kept)]
        self._restored, self._offered = self._offered, None
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        cast(dict[str, Any], self.scope)["extensions"] = {"socles.cut": self._cut}

    def on_headers_complete(self) -> None:
        if self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT":
            self._offered = self.headers
            return
        self._in_head = False
        if self._restored is not None:  # the application and the journal see what was sent
            self.headers[:] = self._restored
            self._restored = None
        super().on_headers_complete()
        self.cycle.transport = cast(asyncio.Transport, _OneWrite(self.transport, self.loop))

    def on_message_complete(self) -> None:
        if self._offered is None:
            super().on_message_complete()

    def _cut(self, *, after_sent: bool = False) -> None:
        if after_sent:
            self.cycle.transport.close()
        else:
            self.transport.abort()


def _without_offer(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    name, value = header
    if name != b"connection":
        return header
    tokens = [token.strip() for token in value.split(b",")]
    return name, b", ".join(token for token in tokens if token.lower() not in _OFFER)
