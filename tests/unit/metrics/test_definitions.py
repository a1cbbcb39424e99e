"""Definitions are data: what they may say, what is refused, and how values compare with targets."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from metrics.catalogue import Catalogue, parse, shipped
from metrics.domain.definitions import Definition, TargetCertainty
from metrics.domain.values import evaluate
from support.metrics_events import call, document, stay
from support.metrics_lab import Lab

BASE: dict[str, Any] = {
    "id": "X-ONE",
    "version": 1,
    "kind": "cohort_ratio",
    "labels": {"fr": "x", "en": "x"},
    "description": {"fr": "x", "en": "x"},
    "certainty": "T",
    "source": "test",
    "cohort": {"where": {"session": False}},
    "numerator": {"exists": "document", "where": {"typeCode": ["11490-0"], "registered": True}, "within": "P30D"},
    "target": {"value": "0.70", "certainty": "placeholder"},
}


def made(**more: Any) -> Catalogue:
    return parse([yaml.safe_dump({**BASE, **more})])


def only(**more: Any) -> Definition:
    return made(**more).definitions[0]


def test_the_seven_indicators_are_there_with_their_source() -> None:
    found = {each.id for each in shipped().current()}
    assert found == {"DMP-SORTIE", "DMP-LL", "DMP-VOL", "DMP-REJET", "MSS-CIT", "MSS-VOL", "INSI-SUCCES"}
    for each in shipped().definitions:
        assert each.source
        if each.target is not None:
            # no official threshold could be read: none may be presented as such
            assert each.target.certainty is not TargetCertainty.OFFICIAL


@pytest.mark.parametrize(
    "change",
    [
        {"id": "no spaces"},
        {"version": 0},
        {"kind": "invented"},
        {"colour": "blue"},
        {"target": {"value": "70", "certainty": "placeholder"}},
        {"target": {"value": "0.70", "certainty": "sure"}},
        {"target": {"value": "a", "certainty": "placeholder"}},
        {"cohort": {"where": {"colour": "blue"}}},
        {"numerator": {"exists": "document", "where": {"colour": 1}}},
        {"numerator": {"exists": "call"}},
        {"numerator": {"exists": "document", "within": "30 days"}},
    ],
)
def test_a_mistake_is_refused_at_load(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        made(**change)


def test_flows_may_only_speak_of_attributes_that_exist() -> None:
    flow = {name: BASE[name] for name in ("id", "version", "labels", "description", "certainty", "source")}
    count = {"kind": "flow_count", "count": {"fact": "document", "where": {}}}
    parse([yaml.safe_dump(flow | count)])
    for wrong in ({"breakdown": ["colour"]}, {"measures": {"x": {"colour": 1}}}):
        with pytest.raises(ValueError, match="no attribute"):
            parse([yaml.safe_dump(flow | count | wrong)])
    ratio = {
        "kind": "flow_ratio",
        "numerator": {"fact": "call"},
        "denominator": {"fact": "call"},
        "breakdown": ["colour"],
    }
    with pytest.raises(ValueError, match="no attribute"):
        parse([yaml.safe_dump(flow | ratio)])


def test_one_key_is_defined_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        parse([yaml.safe_dump(BASE), yaml.safe_dump(BASE)])


def test_the_current_version_is_the_highest_and_old_ones_stay() -> None:
    both = parse([yaml.safe_dump({**BASE, "version": 2}), yaml.safe_dump(BASE)])
    assert [each.key for each in both.current()] == [("X-ONE", 2)]
    assert both.find("X-ONE", 1) is not None
    assert both.find("X-TWO") is None
    assert both.fingerprint != made().fingerprint


def test_two_versions_are_computed_side_by_side() -> None:
    net = {**BASE, "version": 2, "cohort": {"where": {"session": False}, "excludeExitModes": ["9"]}}
    with Lab(parse([yaml.safe_dump(BASE), yaml.safe_dump(net)])) as lab:
        lab.take(stay("a"), stay("b", exit_mode="9"), document("a"))
        assert lab.rate("X-ONE", version=1) == (1, 2)
        assert lab.rate("X-ONE", version=2) == (1, 1)


@pytest.mark.parametrize(
    ("num", "den", "reached", "remaining"),
    [
        (7, 10, True, 0),
        (6, 10, False, 1),
        (69, 99, False, 1),
        (70, 100, True, 0),
        (1399, 2000, False, 1),
        (0, 1, False, 1),
    ],
)
def test_a_rate_is_compared_exactly(num: int, den: int, reached: bool, remaining: int) -> None:
    value = evaluate(only(), num, den)
    assert (value.reached, value.remaining) == (reached, remaining)


def test_two_decimals_are_compared_rounded_only_when_the_definition_says_so() -> None:
    rounded = only(target={"value": "0.70", "certainty": "placeholder", "rounding": "2dp"})
    assert evaluate(rounded, 69_995, 100_000).reached is True
    assert evaluate(only(), 69_995, 100_000).reached is False


def test_at_most_counts_what_is_too_much() -> None:
    at_most = only(target={"value": "0.02", "certainty": "placeholder", "comparison": "<="})
    assert evaluate(at_most, 2, 100).reached is True
    assert evaluate(at_most, 5, 100).reached is False
    assert evaluate(at_most, 5, 100).remaining == 3


def test_nothing_to_divide_by_is_null_not_zero() -> None:
    value = evaluate(only(), 0, 0)
    assert (value.value, value.reached, value.gap) == (None, None, None)


def test_a_target_nobody_has_set_judges_nothing() -> None:
    value = evaluate(only(target={"value": None, "certainty": "placeholder"}), 1, 2)
    assert (value.value, value.target, value.reached) == (0.5, None, None)


@given(st.integers(0, 500), st.integers(1, 500))
def test_what_remains_is_just_enough(num: int, den: int) -> None:
    num = min(num, den)
    value = evaluate(only(), num, den)
    assert value.remaining is not None
    assert evaluate(only(), num + value.remaining, den).reached is True
    if value.remaining:
        assert evaluate(only(), num + value.remaining - 1, den).reached is False


def test_outcomes_are_split_as_the_definition_says() -> None:
    with Lab() as lab:
        lab.take(*(call(str(n), outcome) for n, outcome in enumerate(["00", "00", "01", "insi_102"])))
        sums = lab.sums("INSI-SUCCES")
        assert (sums["num"], sums["den"]) == (2, 4)
        assert (sums["outcome=00"], sums["outcome=01"], sums["outcome=insi_102"]) == (2, 1, 1)
