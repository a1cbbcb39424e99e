"""What every control plane promises of fault rules (D10): the part of ``control_suite`` on them."""

import asyncio
from functools import partial

import pytest

from socle.control.fault_checks import FaultNonsense
from socle.control.faults import FaultRule
from socle.control.plane import ControlPlane
from socle.control.port import FaultEffect, FaultPoint


async def fire(plane: ControlPlane, point: FaultPoint = FaultPoint.RECEIVED, workspace: str = "default") -> str | None:
    fault = await plane.fault(point, workspace=workspace, service="s", operation="o", attributes={"path": "/x"}.get)
    return fault.rule_id if fault else None


class ControlFaultsSuite:
    """Which rule fires, how it is counted, and what is kept of it."""

    async def test_the_first_rule_that_fires_wins_and_those_before_it_count(self, plane: ControlPlane) -> None:
        for rule in (
            FaultRule("third", "default", FaultEffect.REFUSE, nth=3, times=1, code="c", reason="why"),
            FaultRule("elsewhere", "default", FaultEffect.CUT, point=FaultPoint.BEFORE_COMMIT),
            FaultRule("twice", "default", FaultEffect.LATENCY, latency_ms=5, times=2),
        ):
            await asyncio.to_thread(plane.add_fault_rule, rule)
        assert [await fire(plane) for _ in range(5)] == ["twice", "twice", "third", None, None]
        assert await fire(plane, FaultPoint.BEFORE_COMMIT) == "elsewhere"
        assert await fire(plane, workspace="other") is None
        rules = await asyncio.to_thread(plane.fault_rules, "default")
        assert [(rule.id, rule.seen, rule.fired) for rule in rules] == [
            ("third", 5, 1),
            ("elsewhere", 1, 1),
            ("twice", 4, 2),
        ]
        fault = rules[0].fault(3)
        assert (fault.effect, fault.code, fault.reason) == (FaultEffect.REFUSE, "c", "why")

    async def test_a_workspace_without_rules_is_not_made_to_wait(self, plane: ControlPlane) -> None:
        coroutine = plane.fault(FaultPoint.RECEIVED, workspace="default", service="s", operation="o", attributes={}.get)
        with pytest.raises(StopIteration) as answer:
            coroutine.send(None)
        assert answer.value.value is None

    async def test_rules_that_match_nothing_do_not_make_a_call_wait_either(self, plane: ControlPlane) -> None:
        idle = [
            FaultRule("elsewhere", "default", FaultEffect.CUT, service="other"),
            FaultRule("later", "default", FaultEffect.CUT, point=FaultPoint.BEFORE_ANSWER, operation="o"),
            FaultRule("unlike", "default", FaultEffect.CUT, match={"path": "/y"}),
        ]
        await asyncio.to_thread(plane.add_fault_rules, "default", idle)
        where = {"workspace": "default", "service": "s", "operation": "o"}
        coroutine = plane.fault(FaultPoint.RECEIVED, **where, attributes={"path": "/x"}.get)
        with pytest.raises(StopIteration) as answer:
            coroutine.send(None)
        assert answer.value.value is None
        assert [rule.seen for rule in await asyncio.to_thread(plane.fault_rules, "default")] == [0, 0, 0]

    async def test_a_set_of_rules_comes_whole_or_not_at_all(self, plane: ControlPlane) -> None:
        await asyncio.to_thread(plane.add_fault_rule, FaultRule("old", "default", FaultEffect.CUT))
        bad = [FaultRule("new", "default", FaultEffect.CUT), FaultRule("bad", "default", FaultEffect.DRIP)]
        with pytest.raises(FaultNonsense, match="bytesPerSecond"):
            await asyncio.to_thread(partial(plane.add_fault_rules, "default", bad, alone=True))
        assert [rule.id for rule in await asyncio.to_thread(plane.fault_rules, "default")] == ["old"]
        await asyncio.to_thread(partial(plane.add_fault_rules, "default", bad[:1], alone=True))
        assert await fire(plane) == "new"

    def test_what_a_rule_says_is_kept(self, plane: ControlPlane) -> None:
        rule = FaultRule(
            "all",
            "default",
            FaultEffect.CUT_ANSWER,
            FaultPoint.BEFORE_ANSWER,
            "dmp_sim",
            "iti41,iti43",
            {"path": "*"},
            2,
            3,
            0.5,
            latency_ms=10,
            latency_p99_ms=20,
            reason="why",
            share=0.25,
            catalogue="any.cut-answer",
        )
        plane.add_fault_rule(rule)
        assert plane.fault_rules("default") == (rule,)
