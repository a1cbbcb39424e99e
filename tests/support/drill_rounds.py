"""One round of a drill: load, a fault in the middle of it, more load, and exact totals at the end."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from random import Random

import httpx

from sandbox.clients.http import Http
from sandbox.hospitals.hospital import Hospital
from support.cluster import Cluster, Member
from support.drill_checks import check_all
from support.drill_load import Answered, Load

SETTLE_SECONDS = 60.0
BUSY = frozenset({"XDSRepositoryBusy", "desir_1020", "451"})
"""What the services say while their database is away: they have promised nothing."""
_SEEN_BY_ALL = 0.5
"""Seconds after which every process surely knows of a reset (D14: 200 ms)."""


class Rounds:
    """Rounds on one cluster; each begins with nothing stored or counted."""

    def __init__(self, cluster: Cluster, hospitals: Sequence[Hospital], dice: Random) -> None:
        self._cluster, self._hospitals, self._dice = cluster, hospitals, dice
        self._number = 0

    async def run(self, fault: Callable[[], Awaitable[None]], *, seconds: float = 1.0) -> Answered:
        """Act for a while, let ``fault`` happen, act for ``seconds`` more, then compare what is there."""
        await self._forget()
        self._number += 1
        answered, going = Answered(), asyncio.Event()
        load = Load(
            self._cluster.places, lambda: not going.is_set(), self._hospitals, answered, self._number, BUSY.__contains__
        )
        acting = asyncio.create_task(load.run())
        try:
            await asyncio.sleep(self._dice.uniform(0.2, 1.0))
            await fault()
            await asyncio.sleep(seconds)
        finally:
            going.set()
            await acting
        await self._settled(answered)
        return answered

    async def _forget(self) -> None:
        async with self._cluster.http("ins_sim") as http:
            await http.post_json("/_sandbox/reset", None)
        await asyncio.sleep(_SEEN_BY_ALL)

    async def _settled(self, answered: Answered) -> None:
        """Exact, once everything has come through; a figure that is too high stays so and fails."""
        async with AsyncExitStack() as stack:
            dmp, mss, *metrics = [
                await stack.enter_async_context(http)
                for http in (
                    self._cluster.http("dmp_sim"),
                    self._cluster.http("mss_sim"),
                    *(Http(member.url) for member in self._cluster.of("metrics")),
                )
            ]
            for replica in metrics:
                await _until_true(
                    lambda replica=replica: check_all(dmp=dmp, mss=mss, metrics=replica, answered=answered)
                )


async def _until_true(check: Callable[[], Awaitable[None]]) -> None:
    end = asyncio.get_running_loop().time() + SETTLE_SECONDS
    while True:
        try:
            return await check()
        except AssertionError:
            if asyncio.get_running_loop().time() > end:
                raise
            await asyncio.sleep(0.2)


async def leader(members: Sequence[Member]) -> Member:
    """The replica whose relay leads, as its Prometheus series say."""
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client, asyncio.timeout(20):
        while True:
            for member in members:
                if _leads((await client.get(f"{member.url}/metrics")).text):
                    return member
            await asyncio.sleep(0.1)


def _leads(series: str) -> bool:
    return any(line.startswith("socle_relay_leading") and line.endswith(" 1.0") for line in series.splitlines())
