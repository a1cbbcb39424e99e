"""Several processes of metrics, each with its roles, over one PostgreSQL."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from metrics.batch import Held
from metrics.catalogue import shipped
from metrics.consumer import GROUP
from metrics.lease import Lease, LeaseLost, pass_gate
from metrics.settings import Role
from metrics.tables import metadata
from socle.store.port import Store
from socle.store.tables import common
from support.metrics_events import call, document, stay
from support.metrics_replicas import listening, replicas, until
from support.metrics_served import NOW, site

pytestmark = pytest.mark.postgres


async def test_each_role_alone_and_together_they_do_everything(tmp_path: Path, postgres_url: str) -> None:
    async with replicas(tmp_path, postgres_url, {Role.CONSUMER}, {Role.API}, {Role.INGESTION}) as (reads, shows, takes):
        refused = await reads.http.get("/api/indicators")
        assert refused.status_code == 404
        assert "api" in refused.json()["detail"]
        assert (await shows.http.post("/api/stays", json=[])).status_code == 404
        assert (await takes.http.get("/")).status_code == 404
        async with listening(shows) as events:
            assert "event: snapshot" in await until(events, "id:")
            body = {
                "stayId": "1.2.3^a",
                "finess": site(takes).finess_eg,
                "admittedAt": NOW.isoformat(),
                "dischargedAt": NOW.isoformat(),
            }
            posted = await takes.http.post("/api/stays", json=[body])
            assert posted.json()["created"] == 1, posted.text
            changed = await until(events, "event: change")
            cells = json.loads(changed.partition("data: ")[2])["cells"]
            assert {cell["indicator"] for cell in cells} >= {"DMP-SORTIE", "DMP-LL", "MSS-CIT"}
        await reads.emit([call(str(n), at=NOW) for n in range(20)])
        await shows.caught_up(21)
        assert (await shows.cell("INSI-SUCCES"))["den"] == 20
        lag = (await shows.http.get("/api/lag")).json()
        assert (lag["lag"], lag["known"]) == (0, True)
        async with asyncio.timeout(30):
            while (summary := (await shows.http.get("/api/summary")).json())["actsPerSecond"] < 2:
                await asyncio.sleep(0.05)
        assert summary["freshness"]["p50Ms"] is not None
        books = (await shows.http.get("/api/books")).json()
        assert books["counted"] == 21
        assert {each["topic"] for each in books["sources"]} == {"socles.insi.v1", "socles.stays.v1"}


async def test_two_consumers_that_both_think_they_own_everything_count_once(tmp_path: Path, postgres_url: str) -> None:
    both = {Role.CONSUMER, Role.API}
    async with replicas(tmp_path, postgres_url, both, both) as (one, two):
        for n in range(10):
            await one.emit([stay(f"{n}", discharged=NOW), document(f"{n}", at=NOW), call(f"{n}", at=NOW)])
        await one.caught_up(30)
        for run in (one, two):
            assert (await run.cell("DMP-SORTIE"))["num"] == 10
            assert (await run.cell("INSI-SUCCES"))["den"] == 10


async def test_a_rebuild_goes_on_beside_consumers_elsewhere_and_is_alone(tmp_path: Path, postgres_url: str) -> None:
    async with replicas(tmp_path, postgres_url, {Role.CONSUMER, Role.API}, {Role.API}) as (reads, shows):
        await reads.emit([call(f"before {n}", at=NOW) for n in range(50)])
        await reads.caught_up(50)

        async def emit() -> None:
            for n in range(60):
                await reads.emit([call(f"during {n}", at=NOW), stay(f"{n}", discharged=NOW), document(f"{n}", at=NOW)])

        emitting = asyncio.create_task(emit())
        answers = await asyncio.gather(*(run.http.post("/api/rebuild") for run in (shows, reads)))
        await emitting
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        rebuilt = next(answer.json() for answer in answers if answer.status_code == 200)
        assert rebuilt["equal"], rebuilt
        await shows.caught_up(230)
        assert (await shows.cell("INSI-SUCCES"))["den"] == 110
        assert (await shows.cell("DMP-SORTIE"))["num"] == 60
        again = await shows.rebuilt()
        assert (again["equal"], again["events"]) == (True, 230)


async def test_a_rebuild_that_died_at_its_last_step_keeps_nobody_waiting(tmp_path: Path, postgres_url: str) -> None:
    async with replicas(tmp_path, postgres_url, {Role.CONSUMER, Role.API}) as (run,):
        store = run.service.core.store.store
        dead = Lease(store, GROUP)
        await dead.take()
        await store.write(dead.hold)
        assert dead._beating is not None
        dead._beating.cancel()
        with pytest.raises(Held):
            await store.write(lambda uow: pass_gate(uow, GROUP, ()))
        await run.emit([call("1", at=NOW)])
        await asyncio.sleep(1)
        assert sum(at for at, _ in (await run.service.core.lag.ask()).partitions.values()) == 0
        await run.caught_up(1)  # within the lease's end
        with pytest.raises(LeaseLost):
            await store.write(dead.last)
        assert (await run.rebuilt())["equal"]


async def test_of_several_processes_with_new_definitions_one_rebuilds(
    tmp_path: Path, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "metrics.app")
    both = {Role.CONSUMER, Role.API}
    async with replicas(tmp_path / "old", postgres_url, both) as (run,):
        await run.emit([call(f"{n}", at=NOW) for n in range(30)])
        await run.caught_up(30)
    new = replace(shipped(), fingerprint="new")
    async with replicas(tmp_path / "new", postgres_url, both, both, both, catalogues=(new,) * 3) as runs:
        async with asyncio.timeout(30):
            while (await runs[0].service.core.store.state()).fingerprint != "new":
                await asyncio.sleep(0.1)
        async with asyncio.timeout(20):
            while any(run.service._renewal is not None and not run.service._renewal.done() for run in runs):
                await asyncio.sleep(0.1)
        assert caplog.text.count("indicators rebuilt for the new definitions, from 30 events") == 1
        assert (await runs[2].cell("INSI-SUCCES"))["den"] == 30


async def test_an_older_process_stops_counting_once_the_definitions_are_others(
    tmp_path: Path, postgres_url: str
) -> None:
    both = {Role.CONSUMER, Role.API}
    async with replicas(tmp_path, postgres_url, both) as (old,):
        await old.emit([call("1", at=NOW)])
        await old.caught_up(1)
        old.service.core.catalogue = replace(shipped(), fingerprint="new")
        assert (await old.rebuilt())["equal"]
        await old.emit([call("2", at=NOW)])
        async with asyncio.timeout(10):
            while old.service.waits_for != "consumer":
                await asyncio.sleep(0.05)
        assert (await old.cell("INSI-SUCCES"))["den"] == 1


async def test_the_same_stay_posted_to_two_processes_at_once_is_one_event(tmp_path: Path, postgres_url: str) -> None:
    async with replicas(tmp_path, postgres_url, {Role.INGESTION}, {Role.INGESTION}) as runs:
        body = [
            {"stayId": f"1.2.3^{n}", "finess": site(runs[0]).finess_eg, "admittedAt": NOW.isoformat()}
            for n in range(20)
        ]
        answers = await asyncio.gather(*(run.http.post("/api/stays", json=body) for run in runs for _ in range(4)))
        assert sorted(answer.json()["created"] for answer in answers) == [0] * 7 + [20]
        assert sum(answer.json()["unchanged"] for answer in answers) == 140
        assert await outbox(runs[0].service.core.store.store) == 20


async def outbox(store: Store) -> int:
    counted = select(func.count()).select_from(common(metadata).outbox)
    return int(await store.read(lambda connection: connection.execute(counted).scalar_one()))


async def test_a_reset_through_one_process_is_seen_by_the_streams_of_the_others(
    tmp_path: Path, postgres_url: str
) -> None:
    async with replicas(tmp_path, postgres_url, {Role.CONSUMER, Role.API}, {Role.API}) as (one, two):
        async with listening(two) as events:
            first = await until(events, "event: snapshot")
            await asyncio.to_thread(one.ground.control.reset_workspace, "default")
            assert '"epoch":2' in await until(events, "event: snapshot", 30)
        async with listening(two, first.partition("\n")[0].removeprefix("id: ")) as events:
            assert '"epoch":2' in await asyncio.wait_for(anext(events), 30), "at once, for one who was away meanwhile"
