"""Every registered rule belongs to a family whose table CI prints."""

from pathlib import Path

import pytest

from socle.fidelity import import_rules
from socle.rules import REGISTRY
from support.rule_table import FAMILIES, PROPERTY, RuleTable, family_of

SERVICES = ("socle", "ins_sim", "dmp_sim", "mss_sim", "psc_sim", "metrics")
TESTS = Path(__file__).resolve().parents[2]
TLS = "TLS and certificates"


@pytest.fixture(autouse=True, scope="module")
def _rules() -> None:
    import_rules(SERVICES)


def test_every_rule_has_a_family_and_every_family_a_test() -> None:
    strange = [rule.id for rule in REGISTRY if family_of(rule.id) is None]
    assert strange == [], "name their family in support/rule_table.py"
    assert {family_of(rule.id) for rule in REGISTRY} == set(FAMILIES)
    for name, family in FAMILIES.items():
        assert f'RuleTable("{name}")' in (TESTS / family.proof).read_text("utf-8")


def test_a_table_wants_each_rule_broken_alone_and_satisfied() -> None:
    told: list[tuple[str, str]] = []
    table = RuleTable(TLS)
    table.case("sound", [])
    for rule in table.rules[1:]:
        table.case(f"breaks {rule}", [rule], rule)
    with pytest.raises(AssertionError, match=f"^{table.rules[0]}: broken by no case"):
        table.close(lambda name, text: told.append((name, text)))
    table.case("both", table.rules[:2], table.rules[0], also=table.rules[1:2])
    table.close(lambda name, text: told.append((name, text)))
    assert [name for name, _ in told] == [PROPERTY]
    assert told[0][1].startswith(f"{TLS}: {len(table.rules)} rules, each broken and satisfied\n")
    assert f"  {table.rules[0]}" in told[0][1]


@pytest.mark.parametrize("told", [[], ["tls.client.expired", "tls.client.weak"]])
def test_a_case_that_tells_less_or_more_than_declared_fails_its_table(told: list[str]) -> None:
    table = RuleTable(TLS)
    table.case("sound", [])
    for rule in table.rules:
        table.case(f"breaks {rule}", [rule], rule)
    table.case("wrong", told, "tls.client.expired")
    with pytest.raises(AssertionError, match=r"^wrong: told"):
        table.close(lambda *_: None)


def test_what_a_sound_case_does_not_ask_stays_unsatisfied() -> None:
    table = RuleTable(TLS)
    table.case("sound", [], satisfies=("tls.",))
    for rule in table.rules:
        table.case(f"breaks {rule}", [rule], rule)
    with pytest.raises(AssertionError, match=r"^insi\.certificate\.common-name: satisfied by no case"):
        table.close(lambda *_: None)
