"""The control plane on PostgreSQL, shared by all processes of an installation."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from socle.control.database import Change, ControlUnavailable, Scope
from socle.control.faults import FaultRule
from socle.control.plane import ControlPlane
from socle.control.port import FaultEffect
from socle.settings import GroundSettings
from support.control_faults_suite import fire
from support.control_processes_suite import ProcessesSuite, soon
from support.control_suite import ControlSuite, opened
from support.postgres import PostgresServer, fresh_database

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


@pytest.fixture
def settings(tmp_path: Path, postgres_url: str) -> GroundSettings:
    return GroundSettings(data_dir=tmp_path, database_url=SecretStr(postgres_url))


@pytest.fixture
def plane(settings: GroundSettings) -> Iterator[ControlPlane]:
    plane = opened(settings)
    yield plane
    plane.close()


class TestControl(ControlSuite):
    """On PostgreSQL."""


class TestProcesses(ProcessesSuite):
    """On PostgreSQL."""


def test_containers_that_share_no_folder_share_the_key(
    plane: ControlPlane, settings: GroundSettings, tmp_path: Path
) -> None:
    elsewhere = opened(settings.model_copy(update={"data_dir": tmp_path / "another machine"}))
    assert elsewhere.patient_ref("2790351215189") == plane.patient_ref("2790351215189")
    elsewhere.close()


async def test_a_long_change_keeps_neither_counters_nor_news_waiting(
    plane: ControlPlane, settings: GroundSettings
) -> None:
    """Making a large population takes seconds; in every process, its own included."""
    rule = FaultRule("r", "default", FaultEffect.LATENCY, latency_ms=1)
    await asyncio.to_thread(plane.add_fault_rule, rule)
    other = await asyncio.to_thread(opened, settings)
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with plane._database.writing(Change(Scope.POPULATION, "")):
            holding.set()
            done.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    await asyncio.to_thread(holding.wait)
    async with asyncio.timeout(10):
        assert [await fire(plane), await fire(other)] == ["r", "r"]
        await asyncio.to_thread(plane._refresh, mine=True)
    done.set()
    await asyncio.to_thread(holder.join)
    await asyncio.to_thread(other.close)


@pytest.fixture
def own_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh database in a server that may be killed."""
    with fresh_database(postgres_server.url()) as url:
        yield url


def test_postgresql_goes_away_and_comes_back(postgres_server: PostgresServer, own_url: str, tmp_path: Path) -> None:
    settings = GroundSettings(data_dir=tmp_path, database_url=SecretStr(own_url))
    plane, other = opened(settings), opened(settings)
    plane.add_fault_rule(FaultRule("r", "default", FaultEffect.CUT))
    postgres_server.kill()
    soon(lambda: not plane.in_touch)
    assert plane.workspace("default") is not None
    assert list(plane.population("default").persons)
    assert asyncio.run(fire(plane)) is None
    with pytest.raises(ControlUnavailable, match="does not answer"):
        plane.create_workspace("ws1")
    with pytest.raises(ControlUnavailable):
        plane.fault_rules("default")
    postgres_server.start()
    soon(lambda: plane.in_touch and other.in_touch)
    plane.create_workspace("ws1")
    soon(lambda: other.workspace("ws1") is not None)
    assert asyncio.run(fire(plane)) == "r"
    for one in (plane, other):
        one.close()


def test_a_large_population_is_soon_there(plane: ControlPlane, settings: GroundSettings) -> None:
    start = time.perf_counter()
    plane.seed_population(seed=1, establishments=2000, patients_per_establishment=100)
    made = time.perf_counter() - start
    start = time.perf_counter()
    other = opened(settings)
    loaded = time.perf_counter() - start
    assert len(list(other.population("default").persons)) > 200_000
    other.close()
    print(f"2000 sites with 100 patients each: made in {made:.1f} s, loaded in {loaded:.1f} s")
    assert loaded < 60
