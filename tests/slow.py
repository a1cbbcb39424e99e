"""The slow suites, side by side: ``make test-slow``, or ``python tests/slow.py -m MARKERS [pytest's arguments]``.

They wait more than they work, so three lanes run at once, each a pytest of its own; what promises a time runs after
them, alone (``tests/support/lanes.py`` says which test has which lane). What a lane prints is shown at once, behind its
name. In the end a table tells, by suite, how many tests ran and for how long, and whether any was skipped.

Exit status: 0, or pytest's of the first lane that failed. Ctrl-C and SIGTERM end each lane as Ctrl-C ends pytest, so
that brokers, servers and containers go too: status 130 or 143.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from types import FrameType
from xml.etree import ElementTree

from support.lanes import ALONE, SIDE_BY_SIDE

ROOT = Path(__file__).resolve().parent.parent
PHASES = (SIDE_BY_SIDE, (ALONE,))
NOTHING_CHOSEN = 5
"""pytest's exit status when arguments leave it no test."""
SIGNALS = (signal.SIGINT, signal.SIGTERM)
ENDING_SECONDS = 180.0
"""For what a lane has brought up to be taken down."""


class Stopped(BaseException):
    """By a signal."""


class Lane:
    """One pytest, begun."""

    def __init__(self, name: str, arguments: Sequence[str], reports: Path) -> None:
        self.name = name
        self.report = reports / f"{name}.xml"
        self._began = time.monotonic()
        command = [sys.executable, "-m", "pytest", "tests", "-q", f"--lane={name}", f"--junitxml={self.report}"]
        self._process = subprocess.Popen(
            [*command, *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # a terminal's Ctrl-C reaches it once, by way of us
        )
        self._shown = threading.Thread(target=self._show, daemon=True)
        self._shown.start()

    def _show(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            print(f"{self.name:<10} | {line}", end="", flush=True)
        status, seconds = self._process.wait(), time.monotonic() - self._began
        print(f"{self.name:<10} | exit status {status} after {seconds:.0f} s", flush=True)

    def wait(self) -> int:
        """Its exit status, once all it printed is shown."""
        status = self._process.wait()
        self._shown.join(5)
        return status

    def interrupt(self) -> None:
        """As Ctrl-C would."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)

    def end(self) -> None:
        """Wait until it has cleaned up, but not for ever."""
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._shown.join(5)


@contextmanager
def side_by_side(names: Sequence[str], arguments: Sequence[str], reports: Path) -> Iterator[list[Lane]]:
    """The lanes, begun; whatever happens, none goes on afterwards."""
    lanes: list[Lane] = []
    try:
        for name in names:
            lanes.append(Lane(name, arguments, reports))
        yield lanes
    finally:
        for lane in lanes:
            lane.interrupt()
        for lane in lanes:
            lane.end()


def suite_of(case: ElementTree.Element) -> str:
    """``integration/dmp_sim``, ``compose``: the folder of a test's file."""
    names = (case.get("classname") or case.get("name") or "").split(".")  # a file that cannot be read has a name alone
    return "/".join(takewhile(lambda name: not name.startswith("test_"), names[1:]))


def table(reports: Path) -> Iterator[str]:
    """A line for each suite, and one for all."""
    ran: Counter[str] = Counter()
    seconds: defaultdict[str, float] = defaultdict(float)
    other: Counter[str] = Counter()
    for report in sorted(reports.glob("*.xml")):
        for case in ElementTree.parse(report).iter("testcase"):
            suite = suite_of(case)
            ran[suite] += 1
            seconds[suite] += float(case.get("time", "0"))
            other.update(kind.tag for kind in case if kind.tag in {"failure", "error", "skipped"})
    for suite in sorted(ran):
        yield f"  {suite:<28} {ran[suite]:>5} tests {seconds[suite]:>7.0f} s"
    said = ", ".join(
        f"{other[tag]} {word}" for tag, word in (("failure", "failed"), ("error", "in error")) if other[tag]
    )
    yield f"  {ran.total()} tests, {said or 'none failed'}, {other['skipped'] or 'none'} skipped"


def _stop(number: int, _frame: FrameType | None) -> None:
    for each in SIGNALS:  # one is enough: nothing disturbs the end
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(number)


def main(arguments: Sequence[str]) -> int:
    for number in SIGNALS:
        signal.signal(number, _stop)
    began = time.monotonic()
    statuses: list[int] = []
    with tempfile.TemporaryDirectory(prefix="socles-slow-") as folder:
        try:
            for names in PHASES:
                with side_by_side(names, arguments, Path(folder)) as lanes:
                    statuses += [lane.wait() for lane in lanes]
        except Stopped as stopped:
            return 128 + int(stopped.args[0])
        print(f"slow suites: {time.monotonic() - began:.0f} s", *table(Path(folder)), sep="\n")
    chosen = [status for status in statuses if status != NOTHING_CHOSEN] or [NOTHING_CHOSEN]
    return next(filter(None, chosen), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
