"""The published test identities, and who is refused because he may be real (D11)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socle.control.known import known_fictitious, real_patient_refused
from socle.control.model import InsNumber, Person
from socle.control.population.codec import Items
from socle.control.population.generate import generate
from socle.control.population.index import PopulationIndex
from socle.control.population.published import published
from socle.identifiers.ins import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, Ins, ins_key, make_ins

ITEMS = generate(seed=1, sites=20, patients_per_site=100)
PUBLISHED = {identity.person.id for identity in published()}


def reference(matricule: str) -> str:
    return "ref:" + matricule[:13]


INDEX = PopulationIndex(ITEMS, reference)


def person(identity: str) -> Person:
    found = INDEX.person(identity)
    assert found is not None
    return found


def test_every_identity_of_the_test_bases_is_there() -> None:
    assert len(PUBLISHED) == 27
    names = {(p.birth_name, p.given_names[0]) for p in ITEMS.persons if p.id in PUBLISHED}
    assert len(names) == 23
    for identity in published():
        number = identity.person.ins
        if number is not None:
            found = INDEX.person_by_ins(number.matricule + (number.key or ""))
            assert found == identity.person
        assert identity.person.known_to_insi or identity.expected == "01"


def test_published_numbers_stand_as_printed() -> None:
    hermann = person("insi-hermann")
    assert [(n.matricule, n.key) for n in (hermann.ins, *hermann.history) if n] == [
        ("1810363220456", "60"),
        ("1810363220456", "60"),
        ("2810363220456", "10"),
    ]
    ecetinsi = person("insi-ecetinsi")
    assert ecetinsi.history[0].valid_from == date(2019, 3, 1)
    assert ecetinsi.history[0].valid_to == date(2019, 2, 28)
    corse = person("insi-corse")
    assert corse.history == (corse.ins,)
    oids = {
        identity: person(identity).ins
        for identity in ("insi-provisoire", "insi-pat-trois", "insi-desmaux", "insi-adrun")
    }
    assert [number and number.oid for number in oids.values()] == [OID_NIA, OID_TEST, OID_DEMO, OID_NIR]


def test_two_leonardos_are_told_apart_by_the_place_only() -> None:
    both = INDEX.persons_by_birth("DE VINCI", "M", date(2014, 2, 1))
    assert [one.given_names for one in both] == [("LEONARDO",)] * 2
    assert {one.birth_place for one in both} == {"63220", "63113"}
    assert all(one.ins and one.ins.key == ins_key(one.ins.matricule) for one in both)


def test_former_numbers_lead_to_their_person() -> None:
    assert INDEX.person_by_ins("2090763220834") is person("insi-ecetinsi")
    assert INDEX.person_by_ins("209066322012355") is person("insi-ecetinsi")
    assert INDEX.person_by_ins("1000000000000") is None


REAL_LOOKING = make_ins(sex="F", year=1960, month=6, place="75112", order=123, oid=OID_NIR)


def test_a_production_number_of_nobody_known_is_refused_without_saying_it() -> None:
    assert not INDEX.accepts_ins(REAL_LOOKING)
    finding = real_patient_refused(REAL_LOOKING, INDEX, where="/x")
    assert finding is not None
    assert finding.rule.structural
    assert REAL_LOOKING.matricule not in str(finding.as_dict())


@pytest.mark.parametrize("oid", [OID_TEST, OID_DEMO])
def test_test_and_demonstration_numbers_are_welcome(oid: str) -> None:
    assert real_patient_refused(replace(REAL_LOOKING, oid=oid), INDEX) is None


def test_a_wrong_key_is_not_this_rule_s_business() -> None:
    assert INDEX.accepts_ins(replace(REAL_LOOKING, key="00"))


def test_fictitious_imported_and_allowed_numbers_are_welcome() -> None:
    for identity in published():
        for number in (identity.person.ins, *identity.person.history):
            if number is not None:
                ins = Ins(number.matricule, ins_key(number.matricule), OID_NIR)
                assert INDEX.accepts_ins(ins)
                assert number.matricule in known_fictitious()
                assert PopulationIndex(Items(), reference).accepts_ins(ins)
    allowed = PopulationIndex(Items(allowed=(reference(REAL_LOOKING.matricule),)), reference, base=INDEX)
    assert allowed.accepts_ins(REAL_LOOKING)
    assert PopulationIndex(Items(), reference, base=allowed).accepts_ins(REAL_LOOKING)
    number = InsNumber(REAL_LOOKING.matricule, REAL_LOOKING.key, OID_NIR)
    imported = replace(person("insi-pat-trois"), id="mine", ins=number)
    assert PopulationIndex(Items(persons=(imported,)), reference, base=INDEX).accepts_ins(REAL_LOOKING)


@given(st.integers(1, 899), st.sampled_from(["75112", "2A004", "2B033", "97411"]), st.integers(1, 12))
def test_no_generated_number_could_be_a_plausible_real_one(order: int, place: str, month: int) -> None:
    for year in (1950, 1984):
        made = make_ins(sex="F", year=year, month=month, place=place, order=order, oid=OID_NIR)
        found = INDEX.person_by_ins(made.matricule)
        assert found is None or found.id in PUBLISHED
