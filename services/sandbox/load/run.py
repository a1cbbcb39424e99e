"""A run from end to end: workspace, workers, watching, waiting until all is counted, the books."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Protocol

import httpx

from sandbox.clients.http import Http
from sandbox.commands.api import nobody_at
from sandbox.hospitals.hospital import Hospital
from sandbox.hospitals.population import read_world
from sandbox.hospitals.sealing import sealed
from sandbox.hospitals.world import hospitals as hospitals_of
from sandbox.load import machine
from sandbox.load.acts import Act
from sandbox.load.audit import Accounts, Auditor, Drained
from sandbox.load.books import Books, close, since
from sandbox.load.expected import added
from sandbox.load.fleet import Fleet, fleet
from sandbox.load.freshness import Freshness, watching
from sandbox.load.ledger import Ledger, Line
from sandbox.load.options import LoadOptions
from sandbox.load.outcome import Kind
from sandbox.load.signed import check_lifetime, strict
from sandbox.load.task import Task
from sandbox.load.timeline import Sample, Timeline
from sandbox.load.unready import Unreachable, Unready

__all__ = ["Result", "Unreachable", "Unready", "Used", "Watcher", "load"]

SAMPLE_SECONDS = 1.0
_SEEN_SECONDS = 0.5
"""A workspace made through one service is known to all within 200 ms."""


class Watcher(Protocol):
    """Who is told how the run goes."""

    def preparing(self, options: LoadOptions, workspace: str, establishments: int) -> None: ...

    def playing(self) -> None: ...

    def sampled(self, sample: Sample, ledger: Ledger) -> None: ...

    def draining(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Used:
    """Processor seconds while the load ran; None where they could not be read."""

    generator: float
    services: float | None
    machine: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    options: LoadOptions
    workspace: str
    establishments: int
    began: datetime
    seconds: float
    """From the first moment of the curve to the last answer."""
    ledger: Ledger
    samples: list[Sample]
    freshness: Freshness
    drained: Drained
    books: Books
    used: Used

    @property
    def late(self) -> float:
        """The generator's own lateness, 99th percentile, in seconds."""
        return self.ledger.lateness.percentile(0.99) or 0.0

    @property
    def valid(self) -> bool:
        """The generator kept its moments: what was measured is the services."""
        return self.late <= self.options.late_bound


async def load(options: LoadOptions, watcher: Watcher) -> Result:
    """Run. Raises :class:`Unready`, ``sandbox.load.fleet.Broken``, ``httpx.HTTPError``."""
    load_id = os.urandom(6).hex()
    hospitals = await _hospitals(options)
    async with _workspaces(options, load_id) as (workspace, probes):
        watcher.preparing(options, workspace, len(hospitals))
        auditor = Auditor(options.urls, workspace)
        try:
            before = await auditor.accounts()
            tasks = [_task(options, load_id, workspace, hospitals, worker) for worker in range(options.workers)]
            began = datetime.now(UTC)
            async with watching(options.urls, workspace, probes, hospitals, options.limits.timeout) as freshness:
                ledger, timeline, seconds, used = await _play(options, tasks, freshness, watcher)
                watcher.draining()
                drained = await auditor.drain(options.drain)
            _forget(ledger, options.forget)
            books = await _books(auditor, ledger, before, drained.accounts)
        finally:
            await auditor.close()
    return Result(
        options, workspace, len(hospitals), began, seconds, ledger, timeline.samples, freshness, drained, books, used
    )


async def _hospitals(options: LoadOptions) -> list[Hospital]:
    try:
        for url in sorted(set(options.urls.values())):
            async with Http(url) as http:
                await http.get_json("/_sandbox/ready")
        async with Http(options.urls["ins_sim"]) as http:
            world = await read_world(http)
            count = options.establishments or len(world.establishments)
            found = await asyncio.to_thread(lambda: hospitals_of(world, seed=options.seed, count=count))
            if options.signed:
                found = await sealed(http, found, datetime.now(UTC))
    except httpx.TransportError as error:
        where = ", ".join(sorted(set(options.urls.values())))
        raise Unreachable(nobody_at(where, error)) from error
    except httpx.HTTPError as error:
        raise Unready(f"{error or type(error).__name__}") from error
    if not any(hospital.correspondents for hospital in found) or not any(hospital.field for hospital in found):
        raise Unready("la population n'a pas d'établissement qui puisse écrire / nobody in the population can write")
    return found


