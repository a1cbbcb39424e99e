"""The model of a mail, of its parts and of the XDM archive it carries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from socle.identifiers.ins import Ins


@dataclass(slots=True)
class MimePart:
    """One node of the MIME tree. ``start`` and ``end`` bound its body in the raw message, headers excluded."""

    number: str
    """As IMAP numbers parts: ``1``, ``2.1``; the root of a multipart is ``""``."""
    headers: Sequence[tuple[str, str]]
    """Names as written; values unfolded, encoded words left as they are."""
    fields: Mapping[str, str]
    """The first value of each header, by its name in lower case."""
    content_type: str
    """Lower case, without parameters."""
    params: Mapping[str, str]
    disposition: str
    """``attachment``, ``inline`` or empty; lower case."""
    filename: str | None
    encoding: str
    """Content-Transfer-Encoding, lower case; ``7bit`` when absent."""
    start: int
    end: int
    children: list["MimePart"] = field(default_factory=list)

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return self.fields.get(name.lower())

    def leaves(self) -> Iterator["MimePart"]:
        """The parts that hold content, in order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


@dataclass(frozen=True, slots=True)
class PatientId:
    """An identifier of the patient as a document writes it: ``extension`` and the OID of its domain."""

    extension: str
    root: str


@dataclass(frozen=True, slots=True)
class CdaHeader:
    """What the header of a CDA document says, as far as mail needs it."""

    document_id: str | None = None
    """``root^extension``, or the root alone."""
    set_id: str | None = None
    type_code: str | None = None
    type_label: str | None = None
    """``displayName`` of the code."""
    level: str | None = None
    """``N1`` (nonXMLBody) or ``N3``."""
    patient_ids: tuple[PatientId, ...] = ()
    family: str | None = None
    given: str | None = None
    sex: str | None = None
    birth_date: str | None = None
    """``YYYYMMDD…`` as written."""
    stay_id: str | None = None
    """Of ``encompassingEncounter``: ``root^extension``."""
    service_start: datetime | None = None
    service_stop: datetime | None = None


@dataclass(frozen=True, slots=True)
class MetadataEntry:
    """One ``ExtrinsicObject`` of METADATA.XML."""

    uri: str | None
    size: int | None
    sha1: str | None
    """Lower-case hexadecimal."""
    unique_id: str | None = None
    type_code: str | None = None
    format_code: str | None = None
    mime_type: str | None = None
    patient_id: str | None = None
    """CX, as the ``XDSDocumentEntry.patientId`` identifier carries it."""
    source_patient_id: str | None = None
    """CX, as the ``sourcePatientId`` slot carries it."""
    replaces: bool = False
    """The archive says this document replaces another (RPLC)."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """METADATA.XML: the submission set's id and its documents."""

    unique_id: str | None
    source_id: str | None
    patient_id: str | None
    entries: tuple[MetadataEntry, ...]


@dataclass(frozen=True, slots=True)
class XdmDocument:
    """A document of the archive: what METADATA.XML says of it, and what it says of itself."""

    entry: MetadataEntry
    name: str | None
    """Full name in the archive; None when the document is missing."""
    size: int | None
    sha1: str | None
    cda: CdaHeader | None


@dataclass(frozen=True, slots=True)
class XdmArchive:
    """An IHE_XDM archive as far as it could be read; what could not is in the findings of the message."""

    part: str
    """Number of the MIME part."""
    filename: str
    size: int
    entries: tuple[tuple[str, int], ...] = ()
    """Names and declared sizes of the files inside."""
    metadata: Metadata | None = None
    documents: tuple[XdmDocument, ...] = ()
    numbers: tuple[Ins, ...] = ()
    """INS numbers in what is no METADATA.XML and no CDA."""


@dataclass(slots=True)
class MailContent:
    """A parsed message: its tree, and the archives found in it."""

    root: MimePart
    subject: str = ""
    """Encoded words decoded."""
    message_id: str | None = None
    archives: list[XdmArchive] = field(default_factory=list)
    numbers: tuple[Ins, ...] = ()
    """INS numbers that its subject and its texts tell."""

    @property
    def documents(self) -> list[XdmDocument]:
        """The documents of all archives, in order."""
        return [document for archive in self.archives for document in archive.documents]

    @property
    def nil(self) -> str | None:
        """X-MSS-NIL: the number of the sending product."""
        value = self.root.header("X-MSS-NIL")
        return value.strip() or None if value else None


def description(content: MailContent) -> dict[str, Any]:
    """The message as the JSON API shows it: parts and archives, without any content."""
    return {
        "parts": [_part(part) for part in content.root.leaves()],
        "archives": [_archive(archive) for archive in content.archives],
    }


def _part(part: MimePart) -> dict[str, Any]:
    return {
        "number": part.number,
        "contentType": part.content_type,
        "disposition": part.disposition or None,
        "filename": part.filename,
        "encoding": part.encoding,
        "charset": part.params.get("charset"),
        "encodedSize": part.end - part.start,
        "start": part.start,
        "end": part.end,
    }


def _archive(archive: XdmArchive) -> dict[str, Any]:
    return {
        "part": archive.part,
        "filename": archive.filename,
        "size": archive.size,
        "entries": [{"name": name, "size": size} for name, size in archive.entries],
        "submissionSetId": archive.metadata.unique_id if archive.metadata else None,
        "documents": [_document(document) for document in archive.documents],
    }


def _document(document: XdmDocument) -> dict[str, Any]:
    entry, cda = document.entry, document.cda
    return {
        "uri": entry.uri,
        "name": document.name,
        "size": document.size,
        "sha1": document.sha1,
        "uniqueId": entry.unique_id,
        "typeCode": (cda.type_code if cda else None) or entry.type_code,
        "formatCode": entry.format_code,
        "replaces": entry.replaces,
        "setId": cda.set_id if cda else None,
        "documentId": cda.document_id if cda else None,
        "level": cda.level if cda else None,
        "stayId": cda.stay_id if cda else None,
    }
