"""ITI-41 messages drawn from a CDA's own header, as a tree that a test may break before it is written out."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from functools import cache

from lxml import etree

from dmp_sim.domain import names
from dmp_sim.domain.cda import CdaHeader, Identifier
from dmp_sim.domain.forms import instant
from dmp_sim.domain.valuesets import CLASS_OF_TYPE, FACILITY_TYPES, FORMAT_OF_MEDIA_TYPE, FORMAT_OF_TEMPLATE
from dmp_sim.wire.cda import read_header
from dmp_sim.wire.iti41 import BODY
from socle.blobs import Blob
from socle.identifiers.ins import INS_OIDS
from socle.soap.model import SOAP12, WSA

ACTION = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
SIGNATURE_BYTES = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="S0"/>'
NSMAP = {"s": SOAP12, "a": WSA, "rim": names.RIM, "lcm": names.LCM, "xdsb": names.XDSB, "h": "urn:hl7-org:v3"}


@dataclass(slots=True)
class Message:
    """A deposit before it is bytes: the envelope's tree and the parts by content id."""

    envelope: etree._Element
    parts: dict[str, bytes] = field(default_factory=dict)

    def find(self, path: str) -> etree._Element:
        """The first element at an XPath (prefixes s, a, rim, lcm, xdsb, saml2, h)."""
        return self.all(path)[0]

    def all(self, path: str) -> list[etree._Element]:
        found = self.envelope.xpath(path, namespaces={**NSMAP, "saml2": "urn:oasis:names:tc:SAML:2.0:assertion"})
        assert isinstance(found, list)
        assert found, f"nothing at {path}"
        return [one for one in found if isinstance(one, etree._Element)]

    def drop(self, path: str) -> None:
        for element in self.all(path):
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)

    def slot(self, owner: str, name: str, *values: str) -> None:
        """Set a slot's values on the object ``owner``; the slot must be there."""
        value_list = self.find(f"//*[@id='{owner}']/rim:Slot[@name='{name}']/rim:ValueList")
        value_list[:] = []
        for value in values:
            etree.SubElement(value_list, f"{{{names.RIM}}}Value").text = value

    def external(self, owner: str, scheme: str, value: str) -> None:
        self.find(f"//*[@id='{owner}']/rim:ExternalIdentifier[@identificationScheme='{scheme}']").set("value", value)

    def code(self, owner: str, scheme: str, code: str, coding_scheme: str | None = None) -> None:
        element = self.find(f"//*[@id='{owner}']/rim:Classification[@classificationScheme='{scheme}']")
        element.set("nodeRepresentation", code)
        if coding_scheme is not None:
            value = element.find(f"{{{names.RIM}}}Slot/{{{names.RIM}}}ValueList/{{{names.RIM}}}Value")
            assert value is not None
            value.text = coding_scheme

    def document(self, change: Callable[[bytes], bytes], cid: str = "doc1@test") -> None:
        """Change the CDA's bytes, and the entry's hash and size with them."""
        self.parts[cid] = change(self.parts[cid])
        data = self.parts[cid]
        self.slot("Document01", "hash", hashlib.sha1(data, usedforsecurity=False).hexdigest())
        self.slot("Document01", "size", str(len(data)))

    def write(self, boundary: str = "uuid:5fb8b1c1") -> tuple[bytes, str]:
        """Body and Content-Type, as CXF writes them."""
        pieces = [
            f"\r\n--{boundary}\r\nContent-Type: application/xop+xml; charset=UTF-8; "
            'type="application/soap+xml"\r\nContent-Transfer-Encoding: binary\r\n'
            "Content-ID: <root.message@cxf.apache.org>\r\n\r\n".encode(),
            etree.tostring(self.envelope, encoding="UTF-8"),
        ]
        for cid, data in self.parts.items():
            pieces.append(
                f"\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\n"
                f"Content-Transfer-Encoding: binary\r\nContent-ID: <{cid}>\r\n\r\n".encode()
            )
            pieces.append(data)
        pieces.append(f"\r\n--{boundary}--".encode())
        kind = (
            f'multipart/related; type="application/xop+xml"; boundary="{boundary}"; '
            f'start="<root.message@cxf.apache.org>"; start-info="application/soap+xml"; action="{ACTION}"'
        )
        return b"".join(pieces), kind


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


