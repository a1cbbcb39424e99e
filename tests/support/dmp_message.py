"""ITI-41 messages drawn from a CDA's own header, as a tree that a test may break before it is written out."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lxml import etree

from dmp_sim.domain import names
from dmp_sim.wire.iti41 import BODY
from socle.soap.model import SOAP12, WSA
from support.dmp_ebrim import Described, association_xml, describe, entry_xml, lot_xml, member_xml, signature_xml

__all__ = ["Described", "Message", "deposit", "describe", "soap", "vihf"]

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


def deposit(documents: Sequence[Described], *, lot_id: str | None = None, structure: str | None = None) -> Message:
    """A well-formed deposit of these documents, signed, by an INDIRECTE VIHF of the first one's structure."""
    first = documents[0]
    lot = lot_id or f"2.25.{int(hashlib.sha1(first.unique_id.encode(), usedforsecurity=False).hexdigest()[:20], 16)}"
    entries = "".join(entry_xml(one, f"Document{number:02d}") for number, one in enumerate(documents, 1))
    ids = [f"Document{number:02d}" for number in range(1, len(documents) + 1)]
    links = "".join(member_xml(number, one) for number, one in enumerate([*ids, "Signature01"], 1))
    links += association_xml("A90", names.SIGNS, "Signature01", "SubmissionSet01")
    for identifier, one in zip(ids, documents, strict=True):
        if one.replaces:
            links += association_xml(f"R{identifier}", names.RPLC, identifier, one.replaces)
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
        f"{lot_xml(first, lot)}{entries}{signature_xml(first, lot)}{links}"
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
