"""The VIHF an establishment's software sends to feed a DMP: INDIRECTE, unsigned (dmp.md §2).

It is not signed: in this version of the sandbox signatures are neither made nor verified.
"""

from datetime import datetime
from html import escape

from sandbox.facts import Author, Patient, Site

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_PROFESSION = {"10": "Médecin", "21": "Pharmacien", "60": "Infirmier"}


def vihf(assertion_id: str, issued_at: datetime, *, site: Site, author: Author, patient: Patient) -> str:
    """``wsse:Security`` with its assertion, for one deposit about ``patient``."""
    profession, _, speciality = author.speciality.removeprefix("G15_").partition("/")
    roles = _role(profession, "1.2.250.1.71.1.2.7", _PROFESSION.get(profession, profession))
    if speciality:
        roles += _role(speciality, "1.2.250.1.71.4.2.5", author.speciality_label)
    purpose = (
        '<PurposeOfUse xmlns="urn:hl7-org:v3" xsi:type="CE" code="normal" codeSystem="1.2.250.1.213.1.1.4.248" '
        'codeSystemName="mode acces VIHF 2.0" displayName="Accès normal"/>'
    )
    attributes = "".join(
        f'<saml2:Attribute Name="{name}"><saml2:AttributeValue>{value}</saml2:AttributeValue></saml2:Attribute>'
        for name, value in (
            ("VIHF_Version", "3.0"),
            ("Authentification_mode", "INDIRECTE"),
            ("Identifiant_Structure", site.national_id),
            ("Secteur_Activite", f"{site.sector}^1.2.250.1.71.4.2.4"),
            ("urn:oasis:names:tc:xacml:2.0:subject:role", roles),
            ("urn:oasis:names:tc:xspa:1.0:subject:subject-id", escape(f"{author.family} {author.given}")),
            ("urn:oasis:names:tc:xacml:2.0:resource:resource-id", escape(patient.cx)),
            ("Ressource_URN", "urn:dmp"),
            ("urn:oasis:names:tc:xspa:1.0:subject:purposeofuse", purpose),
            ("LPS_Nom", "SOCLES-HOPITAL"),
            ("LPS_Version", "0.1"),
            ("LPS_ID_HOMOLOGATION_DMP", "SOCLES-SANDBOX"),
        )
    )
    instant = issued_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<wsse:Security xmlns:wsse="{WSSE}"><saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="{assertion_id}" IssueInstant="{instant}" '
        'Version="2.0"><saml2:Issuer Format="urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName">'
        f"CN=socles-sandbox,OU={site.national_id},O={escape(site.name)},C=FR</saml2:Issuer>"
        f"<saml2:Subject><saml2:NameID>{author.national_id}</saml2:NameID></saml2:Subject>"
        f'<saml2:AuthnStatement AuthnInstant="{instant}"><saml2:AuthnContext><saml2:AuthnContextClassRef>'
        "urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml2:AuthnContextClassRef></saml2:AuthnContext>"
        f"</saml2:AuthnStatement><saml2:AttributeStatement>{attributes}</saml2:AttributeStatement>"
        "</saml2:Assertion></wsse:Security>"
    )


def _role(code: str, system: str, label: str) -> str:
    return (
        f'<Role xmlns="urn:hl7-org:v3" xsi:type="CE" code="{code}" codeSystem="{system}" '
        f'displayName="{escape(label)}"/>'
    )
