"""METADATA.XML of an XDM archive: ebRIM 3.0 to the model (IHE ITI TF-3 §4.2; domain/mssante.md §2)."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from mss_sim.domain.message import Metadata, MetadataEntry

_RIM: Final = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"
_REQUEST: Final = "SubmitObjectsRequest"
_TYPE_CODE: Final = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
_FORMAT_CODE: Final = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
_ENTRY_UNIQUE_ID: Final = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
_ENTRY_PATIENT: Final = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
_SET_UNIQUE_ID: Final = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"
_SET_SOURCE: Final = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"
_SET_PATIENT: Final = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
_SHA1_LENGTH: Final = 40


class NotMetadata(ValueError):
    """Well-formed XML, but no submission."""


def read_metadata(root: etree._Element) -> Metadata:
    """The submission set's identifiers and its document entries, in order. Raises ``NotMetadata``."""
    if etree.QName(root).localname != _REQUEST:
        raise NotMetadata(f"root element {etree.QName(root).localname}")
    replacing = {
        association.get("sourceObject")
        for association in root.iter(f"{_RIM}Association")
        if (association.get("associationType") or "").endswith(":RPLC")
    }
    package = next((item for item in root.iter(f"{_RIM}RegistryPackage") if _identifier(item, _SET_UNIQUE_ID)), None)
    entries = tuple(_entry(item, replacing) for item in root.iter(f"{_RIM}ExtrinsicObject"))
    if package is None:
        return Metadata(None, None, None, entries)
    return Metadata(
        _identifier(package, _SET_UNIQUE_ID),
        _identifier(package, _SET_SOURCE),
        _identifier(package, _SET_PATIENT),
        entries,
    )


def _entry(item: etree._Element, replacing: set[str | None]) -> MetadataEntry:
    slots = dict(_slots(item))
    size = (slots.get("size") or "").strip()
    sha1 = (slots.get("hash") or "").strip().lower()
    return MetadataEntry(
        uri=(slots.get("URI") or "").strip() or None,
        size=int(size) if size.isascii() and size.isdigit() and len(size) < 16 else None,
        sha1=sha1 if len(sha1) == _SHA1_LENGTH else sha1 or None,
        unique_id=_identifier(item, _ENTRY_UNIQUE_ID),
        type_code=_code(item, _TYPE_CODE),
        format_code=_code(item, _FORMAT_CODE),
        mime_type=item.get("mimeType"),
        patient_id=_identifier(item, _ENTRY_PATIENT),
        source_patient_id=slots.get("sourcePatientId"),
        replaces=item.get("id") in replacing,
    )


def _slots(item: etree._Element) -> Iterator[tuple[str, str]]:
    for slot in item.iterchildren(f"{_RIM}Slot"):
        name = slot.get("name")
        if name:
            # URI may be cut in several values (IHE ITI TF-3 §4.2.3.2.27: "1|…", "2|…")
            values = [value.text or "" for value in slot.iter(f"{_RIM}Value")]
            yield name, _joined(values) if name == "URI" else (values[0] if values else "")


def _joined(values: list[str]) -> str:
    if len(values) < 2:
        return values[0] if values else ""
    numbered = sorted(value.partition("|")[::2] for value in values)
    return "".join(text for _, text in numbered)


def _identifier(item: etree._Element, scheme: str) -> str | None:
    for identifier in item.iterchildren(f"{_RIM}ExternalIdentifier"):
        if identifier.get("identificationScheme") == scheme:
            return (identifier.get("value") or "").strip() or None
    return None


def _code(item: etree._Element, scheme: str) -> str | None:
    for classification in item.iterchildren(f"{_RIM}Classification"):
        if classification.get("classificationScheme") == scheme:
            return (classification.get("nodeRepresentation") or "").strip() or None
    return None
