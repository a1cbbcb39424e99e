"""A laboratory for metrics: projects events into a database in memory."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from metrics.batch import Applied, Batch, Move, decoded
from metrics.catalogue import Catalogue, shipped
from metrics.projector import Projector
from metrics.tables import Projection, live, metadata
from socle.bus.port import Record, TopicPartition
from socle.store.blobs import BlobFolder
from socle.store.connect import over
from socle.store.unit import SqliteUnitOfWork
from support.metrics_events import Event, incoming


@cache
def _schema() -> sqlite3.Connection:
    """An empty database, to be copied: faster than creating it for each example."""
    raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection = over(raw)
    metadata.create_all(connection)
    return raw


def _free(_service: str, _topic: str) -> None:
    """Every topic is anybody's here."""


class Lab:
    """A projector over a database in memory."""

    def __init__(self, catalogue: Catalogue | None = None, tables: Projection = live) -> None:
        self.raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        connection = over(self.raw)
        _schema().backup(self.raw)
        self.connection = connection
        blobs = BlobFolder(Path("unused"), durable=False)
        self.uow = SqliteUnitOfWork(self.raw, connection, "metrics", blobs, _free, touched=True)
        self.projector = Projector(tables, (catalogue or shipped()).definitions, "lab")
        self.tables = tables

    def __enter__(self) -> "Lab":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self.connection.engine.dispose()
        self.raw.close()

    def take(self, *events: Event, chunks: Iterable[int] = ()) -> Applied:
        """Project events, all at once or in batches of the given sizes; positions are left out."""
        rest = list(events)
        sizes = iter(chunks)
        total = Applied()
        while rest:
            size = next(sizes, len(rest))
            batch, rest = rest[:size], rest[size:]
            if not batch:
                continue
            applied = self.projector.apply(self.uow, Batch({}, [incoming(event) for event in batch]))
            for scope, touched in applied.touched.items():
                total.touched.setdefault(scope, set()).update(touched)
            total.stale += applied.stale
        return total

    def log(self, records: Sequence[Record], moves: dict[TopicPartition, Move]) -> Applied:
        """Project records as the consumer does, positions included."""
        return self.projector.apply(self.uow, Batch(moves, *decoded([records], None)))

    def rows(self, name: str) -> list[tuple[Any, ...]]:
        """All rows of a table, in order."""
        return sorted(self.raw.execute(f"SELECT * FROM {name}").fetchall(), key=repr)

    def sums(self, indicator: str, **where: Any) -> Counter[str]:
        """Measure → sum over all days and entities, or those of ``where``."""
        found: Counter[str] = Counter()
        names = [column.name for column in self.tables.grain.c]
        for row in self.rows(self.tables.grain.name):
            grain = dict(zip(names, row, strict=True))
            if grain["indicator"] == indicator and all(grain[name] == value for name, value in where.items()):
                found[grain["measure"]] += grain["value"]
        return found

    def rate(self, indicator: str, **where: Any) -> tuple[int, int]:
        """Numerator and denominator."""
        sums = self.sums(indicator, **where)
        return sums["num"], sums["den"]

    def derived(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every derived table but the history's offsets: what must not depend on the order of arrival."""
        found = {table.name: self.rows(table.name) for table in self.tables.tables if table is not self.tables.history}
        found["history"] = [row[:7] for row in self.rows(self.tables.history.name)]
        return found
