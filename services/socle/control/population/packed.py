"""Many persons in little memory: a million in some 80 MB, where as many value objects take a gigabyte.

Each is some sixty bytes of MessagePack, its names and other recurring words as numbers; it becomes a value object when
it is asked for. The garbage collector has nothing to walk through.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, islice, pairwise
from typing import Final, NamedTuple, overload

import msgspec

from socle.control.model import InsNumber, Person

FEW: Final = 20_000
"""Up to here value objects are held as they are: looked up faster."""
_ENCODE = msgspec.msgpack.Encoder().encode


class _Number(NamedTuple):
    """An ``InsNumber``: words and dates as numbers, 0 for a date that is open."""

    matricule: str
    key: str | None
    oid: int
    valid_from: int
    valid_to: int


class _Packed(NamedTuple):
    """A ``Person`` likewise."""

    id: str
    birth_name: int
    given_names: tuple[int, ...]
    sex: int
    birth_date: int
    birth_place: int
    history: tuple[_Number, ...]
    known_to_insi: bool
    outcome: int
    dmp: int
    citizen_mailbox: int
    note: int
    ins: _Number | None


_DECODE = msgspec.msgpack.Decoder(_Packed).decode


def held(persons: Iterable[Person]) -> Sequence[Person]:
    """A tuple of few, the packed form of many."""
    coming = iter(persons)
    first = tuple(islice(coming, FEW + 1))
    return first if len(first) <= FEW else PackedPersons(chain(first, coming))


class _Words(dict[str | None, int]):
    """Word → its number; a new word gets the next one."""

    def __missing__(self, word: str | None) -> int:
        number = self[word] = len(self)
        return number


class PackedPersons(Sequence[Person]):
    """Persons in the order given."""

    def __init__(self, persons: Iterable[Person]) -> None:
        numbers = _Words({None: 0})
        packed, self._ends = bytearray(), array("Q", [0])
        for person in persons:
            packed += _ENCODE(_pack(person, numbers))
            self._ends.append(len(packed))
        self._data = bytes(packed)
        self._words = list(numbers)

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> Person: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Person]: ...
    def __getitem__(self, at: int | slice) -> Person | Sequence[Person]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        return self._unpack(_DECODE(self._data[self._ends[at] : self._ends[at + 1]]))

    def __iter__(self) -> Iterator[Person]:
        for start, end in pairwise(self._ends):
            yield self._unpack(_DECODE(self._data[start:end]))

    def _unpack(self, packed: _Packed) -> Person:
        word = self._words
        return Person(
            packed.id,
            word[packed.birth_name] or "",
            tuple([word[name] or "" for name in packed.given_names]),
            word[packed.sex] or "",
            date.fromordinal(packed.birth_date),
            word[packed.birth_place],
            None if packed.ins is None else self._unpack_number(packed.ins),
            tuple([self._unpack_number(number) for number in packed.history]),
            packed.known_to_insi,
            word[packed.outcome],
            word[packed.dmp] or "",
            word[packed.citizen_mailbox] or "",
            word[packed.note] or "",
        )

    def _unpack_number(self, number: _Number) -> InsNumber:
        since, until = number.valid_from, number.valid_to
        return InsNumber(
            number.matricule,
            number.key,
            self._words[number.oid] or "",
            date.fromordinal(since) if since else None,
            date.fromordinal(until) if until else None,
        )


def _pack(person: Person, numbers: _Words) -> _Packed:
    return _Packed(
        person.id,
        numbers[person.birth_name],
        tuple([numbers[name] for name in person.given_names]),
        numbers[person.sex],
        person.birth_date.toordinal(),
        numbers[person.birth_place],
        tuple([_pack_number(number, numbers) for number in person.history]) if person.history else (),
        person.known_to_insi,
        numbers[person.outcome],
        numbers[person.dmp],
        numbers[person.citizen_mailbox],
        numbers[person.note],
        None if person.ins is None else _pack_number(person.ins, numbers),
    )


def _pack_number(number: InsNumber, numbers: _Words) -> _Number:
    since, until = number.valid_from, number.valid_to
    return _Number(
        number.matricule,
        number.key,
        numbers[number.oid],
        0 if since is None else since.toordinal(),
        0 if until is None else until.toordinal(),
    )
