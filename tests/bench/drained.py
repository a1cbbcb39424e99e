"""Starts the processes that drain a log, and gathers what they say."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.quix import interpreter
from bench.rows import COUNTS
from bench.tables import empty_database, sql_of
from socle.store.connect import Synchronous, open_raw
from support.postgres import fresh_database

HERE = Path(__file__).parent
_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Drained:
    """One log read to its end."""

    events: int
    cpu: float
    """CPU seconds of the process, all its threads, from when it was ready to connect."""
    wall: float
    peak_mb: float
    database_mb: float
    marks: Sequence[tuple[int, float]]
    """Events, and the CPU seconds they had taken."""

    @property
    def us(self) -> float:
        """CPU time per event, in µs."""
        return self.cpu / self.events * 1e6

    def us_between(self, first: float, last: float) -> float:
        """CPU time per event in a part of the log, from 0 to 1: whether it grows with what is stored already."""
        ends = [(0, 0.0), *self.marks, (self.events, self.cpu)]
        (begun, spent), (done, total) = (
            min(ends, key=lambda mark: abs(mark[0] - part * self.events)) for part in (first, last)
        )
        return (total - spent) / max(1, done - begun) * 1e6


@dataclass(slots=True)
class Side:
    """One way to drain: each call takes the whole log into an empty database."""

    name: str
    bootstrap: str
    events: int
    program: str = "drain.py"
    postgres: str | None = None
    """A server to make a database in; SQLite without."""
    runs: list[Drained] = field(default_factory=list)

    def __call__(self) -> float:
        done = self.drain()
        self.runs.append(done)
        return done.cpu / done.events

    def drain(self) -> Drained:
        """Raises ``RuntimeError`` when the process failed, or read more or less than there is."""
        if self.postgres is None:
            return self._run({})
        with fresh_database(self.postgres) as url:
            return self._run({"SOCLES_DATABASE_URL": url})

    def _run(self, environment: dict[str, str]) -> Drained:
        folder = Path(tempfile.mkdtemp(prefix="socles-bench-"))
        try:
            done = subprocess.run(
                self._command(folder),
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
                env=os.environ | environment,
            )
            lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
            if done.returncode or not lines:
                raise RuntimeError(f"{self.name}: status {done.returncode}: {done.stderr[-2000:]}")
            told = json.loads(lines[-1])
            if told["events"] != self.events:
                raise RuntimeError(f"{self.name}: {told['events']} events instead of {self.events}")
            size = sum(file.stat().st_size for file in folder.rglob("*.db*")) / 2**20
            return Drained(told["events"], told["cpu"], told["wall"], told["peak_mb"], size, told["marks"])
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _command(self, folder: Path) -> list[str]:
        if not self.name.startswith("quix"):
            python, file = sys.executable, HERE / self.program
            return [python, str(file), self.name, self.bootstrap, str(self.events), str(folder)]
        python = str(interpreter())
        empty_database(folder / "bare.db")
        open_raw(folder / "bare.db", Synchronous.NORMAL).execute(COUNTS).connection.close()
        (folder / "sql.json").write_text(json.dumps(sql_of()))
        return [python, str(HERE / "drain_quix.py"), self.name, self.bootstrap, str(self.events), str(folder)]

    def said(self) -> str:
        """Medians of the runs, for a note."""
        us, wall, peak = (
            statistics.median(values)
            for values in zip(*((each.us, each.wall, each.peak_mb) for each in self.runs), strict=True)
        )
        walled = f"{wall / self.events * 1e6:.1f} µs on the wall ({self.events / wall:,.0f}/s)"
        return f"{us:.1f} µs CPU and {walled} each; peak {peak:.0f} MiB"
