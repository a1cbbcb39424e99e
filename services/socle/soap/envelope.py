"""Bytes → ``Envelope``: SOAP 1.1 and 1.2, WS-Addressing as clients really write it (domain/dmp.md §0.3, §0.6)."""

from collections.abc import Sequence

from lxml import etree

from socle.soap import envelope_rules as rules
from socle.soap.headers import ContentType, content_type
from socle.soap.limits import DEFAULT_LIMITS, XmlLimits
from socle.soap.model import SOAP11, SOAP12, WSA, Envelope
from socle.soap.offload import in_thread
from socle.soap.refusal import EnvelopeRefused
from socle.soap.text import text_of
from socle.soap.xml import parse

_VERSIONS = {
    f"{{{version}}}Envelope": (version, f"{{{version}}}Header", f"{{{version}}}Body") for version in (SOAP12, SOAP11)
}
_WSA_ACTION = f"{{{WSA}}}Action"
_WSA_MESSAGE_ID = f"{{{WSA}}}MessageID"


async def read_envelope(data: bytes, kind: ContentType, limits: XmlLimits, http_action: str | None) -> Envelope:
    """Parse the envelope in ``data``, whose Content-Type is ``kind``.

    ``http_action`` is what the HTTP layer said, if anything; WS-Addressing goes before it. Header order, mustUnderstand
    in any namespace, an empty To and unknown headers are all taken (domain/dmp.md §0.3). Raises ``XmlRefused`` or
    ``EnvelopeRefused``.
    """
    if len(data) <= DEFAULT_LIMITS.offload_above:
        root = parse(data, charset=kind.get("charset"), limits=limits)
    else:
        root = await in_thread(parse, data, charset=kind.get("charset"), limits=limits)
    return _envelope(root, data, http_action)


def _envelope(root: etree._Element, data: bytes, http_action: str | None) -> Envelope:
    tag = str(root.tag)
    known = _VERSIONS.get(tag)
    if known is None:
        raise EnvelopeRefused(rules.NO_ENVELOPE.finding(where="/*", expected=f"{{{SOAP12}}}Envelope", found=tag[:200]))
    version, header_tag, body_tag = known
    header = body = None
    for child in root:
        if child.tag == header_tag:
            header = child
        elif child.tag == body_tag:
            body = child
            break
    first = None if body is None else next(body.iterchildren("*"), None)
    if first is None:
        raise EnvelopeRefused(rules.NO_BODY.finding(where="/Envelope/Body"))
    blocks = [] if header is None else list(header)
    action, message_id = _addressing(blocks)
    return Envelope(version, root, header, blocks, first, action or http_action, message_id, data)


def http_action(outer: ContentType, root: ContentType | None, soap_action: str | None) -> str | None:
    """The action as HTTP or MIME says it: a Content-Type's ``action``, on the request, its root part or within
    ``start-info``, else SOAPAction."""
    start_info = outer.get("start-info")
    return (
        outer.get("action")
        or (root.get("action") if root else None)
        or (content_type(start_info).get("action") if start_info else None)
        or (soap_action.strip().strip('"') if soap_action else None)
        or None
    )


def assumed_version(kind: ContentType) -> str:
    """The SOAP version of a message that could not be read, as far as its Content-Type tells."""
    return SOAP11 if "text/xml" in kind.media_type or "text/xml" in (kind.get("start-info") or "") else SOAP12


def _addressing(blocks: Sequence[etree._Element]) -> tuple[str | None, str | None]:
    """Action and MessageID, the first of each, in one pass."""
    action = message_id = None
    for block in blocks:
        tag = block.tag
        if tag == _WSA_ACTION and action is None:
            action = block
        elif tag == _WSA_MESSAGE_ID and message_id is None:
            message_id = block
    return text_of(action) or None, text_of(message_id) or None
