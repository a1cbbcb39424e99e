"""One FHIR Patient to a person: by the French core profile, both versions of its status codes, and what is near it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

from socle.control.model import InsNumber, Person
from socle.identities.alphabet import transliterated
from socle.identities.checking import Draft, id_of
from socle.identities.columns import read_date, read_number
from socle.identities.fhir.names import (
    BIRTH_LIST,
    BIRTH_PLACE,
    INSEE_CODE,
    OID_SYSTEM,
    RELIABILITY,
    SLICES,
    STATUS_SYSTEMS,
    STATUSES,
    SUSPECT,
    TYPES,
)
from socle.identities.problem import Problem

_SEXES: Final = {"male": "M", "female": "F"}
_ELEMENTS: Final = {"birth_date": "birthDate", "birth_place": "extension"}


class PatientReader:
    """Reads one resource; ``problems`` refuse it, ``remarks`` do not."""

    def __init__(self, resource: dict[str, Any], where: str, *, transliterate: bool) -> None:
        self._resource = resource
        self._where = where
        self._transliterate = transliterate
        self._places: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []

    def draft(self) -> Draft | None:
        """None: something is wrong."""
        family, given = self._names()
        sex, born, place = self._sex(), self._birth_date(), self._birth_place()
        present, former = self._numbers()
        self._reliability(present is not None)
        if self.problems or not family or not given or sex is None or born is None:
            return None
        person = Person(
            id=self._id(),
            birth_name=family,
            given_names=given,
            sex=sex,
            birth_date=born,
            birth_place=place,
            ins=present,
            history=former,
            known_to_insi=present is not None,
            dmp="open" if present else "none",
            citizen_mailbox="open" if present else "none",
        )
        return Draft(person if person.id else replace(person, id=id_of(person)), self._at)

    def _at(self, member: str) -> str:
        return self._places.get(member) or f"{self._where}.{_ELEMENTS.get(member, member)}"

    def _id(self) -> str:
        """The resource's own, if it has one; the checks tell an unusable one."""
        found = self._resource.get("id", "")
        return found[:80] if isinstance(found, str) else "?"

    def _names(self) -> tuple[str, tuple[str, ...]]:
        names = [one for one in self._list("name") if isinstance(one, dict)]
        official = [one for one in names if one.get("use") == "official"] or (names if len(names) == 1 else [])
        if len(official) != 1:
            self._tell("name", "name.official", "Un nom official, et un seul.", "Exactly one official name.")
            return "", ()
        name = official[0]
        where = f"{self._where}.name[{names.index(name)}]"
        self._places |= {"birth_name": f"{where}.family", "given_names": f"{where}.given"}
        family, given = name.get("family"), name.get("given")
        told = [one for one in _extensions(name, BIRTH_LIST) if isinstance(one.get("valueString"), str)]
        if not isinstance(family, str) or not family.strip():
            self._tell("name", "value.missing", "Nom de naissance (family) absent.", "The family name is missing.")
            return "", ()
        if not isinstance(given, list) or not given or not all(isinstance(one, str) and one.strip() for one in given):
            self._tell("name", "value.missing", "Prénom (given) absent.", "The first name (given) is missing.")
            return "", ()
        first = self._spelt(" ".join(given)).split()
        every = self._spelt(told[0]["valueString"]).split() if told else first
        if every[: len(first)] != first:
            fr = "Le prénom (given) n'est pas le premier de la liste (birth-list-given-name)."
            self._tell("name", "name.first", fr, "given is not the beginning of birth-list-given-name.")
        return self._spelt(family), tuple(every)

    def _spelt(self, text: str) -> str:
        return transliterated(text) if self._transliterate else text.strip()

    def _sex(self) -> str | None:
        found = self._resource.get("gender")
        sex = _SEXES.get(found) if isinstance(found, str) else None
        if sex is None:
            fr = "gender : male ou female (INSi ne délivre que M et F)."
            self._tell("gender", "value.form", fr, "gender must be male or female: INSi knows M and F only.")
        return sex

    def _birth_date(self) -> date | None:
        found = self._resource.get("birthDate")
        try:
            if isinstance(found, str) and "/" not in found:
                return read_date(found)
        except ValueError:
            pass
        fr = "birthDate : AAAA-MM-JJ entière (RNIV : une date incomplète se complète avant)."
        self._tell("birthDate", "value.form", fr, "birthDate must be a whole date, YYYY-MM-DD.")
        return None

    def _birth_place(self) -> str | None:
        for extension in _extensions(self._resource, BIRTH_PLACE):
            address = extension.get("valueAddress")
            for inner in _extensions(address, INSEE_CODE) if isinstance(address, dict) else ():
                coding = inner.get("valueCoding")
                code = coding.get("code") if isinstance(coding, dict) else None
                if isinstance(code, str) and code.strip():
                    return code.strip().upper()
            fr = "Lieu de naissance sans code INSEE (fr-core-address-insee-code)."
            self._tell("extension", "birth-place.form", fr, "The birth place has no INSEE code.")
        return None

    def _numbers(self) -> tuple[InsNumber | None, tuple[InsNumber, ...]]:
        present: list[InsNumber] = []
        former: list[InsNumber] = []
        for position, one in enumerate(self._list("identifier")):
            if not isinstance(one, dict):
                continue
            kind = SLICES.get(str(one.get("system", "")).removeprefix(OID_SYSTEM))
            if kind is None:
                continue  # IPP, NDP, INS-C …
            where = f"identifier[{position}]"
            types = {code for code in _codes(one.get("type"), TYPES) if code.startswith("INS-")}
            if types - {kind.type}:
                self._tell(
                    where,
                    "ins.type",
                    f"Type {', '.join(sorted(types))[:60]} sous le système de {kind.type}.",
                    f"The type does not go with the system: {kind.type} is expected.",
                )
            number = self._number(one, kind.oid, where)
            if number is not None:
                old = one.get("use") == "old"
                (former if old else present).append(number)
                self._places.setdefault("history" if old else "ins", f"{self._where}.{where}")
        if len(present) > 1:
            fr = "Plusieurs matricules actifs : les anciens portent use = old."
            self._tell("identifier", "ins.several", fr, "Several present numbers: former ones have use = old.")
        return (present[0] if present else None), tuple(former)

    def _number(self, identifier: dict[str, Any], oid: str, where: str) -> InsNumber | None:
        period = identifier.get("period")
        days = period if isinstance(period, dict) else {}
        try:
            read = read_number(str(identifier.get("value", "")), oid=oid)
            since, until = (read_date(str(days[name])[:10]) if name in days else None for name in ("start", "end"))
        except ValueError:
            fr = "Matricule de 15 caractères (ou 13 sans clé) et dates entières attendus."
            self._tell(where, "ins.form", fr, "15 characters (13 without key) and whole dates are expected.")
            return None
        return InsNumber(read.matricule, read.key, oid, since, until)

    def _reliability(self, numbered: bool) -> None:
        for extension in _extensions(self._resource, RELIABILITY):
            status = ""
            for inner in _extensions(extension, "identityStatus"):
                coding = inner.get("valueCoding")
                said = coding if isinstance(coding, dict) else {}
                status = str(said.get("code", ""))
                if said.get("system") not in (None, *STATUS_SYSTEMS) or status not in STATUSES:
                    fr = "Statut inconnu : PROV, VALI, RECUP ou QUAL, de fr-core-cs-identity-status ou v2-0445."
                    self._tell("extension", "status.unknown", fr, "Unknown identity status.")
            concepts = [inner.get("valueCodeableConcept") for inner in _extensions(extension, "comment")]
            comments = {code for concept in concepts for code in _codes(concept)}
            if comments & SUSPECT and status not in ("", "PROV"):
                fr = "Une identité douteuse ou fictive (DOUT, FICT) a le statut PROV (RNIV EXI SI 09)."
                self._tell("extension", "status.suspect", fr, "DOUT and FICT go with status PROV only.")
            if status == "PROV" and numbered:
                fr = "Statut PROV avec un INS, qui ne se transmet qu'une fois l'identité qualifiée (EXI ID 29)."
                en = "Status PROV beside an INS, which travels with qualified identities only."
                self.remarks.append(Problem(f"{self._where}.extension", "status.provisional", fr, en))

    def _list(self, name: str) -> list[Any]:
        found = self._resource.get(name, [])
        if isinstance(found, list):
            return found
        self._tell(name, "value.form", "Une liste est attendue.", "A list is expected.")
        return []

    def _tell(self, member: str, code: str, fr: str, en: str) -> None:
        self.problems.append(Problem(f"{self._where}.{member}", code, fr, en))


def _extensions(element: dict[str, Any], url: str) -> Iterator[dict[str, Any]]:
    found = element.get("extension", [])
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict) and one.get("url") == url:
            yield one


def _codes(concept: object, system: str | None = None) -> Iterator[str]:
    codings = concept.get("coding", []) if isinstance(concept, dict) else []
    for one in codings if isinstance(codings, list) else []:
        if isinstance(one, dict) and system in (None, one.get("system")) and isinstance(one.get("code"), str):
            yield one["code"]
