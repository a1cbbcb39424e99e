"""Generated patients: valid numbers under the test OID, and the awkward cases that software must survive."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from socle.control.model import InsNumber, Person
from socle.control.population.names import BIRTH_PLACES, FAMILY_NAMES, GIVEN_NAMES
from socle.identifiers.ins import OID_NIA, OID_NIR, OID_TEST, make_ins

_BIRTHS_END = date(2026, 1, 1)
_ORDER_START = 900
"""Orders nobody has: no French commune counts 900 births a month under one code."""
_ORDER_END = 1000


class NoNumberLeft(ValueError):
    """All numbers of a sex, month and place of birth are given."""


class People:
    """Makes persons one by one; the same ``random`` gives the same persons."""

    def __init__(
        self,
        random: Random,
        *,
        prefix: str = "p",
        oid: str = OID_TEST,
        taken: Callable[[str], bool] = lambda matricule: False,
    ) -> None:
        """``prefix`` begins their ids; ``oid`` is that of their numbers, a NIA's following it; ``taken`` says which
        matricules are somebody else's."""
        self._random = random
        self._prefix = prefix
        self._oid = oid
        self._taken = taken
        self._orders: dict[tuple[str, int, int, str], int] = {}
        self._count = 0

    def take(self, count: int) -> Iterator[Person]:
        """``count`` persons. One group in fifty is a pair of twins, one of homonyms born apart, one is provisional."""
        made = 0
        while made < count:
            kind = self._random.randrange(50)
            if kind == 0 and made + 2 <= count:
                group = self._twins()
            elif kind == 1 and made + 2 <= count:
                group = self._homonyms()
            elif kind == 2:
                group = [self._provisional()]
            elif kind == 3:
                group = [self._renumbered()]
            else:
                group = [self._person()]
            made += len(group)
            yield from group

    def _person(
        self,
        *,
        family: str | None = None,
        given: tuple[str, ...] | None = None,
        sex: str | None = None,
        born: date | None = None,
        place: str | None = None,
        note: str = "",
        provisional: bool = False,
    ) -> Person:
        random = self._random
        sex = sex or random.choice("FFM" if random.random() < 0.2 else "FM")
        born = born or _BIRTHS_END - timedelta(days=int(random.triangular(0, 36_500, 22_000)) + 1)
        place = place or random.choice(BIRTH_PLACES)
        self._count += 1
        return Person(
            id=f"{self._prefix}{self._count:06d}",
            birth_name=family or random.choice(FAMILY_NAMES),
            given_names=given or tuple(random.sample(GIVEN_NAMES[sex], random.choice((1, 2, 2, 3)))),
            sex=sex,
            birth_date=born,
            birth_place=place,
            ins=self._number(sex, born, place, provisional),
            dmp=random.choices(("open", "none", "closed"), (92, 5, 3))[0],
            citizen_mailbox=random.choices(("open", "none", "closed", "full"), (70, 24, 5, 1))[0],
            note=note,
        )

    def _provisional(self) -> Person:
        note = "Numéro d'attente (NIA)" + (", sous l'OID de test" if self._oid == OID_TEST else "")
        return self._person(note=note, provisional=True)

    def _twins(self) -> list[Person]:
        one = self._person(note="Jumeaux : mêmes nom, date et lieu")
        names = [name for name in GIVEN_NAMES[one.sex] if name not in one.given_names]
        other = self._person(
            family=one.birth_name,
            given=(self._random.choice(names), *one.given_names[1:]),
            sex=one.sex,
            born=one.birth_date,
            place=one.birth_place,
            note=one.note,
        )
        return [one, other]

    def _homonyms(self) -> list[Person]:
        one = self._person(note="Homonymes : seul le lieu de naissance les distingue")
        places = [place for place in BIRTH_PLACES if place != one.birth_place]
        other = self._person(
            family=one.birth_name,
            given=one.given_names,
            sex=one.sex,
            born=one.birth_date,
            place=self._random.choice(places),
            note=one.note,
        )
        return [one, other]

    def _renumbered(self) -> Person:
        """Somebody whose number changed: the former one began with the other sex's digit."""
        one = self._person(note="Numéro rectifié : un ancien matricule en historique")
        assert one.birth_place is not None
        changed = date(2019, 3, 1)
        former = self._number("M" if one.sex == "F" else "F", one.birth_date, one.birth_place, provisional=False)
        history = (InsNumber(former.matricule, former.key, former.oid, None, changed - timedelta(days=1)),)
        if one.ins is None or one.birth_date >= changed:
            return one
        return replace(one, ins=replace(one.ins, valid_from=changed), history=history)

    def _number(self, sex: str, born: date, place: str, provisional: bool) -> InsNumber:
        # the century is not in the number: two persons a hundred years apart share the counter
        slot = (sex, born.year % 100, born.month, place)
        oid = OID_NIA if provisional and self._oid == OID_NIR else self._oid
        for order in range(self._orders.get(slot, _ORDER_START), _ORDER_END):
            made = make_ins(
                sex=sex, year=born.year, month=born.month, place=place, order=order, oid=oid, provisional=provisional
            )
            if not self._taken(made.matricule):
                self._orders[slot] = order + 1
                return InsNumber(made.matricule, made.key, made.oid)
        raise NoNumberLeft(f"{sex}, {born:%m/%Y}, {place}")
