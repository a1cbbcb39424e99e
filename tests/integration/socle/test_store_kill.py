"""SIGKILL under load, again and again on one file: what was answered is there, its event exactly once in the log."""

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections import defaultdict
from pathlib import Path

import pytest

from socle.bus.embedded import EmbeddedBus
from socle.bus.wiring import make_relay
from socle.store import SqliteStore
from socle.store.migrate import upgrade
from support import shelf, shelf_writer

ROUNDS = 8


def _kill_one(path: Path, start: int, seconds: float) -> list[str]:
    """Let a writer run for a while once it has begun to answer; gives the names it was answered for."""
    command = [sys.executable, shelf_writer.__file__, str(path), str(start)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        rest = process.stdout.read()
        process.wait()
        timer.cancel()
    return [line.decode() for line in (first + rest).split(b"\n")[:-1]]


@pytest.mark.drill
@pytest.mark.slow
def test_acts_answered_before_a_kill_are_kept_and_their_events_sequenced_once(tmp_path: Path) -> None:
    path = tmp_path / "shelf.db"
    upgrade(path, shelf.MIGRATIONS, shelf.METADATA)
    dice = random.Random(20260302)
    answered: list[str] = []
    for number in range(ROUNDS):
        answered += _kill_one(path, number * 10_000_000, dice.uniform(0.02, 0.5))
    assert len(answered) > 100 * ROUNDS

    asyncio.run(_restart(path))
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    things = {name for (name,) in raw.execute("SELECT name FROM thing")}
    assert set(answered) <= things
    log = raw.execute("SELECT subject, source, topic, partition, sequence, log_offset FROM outbox").fetchall()
    assert sorted(subject for subject, *_ in log) == sorted(things)
    sequences, offsets = defaultdict(list), defaultdict(list)
    for _, source, topic, part, sequence, offset in log:
        sequences[source, topic, part].append(sequence)
        offsets[topic, part].append(offset)
    assert len(offsets) > 5
    for given in (*sequences.values(), *offsets.values()):
        assert sorted(given) == list(range(len(given)))

    kept = dict(raw.execute("SELECT sha256, size FROM blob WHERE data IS NULL"))
    files = {file.name: file.stat().st_size for file in (tmp_path / "blobs").rglob("*") if file.is_file()}
    assert files == kept
    assert len(kept) >= sum(int(name) % 25 == 0 for name in answered)
    raw.close()


async def _restart(path: Path) -> None:
    store = SqliteStore(path, service="shelf")
    await store.start()
    relay = make_relay(store, EmbeddedBus())
    await relay.start()
    await relay.stop()
    await store.stop()