@asynccontextmanager
async def _workspaces(options: LoadOptions, load_id: str) -> AsyncIterator[tuple[str, str]]:
    """(the load's, the probes'), made if need be. The probes' is deleted at the end, the load's if that was asked and
    it was made here."""
    name, probes = options.workspace or f"load-{load_id}", f"load-{load_id}-probes"
    async with Http(options.urls["ins_sim"]) as http:
        there = {each["name"]: each["options"] for each in await http.get_json("/_sandbox/workspaces")}
        if options.signed and name in there:
            check_lifetime(options.profile.curve.duration, there[name])
        made = [each for each in (name, probes) if each not in there]
        for each in made:
            asked = strict(options.profile.curve.duration) if options.signed and each == name else {}
            await http.post_json("/_sandbox/workspaces", {"name": each, "options": asked})
        await asyncio.sleep(_SEEN_SECONDS)
        yield name, probes
        for each in made:
            if each == probes or options.remove:
                await http.delete(f"/_sandbox/workspaces/{each}")


def _task(options: LoadOptions, load_id: str, workspace: str, hospitals: list[Hospital], worker: int) -> Task:
    profile = options.profile
    return Task(
        load_id=load_id,
        seed=options.seed,
        worker=worker,
        workers=options.workers,
        workspace=workspace,
        urls=dict(options.urls),
        smtp=options.smtp,
        hospitals=hospitals,
        points=profile.curve.points,
        mix=dict(profile.mix),
        documents=dict(profile.documents),
        spacing=options.spacing,
        large=options.large,
        flaws=options.flaws,
        limits=options.limits,
    )


async def _play(
    options: LoadOptions, tasks: list[Task], freshness: Freshness, watcher: Watcher
) -> tuple[Ledger, Timeline, float, Used]:
    ledger, timeline = Ledger(), Timeline()
    async with fleet(tasks) as workers:
        await workers.ready()
        machine_before = await asyncio.to_thread(machine.busy_seconds)
        services_before = await machine.services_seconds(options.urls.values())
        workers.start()
        watcher.playing()

        def tell(sample: Sample) -> None:
            watcher.sampled(sample, ledger)

        sampling = asyncio.create_task(_sample(options, workers, timeline, freshness, tell))
        try:
            async for told in workers.told():
                ledger.merge(told.ledger)
                timeline.add(told.ledger)
        finally:
            sampling.cancel()
        seconds = monotonic() - workers.started
        services_after = await machine.services_seconds(options.urls.values())
        machine_after = await asyncio.to_thread(machine.busy_seconds)
        used = Used(ledger.cpu, _less(services_after, services_before), _less(machine_after, machine_before))
    tell(timeline.close(seconds, 0.0, 0, freshness.recent.take()))
    return ledger, timeline, seconds, used


def _less(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else after - before


async def _sample(
    options: LoadOptions, workers: Fleet, timeline: Timeline, freshness: Freshness, tell: Callable[[Sample], None]
) -> None:
    while True:
        await asyncio.sleep(SAMPLE_SECONDS)
        at = monotonic() - workers.started
        wanted = options.profile.curve.rate(max(0.0, at - SAMPLE_SECONDS / 2))
        sample = timeline.close(at, wanted, sum(workers.under_way), freshness.recent.take())
        tell(sample)


async def _books(auditor: Auditor, ledger: Ledger, before: Accounts, after: Accounts) -> Books:
    resolved = await auditor.resolve(ledger.lost)
    return close(
        ledger,
        since(before.told, after.told),
        resolved,
        added(before.indicators, after.indicators),
    )


def _forget(ledger: Ledger, count: int) -> None:
    """Lose accepted deposits, for a demonstration that this is found out."""
    for _ in range(count):
        line: Line | None = next(
            (line for line, n in ledger.lines.items() if n and line.act is Act.DEPOSIT and line.kind is Kind.ACCEPTED),
            None,
        )
        if line is not None:
            ledger.lines[line] -= 1
