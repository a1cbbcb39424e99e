"""SOAP 1.2 envelopes out, answers in: what every SOAP client of the hospitals shares."""

import re
from dataclasses import dataclass

from lxml import etree

SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://www.w3.org/2005/08/addressing"
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


class WireError(Exception):
    """The answer is no SOAP: what was received is in the message."""


def addressed(
    action: str, message_id: str, to: str, *, header: str = "", body: str, must_understand: str = "env:mustUnderstand"
) -> bytes:
    """An envelope with WS-Addressing; ``to`` may be empty, as .NET clients send it."""
    target = f'<wsa:To {must_understand}="true">{to}</wsa:To>' if to else "<wsa:To/>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="{SOAP12}"><env:Header xmlns:wsa="{WSA}">'
        f'<wsa:Action {must_understand}="true">{action}</wsa:Action><wsa:MessageID>{message_id}</wsa:MessageID>'
        f"<wsa:ReplyTo><wsa:Address>{WSA}/anonymous</wsa:Address></wsa:ReplyTo>{target}{header}</env:Header>"
        f"<env:Body>{body}</env:Body></env:Envelope>"
    ).encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """The first child of Body, or the fault that stands there."""

    status: int
    body: etree._Element
    exchange: str | None = None
    """The journal's number for this exchange, as the sandbox says it."""

    @property
    def is_fault(self) -> bool:
        return etree.QName(self.body).localname == "Fault"

    def fault_codes(self) -> tuple[str, str]:
        """(local name of the innermost Subcode, or of Code; Reason) of a fault."""
        values = self.body.findall(f".//{{{SOAP12}}}Value")
        reason = self.body.find(f".//{{{SOAP12}}}Text")
        code = values[-1].text or "" if values else ""
        return code.rpartition(":")[2], (reason.text or "") if reason is not None else ""


def read_answer(status: int, content_type: str, body: bytes, *, exchange: str | None = None) -> Answer:
    """Read a plain or a multipart answer; raises ``WireError`` when it is no SOAP envelope."""
    xml = _root_part(content_type, body) if content_type.lower().startswith("multipart/") else body
    try:
        root = etree.fromstring(xml.strip(), _PARSER)
    except etree.XMLSyntaxError as error:
        raise WireError(f"HTTP {status}, no XML in the answer: {body[:200]!r}") from error
    for child in root:
        if etree.QName(child).localname == "Body" and len(child):
            return Answer(status, child[0], exchange)
    raise WireError(f"HTTP {status}, no SOAP body: {body[:200]!r}")


def _root_part(content_type: str, body: bytes) -> bytes:
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise WireError(f"multipart without boundary: {content_type}")
    sections = body.split(b"--" + found.group(1).encode())
    if len(sections) < 3:
        raise WireError("multipart without parts")
    _head, _, content = sections[1].replace(b"\r\n", b"\n").partition(b"\n\n")
    return content
