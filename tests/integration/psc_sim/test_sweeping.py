"""What is over goes, by the workspace's clock; what is valid, or must be known to be refused well, stays."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from psc_sim import sweeping
from psc_sim.domain import names
from psc_sim.sweeping import Sweeping
from psc_sim.tables import CIBA, CODE, FAMILY, REFRESH, REVOKED, SESSION
from support.psc_served import Asking, Psc, psc

TABLES = (SESSION, FAMILY, CODE, REFRESH, REVOKED, CIBA)
CLIENT = {"client_id": "mon-lps", "client_secret": "secret"}
HOUR = 3600


@pytest.fixture
async def served(tmp_path: Path, database: str | None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Psc]:
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    async with psc(tmp_path, database=database) as running:
        yield running


async def rows(served: Psc, workspace: str = "default") -> dict[str, int]:
    """How many there are, by table; none is not told."""

    def count(link: Connection) -> dict[str, int]:
        of = {t: link.execute(select(func.count()).where(t.c.workspace == workspace)).scalar_one() for t in TABLES}
        return {table.name: number for table, number in of.items() if number}

    return await served.store.read(count)


async def swept(served: Psc) -> int:
    """Sweep until nothing more goes; in how many steps."""
    doing, steps = Sweeping(served.control.clock, timedelta(hours=4)), 1
    while await served.store.write_first(lambda uow: doing.step(uow, lambda _: False)):
        steps += 1
    return steps


async def asked_on_the_phone(served: Psc) -> None:
    form = CLIENT | {"scope": "openid", "acr_values": "eidas1", "login_hint": served.people[0].rpps}
    assert (await served.http.post(names.CIBA, data=form)).status_code == 200


async def test_what_is_over_goes_in_small_steps(served: Psc) -> None:
    for _ in range(5):
        await served.tokens()
    asking = Asking()
    unused = await served.code(asking)
    await asked_on_the_phone(served)
    await served.advance(HOUR)
    await swept(served)
    assert (await rows(served)) == {"session": 6, "family": 6, "code": 6, "refresh": 5, "ciba": 1}
    late = await served.exchanged(unused, asking)
    assert late.status_code == 400
    assert served.rules == ["psc.code.expired"], "within the hour one is told what was wrong"

    await served.advance(121)
    await swept(served)
    assert (await rows(served)) == {"session": 6, "family": 5, "code": 5, "refresh": 5}
    await served.exchanged(unused, asking)
    assert "psc.code.unknown" in served.rules
    await served.advance(1800)
    assert await swept(served) == 3
    assert (await rows(served)) == {"session": 6}, "the browser's login lasts four hours"
    await served.advance(4 * HOUR)
    await swept(served)
    assert await rows(served) == {}


async def test_what_is_valid_stays_and_so_does_what_its_reuse_must_revoke(served: Psc) -> None:
    asking = Asking()
    code = await served.code(asking)
    first = (await served.exchanged(code, asking)).json()
    token, spared = first["refresh_token"], await served.tokens(served.people[1].rpps)
    await served.http.post(names.REVOKE, data=CLIENT | {"token": first["access_token"]})
    for _ in range(9):
        await served.advance(1500)
        token = (await served.refreshed(token)).json()["refresh_token"]
        await swept(served)
    found = await rows(served)
    assert (found["family"], found["code"], found["refresh"], found["revoked_token"]) == (1, 1, 10, 1)
    assert (await served.refreshed(spared["refresh_token"])).json()["error"] == "invalid_grant"
    access = (await served.refreshed(token)).json()["access_token"]
    assert (await served.userinfo(access)).status_code == 200
    assert (await served.exchanged(code, asking)).status_code == 400
    assert "psc.code.reused" in served.rules, "a code used hours ago, of a login that still stood"
    assert (await served.userinfo(access)).status_code == 401
    await served.advance(HOUR + 1)
    await swept(served)
    assert (await rows(served)).keys() == {"session"}
    assert (await served.userinfo(access)).status_code == 401


async def test_an_access_token_may_outlast_everything_else(served: Psc) -> None:
    long = await served.http.post("/_sandbox/psc_sim/tokens", json={"lifetime": 604_800})
    await served.advance(100 * HOUR)
    await swept(served)
    assert (await served.userinfo(long.json()["access_token"])).status_code == 200
    await served.advance(69 * HOUR + 1)
    await swept(served)
    assert await rows(served) == {}


async def test_an_ended_session_goes_with_all_it_gave(served: Psc) -> None:
    tokens, stays = await served.tokens(), await served.tokens()
    form = CLIENT | {"refresh_token": tokens["refresh_token"]}
    assert (await served.http.post(names.LOGOUT, data=form)).status_code == 204
    await served.options(**{"psc.refresh-seconds": "604800"})
    stays = (await served.refreshed(stays["refresh_token"])).json()
    await served.advance(HOUR + 1)
    await swept(served)
    assert (await rows(served)) == {"session": 1, "family": 1, "code": 1, "refresh": 2}
    assert (await served.userinfo(tokens["access_token"])).status_code == 401
    assert (await served.refreshed(stays["refresh_token"])).status_code == 200


async def test_each_workspace_has_its_own_time(served: Psc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "WORKSPACES", 1)
    for name in ("passe", "avance"):
        (await served.http.post("/_sandbox/workspaces", json={"name": name})).raise_for_status()
    await served.http.post("/w/passe/_sandbox/clock/freeze", json={"at": "2020-02-29T12:00:00Z"})
    made = {name: await served.http.post(f"/w/{name}/_sandbox/psc_sim/tokens", json={}) for name in ("passe", "avance")}
    await served.http.post("/w/avance/_sandbox/clock/advance", json={"by": 6 * HOUR})
    await swept(served)
    assert await rows(served, "avance") == {}
    assert await rows(served, "passe") == {"session": 1, "family": 1, "refresh": 1}, "in 2020 it is valid"
    bearer = {"authorization": f"Bearer {made['passe'].json()['access_token']}"}
    assert (await served.http.get(f"/w/passe{names.USERINFO}", headers=bearer)).status_code == 200


async def test_the_ground_sweeps_by_itself(
    tmp_path: Path, database: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCLES_CONTROL_SWEEP_SECONDS", "0.1")
    async with psc(tmp_path, database=database) as served:
        await served.tokens()
        await served.advance(6 * HOUR)
        until = time.monotonic() + 60
        while await rows(served):
            assert time.monotonic() < until
            await asyncio.sleep(0.1)
