"""The broker of a bench: away from the core of what is measured, if it runs here."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from bench.meter import CORE
from support.kafka import start_broker
from support.kafka_emptied import delete_topics


def only_on(cores: set[int], pid: int = 0) -> None:
    """Keep a process, with all the threads it has, on some cores. Nothing happens where there is no such call."""
    if sys.platform != "linux" or not cores <= os.sched_getaffinity(0) | cores:
        return
    threads = [thread.id for thread in psutil.Process(pid or os.getpid()).threads()]
    for thread in threads:
        with suppress(OSError):
            os.sched_setaffinity(thread, cores)


def others() -> set[int]:
    """All cores but the measured one; that one, if there is no other."""
    return set(range(os.cpu_count() or 1)) - {CORE} or {CORE}


@contextmanager
def broker(*, pinned: bool = True) -> Iterator[str]:
    """The bootstrap address of a real Kafka without any of our topics: the one that is named, or a fresh one."""
    named = os.environ.get("SOCLES_TEST_KAFKA_BOOTSTRAP")
    if named:
        delete_topics(named)
        yield named
        return
    made = start_broker()
    try:
        port = int(made.bootstrap.rsplit(":", 1)[1])
        for process in psutil.process_iter(["cmdline"]) if pinned else ():
            if any(f"/{port}/server.properties" in word for word in process.info["cmdline"] or ()):
                only_on(others(), process.pid)
        yield made.bootstrap
    finally:
        made.stop()
