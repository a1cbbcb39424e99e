"""The outbox as a log (D2, D3): sequenced by one pass after another, read by topic, partition and offset."""

import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, repeat
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, Integer, Text, bindparam, func, select
from sqlalchemy.sql.schema import MetaData

from socle.bus.port import Record, TopicPartition
from socle.store.hot import hot, hot_rows
from socle.store.port import UnitOfWork
from socle.store.tables import common

_TABLES = common(MetaData())
_OUTBOX = _TABLES.outbox.c
_HEAD = _TABLES.relay_head.c

_CURSOR = ("", "", 0)
"""The head that tells up to which outbox position everything is sequenced (SQLite: commits come in that order)."""

_OFFSETS = hot(select(_HEAD.topic, _HEAD.partition, _HEAD.next).where(_HEAD.source == "", _HEAD.topic != ""))
_CURSOR_AT = hot(select(_HEAD.next).where(_HEAD.source == "", _HEAD.topic == ""))
_NEWEST = hot(select(func.max(_OUTBOX.position)))
_ADDRESS = (_OUTBOX.position, _OUTBOX.source, _OUTBOX.topic, _OUTBOX.partition)
_CONTENT = (
    _OUTBOX.id,
    _OUTBOX.source,
    _OUTBOX.type,
    _OUTBOX.key,
    _OUTBOX.subject,
    _OUTBOX.time,
    _OUTBOX.recorded,
    _OUTBOX.traceparent,
    _OUTBOX.data,
)
EVENT_COLUMNS = tuple(column.name for column in (*_ADDRESS, *_CONTENT))
"""What a pass reads of each event that it hands over whole."""
ADDRESS_COLUMNS = len(_ADDRESS)
_COUNT = bindparam("count", type_=BigInteger)
_WHOLE = hot(
    select(*_ADDRESS, *_CONTENT)
    .where(_OUTBOX.position.between(bindparam("first", type_=BigInteger), bindparam("last", type_=BigInteger)))
    .order_by(_OUTBOX.position)
)
_WAITING = """
WITH pending AS MATERIALIZED (
    SELECT position, source, topic, partition FROM outbox
    WHERE position > coalesce((SELECT next FROM relay_head WHERE source = '' AND topic = ''), 0)
    ORDER BY position LIMIT ?
)
SELECT
    (SELECT json_group_array(json_array(position, source, topic, partition)) FROM pending),
    (SELECT json_group_array(json_array(source, topic, partition, next)) FROM relay_head
     WHERE topic <> '' AND (source = '' OR source IN (SELECT source FROM pending)))
"""
"""What waits, and the heads it concerns (SQLite). One row: each one that is read gives the interpreter away, and has to
wait for it while the loop is busy."""
_WAITING_TYPE = msgspec.json.Decoder(list[tuple[int, str, str, int]])
_HEADS_TYPE = msgspec.json.Decoder(list[tuple[str, str, int, int]])
_SIZES = (4, 32, 256)
"""Rows of one statement; it is filled up with rows that change nothing."""
_SEQUENCE = {
    size: "UPDATE outbox SET sequence = given.column2, log_offset = given.column3 "  # noqa: S608 - marks only
    f"FROM (VALUES {', '.join(['(?, ?, ?)'] * size)}) AS given WHERE position = given.column1"
    for size in _SIZES
}
_MOVE = {
    size: "INSERT INTO relay_head (source, topic, partition, next) "  # noqa: S608 - marks only
    f"VALUES {', '.join(['(?, ?, ?, ?)'] * size)} "
    "ON CONFLICT (source, topic, partition) DO UPDATE SET next = excluded.next"
    for size in _SIZES
}
_READ = hot(
    select(_OUTBOX.log_offset, _OUTBOX.sequence, *_CONTENT)
    .where(
        _OUTBOX.topic == bindparam("topic", type_=Text),
        _OUTBOX.partition == bindparam("partition", type_=Integer),
        _OUTBOX.log_offset >= bindparam("start", type_=BigInteger),
        _OUTBOX.log_offset.is_not(None),
    )
    .order_by(_OUTBOX.log_offset)
    .limit(_COUNT)
)

Head = tuple[str, str, int]
"""(source, topic, partition): see :class:`socle.store.tables.Common`."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass of the relay did."""

    heads: Mapping[TopicPartition, int] = field(default_factory=dict)
    """Where the logs that grew end now."""
    records: Sequence[Record] = ()
    """The events that were given their numbers, in order, when they were asked for."""
    more: bool = False
    """Whether events are left for another pass."""


