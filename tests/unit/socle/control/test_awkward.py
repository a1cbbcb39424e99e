"""Persons of a wanted sort: the same again, valid, and what their sort says."""

from collections import Counter, defaultdict
from datetime import date

import pytest

from socle.control.model import Person
from socle.control.population.awkward import AwkwardPeople, Sort
from socle.control.population.people import NoNumberLeft
from socle.identifiers.ins import OID_NIA, OID_NIR, OID_TEST, ins_key
from socle.identities.alphabet import BIRTH_NAME, GIVEN_NAME, LONGEST


def made(count: int, *sorts: Sort, seed: int = 1, oid: str = OID_TEST) -> list[tuple[Sort, Person]]:
    return list(AwkwardPeople(seed, prefix="a-", oid=oid).of(sorts or tuple(Sort), count))


def of(sort: Sort, count: int = 2) -> list[Person]:
    return [person for _, person in made(count, sort)]


def test_the_same_order_gives_the_same_persons_and_another_seed_others() -> None:
    assert made(200) == made(200)
    assert made(200) != made(200, seed=2)
    assert made(400)[:150] == made(150)


@pytest.mark.parametrize("oid", [OID_TEST, OID_NIR])
def test_numbers_are_valid_unique_and_nobodys(oid: str) -> None:
    seen: Counter[str] = Counter()
    for _, person in made(2000, oid=oid):
        for number in filter(None, (person.ins, *person.history)):
            assert number.key == ins_key(number.matricule)
            assert int(number.matricule[10:]) >= 900, "no French commune counts as many births a month"
            assert number.oid == (OID_NIA if oid == OID_NIR and number.matricule[0] in "78" else oid)
            seen[number.matricule] += 1
    assert seen.most_common(1)[0][1] == 1


def test_names_are_such_as_insi_gives() -> None:
    persons = made(500)
    assert len({person.id for _, person in persons}) == 500
    for _, person in persons:
        assert BIRTH_NAME.fullmatch(person.birth_name)
        assert all(map(GIVEN_NAME.fullmatch, person.given_names))
        assert len(person.birth_name) <= LONGEST


def test_counts_are_kept_even_when_a_pair_does_not_fit() -> None:
    for count in (1, 2, 3, 24):
        assert len(made(count, Sort.TWINS)) == count
    assert [sort for sort, _ in made(3, Sort.TWINS)] == [Sort.TWINS, Sort.TWINS, Sort.ORDINARY]
    assert {sort for sort, _ in made(23)} == set(Sort)


def test_each_sort_is_what_it_says() -> None:
    found: dict[Sort, list[Person]] = defaultdict(list)
    for sort, person in made(23):
        found[sort].append(person)
    one = {sort: persons[0] for sort, persons in found.items()}
    twins, homonyms, prefix, century = (found[sort] for sort in (Sort.TWINS, Sort.HOMONYMS, Sort.PREFIX, Sort.CENTURY))

    def born(person: Person) -> tuple[str, str, date]:
        return person.birth_name, person.sex, person.birth_date

    assert born(twins[0]) == born(twins[1])
    assert twins[0].birth_place == twins[1].birth_place
    assert twins[0].given_names[0] != twins[1].given_names[0]
    assert born(homonyms[0]) == born(homonyms[1])
    assert homonyms[0].given_names == homonyms[1].given_names
    assert homonyms[0].birth_place != homonyms[1].birth_place
    assert born(prefix[0]) == born(prefix[1])
    assert prefix[1].given_names[: len(prefix[0].given_names)] == prefix[0].given_names
    assert [person.ins.matricule[:10] for person in century if person.ins] == [_start(century[0])] * 2
    assert one[Sort.NIA].ins is not None
    assert one[Sort.NIA].ins.matricule[0] in "78"
    assert one[Sort.HISTORY].history
    places = (Sort.CORSICA_A, "2A"), (Sort.CORSICA_B, "2B"), (Sort.OVERSEAS, "974"), (Sort.ABROAD, "99350")
    for sort, start in (*places, (Sort.UNKNOWN_PLACE, "99999")):
        assert (one[sort].birth_place or "").startswith(start)
        assert _start(one[sort])[5:].startswith(start)
    assert "-" in one[Sort.COMPOUND].given_names[0]
    assert len(one[Sort.MANY_NAMES].given_names) == 6
    assert "'" in one[Sort.APOSTROPHE].birth_name
    assert "--" in one[Sort.DOUBLE_HYPHEN].birth_name
    assert len(one[Sort.LONG_NAME].birth_name) > 60
    assert (one[Sort.NO_NUMBER].ins, one[Sort.NO_NUMBER].known_to_insi) == (None, False)
    assert all(person.note for sort, persons in found.items() if sort is not Sort.ORDINARY for person in persons)


def _start(person: Person) -> str:
    assert person.ins is not None
    return person.ins.matricule[:10]


def test_numbers_of_others_are_left_alone_and_none_left_is_told() -> None:
    first = of(Sort.CENTURY)[0].ins
    assert first is not None
    others = AwkwardPeople(1, prefix="b-", taken=lambda matricule: matricule == first.matricule)
    assert all(person.ins and person.ins.matricule != first.matricule for _, person in others.of([Sort.CENTURY], 40))
    full = AwkwardPeople(1, prefix="c-", taken=lambda matricule: True)
    with pytest.raises(NoNumberLeft):
        list(full.of([Sort.ORDINARY], 1))
