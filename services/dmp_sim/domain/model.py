"""A deposit as models: the submission set, its document entries and associations, and the documents themselves."""

from dataclasses import dataclass, field
from typing import NamedTuple

from dmp_sim.domain import names
from dmp_sim.domain.cda import CdaHeader
from socle.blobs import Blob


class Code(NamedTuple):
    """A coded value: nodeRepresentation, codingScheme and display name."""

    code: str
    scheme: str
    display: str = ""


@dataclass(slots=True)
class Author:
    """One author Classification; values as sent (XCN, XON, free text)."""

    person: str = ""
    institutions: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    specialities: list[str] = field(default_factory=list)


@dataclass(slots=True)
class SubmissionSet:
    """The lot: a RegistryPackage with the submission set's Classification."""

    id: str
    unique_id: str = ""
    source_id: str = ""
    patient_id: str = ""
    submission_time: str = ""
    title: str = ""
    comments: str = ""
    content_type: Code | None = None
    authors: list[Author] = field(default_factory=list)
    classified: bool = False
    """The Classification that makes a RegistryPackage a submission set is there, beside it or inside."""
    line: int | None = None


@dataclass(slots=True)
class DocumentEntry:
    """An ExtrinsicObject: the metadata of one document. Absent attributes are empty."""

    id: str
    object_type: str = ""
    mime_type: str = ""
    unique_id: str = ""
    patient_id: str = ""
    source_patient_id: str = ""
    source_patient_info: list[str] = field(default_factory=list)
    title: str = ""
    comments: str = ""
    language: str = ""
    creation_time: str = ""
    service_start: str = ""
    service_stop: str = ""
    legal_authenticators: list[str] = field(default_factory=list)
    authors: list[Author] = field(default_factory=list)
    class_code: Code | None = None
    type_code: Code | None = None
    format_code: Code | None = None
    facility: Code | None = None
    practice: Code | None = None
    confidentiality: list[Code] = field(default_factory=list)
    event_codes: list[Code] = field(default_factory=list)
    reference_ids: list[str] = field(default_factory=list)
    hash: str = ""
    size: str = ""
    uri: str = ""
    extra_slots: dict[str, list[str]] = field(default_factory=dict)
    """Slots that are no attribute of a document entry: kept and given back."""
    late_slots: list[str] = field(default_factory=list)
    """Names of slots that stood after the Classifications."""
    line: int | None = None

    @property
    def is_signature(self) -> bool:
        """The entry describes the lot's signature (``Signature01``)."""
        return self.type_code is not None and self.type_code.code == names.SIGNATURE_TYPE


@dataclass(slots=True)
class Association:
    """A link between two objects of the lot, or from one of them to an entry already registered."""

    id: str
    type: str
    source: str
    target: str
    status: str = ""
    """Value of the slot SubmissionSetStatus."""
    line: int | None = None


@dataclass(slots=True)
class Document:
    """The content that came for one entry. ``document_id`` is ``Document/@id``."""

    document_id: str
    blob: Blob
    sha1: str
    sha1_with_eol: str | None = None
    """When the line end before the boundary counts as content (LF-only senders)."""
    eol_length: int = 0
    part: str | None = None
    """Content id of the MIME part; None when the content stood in the envelope."""
    cda: CdaHeader | None = None
    cda_error: str | None = None
    """Why the content could not be read as a CDA although its entry says that it is XML."""
    cda_error_line: int | None = None


@dataclass(slots=True)
class Deposit:
    """Everything one ProvideAndRegisterDocumentSet-b carries."""

    submission_sets: list[SubmissionSet] = field(default_factory=list)
    entries: list[DocumentEntry] = field(default_factory=list)
    associations: list[Association] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    missing_parts: list[str] = field(default_factory=list)
    """``Document/@id`` whose ``xop:Include`` points at no part."""

    @property
    def submission_set(self) -> SubmissionSet:
        """The lot; checks that come first make sure that there is exactly one."""
        return self.submission_sets[0]

    @property
    def signature(self) -> DocumentEntry | None:
        """The entry whose content signs the lot: the first of its kind. Another one is a document like any other."""
        return next((one for one in self.entries if one.is_signature), None)

    def document_of(self, entry: DocumentEntry) -> Document | None:
        """The entry's content: by the same id, else by an id that differs only in case."""
        for document in self.documents:
            if document.document_id == entry.id:
                return document
        wanted = entry.id.casefold()
        return next((one for one in self.documents if one.document_id.casefold() == wanted), None)
