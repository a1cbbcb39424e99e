"""The console, put together: one service among those it shows, or a process of its own before them."""

from collections.abc import Mapping, Sequence

import httpx
from fastapi import APIRouter

from console.pages import router
from console.sandbox import Sandbox
from console.settings import ConsoleSettings
from socle.service import ASGIApp

NAME = "console"


class ConsoleService:
    """See ``socle.service.Service``."""

    name = NAME

    def __init__(self, settings: ConsoleSettings) -> None:
        # its own process may be the one it asks: a connection kept open would keep that from stopping
        limits = httpx.Limits(max_keepalive_connections=0, max_connections=100)
        self._client = httpx.AsyncClient(timeout=settings.answer_seconds, trust_env=False, limits=limits)
        self.mounts: Mapping[str, ASGIApp] = {}
        self.routers: Sequence[APIRouter] = [router(Sandbox(self._client), settings)]

    async def start(self) -> None:
        """Nothing to wait for: the sandbox is asked when a page is."""

    async def stop(self) -> None:
        await self._client.aclose()


def build(settings: ConsoleSettings | None = None) -> ConsoleService:
    """The console as a service among others."""
    return ConsoleService(settings or ConsoleSettings())
