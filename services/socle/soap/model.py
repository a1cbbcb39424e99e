"""What a SOAP operation gets and gives: the port between the shared endpoint and a service's ``wire`` room."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from socle.blobs import Blob
from socle.clock import Clock
from socle.control.port import Fault
from socle.exchange import Exchange
from socle.rules import Finding, Strictness
from socle.tls.peer import Peer

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://www.w3.org/2005/08/addressing"


@dataclass(frozen=True, slots=True)
class Part:
    """One MIME part that is not the root. ``blob`` holds the decoded content (Content-Transfer-Encoding undone)."""

    content_id: str
    """Without angle brackets, not URL-decoded."""
    content_type: str
    headers: Mapping[str, str]
    """Lower-case names."""
    blob: Blob
    sha1: str
    """Hexadecimal, of the decoded content."""
    sha1_with_eol: str | None = None
    """SHA-1 when the line end before the boundary counts as content: LF-only senders do that (domain/dmp.md §0.7)."""
    eol_length: int = 0


@dataclass(slots=True)
class Envelope:
    """A parsed SOAP envelope."""

    version: str
    """The envelope's namespace: ``SOAP11`` or ``SOAP12``; the answer is given in kind."""
    root: etree._Element
    header: etree._Element | None
    blocks: Sequence[etree._Element]
    """What stands in the header, comments included. Kept, for lxml makes an element anew each time it is asked for."""
    body: etree._Element
    """The first child of Body."""
    action: str | None
    """From WS-Addressing, the Content-Type or SOAPAction, in that order; None when nobody said."""
    message_id: str | None
    raw: bytes


async def nothing() -> None:
    return None


@dataclass(slots=True)
class Call:
    """One SOAP request on its way through a service."""

    envelope: Envelope
    parts: Sequence[Part]
    multipart: bool
    """The request came as multipart/related."""
    exchange: Exchange
    """``workspace``, ``epoch``, ``findings`` … are there; operations append their findings to it."""
    clock: Clock
    """The workspace's."""
    strictness: Strictness
    options: Mapping[str, str]
    """The workspace's free settings (``insi.dialect`` …)."""
    peer_ou: str | None = None
    """OU of the client certificate, if one was shown."""
    peer: Peer | None = None
    """The client certificate itself."""
    before_commit: Callable[[], Awaitable[None]] = nothing
    """The fault hook's second point (D10): await it just before ``store.commit``."""
    magic: str | None = None
    """The id of the fault that the message itself asks for, in the service's own way (D10)."""
    stale_seconds: float = 0.0
    """A fault rule wants a reading to answer as things were so long ago."""
    event_delay: float = 0.0
    """A fault rule wants the act's events to be published so many seconds after its commit."""
    told: Mapping[str, str] | None = None
    """What fault rules match on of the message itself, once one has asked (``Operation.attributes``)."""
    leaving: Fault | None = None
    """A fault rule says how the answer leaves, whatever it is: cut, truncated or drop by drop."""

    def part(self, content_id: str) -> Part | None:
        """The part a ``cid:`` refers to; the caller gives the id URL-decoded, without ``cid:``."""
        return next((part for part in self.parts if part.content_id == content_id), None)


@dataclass(slots=True)
class Reply:
    """What an operation answers. ``body`` is the serialised first child of Body, its own namespaces declared."""

    body: bytes
    action: str | None = None
    attachments: Sequence[tuple[str, str, Blob]] = ()
    """(content id, content type, content)"""
    multipart: bool = False
    """Answer as multipart/related even without attachments (domain/dmp.md §0.5)."""
    http_status: int = 200
    content_type: str | None = None
    """Given, ``body`` is the whole HTTP body, of this type, and stands in no envelope."""
    relates_to: str | None = None
    """Given, the answer says that it is for this MessageID instead of the request's."""


class FaultCode(StrEnum):
    """SOAP 1.2 names; rendered as Client and Server under SOAP 1.1."""

    SENDER = "Sender"
    RECEIVER = "Receiver"


class SoapFault(Exception):
    """A refusal in the protocol's own words. ``http_status`` is 500, as every client here expects (domain/insi.md
    §1.9), unless a fault rule wants otherwise."""

    def __init__(
        self,
        code: FaultCode,
        reason: str,
        *,
        subcode: str | None = None,
        detail: bytes | None = None,
        findings: Sequence[Finding] = (),
        http_status: int = 500,
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.subcode = subcode
        """Local name; the renderer chooses the prefix (``soap:DMPInvalidCertificate``, ``S:siram_40``)."""
        self.detail = detail
        """Serialised children of Detail."""
        self.findings = tuple(findings)
        self.http_status = http_status


Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of an endpoint, found by its action, else by the QName of its body (``{ns}local``)."""

    name: str
    body_roots: frozenset[str]
    handler: Handler
    actions: frozenset[str] = frozenset()
    attributes: Callable[[Call], Mapping[str, str]] | None = None
    """What tells its acts apart, for fault rules that match on it (D10). Called before the handler, for these only: it
    takes a request as it came, and must not raise."""
    guard: Callable[[Call], Awaitable[None]] | None = None
    """Sets ``exchange.redacted`` when the request may tell of a real patient (D11). Called when a fault rule ends the
    act before its handler could look."""
    claims: Callable[[str], bool] | None = None
    """Whether an action that nobody answers to, with a body that nobody knows, is its own all the same."""
