"""Serving: the life of a whole process, from its start to a graceful stop."""

import asyncio
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any

from socle.ground import Ground
from socle.http_server import HttpServer, listen
from socle.pki.wiring import make_pki
from socle.service import ASGIApp, Service
from socle.tls.listener import ports, protocol, terms_of
from socle.tls.settings import EdgeSettings, TlsSettings

_log = logging.getLogger(__name__)


class Process:
    """Ground, services and their HTTP server: ``async with Process(...)`` serves until the block ends.

    Stopping: no new connections, acts under way finish, services stop, outboxes are flushed, databases closed. It goes
    all the way even if a part of it fails.
    """

    def __init__(
        self,
        ground: Ground,
        services: Sequence[Service],
        app: ASGIApp,
        sockets: Sequence[socket.socket],
        tls: TlsSettings | None = None,
    ) -> None:
        self._ground = ground
        self._services = services
        self._app = app
        self._tls = tls or TlsSettings()
        self.http = HttpServer(app, sockets, stop_seconds=ground.settings.stop_seconds)
        self.secure: dict[bool, HttpServer] = {}
        """The TLS listeners: False the one-way one, True the mutual one."""
        self._stack = AsyncExitStack()

    @property
    def url(self) -> str:
        """Of the first socket."""
        return f"http://{self.http.address}"

    def secure_url(self, *, mutual: bool) -> str | None:
        """Of a TLS listener that was started."""
        server = self.secure.get(mutual)
        return f"https://{server.address}" if server is not None else None

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
            for port, mutual in ports(self._tls):
                server = self.secure[mutual] = await self._open(port, mutual=mutual)
                stack.callback(server.close)
                await server.start()
                stack.push_async_callback(server.stop)
            stack.callback(self._ground.stopping.set)
            self._stack = stack.pop_all()

    async def _open(self, port: int, *, mutual: bool) -> HttpServer:
        ground = self._ground
        terms = await terms_of(self._tls, make_pki(ground.settings), ground.control, ground.journal, mutual=mutual)
        return HttpServer(
            self._app,
            [listen(ground.settings.host, port)],
            stop_seconds=ground.settings.stop_seconds,
            protocol=protocol(terms),
        )

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
    from socle.tls.wiring import behind_edge
    from socle.web.factory import create_app

    configure()
    ground = Ground.open()
    services = [build(ground)]
    settings = ground.settings
    try:
        sockets = [listen(settings.host, settings.http_port)]
        app = behind_edge(create_app(ground, services), ground, services, EdgeSettings())
        process = Process(ground, services, app, sockets)
        await process.start()
    except (OSError, RuntimeError, ValueError) as error:  # port taken, database away, schema too new: the text says it
        _log.critical("%s cannot start: %s", services[0].name, error, exc_info=_log.isEnabledFor(logging.DEBUG))
        raise SystemExit(1) from None
    try:
        _log.info("%s serves on %s", services[0].name, process.url)
        await until_told(ground.stopping)
    finally:
        await process.stop()
