"""The events of one workspace's epoch, as its service has told them: listed from the outbox, one found by its id.

Ids are UUIDv7, and rows lie nearly in the order of their time: an id says about where its row is, without an index.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, LargeBinary, RowMapping, Select, func, literal, or_, select
from sqlalchemy.sql.schema import MetaData

from socle.events.model import TYPE_PREFIX
from socle.store.tables import common

_OUTBOX = common(MetaData()).outbox.c
_SHOWN = (
    _OUTBOX.position,
    _OUTBOX.id,
    _OUTBOX.source,
    _OUTBOX.type,
    _OUTBOX.topic,
    _OUTBOX.subject,
    _OUTBOX.time,
    _OUTBOX.sequence,
    _OUTBOX.partition,
    _OUTBOX.data,
)
_SKEW_US = 60_000_000
"""How far rows may lie from the order of their time: acts that take long, clocks that differ."""
_ACT_US = 3_600_000_000
"""The longest that an exchange may take until its events are committed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events; None matches all."""

    source: str
    epoch: int
    type: str | None = None
    """Whole, or its first words (``dmp.document``), with or without the prefix that all types have."""
    subject: str | None = None
    exchange: str | None = None
    """The exchange that caused them."""
    after: int = 0
    """A position: later ones only."""
    limit: int = 100


def find(connection: Connection, asked: Asked) -> tuple[list[dict[str, Any]], int | None]:
    """Events in the order in which they were stored, and the position to go on after (None: there are no more).

    PostgreSQL commits acts side by side: an event may appear before others that were seen already.
    """
    wanted = _of(asked.source, asked.epoch).where(_OUTBOX.position > asked.after)
    if asked.type is not None:
        wanted = wanted.where(_typed(asked.type))
    if asked.subject is not None:
        wanted = wanted.where(_OUTBOX.subject == asked.subject)
    wanted = wanted.order_by(_OUTBOX.position).limit(asked.limit + 1)
    if asked.exchange is None:
        rows = connection.execute(wanted).mappings().all()
    else:
        rows = _of_exchange(connection, wanted, asked.exchange)
    shown = rows[: asked.limit]
    return [_event(row) for row in shown], shown[-1]["position"] if len(rows) > len(shown) else None


def _of_exchange(connection: Connection, wanted: Select[Any], exchange: str) -> Sequence[RowMapping]:
    wanted = wanted.where(_holds(connection, f'"exchangeId":{json.dumps(exchange)}'))
    began = _micros(exchange)
    if began is None:
        return connection.execute(wanted).mappings().all()
    within = wanted.where(*_between(connection, began, began + _ACT_US))
    rows = connection.execute(within).mappings().all()
    if not rows and began + _ACT_US < time.time_ns() // 1000:  # of an archive, and recorded anew as it was restored
        rows = connection.execute(wanted).mappings().all()
    return rows


def one(connection: Connection, source: str, epoch: int, event_id: str) -> dict[str, Any] | None:
    """The event of this id, if it is one of that source and epoch."""
    wanted = _of(source, epoch).where(_OUTBOX.id == event_id)
    made = _micros(event_id)
    if made is not None:
        wanted = wanted.where(*_between(connection, made, made))
    row = connection.execute(wanted).mappings().first()
    if row is None and made is not None:  # a fault rule may have held it back
        row = connection.execute(_of(source, epoch).where(_OUTBOX.id == event_id)).mappings().first()
    return _event(row) if row is not None else None


def _of(source: str, epoch: int) -> Select[Any]:
    return select(*_SHOWN).where(_OUTBOX.source == source, _OUTBOX.epoch == epoch)


def _typed(name: str) -> ColumnElement[bool]:
    whole = name if name.startswith(TYPE_PREFIX) else TYPE_PREFIX + name
    return or_(_OUTBOX.type == whole, _OUTBOX.type.startswith(f"{whole}.", autoescape=True))


def _holds(connection: Connection, text: str) -> ColumnElement[bool]:
    piece = literal(text.encode(), LargeBinary)
    if connection.dialect.name == "sqlite":
        return func.instr(_OUTBOX.data, piece) > 0
    return func.pg_catalog.position(_OUTBOX.data, piece) > 0


def _between(connection: Connection, first: int, last: int) -> Sequence[ColumnElement[bool]]:
    """Positions of rows recorded between two instants (microseconds since 1970), with room for disorder."""
    start = _reach(connection, first - _SKEW_US)
    end = _reach(connection, last + _SKEW_US)
    return [] if start is None or end is None else [_OUTBOX.position.between(start, end)]


def _reach(connection: Connection, instant: int) -> int | None:
    """About the first position recorded at ``instant`` or later, else the last one; None: there are none."""
    low, high = connection.execute(select(func.min(_OUTBOX.position), func.max(_OUTBOX.position))).one()
    while low is not None and low < high:
        middle = (low + high) // 2
        row = connection.execute(
            select(_OUTBOX.position, _OUTBOX.recorded)
            .where(_OUTBOX.position >= middle)
            .order_by(_OUTBOX.position)
            .limit(1)
        ).one()
        if row.recorded < instant:
            low = row.position + 1
        else:
            high = middle
    return low  # type: ignore[no-any-return]


def _micros(identifier: str) -> int | None:
    """When a UUIDv7 was made; None for other texts."""
    plain = identifier.replace("-", "")
    if len(plain) != 32 or plain[12] != "7":
        return None
    try:
        return int(plain[:12], 16) * 1000
    except ValueError:
        return None


def _event(row: Any) -> dict[str, Any]:
    return {**row, "data": json.loads(row["data"])}
