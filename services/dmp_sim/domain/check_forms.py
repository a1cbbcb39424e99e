"""Rules of form: OIDs, CX, XCN, XON, times."""

from collections.abc import Iterator
from functools import lru_cache

from dmp_sim.domain import names
from dmp_sim.domain.forms import cx, is_dtm, known_oid, xcn, xon
from dmp_sim.domain.model import Author, Deposit, DocumentEntry, SubmissionSet
from dmp_sim.domain.ruling import FORMATS, SEEN, at_entry, at_lot, rule, warning
from socle.identifiers.oid import is_oid
from socle.rules import Certainty, Finding, Rule

_Broken = tuple[Rule, str, str]
"""(rule, expected, found)"""

LOT_UNIQUE_ID = rule(
    "lot.unique-id.form",
    "uniqueId du lot : un OID sans extension",
    "uniqueId of the lot: an OID without extension",
    "Donner un OID pointé, sans « ^ ».",
    source=FORMATS,
    certainty=Certainty.FAITHFUL,
)
ENTRY_UNIQUE_ID = rule(
    "entry.unique-id.form",
    "uniqueId du document : un OID sans extension",
    "uniqueId of the document: an OID without extension",
    "Donner un OID pointé, sans « ^ ».",
    source=FORMATS,
    certainty=Certainty.FAITHFUL,
)
SOURCE_ID = rule(
    "lot.source-id.form",
    "sourceId : un OID",
    "sourceId: an OID",
    "Donner l'OID du système qui émet le lot.",
    source=FORMATS,
    certainty=Certainty.FAITHFUL,
)
TIME = rule(
    "time.form",
    "Les dates sont en UTC, AAAAMMJJHHMMSS, sans décalage",
    "Times are UTC, YYYYMMDDHHMMSS, without an offset",
    "Convertir en UTC et retirer le décalage (+0100).",
    source=FORMATS,
    certainty=Certainty.FAITHFUL,
)
PERSON = rule(
    "person.form",
    "Personne (XCN) : identifiant et autorité (&OID&ISO)",
    "Person (XCN): identifier and authority (&OID&ISO)",
    "Forme : id^NOM^PRENOM^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS.",
    source=FORMATS,
    certainty=Certainty.FAITHFUL,
)
PERSON_AUTHORITY = warning(
    "person.authority",
    "Personne (XCN) : un identifiant national de PS est sous 1.2.250.1.71.4.2.1",
    "Person (XCN): a national professional id stands under 1.2.250.1.71.4.2.1",
    "Écrire &1.2.250.1.71.4.2.1&ISO en neuvième composante.",
    source=SEEN,
    version="CARD-F-PRC-AVK 2022.01",
)
PERSON_TYPE = warning(
    "person.type",
    "Personne (XCN) : type de nom D ou U et type d'identifiant IDNPS, RI ou NH",
    "Person (XCN): name type D or U and identifier type IDNPS, RI or NH",
    "Compléter les composantes 10 et 13.",
    source=FORMATS,
)
ORGANISATION = rule(
    "organisation.form",
    "Structure (XON) : nom, autorité (&OID&ISO) et identifiant",
    "Organisation (XON): name, authority (&OID&ISO) and identifier",
    "Forme : NOM^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^identifiant.",
    source=FORMATS,
    certainty=Certainty.FAITHFUL,
)
ORGANISATION_TYPE = warning(
    "organisation.type",
    "Structure (XON) : type d'identifiant IDNST",
    "Organisation (XON): identifier type IDNST",
    "Compléter la septième composante ; des outils XDS génériques la perdent.",
    source=FORMATS,
)
SOURCE_PATIENT_ID = rule(
    "entry.source-patient-id.form",
    "sourcePatientId (CX) : identifiant et autorité (&OID&ISO)",
    "sourcePatientId (CX): identifier and authority (&OID&ISO)",
    "Forme : idLocal^^^&OID&ISO^PI, ou l'INS typé NH.",
    source=FORMATS,
    certainty=Certainty.FAITHFUL,
)
ASSOCIATION_ID = warning(
    "association.id.form",
    "L'identifiant d'une association est symbolique ou urn:uuid:",
    "The id of an association is symbolic or urn:uuid:",
    "Préfixer l'UUID par urn:uuid:.",
    source=SEEN,
)


