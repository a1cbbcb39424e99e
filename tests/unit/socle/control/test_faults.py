"""Fault rules: when one concerns a call, when it fires."""

from dataclasses import replace

import pytest

from socle.control.fault_checks import FaultNonsense, check_rule
from socle.control.faults import FaultRule, RuleBook
from socle.control.port import FaultEffect, FaultPoint

RULE = FaultRule("r", "default", FaultEffect.CUT)
CALL = {"path": "/si-dmp-server/v2/services/repository", "action": "urn:ihe:iti:2007:X"}


@pytest.mark.parametrize(
    ("change", "concerned"),
    [
        ({}, True),
        ({"service": "dmp_sim"}, True),
        ({"service": "ins_sim"}, False),
        ({"operation": "iti41"}, True),
        ({"operation": "iti43"}, False),
        ({"point": FaultPoint.BEFORE_COMMIT}, False),
        ({"match": {"path": "*/repository"}}, True),
        ({"match": {"path": "*/registry"}}, False),
        ({"match": {"path": "*/repository", "action": "urn:ihe:iti:200?:X"}}, True),
        ({"match": {"path": "*/repository", "absent": "*"}}, False),
    ],
)
def test_concerns(change: dict[str, object], concerned: bool) -> None:
    rule = replace(RULE, **change)  # type: ignore[arg-type]
    met = RuleBook([rule]).concerned(FaultPoint.RECEIVED, "dmp_sim", "iti41", CALL.get)
    assert list(met) == ([rule] if concerned else [])


def firings(rule: FaultRule, calls: int) -> list[int]:
    fired: list[int] = []
    for call in range(1, calls + 1):
        if rule.fires(call, len(fired)):
            fired.append(call)
    return fired


def test_always_from_the_nth_and_so_many_times() -> None:
    assert firings(RULE, 4) == [1, 2, 3, 4]
    assert firings(replace(RULE, nth=3), 5) == [3, 4, 5]
    assert firings(replace(RULE, times=2), 5) == [1, 2]
    assert firings(replace(RULE, nth=2, times=1), 5) == [2]


def test_probability_is_kept_and_repeats() -> None:
    rule = replace(RULE, probability=0.3)
    fired = firings(rule, 2000)
    assert 500 < len(fired) < 700
    assert firings(rule, 2000) == fired
    assert firings(replace(rule, id="other"), 2000) != fired
    assert firings(replace(RULE, probability=0.0), 100) == []
    assert firings(replace(RULE, probability=1.0), 100) == list(range(1, 101))


def test_a_rule_may_name_several_operations() -> None:
    rule = replace(RULE, operation="iti41,iti57")
    assert rule.stands_at(FaultPoint.RECEIVED, "dmp_sim", "iti57")
    assert not rule.stands_at(FaultPoint.RECEIVED, "dmp_sim", "iti4")


def test_a_call_is_looked_into_only_for_rules_that_ask() -> None:
    def at_hand(name: str) -> str | None:
        assert name in CALL, f"nobody asked for {name}"
        return CALL[name]

    title = replace(RULE, id="other", service="ins_sim", match={"path": "*/repository", "title": "*"})
    book = RuleBook([RULE, title, replace(title, id="elsewhere", match={"title": "*", "path": "/nowhere"})])
    assert list(book.concerned(FaultPoint.RECEIVED, "dmp_sim", "iti41", at_hand)) == [RULE]
    assert list(book.concerned(FaultPoint.BEFORE_COMMIT, "ins_sim", "x", at_hand)) == []
    with pytest.raises(AssertionError, match="title"):
        book.concerned(FaultPoint.RECEIVED, "ins_sim", "x", at_hand)
    assert list(book.concerned(FaultPoint.RECEIVED, "ins_sim", "x", {**CALL, "title": "t"}.get)) == [RULE, title]


def test_what_is_remembered_of_paths_and_actions_is_bounded() -> None:
    rule = replace(RULE, match={"action": "urn:7*"})
    book = RuleBook([rule])
    for number in range(2000):
        met = book.concerned(FaultPoint.RECEIVED, "s", "o", {"action": f"urn:{number}"}.get)
        assert list(met) == ([rule] if str(number).startswith("7") else [])
    assert len(book._left) <= 256


def test_a_drawn_latency_has_the_median_and_the_99th_percentile_asked_for() -> None:
    rule = FaultRule("slow", "default", FaultEffect.LATENCY, latency_ms=800, latency_p99_ms=30_000)
    drawn = sorted(rule.fault(call).latency_ms for call in range(1, 4001))
    assert 750 < drawn[2000] < 850
    assert 24_000 < drawn[3960] < 37_000
    assert rule.fault(7) == rule.fault(7)
    assert replace(rule, latency_p99_ms=None).fault(7).latency_ms == 800


