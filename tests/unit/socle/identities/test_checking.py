"""What is asked of every identity; above all, that nobody real comes in."""

from dataclasses import replace
from datetime import date

import pytest

from socle.control.model import InsNumber, Person
from socle.control.population.codec import Items
from socle.control.population.index import PopulationIndex
from socle.control.population.published import published
from socle.identifiers.ins import OID_INS_C, OID_NIA, OID_NIR, OID_TEST, make_ins
from socle.identities.checking import Checked, Draft, check, real_looking

TODAY = date(2026, 6, 1)
PUBLISHED = tuple(one.person for one in published())
PEOPLE = PopulationIndex(Items(persons=PUBLISHED), lambda matricule: f"ref:{matricule[:13]}")


def number(order: int = 901, oid: str = OID_TEST) -> InsNumber:
    made = make_ins(sex="F", year=1980, month=2, place="63220", order=order, oid=oid)
    return InsNumber(made.matricule, made.key, made.oid)


ZOE = Person("zoe", "DUPONT", ("ZOE",), "F", date(1980, 2, 1), "63220", number())


def draft(person: Person) -> Draft:
    return Draft(person, lambda member: f"{person.id}.{member}")


def checked(
    *persons: Person, any_key: bool = False, fictitious: bool = False, allowed: tuple[str, ...] = ()
) -> Checked:
    drafts = [draft(one) for one in persons]
    return check(drafts, PEOPLE, TODAY, any_key=any_key, fictitious=fictitious, allowed=allowed)


def codes(*persons: Person, any_key: bool = False) -> list[tuple[str, str]]:
    return [(one.where, one.code) for one in checked(*persons, any_key=any_key).problems]


def test_a_right_one_passes_and_so_do_the_published_ones() -> None:
    assert codes(ZOE) == []
    assert codes(*PUBLISHED, any_key=True) == []
    assert {code for _, code in codes(*PUBLISHED)} == {"ins.key"}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"id": "a b"}, ("a b.id", "id.form")),
        ({"birth_name": "DUPONT2"}, ("zoe.birth_name", "name.alphabet")),
        ({"birth_name": "-DUPONT"}, ("zoe.birth_name", "name.alphabet")),
        ({"given_names": ("ZOE", "Anne")}, ("zoe.given_names", "name.alphabet")),
        ({"given_names": ("A--B",)}, ("zoe.given_names", "name.alphabet")),
        ({"birth_name": "A" * 101}, ("zoe.birth_name", "name.length")),
        ({"birth_date": date(2026, 6, 2)}, ("zoe.birth_date", "birth-date.range")),
        ({"birth_date": date(1869, 1, 1)}, ("zoe.birth_date", "birth-date.range")),
        ({"birth_place": "2C004"}, ("zoe.birth_place", "birth-place.form")),
        ({"outcome": "99"}, ("zoe.outcome", "outcome.unknown")),
        ({"ins": replace(number(), key="00")}, ("zoe.ins", "ins.key")),
        ({"ins": replace(number(), matricule="28002ABC20901")}, ("zoe.ins", "ins.form")),
        ({"ins": replace(number(), oid=OID_INS_C)}, ("zoe.ins", "ins.oid")),
        ({"history": (replace(number(902), key="00"),)}, ("zoe.history", "ins.key")),
    ],
)
def test_what_is_wrong_is_told_with_its_place(change: dict[str, object], wrong: tuple[str, str]) -> None:
    assert codes(replace(ZOE, **change)) == [wrong]  # type: ignore[arg-type]


def test_a_better_spelling_is_proposed() -> None:
    told = checked(replace(ZOE, birth_name="d’Æïon")).problems[0]
    for said in (told.message_fr, told.message):
        assert "D'AEION" in said
        assert "--transliterate (names=transliterate)" in said  # whoever reads it uses one or the other


def test_two_may_share_neither_id_nor_number() -> None:
    assert codes(ZOE, ZOE) == [("zoe.id", "id.twice"), ("zoe.ins", "ins.twice")]
    assert codes(ZOE, replace(ZOE, id="anne")) == [("anne.ins", "ins.twice")]
    assert codes(ZOE, replace(ZOE, id="anne", ins=number(902), history=(number(),))) == [("anne.history", "ins.twice")]


@pytest.mark.parametrize("oid", [OID_NIR, OID_NIA])
def test_a_production_number_with_a_right_key_is_refused_until_somebody_vouches(oid: str) -> None:
    real = replace(ZOE, ins=number(123, oid))
    assert real.ins is not None

    assert codes(real) == [("zoe.ins", "patient.not-fictitious")]
    assert real.ins.matricule not in checked(real).problems[0].message_fr
    assert [one.code for one in real_looking([draft(real)], PEOPLE)] == ["patient.not-fictitious"]
    assert list(real_looking([draft(real)], PEOPLE, [real.ins.matricule])) == []
    for vouched in (checked(real, fictitious=True), checked(real, allowed=(f"{real.ins.matricule}{real.ins.key}",))):
        assert (vouched.problems, vouched.numbers) == ([], [real.ins.matricule])


def test_what_happens_in_real_life_is_a_remark() -> None:
    odd = replace(ZOE, sex="M", birth_place="63113", birth_date=date(1981, 2, 1))
    assert [one.code for one in checked(odd).remarks] == ["ins.disagrees"] * 3
    held = replace(PUBLISHED[0], id="mine")
    assert [one.code for one in checked(held).remarks] == ["ins.held"]
    assert checked(ZOE).remarks == []


def test_a_number_without_a_place_of_birth_is_remarked_since_clients_ask_for_one() -> None:
    assert [one.code for one in checked(replace(ZOE, birth_place=None)).remarks] == ["birth-place.absent"]
    assert checked(replace(ZOE, birth_place=None, ins=None)).remarks == []
