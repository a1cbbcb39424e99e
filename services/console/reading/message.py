"""One direction of an exchange as a page shows it: headers, parts laid out, and the raw text."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from console.reading.body import Body
from console.reading.layout import Document, lay_out
from console.reading.mime import Part, mail_parts, parts
from socle.soap.refusal import XmlRefused
from socle.soap.xml import parse

RAW_SHOWN = 64 * 1024
"""Octets of raw text on a page; the rest is downloaded."""
PART_SHOWN = 96 * 1024
"""Octets of a part laid out on the page of its exchange; larger ones have a page of their own."""
PART_READ = 2 * 1024 * 1024
"""Octets of a part laid out at all."""
_NAMES_SHOWN = 200
_ROOTS = {"Envelope": "Enveloppe SOAP", "ClinicalDocument": "Document CDA", "Signature": "Signature du lot"}
_TYPES = {"text/plain": "Texte", "application/pdf": "PDF", "application/octet-stream": "Octets"}


class Kind(StrEnum):
    """What can be shown of a part."""

    XML = "xml"
    TEXT = "text"
    ARCHIVE = "archive"
    BINARY = "binary"
    LARGE = "large"
    """It has a page of its own."""
    HEADERS = "headers"
    """The head of a mail."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A part ready for a page."""

    part: Part
    kind: Kind
    root: etree._Element | None = None
    document: Document | None = None
    lines: Sequence[str] = ()
    """For TEXT: its lines as sent; for ARCHIVE: names and sizes."""
    broken: bool = False
    """It says it is XML, and cannot be read as such."""

    @property
    def title(self) -> str:
        """File name, else what its root element is, else its type."""
        if self.kind is Kind.HEADERS:
            return "En-têtes du message"
        if self.part.filename:
            return self.part.filename
        if self.root is not None:
            name = etree.QName(self.root).localname
            return _ROOTS.get(name, name)
        return _TYPES.get(self.part.content_type, self.part.content_type) or "Contenu"


def read(body: Body, *, mail: bool, limit: int = PART_SHOWN) -> list[Shown]:
    """All parts; those above ``limit`` octets are named only."""
    return [
        show(part, limit) for part in (mail_parts(body.data) if mail and body.data and not body.gaps else parts(body))
    ]


def show(part: Part, limit: int = PART_READ) -> Shown:
    """What can be shown of one part, at most ``limit`` octets of it."""
    if part.number == "0":
        return Shown(part, Kind.HEADERS)
    content = part.content
    if content is None or (len(content) > limit and not _is_binary(content)):
        return Shown(part, Kind.LARGE)
    if _looks_xml(part, content):
        return _xml(part, content)
    if content.startswith(b"PK\x03\x04"):
        return Shown(part, Kind.ARCHIVE, lines=_names(content))
    return Shown(part, Kind.BINARY) if _is_binary(content) else Shown(part, Kind.TEXT, lines=_lines(content))


def _xml(part: Part, content: bytes) -> Shown:
    try:
        root = parse(content)
    except XmlRefused:
        return Shown(part, Kind.TEXT, lines=_lines(content), broken=True)
    return Shown(part, Kind.XML, root, lay_out(root))


def raw_text(body: Body) -> str:
    """What went over the wire, as text, gaps and unprintable octets marked; at most ``RAW_SHOWN`` octets of it."""
    data = body.data[:RAW_SHOWN]
    for mark, gap in body.gaps.items():
        data = data.replace(mark, f"⟨{gap.size} octets : {gap.sha256[:12]}…⟩".encode())
    return _text(data)


def _looks_xml(part: Part, content: bytes) -> bool:
    return part.content_type.endswith(("/xml", "+xml")) or content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(
        b"<?xml"
    )


def _is_binary(content: bytes) -> bool:
    head = content[:2048]
    return b"\0" in head or head.startswith((b"%PDF", b"PK\x03\x04", b"II*\0", b"MM\0*"))


def _lines(content: bytes) -> list[str]:
    return _text(content).split("\n")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").replace("\0", "\N{SYMBOL FOR NULL}")


def _names(content: bytes) -> list[str]:
    """From the directory only: nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [f"{one.filename} · {one.file_size} octets" for one in archive.infolist()[:_NAMES_SHOWN]]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return ["(archive illisible)"]
