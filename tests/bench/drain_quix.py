"""The same log drained by Quix Streams, in its own environment: nothing here but it, the decoder and the driver.

``python tests/bench/drain_quix.py SIDE BOOTSTRAP EVENTS FOLDER``; the folder holds an empty database ``bare.db`` and
``bench.rows.Sql`` as ``sql.json``. A checkpoint flushes the sink in one transaction, then commits the offsets: at least
once, as it is with a sink that writes to a database. ``quix`` calls the service's own counting, which refuses what it
has seen; ``quix-counts`` keeps facts and daily counts, as one writes it in an hour.
"""

import json
import logging
import sys
import uuid
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent.parent / "services")]

from quixstreams import Application, message_context  # noqa: E402
from quixstreams.sinks.base.sink import BatchingSink  # noqa: E402

from bench.counted import CountingWriter, partitions_of  # noqa: E402
from bench.meter import Meter, pin  # noqa: E402
from bench.rows import FactWriter, Writer  # noqa: E402
from metrics.wire.decode import decode  # noqa: E402
from socle.bus.port import Record  # noqa: E402
from socle.store.connect import Synchronous, open_raw  # noqa: E402

BATCH = 4000
"""Events between two checkpoints; the bench checks that it is the service's own."""
TOPICS = ("socles.insi.v1", "socles.dmp.v1", "socles.mss.v1", "socles.stays.v1")


class FactSink(BatchingSink):  # type: ignore[misc]
    """Gathers what a checkpoint covers and writes it at once, all partitions together."""

    def __init__(self, writer: Writer) -> None:
        super().__init__(lambda: None, lambda _: None)
        self._writer = writer
        self.gathered: list[Any] = []
        self.written = 0

    def add(self, value: Any, key: Any, timestamp: int, headers: Any, topic: str, partition: int, offset: int) -> None:
        self.gathered.append(value)

    def flush(self) -> None:
        if self.gathered:
            self._writer.write(self.gathered)
            self.written += len(self.gathered)
            self.gathered = []

    def write(self, batch: Any) -> None:
        raise AssertionError("flush writes")


def read(value: bytes, key: bytes, timestamp: int, headers: Any) -> Any:
    """One message as the domain sees it."""
    at = message_context()
    return decode(Record(at.topic, at.partition, at.offset, key, value, tuple(headers), timestamp))


def main(side: str, bootstrap: str, events: int, folder: Path) -> None:
    raw = open_raw(folder / "bare.db", Synchronous.NORMAL)
    writer: Writer
    if side == "quix-counts":
        writer = FactWriter(raw, json.loads((folder / "sql.json").read_text()), counting=True)
    else:
        writer = CountingWriter(raw, [part for name in TOPICS for part in partitions_of(name)])
    sink = FactSink(writer)
    app = Application(
        bootstrap,
        consumer_group=f"quix-{uuid.uuid4()}",
        auto_offset_reset="earliest",
        commit_every=BATCH,
        commit_interval=60,
        state_dir=folder / "state",
        loglevel=None,
        auto_create_topics=False,
        on_message_processed=lambda *_: app.stop() if sink.written + len(sink.gathered) >= events else None,
    )
    for name in TOPICS:
        topic = app.topic(name, value_deserializer="bytes", key_deserializer="bytes")
        app.dataframe(topic).apply(read, metadata=True).sink(sink)
    meter = Meter()
    app.run()  # stopping flushes the sink and commits
    meter.tell(sink.written)


if __name__ == "__main__":
    logging.disable()
    pin()
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
