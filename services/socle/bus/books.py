"""The books of an outbox: for one source, how many events were ever stored, numbered and published.

Read in one snapshot, from what is stored: exact at any time, whichever replica is asked, rows pruned or not.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import BigInteger, Connection, Integer, Text, bindparam, func, literal, select
from sqlalchemy.sql.schema import MetaData

from socle.bus import log, published
from socle.store import held
from socle.store.hot import hot, hot_rows
from socle.store.tables import common

_TABLES = common(MetaData())
_OUTBOX = _TABLES.outbox.c
_HEAD = _TABLES.relay_head.c
_SOURCE = bindparam("source", type_=Text)
_CURSOR = (
    select(_HEAD.next).where(_HEAD.source == "", _HEAD.topic == "", _HEAD.partition == literal(0)).scalar_subquery()
)
_GIVEN = hot(
    select(_HEAD.topic, func.sum(_HEAD.next)).where(_HEAD.source == _SOURCE).group_by(_HEAD.topic).order_by(_HEAD.topic)
)
_WAITING = hot(
    select(_OUTBOX.topic, func.count())
    # SQLite has no index of what waits, but all of it lies behind the cursor; PostgreSQL has no cursor
    .where(_OUTBOX.log_offset.is_(None), _OUTBOX.position > func.coalesce(_CURSOR, 0), _OUTBOX.source == _SOURCE)
    .group_by(_OUTBOX.topic)
)
_UNPUBLISHED = hot(
    select(func.count()).where(
        _OUTBOX.topic == bindparam("topic", type_=Text),
        _OUTBOX.partition == bindparam("partition", type_=Integer),
        _OUTBOX.log_offset >= bindparam("head", type_=BigInteger),
        _OUTBOX.log_offset.is_not(None),
        _OUTBOX.source == _SOURCE,
    )
)


@dataclass(frozen=True, slots=True)
class Account:
    """One topic of one source."""

    topic: str
    stored: int
    """Events ever committed."""
    sequenced: int
    """… that have their number; those that have not wait for the relay, or are held back by a fault rule."""
    published: int
    """… that are in the log that consumers read."""


def accounts(connection: Connection, source: str, *, outside: bool) -> list[Account]:
    """For each topic that the source ever emitted to. ``outside``: the log is a broker's, not the outbox itself."""
    given = {topic: int(count) for topic, count in hot_rows(connection, _GIVEN, {"source": source})}
    waiting = Counter({topic: int(count) for topic, count in hot_rows(connection, _WAITING, {"source": source})})
    waiting.update(held.counts(connection, source))
    pending = _unpublished(connection, source) if outside else Counter()
    return [
        Account(
            topic,
            given.get(topic, 0) + waiting[topic],
            given.get(topic, 0),
            given.get(topic, 0) - pending[topic],
        )
        for topic in sorted(given.keys() | waiting.keys())
    ]


def _unpublished(connection: Connection, source: str) -> Counter[str]:
    """Topic → events with a number that the broker has not acknowledged yet; logs without any cost nothing."""
    heads = published.heads(connection)
    found: Counter[str] = Counter()
    for part, end in log.offsets(connection).items():
        head = heads.get(part, 0)
        if head < end:
            asked = {"topic": part.topic, "partition": part.partition, "head": head, "source": source}
            found[part.topic] += hot_rows(connection, _UNPUBLISHED, asked)[0][0]
    return found
