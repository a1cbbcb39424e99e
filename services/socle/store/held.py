"""Events that a fault rule holds back (D10): committed with their act, put in the outbox when they are due.

There they get their place and their numbers as if they had been committed then: the sequences stay without a gap, no
other event waits, and one of the same key that came meanwhile is published before. That is the fault: a late event. One
that is held when the process ends is put in the outbox by the next.
"""

import time
from typing import Final

from sqlalchemy import Connection, Text, bindparam, delete, func, insert, select
from sqlalchemy.sql.schema import MetaData

from socle.store.hot import hot, hot_rows
from socle.store.outbox import EVENT_COLUMNS, EventRow
from socle.store.port import UnitOfWork
from socle.store.tables import common

AT_ONCE: Final = 500
"""Events of one transaction at most."""
_TABLES: Final = common(MetaData())
_HELD: Final = _TABLES.outbox_held.c
_HOLD: Final = hot(insert(_TABLES.outbox_held).values({name: bindparam(name) for name in (*EVENT_COLUMNS, "due")}))
_FIRST: Final = hot(select(func.min(_HELD.due)))
_DUE: Final = select(_HELD.number).where(_HELD.due <= bindparam("now")).order_by(_HELD.due, _HELD.number).limit(AT_ONCE)
_TAKE: Final = delete(_TABLES.outbox_held).where(_HELD.number.in_(_DUE))
_COUNTS: Final = hot(
    select(_HELD.topic, func.count()).where(_HELD.source == bindparam("source", type_=Text)).group_by(_HELD.topic)
)


def hold(uow: UnitOfWork, row: EventRow, seconds: float) -> None:
    """Keep an event for as long, from now on."""
    due = _now() + round(seconds * 1_000_000)
    uow.hot_many(_HOLD, [dict(zip(EVENT_COLUMNS, row, strict=True)) | {"due": due}])


def any_due(connection: Connection) -> bool:
    """Whether events wait whose time has come."""
    (first,) = hot_rows(connection, _FIRST, {})[0]
    return first is not None and first <= _now()


def release(uow: UnitOfWork) -> int:
    """Put those that are due in the outbox, the oldest first, up to :data:`AT_ONCE`; gives how many. Two at once, from
    two processes, take different ones."""
    now = _now()
    rows = uow.execute(_TAKE.returning(_TABLES.outbox_held), {"now": now}).mappings().all()
    if rows:
        # recorded anew: rows of the outbox lie about in the order of that time
        late = [
            {name: row[name] for name in EVENT_COLUMNS} | {"recorded": now}
            for row in sorted(rows, key=lambda row: (row["due"], row["number"]))
        ]
        uow.execute(insert(_TABLES.outbox), late)
    return len(rows)


def counts(connection: Connection, source: str) -> dict[str, int]:
    """Topic → events of a source that are held."""
    return {topic: int(count) for topic, count in hot_rows(connection, _COUNTS, {"source": source})}


def _now() -> int:
    return time.time_ns() // 1000
