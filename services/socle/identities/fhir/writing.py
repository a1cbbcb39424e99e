"""A person as a FHIR Patient, and several as a Bundle."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from socle.control.model import InsNumber, Person
from socle.identifiers.ins import ins_key
from socle.identities.fhir.names import (
    BIRTH_LIST,
    BIRTH_PLACE,
    COMMUNES,
    COUNTRIES,
    INSEE_CODE,
    OID_SYSTEM,
    PROFILE,
    PROFILE_INS,
    RELIABILITY,
    SLICES,
    TAG_SYSTEM,
    TYPES,
    StatusCodes,
)

Resource = dict[str, Any]
ENCODE = msgspec.json.Encoder().encode
GENDERS: Mapping[str, str] = {"M": "male", "F": "female"}
_TAG = {"system": TAG_SYSTEM, "code": "fictitious", "display": "Personne fictive, bac à sable"}


def patient(person: Person, codes: StatusCodes = StatusCodes.IDENTITY_STATUS) -> Resource:
    """By ``fr-core-patient-ins`` when INSi knows the person; else by ``fr-core-patient``, with status PROV."""
    numbered = person.ins is not None and person.known_to_insi
    extensions: list[Resource] = [_reliability(codes, qualified=numbered)]
    if person.birth_place is not None:
        extensions.insert(0, _birth_place(person.birth_place))
    found: Resource = {
        "resourceType": "Patient",
        "id": person.id,
        "meta": {
            "profile": [PROFILE_INS if numbered and person.birth_place is not None else PROFILE],
            "tag": [_TAG],
        },
        "extension": extensions,
    }
    if numbered:
        found["identifier"] = list(_identifiers(person))
    found["name"] = [
        {
            "extension": [{"url": BIRTH_LIST, "valueString": " ".join(person.given_names)}],
            "use": "official",
            "family": person.birth_name,
            "given": [person.given_names[0]],
        }
    ]
    return found | {"gender": GENDERS[person.sex], "birthDate": person.birth_date.isoformat()}


def collection(persons: Iterable[Person], codes: StatusCodes) -> Iterator[bytes]:
    """A Bundle of type ``collection``, patient by patient."""
    yield b'{"resourceType":"Bundle","type":"collection","entry":['
    for number, person in enumerate(persons):
        yield (b"," if number else b"") + ENCODE({"resource": patient(person, codes)})
    yield b"]}"


def lines(persons: Iterable[Person], codes: StatusCodes) -> Iterator[bytes]:
    """NDJSON: a Patient a line."""
    for person in persons:
        yield ENCODE(patient(person, codes)) + b"\n"


def value_of(number: InsNumber) -> str:
    """15 characters; a key that is not known is worked out."""
    return number.matricule + (number.key or ins_key(number.matricule))


def _identifiers(person: Person) -> Iterator[Resource]:
    assert person.ins is not None
    present = SLICES.get(person.ins.oid)
    yield _identifier(person.ins, present.use if present is not None else "official")
    for number in person.history:
        yield _identifier(number, "old")


def _identifier(number: InsNumber, use: str) -> Resource:
    kind = SLICES.get(number.oid)  # the population's JSON takes any OID, to see what software makes of it
    found: Resource = {"use": use, "system": OID_SYSTEM + number.oid, "value": value_of(number)}
    if kind is not None:
        found["type"] = {"coding": [{"system": TYPES, "code": kind.type}]}
    days = (("start", number.valid_from), ("end", number.valid_to))
    period = {name: day.isoformat() for name, day in days if day is not None}
    # the live history of ECETINSI ends before it begins: FHIR (per-1) has no word for that
    if period and (number.valid_from is None or number.valid_to is None or number.valid_from <= number.valid_to):
        found["period"] = period
    return found


def _birth_place(place: str) -> Resource:
    system = COUNTRIES if place.startswith("99") else COMMUNES
    coding = {"system": system, "code": place}
    return {"url": BIRTH_PLACE, "valueAddress": {"extension": [{"url": INSEE_CODE, "valueCoding": coding}]}}


def _reliability(codes: StatusCodes, *, qualified: bool) -> Resource:
    coding = {"system": codes.system, "code": codes.qualified if qualified else "PROV"}
    return {"url": RELIABILITY, "extension": [{"url": "identityStatus", "valueCoding": coding}]}
