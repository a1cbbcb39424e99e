"""SIGKILL of the whole product at random moments under load on the real wire, twenty times; now and then at its start.

Every act that was answered with success is stored, and counted exactly once; what was never answered may be there or
not, but whole and counted all the same. Everything is asked of the public APIs, after one more start.
"""

import asyncio
from pathlib import Path
from random import Random

import pytest

from sandbox.clients.http import Http
from sandbox.hospitals.hospital import Hospital
from sandbox.hospitals.population import read_world
from sandbox.hospitals.world import hospitals as hospitals_of
from support.drill import Up, half_start
from support.drill_checks import caught_up, check_all, indicators
from support.drill_load import Answered, Load

KILLS = 20
ENOUGH = 10
"""Acts of each kind without which nothing would be shown; a busy machine answers few before it is killed."""


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
        load = asyncio.create_task(Load(up.places, lambda up=up: up.alive, hospitals, answered, seed=life).run())
        await asyncio.sleep(dice.uniform(0.05, 1.5))
        await asyncio.to_thread(up.kill)
        await load
    assert answered.refused == []
    assert min(map(len, (answered.documents, answered.calls, answered.mails, answered.stays))) >= ENOUGH

    up = await asyncio.to_thread(Up, data_dir)
    async with Http(up.url) as http:
        await caught_up(http)
        await check_all(dmp=http, mss=http, metrics=http, answered=answered)
        again = await indicators(http)
    assert await asyncio.to_thread(up.terminate) == 0

    up = await asyncio.to_thread(Up, data_dir)
    async with Http(up.url) as http:
        await caught_up(http)
        assert await indicators(http) == again
    assert await asyncio.to_thread(up.terminate) == 0
