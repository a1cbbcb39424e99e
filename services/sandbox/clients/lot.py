"""A submission set with its documents and its lot signature, as metadata (dmp.md §1.5, §3); for ITI-41 and IHE_XDM."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox.cda import KINDS
from sandbox.clients.ebrim import (
    CLASSIFICATION,
    HAS_MEMBER,
    LCM,
    PACKAGE,
    REPLACES,
    RIM,
    SIGNS,
    Ids,
    association,
    author_of,
    classification,
    identifier,
    patient_info,
    slot,
    text,
    utc,
)
from sandbox.facts import Author, DocumentFacts, Patient, Site

LOINC = "2.16.840.1.113883.6.1"
_DOCUMENT_ENTRY = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
_AUTHOR = "93606bcf-9494-43ec-9b4e-a7748d1a838d"
_CLASS = "41a5887f-8865-4c09-adf7-e362475b143a"
_CONFIDENTIALITY = "f4f85eac-e6cb-4883-b524-f2705394840f"
_FORMAT = "a09d5840-386c-46f2-b5ad-9c3699a4309d"
_FACILITY = "f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"
_PRACTICE = "cccf5598-8b07-4b77-a05e-ae952c785ead"
_TYPE = "f0306f51-975f-434e-a61c-c59651d33983"
_EVENT = "2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4"
_PATIENT_ID = "58a6f841-87b3-4a3e-92fd-a8ffeff98427"
_UNIQUE_ID = "2e82c1f6-a085-4c72-9da3-8640a32e42ab"
_SET_AUTHOR = "a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
_CONTENT_TYPE = "aa543740-bdda-424e-8c96-df4873be8500"
_SET_PATIENT_ID = "6b5aea1a-874d-4603-a4bc-96a0a7b38446"
_SET_SOURCE_ID = "554ac39e-e3fe-47fe-b233-965d2a147832"
_SET_UNIQUE_ID = "96fdda7c-d067-4183-912e-bf5ee74998a8"


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of a lot: its facts, its bytes, and where metadata may deliberately lie about it."""

    facts: DocumentFacts
    content: bytes
    replaces_entry: str | None = None
    """entryUUID of the version it replaces (found by ITI-18, as a real client does)."""
    patient_cx: str | None = None
    class_code: tuple[str, str] | None = None
    with_hash: bool = True
    uri: str | None = None
    """File name in an IHE_XDM archive."""


@dataclass(frozen=True, slots=True)
class Lot:
    """One submission set."""

    unique_id: str
    submitted_at: datetime
    site: Site
    author: Author
    patient: Patient
    entries: Sequence[Entry]
    content_type: tuple[str, str, str] = ("03", "1.2.250.1.213.2.2", "Hospitalisation complète")


def _extrinsic(ids: Ids, owner: str, entry: Entry) -> str:
    facts = entry.facts
    kind = KINDS[facts.kind]
    class_code, class_label = entry.class_code or (kind.class_code, kind.class_label)
    encounter, site = facts.encounter, facts.site
    patient_cx = entry.patient_cx or facts.patient.cx
    digest = hashlib.sha1(entry.content, usedforsecurity=False).hexdigest() if entry.with_hash else ""
    slots = "".join(
        (
            slot("creationTime", utc(facts.created_at)),
            slot("languageCode", "fr-FR"),
            slot("legalAuthenticator", facts.author.xcn),
            slot("serviceStartTime", utc(encounter.admitted_at)),
            slot("serviceStopTime", utc(encounter.discharged_at)) if encounter.discharged_at else "",
            slot("sourcePatientId", f"{facts.patient.local_id}^^^&{site.root}.1&ISO^PI"),
            patient_info(facts.patient),
            slot("hash", digest) + slot("size", str(len(entry.content))) if digest else "",
            slot("URI", entry.uri) if entry.uri else "",
        )
    )
    codes = (
        (_CLASS, class_code, "1.2.250.1.213.1.1.4.1", class_label),
        (_CONFIDENTIALITY, "N", "2.16.840.1.113883.5.25", "Normal"),
        (_FORMAT, *kind.format_of(facts.level)),
        (_FACILITY, site.sector, "1.2.250.1.71.4.2.4", site.sector_label),
        (_PRACTICE, site.practice, "1.2.250.1.213.1.1.4.9", site.practice_label),
        (_TYPE, kind.code, LOINC, kind.label),
    )
    coded = author_of(ids, _AUTHOR, owner, facts.author, site) + "".join(
        classification(ids, owner, *code) for code in codes
    )
    return (
        f'<rim:ExtrinsicObject id="{owner}" objectType="{_DOCUMENT_ENTRY}" '
        f'mimeType="text/xml">{slots}{text("Name", kind.title)}{coded}'
        f"{identifier(ids, _PATIENT_ID, owner, patient_cx, 'XDSDocumentEntry.patientId')}"
        f"{identifier(ids, _UNIQUE_ID, owner, facts.unique_id, 'XDSDocumentEntry.uniqueId')}"
        "</rim:ExtrinsicObject>"
    )


