"""ITI-41 accept against bare ASGI + lxml on the same body: metadata, VIHF, CDA header, store and event are ours."""

import hashlib
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lxml import etree

from bench.harness import Run, asgi, bench, served
from bench.load import http_load, http_request
from dmp_sim.app import build
from dmp_sim.domain import names
from socle.ground import Ground
from socle.http_server import listen
from socle.serve import Process
from socle.service import Receive, Scope, Send
from socle.settings import GroundSettings
from socle.web.factory import create_app
from support.dmp_cda import cda
from support.dmp_message import deposit, describe

PATH = "/si-dmp-server/v2/services/repository"
SIZE = 30_000
BATCH = 200
_LOT, _ROOT = "1.2.250.1.999.7777700000", "1.2.250.1.999.8888800000"
_numbers = itertools.count(1)


def _template() -> tuple[bytes, bytes, bytes, str]:
    """What stands before the CDA, the CDA, what stands after it, Content-Type: 30 KB together."""
    section = "<section><title>Titre</title><text>Observation clinique sans particularité.</text></section>"
    paragraph = f"<component>{section}</component>"
    bare = len(deposit([describe(cda(root=_ROOT))], lot_id=_LOT).write()[0])
    document = cda(root=_ROOT, body=paragraph * ((SIZE - bare) // len(paragraph.encode())))
    body, kind = deposit([describe(document)], lot_id=_LOT).write()
    before, after = body.split(document)
    return before, document, after, kind


_BEFORE, _DOCUMENT, _AFTER, _KIND = _template()
_SHA1 = hashlib.sha1(_DOCUMENT, usedforsecurity=False).hexdigest().encode()


def _requests(count: int) -> list[bytes]:
    """Deposits of documents that nobody has sent before."""
    made = []
    for number in itertools.islice(_numbers, count):
        root, lot = f"{_ROOT[:-5]}{number:05d}".encode(), f"{_LOT[:-5]}{number:05d}".encode()
        document = _DOCUMENT.replace(_ROOT.encode(), root)
        sha1 = hashlib.sha1(document, usedforsecurity=False).hexdigest().encode()
        before = _BEFORE.replace(_ROOT.encode(), root).replace(_LOT.encode(), lot).replace(_SHA1, sha1)
        made.append(http_request(PATH, before + document + _AFTER, _KIND))
    return made


@asynccontextmanager
async def _ours(folder: Path) -> AsyncIterator[int]:
    ground = Ground.open(GroundSettings(data_dir=folder))
    services = [build(ground)]
    app = create_app(ground, services)
    async with Process(ground, services, app, [listen("127.0.0.1", 0)]) as process:
        yield process.http.addresses[0][1]


async def _bare(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, cut it at the boundary, parse envelope and CDA, answer as shortly."""
    pieces = []
    more = True
    while more:
        message = await receive()
        pieces.append(message["body"])
        more = message.get("more_body", False)
    body = b"".join(pieces)
    boundary = b"\r\n--" + dict(scope["headers"])[b"content-type"].split(b'boundary="')[1].split(b'"')[0]
    parts = [part.split(b"\r\n\r\n", 1)[1] for part in body.split(boundary)[1:-1]]
    etree.fromstring(parts[0])
    etree.fromstring(parts[1])
    headers = [(b"content-type", b"application/soap+xml"), (b"content-length", b"%d" % len(_ANSWER))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _ANSWER})


_ANSWER = f'<r status="{names.SUCCESS}"/>'.encode()


@asynccontextmanager
async def _ceiling(folder: Path) -> AsyncIterator[int]:
    async with asgi(_bare) as port:
        yield port


@bench("ITI-41 accept / bare ASGI + lxml, 30 KB", bar=0.35)
def iti41(run: Run) -> None:
    """The bar of the issue: 0.35."""
    with served(_ours) as ours, served(_ceiling) as bare:
        mine = ours.batch(lambda port: http_load(port, _requests(BATCH), contains=names.SUCCESS.encode()))
        theirs = bare.batch(lambda port: http_load(port, _requests(BATCH), contains=names.SUCCESS.encode()))
        run.compare(ours=mine, ceiling=theirs)
        run.note(f"body {len(_BEFORE) + len(_DOCUMENT) + len(_AFTER)} bytes; resident {ours.resident_mb:.0f} MiB")
