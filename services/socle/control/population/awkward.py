"""Generated persons of a wanted sort: what software stumbles over, one sort at a time (RNIV, domain/insi.md §2)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from itertools import cycle
from random import Random

from socle.control.model import Person
from socle.control.population.people import NoNumberLeft, People
from socle.identifiers.ins import OID_TEST

_TRIES = 100


class Sort(StrEnum):
    """What is awkward about a person, or a pair of them."""

    ORDINARY = "ordinary"
    TWINS = "twins"
    """Two: same name, date and place; another first name."""
    HOMONYMS = "homonyms"
    """Two who differ by their place of birth only: INSi answers 02 without the COG."""
    NIA = "nia"
    HISTORY = "history"
    """A number that replaced another one."""
    CORSICA_A = "corsica-2a"
    CORSICA_B = "corsica-2b"
    OVERSEAS = "overseas"
    ABROAD = "abroad"
    UNKNOWN_PLACE = "unknown-place"
    """COG 99999."""
    COMPOUND = "compound"
    """A compound first name, with its hyphen."""
    SPACED = "spaced"
    """A compound first name written with a space: it counts as two."""
    APOSTROPHE = "apostrophe"
    PREFIX = "prefix"
    """Two, of whom one's first names begin with the other's: INSi answers 02 to the short list."""
    MANY_NAMES = "many-names"
    DOUBLE_HYPHEN = "double-hyphen"
    """A birth name in which two names are joined by a double hyphen."""
    CENTURY = "century"
    """Two, born a hundred years apart: their numbers begin alike."""
    LONG_NAME = "long-name"
    NO_NUMBER = "no-number"
    """Nobody INSi knows: it answers 01."""


class AwkwardPeople(People):
    """Persons by sort; the same seed, sorts, ids and taken numbers give the same persons."""

    def __init__(
        self, seed: int, *, prefix: str, oid: str = OID_TEST, taken: Callable[[str], bool] = lambda matricule: False
    ) -> None:
        random = Random(f"{seed}:awkward")  # noqa: S311 - nothing secret is drawn
        super().__init__(random, prefix=prefix, oid=oid, taken=taken)
        self._makers: dict[Sort, Callable[[], list[Person]]] = {
            Sort.ORDINARY: lambda: [self._person()],
            Sort.TWINS: self._twins,
            Sort.HOMONYMS: self._homonyms,
            Sort.NIA: lambda: [self._provisional()],
            Sort.HISTORY: self._changed,
            Sort.CORSICA_A: lambda: [self._person(place="2A004", note="Corse-du-Sud : 2A dans le matricule")],
            Sort.CORSICA_B: lambda: [self._person(place="2B033", note="Haute-Corse : 2B dans le matricule")],
            Sort.OVERSEAS: lambda: [self._person(place="97411", note="Outre-mer : 974 dans le matricule")],
            Sort.ABROAD: lambda: [self._person(place="99350", note="Né à l'étranger : 99 et le code du pays")],
            Sort.UNKNOWN_PLACE: lambda: [self._person(place="99999", note="Lieu de naissance inconnu : 99999")],
            Sort.COMPOUND: lambda: [self._named(("F", ("ANNE-MARIE", "LOUISE")), "Prénom composé avec tiret")],
            Sort.SPACED: lambda: [self._named(("F", ("ANNE", "SOPHIE", "LUCIE")), "ANNE SOPHIE : un prénom ou deux ?")],
            Sort.APOSTROPHE: self._apostrophe,
            Sort.PREFIX: self._prefixes,
            Sort.MANY_NAMES: lambda: [
                self._named(("M", ("JEAN", "CHARLES", "MARIE", "JOSEPH", "AIME", "NOEL")), "Six prénoms")
            ],
            Sort.DOUBLE_HYPHEN: self._double_hyphen,
            Sort.CENTURY: self._century,
            Sort.LONG_NAME: self._long,
            Sort.NO_NUMBER: self._unnumbered,
        }

    def of(self, sorts: Sequence[Sort], count: int) -> Iterator[tuple[Sort, Person]]:
        """``count`` persons, one group of each sort in turn; a pair that would be one too many gives way to an
        ordinary person. Raises ``NoNumberLeft``."""
        made = 0
        for sort in cycle(sorts):
            if made >= count:
                return
            group = self._group(sort)
            if made + len(group) > count:
                sort, group = Sort.ORDINARY, self._group(Sort.ORDINARY)  # noqa: PLW2901
            made += len(group)
            yield from ((sort, person) for person in group)

    def _group(self, sort: Sort) -> list[Person]:
        """Drawn again when the numbers of a month and place are all given."""
        for left in reversed(range(_TRIES)):
            counted = self._count
            try:
                return self._makers[sort]()
            except NoNumberLeft:
                self._count = counted
                if not left:
                    raise
        raise AssertionError

    def _named(self, named: tuple[str, tuple[str, ...]], note: str) -> Person:
        sex, given = named
        return self._person(sex=sex, given=given, note=note)

    def _apostrophe(self) -> list[Person]:
        return [self._person(family="D'ALMEIDA", sex="M", given=("N'GOLO", "LOUIS"), note="Apostrophes droites")]

    def _double_hyphen(self) -> list[Person]:
        return [self._person(family="FONTAINE--GARNIER", note="Double tiret : admis dans un nom, non dans un prénom")]

    def _changed(self) -> list[Person]:
        while not (one := self._renumbered()).history:
            self._count -= 1  # born after the change: another one takes his place
        return [one]

    def _prefixes(self) -> list[Person]:
        note = "Prénoms dont les uns commencent les autres : MARIE, MARIE LOUISE"
        one = self._person(sex="F", given=("MARIE",), note=note)
        return [one, self._alike(one, ("MARIE", "LOUISE"), note)]

    def _century(self) -> list[Person]:
        note = "Nés à cent ans d'écart : le siècle n'est pas dans le matricule"
        old = self._person(born=date(1920, 3, 14), note=note)
        return [old, self._person(sex=old.sex, born=date(2020, 3, 14), place=old.birth_place, note=note)]

    def _long(self) -> list[Person]:
        family = "SAINT-MARTIN DE LA FONTAINE D'AUBERVILLE--BOURGEOIS DE MONTMORENCY L'HOSTIS DE-LA-TOUR"
        return [self._person(family=family, note=f"Nom de {len(family)} caractères")]

    def _unnumbered(self) -> list[Person]:
        one = self._person(note="Inconnu d'INSi : CodeCR 01, aucun matricule")
        return [replace(one, ins=None, known_to_insi=False, dmp="none", citizen_mailbox="none")]

    def _alike(self, one: Person, given: tuple[str, ...], note: str) -> Person:
        """Another one of the same name, sex, date and place."""
        return self._person(
            family=one.birth_name,
            given=given,
            sex=one.sex,
            born=one.birth_date,
            place=one.birth_place,
            note=note,
        )
