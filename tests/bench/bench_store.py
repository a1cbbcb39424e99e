"""Group commit against a bare loop over the driver that writes the same rows, already encoded, in batches."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.harness import Run, bench
from socle.bus.embedded import EmbeddedBus
from socle.bus.wiring import make_relay
from socle.events.codec import encode_data
from socle.store import SqliteStore
from socle.store.connect import Synchronous, open_raw
from socle.store.migrate import upgrade
from support import shelf

ACTS = 3000
AT_ONCE = 256
"""Acts that wait at the same time, and rows in one transaction of the bare loop."""

_STATE = "INSERT INTO thing (name, shelf) VALUES (?, 0)"
_EVENT = (
    "INSERT INTO outbox (id, source, type, topic, partition, key, subject, time, recorded, data, epoch) "
    "VALUES (?, '/socles/x/default', 'fr.socles.insi.call.completed.v1', 'socles.insi.v1', 3, '010000016', ?, ?, 0, ?, "
    "1)"
)


@bench("store: act with event, group commit and relay")
def group_commit(run: Run) -> None:
    with tempfile.TemporaryDirectory(prefix="socles-bench-") as name, asyncio.Runner() as runner:
        folder = Path(name)
        for file in ("ours.db", "bare.db", "single.db"):
            upgrade(folder / file, shelf.MIGRATIONS, shelf.METADATA)
        store = SqliteStore(folder / "ours.db", service="shelf")
        relay = make_relay(store, EmbeddedBus())
        runner.run(store.start())
        runner.run(relay.start())
        counter = iter(range(10**9))

        async def acts() -> None:
            async def some() -> None:
                for _ in range(ACTS // AT_ONCE):
                    number = next(counter)
                    await store.write(partial(shelf.put_and_tell, name=f"thing {number}"))

            await asyncio.gather(*(some() for _ in range(AT_ONCE)))

        def ours() -> float:
            start = time.process_time()
            runner.run(acts())
            return (time.process_time() - start) / (ACTS // AT_ONCE * AT_ONCE)

        run.compare(ours=ours, ceiling=_bare(open_raw(folder / "bare.db", Synchronous.NORMAL), AT_ONCE))
        run.compare(
            name="store: the same against one bare transaction for each act",
            ours=ours,
            ceiling=_bare(open_raw(folder / "single.db", Synchronous.NORMAL), 1),
        )
        start = time.perf_counter()
        for _ in range(5):
            runner.run(acts())
        rate = 5 * (ACTS // AT_ONCE * AT_ONCE) / (time.perf_counter() - start)
        run.note(f"{rate:,.0f} acts/s here, event sequenced, with {AT_ONCE} acts waiting at any time")
        runner.run(relay.stop())
        runner.run(store.stop())


def _bare(raw: sqlite3.Connection, group: int) -> Callable[[], float]:
    data = encode_data(shelf.event("010000016"))
    counter = iter(range(10**9))

    def one() -> float:
        start = time.process_time()
        for _ in range(ACTS // group):
            raw.execute("BEGIN IMMEDIATE")
            for _ in range(group):
                number = next(counter)
                raw.execute(_STATE, (f"thing {number}",))
                raw.execute(_EVENT, (f"{number:036d}", f"thing {number}", shelf.AT.isoformat(), data))
            raw.execute("COMMIT")
        return (time.process_time() - start) / (ACTS // group * group)

    return one
