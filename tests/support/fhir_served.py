"""INSi with its ``/fhir`` over HTTP, behind the outer application, with its journal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

import ins_sim.app
from socle.control.settings import ControlSettings
from socle.ground import Ground
from socle.http_protocol import HttpProtocol
from socle.http_server import HttpServer, listen
from socle.settings import GroundSettings
from socle.web.factory import create_app


@asynccontextmanager
async def fhir_served(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """INSi with a small population."""
    settings = ControlSettings(establishments=1, patients_per_establishment=30)
    async with served(Ground.open(GroundSettings(data_dir=folder), settings)) as client:
        yield client


@asynccontextmanager
async def served(ground: Ground) -> AsyncIterator[httpx.AsyncClient]:
    """INSi on a ground that is not started yet."""
    app = await asyncio.to_thread(lambda: create_app(ground, [ins_sim.app.build(ground)]))
    server = HttpServer(app, [listen("127.0.0.1", 0)], protocol=HttpProtocol)
    async with ground:
        await server.start()
        host, port = server.addresses[0]
        try:
            async with httpx.AsyncClient(base_url=f"http://{host}:{port}", trust_env=False) as client:
                yield client
        finally:
            await server.stop()


async def exchange(http: httpx.AsyncClient, answer: httpx.Response) -> dict[str, Any]:
    """As the journal tells it, once it does."""
    link = answer.headers["x-socles-exchange"]
    for _ in range(100):
        told = await http.get(link, headers={"accept": "application/json"})
        if told.is_success:
            return dict(told.json())
        await asyncio.sleep(0.1)
    raise AssertionError(link)
