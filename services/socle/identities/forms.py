"""The forms in which persons leave: files of many, texts of one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from socle.control.model import Person
from socle.identities import table
from socle.identities.cda import record_target
from socle.identities.fhir.names import StatusCodes
from socle.identities.fhir.writing import ENCODE, collection, lines, patient
from socle.identities.hl7 import pid
from socle.identities.table import Encoding

FHIR_JSON: Final = "application/fhir+json"
FHIR_NDJSON: Final = "application/fhir+ndjson"
_PIECE: Final = 64 * 1024


class Form(StrEnum):
    """A file of persons."""

    CSV = "csv"
    FHIR = "fhir"
    """A Bundle of Patients."""
    NDJSON = "ndjson"
    """A Patient a line."""


class Shape(StrEnum):
    """One person."""

    JSON = "json"
    FHIR = "fhir"
    CSV = "csv"
    HL7V2 = "hl7v2"
    CDA = "cda"


@dataclass(frozen=True, slots=True)
class Look:
    """How a CSV, and the status codes of FHIR, are written."""

    separator: str = ";"
    encoding: Encoding = Encoding.UTF8_BOM
    english: bool = False
    codes: StatusCodes = StatusCodes.IDENTITY_STATUS


MEDIA: Final[Mapping[Shape, str]] = {
    Shape.FHIR: FHIR_JSON,
    Shape.CSV: "text/csv; charset=utf-8",
    Shape.HL7V2: "x-application/hl7-v2+er7; charset=utf-8",
    Shape.CDA: "application/xml; charset=utf-8",
}


def media_type(form: Form, look: Look) -> str:
    """Of a file."""
    if form is Form.CSV:
        return f"text/csv; charset={look.encoding.value.removesuffix('-sig')}"
    return FHIR_JSON if form is Form.FHIR else FHIR_NDJSON


def rendered(persons: Iterable[Person], form: Form, look: Look) -> Iterator[bytes]:
    """The file, in pieces of some size."""
    pieces = {
        Form.CSV: lambda: table.write(persons, separator=look.separator, encoding=look.encoding, english=look.english),
        Form.FHIR: lambda: collection(persons, look.codes),
        Form.NDJSON: lambda: lines(persons, look.codes),
    }[form]()
    gathered = bytearray()
    for piece in pieces:
        gathered += piece
        if len(gathered) >= _PIECE:
            yield bytes(gathered)
            gathered.clear()
    yield bytes(gathered)


def shown(person: Person, shape: Shape, look: Look) -> bytes:
    """One person, to be copied."""
    makers: Mapping[Shape, Callable[[], bytes]] = {
        Shape.FHIR: lambda: ENCODE(patient(person, look.codes)),
        Shape.CSV: lambda: b"".join(table.write([person], encoding=Encoding.UTF8)),
        Shape.HL7V2: lambda: pid(person).encode() + b"\r",
        Shape.CDA: lambda: record_target(person).encode(),
    }
    return makers[shape]()
