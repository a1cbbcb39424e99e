"""The fact rows of a batch, written as a careful hand would: the newest of each thing, one ``executemany`` a table.

Nothing is looked up, linked or explained. What the ceilings of metrics do, and the handlers written for other
frameworks; those of Quix Streams run in an environment of their own, so this imports the decoder's world only.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from metrics.domain.facts import Call, Document, Message, MessageDoc, Stay
from metrics.wire.decode import Incoming

Sql = Mapping[str, tuple[str, Sequence[str]]]
"""Table → statement with ``?``, and the columns in their order; plain data, so that another process can be told."""

COUNTS = """
CREATE TABLE daily_count (finess_eg TEXT, type TEXT, day INTEGER, value INTEGER, PRIMARY KEY (finess_eg, type, day))
WITHOUT ROWID
"""
_COUNT = (
    "INSERT INTO daily_count VALUES (?, ?, ?, ?) "
    "ON CONFLICT (finess_eg, type, day) DO UPDATE SET value = value + excluded.value"
)
_DAY_MS = 86_400_000


class History(NamedTuple):
    """A row of ``fact_event``: which event said what."""

    thing: str
    thing_id: str
    revision: int
    event_id: str
    type: str
    time: int
    document_id: str | None
    exchange_id: str | None
    topic: str
    partition: int
    log_offset: int


_FIELDS: Mapping[str, Sequence[str]] = {
    "call": Call._fields,
    "document": Document._fields,
    "message": Message._fields,
    "carried": MessageDoc._fields,
    "stay": Stay._fields,
    "history": History._fields,
}
_Row = Callable[[tuple[Any, ...]], tuple[Any, ...]]


class Writer(Protocol):
    """Takes a batch in, in one transaction."""

    def write(self, events: Sequence[Incoming]) -> None: ...


class FactWriter:
    """Keeps the facts of one workspace. ``counting`` adds daily counts by establishment and type of event."""

    def __init__(self, raw: sqlite3.Connection, sql: Sql, *, counting: bool = False) -> None:
        self._raw = raw
        self._counting = counting
        self._sql: dict[str, tuple[str, _Row]] = {}
        for name, (text, columns) in sql.items():
            places = ("workspace", "epoch", *_FIELDS[name])
            self._sql[name] = (text, itemgetter(*(places.index(column) for column in columns)))

    def write(self, events: Sequence[Incoming]) -> None:
        """One transaction. What is older than a row that is there is written all the same: partitions are in order."""
        self._raw.execute("BEGIN IMMEDIATE")
        for name, facts in _tables(events).items():
            text, row = self._sql[name]
            self._raw.executemany(text, [row(("default", 1, *fact)) for fact in facts])
        if self._counting:
            counts = Counter(
                (event.fact.finess_eg, event.type, event.time // _DAY_MS)  # type: ignore[union-attr]
                for event in events
            )
            self._raw.executemany(_COUNT, [(*key, value) for key, value in counts.items()])
        self._raw.execute("COMMIT")


def _tables(events: Sequence[Incoming]) -> dict[str, Sequence[tuple[Any, ...]]]:
    calls: dict[Any, Any] = {}
    documents: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    carried: dict[str, Sequence[MessageDoc]] = {}
    stays: dict[str, Any] = {}
    history = []
    for event in events:
        fact: Any = event.fact
        kind, thing, document_id = type(fact), fact[0], None
        if kind is Call:
            calls[fact[:2]] = fact
            continue
        if kind is Document:
            name, document_id = "document", fact.document_id
            documents[thing] = fact
        elif kind is Message:
            name = "message"
            messages[thing] = fact
            carried[thing] = event.docs
        else:
            name = "stay"
            stays[thing] = fact
        history.append(
            (
                name,
                thing,
                event.revision,
                event.event_id,
                event.type,
                event.time,
                document_id,
                event.exchange_id,
                event.topic,
                event.partition,
                event.offset,
            )
        )
    return {
        "call": list(calls.values()),
        "document": list(documents.values()),
        "message": list(messages.values()),
        "carried": [doc for docs in carried.values() for doc in docs],
        "stay": list(stays.values()),
        "history": history,
    }
