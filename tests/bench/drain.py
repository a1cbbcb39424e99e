"""One process that reads the topics to their end, in one of several ways, and says what that took.

``python tests/bench/drain.py SIDE BOOTSTRAP EVENTS FOLDER``; started by the benches, each time with an empty database.
``ours`` is the service itself, told by the environment as in production.
"""

import asyncio
import os
import sys
import uuid
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent.parent / "services")]

from bench.counted import CountingWriter, partitions_of  # noqa: E402
from bench.meter import Meter, pin  # noqa: E402
from bench.rows import COUNTS, FactWriter, Writer  # noqa: E402
from bench.tables import empty_database, sql_of  # noqa: E402
from metrics.settings import MetricsSettings  # noqa: E402
from metrics.wire.decode import decode  # noqa: E402
from socle.events.topics import TOPICS  # noqa: E402
from socle.serve import run  # noqa: E402
from socle.store.connect import Synchronous, open_raw  # noqa: E402

BATCH = MetricsSettings().batch_max
"""Events in one transaction: of the service, and of every other side."""
_POLL_SECONDS = 0.05


async def ours(bootstrap: str, events: int, folder: Path) -> None:
    """The metrics service in its role of consumer: exactly once, all facts, indicators, history."""
    os.environ |= {"SOCLES_KAFKA_BOOTSTRAP": bootstrap, "SOCLES_METRICS_ROLES": "consumer"}
    from metrics.app import build
    from socle.ground import Ground
    from socle.settings import GroundSettings

    ground = Ground.open(GroundSettings(data_dir=folder))
    service = build(ground)
    async with ground:
        consumer = service.core.consumer
        assert consumer is not None
        meter = Meter()
        await service.start()
        done = 0
        while done < events:
            await asyncio.sleep(_POLL_SECONDS)
            done = sum(position for position, _ in (await consumer.lags()).values())
            meter.mark(done)
        meter.tell(done)
        await service.stop()


async def bare(bootstrap: str, events: int, folder: Path) -> None:
    """The ceiling: bare aiokafka, the same decoder, the same fact rows in as large transactions; no position kept."""
    from aiokafka import AIOKafkaConsumer

    writer = _writer(folder, counting=False)
    client = AIOKafkaConsumer(*TOPICS, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    meter = Meter()
    await client.start()
    done = 0
    while done < events:
        found = await client.getmany(timeout_ms=1000, max_records=BATCH)
        # aiokafka's records have the fields of ours
        batch = [decode(record) for records in found.values() for record in records]  # type: ignore[arg-type]
        if batch:
            writer.write(batch)
            done += len(batch)
    meter.tell(done)
    await client.stop()


async def faststream(bootstrap: str, events: int, folder: Path) -> None:
    """A FastStream batch handler that calls the service's own counting: the same facts, indicators and positions."""
    empty_database(folder / "bare.db")
    raw = open_raw(folder / "bare.db", Synchronous.NORMAL)
    await _handled(bootstrap, events, CountingWriter(raw, [part for name in TOPICS for part in partitions_of(name)]))


async def faststream_counts(bootstrap: str, events: int, folder: Path) -> None:
    """A FastStream batch handler as one writes it in an hour: facts and daily counts, at least once."""
    await _handled(bootstrap, events, _writer(folder, counting=True))


async def _handled(bootstrap: str, events: int, writer: Writer) -> None:
    """The batch is acknowledged to Kafka when the handler returns."""
    from faststream import AckPolicy
    from faststream.kafka import KafkaBroker

    broker = KafkaBroker(bootstrap, apply_types=False, logger=None)
    drained = asyncio.Event()
    done = 0

    async def read(message: Any) -> Any:
        return [decode(record) for record in message.raw_message]

    @broker.subscriber(
        *TOPICS,
        batch=True,
        max_records=BATCH,
        group_id=f"faststream-{uuid.uuid4()}",
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.ACK,
        decoder=read,
    )
    async def handle(batch: Any) -> None:
        nonlocal done
        writer.write(batch)
        done += len(batch)
        if done >= events:
            drained.set()

    meter = Meter()
    async with broker:
        await broker.start()
        await drained.wait()
        meter.tell(done)


def _writer(folder: Path, *, counting: bool) -> FactWriter:
    empty_database(folder / "bare.db")
    raw = open_raw(folder / "bare.db", Synchronous.NORMAL)
    if counting:
        raw.execute(COUNTS)
    return FactWriter(raw, sql_of(), counting=counting)


SIDES: dict[str, Callable[[str, int, Path], Coroutine[Any, Any, None]]] = {
    "ours": ours,
    "bare": bare,
    "faststream": faststream,
    "faststream-counts": faststream_counts,
}


if __name__ == "__main__":
    pin()
    side, server, count, place = sys.argv[1:]
    run(SIDES[side](server, int(count), Path(place)))
