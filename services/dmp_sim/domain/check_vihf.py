"""Rules of the VIHF: what the assertion must say before anything is deposited."""

from collections.abc import Iterator

from dmp_sim.domain import names
from dmp_sim.domain.ruling import OURS, VIHF, rule, warning
from dmp_sim.domain.vihf import Vihf
from socle.rules import Certainty, Finding, Rule

VERSIONS = frozenset({"3.0", "4.0"})
MODES = frozenset({"DIRECTE", "INDIRECTE", "INDIRECTE_RENFORCEE"})
SPECIALISED_PROFESSIONS = frozenset({"10", "21"})
"""Physicians and pharmacists: a second role with their speciality is asked of them."""
PURPOSE_SYSTEM = "1.2.250.1.213.1.1.4.248"
SECTOR_SYSTEM = "1.2.250.1.71.4.2.4"
ROLE_SYSTEMS = frozenset({names.ROLE_PROFESSION, "1.2.250.1.213.1.1.4.6"})
"""Professions, and the roles of those who have none (JDV_J65: AUTOMATE, SECRETARIAT_MEDICAL …)."""


def _attribute(slug: str, name: str, fr: str, en: str) -> Rule:
    return rule(
        f"vihf.{slug}",
        f"VIHF : {fr}",
        f"VIHF: {en}",
        f"Renseigner {name} dans l'assertion SAML de l'en-tête wsse:Security.",
        source=VIHF,
        code=None,
    )


PRESENT = rule(
    "vihf.present",
    "L'en-tête wsse:Security porte un VIHF",
    "The wsse:Security header holds a VIHF",
    "Joindre l'assertion SAML 2.0 (VIHF) à chaque requête.",
    source=VIHF,
    certainty=Certainty.FAITHFUL,
    code=None,
)
ISSUER = _attribute("issuer", "Issuer", "émetteur présent", "the issuer is there")
NAME_ID = _attribute("name-id", "Subject/NameID", "identifiant de l'utilisateur présent", "the user's id is there")
AUTHN = _attribute("authn", "AuthnStatement", "mode d'authentification SAML présent", "AuthnStatement is there")
VERSION = _attribute("version", "VIHF_Version", "version 3.0 ou 4.0", "version 3.0 or 4.0")
MODE = _attribute("mode", "Authentification_Mode", "mode connu", "the authentication mode is known")
STRUCTURE = _attribute("structure", "Identifiant_Structure", "structure présente", "the structure is there")
SECTOR = _attribute("sector", "Secteur_Activite", "secteur présent", "the sector is there")
ROLE = _attribute("role", "subject:role", "au moins un rôle", "at least one role")
PATIENT = _attribute("patient", "resource-id", "patient présent", "the patient is there")
PURPOSE = _attribute("purpose", "purposeofuse", "mode d'accès présent", "the access mode is there")
RESOURCE_URN = _attribute("resource-urn", "Ressource_URN = urn:dmp", "ressource urn:dmp", "the resource is urn:dmp")
LPS = _attribute("lps", "LPS_Nom et LPS_Version", "logiciel nommé", "the software is named")
APPROVAL = _attribute(
    "approval", "LPS_ID_HOMOLOGATION_DMP", "numéro d'homologation présent", "the approval number is there"
)
SPECIALITY = rule(
    "vihf.speciality",
    "Aucune spécialité dans le vihf. Spécialité obligatoire pour les Médecins et les Pharmaciens",
    "Physicians and pharmacists state their speciality as a second role",
    "Ajouter un second Role (SMxx, codeSystem 1.2.250.1.71.4.2.5).",
    source=VIHF + "; texte relevé sur le service jusqu'à « Médecins », la fin est la nôtre",
    certainty=Certainty.FAITHFUL,
    code=None,
)
DEPOSIT_MODE = rule(
    "vihf.deposit-mode",
    "TD2.1 n'est pas ouverte en authentification indirecte renforcée (AIR)",
    "TD2.1 is closed to reinforced indirect authentication (AIR)",
    "Déposer avec un VIHF DIRECTE ou INDIRECTE ; garder INDIRECTE_RENFORCEE pour la consultation.",
    source="PDT-INF-606 (matrice AIR)",
    version="08/07/2025",
    code="DMPAccessDeniedByRightsService",
)
SUBJECT_ID = warning(
    "vihf.subject-id",
    "VIHF : en mode indirect, subject-id nomme l'utilisateur",
    "VIHF: in indirect modes, subject-id names the user",
    "Renseigner urn:oasis:names:tc:xspa:1.0:subject:subject-id.",
    source=VIHF,
)
DOUBLED = warning(
    "vihf.doubled",
    "VIHF : un attribut figure une seule fois",
    "VIHF: each attribute is there once",
    "Garder un seul Attribute de ce nom : lequel compterait n'est dit nulle part ; ici, le dernier.",
    source=OURS,
)
SPELLING = warning(
    "vihf.spelling",
    "VIHF : les noms d'attributs sont écrits comme dans les jetons d'exemple",
    "VIHF: the names of attributes are spelt as in the sample tokens",
    "Respecter la casse : seule celle d'Authentification_mode est vue sous deux formes.",
    source=OURS,
)
PURPOSE_KNOWN = warning(
    "vihf.purpose-code",
    "VIHF : mode d'accès attesté (normal) ; les codes des autres modes ne sont pas confirmés",
    "VIHF: an access mode seen in a source (normal); the codes of the others are unconfirmed",
    "Vérifier le code du mode d'accès dans le guide d'intégration.",
    source=OURS,
)


