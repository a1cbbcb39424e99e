"""The outbox as a log (D2, D3): sequenced by one pass after another, read by topic, partition and offset."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
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

_HEADS = hot(select(_HEAD.topic, _HEAD.partition, _HEAD.next).where(_HEAD.source == bindparam("source", type_=Text)))
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
_AFTER = _OUTBOX.position > bindparam("after", type_=BigInteger)
_COUNT = bindparam("count", type_=BigInteger)
_PENDING = hot(select(*_ADDRESS).where(_AFTER).order_by(_OUTBOX.position).limit(_COUNT))
_PENDING_WHOLE = hot(select(*_ADDRESS, *_CONTENT).where(_AFTER).order_by(_OUTBOX.position).limit(_COUNT))
_CHUNKS = (256, 32, 4, 1)
"""Rows of one statement: each one gives the interpreter away, and must win it back from a busy loop."""
_SEQUENCE = {
    size: "UPDATE outbox SET sequence = given.column2, log_offset = given.column3 "  # noqa: S608 - marks only
    f"FROM (VALUES {', '.join(['(?, ?, ?)'] * size)}) AS given WHERE position = given.column1"
    for size in _CHUNKS
}
_MOVE_HEAD = upsert(_TABLES.relay_head).values(
    source=bindparam("source"), topic=bindparam("topic"), partition=bindparam("partition"), next=bindparam("next")
)
_MOVE = hot(
    _MOVE_HEAD.on_conflict_do_update(
        index_elements=["source", "topic", "partition"], set_={"next": _MOVE_HEAD.excluded.next}
    )
)
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
    heads = _heads(uow, "")
    rows = uow.hot(_PENDING_WHOLE if whole else _PENDING, {"after": heads.pop(_CURSOR, 0), "count": count})
    if not rows:
        return Pass()
    for source in {row[1] for row in rows}:  # those of this pass only: each workspace there ever was is a source
        heads |= _heads(uow, source)
    numbering = Numbering(heads)
    given, records = [], []
    for row in rows:
        position, source, topic, part = row[:ADDRESS_COLUMNS]
        number, offset = numbering.give(source, topic, part)
        given.append((position, number, offset))
        if whole:
            records.append(record(topic, part, offset, number, row[ADDRESS_COLUMNS:]))
    ends = numbering.ends
    at = 0
    for size in _CHUNKS:
        while len(given) - at >= size:
            uow.connection.exec_driver_sql(_SEQUENCE[size], tuple(chain.from_iterable(given[at : at + size])))
            at += size
    moved: Iterable[tuple[Head, int]] = (*numbering.moved.items(), (_CURSOR, rows[-1][0]))
    uow.hot_many(
        _MOVE, [{"source": source, "topic": topic, "partition": part, "next": n} for (source, topic, part), n in moved]
    )
    return Pass(ends, records, more=len(rows) == count)


def _heads(uow: UnitOfWork, source: str) -> dict[Head, int]:
    return {(source, topic, part): number for topic, part, number in uow.hot(_HEADS, {"source": source})}


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
