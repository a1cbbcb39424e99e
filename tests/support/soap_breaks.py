"""Messages that break a rule of SOAP, XML or MIME each, for an endpoint with ``LIMITS``."""

from socle.soap.limits import MIB, Limits, XmlLimits
from socle.soap.model import SOAP12
from support.wire import envelope, include, multipart

BOMB = '<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><z>&b;</z>'
ROOT = ("Content-Type: application/xop+xml; charset=UTF-8", envelope(include("cda")).encode())
RELATED = 'multipart/related; boundary=b; type="application/xop+xml"'
PLAIN = "application/soap+xml; charset=UTF-8"
LIMITS = Limits(
    max_part=3 * MIB, max_total=6 * MIB, xml=XmlLimits(max_bytes=2 * MIB, max_text=MIB, max_elements=50_000)
)

BROKEN: list[tuple[str, bytes, str]] = [
    (PLAIN, b"this is not xml", "xml.well-formed"),
    (PLAIN, b"", "xml.empty"),
    (PLAIN, b"   ", "xml.empty"),
    (PLAIN, BOMB.encode(), "xml.doctype"),
    (PLAIN, BOMB.encode("utf-16"), "xml.doctype"),
    (PLAIN, b"<a>" * 10_000 + b"</a>" * 10_000, "xml.depth"),
    (PLAIN, envelope("é").encode("latin-1"), "xml.charset"),
    ("application/soap+xml; charset=klingon", envelope().encode(), "xml.charset"),
    (PLAIN, b"<a>" + b"x" * (2 * MIB) + b"</a>", "xml.size"),
    (PLAIN, envelope(f"<Document>{'x' * (MIB + 1)}</Document>").encode(), "xml.text"),
    (PLAIN, envelope("<Document/>" * 50_001).encode(), "xml.elements"),
    (PLAIN, envelope("<Document" + "".join(f" a{n}=''" for n in range(129)) + "/>").encode(), "xml.attributes"),
    (PLAIN, b"<a/>", "soap.envelope"),
    (PLAIN, f'<Envelope xmlns="{SOAP12}"><Body/></Envelope>'.encode(), "soap.body"),
    (PLAIN, envelope().replace("Echo", "Unknown").encode(), "soap.action"),
    (RELATED, multipart([ROOT, ("Content-ID: <cda>", b"x")])[:-4], "mime.truncated"),
    (RELATED, multipart([ROOT, ("Content-ID: <cda>", b"x" * 2_000_000)])[:1_500_000], "mime.truncated"),
    (RELATED, b"", "mime.truncated"),
    (RELATED, b"--b--", "mime.no-part"),
    ("multipart/related", multipart([ROOT]), "mime.boundary"),
    (RELATED, multipart([ROOT, ("Content-ID: <other>", b"x")]), "mime.missing-part"),
    (RELATED, multipart([ROOT, ("Content-ID: <cda>", b"x" * (3 * MIB + 1))]), "mime.part-size"),
    (RELATED, multipart([ROOT, ("Content-ID: <cda>", b"x" * (7 * MIB))]), "mime.total-size"),
    (RELATED, multipart([ROOT, ("X: " + "y" * 20_000, b"x")]), "mime.part-headers"),
    (RELATED, multipart([ROOT] + [(f"Content-ID: <{n}>", b"x") for n in range(100)]), "mime.parts"),
    (RELATED, multipart([ROOT, ("Content-Transfer-Encoding: base64", b"***")]), "mime.transfer-encoding"),
    (PLAIN, envelope("<Document>***</Document>").encode(), "mime.inline-base64"),
]
"""(Content-Type, body, rule)."""

BY_PARTS = ("Content-Type: application/xop+xml", envelope(include("cda") + "<Document>YWI=</Document>").encode())
SOUND: list[tuple[str, bytes, tuple[str, ...]]] = [
    (PLAIN, envelope().encode(), ("soap.", "xml.")),
    (
        RELATED,
        multipart([BY_PARTS, ("Content-ID: <cda>\nContent-Transfer-Encoding: base64", b"PGNkYS8+")]),
        ("mime.",),
    ),
]
"""(Content-Type, body, the rules it satisfies by how they begin)."""
