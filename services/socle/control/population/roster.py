"""The persons of one set, by id, by number and by birth: few in dictionaries, many over sorted arrays."""

from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Final

from socle.control.model import InsNumber, Person
from socle.control.population.packed import FEW, PackedPersons

_PLACE_BITS: Final = 24
_MOST: Final = 1 << _PLACE_BITS
"""Persons of one set: beyond this their places do not fit beside a hash of 40 bits."""
_HASH_BITS: Final = 64 - _PLACE_BITS


def roster(persons: Sequence[Person]) -> "Roster":
    """In the form that suits their number."""
    if isinstance(persons, PackedPersons) or len(persons) > FEW:
        return LargeRoster(persons if isinstance(persons, PackedPersons) else PackedPersons(persons))
    return SmallRoster(persons)


class Roster(ABC):
    """Of two persons with the same number the one who has it now is found; of two who do, or with the same id, the
    later one."""

    def __init__(self, persons: Sequence[Person]) -> None:
        self.persons = persons

    @abstractmethod
    def named(self, person_id: str) -> Person | None:
        """By the population's own id."""

    @abstractmethod
    def numbered(self, matricule: str) -> Person | None:
        """By a number of 13 characters, present or past."""

    @abstractmethod
    def born(self, birth_name: str, sex: str, birth_date: date) -> Sequence[Person]:
        """All with exactly these, in their order."""

    def __contains__(self, person_id: object) -> bool:
        return isinstance(person_id, str) and self.named(person_id) is not None

    def __iter__(self) -> Iterator[Person]:
        return iter(self.persons)

    def __len__(self) -> int:
        return len(self.persons)


class SmallRoster(Roster):
    """Dictionaries."""

    def __init__(self, persons: Sequence[Person]) -> None:
        super().__init__(persons)
        self._by_id = {person.id: person for person in persons}
        former = {number.matricule: person for person in persons for number in person.history}
        self._by_matricule = former | {one.ins.matricule: one for one in persons if one.ins is not None}
        self._by_birth: dict[tuple[str, str, date], list[Person]] = {}
        for person in persons:
            self._by_birth.setdefault((person.birth_name, person.sex, person.birth_date), []).append(person)

    def named(self, person_id: str) -> Person | None:
        return self._by_id.get(person_id)

    def numbered(self, matricule: str) -> Person | None:
        return self._by_matricule.get(matricule)

    def born(self, birth_name: str, sex: str, birth_date: date) -> Sequence[Person]:
        return self._by_birth.get((birth_name, sex, birth_date), ())

    def __contains__(self, person_id: object) -> bool:
        return person_id in self._by_id

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_id.values())


class LargeRoster(Roster):
    """Places in :class:`PackedPersons`, each index an array of eight bytes a person, sorted by a hash."""

    def __init__(self, persons: PackedPersons) -> None:
        super().__init__(persons)
        if len(persons) > _MOST:
            raise ValueError(f"a population holds at most {_MOST} persons")
        ids, matricules, births = [], [], []
        for place, person in enumerate(persons):
            ids.append(_entry(person.id, place))
            births.append(_entry((person.birth_name, person.sex, person.birth_date), place))
            matricules += [_entry(number.matricule, place) for number in _numbers(person)]
        self._ids, self._matricules, self._births = map(_sorted, (ids, matricules, births))

    def named(self, person_id: str) -> Person | None:
        return next((one for one in reversed(self._at(self._ids, person_id)) if one.id == person_id), None)

    def numbered(self, matricule: str) -> Person | None:
        found = self._at(self._matricules, matricule)[::-1]
        present = (one for one in found if one.ins is not None and one.ins.matricule == matricule)
        former = (one for one in found if any(number.matricule == matricule for number in one.history))
        return next(chain(present, former), None)

    def born(self, birth_name: str, sex: str, birth_date: date) -> Sequence[Person]:
        key = (birth_name, sex, birth_date)
        return [one for one in self._at(self._births, key) if (one.birth_name, one.sex, one.birth_date) == key]

    def _at(self, index: "array[int]", key: object) -> list[Person]:
        """Who stands under the hash of ``key``, in their order: nearly always those who are meant."""
        first = _entry(key, 0)
        at, found = bisect_left(index, first), []
        while at < len(index) and index[at] - first < _MOST:
            found.append(self.persons[index[at] & _MOST - 1])
            at += 1
        return found


def _entry(key: object, place: int) -> int:
    return (hash(key) & (1 << _HASH_BITS) - 1) << _PLACE_BITS | place


def _sorted(entries: list[int]) -> "array[int]":
    entries.sort()
    return array("Q", entries)


def _numbers(person: Person) -> Iterable[InsNumber]:
    return person.history if person.ins is None else (*person.history, person.ins)
