"""The INS numbers a message carries: in its documents, in its metadata, in citizens' addresses (D11)."""

import re
from collections.abc import Iterator

from mss_sim.domain.message import CdaHeader, MailContent
from socle.identifiers.errors import InvalidIdentifier
from socle.identifiers.ins import INS_OIDS, OID_NIR, Ins

CITIZEN_DOMAIN = "patient.mssante.fr"
"""``<INS matricule, 15 digits>@patient.mssante.fr`` (domain/mssante.md §1.2)."""


def inses(header: CdaHeader) -> list[Ins]:
    """The patient identifiers of a document that are well-formed INS numbers, right key or not."""
    return [ins for item in header.patient_ids if (ins := parse_ins(item.extension, item.root)) is not None]


_ADDRESS = re.compile(rf"([0-9][0-9AB]{{14}})@(?:[\w-]+\.)?{re.escape(CITIZEN_DOMAIN)}", re.IGNORECASE)
"""With or without a workspace's label before the domain."""


def addressed(text: str) -> Iterator[Ins]:
    """The INS of every citizen's address in a text."""
    for local in _ADDRESS.findall(text):
        if (ins := parse_ins(local.upper(), OID_NIR)) is not None:
            yield ins


def without_addresses(text: str) -> str:
    """The text, with no INS left in a citizen's address."""
    return _ADDRESS.sub(f"…@{CITIZEN_DOMAIN}", text)


def all_inses(content: MailContent) -> Iterator[Ins]:
    """Every INS of a message: of addresses in its headers, of its texts, of its documents' headers and its metadata."""
    for _, value in content.root.headers:
        yield from addressed(value)
    yield from content.numbers
    for archive in content.archives:
        yield from archive.numbers
        if archive.metadata is not None and (ins := _from_cx(archive.metadata.patient_id)) is not None:
            yield ins
    for document in content.documents:
        if document.cda is not None:
            yield from inses(document.cda)
        for text in (document.entry.patient_id, document.entry.source_patient_id):
            if (ins := _from_cx(text)) is not None:
                yield ins


def citizen_ins(address: str) -> Ins | None:
    """The INS in a citizen's address; None when it is no citizen's address, or holds no INS.

    The address says no OID: it is taken for a NIR's, the case D11 is about.
    """
    local, _, domain = address.rpartition("@")
    return parse_ins(local.upper(), OID_NIR) if domain.lower() == CITIZEN_DOMAIN else None


def is_citizen(address: str) -> bool:
    """The address is in the citizens' domain, well formed or not."""
    return address.lower().endswith(f"@{CITIZEN_DOMAIN}")


def parse_ins(extension: str, root: str) -> Ins | None:
    """An INS, when root is one of its OIDs and extension has its shape."""
    if root not in INS_OIDS:
        return None
    try:
        return Ins.parse(extension, root)
    except InvalidIdentifier:
        return None


def _from_cx(text: str | None) -> Ins | None:
    """``279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH`` (HL7 v2 CX)."""
    fields = (text or "").split("^")
    if len(fields) < 4:
        return None
    authority = fields[3].split("&")
    return parse_ins(fields[0].strip(), authority[1].strip()) if len(authority) > 1 else None
