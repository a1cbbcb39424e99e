"""Replies and faults → SOAP envelopes, laid out as Apache CXF does: the default of every service.

A service whose live counterpart answers differently gives its own ``Renderer``.
"""

import re
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

from socle.control.port import Fault
from socle.soap.model import SOAP11, SOAP12, WSA, Call, FaultCode, Reply, SoapFault

_ENCODE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PAGE = re.compile(r"http-([45]\d\d)")
_CODES11 = {FaultCode.SENDER: "Client", FaultCode.RECEIVER: "Server"}
FAULT_ACTION = f"{WSA}/soap/fault"
BUSY_FR = "Le service est momentanément saturé. Veuillez renouveler votre demande ultérieurement."
REFUSED_FR = "Refus provoqué par une règle de panne du bac à sable."


@dataclass(slots=True)
class Rendered:
    """An answer without its MIME packaging: the endpoint adds that where it is wanted."""

    status: int
    content_type: str
    """Of the bare envelope."""
    body: bytes
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    """More HTTP headers, lower-case names."""


class Renderer(Protocol):
    """How a service lays out what it answers."""

    def render_reply(self, call: Call, reply: Reply) -> Rendered: ...

    def render_fault(self, version: str, fault: SoapFault, message_id: str | None) -> Rendered:
        """``version`` is the envelope namespace of the answer; ``message_id`` the request's, if it could be read."""
        ...

    def render_overload(self, version: str, message_id: str | None) -> Rendered:
        """D16, in the protocol's own words."""
        ...

    def refusal(self, call: Call, fault: Fault) -> Reply | SoapFault:
        """What an injected refusal with ``fault.code`` looks like (D10)."""
        ...


class CxfRenderer:
    """Header and fault layout of Apache CXF, WS-Addressing answered when the request used it."""

    def render_reply(self, call: Call, reply: Reply) -> Rendered:
        envelope = call.envelope
        header = addressing_header(reply.action, reply.relates_to or envelope.message_id, call.exchange.id)
        return Rendered(
            reply.http_status,
            content_type_of(envelope.version, reply.action),
            self.envelope(envelope.version, header, reply.body),
        )

    def render_fault(self, version: str, fault: SoapFault, message_id: str | None) -> Rendered:
        header = addressing_header(FAULT_ACTION, message_id)
        body = self.fault12(fault) if version == SOAP12 else self.fault11(fault)
        rendered = self.envelope(version, header, body.encode())
        return Rendered(fault.http_status, content_type_of(version, None), rendered)

    def render_overload(self, version: str, message_id: str | None) -> Rendered:
        rendered = self.render_fault(version, SoapFault(FaultCode.RECEIVER, BUSY_FR), message_id)
        rendered.status = 503
        rendered.headers.append((b"retry-after", b"1"))
        return rendered

    def refusal(self, call: Call, fault: Fault) -> Reply | SoapFault:
        return gateway_page(fault.code) or SoapFault(FaultCode.RECEIVER, fault.reason or REFUSED_FR, subcode=fault.code)

    def envelope(self, version: str, header: str, body: bytes) -> bytes:
        """Put ``header`` (serialised, may be empty) and ``body`` into an envelope."""
        header = f"<soap:Header>{header}</soap:Header>" if header else ""
        opening = f'<soap:Envelope xmlns:soap="{version}">{header}<soap:Body>'.encode()
        return b"".join((opening, body, b"</soap:Body></soap:Envelope>"))

    def fault12(self, fault: SoapFault) -> str:
        subcode = f"<soap:Subcode>{qualified_value(fault.subcode)}</soap:Subcode>" if fault.subcode else ""
        detail = f"<soap:Detail>{fault.detail.decode()}</soap:Detail>" if fault.detail else ""
        reason = f'<soap:Reason><soap:Text xml:lang="fr">{escape(fault.reason)}</soap:Text></soap:Reason>'
        code = f"<soap:Code><soap:Value>soap:{fault.code}</soap:Value>{subcode}</soap:Code>"
        return f"<soap:Fault>{code}{reason}{detail}</soap:Fault>"

    def fault11(self, fault: SoapFault) -> str:
        # SOAP 1.1 has no subcode; its own dotted form (§4.4.1) keeps ours visible.
        local = fault.subcode.rpartition("}")[2] if fault.subcode else ""
        code = _CODES11[fault.code] + (f".{local}" if local else "")
        detail = f"<detail>{fault.detail.decode()}</detail>" if fault.detail else ""
        return (
            f"<soap:Fault><faultcode>soap:{escape(code)}</faultcode>"
            f'<faultstring xml:lang="fr">{escape(fault.reason)}</faultstring>{detail}</soap:Fault>'
        )


def gateway_page(code: str | None) -> Reply | None:
    """``http-502``: what a gateway before the service answers, without SOAP. None for any other code."""
    named = _PAGE.fullmatch(code or "")
    status = next((one for one in HTTPStatus if named is not None and one == int(named[1])), None)
    if status is None:
        return None
    line = f"{status.value} {status.phrase}"
    body = f"<html><head><title>{line}</title></head><body><h1>{line}</h1></body></html>"
    return Reply(body.encode(), http_status=status, content_type="text/html; charset=UTF-8")


def escape(text: str) -> str:
    """Text content of an XML element; characters XML cannot hold become U+FFFD."""
    return _NO_XML.sub("\ufffd", text).translate(_ENCODE)


def qualified_value(subcode: str) -> str:
    """A fault's Subcode Value; a name in Clark notation brings its own namespace, others stand under ``soap:``."""
    if subcode.startswith("{"):
        namespace, _, local = subcode[1:].partition("}")
        return f'<soap:Value xmlns:ns1="{escape(namespace)}">ns1:{escape(local)}</soap:Value>'
    return f"<soap:Value>soap:{escape(subcode)}</soap:Value>"


def addressing_header(action: str | None, message_id: str | None, own_id: str | None = None) -> str:
    """The answer's WS-Addressing header; empty when the request had no MessageID (domain/dmp.md §0.3).

    ``own_id`` is the UUID of the answer's own MessageID: the exchange's, so that a client's log leads to the journal.
    """
    if message_id is None:
        return ""
    named = f'<Action xmlns="{WSA}">{escape(action)}</Action>' if action else ""
    return (
        f'{named}<MessageID xmlns="{WSA}">urn:uuid:{own_id or uuid.uuid4()}</MessageID>'
        f'<To xmlns="{WSA}">{WSA}/anonymous</To><RelatesTo xmlns="{WSA}">{escape(message_id)}</RelatesTo>'
    )


def content_type_of(version: str, action: str | None) -> str:
    """SOAP 1.2 carries the action in the Content-Type."""
    if version == SOAP11:
        return "text/xml; charset=UTF-8"
    said = f'; action="{action}"' if action else ""
    return f"application/soap+xml; charset=UTF-8{said}"
