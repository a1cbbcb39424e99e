"""The control plane on its file: what one process changes, all see; counters are moved once."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from socle.clock import SystemClock
from socle.control.faults import FaultRule
from socle.control.model import Box, BoxType
from socle.control.plane import ControlPlane
from socle.control.population.codec import Items, Kind
from socle.control.port import FaultEffect, FaultPoint
from socle.control.settings import ControlSettings
from socle.control.workshop import UnknownWorkspace, WorkspaceExists
from socle.identifiers.ins import OID_NIR, make_ins
from socle.rules import Strictness
from socle.settings import GroundSettings
from support.control_child import SMALL

THEN = datetime(2030, 1, 1, tzinfo=UTC)


def opened(folder: Path) -> ControlPlane:
    plane = ControlPlane(GroundSettings(data_dir=folder), SMALL)
    plane.open()
    return plane


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[ControlPlane]:
    plane = opened(tmp_path)
    yield plane
    plane.close()


def test_the_first_start_seeds_once(tmp_path: Path) -> None:
    first = opened(tmp_path)
    people = list(first.population("default").persons)
    first.close()
    second = ControlPlane(GroundSettings(data_dir=tmp_path), ControlSettings(establishments=5, population_seed=9))
    second.open()
    assert list(second.population("default").persons) == people
    assert second.seeded_with() == {"seed": 1, "establishments": 2, "patientsPerEstablishment": 3}
    second.close()


def test_workspaces_live_and_their_epochs_never_come_back(plane: ControlPlane) -> None:
    made = plane.create_workspace("ws1", strictness=Strictness.LENIENT, options={"a": "b"})
    assert plane.workspace("ws1") == made
    assert (made.epoch, made.strictness, made.options) == (1, Strictness.LENIENT, {"a": "b"})
    with pytest.raises(WorkspaceExists):
        plane.create_workspace("ws1")
    plane.reset_workspace("ws1")
    assert plane.workspace("ws1") is not None
    assert plane.workspace("ws1").epoch == 2  # type: ignore[union-attr]
    plane.delete_workspace("ws1")
    assert plane.workspace("ws1") is None
    assert plane.create_workspace("ws1").epoch == 3
    assert [record.workspace.name for record in plane.workspaces()] == ["default", "ws1"]


@pytest.mark.parametrize("name", ["", "-a", "A", "a_b", "é", "a" * 41, "a.b", "a/b"])
def test_a_workspace_name_is_a_dns_label(plane: ControlPlane, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        plane.create_workspace(name)


def test_what_does_not_exist_is_refused(plane: ControlPlane) -> None:
    for change in (
        lambda: plane.reset_workspace("nobody"),
        lambda: plane.delete_workspace("nobody"),
        lambda: plane.configure("nobody", strictness=Strictness.LENIENT),
        lambda: plane.freeze_clock("nobody"),
        lambda: plane.add_fault_rule(FaultRule("r", "nobody", FaultEffect.CUT)),
        lambda: plane.put_people("nobody", Items()),
    ):
        with pytest.raises(UnknownWorkspace):
            change()
    with pytest.raises(ValueError, match="default"):
        plane.delete_workspace("default")


def test_making_a_workspace_is_quick(plane: ControlPlane) -> None:
    def once(number: int) -> float:
        start = time.perf_counter()
        plane.create_workspace(f"ws{number}")
        return time.perf_counter() - start

    assert sorted(once(number) for number in range(11))[5] < 0.05


def test_a_reset_clears_rules_and_clock_and_keeps_people_and_options(plane: ControlPlane) -> None:
    plane.create_workspace("ws1", options={"a": "b"})
    plane.add_fault_rule(FaultRule("r", "ws1", FaultEffect.CUT))
    plane.freeze_clock("ws1", THEN)
    box = Box("a@b.mssante.example", BoxType.ORG, "A")
    plane.put_people("ws1", Items(boxes=(box,)))
    plane.reset_workspace("ws1")
    assert plane.fault_rules("ws1") == ()
    assert plane.clock("ws1").now().year < 2030
    assert plane.population("ws1").box(box.address) == box
    assert plane.workspace("ws1").options == {"a": "b"}  # type: ignore[union-attr]


async def test_two_workspaces_may_give_their_rules_the_same_id(plane: ControlPlane) -> None:
    await asyncio.to_thread(plane.create_workspace, "ws1")
    for name in ("default", "ws1"):
        await asyncio.to_thread(plane.add_fault_rule, FaultRule("busy", name, FaultEffect.REFUSE, times=1))
    assert [await fire(plane), await fire(plane)] == ["busy", None]
    assert await fire(plane, workspace="ws1") == "busy"
    await asyncio.to_thread(plane.remove_fault_rules, "ws1")
    assert [rule.fired for rule in await asyncio.to_thread(plane.fault_rules, "default")] == [1]


def test_an_unknown_workspace_has_real_time_and_the_common_people(plane: ControlPlane) -> None:
    assert isinstance(plane.clock("nobody"), SystemClock)
    assert plane.population("nobody") is plane.population("default")


def test_allowed_numbers_are_kept_as_hashes_only(plane: ControlPlane, tmp_path: Path) -> None:
    ins = make_ins(sex="F", year=1960, month=6, place="75112", order=123, oid=OID_NIR)
    plane.create_workspace("ws1")
    plane.allow_ins("ws1", [ins.value])
    assert plane.population("ws1").accepts_ins(ins)
    assert not plane.population("default").accepts_ins(ins)
    for file in tmp_path.iterdir():
        assert ins.matricule.encode() not in file.read_bytes()
    assert plane.remove_people("ws1", Kind.ALLOWED_INS) == 1
    assert not plane.population("ws1").accepts_ins(ins)


async def fire(plane: ControlPlane, point: FaultPoint = FaultPoint.RECEIVED, workspace: str = "default") -> str | None:
    fault = await plane.fault(point, workspace=workspace, service="s", operation="o", attributes={"path": "/x"})
    return fault.rule_id if fault else None


async def test_the_first_rule_that_fires_wins_and_those_before_it_count(plane: ControlPlane) -> None:
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
    fault = rules[0].fault
    assert (fault.effect, fault.code, fault.reason) == (FaultEffect.REFUSE, "c", "why")


async def test_a_workspace_without_rules_is_not_made_to_wait(plane: ControlPlane) -> None:
    coroutine = plane.fault(FaultPoint.RECEIVED, workspace="default", service="s", operation="o", attributes={})
    with pytest.raises(StopIteration) as answer:
        coroutine.send(None)
    assert answer.value.value is None


async def test_a_rule_removed_meanwhile_does_not_fire(plane: ControlPlane) -> None:
    rule = FaultRule("r", "default", FaultEffect.CUT)
    await asyncio.to_thread(plane.add_fault_rule, rule)
    await asyncio.to_thread(plane.remove_fault_rules, "default", "r")
    assert await asyncio.to_thread(plane._count, [rule]) is None


def test_advance_and_resume_over_a_restart(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.freeze_clock("default", THEN)
    first.advance_clock("default", timedelta(days=1, microseconds=3))
    first.close()
    second = opened(tmp_path)
    assert second.clock("default").now() == THEN + timedelta(days=1, microseconds=3)
    second.resume_clock("default")
    shown = second.clock("default").now()
    assert timedelta(days=1) <= shown - THEN < timedelta(days=1, seconds=10)
    second.close()
