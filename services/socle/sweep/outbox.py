"""Events of dead scopes, in an outbox that is itself the log: they go, and the log keeps its end.

The last event of each log stays, whosever it is: who reads the log to its end must find that end. Numbers of sources
whose workspace can never come again go with their last event.
"""

from collections.abc import Callable

from sqlalchemy import Connection, delete, select
from sqlalchemy.sql.schema import MetaData

from socle.bus import log
from socle.bus.port import TopicPartition
from socle.events.codec import source_of
from socle.store.port import UnitOfWork
from socle.store.tables import common
from socle.sweep.scopes import Scope, steps

_TABLES = common(MetaData())
_OUTBOX, _HEAD = _TABLES.outbox, _TABLES.relay_head


def scopes(connection: Connection, service: str) -> set[Scope]:
    """Those that have events here."""
    found, begin = set(), source_of(service, "")
    for source in steps(connection, _OUTBOX.c.source, ()):
        for epoch in steps(connection, _OUTBOX.c.epoch, (_OUTBOX.c.source == source,)):
            found.add(Scope(source.removeprefix(begin), epoch))
    return found


def drop(uow: UnitOfWork, service: str, scope: Scope, count: int) -> int:
    """Delete some numbered events of a scope, looking at up to ``count``; gives at how many, 0 when none could go."""
    ends = log.offsets(uow.connection)
    rows = uow.execute(
        select(_OUTBOX.c.position, _OUTBOX.c.topic, _OUTBOX.c.partition, _OUTBOX.c.log_offset)
        .where(
            _OUTBOX.c.source == source_of(service, scope.workspace),
            _OUTBOX.c.epoch == scope.epoch,
            _OUTBOX.c.log_offset.is_not(None),
        )
        .order_by(_OUTBOX.c.position)
        .limit(count)
    ).all()
    gone = [row.position for row in rows if row.log_offset + 1 < ends[TopicPartition(row.topic, row.partition)]]
    if gone:
        uow.execute(delete(_OUTBOX).where(_OUTBOX.c.position.in_(gone)))
    return len(rows) if gone else 0


def forget(uow: UnitOfWork, service: str, never_again: Callable[[str], bool]) -> None:
    """Forget the numbers of sources without events whose workspace can never come again."""
    connection, begin = uow.connection, source_of(service, "")
    for source in list(steps(connection, _HEAD.c.source, ())):
        if not source.startswith(begin) or not never_again(source.removeprefix(begin)):
            continue
        if connection.execute(select(_OUTBOX.c.position).where(_OUTBOX.c.source == source).limit(1)).first() is None:
            uow.execute(delete(_HEAD).where(_HEAD.c.source == source))
