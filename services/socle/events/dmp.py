"""Topic ``socles.dmp.v1``: deposits, the life of documents, consultations.

A *logical document* is a version chain; its ``lid`` is the subject of registered, replaced, updated and deleted, which
share one series of revisions. A *deposit* (submitted, rejected) is an act: its subject is the ``lid`` proposed.
"""

from typing import ClassVar

from pydantic import AwareDatetime, Field

from socle.events.model import EventData


class DmpEvent(EventData):
    """Base of the topic."""

    TOPIC: ClassVar[str] = "socles.dmp.v1"


class DmpDocumentEvent(DmpEvent):
    """What is known of a document, the same in each event of its life: always the state after the event."""

    lid: str
    """Logical id of the version chain (XDS lid)."""
    document_id: str
    """uniqueId of the version concerned."""
    set_id: str | None = None
    """CDA setId, ``root^extension``; absent from KOS and older CDAs: a cross-check, not the key."""
    type_code: str | None = None
    class_code: str | None = None
    format_code: str | None = None
    level: str | None = None
    """``N1`` (a PDF inside) or ``N3`` (structured); null when it is no CDA."""
    stay_id: str | None = None
    """``root^extension`` of the encounter (:func:`socle.events.stay_id`)."""
    linked_by: str | None = None
    """``encounter-id`` when the document itself names its stay."""
    admitted_at: AwareDatetime | None = None
    discharged_at: AwareDatetime | None = None
    """Dates of the encounter as the document tells them."""
    service_start: AwareDatetime | None = None
    service_stop: AwareDatetime | None = None
    """serviceStartTime and serviceStopTime: what linkage infers from."""
    patient_ref: str | None = None
    """Keyed hash (``Control.patient_ref``)."""
    ins_qualified: bool | None = None
    size: int = Field(default=0, ge=0)
    """Octets of the document."""
    findings: tuple[str, ...] = ()
    """Ids of the rules broken, warnings included."""


class DmpDocumentSubmitted(DmpDocumentEvent):
    """A deposit was received and could be read. One per document and exchange, whatever becomes of it."""

    TYPE: ClassVar[str] = "dmp.document.submitted.v1"


class DmpDocumentRejected(DmpDocumentEvent):
    """The deposit was refused (Failure)."""

    TYPE: ClassVar[str] = "dmp.document.rejected.v1"

    error_code: str
    """``XDSMissingDocument`` …"""


class DmpRegisteredEvent(DmpDocumentEvent):
    """Base of the events about a document that the DMP holds, or held."""

    registered_at: AwareDatetime
    """When the *first* version was registered: the day on which the logical document counts, whatever follows."""
    visibility: tuple[str, ...] = ()
    """Confidentiality marks beyond N: ``MASQUE_PS``, ``INVISIBLE_PATIENT``, ``INVISIBLE_REPRESENTANTS_LEGAUX``."""
    status: str = "approved"
    """Of the newest version: ``approved``, ``archived`` or ``deleted``."""


class DmpDocumentRegistered(DmpRegisteredEvent):
    """A new logical document entered the DMP (Success). Revision 1 of its ``lid``."""

    TYPE: ClassVar[str] = "dmp.document.registered.v1"


class DmpDocumentReplaced(DmpRegisteredEvent):
    """A new version took the place of the former one (RPLC); the logical document stays the same."""

    TYPE: ClassVar[str] = "dmp.document.replaced.v1"

    previous_document_id: str
    previous_type_code: str | None = None
    previous_stay_id: str | None = None


class DmpDocumentUpdated(DmpRegisteredEvent):
    """Metadata changed without a new version (TD3.3a, b, d: mask, visibility, archive)."""

    TYPE: ClassVar[str] = "dmp.document.updated.v1"

    previous_visibility: tuple[str, ...] = ()
    previous_status: str | None = None


class DmpDocumentDeleted(DmpRegisteredEvent):
    """The document was deleted (TD3.3c)."""

    TYPE: ClassVar[str] = "dmp.document.deleted.v1"

    status: str = "deleted"
    deleted_at: AwareDatetime


class DmpRecordConsulted(DmpEvent):
    """A professional read a record (TD3.x). Subject: the exchange's id."""

    TYPE: ClassVar[str] = "dmp.record.consulted.v1"

    operation: str
    """``iti18``, ``iti43`` …"""
    success: bool
    mode: str | None = None
    """Access mode: ``normal``, ``bris-de-glace``, ``centre-15``."""
    returned: int = Field(default=0, ge=0)
    """Documents or entries returned."""
    patient_ref: str | None = None
