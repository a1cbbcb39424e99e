"""The search by traits, and that no altered trait ever gives somebody else."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ins_sim.domain.erreur import CATALOGUE, TECHNICAL
from ins_sim.domain.model import Answer, CodeCR, Traits
from ins_sim.domain.search import begins_with, calendar_date, search
from socle.control.model import OUTCOMES
from support.insi import People, person

PEOPLE = People(
    person("ECETINSI", "PIERRE-ALAIN MURIEL FLORIANT", "M", "2009-07-14", matricule="109076322083489"),
    person("TCHITCHI", "CATARINA BELLA", "F", "1936-06-21", matricule="236066322083656"),
    person("DE VINCI", "LEONARDO", "M", "2014-02-01", "63220", matricule="114026322000166"),
    person("DE VINCI", "LEONARDO", "M", "2014-02-01", "75056", matricule="114027505600122"),
    person("HOUILLES", "PIERRE PAUL JACQUES", "M", "1993-01-27", known=False),
    person("VANDERMONDE", "ARIANA", "F", "1995-06-17", "77284", outcome="insi_102", known=False),
    person("TOUJOURS", "PLUSIEURS", "F", "1990-01-01", outcome="02"),
    person("JAMAIS", "TROUVEE", "F", "1990-01-01", outcome="01"),
)


def find(name: str, first: str | list[str], sex: str, born: str, place: str = "") -> Answer:
    answer = search(Traits(name, [first] if isinstance(first, str) else first, sex, born, place), PEOPLE)
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.parametrize(
    "first",
    [
        "PIERRE-ALAIN",
        "PIERRE-ALAIN MURIEL",
        "PIERRE-ALAIN MURIEL FLORIANT",
        ["PIERRE-ALAIN", "MURIEL", "FLORIANT"],
        ["PIERRE-ALAIN MURIEL", "FLORIANT"],
    ],
)
def test_the_first_first_names_find(first: str | list[str]) -> None:
    answer = find("ECETINSI", first, "M", "2009-07-14")
    assert answer.code is CodeCR.FOUND
    assert answer.individual is PEOPLE.persons[0]


@pytest.mark.parametrize(
    "first",
    [
        "MURIEL",
        "PIERRE",
        "PIERRE ALAIN",
        "PIERRE-ALAIN FLORIANT",
        "PIERRE-ALAIN MURIEL FLORIANT ZOE",
        "pierre-alain",
        "P",
    ],
)
def test_other_first_names_do_not(first: str) -> None:
    assert find("ECETINSI", first, "M", "2009-07-14").code is CodeCR.NONE


def test_the_loop_over_first_names_ends_at_catarina() -> None:
    assert find("TCHITCHI", "OLA", "F", "1936-06-21").code is CodeCR.NONE
    assert find("TCHITCHI", "CATARINA", "F", "1936-06-21").code is CodeCR.FOUND
    assert find("TCHITCHI", "OLA CATARINA BELLA", "F", "1936-06-21").code is CodeCR.NONE


def test_the_place_of_birth_tells_two_apart() -> None:
    leonardo = ("DE VINCI", "LEONARDO", "M", "2014-02-01")
    assert find(*leonardo) == Answer(CodeCR.SEVERAL)
    assert find(*leonardo, "63220").individual is PEOPLE.persons[2]
    assert find(*leonardo, "75056").individual is PEOPLE.persons[3]
    assert find(*leonardo, "13055") == Answer(CodeCR.NONE)


@pytest.mark.parametrize("first", ["PIERRE", "PAUL", "JACQUES", "PIERRE PAUL JACQUES"])
def test_who_is_unknown_to_insi_is_not_found(first: str) -> None:
    assert find("HOUILLES", first, "M", "1993-01-27").code is CodeCR.NONE


def test_every_outcome_that_identities_may_force_is_one_of_insis() -> None:
    assert set(OUTCOMES) == {CodeCR.NONE.value, CodeCR.SEVERAL.value, *CATALOGUE}


def test_a_person_may_force_its_outcome() -> None:
    assert search(Traits("VANDERMONDE", ["ARIANA"], "F", "1995-06-17"), PEOPLE) is TECHNICAL
    assert find("TOUJOURS", "PLUSIEURS", "F", "1990-01-01").code is CodeCR.SEVERAL
    assert find("JAMAIS", "TROUVEE", "F", "1990-01-01").code is CodeCR.NONE


@pytest.mark.parametrize("born", ["20090714", "2009-W29-2", "2009-07-00", "2009-13-01", "", "14/07/2009"])
def test_no_other_date_form_finds(born: str) -> None:
    assert calendar_date(born) is None
    assert find("ECETINSI", "PIERRE-ALAIN", "M", born).code is CodeCR.NONE


def test_no_first_name_finds_nobody() -> None:
    assert not begins_with(["ZOE"], [])


name_text = st.text(alphabet=string.ascii_uppercase + " '-" + "éŒ’1", max_size=12)


@given(
    who=st.sampled_from(PEOPLE.persons),
    trait=st.sampled_from(["name", "first", "sex", "born", "place"]),
    value=st.one_of(name_text, st.dates().map(str), st.sampled_from(["M", "F", "63220", "75056", ""])),
)
def test_an_altered_trait_never_gives_somebody_else(who: object, trait: str, value: str) -> None:
    assert isinstance(who, type(PEOPLE.persons[0]))
    sent = {
        "name": who.birth_name,
        "first": " ".join(who.given_names),
        "sex": who.sex,
        "born": str(who.birth_date),
        "place": who.birth_place or "",
    } | {trait: value}
    answer = search(Traits(sent["name"], [sent["first"]], sent["sex"], sent["born"], sent["place"]), PEOPLE)
    if isinstance(answer, Answer) and answer.individual is not None:
        found = answer.individual
        assert (found.birth_name, found.sex, str(found.birth_date)) == (sent["name"], sent["sex"], sent["born"])
        assert list(found.given_names)[: len(sent["first"].split())] == sent["first"].split()
        assert sent["place"] in {"", found.birth_place}
        assert found is who or trait == "place"