def _signature_entry(ids: Ids, lot: Lot, unique_id: str) -> str:
    """Signature01, the entry of the lot's own signature (dmp.md §1.5)."""
    owner = "Signature01"
    now = utc(lot.submitted_at)
    coded = (
        (_CLASS, "urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1", "URN", "Digital Signature"),
        (_CONFIDENTIALITY, "N", "2.16.840.1.113883.5.25", "Normal"),
        (_CONFIDENTIALITY, "MASQUE_PS", "1.2.250.1.213.1.1.4.13", "Masqué aux professionnels de santé"),
        (_CONFIDENTIALITY, "INVISIBLE_PATIENT", "1.2.250.1.213.1.1.4.13", "Non visible par le patient"),
        (_EVENT, "1.2.840.10065.1.12.1.14", "1.2.840.10065.1.12", "Source"),
        (_FORMAT, "http://www.w3.org/2000/09/xmldsig#", "URN", "Default Signature Style"),
        (_FACILITY, lot.site.sector, "1.2.250.1.71.4.2.4", lot.site.sector_label),
        (_PRACTICE, lot.site.practice, "1.2.250.1.213.1.1.4.9", lot.site.practice_label),
        (_TYPE, "E1762", "ASTM", "Full Document"),
    )
    return (
        f'<rim:ExtrinsicObject id="{owner}" objectType="{_DOCUMENT_ENTRY}" '
        f'mimeType="text/xml">{slot("creationTime", now)}{slot("languageCode", "art")}'
        f"{slot('legalAuthenticator', lot.author.xcn)}{slot('serviceStartTime', now)}{slot('serviceStopTime', now)}"
        f"{slot('sourcePatientId', f'{lot.patient.local_id}^^^&{lot.site.root}.1&ISO^PI')}{patient_info(lot.patient)}"
        f"{text('Name', 'Source')}"
        f"{author_of(ids, _AUTHOR, owner, lot.author, lot.site)}"
        f"{''.join(classification(ids, owner, *code) for code in coded)}"
        f"{identifier(ids, _PATIENT_ID, owner, lot.patient.cx, 'XDSDocumentEntry.patientId')}"
        f"{identifier(ids, _UNIQUE_ID, owner, unique_id, 'XDSDocumentEntry.uniqueId')}"
        "</rim:ExtrinsicObject>"
    )


def _package(ids: Ids, lot: Lot) -> str:
    owner = "SubmissionSet01"
    return (
        f'<rim:RegistryPackage id="{owner}" objectType="{PACKAGE}">{slot("submissionTime", utc(lot.submitted_at))}'
        f"{text('Name', 'Dépôt du ' + lot.submitted_at.strftime('%d/%m/%Y'))}"
        f"{author_of(ids, _SET_AUTHOR, owner, lot.author, lot.site)}"
        f"{classification(ids, owner, _CONTENT_TYPE, *lot.content_type)}"
        f"{identifier(ids, _SET_PATIENT_ID, owner, lot.patient.cx, 'XDSSubmissionSet.patientId')}"
        f"{identifier(ids, _SET_SOURCE_ID, owner, lot.site.root, 'XDSSubmissionSet.sourceId')}"
        f"{identifier(ids, _SET_UNIQUE_ID, owner, lot.unique_id, 'XDSSubmissionSet.uniqueId')}"
        "</rim:RegistryPackage>"
        f'<rim:Classification id="{ids("cl")}" objectType="{CLASSIFICATION}" classifiedObject="{owner}" '
        'classificationNode="urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"/>'
    )


def entry_id(number: int) -> str:
    """The id of the n-th document entry (from 0) inside the message."""
    return f"Document{number + 1:02d}"


def submit_objects_request(lot: Lot, *, signature_id: str | None = None) -> str:
    """``lcm:SubmitObjectsRequest`` of a lot; ``signature_id`` is the uniqueId of its signature, which the DMP asks."""
    ids = Ids()
    original = slot("SubmissionSetStatus", "Original")
    objects = [_package(ids, lot)]
    links = []
    for number, entry in enumerate(lot.entries):
        objects.append(_extrinsic(ids, entry_id(number), entry))
        links.append(association(ids, HAS_MEMBER, "SubmissionSet01", entry_id(number), original))
        if entry.replaces_entry:
            links.append(association(ids, REPLACES, entry_id(number), entry.replaces_entry))
    if signature_id:
        objects.append(_signature_entry(ids, lot, signature_id))
        links.append(association(ids, HAS_MEMBER, "SubmissionSet01", "Signature01", original))
        links.append(association(ids, SIGNS, "Signature01", "SubmissionSet01"))
    return (
        f'<lcm:SubmitObjectsRequest xmlns:lcm="{LCM}" xmlns:rim="{RIM}"><rim:RegistryObjectList>'
        f"{''.join(objects)}{''.join(links)}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>"
    )
