"""Metadata drawn from a CDA's own header, as a diligent sender derives it, and its ebRIM."""

import hashlib
from dataclasses import dataclass
from datetime import UTC
from functools import cache

from dmp_sim.domain import names
from dmp_sim.domain.cda import CdaHeader, Identifier
from dmp_sim.domain.forms import instant
from dmp_sim.domain.valuesets import CLASS_OF_TYPE, FACILITY_TYPES, FORMAT_OF_MEDIA_TYPE, FORMAT_OF_TEMPLATE
from dmp_sim.wire.cda import read_header
from socle.blobs import Blob
from socle.identifiers.ins import INS_OIDS


@dataclass(slots=True)
class Described:
    """Metadata of one document, drawn from its header; change any before :func:`deposit`."""

    data: bytes
    header: CdaHeader
    patient: str
    author_institution: str
    structure: str
    class_code: str
    format_code: str
    mime_type: str = "text/xml"
    replaces: str | None = None

    @property
    def unique_id(self) -> str:
        return self.header.id.root


@cache
def describe(data: bytes) -> Described:
    """What a diligent sender derives from a CDA (CI-SIS mapping); four samples name no author organisation."""
    header = read_header(Blob.of(data))
    ins = next(one for one in header.patient_ids if one.root in INS_OIDS)
    institution = next(iter([*header.author_institutions, *header.legal_institutions, *header.custodians]))
    if header.level == "N1":
        format_code = FORMAT_OF_MEDIA_TYPE[header.body_media_type]
    else:
        known = (FORMAT_OF_TEMPLATE.get(template) for template in header.template_ids)
        format_code = next(filter(None, known), "urn:asipSante:modelesHorsProfils:2011")
    return Described(
        data,
        header,
        f"{ins.extension}^^^&{ins.root}&ISO^NH",
        f"STRUCTURE^^^^^&{institution.root}&ISO^IDNST^^^{institution.extension}",
        institution.extension,
        CLASS_OF_TYPE[header.type_code],
        format_code,
        "application/xslt+xml" if header.stylesheet_root else "text/xml",
    )


def entry_xml(one: Described, owner: str) -> str:
    header = one.header
    slots = {
        "creationTime": _dtm(header.effective_time),
        "languageCode": header.language,
        "legalAuthenticator": _xcn(header.legal_authenticator),
        "serviceStartTime": _dtm(header.service_start),
        "serviceStopTime": _dtm(header.service_stop),
        "sourcePatientId": one.patient,
        "hash": hashlib.sha1(one.data, usedforsecurity=False).hexdigest(),
        "size": str(len(one.data)),
    }
    coded = (
        (names.DE_CLASS_CODE, one.class_code, "1.2.250.1.213.1.1.4.1"),
        (names.DE_CONFIDENTIALITY, header.confidentiality, "2.16.840.1.113883.5.25"),
        (names.DE_FORMAT_CODE, one.format_code, "1.2.250.1.213.1.1.4.2.282"),
        (names.DE_FACILITY_TYPE, header.facility, FACILITY_TYPES[header.facility]),
        (names.DE_PRACTICE_SETTING, header.practice, "1.2.250.1.213.1.1.4.9"),
        (names.DE_TYPE_CODE, header.type_code, header.type_scheme),
    )
    return (
        f'<rim:ExtrinsicObject id="{owner}" objectType="{names.STABLE_ENTRY}" mimeType="{one.mime_type}">'
        f"{''.join(_slot(name, value) for name, value in slots.items() if value)}{_name(header.title)}"
        f"{_author(names.DE_AUTHOR, one)}{''.join(_code(*each) for each in coded)}"
        f"{_external(names.DE_PATIENT_ID, one.patient)}{_external(names.DE_UNIQUE_ID, one.unique_id)}"
        "</rim:ExtrinsicObject>"
    )


def lot_xml(first: Described, lot: str) -> str:
    return (
        f'<rim:RegistryPackage id="SubmissionSet01">{_slot("submissionTime", "20260102030405")}{_name("Lot")}'
        f"{_author(names.SS_AUTHOR, first)}{_code(names.SS_CONTENT_TYPE, '03', '1.2.250.1.213.2.2')}"
        f"{_external(names.SS_PATIENT_ID, first.patient)}{_external(names.SS_SOURCE_ID, '1.2.250.1.999.1')}"
        f"{_external(names.SS_UNIQUE_ID, lot)}</rim:RegistryPackage>"
        f'<rim:Classification classifiedObject="SubmissionSet01" classificationNode="{names.SUBMISSION_SET_NODE}"/>'
    )


def signature_xml(first: Described, lot: str) -> str:
    coded = (
        (names.DE_CLASS_CODE, names.SIGNATURE_CLASS, "URN"),
        (names.DE_CONFIDENTIALITY, "N", "2.16.840.1.113883.5.25"),
        (names.DE_FORMAT_CODE, "http://www.w3.org/2000/09/xmldsig#", "URN"),
        (names.DE_TYPE_CODE, names.SIGNATURE_TYPE, "ASTM"),
    )
    return (
        f'<rim:ExtrinsicObject id="Signature01" objectType="{names.STABLE_ENTRY}" mimeType="text/xml">'
        f"{_slot('creationTime', '20260102030405')}{_slot('languageCode', 'art')}{_name('Source')}"
        f"{_author(names.DE_AUTHOR, first)}{''.join(_code(*each) for each in coded)}"
        f"{_external(names.DE_PATIENT_ID, first.patient)}{_external(names.DE_UNIQUE_ID, lot + '.9')}"
        "</rim:ExtrinsicObject>"
    )


def member_xml(number: int, target: str) -> str:
    status = _slot("SubmissionSetStatus", "Original")
    return association_xml(f"A{number:02d}", names.HAS_MEMBER, "SubmissionSet01", target, status)


def association_xml(identifier: str, kind: str, source: str, target: str, content: str = "") -> str:
    return (
        f'<rim:Association id="{identifier}" associationType="{kind}" sourceObject="{source}" '
        f'targetObject="{target}">{content}</rim:Association>'
    )


def _author(scheme: str, one: Described) -> str:
    author = next(iter(one.header.authors))
    return (
        f'<rim:Classification classificationScheme="{scheme}" nodeRepresentation="">'
        f"{_slot('authorInstitution', one.author_institution)}{_slot('authorPerson', _xcn(author))}"
        "</rim:Classification>"
    )


def _xcn(identifier: Identifier) -> str:
    return f"{identifier.extension}^NOM^PRENOM^^^^^^&{identifier.root}&ISO^D^^^IDNPS"


def _code(scheme: str, code: str, coding_scheme: str) -> str:
    return (
        f'<rim:Classification classificationScheme="{scheme}" nodeRepresentation="{code}">'
        f"{_slot('codingScheme', coding_scheme)}{_name(code)}</rim:Classification>"
    )


def _external(scheme: str, value: str) -> str:
    return f'<rim:ExternalIdentifier identificationScheme="{scheme}" value="{_escape(value)}"/>'


def _slot(name: str, value: str) -> str:
    return f'<rim:Slot name="{name}"><rim:ValueList><rim:Value>{_escape(value)}</rim:Value></rim:ValueList></rim:Slot>'


def _name(text: str) -> str:
    return f'<rim:Name><rim:LocalizedString xml:lang="FR" charset="UTF8" value="{_escape(text)}"/></rim:Name>'


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _dtm(ts: str) -> str:
    at = instant(ts, paris=True)
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S") if at is not None else ""
