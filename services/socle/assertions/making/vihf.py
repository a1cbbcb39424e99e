"""The VIHF, the DMP's assertion (domain/dmp.md §2), in its three profiles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from html import escape

from socle.assertions.making.names import PURPOSE, RESOURCE_ID, ROLE, SUBJECT_ID
from socle.assertions.making.saml import Told, Writer, zulu

_CLASSES = "urn:oasis:names:tc:SAML:2.0:ac:classes:"
PROFESSIONS = {"10": "Médecin", "21": "Pharmacien", "60": "Infirmier"}


class Profile(StrEnum):
    """``Authentification_mode``."""

    DIRECTE = "DIRECTE"
    INDIRECTE = "INDIRECTE"
    INDIRECTE_RENFORCEE = "INDIRECTE_RENFORCEE"


_CONTEXTS = {
    Profile.DIRECTE: f"{_CLASSES}SmartcardPKI",
    Profile.INDIRECTE: f"{_CLASSES}Password",
    Profile.INDIRECTE_RENFORCEE: f"{_CLASSES}unspecified",
}


@dataclass(frozen=True, slots=True)
class VihfSaid:
    """What a VIHF says of user, structure, patient and software."""

    structure: str
    patient: str | None
    """A CX: ``INS^^^&OID&ISO^NH``; None where the transaction is about no patient."""
    name_id: str = "899900000010"
    subject_id: str | None = "EXEMPLE CAMILLE"
    profile: Profile = Profile.INDIRECTE
    mode_name: str = "Authentification_mode"
    """Or ``Authentification_Mode``: both are sent."""
    version: str = "3.0"
    sector: str = "SA01"
    profession: str = "10"
    profession_label: str = ""
    speciality: str | None = "SM26"
    speciality_label: str = ""
    purpose: str = "normal"
    lps_name: str = "SOCLES-HOPITAL"
    lps_version: str = "0.1"
    lps_approval: str = "SOCLES-SANDBOX"
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    """By Name: other values than these, more attributes; None leaves one out."""


def vihf(told: Told, said: VihfSaid) -> str:
    """The assertion, unsigned."""
    writer = Writer(told)
    context = writer.element("AuthnContextClassRef", _CONTEXTS[said.profile])
    if said.profile is Profile.INDIRECTE_RENFORCEE:
        context += writer.element("AuthnContextDecl", "APP_BROWSER_AUTH")
    authn = writer.element(
        "AuthnStatement", writer.element("AuthnContext", context), f' AuthnInstant="{zulu(told.issued_at)}"'
    )
    values: dict[str, str] = {
        "VIHF_Version": escape(said.version),
        said.mode_name: said.profile.value,
        "Identifiant_Structure": escape(said.structure),
        "Secteur_Activite": f"{escape(said.sector)}^1.2.250.1.71.4.2.4",
        ROLE: _roles(said),
        SUBJECT_ID: escape(said.subject_id or ""),
        RESOURCE_ID: escape(said.patient or ""),
        "Ressource_URN": "urn:dmp",
        PURPOSE: (
            f'<PurposeOfUse xmlns="urn:hl7-org:v3" xsi:type="CE" code="{escape(said.purpose)}" '
            'codeSystem="1.2.250.1.213.1.1.4.248" codeSystemName="mode acces VIHF 2.0" displayName="Accès normal"/>'
        ),
        "LPS_Nom": escape(said.lps_name),
        "LPS_Version": escape(said.lps_version),
        "LPS_ID_HOMOLOGATION_DMP": escape(said.lps_approval),
    }
    for name, empty in ((SUBJECT_ID, not said.subject_id), (RESOURCE_ID, not said.patient)):
        if empty:
            del values[name]
    for name, value in said.attributes.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = escape(value)
    return writer.assertion(writer.subject(said.name_id) + authn + writer.attributes(values.items()))


def _roles(said: VihfSaid) -> str:
    label = said.profession_label or PROFESSIONS.get(said.profession, said.profession)
    roles = _role(said.profession, "1.2.250.1.71.1.2.7", label)
    if said.speciality:
        roles += _role(said.speciality, "1.2.250.1.71.4.2.5", said.speciality_label or said.speciality)
    return roles


def _role(code: str, system: str, label: str) -> str:
    return (
        f'<Role xmlns="urn:hl7-org:v3" xsi:type="CE" code="{escape(code)}" codeSystem="{system}" '
        f'displayName="{escape(label)}"/>'
    )
