"""The demonstration from end to end: services up, a day played through the wire, indicators compared, then serving."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox import examples
from sandbox.cda import KINDS, pdf
from sandbox.clients.http import Http
from sandbox.demo.compare import Comparison, compare
from sandbox.demo.indicators import Indicators
from sandbox.demo.screen import Screen
from sandbox.hospitals.acts import Act
from sandbox.hospitals.hospital import Hospital
from sandbox.hospitals.ledger import Ledger
from sandbox.hospitals.plan import DAY, Planner
from sandbox.hospitals.play import Pace, play_day
from sandbox.hospitals.population import read_world
from sandbox.hospitals.tally import Tally
from sandbox.hospitals.world import hospitals as hospitals_of
from sandbox.launcher import LaunchOptions, Sandbox

SETTLE = 20.0
"""Seconds the indicators may take to reach their last value after the last act."""
PAGE = "/"


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How the day is played."""

    launch: LaunchOptions
    seed: int = 1
    duration: float = 35.0
    once: bool = False
    forget: int = 0
    """Accepted deposits each ledger loses before the comparison: shows that a false ledger is found out."""


async def demo(options: DemoOptions, screen: Screen, started: float) -> Comparison:
    """Play and compare; unless ``once``, serve until told to stop. ``started``: perf_counter at the process's start."""
    async with Sandbox(options.launch) as sandbox:
        screen.ready(time.perf_counter() - started, sandbox.url + PAGE, sandbox.smtp)
        ledgers, hospitals = await _play(options, screen, sandbox)
        for ledger in ledgers:
            ledger.forget(options.forget)
        async with Http(sandbox.url) as http:
            indicators = Indicators(http)
            result = await _settled(ledgers, indicators)
            screen.table(result, await indicators.targets())
        screen.verdict(result)
        if not options.once:
            await _serve(options, screen, sandbox, hospitals[0])
    return result


async def _play(options: DemoOptions, screen: Screen, sandbox: Sandbox) -> tuple[list[Ledger], list[Hospital]]:
    async with Http(sandbox.url) as http:
        world = await read_world(http)
    hospitals = hospitals_of(world, seed=options.seed, count=options.launch.establishments)
    day_start = datetime.now(UTC).replace(microsecond=0) - DAY - timedelta(minutes=1)
    plans = await asyncio.to_thread(_plans, hospitals, options.seed, day_start)
    tally = Tally(planned=sum(map(len, plans)))
    with screen.playing(len(hospitals), tally.planned, options.duration):
        watching = asyncio.create_task(_watch(screen, tally))
        try:
            ledgers = await play_day(
                hospitals,
                plans,
                base_url=sandbox.url,
                smtp=sandbox.smtp,
                seed=options.seed,
                pace=Pace(options.duration),
                tally=tally,
            )
        finally:
            watching.cancel()
    screen.played(tally)
    return ledgers, hospitals


def _plans(hospitals: Sequence[Hospital], seed: int, day_start: datetime) -> list[list[Act]]:
    for code in KINDS:
        pdf(code)  # rendered here, in a thread, so that the first deposits are as quick as the others
    return [Planner(hospital, seed, day_start).day() for hospital in hospitals]


async def _watch(screen: Screen, tally: Tally) -> None:
    while True:
        screen.update(tally)
        await asyncio.sleep(0.15)


async def _settled(ledgers: Sequence[Ledger], indicators: Indicators) -> Comparison:
    """The comparison once it agrees, or as it stands when time is over."""
    deadline = time.monotonic() + SETTLE
    while True:
        result = compare(ledgers, await indicators.values())
        if not result.differences or time.monotonic() > deadline:
            return result
        await asyncio.sleep(0.25)


async def _serve(options: DemoOptions, screen: Screen, sandbox: Sandbox, hospital: Hospital) -> None:
    from socle.serve import until_told

    folder = options.launch.data_dir / "exemples"
    deposit, insi = examples.deposit(hospital.site), examples.insi(hospital.site)
    await asyncio.to_thread(examples.write, folder, [deposit, insi])
    place, journal = f"{folder}/", f"{sandbox.url}/_sandbox/exchanges?limit=3"
    screen.serving(
        {
            "Indicateurs": sandbox.url + PAGE,
            "Contrôle (OpenAPI)": f"{sandbox.url}/openapi.json",
            "INSi": f"{sandbox.url}{insi.path}",
            "DMP": f"{sandbox.url}{deposit.path}",
            "MSSanté (SMTP)": "{}:{}".format(*sandbox.smtp),
            "Données": str(options.launch.data_dir),
        },
        [
            ("déposer une lettre de liaison au DMP (ITI-41, MTOM)", deposit.command(sandbox.url, place)),
            ("demander une identité à INSi (WS_INS2)", insi.command(sandbox.url, place)),
            ("voir les dernières transactions et leurs constats", f"curl -sS '{journal}'"),
        ],
    )
    await until_told(sandbox.stopping)
