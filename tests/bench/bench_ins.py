"""WS_INS2 against a FastAPI route that gives the same bytes back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response

from bench.harness import Run, asgi, bench, served
from bench.load import http_load, http_request
from ins_sim.app import build
from socle.ground import Ground
from socle.http_server import listen
from socle.serve import Process
from socle.settings import GroundSettings
from socle.web.factory import create_app
from support.insi import CONTENT_TYPE, blocks, body, message

CALLS = 1500
_BODY = message(body("ECETINSI", ["PIERRE-ALAIN"], "M", "2009-07-14", "63220"), blocks())


@asynccontextmanager
async def ours(folder: Path) -> AsyncIterator[int]:
    """INSi as ``python -m ins_sim`` serves it: outer application, journal, store and relay included."""
    ground = Ground.open(GroundSettings(data_dir=folder))
    services = [build(ground)]
    async with Process(ground, services, create_app(ground, services), [listen("127.0.0.1", 0)]) as process:
        yield process.http.addresses[0][1]


@asynccontextmanager
async def echo(folder: Path) -> AsyncIterator[int]:
    """What FastAPI takes to read a body and send it back."""
    app = FastAPI()

    @app.post("/lps")
    async def _echo(request: Request) -> Response:
        return Response(await request.body(), media_type="application/soap+xml")

    async with asgi(app) as port:
        yield port


@bench("WS_INS2 against FastAPI echo of the same size", bar=0.5)
def ws_ins2(run: Run) -> None:
    batch = [http_request("/lps", _BODY, CONTENT_TYPE)] * CALLS
    with served(ours) as a, served(echo) as b:
        run.compare(
            ours=a.batch(lambda port: http_load(port, batch, contains=b"1090763220834")),
            ceiling=b.batch(lambda port: http_load(port, batch, contains=b"ECETINSI")),
        )
        run.note(f"request of {len(_BODY)} bytes; resident {a.resident_mb:.0f} MiB after the run")