class Numbering:
    """Gives events their sequence per (source, topic, partition) and their offset per (topic, partition), in order.

    Pure: what it goes on from is put in, what it has given is taken out.
    """

    def __init__(self, heads: Mapping[Head, int]) -> None:
        self._heads = heads
        self.moved: dict[Head, int] = {}
        """Heads as they must be stored now."""

    def give(self, source: str, topic: str, part: int) -> tuple[int, int]:
        """The next (sequence, offset)."""
        return self._one((source, topic, part)), self._one(("", topic, part))

    def _one(self, head: Head) -> int:
        number = self.moved.get(head)
        if number is None:
            number = self._heads.get(head, 0)
        self.moved[head] = number + 1
        return number

    @property
    def ends(self) -> dict[TopicPartition, int]:
        """Where the logs that grew end now."""
        return {TopicPartition(topic, part): n for (source, topic, part), n in self.moved.items() if not source}


def sequence(uow: UnitOfWork, count: int, *, whole: bool = False) -> Pass:
    """Give the next ``count`` events their sequence and log offset, in the order of their commits (SQLite).

    All state is in the database and read anew, so two relays at once, or one that was killed, give the same list.
    With ``whole`` the records come with the answer.
    """
    raw = uow.connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    (waiting, heads), *_ = raw.execute(_WAITING, (count,)).fetchall()
    rows = sorted(_WAITING_TYPE.decode(waiting))
    if not rows:
        return Pass()
    numbering = Numbering({(source, topic, part): number for source, topic, part, number in _HEADS_TYPE.decode(heads)})
    given = [(position, *numbering.give(source, topic, part)) for position, source, topic, part in rows]
    last = rows[-1][0]
    records = []
    if whole:
        found = uow.hot(_WHOLE, {"first": rows[0][0], "last": last})
        for (position, number, offset), row in zip(given, found, strict=True):
            assert row[0] == position
            records.append(record(row[2], row[3], offset, number, row[ADDRESS_COLUMNS:]))
    _put(raw, _SEQUENCE, given, (None, None, None))
    moved = [(*head, number) for head, number in (*numbering.moved.items(), (_CURSOR, last))]
    _put(raw, _MOVE, moved, moved[0])
    return Pass(numbering.ends, records, more=len(rows) == count)


def _put(
    raw: sqlite3.Connection, statements: Mapping[int, str], rows: Sequence[tuple[Any, ...]], filling: tuple[Any, ...]
) -> None:
    """Run statements that take a fixed number of rows, as few as may be."""
    largest = max(statements)
    for start in range(0, len(rows), largest):
        some = rows[start : start + largest]
        size = next(size for size in statements if size >= len(some))
        raw.execute(statements[size], list(chain(*some, *repeat(filling, size - len(some)))))


def pending(connection: Connection) -> bool:
    """Whether committed events wait for a pass (SQLite)."""
    (newest,) = hot_rows(connection, _NEWEST, {})[0]
    cursor = hot_rows(connection, _CURSOR_AT, {})
    return (newest or 0) > (cursor[0][0] if cursor else 0)


def offsets(connection: Connection) -> dict[TopicPartition, int]:
    """The offset each log will give next."""
    return {TopicPartition(topic, part): number for topic, part, number in hot_rows(connection, _OFFSETS, {})}


def read(
    connection: Connection, wanted: Sequence[tuple[TopicPartition, int, int]]
) -> dict[TopicPartition, list[Record]]:
    """For each (log, first offset, count): the records, in offset order; logs without any are left out."""
    found = {}
    for log, start, count in wanted:
        parameters = {"topic": log.topic, "partition": log.partition, "start": start, "count": count}
        rows = hot_rows(connection, _READ, parameters)
        if rows:
            found[log] = [record(log.topic, log.partition, row[0], row[1], row[2:]) for row in rows]
    return found


def record(topic: str, part: int, offset: int, number: int, content: Sequence[Any]) -> Record:
    """An event as CloudEvents 1.0 in binary mode (cloudevents/spec, Kafka binding §3.2)."""
    event_id, source, kind, key, subject, occurred, recorded, traceparent, data = content
    key_bytes = key.encode()
    headers: tuple[tuple[str, bytes], ...] = (
        ("ce_specversion", b"1.0"),
        ("ce_id", event_id.encode()),
        ("ce_source", source.encode()),
        ("ce_type", kind.encode()),
        ("ce_time", occurred.encode()),
        ("ce_subject", subject.encode()),
        ("ce_recordedtime", _instant(recorded)),
        ("ce_sequence", b"%d" % number),
        ("ce_partitionkey", key_bytes),
        ("content-type", b"application/json"),
    )
    if traceparent is not None:
        headers = (*headers, ("ce_traceparent", traceparent.encode()))
    return Record(topic, part, offset, key_bytes, data, headers, recorded // 1000)


@lru_cache(maxsize=64)
def _second(epoch: int) -> bytes:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(epoch)).encode()


def _instant(micros: int) -> bytes:
    """Microseconds since 1970 as RFC 3339 text."""
    whole, rest = divmod(micros, 1_000_000)
    return b"%s.%06dZ" % (_second(whole), rest)
