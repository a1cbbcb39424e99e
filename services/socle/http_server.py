"""HTTP on one or several sockets: uvicorn's server, without its own idea of signals."""

import asyncio
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import uvicorn

from socle.http_protocol import HttpProtocol
from socle.service import ASGIApp

BACKLOG = 2048
ACCEPTS = 16
"""Connections taken in one turn of the loop. libuv, and so uvloop, accepts one for each listening descriptor: when
turns are long, new connections would wait for many seconds where admission (D16) does not see them, while acts on old
connections pass them by."""


def listen(host: str, port: int) -> socket.socket:
    """A bound TCP socket; port 0 takes any free one. Raises ``OSError`` with the address when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there, the option lets two processes share a port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise OSError(error.errno, f"cannot listen on {host}:{port}: {error.strerror}") from error
    return sock


class HttpServer:
    """One ASGI application on any number of sockets.

    ``protocol`` makes what speaks HTTP on a connection, as uvicorn's ``http`` option.
    """

    def __init__(
        self,
        app: ASGIApp,
        sockets: Sequence[socket.socket],
        *,
        stop_seconds: float = 20.0,
        protocol: Callable[..., asyncio.Protocol] = HttpProtocol,
    ) -> None:
        self._sockets = list(sockets)
        self._server = _Server(
            uvicorn.Config(
                app,
                http=cast(type[asyncio.Protocol], protocol),
                interface="asgi3",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                backlog=BACKLOG,
                timeout_graceful_shutdown=max(1, round(stop_seconds)),
            )
        )
        self._task: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        """Host and port of the first socket, as they stand in a URL."""
        host, port = self.addresses[0]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Host and port of each socket, as bound."""
        return [sock.getsockname()[:2] for sock in self._sockets]

    async def start(self) -> None:
        """Return when connections are taken."""
        listening = [one for sock in self._sockets for one in (sock, *(sock.dup() for _ in range(ACCEPTS - 1)))]
        self._task = asyncio.create_task(self._server.serve(listening), name="http")
        up = asyncio.create_task(self._server.up.wait())
        await asyncio.wait({self._task, up}, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if self._task.done():
            self._task.result()
            raise RuntimeError("the HTTP server ended before it was up")

    async def stop(self) -> None:
        """Take no more connections, let the requests under way finish, then close."""
        if self._task is not None:
            self._server.should_exit = True
            await self._task
            self._task = None
        self.close()

    def close(self) -> None:
        """Give the sockets back; for a server that was never started."""
        for sock in self._sockets:
            sock.close()


class _Server(uvicorn.Server):
    """uvicorn's server without its own handling of signals: several may run in one process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
