"""Entries → ebRIM as the live registry answers (domain/dmp.md §0.7): prefix ns4, slots by name, classifications by
scheme name, patientId before uniqueId, no line end inside a tag. Clients cut these answers as strings."""

from collections.abc import Iterator
from uuid import UUID

from dmp_sim.domain import names
from dmp_sim.domain.model import Author, Code, DocumentEntry
from dmp_sim.domain.query import StoredEntry
from dmp_sim.wire.response import attribute
from socle.soap.render import escape

_CLASSIFICATION = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:Classification"
_EXTERNAL = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:ExternalIdentifier"


def object_ref(stored: StoredEntry) -> str:
    """``ObjectRef``: the entryUUID alone."""
    return f'<ns4:ObjectRef id="{attribute(stored.entry_uuid)}"/>'


def extrinsic_object(stored: StoredEntry) -> str:
    """``ExtrinsicObject`` with everything the registry knows."""
    entry = stored.entry
    uuids = _uuids(stored.entry_uuid)
    description = f"<ns4:Description>{_localized(entry.comments)}</ns4:Description>" if entry.comments else ""
    pieces = [
        f'<ns4:ExtrinsicObject id="{attribute(stored.entry_uuid)}" isOpaque="false" lid="{attribute(stored.lid)}" '
        f'mimeType="{attribute(entry.mime_type)}" objectType="{names.STABLE_ENTRY}" status="{stored.status}">',
        *_slots(stored),
        f"<ns4:Name>{_localized(entry.title)}</ns4:Name>",
        description,
        '<ns4:VersionInfo versionName="1"/>',
        *_classifications(entry, stored.entry_uuid, uuids),
        _external(names.DE_PATIENT_ID, "XDSDocumentEntry.patientId", entry.patient_id, stored, uuids),
        _external(names.DE_UNIQUE_ID, "XDSDocumentEntry.uniqueId", entry.unique_id, stored, uuids),
        "</ns4:ExtrinsicObject>",
    ]
    return "".join(pieces)


def _slots(stored: StoredEntry) -> Iterator[str]:
    entry = stored.entry
    slots = {
        **entry.extra_slots,
        "URI": _one(entry.uri),
        "creationTime": _one(entry.creation_time),
        "hash": [stored.sha1],
        "languageCode": _one(entry.language),
        "legalAuthenticator": entry.legal_authenticators,
        "repositoryUniqueId": [names.REPOSITORY_UNIQUE_ID],
        "serviceStartTime": _one(entry.service_start),
        "serviceStopTime": _one(entry.service_stop),
        "size": [str(stored.size)],
        "sourcePatientId": _one(entry.source_patient_id),
        "sourcePatientInfo": entry.source_patient_info,
        "urn:ihe:iti:xds:2013:referenceIdList": entry.reference_ids,
    }
    for name in sorted(slots):
        if slots[name]:
            yield _slot(name, slots[name])


def _one(value: str) -> list[str]:
    return [value] if value else []


def _slot(name: str, values: list[str]) -> str:
    listed = "".join(f"<ns4:Value>{escape(value)}</ns4:Value>" for value in values)
    return f'<ns4:Slot name="{attribute(name)}"><ns4:ValueList>{listed}</ns4:ValueList></ns4:Slot>'


def _localized(text: str) -> str:
    return f'<ns4:LocalizedString charset="UTF8" value="{attribute(text)}" xml:lang="FR"/>' if text else ""


def _classifications(entry: DocumentEntry, owner: str, uuids: Iterator[str]) -> Iterator[str]:
    """In the order of the schemes' names: author, classCode, confidentialityCode …"""
    for author in entry.authors:
        yield _classification(names.DE_AUTHOR, owner, "", _author_slots(author), uuids)
    coded: tuple[tuple[str, list[Code | None]], ...] = (
        (names.DE_CLASS_CODE, [entry.class_code]),
        (names.DE_CONFIDENTIALITY, [*entry.confidentiality]),
        (names.DE_EVENT_CODE, [*entry.event_codes]),
        (names.DE_FORMAT_CODE, [entry.format_code]),
        (names.DE_FACILITY_TYPE, [entry.facility]),
        (names.DE_PRACTICE_SETTING, [entry.practice]),
        (names.DE_TYPE_CODE, [entry.type_code]),
    )
    for scheme, codes in coded:
        for code in codes:
            if code is not None:
                content = _slot("codingScheme", _one(code.scheme))
                content += f"<ns4:Name>{_localized(code.display)}</ns4:Name>"
                yield _classification(scheme, owner, code.code, content, uuids)


def _author_slots(author: Author) -> str:
    slots = {
        "authorInstitution": author.institutions,
        "authorPerson": _one(author.person),
        "authorRole": author.roles,
        "authorSpecialty": author.specialities,
    }
    return "".join(_slot(name, values) for name, values in slots.items() if values)


def _classification(scheme: str, owner: str, code: str, content: str, uuids: Iterator[str]) -> str:
    return (
        f'<ns4:Classification classificationScheme="{scheme}" classifiedObject="{attribute(owner)}" '
        f'id="{next(uuids)}" nodeRepresentation="{attribute(code)}" objectType="{_CLASSIFICATION}">'
        f"{content}</ns4:Classification>"
    )


def _external(scheme: str, name: str, value: str, stored: StoredEntry, uuids: Iterator[str]) -> str:
    return (
        f'<ns4:ExternalIdentifier id="{next(uuids)}" identificationScheme="{scheme}" objectType="{_EXTERNAL}" '
        f'registryObject="{attribute(stored.entry_uuid)}" value="{attribute(value)}">'
        f"<ns4:Name>{_localized(name)}</ns4:Name></ns4:ExternalIdentifier>"
    )


def _uuids(entry_uuid: str) -> Iterator[str]:
    """Ids of an entry's parts, the same at each answer: the entry's own with a growing first field."""
    try:
        base = UUID(entry_uuid).int
    except ValueError:
        base = 0
    for number in range(1, 1 << 16):
        yield f"urn:uuid:{UUID(int=(base + (number << 96)) % (1 << 128))}"
