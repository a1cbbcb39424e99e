"""From events on several interleaved logs to indicators, and back by a rebuild."""

import asyncio
import random
from datetime import timedelta
from pathlib import Path

import pytest

from socle.bus import log
from socle.bus.embedded import EmbeddedConsumer
from socle.events import EventData
from socle.store.port import UnitOfWork
from socle.sweep import outbox
from socle.sweep.scopes import Scope
from support.metrics_events import EG, Event, call, cancelled, common, document, message, stay
from support.metrics_served import NOW, Served, served


def a_month_of_events(site: str = EG) -> list[Event]:
    """Ten stays; seven letters, one of them deleted, one replaced, one late; one stay cancelled; mails and calls."""
    log: list[Event] = []
    for n in range(1, 11):
        log.append(stay(f"s{n}", discharged=NOW, finess_eg=site))
        log.append(call(f"c{n}", "00" if n < 9 else "01", NOW, finess_eg=site))
    for n in range(1, 8):
        log.append(document(f"s{n}", kind="submitted", at=NOW, finess_eg=site))
        log.append(document(f"s{n}", at=NOW, finess_eg=site, service_start=NOW, service_stop=NOW))
    log.append(
        document("s7", kind="replaced", revision=2, at=NOW + timedelta(hours=1), registered_at=NOW, finess_eg=site)
    )
    log.append(
        document(
            "s6",
            kind="deleted",
            revision=2,
            status="deleted",
            at=NOW + timedelta(hours=2),
            registered_at=NOW,
            finess_eg=site,
        )
    )
    log.append(document("s10", kind="submitted", at=NOW, finess_eg=site))
    log.append(document("s10", kind="rejected", at=NOW, finess_eg=site))
    log.append(message("s1", at=NOW, finess_eg=site))
    log.append(message("s1", kind="delivered", revision=2, at=NOW, accepted_at=NOW, finess_eg=site))
    log.append(message("s2", at=NOW, finess_eg=site))
    log.append(message("s2", kind="failed", revision=2, at=NOW, accepted_at=NOW, finess_eg=site))
    subject, _, data = cancelled("s9")
    log.append((subject, NOW, data.model_copy(update={"finess_eg": site, "discharged_at": NOW})))
    return log


async def check(run: Served, site: str) -> None:
    expected = {
        "DMP-SORTIE": (6, 9),
        "DMP-LL": (6, 9),
        "DMP-VOL": (6, None),
        "DMP-REJET": (1, 8),
        "MSS-CIT": (1, 9),
        "MSS-VOL": (1, None),
        "INSI-SUCCES": (8, 10),
    }
    for indicator, (num, den) in expected.items():
        cell = await run.cell(indicator, site)
        assert (cell["num"], cell["den"]) == (num, den), indicator


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_any_interleaving_gives_the_same_indicators_and_a_rebuild_agrees(
    tmp_path: Path, database: str | None, seed: int
) -> None:
    async with served(tmp_path, dice=random.Random(seed), database=database) as run:
        site = run.service.core.sites(run.service.core.ground.control.workspace("default"))[0].finess_eg  # type: ignore[arg-type]
        log = a_month_of_events(site)
        random.Random(seed).shuffle(log)
        await run.emit(log)
        await run.emit(log[:5])
        await run.caught_up(len(log) + 5)
        await check(run, site)

        rebuilt = await run.rebuilt()
        assert (rebuilt["equal"], rebuilt["events"]) == (True, len(log) + 5), rebuilt
        await check(run, site)


async def test_a_rebuild_mends_a_stored_count_that_was_tampered_with(tmp_path: Path, database: str | None) -> None:
    async with served(tmp_path, database=database) as run:
        log = a_month_of_events()
        await run.emit(log)
        await run.caught_up(len(log))

        def tamper(uow: object) -> None:
            from sqlalchemy import update

            from metrics.tables import live

            uow.execute(update(live.grain).where(live.grain.c.indicator == "DMP-VOL").values(value=99))  # type: ignore[attr-defined]

        await run.service.core.store.store.write(tamper)
        assert (await run.cell("DMP-VOL"))["num"] == 99
        found = await run.rebuilt()
        assert not found["equal"]
        assert found["missing"]["grain"] > 0
        assert (await run.cell("DMP-VOL"))["num"] == 6


