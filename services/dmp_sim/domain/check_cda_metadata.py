"""Rules of agreement between a CDA's header and its document entry (CI-SIS mapping)."""

from collections.abc import Iterator

from dmp_sim.domain.cda import CdaHeader, Identifier
from dmp_sim.domain.forms import instant, xcn, xon
from dmp_sim.domain.model import DocumentEntry
from dmp_sim.domain.ruling import MAPPING, at_entry, rule, warning
from socle.rules import Certainty, Rule

Breach = tuple[Rule, str, str, str]
"""(rule, where, expected, found)"""

ID = rule(
    "cda.id",
    "ClinicalDocument/id est le uniqueId de la fiche",
    "ClinicalDocument/id is the entry's uniqueId",
    "Mettre id/@root dans uniqueId.",
    source=MAPPING,
    certainty=Certainty.FAITHFUL,
)
TYPE = rule(
    "cda.type",
    "ClinicalDocument/code est le typeCode de la fiche",
    "ClinicalDocument/code is the entry's typeCode",
    "Mettre code/@code dans typeCode.",
    source=MAPPING,
    certainty=Certainty.FAITHFUL,
)
CREATION_TIME = rule(
    "cda.creation-time",
    "effectiveTime est le creationTime de la fiche, en UTC",
    "effectiveTime is the entry's creationTime, in UTC",
    "Convertir effectiveTime en UTC.",
    source=MAPPING,
)
INSTITUTION = rule(
    "cda.institution",
    "La structure de l'auteur du CDA est un authorInstitution de la fiche",
    "The CDA author's organisation is an author institution of the entry",
    "Mettre representedOrganization/id/@extension en dixième composante de authorInstitution.",
    source=MAPPING,
)


def _agreement(slug: str, attribute: str, element: str) -> Rule:
    return warning(
        f"cda.{slug}",
        f"{element} du CDA est {attribute} de la fiche",
        f"{element} of the CDA is the entry's {attribute}",
        f"Tirer {attribute} de l'entête du CDA.",
        source=MAPPING,
        certainty=Certainty.SIMPLIFIED,
    )


TITLE = _agreement("title", "title", "title")
LANGUAGE = _agreement("language", "languageCode", "languageCode")
CONFIDENTIALITY = _agreement("confidentiality", "confidentialityCode", "confidentialityCode")
PRACTICE = _agreement("practice", "practiceSettingCode", "standardIndustryClassCode")
FACILITY = _agreement("facility", "healthcareFacilityTypeCode", "healthCareFacility/code")
SERVICE_START = _agreement("service-start", "serviceStartTime", "serviceEvent/effectiveTime/low")
SERVICE_STOP = _agreement("service-stop", "serviceStopTime", "serviceEvent/effectiveTime/high")
AUTHOR = _agreement("author", "authorPerson", "assignedAuthor/id")
LEGAL = _agreement("legal-authenticator", "legalAuthenticator", "legalAuthenticator/assignedEntity/id")


def agreements(entry: DocumentEntry, header: CdaHeader) -> Iterator[Breach]:
    """What the entry says otherwise than the header."""

    def told(attribute: str) -> str:
        return at_entry(entry, attribute)

    if entry.unique_id != header.id.root:
        yield ID, told("uniqueId"), header.id.root, entry.unique_id
    if entry.type_code is not None and entry.type_code.code != header.type_code:
        yield TYPE, told("typeCode"), header.type_code, entry.type_code.code
    if not _same_instant(entry.creation_time, header.effective_time):
        yield CREATION_TIME, told("creationTime"), _utc(header.effective_time), entry.creation_time
    if entry.title != header.title:
        yield TITLE, told("title"), header.title, entry.title
    if entry.language.lower() != header.language.lower():
        yield LANGUAGE, told("languageCode"), header.language, entry.language
    if header.confidentiality and header.confidentiality not in {code.code for code in entry.confidentiality}:
        found = ", ".join(code.code for code in entry.confidentiality)
        yield CONFIDENTIALITY, told("confidentialityCode"), header.confidentiality, found
    if header.practice and entry.practice is not None and entry.practice.code != header.practice:
        yield PRACTICE, told("practiceSettingCode"), header.practice, entry.practice.code
    if header.facility and entry.facility is not None and entry.facility.code != header.facility:
        yield FACILITY, told("healthcareFacilityTypeCode"), header.facility, entry.facility.code
    if header.service_start and not _same_instant(entry.service_start, header.service_start):
        yield SERVICE_START, told("serviceStartTime"), _utc(header.service_start), entry.service_start
    if header.service_stop and not _same_instant(entry.service_stop, header.service_stop):
        yield SERVICE_STOP, told("serviceStopTime"), _utc(header.service_stop), entry.service_stop
    yield from _people(entry, header)


def _people(entry: DocumentEntry, header: CdaHeader) -> Iterator[Breach]:
    persons = [xcn(author.person).id for author in entry.authors if author.person]
    if persons and header.authors and not _any_in(header.authors, persons):
        yield (AUTHOR, at_entry(entry, "authorPerson"), _extensions(header.authors), ", ".join(persons))
    structures = [xon(text).id for author in entry.authors for text in author.institutions]
    named = header.author_institutions
    if structures and named and not _any_in(named, structures):
        yield (INSTITUTION, at_entry(entry, "authorInstitution"), _extensions(named), ", ".join(structures))
    legal = [xcn(person).id for person in entry.legal_authenticators]
    expected = header.legal_authenticator.extension
    if legal and expected and expected not in legal:
        yield (LEGAL, at_entry(entry, "legalAuthenticator"), expected, ", ".join(legal))


def _any_in(identifiers: list[Identifier], values: list[str]) -> bool:
    return any(identifier.extension in values for identifier in identifiers)


def _extensions(identifiers: list[Identifier]) -> str:
    return ", ".join(identifier.extension for identifier in identifiers)


def _same_instant(dtm: str, ts: str) -> bool:
    """An XDS time says the same as a CDA time; one without offset may be meant as UTC or as Paris time."""
    told = instant(dtm)
    return told is not None and told in (instant(ts), instant(ts, paris=True))


def _utc(ts: str) -> str:
    at = instant(ts, paris=True)
    return at.strftime("%Y%m%d%H%M%S") if at is not None else ts
