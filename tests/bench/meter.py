"""What a process that drains a log has used; needs nothing but the standard library."""

import json
import os
import resource
import sys
import time

CORE = 0
"""The core of the process that is measured; broker and database take the others."""

MARK_EVENTS = 20_000


def pin(core: int = CORE) -> None:
    """Keep this process, and the threads it will start, on one core."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, {core})


class Meter:
    """From when it is made: CPU time with all threads, time on the wall, and the peak of resident memory."""

    def __init__(self) -> None:
        self._cpu, self._wall = time.process_time(), time.perf_counter()
        self._marks: list[tuple[int, float]] = [(0, 0.0)]

    def mark(self, events: int) -> None:
        """Note how far it is, and what that has cost, at every so many events."""
        if events - self._marks[-1][0] >= MARK_EVENTS:
            self._marks.append((events, time.process_time() - self._cpu))

    def tell(self, events: int) -> None:
        """Write one line of JSON for the bench that started this process."""
        cpu, wall = time.process_time() - self._cpu, time.perf_counter() - self._wall
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        told = {"events": events, "cpu": cpu, "wall": wall, "peak_mb": peak, "marks": self._marks}
        print(json.dumps(told), flush=True)
