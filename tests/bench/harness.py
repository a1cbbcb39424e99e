"""How things are measured here: ratios to a bare ceiling in the same run, never bare times.

A bench compares two sides, *ours* and a *ceiling* that does only what cannot be avoided. Batches of both alternate, in
random order within each pair; a batch's figure is CPU time per operation of the serving process, so that neither the
load generator nor a busy machine enters it. The result is the median of ``ceiling ÷ ours`` over all pairs (1.0: as fast
as the ceiling) with the 95 % interval of the binomial order statistics. A bar is met when the whole interval meets it.

A bench is a function in a file ``tests/bench/bench_*.py``::

    from bench.harness import Run, asgi, bench, served
    from bench.load import http_load, http_request

    @asynccontextmanager
    async def ours(folder: Path) -> AsyncIterator[int]:
        async with Process(...) as process:          # anything that listens on a port of 127.0.0.1
            yield process.http.addresses[0][1]

    @asynccontextmanager
    async def bare(folder: Path) -> AsyncIterator[int]:
        async with asgi(app) as port:
            yield port

    @bench("ITI-41 accept", bar=0.35)
    def iti41(run: Run) -> None:
        with served(ours) as a, served(bare) as b:   # each in a process of its own, with an empty folder
            batch = [http_request("/path", body, content_type) for body in bodies]
            run.compare(ours=a.batch(lambda port: http_load(port, batch)), ceiling=b.batch(...))

A load function gives the number of operations it did; it raises when an answer is not what it should be.
``run.at_most`` records a measured limit (a latency) and ``run.note`` a remark, both printed below the table.
"""

import multiprocessing
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from math import comb
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

PAIRS = 31
"""Fewer cannot settle a bar that lies within 20 % of the figure."""
WARM_UP = 2

Serving = Callable[[Path], AbstractAsyncContextManager[int]]
Batch = Callable[[], float]
"""Runs one batch; gives CPU seconds per operation."""


def median_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, and the bounds of its (at least) 95 % interval: order statistics, no assumption on the distribution."""
    ordered = sorted(values)
    n = len(ordered)
    rank, below = 0, 1 / 2**n
    while rank < n // 2 and below + comb(n, rank + 1) / 2**n <= 0.025:
        rank += 1
        below += comb(n, rank) / 2**n
    return statistics.median(ordered), ordered[rank], ordered[n - 1 - rank]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    ratio: float
    low: float
    high: float
    bar: float | None
    ours_us: float
    """CPU time per operation of our side, in µs: for orientation only."""
    ceiling_us: float

    @property
    def met(self) -> bool | None:
        """Whether the whole interval meets the bar; None: there is no bar."""
        return None if self.bar is None else self.low >= self.bar


@dataclass(slots=True)
class Run:
    """What a bench function works with."""

    name: str
    bar: float | None
    pairs: int
    events: int | None = None  # where a bench lets one choose
    establishments: int | None = None
    rows: list[Row] = field(default_factory=list)
    limits: list[tuple[str, float, float, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def compare(
        self,
        *,
        ours: Batch,
        ceiling: Batch,
        name: str | None = None,
        bar: float | None = None,
        pairs: int | None = None,
    ) -> Row:
        """Measure the two sides against each other; ``name`` and ``bar`` default to the bench's own."""
        for _ in range(WARM_UP):
            ours()
            ceiling()
        dice = random.Random(1)
        times: list[tuple[float, float]] = []
        for _ in range(pairs or self.pairs):
            if dice.random() < 0.5:
                mine, theirs = ours(), ceiling()
            else:
                theirs, mine = ceiling(), ours()
            times.append((mine, theirs))
        ratio, low, high = median_interval([theirs / mine for mine, theirs in times])
        mine_us, theirs_us = (statistics.median(column) * 1e6 for column in zip(*times, strict=True))
        self.rows.append(Row(name or self.name, ratio, low, high, bar if name else self.bar, mine_us, theirs_us))
        return self.rows[-1]

    def at_most(self, name: str, value: float, limit: float, unit: str) -> None:
        """Record a figure that must not exceed ``limit``."""
        self.limits.append((name, value, limit, unit))

    def note(self, text: str) -> None:
        """A remark for the reader of the table."""
        self.notes.append(text)


@dataclass(frozen=True, slots=True)
class Bench:
    """A registered bench function."""

    name: str
    bar: float | None
    function: Callable[[Run], None]
    asked_only: bool = False

    def chosen(self, words: Sequence[str]) -> bool:
        """Whether to run it when these words are given."""
        names = f"{self.function.__module__} {self.function.__name__} {self.name}"
        return any(word in names for word in words) if words else not self.asked_only


BENCHES: list[Bench] = []


def bench(
    name: str, *, bar: float | None = None, asked_only: bool = False
) -> Callable[[Callable[[Run], None]], Callable[[Run], None]]:
    """Register a bench; ``bar`` is the least ratio it must reach; ``asked_only``: it is too long for a run of all."""

    def register(function: Callable[[Run], None]) -> Callable[[Run], None]:
        BENCHES.append(Bench(name, bar, function, asked_only))
        return function

    return register


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, all its threads, in seconds."""
    if sys.platform == "linux":
        # the clock of another process, as clock_getcpuclockid(3) makes it: nanoseconds instead of 10 ms ticks
        return time.clock_gettime((~pid << 3) | 2)
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


@dataclass(slots=True)
class Served:
    """A side that runs in its own process."""

    port: int
    pid: int
    folder: Path
    _cpu: float = 0.0

    def batch(self, load: Callable[[int], int]) -> Batch:
        """CPU seconds per operation of ``load(port) -> operations``.

        Counted since the end of the batch before: what a batch leaves behind (write-behind, check-points) is paid too.
        """

        def one() -> float:
            operations = load(self.port)
            now = cpu_seconds(self.pid)
            spent, self._cpu = now - self._cpu, now
            return spent / operations

        self._cpu = cpu_seconds(self.pid)
        return one

    @property
    def resident_mb(self) -> float:
        """Resident memory now, in MiB."""
        return float(psutil.Process(self.pid).memory_info().rss) / 2**20


@contextmanager
def served(serving: Serving) -> Iterator[Served]:
    """Run an async context manager that yields its port in a child process, until the block ends."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    folder = Path(tempfile.mkdtemp(prefix="socles-bench-"))
    child = context.Process(target=_child, args=(serving, folder, there), daemon=True)
    child.start()
    there.close()
    try:
        port = here.recv()
        assert child.pid is not None
        yield Served(port, child.pid, folder)
    finally:
        here.close()
        child.join(30)
        if child.is_alive():
            child.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _child(serving: Serving, folder: Path, pipe: Connection) -> None:
    import asyncio

    from socle.serve import run

    async def main() -> None:
        async with serving(folder) as port:
            pipe.send(port)
            with_eof = asyncio.get_running_loop().run_in_executor(None, pipe.poll, None)
            await with_eof

    run(main())


@asynccontextmanager
async def asgi(app: Callable[..., object]) -> AsyncIterator[int]:
    """Serve a bare ASGI application exactly as the services are served; yields the port."""
    from socle.http_server import HttpServer, listen

    server = HttpServer(app, [listen("127.0.0.1", 0)], stop_seconds=1)  # type: ignore[arg-type]
    await server.start()
    try:
        yield server.addresses[0][1]
    finally:
        await server.stop()
