"""The atoms of ebRIM 3.0 as French senders write them: slots, names, codes, identifiers, links (dmp.md §3)."""

from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from uuid import UUID

from sandbox.facts import Author, Patient, Site

RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
LCM = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
_OBJECT = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:"
CLASSIFICATION = f"{_OBJECT}Classification"
PACKAGE = f"{_OBJECT}RegistryPackage"
_IDENTIFIER = f"{_OBJECT}ExternalIdentifier"
_ASSOCIATION = f"{_OBJECT}Association"
HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
REPLACES = "urn:ihe:iti:2007:AssociationType:RPLC"
SIGNS = "urn:ihe:iti:2007:AssociationType:signs"


def utc(instant: datetime) -> str:
    """Metadata times are UTC to the second (dmp.md §3.3)."""
    return instant.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def slot(name: str, *values: str) -> str:
    inside = "".join(f"<rim:Value>{escape(value, quote=False)}</rim:Value>" for value in values)
    return f'<rim:Slot name="{name}"><rim:ValueList>{inside}</rim:ValueList></rim:Slot>'


def text(tag: str, value: str) -> str:
    return f'<rim:{tag}><rim:LocalizedString xml:lang="FR" charset="UTF8" value="{escape(value)}"/></rim:{tag}>'


class Ids:
    """Ids of one message: symbolic, numbered, unique within it."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self, prefix: str) -> str:
        self._last += 1
        return f"{prefix}{self._last:03d}"


def classification(ids: Ids, owner: str, *code: str) -> str:
    """One coded attribute; ``code`` is (classification scheme, code, coding scheme, label)."""
    scheme, value, system, label = code
    return (
        f'<rim:Classification id="{ids("cl")}" objectType="{CLASSIFICATION}" classifiedObject="{owner}" '
        f'classificationScheme="urn:uuid:{scheme}" nodeRepresentation="{escape(value)}">'
        f"{slot('codingScheme', system)}{text('Name', label)}</rim:Classification>"
    )


def identifier(ids: Ids, scheme: str, owner: str, value: str, name: str) -> str:
    return (
        f'<rim:ExternalIdentifier id="{ids("ei")}" objectType="{_IDENTIFIER}" registryObject="{owner}" '
        f'identificationScheme="urn:uuid:{scheme}" value="{escape(value)}">{text("Name", name)}'
        "</rim:ExternalIdentifier>"
    )


def author_of(ids: Ids, scheme: str, owner: str, author: Author, site: Site) -> str:
    return (
        f'<rim:Classification id="{ids("cl")}" objectType="{CLASSIFICATION}" classifiedObject="{owner}" '
        f'classificationScheme="urn:uuid:{scheme}" nodeRepresentation="">{_author_slots(author, site)}'
        "</rim:Classification>"
    )


@lru_cache(maxsize=1024)
def _author_slots(author: Author, site: Site) -> str:
    return (
        f"{slot('authorInstitution', site.xon)}{slot('authorPerson', author.xcn)}"
        f"{slot('authorSpecialty', f'{author.speciality}^{author.speciality_label}^1.2.250.1.213.1.1.4.5')}"
    )


def patient_info(patient: Patient) -> str:
    return slot(
        "sourcePatientInfo",
        f"PID-5|{patient.birth_name}^{patient.given_names[0]}^^^^^L",
        f"PID-7|{patient.birth_date:%Y%m%d}",
        f"PID-8|{patient.sex}",
    )


def association(ids: Ids, kind: str, source: str, target: str, slots: str = "") -> str:
    return (
        f'<rim:Association id="{ids("as")}" objectType="{_ASSOCIATION}" associationType="{kind}" '
        f'sourceObject="{source}" targetObject="{target}">{slots}</rim:Association>'
    )


def oid_of(value: UUID) -> str:
    """An OID without extension from a UUID (ITU-T X.667: the arc 2.25)."""
    return f"2.25.{value.int}"
