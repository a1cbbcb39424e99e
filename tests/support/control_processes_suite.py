"""What every control plane promises several processes, whatever the database: inherit, and give ``settings``."""

import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, select

from socle.control.database import Change, Scope
from socle.control.faults import FaultRule
from socle.control.model import Box, BoxType
from socle.control.plane import ControlPlane
from socle.control.population.codec import Items
from socle.control.port import FaultEffect
from socle.control.tables import change
from socle.settings import GroundSettings
from support import control_child
from support.control_suite import opened

THEN = datetime(2030, 1, 1, tzinfo=UTC)


def soon(holds: Callable[[], bool]) -> float:
    """Wait until ``holds``; gives the seconds it took. D14 allows 0.2; the test machine may be busy."""
    start = time.perf_counter()
    while not holds():
        assert time.perf_counter() - start < 20, "never seen"
        time.sleep(0.002)
    return time.perf_counter() - start


def in_other_processes(settings: GroundSettings, calls: int, count: int) -> list[list[int]]:
    """Run so many processes at once; gives what each fired and how many people each saw."""
    command = control_child.command(settings, str(calls))
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    told = [child.communicate(timeout=50)[0] for child in children]
    assert [child.returncode for child in children] == [0] * count
    return [[int(number) for number in line.split()] for line in told]


class ProcessesSuite:
    """What one changes, all see; counters are moved once."""

    @pytest.fixture
    def plane(self, settings: GroundSettings) -> Iterator[ControlPlane]:
        plane = opened(settings)
        yield plane
        plane.close()

    @pytest.fixture
    def other(self, plane: ControlPlane, settings: GroundSettings) -> Iterator[ControlPlane]:
        """A second reader of the same file, as another process would be."""
        other = opened(settings)
        yield other
        other.close()

    def test_every_kind_of_change_reaches_the_other_process(self, plane: ControlPlane, other: ControlPlane) -> None:
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
        self, plane: ControlPlane, other: ControlPlane
    ) -> None:
        other._stopping.set()
        assert other._watcher is not None
        other._watcher.join()
        plane.create_workspace("ws1")
        plane.add_fault_rule(FaultRule("r", "ws1", FaultEffect.CUT))
        with plane._database.writing() as connection:
            connection.execute(delete(change).where(change.c.seq < select(func.max(change.c.seq)).scalar_subquery()))
        heard: list[Change] = []
        other.subscribe(heard.append)
        other._refresh(mine=False)
        assert other.workspace("ws1") is not None
        assert Change(Scope.FAULTS, "ws1") in heard

    def test_counters_are_atomic_between_processes(self, plane: ControlPlane, settings: GroundSettings) -> None:
        plane.add_fault_rule(FaultRule("r", "default", FaultEffect.CUT, nth=10, times=25))
        fired = [answer[0] for answer in in_other_processes(settings, 50, 2)]
        (rule,) = plane.fault_rules("default")
        assert (rule.seen, rule.fired, sum(fired)) == (100, 25, 25)

    def test_processes_that_start_together_seed_once(self, settings: GroundSettings) -> None:
        assert len({people for _, people in in_other_processes(settings, 0, 3)}) == 1
        plane = opened(settings)
        assert [record.workspace.name for record in plane.workspaces()] == ["default"]
        plane.close()

    @pytest.mark.slow
    @pytest.mark.alone
    def test_a_change_is_seen_in_a_real_process_within_200_ms(
        self, plane: ControlPlane, settings: GroundSettings
    ) -> None:
        child = subprocess.Popen(
            control_child.command(settings, "watch"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        delays = []
        for number in range(20):
            plane.configure("default", options={"n": str(number)})
            committed = time.time()
            at, scope, name = child.stdout.readline().split()
            assert (scope, name) == ("workspace", "default")
            delays.append(float(at) - committed)
        child.communicate("", timeout=20)
        assert child.returncode == 0
        print(f"seen after {sorted(delays)[10] * 1000:.0f} ms (median), {max(delays) * 1000:.0f} ms at most")
        assert sorted(delays)[17] < 0.2
