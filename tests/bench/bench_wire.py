"""The wire alone (no bar of its own): what the SOAP endpoint takes of an act before any service has done anything."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lxml import etree

from bench.harness import Run, asgi, bench, served
from bench.load import http_load, http_request
from socle.service import Message, Receive, Scope, Send
from socle.soap.model import Call, Reply
from support.wire import Echo, envelope, multipart

CALLS = 1500
_SLOT = '<r:Slot xmlns:r="urn:x" name="a{}"><r:ValueList><r:Value>hello, wide world</r:Value></r:ValueList></r:Slot>'
_METADATA = "".join(_SLOT.format(number) for number in range(120))
_CDA = b"<ClinicalDocument>" + b"<section><title>abcdef</title></section>" * 380 + b"</ClinicalDocument>"
_HEADS = (
    'Content-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"\nContent-ID: <root>',
    "Content-Type: application/octet-stream\nContent-Transfer-Encoding: binary\nContent-ID: <cda>",
)
_PLAIN = envelope(_METADATA * 2).encode()
_MTOM = multipart([(_HEADS[0], envelope(_METADATA).encode()), (_HEADS[1], _CDA)], boundary="uuid:1-2-3")
_RELATED = 'multipart/related; type="application/xop+xml"; boundary="uuid:1-2-3"; start="<root>"'


class Silent(Echo):
    """An operation that does nothing, before a journal that forgets."""

    async def echo(self, call: Call) -> Reply:
        self.journal.kept.clear()
        await call.before_commit()
        return Reply(b"<r/>", action="urn:r")


@asynccontextmanager
async def endpoint(folder: Path) -> AsyncIterator[int]:
    async with asgi(Silent(folder).app) as port:
        yield port


@asynccontextmanager
async def bare(folder: Path) -> AsyncIterator[int]:
    """A bare ASGI application that parses the body it gets, if it is XML."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message: Message = await receive()
            body += message["body"]
            more = message["more_body"]
        etree.fromstring(body)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"<r/>"})

    async with asgi(app) as port:
        yield port


def _compare(run: Run, body: bytes, content_type: str) -> None:
    with served(endpoint) as a, served(bare) as b:
        ours = [http_request("/echo", body, content_type)] * CALLS
        ceiling = [http_request("/echo", _PLAIN, "application/soap+xml")] * CALLS
        run.compare(
            ours=a.batch(lambda port: http_load(port, ours, contains=b"<r/>")),
            ceiling=b.batch(lambda port: http_load(port, ceiling, contains=b"<r/>")),
        )
        run.note(f"{len(body)} bytes against {len(_PLAIN)} bytes of XML")


@bench("SOAP endpoint, plain 30 KB, against bare ASGI + lxml")
def plain(run: Run) -> None:
    _compare(run, _PLAIN, "application/soap+xml; charset=UTF-8")


@bench("SOAP endpoint, MTOM 30 KB, against bare ASGI + lxml")
def mtom(run: Run) -> None:
    _compare(run, _MTOM, _RELATED)
