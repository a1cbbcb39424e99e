"""The service's own counting, as a handler of another framework calls it: one batch, one transaction, no thread."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from metrics.batch import Batch, Move
from metrics.catalogue import shipped
from metrics.projector import Projector
from metrics.tables import live
from metrics.wire.decode import Incoming
from socle.bus.port import TopicPartition
from socle.events.topics import TOPICS
from socle.store.blobs import BlobFolder
from socle.store.connect import over
from socle.store.unit import SqliteUnitOfWork


def moves_of(events: Sequence[Incoming]) -> dict[TopicPartition, Move]:
    """Where the positions stand and go: all events of a log are there, in order."""
    ends: dict[TopicPartition, Move] = {}
    for event in events:
        part = TopicPartition(event.topic, event.partition)
        ends[part] = Move(ends[part].expected if part in ends else event.offset, event.offset + 1)
    return ends


def partitions_of(topic: str) -> list[TopicPartition]:
    """All logs of a topic."""
    return [TopicPartition(topic, part) for part in range(TOPICS[topic].partitions)]


class CountingWriter:
    """Facts, indicators, history and positions: what the service keeps, in the transaction of whoever calls."""

    def __init__(self, raw: sqlite3.Connection, partitions: Sequence[TopicPartition]) -> None:
        self._raw = raw
        blobs = BlobFolder(Path("unused"), durable=False)
        self._uow = SqliteUnitOfWork(raw, over(raw), "metrics", blobs, lambda *_: None, touched=True)
        self._projector = Projector(live, shipped().definitions, "metrics")
        self._raw.execute("BEGIN IMMEDIATE")
        self._projector.assign(self._uow, partitions)
        self._raw.execute("COMMIT")

    def write(self, events: Sequence[Incoming]) -> None:
        """One transaction; raises :class:`metrics.batch.NotOwner` when the batch was written before."""
        self._raw.execute("BEGIN IMMEDIATE")
        self._projector.apply(self._uow, Batch(moves_of(events), list(events)))
        self._raw.execute("COMMIT")
