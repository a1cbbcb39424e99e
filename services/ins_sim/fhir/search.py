"""The search of Patients: parameters of FHIR R4 to what a person must satisfy. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from ins_sim.fhir import rules
from socle.control.model import InsNumber, Person
from socle.control.port import Population
from socle.identities.alphabet import transliterated
from socle.identities.fhir.names import OID_SYSTEM
from socle.identities.fhir.writing import GENDERS, value_of
from socle.rules import Finding

MOST: Final = 200
USUAL: Final = 50
QUIET: Final = frozenset({"_format", "_pretty", "_total"})
"""Taken and without effect on who is found."""
_DATE: Final = re.compile(r"(eq|ne|lt|le|gt|ge)?(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)
Test = Callable[[Person], bool]
_FITS: Final[dict[str, Callable[[str, str], bool]]] = {
    "": lambda name, wanted: name.startswith(wanted),
    "exact": lambda name, wanted: name == wanted,
    "contains": lambda name, wanted: wanted in name,
}


@dataclass(slots=True)
class Search:
    """A parsed query. ``heard``: the pairs that count, in order, for the self link."""

    tests: list[Test] = field(default_factory=list)
    ids: tuple[str, ...] | None = None
    """``_id``, when it is asked."""
    numbers: tuple[tuple[str, str], ...] | None = None
    """``identifier`` as (system, value), when each has a value: then nobody else need be looked at."""
    count: int = USUAL
    offset: int = 0
    heard: list[tuple[str, str]] = field(default_factory=list)
    refused: list[Finding] = field(default_factory=list)
    ignored: list[Finding] = field(default_factory=list)

    def find(self, population: Population) -> list[Person]:
        """All who satisfy it, in the order of the population."""
        return [person for person in self._candidates(population) if all(test(person) for test in self.tests)]

    def _candidates(self, population: Population) -> Iterable[Person]:
        if self.ids is not None:
            found = [population.person(one) for one in self.ids]
        elif self.numbers is not None:
            found = [population.person_by_ins(value.upper()) for _, value in self.numbers]
        else:
            return population.persons
        return {person.id: person for person in found if person is not None}.values()


def parse(pairs: Sequence[tuple[str, str]]) -> Search:
    """What each parameter means; ``refused`` are values FHIR does not know, ``ignored`` unknown parameters."""
    search = Search()
    for name, value in pairs:
        base, _, modifier = name.partition(":")
        reader = _READERS.get(base)
        if reader is None:
            if base not in QUIET:
                search.ignored.append(rules.IGNORED.finding(where=name[:80], found=name[:80]))
            continue
        try:
            reader(search, value, modifier)
        except ValueError as error:
            search.refused.append(rules.VALUE.finding(where=name[:80], expected=str(error), found=value[:80]))
        else:
            search.heard.append((name, value))
    return search


def page_of(search: Search, offset: int) -> list[tuple[str, str]]:
    """The query of a page."""
    pairs = [(name, value) for name, value in search.heard if name not in ("_count", "_offset")]
    return [*pairs, ("_count", str(search.count)), *([("_offset", str(offset))] if offset else [])]


def _identifier(search: Search, value: str, modifier: str) -> None:
    _no(modifier)
    wanted = [_token(one) for one in value.split(",")]
    if all(number for _, number in wanted):
        search.numbers = tuple((system or "", number) for system, number in wanted)

    def test(person: Person) -> bool:
        return any(_matches(number, *token) for number in _numbers(person) for token in wanted)

    search.tests.append(test)


def _token(text: str) -> tuple[str | None, str]:
    """``system|value``; None: any system; '' before the bar: without a system, as no INS is."""
    system, bar, value = text.partition("|")
    if not bar:
        system, value = "", system
    if not value and not system:
        raise ValueError("urn:oid:1.2.250.1.213.1.4.10|279035121518989")
    return (system if bar else None), value


def _matches(number: InsNumber, system: str | None, value: str) -> bool:
    return system in (None, f"{OID_SYSTEM}{number.oid}") and value.upper() in ("", value_of(number))


def _numbers(person: Person) -> Iterable[InsNumber]:
    if person.ins is None or not person.known_to_insi:
        return ()
    return (person.ins, *person.history)


def _id(search: Search, value: str, modifier: str) -> None:
    _no(modifier)
    ids = tuple(value.split(","))
    search.ids = ids if search.ids is None else tuple(one for one in search.ids if one in ids)


def _string(names: Callable[[Person], Iterable[str]]) -> Callable[[Search, str, str], None]:
    """By the beginning, whatever case and accents; ``:exact`` and ``:contains``."""

    def read(search: Search, value: str, modifier: str) -> None:
        exact = modifier == "exact"
        wanted = [one if exact else transliterated(one) for one in value.split(",")]
        if not all(wanted) or modifier not in _FITS:
            raise ValueError("texte, :exact, :contains")
        fits = _FITS[modifier]
        search.tests.append(lambda person: any(fits(name, one) for name in names(person) for one in wanted))

    return read


def _gender(search: Search, value: str, modifier: str) -> None:
    _no(modifier)
    wanted = {one.rpartition("|")[2] for one in value.split(",")}
    if not wanted <= {"male", "female", "other", "unknown"}:
        raise ValueError("male, female, other, unknown")
    search.tests.append(lambda person: GENDERS[person.sex] in wanted)


def _birthdate(search: Search, value: str, modifier: str) -> None:
    _no(modifier)
    spans = [_span(one) for one in value.split(",")]
    search.tests.append(lambda person: any(_within(person.birth_date, *span) for span in spans))


def _span(text: str) -> tuple[str, date, date]:
    """(comparison, first day, day after the last one)."""
    found = _DATE.fullmatch(text)
    expected = "AAAA, AAAA-MM ou AAAA-MM-JJ, après eq, ne, lt, le, gt ou ge"
    if found is None:
        raise ValueError(expected)
    year, month, day = int(found[2]), int(found[3] or 1), int(found[4] or 1)
    try:
        start = date(year, month, day)
        if found[4]:
            end = start + timedelta(days=1)
        else:
            end = date(year + (month == 12), month % 12 + 1, 1) if found[3] else date(year + 1, 1, 1)
    except (ValueError, OverflowError):
        raise ValueError(expected) from None
    return found[1] or "eq", start, end


def _within(day: date, comparison: str, start: date, end: date) -> bool:
    return {
        "eq": start <= day < end,
        "ne": not start <= day < end,
        "lt": day < start,
        "le": day < end,
        "gt": day >= end,
        "ge": day >= start,
    }[comparison]


def _count(search: Search, value: str, modifier: str) -> None:
    _no(modifier)
    search.count = min(_whole(value), MOST)


def _offset(search: Search, value: str, modifier: str) -> None:
    _no(modifier)
    search.offset = _whole(value)


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ValueError("0, 1, 2 …")
    return int(text)


def _no(modifier: str) -> None:
    if modifier:
        raise ValueError("sans modificateur")


_READERS: Final[dict[str, Callable[[Search, str, str], None]]] = {
    "identifier": _identifier,
    "family": _string(lambda person: (person.birth_name,)),
    "given": _string(lambda person: person.given_names),
    "name": _string(lambda person: (person.birth_name, *person.given_names)),
    "birthdate": _birthdate,
    "gender": _gender,
    "_id": _id,
    "_count": _count,
    "_offset": _offset,
}
