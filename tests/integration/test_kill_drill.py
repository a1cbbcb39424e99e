"""SIGKILL of the whole product at random moments under load on the real wire, twenty times; now and then at its start.

Every act that was answered with success is stored, and counted exactly once; what was never answered may be there or
not, but whole and counted all the same. Everything is asked of the public APIs, after one more start.
"""

import asyncio
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sandbox.clients.http import Http
from sandbox.hospitals.hospital import Hospital
from sandbox.hospitals.population import read_world
from sandbox.hospitals.world import hospitals as hospitals_of
from support.drill import Answered, Load, Up, half_start

KILLS = 20
PAGE = 500


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_nothing_answered_is_lost_and_nothing_is_counted_twice(tmp_path: Path) -> None:
    data_dir, answered, dice = tmp_path / "data", Answered(), Random(20260302)
    hospitals: list[Hospital] = []
    for life in range(KILLS):
        if life % 4 == 0:  # also while it starts: the first time, while it makes its databases
            await asyncio.to_thread(half_start, data_dir, dice.uniform(0.7, 1.6))
        up = await asyncio.to_thread(Up, data_dir)
        async with Http(up.url) as http:
            hospitals = hospitals or hospitals_of(await read_world(http), seed=1, count=20)
        load = asyncio.create_task(Load(up, hospitals, answered, seed=life).run())
        await asyncio.sleep(dice.uniform(0.05, 1.5))
        await asyncio.to_thread(up.kill)
        await load
    assert answered.refused == []
    assert min(map(len, (answered.documents, answered.calls, answered.mails, answered.stays))) > KILLS

    up = await asyncio.to_thread(Up, data_dir)
    async with Http(up.url) as http:
        await _caught_up(http)
        for check in (_documents, _calls, _mails, _stays):
            await check(http, answered)
        again = await _indicators(http)
    assert await asyncio.to_thread(up.terminate) == 0

    up = await asyncio.to_thread(Up, data_dir)
    async with Http(up.url) as http:
        await _caught_up(http)
        assert await _indicators(http) == again
    assert await asyncio.to_thread(up.terminate) == 0


async def _caught_up(http: Http) -> None:
    """Wait until metrics have read all there is."""
    async with asyncio.timeout(60):
        while True:
            summary = await http.get_json("/api/summary")
            if summary["lag"] == 0 and not summary["rebuilding"]:
                assert summary["poison"] == 0
                return
            await asyncio.sleep(0.1)


async def _indicators(http: Http) -> dict[str, Any]:
    """Indicator → numerator and denominator, all establishments together."""
    answer = await http.get_json("/api/indicators", group="all", spark=0)
    return {name: (cell["num"], cell["den"]) for name, cell in answer["total"]["cells"].items()}


async def _documents(http: Http, answered: Answered) -> None:
    listed: list[str] = []
    while page := await http.get_json("/_sandbox/dmp_sim/documents", limit=PAGE, offset=len(listed)):
        listed += [document["uniqueId"] for document in page]
    stored = set(listed)
    assert len(stored) == len(listed)
    assert set(answered.documents) <= stored
    assert len(stored) <= answered.begun["documents"]
    values = await _indicators(http)
    assert values["DMP-VOL"][0] == len(stored)
    assert values["DMP-REJET"] == (0, len(stored))


async def _calls(http: Http, answered: Answered) -> None:
    things = await _explained(http, "INSI-SUCCES", "things")
    exchanges = [event["exchange"] for thing in things for event in thing["events"]]
    assert len(set(exchanges)) == len(exchanges)
    assert set(answered.calls) <= set(exchanges)
    assert len(exchanges) <= answered.begun["calls"]
    assert (await _indicators(http))["INSI-SUCCES"] == (len(exchanges), len(exchanges))


async def _mails(http: Http, answered: Answered) -> None:
    listed = (await http.get_json("/_sandbox/mss_sim/messages", limit=PAGE))["messages"]
    assert len(listed) < PAGE
    stored = {message["messageId"] for message in listed}
    assert len(stored) == len(listed)
    assert set(answered.mails) <= stored
    assert len(stored) <= answered.begun["mails"]
    assert (await _indicators(http))["MSS-VOL"][0] == len(stored)


async def _stays(http: Http, answered: Answered) -> None:
    stays = await _explained(http, "DMP-LL", "stays")
    known = {stay["stayId"] for stay in stays}
    assert len(known) == len(stays)
    assert set(answered.stays) <= known
    assert len(known) <= answered.begun["stays"]
    assert (await _indicators(http))["DMP-LL"][1] == len(known)


async def _explained(http: Http, indicator: str, kind: str) -> list[dict[str, Any]]:
    """All things, or stays, behind an indicator's value."""
    found: list[dict[str, Any]] = []
    while True:
        answer = await http.get_json("/api/explain", indicator=indicator, limit=PAGE, offset=len(found))
        found += answer[kind]
        if len(found) >= answer["total"]:
            return found