async def test_after_a_restart_nothing_is_counted_again(tmp_path: Path, database: str | None) -> None:
    log = a_month_of_events()
    async with served(tmp_path, database=database) as run:
        await run.emit(log)
        await run.caught_up(len(log))
    async with served(tmp_path, database=database) as run:
        await run.emit([call("after", "00", NOW)])
        await run.caught_up(len(log) + 1)
        await check_calls(run, 9, 11)


async def check_calls(run: Served, num: int, den: int) -> None:
    cell = await run.cell("INSI-SUCCES")
    assert (cell["num"], cell["den"]) == (num, den)


async def test_a_rebuild_ends_where_the_last_events_that_were_read_have_been_swept(
    tmp_path: Path, database: str | None
) -> None:
    """The consumers stand behind events of a workspace that is dead and gone; others have come since."""
    async with served(tmp_path, database=database) as run:
        await run.emit([call("1", at=NOW), *(call(name, at=NOW, workspace="gone") for name in "23")])
        await run.caught_up(3)
        consumer = run.service.core.consumer
        assert consumer is not None
        await consumer.stop()
        await run.emit([call("4", at=NOW)])
        store = run.emitters["insi"]
        async with asyncio.timeout(10):
            while not await store.write(
                lambda uow: outbox.drop(uow, "insi_emitter", Scope("gone", 1), 500) if _sequenced(uow, 4) else 0
            ):
                await asyncio.sleep(0.02)
            rebuilt = await run.service.core.rebuild()
        assert rebuilt.events == 1
        await check_calls(run, 1, 1)


def _sequenced(uow: UnitOfWork, count: int) -> bool:
    return sum(log.offsets(uow.connection).values()) == count


async def test_workspaces_do_not_mix(tmp_path: Path, database: str | None) -> None:
    async with served(tmp_path, database=database) as run:
        await run.emit([call("1", at=NOW), call("2", at=NOW, workspace="other"), call("3", at=NOW, epoch=2)])
        await run.caught_up(3)
        await check_calls(run, 1, 1)


async def test_unattributed_acts_are_counted_as_such(tmp_path: Path, database: str | None) -> None:
    async with served(tmp_path, database=database) as run:
        await run.emit([call("1", at=NOW, finess_eg=None, finess_ej=None), call("2", at=NOW, finess_eg=None)])
        await run.caught_up(2)
        rows = (await run.http.get("/api/indicators", params={"indicator": "INSI-SUCCES"})).json()["rows"]
        counted = {(row["level"], row["key"]): row["cells"]["INSI-SUCCES"]["den"] for row in rows}
        assert counted["unattributed", ""] == 1
        assert counted["ej", common()["finess_ej"]] == 1
        summary = (await run.http.get("/api/summary")).json()
        assert summary["unattributed"] == 1
        assert summary["insiCalls"] == 2


async def test_poison_is_set_aside_and_blocks_nothing(tmp_path: Path, database: str | None) -> None:
    class Unknown(EventData):
        TYPE = "insi.call.invented.v9"
        TOPIC = "socles.insi.v1"

    async with served(tmp_path, database=database) as run:
        bad = Unknown(workspace="default", epoch=1, finess_eg=EG)
        await run.emit([call("1", at=NOW), ("x", NOW, bad), call("2", at=NOW)])
        await run.caught_up(3)
        await check_calls(run, 2, 2)
        (poisoned,) = (await run.http.get("/api/poison")).json()
        assert "insi.call.invented.v9" in poisoned["reason"]
        assert poisoned["topic"] == "socles.insi.v1"
        lag = (await run.http.get("/api/lag")).json()
        assert lag["lag"] == 0


async def test_a_rebuild_whose_reader_cannot_end_keeps_nobody_waiting(
    tmp_path: Path, database: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(tmp_path, database=database) as run:
        await run.emit([call("1", at=NOW)])
        await run.caught_up(1)
        stop = EmbeddedConsumer.stop

        async def broken(consumer: EmbeddedConsumer) -> None:
            await stop(consumer)
            raise OSError("no answer")

        with monkeypatch.context() as patch:
            patch.setattr(EmbeddedConsumer, "stop", broken)
            with pytest.raises(OSError, match="no answer"):
                await run.service.core.rebuild()
        assert not (await run.service.core.store.state()).rebuilding
