"""ebRIM → models: RegistryPackage, ExtrinsicObject, Association, in one pass and whatever the prefixes."""

from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from dmp_sim.domain import names
from dmp_sim.domain.model import Association, Author, Code, Deposit, DocumentEntry, SubmissionSet
from dmp_sim.wire.lines import line_of
from socle.soap.text import text_of

R = f"{{{names.RIM}}}"
_SLOT, _NAME, _DESCRIPTION = f"{R}Slot", f"{R}Name", f"{R}Description"
_CLASSIFICATION, _EXTERNAL = f"{R}Classification", f"{R}ExternalIdentifier"

_ENTRY_SLOTS = {
    "creationTime": "creation_time",
    "serviceStartTime": "service_start",
    "serviceStopTime": "service_stop",
    "languageCode": "language",
    "sourcePatientId": "source_patient_id",
    "hash": "hash",
    "size": "size",
    "URI": "uri",
}
_ENTRY_LISTS = {
    "legalAuthenticator": "legal_authenticators",
    "sourcePatientInfo": "source_patient_info",
    "urn:ihe:iti:xds:2013:referenceIdList": "reference_ids",
}
_AUTHOR_LISTS = {"authorInstitution": "institutions", "authorRole": "roles", "authorSpecialty": "specialities"}
_ENTRY_CODES = {
    names.DE_CLASS_CODE: "class_code",
    names.DE_TYPE_CODE: "type_code",
    names.DE_FORMAT_CODE: "format_code",
    names.DE_FACILITY_TYPE: "facility",
    names.DE_PRACTICE_SETTING: "practice",
}
_ENTRY_CODE_LISTS = {names.DE_CONFIDENTIALITY: "confidentiality", names.DE_EVENT_CODE: "event_codes"}
_LOT_IDS = {names.SS_PATIENT_ID: "patient_id", names.SS_SOURCE_ID: "source_id", names.SS_UNIQUE_ID: "unique_id"}
_ENTRY_IDS = {names.DE_PATIENT_ID: "patient_id", names.DE_UNIQUE_ID: "unique_id"}
_GIVEN_BY_THE_SERVICE = frozenset({"repositoryUniqueId"})
"""Slots that the repository writes itself: a sender's value has no effect."""


def read_objects(registry_object_list: etree._Element, deposit: Deposit) -> None:
    """Read the objects of a RegistryObjectList into ``deposit``; ObjectRef and unknown objects are passed over."""
    classified: set[str] = set()
    for element in registry_object_list:
        reader = _OBJECTS.get(element.tag)
        if reader is not None:
            reader(element, deposit)
        elif element.tag == _CLASSIFICATION and element.get("classificationNode") == names.SUBMISSION_SET_NODE:
            classified.add(element.get("classifiedObject", ""))
    for lot in deposit.submission_sets:
        lot.classified = lot.classified or lot.id in classified


def _registry_package(element: etree._Element, deposit: Deposit) -> None:
    lot = SubmissionSet(element.get("id", ""), line=line_of(element))
    for child in element:
        tag = child.tag
        if tag == _SLOT:
            if child.get("name") == "submissionTime":
                lot.submission_time = _value(child) or lot.submission_time
        elif tag == _NAME:
            lot.title = _localized(child)
        elif tag == _DESCRIPTION:
            lot.comments = _localized(child)
        elif tag == _CLASSIFICATION:
            scheme = child.get("classificationScheme")
            if scheme == names.SS_AUTHOR:
                lot.authors.append(_author(child))
            elif scheme == names.SS_CONTENT_TYPE:
                lot.content_type = _code(child)
            elif child.get("classificationNode") == names.SUBMISSION_SET_NODE:
                lot.classified = True
        elif tag == _EXTERNAL and (attribute := _LOT_IDS.get(child.get("identificationScheme", ""))):
            setattr(lot, attribute, child.get("value", ""))
    deposit.submission_sets.append(lot)