def deposit(documents: Sequence[Described], *, lot_id: str | None = None, structure: str | None = None) -> Message:
    """A well-formed deposit of these documents, signed, by an INDIRECTE VIHF of the first one's structure."""
    first = documents[0]
    lot = lot_id or f"2.25.{int(hashlib.sha1(first.unique_id.encode(), usedforsecurity=False).hexdigest()[:20], 16)}"
    entries = "".join(_entry(one, f"Document{number:02d}") for number, one in enumerate(documents, 1))
    ids = [f"Document{number:02d}" for number in range(1, len(documents) + 1)]
    links = "".join(_member(number, one) for number, one in enumerate([*ids, "Signature01"], 1))
    links += _association("A90", names.SIGNS, "Signature01", "SubmissionSet01")
    for identifier, one in zip(ids, documents, strict=True):
        if one.replaces:
            links += _association(f"R{identifier}", names.RPLC, identifier, one.replaces)
    parts = {f"doc{number}@test": one.data for number, one in enumerate(documents, 1)}
    parts["signature@test"] = SIGNATURE_BYTES
    includes = "".join(
        f'<xdsb:Document id="{identifier}"><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" '
        f'href="cid:{cid}"/></xdsb:Document>'
        for identifier, cid in zip([*ids, "Signature01"], parts, strict=True)
    )
    request = BODY.rpartition("}")[2]
    body = (
        f"<xdsb:{request}><lcm:SubmitObjectsRequest><rim:RegistryObjectList>"
        f"{_lot(first, lot)}{entries}{_signature(first, lot)}{links}"
        f"</rim:RegistryObjectList></lcm:SubmitObjectsRequest>{includes}</xdsb:{request}>"
    )
    envelope = etree.fromstring(soap(ACTION, body, vihf(first.patient, structure or first.structure)))
    return Message(envelope, parts)


def soap(action: str, body: str, header: str) -> bytes:
    """A SOAP 1.2 envelope with WS-Addressing."""
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NSMAP.items() if prefix != "h")
    return (
        f"<s:Envelope {declared}><s:Header><a:Action>{action}</a:Action>"
        f"<a:MessageID>urn:uuid:3f2b0c0e-5a3c-4b3e-9d3b-0c6f5a1d2e3f</a:MessageID><a:To/>{header}"
        f"</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def vihf(patient: str, structure: str, *, mode: str = "INDIRECTE") -> str:
    """A complete VIHF."""
    values = {
        "VIHF_Version": "3.0",
        "Authentification_Mode": mode,
        "Identifiant_Structure": structure,
        "Secteur_Activite": "SA01^1.2.250.1.71.4.2.4",
        "urn:oasis:names:tc:xacml:2.0:subject:role": (
            '<Role xmlns="urn:hl7-org:v3" code="10" codeSystem="1.2.250.1.71.1.2.7"/>'
            '<Role xmlns="urn:hl7-org:v3" code="SM26" codeSystem="1.2.250.1.71.4.2.5"/>'
        ),
        "urn:oasis:names:tc:xspa:1.0:subject:subject-id": "DOCTEUR ESSAI",
        "urn:oasis:names:tc:xacml:2.0:resource:resource-id": patient.replace("&", "&amp;"),
        "Ressource_URN": "urn:dmp",
        "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse": (
            '<PurposeOfUse xmlns="urn:hl7-org:v3" code="normal" codeSystem="1.2.250.1.213.1.1.4.248"/>'
        ),
        "LPS_Nom": "LOGICIEL-ESSAI",
        "LPS_Version": "1.0",
        "LPS_ID_HOMOLOGATION_DMP": "ESSAI",
    }
    attributes = "".join(
        f'<saml2:Attribute Name="{name}"><saml2:AttributeValue>{value}</saml2:AttributeValue></saml2:Attribute>'
        for name, value in values.items()
    )
    return (
        '<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/'
        'oasis-200401-wss-wssecurity-secext-1.0.xsd"><saml2:Assertion '
        'xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" IssueInstant="2026-01-01T00:00:00Z" '
        'Version="2.0"><saml2:Issuer>CN=essai</saml2:Issuer><saml2:Subject><saml2:NameID>10B0000000</saml2:NameID>'
        '</saml2:Subject><saml2:AuthnStatement AuthnInstant="2026-01-01T00:00:00Z"/>'
        f"<saml2:AttributeStatement>{attributes}</saml2:AttributeStatement></saml2:Assertion></wsse:Security>"
    )


def _entry(one: Described, owner: str) -> str:
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


def _lot(first: Described, lot: str) -> str:
    return (
        f'<rim:RegistryPackage id="SubmissionSet01">{_slot("submissionTime", "20260102030405")}{_name("Lot")}'
        f"{_author(names.SS_AUTHOR, first)}{_code(names.SS_CONTENT_TYPE, '03', '1.2.250.1.213.2.2')}"
        f"{_external(names.SS_PATIENT_ID, first.patient)}{_external(names.SS_SOURCE_ID, '1.2.250.1.999.1')}"
        f"{_external(names.SS_UNIQUE_ID, lot)}</rim:RegistryPackage>"
        f'<rim:Classification classifiedObject="SubmissionSet01" classificationNode="{names.SUBMISSION_SET_NODE}"/>'
    )


def _signature(first: Described, lot: str) -> str:
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


def _member(number: int, target: str) -> str:
    status = _slot("SubmissionSetStatus", "Original")
    return _association(f"A{number:02d}", names.HAS_MEMBER, "SubmissionSet01", target, status)


def _association(identifier: str, kind: str, source: str, target: str, content: str = "") -> str:
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
