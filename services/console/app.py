"""The console, put together: one service among those it shows, or a process of its own before them."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

import httpx
from fastapi import APIRouter, FastAPI

from console import homologation
from console.asked import asked
from console.door import Door
from console.pages import router
from console.sandbox import Sandbox
from console.settings import ConsoleSettings
from socle.http_server import HttpServer, listen
from socle.serve import until_told
from socle.service import ASGIApp
from socle.settings import GroundSettings
from socle.web import errors

NAME = "console"
_LOG = logging.getLogger(__name__)
_STOP_SECONDS = 2.0
"""Streams that are handed on have no end of their own."""


class ConsoleService:
    """See ``socle.service.Service``."""

    name = NAME

    def __init__(self, settings: ConsoleSettings, address: Callable[[], str]) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # else each page writes a line for each API it asks
        # its own process may be the one it asks: a connection kept open would keep that from stopping
        limits = httpx.Limits(max_keepalive_connections=0, max_connections=100)
        self._client = httpx.AsyncClient(timeout=settings.answer_seconds, trust_env=False, limits=limits)
        self.mounts: Mapping[str, ASGIApp] = {}
        sandbox = Sandbox(self._client)
        cases = homologation.router(lambda request: asked(request, sandbox, address()))
        self.routers: Sequence[APIRouter] = [router(sandbox, address, settings), cases]

    async def start(self) -> None:
        """Nothing to wait for: the sandbox is asked when a page is."""

    async def stop(self) -> None:
        await self._client.aclose()


def build(settings: ConsoleSettings | None = None, serving: Callable[[], str] | None = None) -> ConsoleService:
    """The console as a service among others.

    ``serving`` tells the plain address of its own process once it serves; without it the settings must name a sandbox.
    Raises ``ValueError`` when neither does.
    """
    known = settings or ConsoleSettings()
    if known.sandbox is None and serving is not None:
        return ConsoleService(known, lambda: _reachable(serving()))
    named = _named(known)
    return ConsoleService(known, lambda: named)


def _named(settings: ConsoleSettings) -> str:
    if settings.sandbox is None:
        raise ValueError("SOCLES_CONSOLE_SANDBOX must say where the sandbox is, such as http://127.0.0.1:8080")
    return settings.sandbox


def _reachable(url: str) -> str:
    """A process that listens on every address is asked on the loopback one."""
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


async def serve_alone(
    settings: ConsoleSettings,
    process: GroundSettings,
    stopping: asyncio.Event,
    up: Callable[[str], None] = lambda url: None,
) -> None:
    """A process of its own; ``up`` is told the address once it serves.

    Raises ``ValueError`` without the address of a sandbox, ``OSError`` when the port is taken.
    """
    service = build(settings)
    pages = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    errors.install(pages)
    for one in service.routers:
        pages.include_router(one)
    door = Door(pages, _named(settings), process.public_url, settings.answer_seconds)
    server = HttpServer(door, [listen(process.host, process.http_port)], stop_seconds=_STOP_SECONDS)
    await server.start()
    try:
        host, port = server.addresses[0]
        _LOG.info("console serves on http://%s:%d/console/", host, port)
        up(f"http://{host}:{port}")
        await until_told(stopping)
    finally:
        await server.stop()
        await service.stop()
        await door.close()
