"""wsse:Security → VIHF model."""

from lxml import etree

from dmp_sim.domain.vihf import Role, Vihf
from dmp_sim.wire.children import at
from dmp_sim.wire.lines import line_of
from socle.assertions.reading import read_instants
from socle.soap.text import text_of

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
S = f"{{{SAML}}}"
DS = "http://www.w3.org/2000/09/xmldsig#"
HL7 = "{urn:hl7-org:v3}"
_SECURITY, _ASSERTION = f"{{{WSSE}}}Security", f"{S}Assertion"
_ISSUER, _SUBJECT, _NAME_ID, _SIGNATURE = f"{S}Issuer", f"{S}Subject", f"{S}NameID", f"{{{DS}}}Signature"
_AUTHN, _CONTEXT = f"{S}AuthnStatement", (f"{S}AuthnContext", f"{S}AuthnContextClassRef")
_ATTRIBUTES, _ATTRIBUTE, _VALUE = f"{S}AttributeStatement", f"{S}Attribute", f"{S}AttributeValue"
_ROLE_ELEMENT, _PURPOSE_ELEMENT = f"{HL7}Role", f"{HL7}PurposeOfUse"

_TEXTS = {
    "vihf_version": "version",
    "authentification_mode": "mode",
    "identifiant_structure": "structure",
    "secteur_activite": "sector",
    "urn:oasis:names:tc:xspa:1.0:subject:subject-id": "subject_id",
    "urn:oasis:names:tc:xacml:2.0:resource:resource-id": "patient_id",
    "ressource_urn": "resource_urn",
    "lps_id": "lps_id",
    "lps_nom": "lps_name",
    "lps_version": "lps_version",
    "lps_id_homologation_dmp": "lps_approval",
}
"""Lower case: both Authentification_mode and Authentification_Mode are sent."""
_ROLE = "urn:oasis:names:tc:xacml:2.0:subject:role"
_PURPOSE = "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse"
_SPELT = {
    "VIHF_Version", "Authentification_mode", "Authentification_Mode", "Identifiant_Structure", "Secteur_Activite",
    "Ressource_URN", "LPS_ID", "LPS_Nom", "LPS_Version", "LPS_ID_HOMOLOGATION_DMP",
    *(name for name in _TEXTS if name.startswith("urn:")), _ROLE, _PURPOSE,
}  # fmt: skip
_KNOWN = {name.lower() for name in _SPELT}


def find_assertion(header: etree._Element | None) -> etree._Element | None:
    """The first assertion in wsse:Security: the one that is read, and the one that is verified."""
    for security in header if header is not None else ():
        if security.tag == _SECURITY and (assertion := at(security, _ASSERTION)) is not None:
            return assertion
    return None


def read_vihf(header: etree._Element | None) -> Vihf | None:
    """What the assertion says; None when there is none."""
    assertion = find_assertion(header)
    return _assertion(assertion) if assertion is not None else None


def _assertion(element: etree._Element) -> Vihf:
    vihf = Vihf(element.get("ID", ""), line=line_of(element))
    vihf.instants = read_instants(element)
    for child in element:
        tag = child.tag
        if tag == _ISSUER:
            vihf.issuer = text_of(child)
        elif tag == _SUBJECT:
            vihf.name_id = text_of(at(child, _NAME_ID))
        elif tag == _AUTHN:
            vihf.authn_instant = child.get("AuthnInstant", "")
            vihf.context_class = text_of(at(child, *_CONTEXT))
        elif tag == _ATTRIBUTES:
            _names([_attribute(one, vihf) for one in child if one.tag == _ATTRIBUTE], vihf)
        elif tag == _SIGNATURE:
            vihf.signed = True
    return vihf


def _attribute(element: etree._Element, vihf: Vihf) -> str:
    """Read one; gives its name."""
    name: str = element.get("Name", "")
    field = _TEXTS.get(name) or _TEXTS.get(name.lower())
    if field is not None:
        setattr(vihf, field, text_of(at(element, _VALUE)))
    elif name == _ROLE:
        for value in element:
            for role in value:
                if role.tag == _ROLE_ELEMENT:
                    vihf.roles.append(Role(role.get("code", ""), role.get("codeSystem", "")))
    elif name == _PURPOSE:
        for value in element:
            for purpose in value:
                if purpose.tag == _PURPOSE_ELEMENT:
                    vihf.purpose, vihf.purpose_system = purpose.get("code", ""), purpose.get("codeSystem", "")
    return name


def _names(said: list[str], vihf: Vihf) -> None:
    lower = [name.lower() for name in said]
    if len(set(lower)) < len(said):
        vihf.doubled += dict.fromkeys(name for name in said if lower.count(name.lower()) > 1)
    vihf.misspelt += [name for name in said if name not in _SPELT and name.lower() in _KNOWN]
