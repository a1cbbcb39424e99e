"""A thrifty HTTP/1.1 client: prepared bytes in, status and body out; connections are kept and bounded."""

import asyncio
from collections import deque
from time import monotonic
from typing import cast

import httptools

IDLE_SECONDS = 3.0
"""Servers close idle connections (uvicorn after five seconds); an older one is not trusted with an act."""


class Unreached(Exception):
    """No connection; nothing was sent."""


class Lost(Exception):
    """The request went out, wholly or in part, and no answer came."""


class _Connection(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self.since = 0.0
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._reusable = True

    @property
    def usable(self) -> bool:
        """It may carry another request."""
        alive = self._transport is not None and not self._transport.is_closing()
        return self._reusable and alive and monotonic() - self.since < IDLE_SECONDS

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await self._answer
        finally:
            self._answer = None
            self.since = monotonic()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(f"no HTTP: {error}")

    def connection_lost(self, error: Exception | None) -> None:
        self._fail("reset" if error else "closed")

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        status, body = self._parser.get_status_code(), b"".join(self._body)
        self._reusable = bool(self._parser.should_keep_alive())
        self._body = []
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((status, body))

    def _fail(self, reason: str) -> None:
        self._reusable = False
        self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Lost(reason))


class HttpPool:
    """Connections to one address. An act waits for its turn when all are busy; the wait is part of its latency."""

    def __init__(self, host: str, port: int, *, connections: int, timeout: float) -> None:
        self._address = host, port
        self._timeout = timeout
        self._idle: list[_Connection] = []
        self._free = connections
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body. Raises :class:`Unreached` or :class:`Lost` (with ``timeout`` as its reason for silence)."""
        await self._place()
        connection: _Connection | None = None
        try:
            async with asyncio.timeout(self._timeout):
                connection = await self._connect()
                answer = await connection.ask(request)
        except TimeoutError as error:
            if connection is None:
                raise Unreached("timeout") from error
            connection.close()
            raise Lost("timeout") from error
        finally:
            if connection is not None and connection.usable:
                self._idle.append(connection)
            self._leave()
        return answer

    async def _place(self) -> None:
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn

    def _leave(self) -> None:
        if self._waiting:
            self._waiting.popleft().set_result(None)
        else:
            self._free += 1

    async def _connect(self) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
            connection.close()
        try:
            _, connection = await asyncio.get_running_loop().create_connection(_Connection, *self._address)
        except OSError as error:
            raise Unreached(type(error).__name__) from error
        connection.since = monotonic()
        return connection

    def close(self) -> None:
        """Drop the idle connections."""
        for connection in self._idle:
            connection.close()
        self._idle.clear()