def check_forms(deposit: Deposit) -> Iterator[Finding]:
    """Findings about the form of what is there; what is absent is told by the rules of presence."""
    lot = deposit.submission_set
    if lot.unique_id and not is_oid(lot.unique_id):
        yield LOT_UNIQUE_ID.finding(where=at_lot(lot, "uniqueId"), expected="OID", found=lot.unique_id, line=lot.line)
    if lot.source_id and not known_oid(lot.source_id):
        yield SOURCE_ID.finding(where=at_lot(lot, "sourceId"), expected="OID", found=lot.source_id, line=lot.line)
    if lot.submission_time and not is_dtm(lot.submission_time):
        yield _no_time(lot.submission_time, at_lot(lot, "submissionTime"), lot.line)
    for author in lot.authors:
        yield from _author(author, lot)
    for entry in deposit.entries:
        yield from _entry(entry)
    for association in deposit.associations:
        identifier = association.id
        if len(identifier) == 36 and identifier.count("-") == 4:
            yield ASSOCIATION_ID.finding(
                where=f"//Association[@id='{identifier}']",
                expected=f"urn:uuid:{identifier}",
                found=identifier,
                line=association.line,
            )


def _entry(entry: DocumentEntry) -> Iterator[Finding]:
    if entry.unique_id and not is_oid(entry.unique_id):
        yield ENTRY_UNIQUE_ID.finding(
            where=at_entry(entry, "uniqueId"), expected="OID", found=entry.unique_id, line=entry.line
        )
    for attribute, value in (
        ("creationTime", entry.creation_time),
        ("serviceStartTime", entry.service_start),
        ("serviceStopTime", entry.service_stop),
    ):
        if value and not is_dtm(value):
            yield _no_time(value, at_entry(entry, attribute), entry.line)
    for author in entry.authors:
        yield from _author(author, entry)
    for legal in entry.legal_authenticators:
        if (broken := _broken_person(legal)) is not None:
            yield _told(broken, at_entry(entry, "legalAuthenticator"), entry.line)
    source = entry.source_patient_id
    if source:
        patient = cx(source)
        if not patient.id or not known_oid(patient.authority):
            yield SOURCE_PATIENT_ID.finding(
                where=at_entry(entry, "sourcePatientId"), expected="id^^^&OID&ISO^PI", found=source, line=entry.line
            )


def _no_time(value: str, where: str, line: int | None) -> Finding:
    return TIME.finding(where=where, expected="AAAAMMJJHHMMSS", found=value, line=line)


def _author(author: Author, owner: DocumentEntry | SubmissionSet) -> Iterator[Finding]:
    if author.person and (broken := _broken_person(author.person)) is not None:
        yield _told(broken, _at(owner, "authorPerson"), owner.line)
    for institution in author.institutions:
        if (broken := _broken_organisation(institution)) is not None:
            yield _told(broken, _at(owner, "authorInstitution"), owner.line)


def _at(owner: DocumentEntry | SubmissionSet, attribute: str) -> str:
    return at_lot(owner, attribute) if isinstance(owner, SubmissionSet) else at_entry(owner, attribute)


def _told(broken: _Broken, where: str, line: int | None) -> Finding:
    breached, expected, found = broken
    return breached.finding(where=where, expected=expected, found=found, line=line)


@lru_cache(maxsize=4096)
def _broken_person(text: str) -> _Broken | None:
    person = xcn(text)
    if not person.id or not known_oid(person.authority):
        return PERSON, "id^NOM^PRENOM^^^^^^&OID&ISO^D^^^IDNPS", text
    if person.type == "IDNPS" and person.authority != names.PS_ID_OID:
        return PERSON_AUTHORITY, names.PS_ID_OID, text
    if person.type not in {"IDNPS", "RI", "NH"} or person.name_type not in {"D", "U"}:
        return PERSON_TYPE, "XCN.10 D|U, XCN.13 IDNPS|RI|NH", text
    return None


@lru_cache(maxsize=4096)
def _broken_organisation(text: str) -> _Broken | None:
    organisation = xon(text)
    if not (organisation.name and organisation.id and known_oid(organisation.authority)):
        return ORGANISATION, "NOM^^^^^&OID&ISO^IDNST^^^id", text
    if organisation.type != "IDNST" and organisation.authority == names.STRUCTURE_ID_OID:
        return ORGANISATION_TYPE, "IDNST", organisation.type or "(absent)"
    return None