def _extrinsic_object(element: etree._Element, deposit: Deposit) -> None:
    deposit.entries.append(read_entry(element))


def read_entry(element: etree._Element) -> DocumentEntry:
    """One ExtrinsicObject."""
    entry = DocumentEntry(
        element.get("id", ""), element.get("objectType", ""), element.get("mimeType", ""), line=line_of(element)
    )
    classified = False
    for child in element:
        tag = child.tag
        if tag == _SLOT:
            _entry_slot(child, entry, classified)
        elif tag == _CLASSIFICATION:
            classified = True
            _entry_classification(child, entry)
        elif tag == _EXTERNAL:
            if attribute := _ENTRY_IDS.get(child.get("identificationScheme", "")):
                setattr(entry, attribute, child.get("value", ""))
        elif tag == _NAME:
            entry.title = _localized(child)
        elif tag == _DESCRIPTION:
            entry.comments = _localized(child)
    return entry


def _entry_slot(element: etree._Element, entry: DocumentEntry, late: bool) -> None:
    name = element.get("name", "")
    if late:
        entry.late_slots.append(name)
    if attribute := _ENTRY_SLOTS.get(name):
        if value := _value(element):
            setattr(entry, attribute, value)
    elif name not in _GIVEN_BY_THE_SERVICE and (values := _values(element)):
        if attribute := _ENTRY_LISTS.get(name):
            setattr(entry, attribute, values)
        else:
            entry.extra_slots[name] = values


def _entry_classification(element: etree._Element, entry: DocumentEntry) -> None:
    scheme = element.get("classificationScheme", "")
    if scheme == names.DE_AUTHOR:
        entry.authors.append(_author(element))
    elif attribute := _ENTRY_CODES.get(scheme):
        setattr(entry, attribute, _code(element))
    elif attribute := _ENTRY_CODE_LISTS.get(scheme):
        getattr(entry, attribute).append(_code(element))


def _association(element: etree._Element, deposit: Deposit) -> None:
    status = ""
    for child in element:
        if child.tag == _SLOT and child.get("name") == "SubmissionSetStatus":
            status = _value(child) or status
    get = element.get
    deposit.associations.append(
        Association(
            get("id", ""),
            get("associationType", ""),
            get("sourceObject", ""),
            get("targetObject", ""),
            status,
            line_of(element),
        )
    )


def _values(slot: etree._Element) -> list[str]:
    """The values of a Slot that are not blank."""
    values: list[str] = []
    for value_list in slot:
        for value in value_list:
            # a comment's text is no value; its tag is no string
            if value.tag.__class__ is str and (text := text_of(value)):
                values.append(text)
    return values


def _value(slot: etree._Element) -> str:
    """The first of them; empty when there is none."""
    for value_list in slot:
        for value in value_list:
            if value.tag.__class__ is str and (text := text_of(value)):
                return text
    return ""


def _localized(element: etree._Element) -> str:
    for child in element:
        value = child.get("value")
        if value is not None:
            return value.strip()
    return ""


def _code(element: etree._Element) -> Code:
    scheme = display = ""
    for child in element:
        tag = child.tag
        if tag == _SLOT:
            if child.get("name") == "codingScheme":
                scheme = _value(child) or scheme
        elif tag == _NAME:
            display = _localized(child)
    return Code(element.get("nodeRepresentation", ""), scheme, display)


def _author(element: etree._Element) -> Author:
    author = Author()
    for child in element:
        if child.tag != _SLOT:
            continue
        name = child.get("name", "")
        if name == "authorPerson":
            author.person = _value(child) or author.person
        elif attribute := _AUTHOR_LISTS.get(name):
            setattr(author, attribute, _values(child))
    return author


_OBJECTS: Mapping[Any, Callable[[etree._Element, Deposit], None]] = {
    f"{R}RegistryPackage": _registry_package,
    f"{R}ExtrinsicObject": _extrinsic_object,
    f"{R}Association": _association,
}
