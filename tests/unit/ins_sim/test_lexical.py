"""Each lexical rule broken and satisfied; tolerated forms stay silent."""

import pytest

from ins_sim.domain import rules, rules_call
from ins_sim.domain.lexical import check_traits
from ins_sim.domain.model import Traits
from socle.rules import Official, Rule, Severity


def traits(
    name: str = "ADRUN", given: tuple[str, ...] = ("ZOE",), sex: str = "F", born: str = "1975-12-31", place: str = ""
) -> Traits:
    return Traits(name, list(given), sex, born, place)


def broken(sent: Traits) -> list[Rule]:
    return [finding.rule for finding in check_traits(sent)]


@pytest.mark.parametrize(
    "name",
    ["ADRUN", "D'ARTAGNAN DE L'HERAULT", "PATB-QUATRE", "DURAND--MARTIN", "'T HOOFT", "A", "DE VINCI", "LE-", "O'"],
)
def test_names_of_the_alphabet_pass(name: str) -> None:
    assert broken(traits(name=name)) == []


@pytest.mark.parametrize("name", ["PIERRE-ALAIN", "PIERRE-ALAIN MURIEL FLORIANT", "N'DEYE", "MARIE"])
def test_first_names_of_the_alphabet_pass(name: str) -> None:
    assert broken(traits(given=(name,))) == []


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Adrun", rules.LOWER_CASE),
        ("HÉLÈNE", rules.ACCENT),
        ("FRANÇOIS", rules.ACCENT),
        ("E\u0301TE", rules.ACCENT),
        ("SØREN", rules.ACCENT),
        ("ŁUKASZ", rules.ACCENT),
        ("D'ÆION", rules.LIGATURE),
        ("CŒUR", rules.LIGATURE),
        ("D’ARTAGNAN", rules.APOSTROPHE),
        ("DURAND2", rules.CHARSET),
        ("DURAND.", rules.CHARSET),
        ("DURAND\n", rules.CHARSET),
        ("ДЮРАН", rules.CHARSET),
        (" DURAND", rules.FIRST),
        ("-DURAND", rules.FIRST),
        ("DE  VINCI", rules.SEPARATORS),
        ("D''ARTAGNAN", rules.SEPARATORS),
        ("D' ARTAGNAN", rules.SEPARATORS),
        ("A---B", rules.SEPARATORS),
    ],
)
def test_a_name_outside_the_alphabet_breaks_its_rule(name: str, rule: Rule) -> None:
    assert broken(traits(name=name)) == [rule]
    assert broken(traits(given=(name,)))[0] is rule


@pytest.mark.parametrize("name", ["JEAN--PAUL", "JEAN-", "JEAN'", "JEAN- PAUL"])
def test_forms_that_first_names_may_not_take(name: str) -> None:
    assert broken(traits(given=("ZOE", name))) == [rules.GIVEN]


def test_one_name_may_break_several_rules_and_says_what_and_where() -> None:
    findings = list(check_traits(traits(name="D’æion Été")))
    assert [finding.rule for finding in findings] == [
        rules.LOWER_CASE,
        rules.ACCENT,
        rules.LIGATURE,
        rules.APOSTROPHE,
    ]
    assert findings[0].where == "RECSANSVITALE/NomNaissance"
    assert findings[0].found == "i o n t"
    assert findings[3].found == "’"


@pytest.mark.parametrize(
    ("sent", "label"),
    [
        (traits(name=""), "nom de naissance"),
        (traits(given=()), "prénom"),
        (traits(given=("", "")), "prénom"),
        (traits(sex=""), "sexe"),
        (traits(born=""), "date de naissance"),
        (traits(born="  "), "date de naissance"),
    ],
)
def test_a_missing_trait_is_named(sent: Traits, label: str) -> None:
    findings = list(check_traits(sent))
    assert [finding.rule for finding in findings] == [rules.MISSING]
    assert findings[0].expected == label
    assert findings[0].rule.structural


@pytest.mark.parametrize("sex", ["I", "m", "H", "1", "MF"])
def test_sex_is_m_or_f(sex: str) -> None:
    assert broken(traits(sex=sex)) == [rules.SEX]


@pytest.mark.parametrize("born", ["31/12/1975", "19751231", "1975-12-31Z", "1975-1-31", "1975-W01-1", "١٩٧٥-12-31"])
def test_dates_have_one_form(born: str) -> None:
    assert broken(traits(born=born)) == [rules.DATE]


@pytest.mark.parametrize("born", ["1975-00-00", "1975-12-00", "1975-00-31"])
def test_a_lunar_date_is_told_and_tolerated(born: str) -> None:
    assert broken(traits(born=born)) == [rules_call.LUNAR]
    assert rules_call.LUNAR.official is Official.TOLERATES


@pytest.mark.parametrize("born", ["1975-02-30", "0000-01-01", "1975-13-00", "1975-00-32", "1975-13-01"])
def test_a_date_outside_the_calendar_is_only_a_warning(born: str) -> None:
    assert broken(traits(born=born)) == [rules.CALENDAR]
    assert rules.CALENDAR.severity is Severity.WARNING


@pytest.mark.parametrize("place", ["63220", "2A020", "2B020", "99350", "97411"])
def test_places_are_cog_codes(place: str) -> None:
    assert broken(traits(place=place)) == []


@pytest.mark.parametrize("place", ["PARIS", "6322", "2C020", "632200"])
def test_what_is_no_cog_code_is_told(place: str) -> None:
    assert broken(traits(place=place)) == [rules.PLACE]


def test_surplus_and_disorder_are_told() -> None:
    sent = traits()
    sent.surplus, sent.ordered = ["NomUsage"], False
    assert broken(sent) == [rules.SURPLUS, rules.ORDER]
