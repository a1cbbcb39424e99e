"""A rendered answer → HTTP: plain or multipart/related, attachments streamed from disk (D15)."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import IO

from socle.blobs import Blob, BlobRef
from socle.control.options import one_of
from socle.control.port import Fault
from socle.exchange import Exchange
from socle.service import Receive, Scope, Send
from socle.soap.model import SOAP11
from socle.soap.offload import in_thread
from socle.soap.render import Rendered

_PORTION = 256 * 1024
_ROOT_ID = "root.message@cxf.apache.org"
"""What CXF writes, and so what a string-cutting client knows."""

MULTIPART_OPTION = "soap.multipart"
"""Workspace option: ``on`` or ``off`` overrides whether answers without documents go as multipart/related."""
one_of(MULTIPART_OPTION, ["on", "off"])

CUT = "socles.cut"
"""ASGI extension of our own server protocol: a callable that drops the connection (``socle.http_protocol``); with
``after_sent``, once what was written has left."""


@dataclass(slots=True)
class Answer:
    """An HTTP answer ready to be sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: Sequence[bytes | Blob]
    leaving: Fault | None = None
    """Given, a fault rule says how it leaves (``leaving.py``)."""
    hurry: asyncio.Event | None = None
    """Set when the process stops: no more dripping then."""

    async def send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        for piece in self.body[:-1]:
            await _send_piece(send, piece, more=True)
        await _send_piece(send, self.body[-1], more=False)

    def record(self, exchange: Exchange) -> None:
        """Put the answer into the journal's exchange."""
        exchange.status = self.status
        exchange.response.headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self.headers]
        exchange.response.body = [_recorded(piece) for piece in self.body]


def package(
    rendered: Rendered,
    version: str,
    attachments: Sequence[tuple[str, str, Blob]],
    *,
    multipart: bool,
    more_headers: Sequence[tuple[bytes, bytes]] = (),
) -> Answer:
    """Make the HTTP answer; ``multipart`` wraps even an answer without attachments (domain/dmp.md §0.5)."""
    if multipart or attachments:
        content_type, body = _multipart(rendered, version, attachments)
    else:
        content_type, body = rendered.content_type, [rendered.body]
    length = sum(map(size_of, body))
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(length).encode()),
        *rendered.headers,
        *more_headers,
    ]
    return Answer(rendered.status, headers, body)


def _multipart(
    rendered: Rendered, version: str, attachments: Sequence[tuple[str, str, Blob]]
) -> tuple[str, list[bytes | Blob]]:
    # CRLF throughout: with bare LF, CXF clients read empty documents (domain/dmp.md §0.6).
    boundary = f"uuid:{uuid.uuid4()}"
    soap_type = "text/xml" if version == SOAP11 else "application/soap+xml"
    head = _part_head(boundary, f'application/xop+xml; charset=UTF-8; type="{soap_type}"', _ROOT_ID)
    body: list[bytes | Blob] = [b"".join((head, rendered.body))]
    for content_id, content_type, blob in attachments:
        body += [_part_head(boundary, content_type, content_id), blob]
    body.append(f"\r\n--{boundary}--".encode())
    kind = f'multipart/related; type="application/xop+xml"; boundary="{boundary}"; start="<{_ROOT_ID}>"; '
    return f'{kind}start-info="{soap_type}"', body


def _part_head(boundary: str, content_type: str, content_id: str) -> bytes:
    return (
        f"\r\n--{boundary}\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: binary\r\n"
        f"Content-ID: <{content_id}>\r\n\r\n"
    ).encode()


def size_of(piece: bytes | Blob) -> int:
    """Bytes of a piece of a body."""
    return piece.size if isinstance(piece, Blob) else len(piece)


async def portions(piece: bytes | Blob) -> AsyncGenerator[bytes, None]:
    """A piece of a body as bytes; what lies on disk is read as it is asked for."""
    if not isinstance(piece, Blob):
        yield piece
    elif piece.data is not None:
        yield piece.data
    else:
        assert piece.path is not None
        file: IO[bytes] = await in_thread(piece.path.open, "rb")
        try:
            while portion := await in_thread(file.read, _PORTION):
                yield portion
        finally:
            await in_thread(file.close)


async def _send_piece(send: Send, piece: bytes | Blob, *, more: bool) -> None:
    if not isinstance(piece, Blob):
        await send({"type": "http.response.body", "body": piece, "more_body": more})
    elif piece.data is not None:
        await send({"type": "http.response.body", "body": piece.data, "more_body": more})
    else:
        async with aclosing(portions(piece)) as read:
            async for portion in read:
                await send({"type": "http.response.body", "body": portion, "more_body": True})
        if not more:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def _recorded(piece: bytes | Blob) -> bytes | BlobRef:
    # What lies on disk, or is large, is referred to: the journal does not copy documents (D9).
    if isinstance(piece, Blob):
        return piece.ref if piece.data is None or piece.size > _PORTION else piece.data
    return piece


async def cut(scope: Scope, receive: Receive, send: Send) -> None:
    """End the connection without an answer (D10)."""
    drop = scope.get("extensions", {}).get(CUT)
    if drop is not None:
        drop()
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    # Another server: promise a byte that never comes; the server closes when we return.
    headers = [(b"content-length", b"1"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
