"""A person as a PID segment of HL7 v2.5, as French patient feeds write it (IHE PAM France; domain/insi.md §4)."""

from collections.abc import Iterator
from datetime import date

from socle.control.model import InsNumber, Person
from socle.identifiers.ins import OID_NIA
from socle.identities.fhir.writing import value_of

_FIELDS = 33
_ESCAPES = str.maketrans({"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"})


def pid(person: Person) -> str:
    """One segment, without its line end. PID-32 is ``VALI`` beside an INS, else ``PROV``."""
    numbered = person.ins is not None and person.known_to_insi
    fields = [""] * _FIELDS
    fields[0], fields[1] = "PID", "1"
    fields[3] = "~".join(_identifiers(person)) if numbered else ""
    names = (person.birth_name, person.given_names[0], " ".join(person.given_names), "", "", "", "L")
    fields[5] = "^".join(name.translate(_ESCAPES) for name in names)
    fields[7] = _day(person.birth_date)
    fields[8] = person.sex
    fields[11] = f"^^^^^^BDL^^{person.birth_place}" if person.birth_place else ""
    fields[32] = "VALI" if numbered else "PROV"
    return "|".join(fields)


def _identifiers(person: Person) -> Iterator[str]:
    """CX: the present number, then the former ones with the day they ended."""
    for number in (person.ins, *person.history):
        if number is not None:
            yield _identifier(number)


def _identifier(number: InsNumber) -> str:
    kind = "NIA" if number.oid == OID_NIA else "NIR"
    dates = f"^^{_day(number.valid_from)}^{_day(number.valid_to)}"
    return f"{value_of(number)}^^^ASIP-SANTE-INS-{kind}&{number.oid.translate(_ESCAPES)}&ISO^INS{dates}".rstrip("^")


def _day(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day is not None else ""
