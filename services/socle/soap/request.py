"""One HTTP request as ASGI gives it: headers looked up once, the body read as a stream."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path

from socle.address import base_url, open_exchange
from socle.blobs import BlobRef
from socle.exchange import Exchange
from socle.service import Receive, Scope
from socle.soap import envelope_rules, mime_rules, xml_rules
from socle.soap.envelope import assumed_version, http_action, read_envelope
from socle.soap.headers import ContentType, content_type
from socle.soap.limits import Limits
from socle.soap.model import Envelope, Part
from socle.soap.mtom import MultipartReader
from socle.soap.refusal import EnvelopeRefused, MimeRefused, XmlRefused


class ClientGone(Exception):
    """The client left before its request was complete: there is nobody to answer."""


class SoapRequest:
    """Reads one request. ``discard`` must be awaited in the end."""

    def __init__(self, scope: Scope, receive: Receive, limits: Limits, spool: Path) -> None:
        self._scope = scope
        self._receive = receive
        self._limits = limits
        self._spool = spool
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self._plain: list[bytes] = []
        self._reader: MultipartReader | None = None
        self._total = 0
        self.kind: ContentType = content_type(self.header(b"content-type") or "")
        self.version = assumed_version(self.kind)
        """Namespace of the envelope; assumed until the envelope is read."""
        self.message_id: str | None = None
        self.parts: Sequence[Part] = ()

    def header(self, name: bytes) -> str | None:
        """A header by lower-case name."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def base_url(self) -> str:
        """What links in answers begin with (``socle.address``)."""
        return base_url(self._scope)

    def open_exchange(self, service: str, workspace: str, epoch: int, now: datetime) -> Exchange:
        """The exchange of this request, its request headers filled in."""
        return open_exchange(self._scope, "soap", service, workspace=workspace, epoch=epoch, now=now)

    async def envelope(self) -> Envelope:
        """Read and parse everything. Raises ``Refused`` of one kind or another, or ``ClientGone``."""
        encoding = self.header(b"content-encoding")
        if encoding and encoding.strip().lower() != "identity":
            raise EnvelopeRefused(envelope_rules.CONTENT_ENCODING.finding(where="Content-Encoding", found=encoding))
        said = self.header(b"content-length") or ""
        if said.isdigit() and int(said) > self._limits.max_total:
            raise self._too_large(f"{said} octets")
        soap_action = self.header(b"soapaction")
        if self.kind.is_multipart:
            self._reader = MultipartReader(self.kind, self._limits, self._spool)
            read = await self._reader.read(self._chunks())
            self.parts = read.parts
            data, kind, action = read.root, read.root_type, http_action(self.kind, read.root_type, soap_action)
        else:
            data, kind, action = await self._read_plain(), self.kind, http_action(self.kind, None, soap_action)
        envelope = await read_envelope(data, kind, self._limits.xml, action)
        self.version, self.message_id = envelope.version, envelope.message_id
        return envelope

    def recorded(self) -> list[bytes | BlobRef]:
        """The body as far as it came, for the journal."""
        return self._reader.recorded() if self._reader else list(self._plain)

    async def discard(self) -> None:
        """Remove what no store has adopted."""
        if self._reader is not None:
            await self._reader.discard()

    async def _read_plain(self) -> bytes:
        most, more = self._limits.xml.max_bytes, True
        while more:
            chunk, more = await self._next()
            if chunk:
                self._plain.append(chunk)
            if self._total > most:
                raise XmlRefused(xml_rules.SIZE.finding(expected=f"≤ {most}", found=f"> {most} octets"))
        if len(self._plain) > 1:
            self._plain = [b"".join(self._plain)]
        return self._plain[0] if self._plain else b""

    async def _chunks(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            chunk, more = await self._next()
            if chunk:
                yield chunk

    async def _next(self) -> tuple[bytes, bool]:
        """The next bytes, and whether more may follow. Silent senders are the server's business, not ours."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk: bytes = message.get("body", b"")
        self._total += len(chunk)
        if self._total > self._limits.max_total:
            raise self._too_large(f"{self._total} octets")
        return chunk, message.get("more_body", False)

    def _too_large(self, found: str) -> MimeRefused:
        return MimeRefused(mime_rules.TOTAL_SIZE.finding(expected=f"≤ {self._limits.max_total}", found=found))
