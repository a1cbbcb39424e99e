"""The common population: deterministic, valid, complete; and what a workspace lays over it."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from socle.control.model import Box, BoxType, Establishment, EstablishmentKind, InsNumber, Person, Professional
from socle.control.population.codec import Items, from_rows
from socle.control.population.generate import generate
from socle.control.population.index import PopulationIndex, citizen_address
from socle.control.population.published import published
from socle.identifiers.finess import Finess
from socle.identifiers.ins import OID_TEST, ins_key, make_ins
from socle.identifiers.rpps import Rpps
from socle.identifiers.siret import Siret

ITEMS = generate(seed=1, sites=20, patients_per_site=100)
PUBLISHED = {identity.person.id for identity in published()}
PATIENTS = [person for person in ITEMS.persons if person.id not in PUBLISHED]


def reference(matricule: str) -> str:
    return "ref:" + matricule[:13]


INDEX = PopulationIndex(ITEMS, reference)


def test_the_same_seed_gives_the_same_people_and_another_one_others() -> None:
    small = generate(seed=3, sites=2, patients_per_site=10)
    assert generate(seed=3, sites=2, patients_per_site=10) == small
    assert generate(seed=4, sites=2, patients_per_site=10) != small


def test_more_patients_do_not_rename_the_hospitals() -> None:
    assert generate(seed=1, sites=20, patients_per_site=1).establishments == ITEMS.establishments
    assert generate(seed=1, sites=5, patients_per_site=1).establishments == ITEMS.establishments[:5]


def test_sizes() -> None:
    assert len(ITEMS.establishments) == 20
    assert len(PATIENTS) == 2000
    assert len(generate(seed=1, sites=1500, patients_per_site=1).establishments) == 1500


def test_numbers_of_places_are_valid_and_unique() -> None:
    large = generate(seed=9, sites=1500, patients_per_site=1).establishments
    for site in large:
        assert Finess.parse(site.finess_eg).luhn_is_valid
        assert Finess.parse(site.finess_ej).luhn_is_valid
        assert Siret.parse(site.siret).luhn_is_valid
    assert len({site.finess_eg for site in large}) == len(large) == len({site.siret for site in large})
    assert not {site.finess_eg for site in large} & {site.finess_ej for site in large}
    assert len({site.name for site in large}) == len(large)


def test_there_is_every_sort_of_establishment() -> None:
    sites = ITEMS.establishments
    assert {site.category for site in sites} == {"101", "355", "365", "292", "127", "500"}
    assert {site.kind for site in sites} == set(EstablishmentKind)
    assert {field for site in sites for field in site.fields} == {"MCO", "SMR", "PSY", "HAD"}
    assert {site.sector for site in sites} >= {"SA01", "SA03", "SA04", "SA17"}
    assert any(site.finess_eg.startswith("2A") for site in sites)
    assert any(site.finess_eg[:2] == "97" and site.finess_eg[3] == "4" for site in sites)
    assert max(Counter(site.finess_ej for site in sites).values()) == 3
    for site in sites:
        assert (site.kind is EstablishmentKind.MEDICO_SOCIAL) == (site.category == "500") == (not site.fields)
        assert site.region


def test_staff_has_valid_numbers_boxes_and_specialities() -> None:
    sites = {site.finess_eg for site in ITEMS.establishments}
    for one in ITEMS.professionals:
        assert Rpps.parse(one.rpps).luhn_is_valid
        assert one.finess_eg in sites
        assert (one.speciality is not None) or one.profession != "10"
        assert one.mailbox is not None
        box = INDEX.box(one.mailbox.upper())
        assert box is not None
        assert (box.type, box.rpps, box.finess_eg) == (BoxType.PER, one.rpps, one.finess_eg)
    assert {one.finess_eg for one in ITEMS.professionals} == sites
    assert len({one.rpps for one in ITEMS.professionals}) == len(ITEMS.professionals)


def test_addresses_are_unique_and_never_leave_reserved_names() -> None:
    addresses = [box.address for box in INDEX.boxes]
    assert len(set(addresses)) == len(addresses)
    assert {box.type for box in INDEX.boxes} == {BoxType.PER, BoxType.ORG, BoxType.APP, BoxType.CITIZEN}
    for address in addresses:
        assert address == address.lower()
        assert address.endswith((".mssante.example", "@patient.mssante.fr"))
        assert address.isascii()


def test_patients_have_valid_unique_numbers_under_the_test_oid() -> None:
    numbers = [person.ins for person in PATIENTS]
    assert all(number is not None for number in numbers)
    seen = Counter()  # type: ignore[var-annotated]
    for person in PATIENTS:
        assert person.ins is not None
        assert person.ins.oid == OID_TEST
        assert person.ins.key == ins_key(person.ins.matricule)
        assert person.ins.matricule[1:5] == f"{person.birth_date:%y%m}"
        assert person.ins.matricule[5:10] == person.birth_place
        assert person.ins.matricule[0] in ("17" if person.sex == "M" else "28")
        seen.update({number.matricule for number in (person.ins, *person.history)})
    assert seen.most_common(1)[0][1] == 1


def test_the_awkward_cases_are_there() -> None:
    assert any(person.birth_place and person.birth_place.startswith("2A") for person in PATIENTS)
    assert any(person.birth_place and person.birth_place.startswith("2B") for person in PATIENTS)
    assert any(person.birth_place and person.birth_place.startswith("99") for person in PATIENTS)
    assert any(person.ins and person.ins.matricule[0] in "78" for person in PATIENTS)
    assert any(person.history for person in PATIENTS)
    assert {person.dmp for person in PATIENTS} == {"open", "closed", "none"}
    assert {person.citizen_mailbox for person in PATIENTS} == {"open", "closed", "full", "none"}
    same_birth = Counter((p.birth_name, p.sex, p.birth_date, p.birth_place) for p in PATIENTS)
    assert max(same_birth.values()) == 2, "twins"
    homonyms = Counter((p.birth_name, p.given_names, p.sex, p.birth_date) for p in PATIENTS)
    assert max(homonyms.values()) == 2, "homonyms"


def person(identity: str) -> Person:
    found = INDEX.person(identity)
    assert found is not None
    return found


def test_citizen_boxes_follow_the_persons() -> None:
    pat = person("insi-pat-trois")
    box = INDEX.box("279035121518989@Patient.MSSante.fr")
    assert box is not None
    assert (box.person_id, box.type, box.state) == (pat.id, BoxType.CITIZEN, "open")
    corsican = person("insi-adrtrois-toussaint")
    assert corsican.ins is not None
    assert citizen_address(corsican.ins) == "160012b02077713@patient.mssante.fr"
    assert citizen_address(InsNumber("2790351215189", None, OID_TEST)).startswith("279035121518989@")
    without = next(one for one in PATIENTS if one.citizen_mailbox == "none")
    assert without.ins is not None
    assert INDEX.box(citizen_address(without.ins)) is None


@pytest.mark.parametrize(("seed", "sites"), [(7, 40), (2, 100), (1, 2000)])
def test_no_two_items_of_a_kind_share_their_key(seed: int, sites: int) -> None:
    keys = [(kind, key) for kind, key, _ in generate(seed=seed, sites=sites, patients_per_site=2).rows()]
    assert len(set(keys)) == len(keys)


def test_items_survive_the_database() -> None:
    rows = [(kind.value, key, body) for kind, key, body in ITEMS.rows()]
    assert from_rows(rows) == ITEMS
    allowed = Items(allowed=("abc",))
    assert from_rows([(kind.value, key, body) for kind, key, body in allowed.rows()]) == allowed


SITE = Establishment("690000013", "690000005", "CH", EstablishmentKind.SANITARY, "355", "99003000900010")


def test_a_workspace_adds_and_replaces() -> None:
    pat = person("insi-pat-trois")
    number = make_ins(sex="F", year=1979, month=3, place="75112", order=901)
    moved = replace(pat, birth_date=date(1980, 1, 1), ins=InsNumber(number.matricule, number.key, number.oid))
    ej = ITEMS.establishments[0].finess_ej
    own = Items(
        persons=(moved,),
        establishments=(SITE, replace(SITE, finess_eg="690000021", finess_ej=ej, siret="99003000900028")),
        professionals=(Professional("99900063480", "LIBRE", "MAX", "10", "SM26", SITE.finess_eg),),
        boxes=(Box("me@x.mssante.example", BoxType.APP, "Moi"),),
    )
    over = PopulationIndex(own, reference, base=INDEX)
    assert over.person_by_ins(number.value) is moved
    assert over.person_by_ins("2790351215189") is None, "the replaced person's number is gone"
    assert over.box("279035121518989@patient.mssante.fr") is None
    assert over.box(f"{number.value}@patient.mssante.fr") is not None
    assert over.person(pat.id) is moved
    assert over.persons_by_birth("PAT-TROIS", "F", pat.birth_date) == ()
    assert over.persons_by_birth("PAT-TROIS", "F", moved.birth_date) == (moved,)
    assert over.persons_by_birth("ADRUN", "F", date(1975, 12, 31)) == INDEX.persons_by_birth(
        "ADRUN", "F", date(1975, 12, 31)
    )
    assert over.establishment(SITE.finess_eg) is SITE
    assert over.establishment_by_siret(SITE.siret) is SITE
    assert [site.finess_eg for site in over.establishments_of(ej)][-1] == "690000021"
    assert len(over.establishments_of(ej)) == len(INDEX.establishments_of(ej)) + 1
    assert over.professional("99900063480") is own.professionals[0]
    assert over.professional(ITEMS.professionals[0].rpps) is ITEMS.professionals[0]
    assert over.box("me@x.mssante.example") is own.boxes[0]
    assert len(list(over.persons)) == len(list(INDEX.persons))
    assert len(list(over.establishments)) == 22
    assert len(list(over.professionals)) == len(ITEMS.professionals) + 1
    assert len(list(over.boxes)) == len(list(INDEX.boxes)) + 1
    assert INDEX.person_by_ins("2790351215189") is pat, "the common set is untouched"


def test_a_replaced_site_is_not_found_by_its_old_siret() -> None:
    site = ITEMS.establishments[0]
    over = PopulationIndex(
        Items(establishments=(replace(site, siret=SITE.siret, finess_ej="690000005"),)), reference, INDEX
    )
    assert over.establishment_by_siret(site.siret) is None
    assert site.finess_eg not in {one.finess_eg for one in over.establishments_of(site.finess_ej)}
