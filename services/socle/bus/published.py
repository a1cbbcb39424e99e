"""What a relay has published to a broker outside this database: how far, and which events may go from the outbox."""

from collections.abc import Mapping

from sqlalchemy import BigInteger, Connection, Integer, Text, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.schema import MetaData

from socle.bus.port import TopicPartition
from socle.store.hot import hot, hot_rows
from socle.store.port import UnitOfWork
from socle.store.soon import commit_soon
from socle.store.tables import common

PUBLISHED = "published"
"""Stands where a source does in the table of heads; sources begin with ``/``."""

_TABLES = common(MetaData())
_OUTBOX = _TABLES.outbox.c
_HEAD = _TABLES.relay_head.c
_HEADS = hot(select(_HEAD.topic, _HEAD.partition, _HEAD.next).where(_HEAD.source == PUBLISHED))
_FIRST = hot(
    select(func.min(_OUTBOX.log_offset)).where(
        _OUTBOX.topic == bindparam("topic", type_=Text),
        _OUTBOX.partition == bindparam("partition", type_=Integer),
        _OUTBOX.log_offset.is_not(None),
    )
)
_HEAD_MOVES = upsert(_TABLES.relay_head).values(
    source=PUBLISHED, topic=bindparam("topic"), partition=bindparam("partition"), next=bindparam("next")
)
_MOVE = hot(
    _HEAD_MOVES.on_conflict_do_update(
        index_elements=["source", "topic", "partition"],
        set_={"next": _HEAD_MOVES.excluded.next},
        # a former leader that was frozen may come late with what it had published then
        where=_HEAD.next < _HEAD_MOVES.excluded.next,
    )
)
_OLDEST = (
    select(_OUTBOX.position, _OUTBOX.recorded)
    .where(
        _OUTBOX.topic == bindparam("topic", type_=Text),
        _OUTBOX.partition == bindparam("partition", type_=Integer),
        _OUTBOX.log_offset < bindparam("head", type_=BigInteger),
        _OUTBOX.log_offset.is_not(None),
    )
    .order_by(_OUTBOX.log_offset)
    .limit(bindparam("count", type_=BigInteger))
    .subquery()
)
_PRUNE = delete(_TABLES.outbox).where(
    _OUTBOX.position.in_(select(_OLDEST.c.position).where(_OLDEST.c.recorded < bindparam("before", type_=BigInteger)))
)


def heads(connection: Connection) -> dict[TopicPartition, int]:
    """For each log: the first offset that is not known to be published."""
    return {TopicPartition(topic, part): number for topic, part, number in hot_rows(connection, _HEADS, {})}


def move(uow: UnitOfWork, ends: Mapping[TopicPartition, int]) -> None:
    """All below ``ends`` is published. Never moves back.

    On PostgreSQL COMMIT returns before this is on the disk. A crash in that moment puts heads back, and ends the lead:
    who leads next publishes from the stored heads, and consumers skip what they had (D2).
    """
    commit_soon(uow)
    uow.hot_many(
        _MOVE, [{"topic": log.topic, "partition": log.partition, "next": end} for log, end in sorted(ends.items())]
    )


def prune(uow: UnitOfWork, log: TopicPartition, head: int, before: int, count: int) -> int:
    """Delete up to ``count`` events of a log, all published and recorded before ``before`` (microseconds since 1970).

    Gives how many went. Heads stay: they, not the events, say which numbers come next.
    """
    return uow.execute(
        _PRUNE,
        {"topic": log.topic, "partition": log.partition, "head": head, "before": before, "count": count},
    ).rowcount


def pruned(connection: Connection) -> TopicPartition | None:
    """A log whose first events have gone from the outbox, if there is one."""
    for log, head in sorted(heads(connection).items()):
        if head > 0 and first(connection, log) != 0:
            return log
    return None


def first(connection: Connection, log: TopicPartition) -> int | None:
    """The first offset of a log that is still in the outbox."""
    return hot_rows(connection, _FIRST, {"topic": log.topic, "partition": log.partition})[0][0]  # type: ignore[no-any-return]
