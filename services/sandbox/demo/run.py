"""The demonstration from end to end: services up, a day played through the wire, indicators compared, then serving."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

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
from socle.clock import FixedClock, SystemClock

SETTLE = 20.0
"""Seconds the indicators may take to reach their last value after the last act."""
PAGE = "/"
CALM = (0.05, 0.2)
"""Share of the last day's stays that a former day has."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How the day is played."""

    launch: LaunchOptions
    seed: int = 1
    duration: float = 35.0
    history: int = 13
    """Days played before the last one, each at once, by moving the sandbox's clock; 0: none."""
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
        hospitals = hospitals_of(await read_world(http), seed=options.seed, count=options.launch.establishments)
        ledgers = [Ledger(hospital.site.finess_eg, hospital.site.name) for hospital in hospitals]
        end = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
        days = await asyncio.to_thread(_days, hospitals, options, end)
        tally = Tally(planned=sum(len(plan) for day in days for plan in day.plans))
        with screen.playing(len(hospitals), tally.planned, options.duration, options.history):
            watching = asyncio.create_task(_watch(screen, tally))
            try:
                for day in days:
                    await _play_day(day, hospitals, ledgers, http=http, options=options, sandbox=sandbox, tally=tally)
            finally:
                watching.cancel()
    screen.played(tally)
    return ledgers, hospitals


@dataclass(frozen=True, slots=True)
class _Day:
    days_ago: int
    end: datetime
    plans: Sequence[Sequence[Act]]


def _days(hospitals: Sequence[Hospital], options: DemoOptions, end: datetime) -> list[_Day]:
    """The plans, oldest day first; all days but the last are calmer ones."""
    for code in KINDS:
        pdf(code)  # rendered here, in a thread, so that the first deposits are as quick as the others
    days = []
    for days_ago in range(options.history, -1, -1):
        dice = Random(f"{options.seed}/calm/{days_ago}")  # noqa: S311 - a simulation, to be repeated
        share = dice.uniform(*CALM) if days_ago else 1.0
        staffed = [replace(hospital, stays=max(1, round(hospital.stays * share))) for hospital in hospitals]
        last = end - days_ago * DAY
        plans = [Planner(hospital, options.seed, last - DAY, days_ago).day() for hospital in staffed]
        days.append(_Day(days_ago, last, plans))
    return days


async def _play_day(
    day: _Day,
    hospitals: Sequence[Hospital],
    ledgers: Sequence[Ledger],
    *,
    http: Http,
    options: DemoOptions,
    sandbox: Sandbox,
    tally: Tally,
) -> None:
    """A former day happens at its end, on a clock that stands still; the last one in real time."""
    if day.days_ago:
        await http.post_json("/_sandbox/clock/freeze", {"at": day.end.isoformat()})
    try:
        await play_day(
            hospitals,
            day.plans,
            ledgers,
            base_url=sandbox.url,
            smtp=sandbox.smtp,
            clock=FixedClock(day.end) if day.days_ago else SystemClock(),
            ids=f"ids/{options.seed}/{day.days_ago}",
            pace=Pace(0.0 if day.days_ago else options.duration),
            tally=tally,
        )
    finally:
        if day.days_ago:
            await http.post_json("/_sandbox/clock/real", None)


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
