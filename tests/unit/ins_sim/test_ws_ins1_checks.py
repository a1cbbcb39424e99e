"""WS_INS1: what the body is held to, alone and beside the coverage, and which of its numbers may be real."""

import pytest

from ins_sim.domain import rules as common
from ins_sim.domain import rules_vitale as rules
from ins_sim.domain.coherence import check, check_asked
from ins_sim.domain.policy import Policy
from ins_sim.domain.strangers import in_coverage
from ins_sim.domain.vitale import numbers
from socle.identifiers.ins import ins_key
from socle.rules import Rule
from support.insi_card import card_blocks, card_body, card_message, card_request, coverage

MOTHER, SON, FORMER = "2850675112001", "1150375112002", "2850675112009"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (card_body(None), rules.MISSING),
        (card_body(born=None), rules.MISSING),
        (card_body(MOTHER + ins_key(MOTHER)), rules.NUMBER),
        (card_body(individual="285067511200"), rules.NUMBER),
        (card_body("2a50675112001"), rules.NUMBER),
        (card_body(keys=(None, "7")), rules.NUMBER),
        (card_body(rank="0"), rules.RANK),
        (card_body(rank="10"), rules.RANK),
        (card_body(rank="²"), rules.RANK),
        (card_body(rank=None), rules.RANK_MISSING),
        (card_body(born="14/07/1977"), common.DATE),
        (card_body(name="Nessi"), common.LOWER_CASE),
        (card_body(name="NESSI  RUTH"), common.SEPARATORS),
    ],
)
def test_each_control_of_the_body(body: str, rule: Rule) -> None:
    assert [one.rule for one in check_asked(card_request(card_message(body)).asked)] == [rule]


@pytest.mark.parametrize("born", ["1977-07-00", "1977-00-00", "1977-13-32"])
def test_a_lunar_date_is_no_mistake(born: str) -> None:
    assert list(check_asked(card_request(card_message(card_body(born=born))).asked)) == []


@pytest.mark.parametrize(
    ("said", "told_of"),
    [
        (coverage(), []),
        (coverage(rank="01"), []),
        ("<bam:COUVERTURE/>", [rules.COVERAGE_EMPTY]),
        ("", [rules.COVERAGE_EMPTY]),
        (coverage(insured=None), [rules.COVERAGE_INSURED]),
        (coverage(MOTHER), [rules.COVERAGE_INSURED]),
        (coverage(born="2010-08-07"), [rules.COVERAGE_BIRTH]),
        (coverage(rank="2"), [rules.COVERAGE_RANK]),
        (coverage(rank=None), [rules.COVERAGE_RANK]),
        (coverage(number=MOTHER), [rules.COVERAGE_NUMBER]),
        (coverage(MOTHER, "2010-08-07", "2"), [rules.COVERAGE_INSURED, rules.COVERAGE_BIRTH, rules.COVERAGE_RANK]),
    ],
)
def test_each_incoherence_with_couverture_is_told_apart(said: str, told_of: list[Rule]) -> None:
    request = card_request(card_message(headers=card_blocks(coverage=said)))
    assert [one.rule for one in check(request, Policy())] == told_of


def test_neither_a_comment_nor_an_element_cuts_a_value_short() -> None:
    whole = card_body("27707632208291", rank="12", name="NESSIER")
    cut = whole.replace("8291", "829<!-- x -->1").replace("NESSI", "NESSI<!-- x -->").replace(">12<", ">1<!-- x -->2<")
    assert card_request(card_message(cut)).asked == card_request(card_message(whole)).asked
    within = card_request(card_message(whole.replace("NESSIER", "NESSI<x>ER</x>"))).asked
    assert (within.birth_name, within.surplus) == ("NESSIER", ["x"])


def test_numbers_that_may_be_real_are_all_looked_at() -> None:
    body = card_body(MOTHER + "11", individual=SON, keys=("12", None))
    request = card_request(card_message(body, card_blocks(coverage=coverage(FORMER, number="XYZ"))))
    found = (*numbers(request), *in_coverage(request))
    seen = [(one.matricule, one.key, where.rpartition("/")[2]) for one, where in found]
    assert seen == [
        (MOTHER, "11", "MatriculeOD"),
        (SON, "12", "MatriculeIndividu"),
        (FORMER, ins_key(FORMER), "ASSURE"),
    ]
