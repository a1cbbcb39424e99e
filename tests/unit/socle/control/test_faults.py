"""Fault rules: when one concerns a call, when it fires."""

from dataclasses import replace

import pytest

from socle.control.faults import FaultRule
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
    assert rule.concerns(FaultPoint.RECEIVED, "dmp_sim", "iti41", CALL) is concerned


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
