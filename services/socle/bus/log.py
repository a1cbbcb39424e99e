"""The outbox as a log (D2, D3): sequenced by one pass after another, read by topic, partition and offset."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Integer, Text, bindparam, func, select, update
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
"""The head that tells up to which outbox position everything is sequenced."""

_HEADS = hot(select(_HEAD.topic, _HEAD.partition, _HEAD.next).where(_HEAD.source == bindparam("source", type_=Text)))
_OFFSETS = hot(select(_HEAD.topic, _HEAD.partition, _HEAD.next).where(_HEAD.source == "", _HEAD.topic != ""))
_CURSOR_AT = hot(select(_HEAD.next).where(_HEAD.source == "", _HEAD.topic == ""))
_NEWEST = hot(select(func.max(_OUTBOX.position)))
_PENDING = hot(
    select(_OUTBOX.position, _OUTBOX.source, _OUTBOX.topic, _OUTBOX.partition)
    .where(_OUTBOX.position > bindparam("after", type_=Integer))
    .order_by(_OUTBOX.position)
    .limit(bindparam("count", type_=Integer))
)
_SEQUENCE = hot(
    update(_TABLES.outbox)
    .where(_OUTBOX.position == bindparam("at", type_=Integer))
    .values(sequence=bindparam("number"), log_offset=bindparam("offset"))
)
_MOVE_HEAD = upsert(_TABLES.relay_head).values(
    source=bindparam("source"), topic=bindparam("topic"), partition=bindparam("partition"), next=bindparam("next")
)
_MOVE = hot(
    _MOVE_HEAD.on_conflict_do_update(
        index_elements=["source", "topic", "partition"], set_={"next": _MOVE_HEAD.excluded.next}
    )
)
_EVENT_COLUMNS = (
    _OUTBOX.log_offset,
    _OUTBOX.id,
    _OUTBOX.source,
    _OUTBOX.type,
    _OUTBOX.key,
    _OUTBOX.subject,
    _OUTBOX.time,
    _OUTBOX.recorded,
    _OUTBOX.traceparent,
    _OUTBOX.sequence,
    _OUTBOX.data,
)
_READ = hot(
    select(*_EVENT_COLUMNS)
    .where(
        _OUTBOX.topic == bindparam("topic", type_=Text),
        _OUTBOX.partition == bindparam("partition", type_=Integer),
        _OUTBOX.log_offset >= bindparam("start", type_=Integer),
        _OUTBOX.log_offset.is_not(None),
    )
    .order_by(_OUTBOX.log_offset)
    .limit(bindparam("count", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass of the relay did."""

    heads: Mapping[TopicPartition, int]
    """Where the logs that grew end now."""
    more: bool
    """Whether events are left for another pass."""


def sequence(uow: UnitOfWork, count: int) -> Pass:
    """Give the next ``count`` events their sequence and log offset, in the order of their commits.

    All state is in the database and read anew, so two relays at once, or one that was killed, give the same list.
    """
    heads = _heads(uow, "")
    rows = uow.hot(_PENDING, {"after": heads.get(_CURSOR, 0), "count": count})
    for source in {row[1] for row in rows}:  # those of this pass only: each workspace there ever was is a source
        heads |= _heads(uow, source)
    touched: dict[tuple[str, str, int], int] = {}
    given: list[dict[str, Any]] = []
    for position, source, topic, part in rows:
        by_source, by_log = (source, topic, part), ("", topic, part)
        number, offset = heads.get(by_source, 0), heads.get(by_log, 0)
        given.append({"at": position, "number": number, "offset": offset})
        heads[by_source] = touched[by_source] = number + 1
        heads[by_log] = touched[by_log] = offset + 1
    if not rows:
        return Pass({}, more=False)
    touched[_CURSOR] = rows[-1][0]
    uow.hot_many(_SEQUENCE, given)
    uow.hot_many(
        _MOVE,
        [
            {"source": source, "topic": topic, "partition": part, "next": n}
            for (source, topic, part), n in touched.items()
        ],
    )
    logs = {TopicPartition(topic, part): n for (source, topic, part), n in touched.items() if not source and topic}
    return Pass(logs, more=len(rows) == count)


def _heads(uow: UnitOfWork, source: str) -> dict[tuple[str, str, int], int]:
    return {(source, topic, part): number for topic, part, number in uow.hot(_HEADS, {"source": source})}


def pending(connection: Connection) -> bool:
    """Whether committed events wait for a pass."""
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
        records = [_record(log.topic, log.partition, row) for row in hot_rows(connection, _READ, parameters)]
        if records:
            found[log] = records
    return found


def _record(topic: str, part: int, row: Sequence[Any]) -> Record:
    """A row as CloudEvents 1.0 in binary mode (cloudevents/spec, Kafka binding §3.2)."""
    offset, event_id, source, kind, key, subject, occurred, recorded, traceparent, number, data = row
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