def test_no_draw_waits_longer_than_ten_minutes() -> None:
    rule = FaultRule("slow", "default", FaultEffect.LATENCY, latency_ms=500_000, latency_p99_ms=600_000)
    assert max(rule.fault(call).latency_ms for call in range(1, 1001)) == 600_000


NONSENSE: list[tuple[FaultEffect, dict[str, object], str]] = [
    (FaultEffect.CUT_ANSWER, {"share": 1.5}, "share"),
    (FaultEffect.TRUNCATE, {"share": -0.1}, "share"),
    (FaultEffect.CUT, {"share": 0.5}, "share"),
    (FaultEffect.DRIP, {}, "bytesPerSecond"),
    (FaultEffect.DRIP, {"bytes_per_second": 0}, "bytesPerSecond"),
    (FaultEffect.CUT, {"bytes_per_second": 9}, "bytesPerSecond"),
    (FaultEffect.OVERLOAD, {"code": "X"}, "code"),
    (FaultEffect.LATENCY, {}, "latencyMs"),
    (FaultEffect.LATENCY, {"latency_ms": 600_001}, "latencyMs"),
    (FaultEffect.LATENCY, {"latency_ms": 9, "latency_p99_ms": 8}, "latencyP99Ms"),
    (FaultEffect.CUT, {"latency_p99_ms": 8}, "latencyP99Ms"),
    (FaultEffect.DELAY_EVENT, {"point": FaultPoint.BEFORE_COMMIT}, "seconds"),
    (FaultEffect.DELAY_EVENT, {"point": FaultPoint.BEFORE_COMMIT, "seconds": float("nan")}, "seconds"),
    (FaultEffect.REFUSE, {"seconds": 1.0}, "seconds"),
    (FaultEffect.DELAY_EVENT, {"seconds": 1.0, "point": FaultPoint.BEFORE_ANSWER}, "before-commit"),
    (FaultEffect.STALE, {"seconds": 1.0}, "stale"),
    (FaultEffect.STALE, {"seconds": 1.0, "service": "dmp_sim", "operation": "iti41"}, "stale"),
    (FaultEffect.STALE, {"seconds": 1.0, "service": "dmp_sim", "operation": "iti18,iti41"}, "stale"),
]


@pytest.mark.parametrize(("effect", "more", "named"), NONSENSE)
def test_what_contradicts_itself_is_refused_in_both_languages(
    effect: FaultEffect, more: dict[str, object], named: str
) -> None:
    with pytest.raises(FaultNonsense) as refused:
        check_rule(FaultRule("r", "default", effect, **more))  # type: ignore[arg-type]
    assert named in refused.value.french
    assert named in refused.value.english


SENSE: list[tuple[FaultEffect, dict[str, object]]] = [
    (FaultEffect.CUT_ANSWER, {"share": 0.0}),
    (FaultEffect.CUT_ANSWER, {}),
    (FaultEffect.TRUNCATE, {"share": 1, "seconds": 0.5}),
    (FaultEffect.DRIP, {"bytes_per_second": 100}),
    (FaultEffect.CUT, {"latency_ms": 30_000, "latency_p99_ms": 60_000}),
    (FaultEffect.OVERLOAD, {}),
    (FaultEffect.STALE, {"seconds": 60, "service": "dmp_sim", "operation": "iti18,iti43"}),
    (FaultEffect.DELAY_EVENT, {"seconds": 3600, "point": FaultPoint.BEFORE_COMMIT}),
]


@pytest.mark.parametrize(("effect", "more"), SENSE)
def test_what_makes_sense_is_taken(effect: FaultEffect, more: dict[str, object]) -> None:
    check_rule(FaultRule("r", "default", effect, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pattern", "value", "met"),
    [
        ("a.b", "a.b", True),
        ("a.b", "axb", False),
        ("A", "a", False),
        ("a*", "abc", True),
        ("?", "ab", False),
        ("[ab]", "b", True),
        ("[!ab]", "b", False),
        ("b", "a\nb", True),
        ("b*", "a\nbc", True),
        ("c*", "a\nbc", False),
        ("*", "", True),
        ("", "", True),
    ],
)
def test_a_pattern_is_for_one_whole_value(pattern: str, value: str, met: bool) -> None:
    book = RuleBook([replace(RULE, match={"x": pattern})])
    assert bool(book.concerned(FaultPoint.RECEIVED, "s", "o", {"x": value}.get)) is met
