"""The days of a demonstration: planned beforehand, then played on a stage, one after the other."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from sandbox.cda import KINDS, pdf
from sandbox.clients.http import Http
from sandbox.demo.screen import Screen
from sandbox.demo.stage import Stage
from sandbox.hospitals.acts import Act
from sandbox.hospitals.hospital import Hospital
from sandbox.hospitals.ledger import Ledger
from sandbox.hospitals.plan import DAY, Planner
from sandbox.hospitals.play import Pace, play_day
from sandbox.hospitals.population import read_world
from sandbox.hospitals.sealing import LOTS, OPTION, STRICT, sealed
from sandbox.hospitals.tally import Tally
from sandbox.hospitals.world import hospitals as hospitals_of
from socle.clock import FixedClock, SystemClock
from socle.control.model import DEFAULT_WORKSPACE

CALM = (0.05, 0.2)
"""Share of the last day's stays that a former day has."""


@dataclass(frozen=True, slots=True)
class Programme:
    """What is played."""

    seed: int = 1
    establishments: int = 20
    duration: float = 35.0
    """Seconds the last day takes; 0: as fast as the services answer."""
    signed: bool = False
    """Hospitals sign assertions and lots, and the workspace takes nothing else."""
    history: int = 13
    """Days played before the last one, each at once, by moving the sandbox's clock; 0: none."""


@dataclass(frozen=True, slots=True)
class Played:
    """What the hospitals remember."""

    hospitals: Sequence[Hospital]
    ledgers: Sequence[Ledger]


async def play(programme: Programme, screen: Screen, stage: Stage, http: Http) -> Played:
    """All days; each hospital goes on in its ledger. ``http``: a client in the stage's workspace."""
    hospitals = hospitals_of(await read_world(http), seed=programme.seed, count=programme.establishments)
    if programme.signed:
        hospitals = await sealed(http, hospitals)
        await http.set_options(stage.workspace or DEFAULT_WORKSPACE, {OPTION: STRICT, LOTS: STRICT})
    ledgers = [Ledger(hospital.site.finess_eg, hospital.site.name) for hospital in hospitals]
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    days = await asyncio.to_thread(_days, hospitals, programme, end)
    tally = Tally(planned=sum(len(plan) for day in days for plan in day.plans))
    with screen.playing(len(hospitals), tally.planned, programme.duration, programme.history):
        watching = asyncio.create_task(_watch(screen, tally))
        try:
            await _play_days(days, Played(hospitals, ledgers), programme=programme, stage=stage, http=http, tally=tally)
        finally:
            watching.cancel()
    screen.played(tally)
    return Played(hospitals, ledgers)


@dataclass(frozen=True, slots=True)
class _Day:
    days_ago: int
    end: datetime
    plans: Sequence[Sequence[Act]]


def _days(hospitals: Sequence[Hospital], programme: Programme, end: datetime) -> list[_Day]:
    """The plans, oldest day first; all days but the last are calmer ones."""
    for code in KINDS:
        pdf(code)  # rendered here, in a thread, so that the first deposits are as quick as the others
    days = []
    for days_ago in range(programme.history, -1, -1):
        dice = Random(f"{programme.seed}/calm/{days_ago}")  # noqa: S311 - a simulation, to be repeated
        share = dice.uniform(*CALM) if days_ago else 1.0
        staffed = [replace(hospital, stays=max(1, round(hospital.stays * share))) for hospital in hospitals]
        last = end - days_ago * DAY
        plans = [Planner(hospital, programme.seed, last - DAY, days_ago).day() for hospital in staffed]
        days.append(_Day(days_ago, last, plans))
    return days


async def _play_days(
    days: Sequence[_Day], actors: Played, *, programme: Programme, stage: Stage, http: Http, tally: Tally
) -> None:
    """A former day happens at its end, on a clock that stands still; the last one in real time."""
    moved = False
    try:
        for day in days:
            if day.days_ago:
                moved = True
                await http.post_json("/_sandbox/clock/freeze", {"at": day.end.isoformat()})
            elif moved:
                await http.post_json("/_sandbox/clock/real", None)
                moved = False
            await play_day(
                actors.hospitals,
                day.plans,
                actors.ledgers,
                base_url=stage.url,
                smtp=stage.smtp,
                clock=FixedClock(day.end) if day.days_ago else SystemClock(),
                ids=f"ids/{programme.seed}/{day.days_ago}",
                pace=Pace(0.0 if day.days_ago else programme.duration),
                tally=tally,
                workspace=stage.workspace,
            )
    finally:
        if moved:
            await http.post_json("/_sandbox/clock/real", None)


async def _watch(screen: Screen, tally: Tally) -> None:
    while True:
        screen.update(tally)
        await asyncio.sleep(0.15)
