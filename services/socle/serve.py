"""Serving: HTTP on one or several sockets, and the life of a whole process from its start to a graceful stop."""

import asyncio
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import uvicorn

from socle.ground import Ground
from socle.http_protocol import HttpProtocol
from socle.service import ASGIApp, Service

_log = logging.getLogger(__name__)

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

    ``protocol`` is the class that speaks HTTP on a connection, as uvicorn's ``http`` option.
    """

    def __init__(
        self,
        app: ASGIApp,
        sockets: Sequence[socket.socket],
        *,
        stop_seconds: float = 20.0,
        protocol: type[asyncio.Protocol] = HttpProtocol,
    ) -> None:
        self._sockets = list(sockets)
        self._server = _Server(
            uvicorn.Config(
                app,
                http=protocol,
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


class Process:
    """Ground, services and their HTTP server: ``async with Process(...)`` serves until the block ends.

    Stopping: no new connections, acts under way finish, services stop, outboxes are flushed, databases closed. It goes
    all the way even if a part of it fails.
    """

    def __init__(
        self, ground: Ground, services: Sequence[Service], app: ASGIApp, sockets: Sequence[socket.socket]
    ) -> None:
        self._ground = ground
        self._services = services
        self.http = HttpServer(app, sockets, stop_seconds=ground.settings.stop_seconds)
        self._stack = AsyncExitStack()

    @property
    def url(self) -> str:
        """Of the first socket."""
        host, port = self.http.addresses[0]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def start(self) -> None:
        """Start everything; what was started is stopped again when something after it fails."""
        async with AsyncExitStack() as stack:
            stack.callback(self.http.close)
            await self._ground.start()
            stack.push_async_callback(self._ground.stop)
            for service in self._services:
                stack.push_async_callback(service.stop)
                await service.start()
            await self.http.start()
            stack.push_async_callback(self.http.stop)
            stack.callback(self._ground.stopping.set)
            self._stack = stack.pop_all()

    async def stop(self) -> None:
        await self._stack.aclose()

    async def __aenter__(self) -> "Process":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


async def until_told(stopping: asyncio.Event) -> None:
    """Wait for SIGTERM, SIGINT (or Ctrl+Break) or for ``stopping`` to be set by someone else."""
    loop = asyncio.get_running_loop()
    numbers = [signal.SIGTERM, signal.SIGINT]
    if sys.platform == "win32":
        numbers.append(signal.SIGBREAK)
    before = {number: signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopping.set)) for number in numbers}
    try:
        await stopping.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_GARBAGE_AFTER = 20_000
"""New objects before cycles are looked for. Python's 700 are a fraction of one batch of events: 7 % of its time."""


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a process's main coroutine on the fastest loop there is."""
    gc.freeze()  # what was imported stays for good
    gc.set_threshold(_GARBAGE_AFTER)
    factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    if sys.platform != "win32":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main)


def run_service(build: Callable[[Ground], Service]) -> None:
    """One service alone, until a signal comes: what ``python -m ins_sim`` does. Settings come from the environment.

    A start that fails says why in one line and exits with 1; the traceback is for the log level DEBUG.
    """
    run(_alone(build))


async def _alone(build: Callable[[Ground], Service]) -> None:
    from socle.logs import configure
    from socle.web.factory import create_app

    configure()
    ground = Ground.open()
    services = [build(ground)]
    settings = ground.settings
    try:
        sockets = [listen(settings.host, settings.http_port)]
        process = Process(ground, services, create_app(ground, services), sockets)
        await process.start()
    except (OSError, RuntimeError) as error:  # port taken, database or broker away, schema too new: the text says it
        _log.critical("%s cannot start: %s", services[0].name, error, exc_info=_log.isEnabledFor(logging.DEBUG))
        raise SystemExit(1) from None
    try:
        _log.info("%s serves on %s", services[0].name, process.url)
        await until_told(ground.stopping)
    finally:
        await process.stop()