def check_vihf(vihf: Vihf | None, *, deposit: bool = True) -> Iterator[Finding]:
    """Findings about the assertion. ``deposit`` adds what TD2.1 asks beyond what every transaction asks."""
    if vihf is None:
        yield PRESENT.finding(where="//wsse:Security", expected="saml2:Assertion", found="(absent)")
        return
    for breached, attribute, found, expected in _attributes(vihf):
        yield breached.finding(
            where=f"//saml2:Assertion/{attribute}", expected=expected, found=found or "(absent)", line=vihf.line
        )
    yield from _roles(vihf)
    for told, names_found in ((DOUBLED, vihf.doubled), (SPELLING, vihf.misspelt)):
        for name in names_found:
            yield told.finding(where="//saml2:Attribute/@Name", found=name[:100], line=vihf.line)
    if vihf.mode.startswith("INDIRECTE") and not vihf.subject_id:
        yield SUBJECT_ID.finding(where="//saml2:Attribute[subject-id]", found="(absent)", line=vihf.line)
    if vihf.purpose and vihf.purpose_system == PURPOSE_SYSTEM and vihf.purpose != "normal":
        yield PURPOSE_KNOWN.finding(
            where="//saml2:Attribute[purposeofuse]", expected="normal", found=vihf.purpose, line=vihf.line
        )
    if deposit:
        if not vihf.patient_id:
            yield PATIENT.finding(
                where="//saml2:Attribute[resource-id]", expected="INS (CX)", found="(absent)", line=vihf.line
            )
        if vihf.mode == "INDIRECTE_RENFORCEE":
            yield DEPOSIT_MODE.finding(
                where="//saml2:Attribute[Authentification_Mode]",
                expected="DIRECTE | INDIRECTE",
                found=vihf.mode,
                line=vihf.line,
            )


def _attributes(vihf: Vihf) -> Iterator[tuple[Rule, str, str, str]]:
    """(rule, attribute, found, expected) for each attribute that is absent or has an unknown value."""
    if not vihf.issuer:
        yield ISSUER, "Issuer", "", "DN du certificat"
    if not vihf.name_id:
        yield NAME_ID, "Subject/NameID", "", "identifiant national ou interne"
    if not vihf.authn_instant:
        yield AUTHN, "AuthnStatement/@AuthnInstant", "", "xs:dateTime"
    if vihf.version not in VERSIONS:
        yield VERSION, "Attribute[VIHF_Version]", vihf.version, "3.0 | 4.0"
    if vihf.mode not in MODES:
        yield MODE, "Attribute[Authentification_Mode]", vihf.mode, "DIRECTE | INDIRECTE | INDIRECTE_RENFORCEE"
    if not vihf.structure:
        yield STRUCTURE, "Attribute[Identifiant_Structure]", "", "Struct_IdNat"
    if not vihf.sector.endswith(f"^{SECTOR_SYSTEM}"):
        yield SECTOR, "Attribute[Secteur_Activite]", vihf.sector, f"SAxx^{SECTOR_SYSTEM}"
    if not vihf.purpose or vihf.purpose_system != PURPOSE_SYSTEM:
        yield PURPOSE, "Attribute[purposeofuse]", vihf.purpose, f"PurposeOfUse codeSystem={PURPOSE_SYSTEM}"
    if vihf.resource_urn != "urn:dmp":
        yield RESOURCE_URN, "Attribute[Ressource_URN]", vihf.resource_urn, "urn:dmp"
    if not (vihf.lps_name and vihf.lps_version):
        yield LPS, "Attribute[LPS_Nom]", f"{vihf.lps_name} {vihf.lps_version}".strip(), "LPS_Nom, LPS_Version"
    if not vihf.lps_approval:
        yield APPROVAL, "Attribute[LPS_ID_HOMOLOGATION_DMP]", "", "numéro donné par le CNDA"


def _roles(vihf: Vihf) -> Iterator[Finding]:
    where = "//saml2:Attribute[urn:oasis:names:tc:xacml:2.0:subject:role]"
    named = specialised = speciality = False
    for code, system in vihf.roles:
        named = named or (system in ROLE_SYSTEMS and code != "")
        specialised = specialised or (system == names.ROLE_PROFESSION and code in SPECIALISED_PROFESSIONS)
        speciality = speciality or system == names.ROLE_SPECIALITY
    if not named:
        found = ", ".join(f"{r.code}^{r.system}" for r in vihf.roles) or "(absent)"
        yield ROLE.finding(where=where, expected="Role (profession)", found=found, line=vihf.line)
        return
    if specialised and not speciality:
        yield SPECIALITY.finding(
            where=where,
            expected=f"Role codeSystem={names.ROLE_SPECIALITY}",
            found=", ".join(f"{r.code}^{r.system}" for r in vihf.roles),
            line=vihf.line,
        )
