"""The CDA header: structuring of minimal documents, 1.16 (dmp.md §4.1), in the order the schema wants."""

from datetime import datetime
from functools import lru_cache
from html import escape

from sandbox.cda.kinds import Kind
from sandbox.facts import Author, DocumentFacts, Encounter, Patient, Site
from socle.clock import PARIS

LOINC = "2.16.840.1.113883.6.1"


def stamp(instant: datetime) -> str:
    """Local time to the second with its offset, as CDA headers carry it."""
    return instant.astimezone(PARIS).strftime("%Y%m%d%H%M%S%z")


def header(facts: DocumentFacts, kind: Kind) -> str:
    """Everything of the document before ``component``."""
    when = stamp(facts.created_at)
    return (
        f"{_declaration(facts, kind, when)}{record_target(facts.patient, facts.site.root)}"
        f'<author><time value="{when}"/>{_assigned_author(facts.author, facts.site)}</author>'
        f"{_custodian(facts.site)}"
        f'<legalAuthenticator><time value="{when}"/><signatureCode code="S"/>'
        f"{_assigned_entity(facts.author, facts.site)}</legalAuthenticator>"
        f"{_documentation(facts, kind)}{_related(facts)}{_component_of(facts.encounter, facts.site)}"
    )


def _declaration(facts: DocumentFacts, kind: Kind, when: str) -> str:
    templates = "".join(
        f'<templateId root="{root}"' + (f' extension="{extension}"/>' if extension else "/>")
        for root, extension in (
            ("2.16.840.1.113883.2.8.2.1", ""),
            ("1.2.250.1.213.1.1.1.1", ""),
            *kind.templates_of(facts.level),
        )
    )
    return (
        '<realmCode code="FR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>'
        f'{templates}<id root="{facts.unique_id}"/>'
        f'<code code="{kind.code}" displayName="{escape(kind.label)}" codeSystem="{LOINC}" codeSystemName="LOINC"/>'
        f'<title>{escape(kind.title)}</title><effectiveTime value="{when}"/>'
        '<confidentialityCode code="N" displayName="Normal" codeSystem="2.16.840.1.113883.5.25"/>'
        f'<languageCode code="fr-FR"/><setId root="{facts.set_id}"/><versionNumber value="{facts.version}"/>'
    )


@lru_cache(maxsize=4096)
def record_target(patient: Patient, local_root: str) -> str:
    """The patient: INS first, then the hospital's own number."""
    name, first = escape(patient.birth_name), escape(patient.given_names[0])
    label = "Féminin" if patient.sex == "F" else "Masculin"
    place = (
        f"<birthplace><place><addr><county>{escape(patient.birth_place)}</county></addr></place></birthplace>"
        if patient.birth_place
        else ""
    )
    return (
        f'<recordTarget><patientRole><id root="{patient.oid}" extension="{patient.ins}"/>'
        f'<id root="{local_root}.1" extension="{escape(patient.local_id or "0")}"/>'
        '<addr nullFlavor="NAV"/><telecom nullFlavor="NAV"/>'
        f'<patient classCode="PSN"><name><family qualifier="BR">{name}</family>'
        f"<given>{escape(' '.join(patient.given_names))}</given>"
        f'<given qualifier="BR">{first}</given><family qualifier="CL">{name}</family>'
        f'<given qualifier="CL">{first}</given></name>'
        f'<administrativeGenderCode code="{patient.sex}" displayName="{label}" codeSystem="2.16.840.1.113883.5.1"/>'
        f'<birthTime value="{patient.birth_date:%Y%m%d}"/>{place}</patient></patientRole></recordTarget>'
    )


def _organization(site: Site, *, practice: bool = False) -> str:
    """Identifier, name, contact; with the practice setting where the DMP looks for it."""
    setting = (
        f'<standardIndustryClassCode code="{site.practice}" displayName="{escape(site.practice_label)}" '
        'codeSystem="1.2.250.1.213.1.1.4.9" codeSystemName="practiceSettingCode"/>'
        if practice
        else ""
    )
    return (
        f'<id root="1.2.250.1.71.4.2.2" extension="{site.national_id}"/><name>{escape(site.name)}</name>'
        f'<telecom nullFlavor="NAV"/><addr><city>{escape(site.city)}</city></addr>{setting}'
    )


def _person(author: Author) -> str:
    return (
        f"<assignedPerson><name><given>{escape(author.given)}</given><family>{escape(author.family)}</family>"
        "</name></assignedPerson>"
    )


@lru_cache(maxsize=1024)
def _assigned_author(author: Author, site: Site) -> str:
    return (
        f'<assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="{author.national_id}"/>'
        f'<code code="{author.speciality}" displayName="{escape(author.speciality_label)}" '
        'codeSystem="1.2.250.1.213.1.1.4.5"/>'
        f'<addr nullFlavor="NAV"/><telecom nullFlavor="NAV"/>{_person(author)}'
        f"<representedOrganization>{_organization(site)}</representedOrganization></assignedAuthor>"
    )


@lru_cache(maxsize=1024)
def _custodian(site: Site) -> str:
    return (
        "<custodian><assignedCustodian><representedCustodianOrganization>"
        f"{_organization(site)}</representedCustodianOrganization></assignedCustodian></custodian>"
    )


@lru_cache(maxsize=1024)
def _assigned_entity(author: Author, site: Site) -> str:
    return (
        f'<assignedEntity><id root="1.2.250.1.71.4.2.1" extension="{author.national_id}"/>{_person(author)}'
        f"<representedOrganization>{_organization(site, practice=True)}</representedOrganization></assignedEntity>"
    )


def _interval(encounter: Encounter) -> str:
    high = f'<high value="{stamp(encounter.discharged_at)}"/>' if encounter.discharged_at else ""
    return f'<effectiveTime><low value="{stamp(encounter.admitted_at)}"/>{high}</effectiveTime>'


def _documentation(facts: DocumentFacts, kind: Kind) -> str:
    return (
        f'<documentationOf><serviceEvent><code code="{kind.code}" displayName="{escape(kind.label)}" '
        f'codeSystem="{LOINC}"/>{_interval(facts.encounter)}'
        f'<performer typeCode="PRF">{_assigned_entity(facts.author, facts.site)}</performer>'
        "</serviceEvent></documentationOf>"
    )


def _related(facts: DocumentFacts) -> str:
    if facts.replaces is None:
        return ""
    return (
        f'<relatedDocument typeCode="RPLC"><parentDocument><id root="{facts.replaces}"/>'
        f'<setId root="{facts.set_id}"/><versionNumber value="{facts.version - 1}"/></parentDocument></relatedDocument>'
    )


def _component_of(encounter: Encounter, site: Site) -> str:
    return (
        f'<componentOf><encompassingEncounter><id root="{encounter.root}" extension="{escape(encounter.extension)}"/>'
        '<code code="IMP" displayName="Hospitalisation (établissement, y compris HAD)" '
        f'codeSystem="2.16.840.1.113883.5.4"/>{_interval(encounter)}'
        f'<location><healthCareFacility><id root="1.2.250.1.71.4.2.2" extension="{site.national_id}"/>'
        f'<code code="{site.sector}" displayName="{escape(site.sector_label)}" codeSystem="1.2.250.1.71.4.2.4"/>'
        "</healthCareFacility></location></encompassingEncounter></componentOf>"
    )
