"""What is kept of a demand: how long, in an archive too, and nothing of a person who may be real."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from ins_sim.store import METADATA, MIGRATIONS
from ins_sim.tables import DEMAND
from socle.archive.whole import Archives
from socle.control.known import NOT_FICTITIOUS
from socle.identifiers.ins import OID_NIR, make_ins
from socle.sweep.scopes import drop, scopes
from support.ins_batch import LINES, NOON, OUTCOMES, ZOE, batches, call, later, number_of, outcomes, refused, state
from support.ins_kept import everything_kept
from support.ins_served import Insi, insi
from support.ins_verified import claim, demand, result


@pytest.fixture
async def served(tmp_path: Path, database: str | None) -> AsyncIterator[Insi]:
    async with batches(tmp_path, database) as running:
        yield running


async def test_what_expired_goes_by_itself(
    tmp_path: Path, database: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCLES_CONTROL_SWEEP_SECONDS", "0.05")

    async def until(served: Insi, kept: list[bool]) -> None:
        """The demands left, as whether their outcomes are."""
        store = served.ground.open_store("ins_sim", METADATA, MIGRATIONS)
        query = select(DEMAND.c.outcomes.is_not(None)).order_by(DEMAND.c.number)
        async with asyncio.timeout(20):
            while await store.read(lambda link: list(link.execute(query).scalars())) != kept:
                await asyncio.sleep(0.02)

    async with insi(tmp_path, database=database) as served:
        await asyncio.to_thread(served.control.freeze_clock, "default", NOON)
        await call(served, demand(LINES, "d-1"))
        await later(served, 60)
        await call(served, demand(LINES, "d-2"))
        await later(served, 7 * 86400)
        await until(served, [False, True])
        await later(served, 7 * 86400)
        await until(served, [False])
        await later(served, 60)
        await until(served, [])


async def test_one_number_that_may_be_real_refuses_the_demand(
    served: Insi, tmp_path: Path, database: str | None
) -> None:
    stranger = make_ins(sex="M", year=1985, month=5, place="78006", order=84, oid=OID_NIR)
    line = ("5", claim(ZOE, number=stranger.matricule, key=stranger.key))
    assert await refused(served, demand([*LINES, line])) == "socles_240"
    assert served.last.redacted
    assert [(one.rule, one.where) for one in served.last.findings] == [
        (NOT_FICTITIOUS, "CREERDEMANDE/LIGNE[5]/IndividuVerifie/INSFourni")
    ]
    await call(served, demand(LINES))
    await served.events(2)
    kept = await asyncio.to_thread(everything_kept, tmp_path, database)
    assert b"socles_201" in kept
    for secret in (stranger.matricule, "2751263220749", "ADRUN", "ECETINSI", "1975-12-31", "demande-1"):
        assert secret.encode() not in kept


async def test_a_demand_goes_with_its_workspace_into_an_archive_and_out_of_the_database(
    served: Insi, tmp_path: Path
) -> None:
    number = number_of(await call(served, demand(LINES)))
    archives = Archives(served.ground, "test")
    package = tmp_path / "made" / "default.zip"
    package.parent.mkdir()
    await archives.make("default", package)
    await archives.restore("restored", package)
    await later(served, 60, "restored")
    assert outcomes(await call(served, result(number), "restored")) == OUTCOMES
    assert number_of(await call(served, demand(LINES), "restored")) == number
    store = served.ground.open_store("ins_sim", METADATA, MIGRATIONS)
    epochs = {scope.workspace: scope for scope in await store.read(lambda connection: scopes(connection, METADATA))}
    assert epochs.keys() == {"default", "restored"}
    assert await store.write(lambda uow: drop(uow, METADATA, epochs["restored"], 10)) == 1
    assert await refused(served, result(number), "restored") == "socles_255"
    assert state(await call(served, result(number))) == "EN_COURS"
