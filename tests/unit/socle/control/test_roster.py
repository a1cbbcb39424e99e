"""Many persons, packed, are found as few in dictionaries are."""

import gc
import tracemalloc
from dataclasses import replace
from datetime import date

import pytest

from socle.control.model import InsNumber, Person
from socle.control.population import packed
from socle.control.population.codec import Items
from socle.control.population.generate import generate
from socle.control.population.index import PopulationIndex, citizen_address
from socle.control.population.packed import PackedPersons, held
from socle.control.population.roster import LargeRoster, SmallRoster, roster

PERSONS = generate(seed=1, sites=20, patients_per_site=60).persons
NUMBER = "184086306320001"
AWKWARD = (
    Person("é", "D'ALMÉIDA", (), "M", date(1, 1, 1), None, None, note="ни"),
    Person("twice", "A", ("B",), "F", date(9999, 12, 31), "", InsNumber(NUMBER[:13], None, "1.2"), outcome="insi_102"),
    Person("twice", "A", ("C", "D-E"), "F", date(9999, 12, 31), "2A004", None, known_to_insi=False, dmp=""),
    Person(
        "heir", "A", ("B",), "F", date(9999, 12, 31), "", None, (InsNumber(NUMBER[:13], "01", "1.2", None, date.min),)
    ),
)
ALL = (*PERSONS, *AWKWARD)
SMALL, LARGE = SmallRoster(ALL), LargeRoster(PackedPersons(ALL))


def test_persons_come_back_as_they_were_packed_in_their_order() -> None:
    held_packed = PackedPersons(ALL)
    assert tuple(held_packed) == ALL
    assert len(held_packed) == len(ALL)
    assert held_packed[-1] == ALL[-1]
    assert held_packed[3:6] == list(ALL[3:6])
    with pytest.raises(IndexError):
        held_packed[len(ALL)]


def test_both_find_the_same_by_id_number_and_birth() -> None:
    for one in ALL:
        assert LARGE.named(one.id) == SMALL.named(one.id)
        birth = (one.birth_name, one.sex, one.birth_date)
        assert list(LARGE.born(*birth)) == list(SMALL.born(*birth))
        assert one in LARGE.born(*birth)
        for number in (*one.history, *([one.ins] if one.ins else [])):
            assert LARGE.numbered(number.matricule) == SMALL.numbered(number.matricule)
    assert LARGE.numbered(NUMBER[:13]) == AWKWARD[1], "who has it now, though the later one had it"
    assert LARGE.named("twice") == AWKWARD[2]


def test_who_had_a_number_once_does_not_take_it_or_the_box_from_who_has_it() -> None:
    number, other = (InsNumber(matricule, None, "1.2.250.1.213.1.4.10") for matricule in (NUMBER[:13], "1" * 13))
    owner = Person("owner", "A", ("B",), "F", date(1984, 8, 1), None, number)
    heir, later = replace(owner, id="heir", ins=other, history=(number,)), replace(owner, id="later")
    address = citizen_address(number)
    for made in (SmallRoster, lambda persons: LargeRoster(PackedPersons(persons))):
        assert made((owner, heir)).numbered(number.matricule) == owner
        assert made((owner, later, heir)).numbered(number.matricule) == later
        assert made((heir,)).numbered(number.matricule) == heir
    population = PopulationIndex(Items(persons=(owner, heir)), str)
    found = population.box(address)
    assert found is not None
    assert (found.person_id, found in population.boxes) == ("owner", True)


@pytest.mark.parametrize("roster", [SMALL, LARGE])
def test_what_nobody_has_is_not_found(roster: SmallRoster | LargeRoster) -> None:
    assert roster.named("nobody") is None
    assert roster.numbered("0" * 13) is None
    assert not roster.born("ADRUN", "M", date(1975, 12, 31))
    assert "nobody" not in roster
    assert None not in roster
    assert "twice" in roster


def test_a_hash_that_two_share_tells_them_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socle.control.population.roster.hash", lambda key: 7, raising=False)
    large = LargeRoster(PackedPersons(ALL[:50]))
    assert all(large.named(one.id) == one for one in ALL[:50])
    assert large.named("nobody") is None


def test_the_form_follows_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(roster(held(iter(PERSONS))), SmallRoster)
    monkeypatch.setattr(packed, "FEW", 100)
    many = held(iter(PERSONS))
    assert isinstance(many, PackedPersons)
    assert tuple(many) == tuple(PERSONS)
    assert isinstance(roster(many), LargeRoster)


def test_a_population_answers_alike_whichever_form_it_has() -> None:
    items = generate(seed=2, sites=2, patients_per_site=100)
    few, many = (
        PopulationIndex(replace(items, persons=persons), lambda text: text)
        for persons in (items.persons, PackedPersons(items.persons))
    )
    assert list(few.persons) == list(many.persons)
    assert list(few.boxes) == list(many.boxes)
    assert list(few.cards) == list(many.cards)
    for box in few.boxes:
        assert many.box(box.address.upper()) == few.box(box.address) == box
    changed = replace(items.persons[-1], citizen_mailbox="none")
    own = replace(items, persons=(changed,), establishments=(), professionals=(), boxes=(), cards=())
    over_few, over_many = (PopulationIndex(own, lambda text: text, base=base) for base in (few, many))
    assert list(over_few.persons) == list(over_many.persons)
    assert list(over_few.boxes) == list(over_many.boxes)
    assert changed in over_many.persons_by_birth(changed.birth_name, changed.sex, changed.birth_date)
    assert over_many.serves("patient.mssante.fr")
    assert not over_many.serves("example.org")


def test_a_person_takes_little_memory() -> None:
    gc.collect()
    tracemalloc.start()
    try:
        kept = LargeRoster(PackedPersons(PERSONS))
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size / len(kept) < 200
