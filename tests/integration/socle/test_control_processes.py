"""Several processes on one control database: what one changes, all see; counters are moved once."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from socle.control.database import Change, Scope
from socle.control.faults import FaultRule
from socle.control.model import Box, BoxType
from socle.control.plane import ControlPlane
from socle.control.population.codec import Items
from socle.control.port import FaultEffect
from socle.settings import GroundSettings
from support import control_child
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


@pytest.fixture
def other(plane: ControlPlane, tmp_path: Path) -> Iterator[ControlPlane]:
    """A second reader of the same file, as another process would be."""
    other = opened(tmp_path)
    yield other
    other.close()


def soon(holds: Callable[[], bool]) -> float:
    """Wait until ``holds``; gives the seconds it took. D14 allows 0.2; the test machine may be busy."""
    start = time.perf_counter()
    while not holds():
        assert time.perf_counter() - start < 5, "never seen"
        time.sleep(0.002)
    return time.perf_counter() - start


def test_every_kind_of_change_reaches_the_other_process(plane: ControlPlane, other: ControlPlane) -> None:
    heard: list[Change] = []
    other.subscribe(heard.append)
    times = []
    plane.create_workspace("ws1")
    times.append(soon(lambda: other.workspace("ws1") is not None))
    clock = other.clock("ws1")
    plane.freeze_clock("ws1", THEN)
    times.append(soon(lambda: clock.now() == THEN))
    plane.reset_workspace("ws1")
    times.append(soon(lambda: other.workspace("ws1").epoch == 2))  # type: ignore[union-attr]
    plane.put_people("ws1", Items(boxes=(Box("A@B.mssante.example", BoxType.ORG, "A"),)))
    times.append(soon(lambda: other.population("ws1").box("a@b.mssante.example") is not None))
    assert other.population("default").box("a@b.mssante.example") is None
    plane.seed_population(seed=2, establishments=3, patients_per_establishment=1)
    times.append(soon(lambda: len(list(other.population("default").establishments)) == 3))
    assert other.population("ws1").box("a@b.mssante.example") is not None
    plane.remove_people("ws1")
    times.append(soon(lambda: other.population("ws1").box("a@b.mssante.example") is None))
    plane.delete_workspace("ws1")
    times.append(soon(lambda: other.workspace("ws1") is None))
    assert sorted(times)[len(times) // 2] < 0.2
    assert Change(Scope.WORKSPACE, "ws1") in heard
    assert Change(Scope.POPULATION, "") in heard


def test_who_slept_through_too_many_changes_reads_everything_again(
    plane: ControlPlane, other: ControlPlane, tmp_path: Path
) -> None:
    other._stopping.set()
    assert other._watcher is not None
    other._watcher.join()
    plane.create_workspace("ws1")
    plane.add_fault_rule(FaultRule("r", "ws1", FaultEffect.CUT))
    with sqlite3.connect(tmp_path / "control.db") as raw:
        raw.execute("DELETE FROM change WHERE seq < (SELECT max(seq) FROM change)")
    raw.close()
    heard: list[Change] = []
    other.subscribe(heard.append)
    other._refresh(mine=False)
    assert other.workspace("ws1") is not None
    assert Change(Scope.FAULTS, "ws1") in heard


def in_other_processes(folder: Path, calls: int, count: int) -> list[list[int]]:
    """Run so many processes at once; gives what each fired and how many people each saw."""
    command = [sys.executable, control_child.__file__, str(folder), str(calls)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    told = [child.communicate(timeout=50)[0] for child in children]
    assert [child.returncode for child in children] == [0] * count
    return [[int(number) for number in line.split()] for line in told]


def test_counters_are_atomic_between_processes(plane: ControlPlane, tmp_path: Path) -> None:
    plane.add_fault_rule(FaultRule("r", "default", FaultEffect.CUT, nth=10, times=25))
    fired = [answer[0] for answer in in_other_processes(tmp_path, 50, 2)]
    (rule,) = plane.fault_rules("default")
    assert (rule.seen, rule.fired, sum(fired)) == (100, 25, 25)


def test_processes_that_start_together_seed_once(tmp_path: Path) -> None:
    assert len({people for _, people in in_other_processes(tmp_path, 0, 3)}) == 1
    plane = opened(tmp_path)
    assert [record.workspace.name for record in plane.workspaces()] == ["default"]
    plane.close()
