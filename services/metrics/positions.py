"""Where a consumer stands: the next offset of each partition, and the newest sequence taken in from each source (D4).

**No deadlock, no double count.** A batch takes what it needs in one order: the rows of its positions, sorted; then the
locks of its scopes, sorted (``projector``). Everything else that it writes hangs on one of these: marks and poison on
a position, facts, grain and late changes on a scope. So two batches never wait for each other in a circle, though one
be a zombie's: a consumer that was paused, lost its partitions and woke up with records in hand. Whichever comes second
waits at the first position they share, then sees that it has moved, and is refused whole before it has written
anything. (The gate of ``lease`` comes before all this; whoever takes that alone takes nothing that a batch can hold.)
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import Insert

from metrics.batch import Batch, Move, NotOwner, Poison
from metrics.bulk import Bulk, leave
from metrics.lookups import on_postgres
from metrics.tables import high_water, position
from metrics.wire.decode import Incoming
from socle.bus.port import TopicPartition
from socle.store.hot import hot
from socle.store.port import UnitOfWork

_MOVE = hot(
    update(position)
    .where(
        position.c.consumer == bindparam("of"),
        position.c.topic == bindparam("on"),
        position.c.partition == bindparam("number"),
        position.c.next == bindparam("expected"),
    )
    .values(next=bindparam("to"))
    .returning(position.c.next)
)
_HOLD = hot(
    text(
        "SELECT p.topic, p.partition, p.next FROM position AS p "
        "JOIN jsonb_array_elements(CAST(:parts AS jsonb)) AS m "
        "ON p.topic = m ->> 0 AND p.partition = CAST(m ->> 1 AS bigint) "
        "WHERE p.consumer = :consumer ORDER BY p.topic, p.partition FOR UPDATE OF p"
    )
)
"""PostgreSQL: all rows at once, locked in their order; a row that another batch holds is waited for and read anew."""
_STORED = hot(
    select(position.c.topic, position.c.partition, position.c.next).where(position.c.consumer == bindparam("consumer"))
)
_MARKS = hot(
    select(high_water.c.sequence).where(
        high_water.c.consumer == bindparam("consumer"),
        high_water.c.source == bindparam("source"),
        high_water.c.topic == bindparam("topic"),
        high_water.c.partition == bindparam("partition"),
    )
)
_ALL_MARKS = hot(
    text(
        "SELECT h.source, h.topic, h.partition, h.sequence FROM high_water AS h "
        "JOIN jsonb_array_elements(CAST(:marks AS jsonb)) AS m "
        "ON h.source = m ->> 0 AND h.topic = m ->> 1 AND h.partition = CAST(m ->> 2 AS bigint) "
        "WHERE h.consumer = :consumer"
    )
)
_KEY = ("topic", "partition")


def _to_next(statement: Insert) -> Insert:
    return statement.on_conflict_do_update(
        index_elements=list(position.primary_key), set_={"next": statement.excluded.next}
    )


def _raise_mark(statement: Insert) -> Insert:
    return statement.on_conflict_do_update(
        index_elements=list(high_water.primary_key),
        set_={
            "sequence": statement.excluded.sequence,
            "repeated": high_water.c.repeated + statement.excluded.repeated,
            "missing": high_water.c.missing + statement.excluded.missing,
        },
    )


_BEGIN = Bulk(position, ("consumer",), (*_KEY, "next"), leave)
_MOVE_ALL = Bulk(position, ("consumer",), (*_KEY, "next"), _to_next)
_RAISE = Bulk(high_water, ("consumer",), ("source", *_KEY, "sequence", "repeated", "missing"), _raise_mark)

Mark = tuple[str, str, int]
"""Source, topic, partition."""


class Fresh(NamedTuple):
    """What of a batch was not seen before."""

    events: list[Incoming]
    poison: list[Poison]
    repeated: int
    missing: int
    """Numbers that the source has given and that did not come before their successors: lost on the way."""


class Positions:
    """Of one consumer name."""

    def __init__(self, consumer: str) -> None:
        self._consumer = consumer

    def assign(self, uow: UnitOfWork, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """The next offset of each partition, 0 for a new one."""
        wanted = sorted(set(partitions))
        # in their order: two consumers that begin at once would otherwise wait for each other
        _BEGIN.put(uow, (self._consumer,), [(*part, 0) for part in wanted])
        found = self.stored(uow)
        return {part: found[part] for part in wanted}

    def stored(self, uow: UnitOfWork) -> dict[TopicPartition, int]:
        """All that are known."""
        return {TopicPartition(topic, part): at for topic, part, at in uow.hot(_STORED, {"consumer": self._consumer})}

    def move(self, uow: UnitOfWork, moves: Mapping[TopicPartition, Move]) -> None:
        """Move each position from where we think it is; raises :class:`NotOwner` when some are elsewhere."""
        parts = sorted(moves)
        if on_postgres(uow):
            lost = self._move_all(uow, moves, parts)
        else:
            lost = [part for part in parts if not self._move(uow, part, moves[part])]
        if lost:
            raise NotOwner(lost)

    def lost(self, uow: UnitOfWork, expected: Mapping[TopicPartition, int]) -> list[TopicPartition]:
        """The positions that are not where we think. All others are on the disk once this has committed.

        PostgreSQL: they are locked for it, since a transaction that writes nothing would not wait for the disk. SQLite
        keeps what it has committed.
        """
        if not on_postgres(uow) or not expected:
            return []
        stand = self._held(uow, sorted(expected))
        return [part for part in sorted(expected) if stand.get(part) != expected[part]]

    def _held(self, uow: UnitOfWork, parts: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        rows = uow.hot(_HOLD, {"consumer": self._consumer, "parts": json.dumps(parts)})
        return {TopicPartition(topic, number): at for topic, number, at in rows}

    def _move(self, uow: UnitOfWork, part: TopicPartition, move: Move) -> bool:
        values = {"of": self._consumer, "on": part.topic, "number": part.partition}
        return bool(uow.hot(_MOVE, {**values, "expected": move.expected, "to": move.next}))

    def _move_all(
        self, uow: UnitOfWork, moves: Mapping[TopicPartition, Move], parts: Sequence[TopicPartition]
    ) -> list[TopicPartition]:
        if not parts:
            return []
        stand = self._held(uow, parts)
        lost = [part for part in parts if stand.get(part) != moves[part].expected]
        if not lost:
            _MOVE_ALL.put(uow, (self._consumer,), [(*part, moves[part].next) for part in parts])
        return lost

    def fresh(self, uow: UnitOfWork, batch: Batch) -> Fresh:
        """What lies beyond the high-water mark of its source, which is raised: a relay that restarts repeats the same
        list (D2). What has no sequence is taken as it comes.
        """
        placed = [*map(_place, batch.events), *map(_place, batch.poison)]
        stored = self._marks(uow, {place[0] for place in placed if place is not None})
        marks, repeated, came = dict(stored), dict.fromkeys(stored, 0), dict.fromkeys(stored, 0)
        events, aside = [], []
        for event in batch.events:
            place = _place(event)
            if place is not None:
                mark, sequence = place
                if sequence <= marks[mark]:
                    repeated[mark] += 1
                    continue
                marks[mark] = sequence
                came[mark] += 1
            events.append(event)
        for each in batch.poison:
            place = _place(each)
            if place is not None:
                mark, sequence = place
                if sequence <= stored[mark]:
                    repeated[mark] += 1
                    continue
                marks[mark] = max(marks[mark], sequence)
                came[mark] += 1
            aside.append(each)
        moved = sorted(mark for mark in marks if marks[mark] != stored[mark] or repeated[mark])
        missing = {mark: max(0, marks[mark] - stored[mark] - came[mark]) for mark in moved}
        _RAISE.put(uow, (self._consumer,), [(*mark, marks[mark], repeated[mark], missing[mark]) for mark in moved])
        return Fresh(events, aside, sum(repeated.values()), sum(missing.values()))

    def _marks(self, uow: UnitOfWork, wanted: set[Mark]) -> dict[Mark, int]:
        found = dict.fromkeys(wanted, -1)
        if on_postgres(uow):
            if wanted:
                rows = uow.hot(_ALL_MARKS, {"consumer": self._consumer, "marks": json.dumps(sorted(wanted))})
                found |= {(source, topic, part): sequence for source, topic, part, sequence in rows}
            return found
        for mark in wanted:
            source, topic, part = mark
            values = {"consumer": self._consumer, "source": source, "topic": topic, "partition": part}
            for row in uow.hot(_MARKS, values):
                found[mark] = row[0]
        return found


def _place(each: Incoming | Poison) -> tuple[Mark, int] | None:
    """Where an event stands in the list of its source, if it says so."""
    if isinstance(each, Incoming):
        return None if each.sequence is None else ((each.source, each.topic, each.partition), each.sequence)
    source, sequence = each.source, each.sequence
    return None if source is None or sequence is None else ((source, *each.partition), sequence)
