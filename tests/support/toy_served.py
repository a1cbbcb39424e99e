"""A small service on a whole ground, behind the real web application."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter, Request

from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.exchange import Exchange, Recorded
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.service import ASGIApp, Receive, Scope, Send
from socle.settings import GroundSettings
from socle.web.factory import create_app


async def wire(scope: Scope, receive: Receive, send: Send) -> None:
    """Says which workspace it was told."""
    state = scope["state"]
    workspace = state.get("workspace")
    told = {"path": scope["path"], "workspace": workspace and workspace.name, "unknown": state.get("unknown_workspace")}
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-socles-exchange", b"e1")]})
    await send({"type": "http.response.body", "body": json.dumps(told).encode()})


def json_routes() -> APIRouter:
    api = APIRouter(prefix="/_sandbox/toy_sim")

    @api.get("/workspace")
    def show(request: Request) -> dict[str, Any]:
        return {"workspace": request.state.workspace.name}

    @api.get("/path/{rest:path}")
    def path(request: Request) -> dict[str, Any]:
        return {"path": request.scope["path"], "raw": request.scope["raw_path"].decode()}

    @api.get("/broken")
    def broken() -> None:
        raise RuntimeError("the secret reason")

    return api


class Toy:
    """A service with one path of each sort."""

    name = "toy_sim"

    def __init__(self) -> None:
        self.mounts: Mapping[str, ASGIApp] = {"/toy": wire}
        self.routers: Sequence[APIRouter] = (json_routes(),)

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@asynccontextmanager
async def ground(folder: Path) -> AsyncIterator[Ground]:
    """A started ground with a population of three sites."""
    settings, small = GroundSettings(data_dir=folder), ControlSettings(establishments=3, patients_per_establishment=5)
    made = Ground(settings, ControlPlane(settings, small), JournalStore(settings))
    async with made:
        yield made


@asynccontextmanager
async def client(ground: Ground) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the web application around one ``Toy``."""
    app = await asyncio.to_thread(create_app, ground, [Toy()])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        yield http


def exchange(**more: Any) -> Exchange:
    made = Exchange("toy_sim", "soap", "default", 1, datetime.now(UTC), operation="play", status=200)
    made.request = Recorded([("a", "b")], [b"<in/>"])
    for name, value in more.items():
        setattr(made, name, value)
    return made
