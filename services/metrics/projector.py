"""One batch, one transaction: position, facts and counts together (D4)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from metrics.batch import Applied, Batch, NotOwner, Poison
from metrics.domain.days import day_end
from metrics.domain.definitions import CohortRatio, Definition
from metrics.domain.engine import Counts, Engine, Slot
from metrics.domain.facts import Entity
from metrics.lookups import Scope
from metrics.scope import ScopeUpdate
from metrics.statements import statements_of
from metrics.tables import Projection, high_water, late, poison, position
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
_MARKS = hot(
    select(high_water.c.sequence).where(
        high_water.c.consumer == bindparam("consumer"),
        high_water.c.source == bindparam("source"),
        high_water.c.topic == bindparam("topic"),
        high_water.c.partition == bindparam("partition"),
    )
)
_MARK_INSERT = insert(high_water).values({column.name: bindparam(column.name) for column in high_water.c})
_MARK = hot(
    _MARK_INSERT.on_conflict_do_update(
        index_elements=list(high_water.primary_key), set_={"sequence": _MARK_INSERT.excluded.sequence}
    )
)
_SET_ASIDE = hot(
    insert(poison).values({column.name: bindparam(column.name) for column in poison.c}).on_conflict_do_nothing()
)
_LATE_INSERT = insert(late).values({column.name: bindparam(column.name) for column in late.c})
_LATE = hot(
    _LATE_INSERT.on_conflict_do_update(
        index_elements=list(late.primary_key), set_={"changes": late.c.changes + _LATE_INSERT.excluded.changes}
    )
)
_Mark = tuple[str, str, int]


class Projector:
    """Applies batches to one projection, for one consumer name."""

    def __init__(self, tables: Projection, definitions: Iterable[Definition], consumer: str) -> None:
        definitions = tuple(definitions)
        self.consumer = consumer
        self._statements = statements_of(tables)
        self._engine = Engine(definitions)
        self._horizons = {
            definition.key: definition.numerator.horizon if isinstance(definition, CohortRatio) else timedelta()
            for definition in definitions
        }
        self._ends: dict[str, int] = {}

    def assign(self, uow: UnitOfWork, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """The next offset of each partition, 0 for a new one."""
        found = {}
        for topic, partition in partitions:
            key = {"consumer": self.consumer, "topic": topic, "partition": partition}
            uow.execute(insert(position).values(**key, next=0).on_conflict_do_nothing())
            where = and_(*(position.c[name] == value for name, value in key.items()))
            found[TopicPartition(topic, partition)] = int(
                uow.execute(select(func.max(position.c.next)).where(where)).scalar_one()
            )
        return found

    def apply(self, uow: UnitOfWork, batch: Batch) -> Applied:
        """Take a batch in.

        1. move the positions, each from where we think it is: raises :class:`NotOwner` when one is elsewhere;
        2. leave out what was seen before, by source and sequence;
        3. set poison aside;
        4. bring facts up to date and work out the difference, scope by scope;
        5. add the difference to the stored grain.
        """
        applied = Applied()
        for partition, move in batch.moves.items():
            if not uow.hot(
                _MOVE,
                {
                    "of": self.consumer,
                    "on": partition.topic,
                    "number": partition.partition,
                    "expected": move.expected,
                    "to": move.next,
                },
            ):
                raise NotOwner(partition)
        fresh = self._fresh(uow, batch.events, applied)
        self._set_aside(uow, batch.poison, batch.received_at)
        scopes: defaultdict[Scope, list[Incoming]] = defaultdict(list)
        for event in fresh:
            scopes[event.workspace, event.epoch].append(event)
        for scope, events in scopes.items():
            change = ScopeUpdate(uow, self._statements, self._engine, scope)
            counts = change.apply(events)
            applied.stale += change.stale
            self._add(uow, scope, counts, applied)
            self._tell_late(uow, scope, counts, batch.now.get(scope[0]), applied)
        return applied

    def _fresh(self, uow: UnitOfWork, events: list[Incoming], applied: Applied) -> list[Incoming]:
        """Events beyond the high-water mark of their source. A relay that restarts repeats the same list (D2)."""
        marks: dict[_Mark, int] = {}
        moved: dict[_Mark, int] = {}
        fresh = []
        for event in events:
            if event.sequence is not None:
                key = (event.source, event.topic, event.partition)
                if key not in marks:
                    marks[key] = self._mark(uow, key)
                if event.sequence <= marks[key]:
                    applied.repeated += 1
                    continue
                marks[key] = moved[key] = event.sequence
            fresh.append(event)
        if moved:
            uow.hot_many(
                _MARK,
                [
                    {
                        "consumer": self.consumer,
                        "source": source,
                        "topic": topic,
                        "partition": partition,
                        "sequence": sequence,
                    }
                    for (source, topic, partition), sequence in moved.items()
                ],
            )
        return fresh

    def _mark(self, uow: UnitOfWork, key: _Mark) -> int:
        source, topic, partition = key
        rows = uow.hot(_MARKS, {"consumer": self.consumer, "source": source, "topic": topic, "partition": partition})
        return int(rows[0][0]) if rows else -1

    def _set_aside(self, uow: UnitOfWork, found: list[Poison], at: int) -> None:
        if found:
            uow.hot_many(
                _SET_ASIDE,
                [
                    {
                        "topic": each.record.topic,
                        "partition": each.record.partition,
                        "log_offset": each.record.offset,
                        "reason": each.reason,
                        "headers": each.headers(),
                        "value": each.record.value,
                        "at": at,
                    }
                    for each in found
                ],
            )

    def _add(self, uow: UnitOfWork, scope: Scope, counts: Counts, applied: Applied) -> None:
        workspace, epoch = scope
        rows, fallen = [], []
        touched: set[tuple[str, Entity]] = set()
        for ((indicator, version, measure), entity, field, day), value in sorted(counts.items()):
            if value:
                row = {
                    "workspace": workspace,
                    "epoch": epoch,
                    "indicator": indicator,
                    "version": version,
                    "day": day,
                    "finess_eg": entity[0],
                    "finess_ej": entity[1],
                    "field": field,
                    "measure": measure,
                    "value": value,
                }
                rows.append(row)
                if value < 0:
                    fallen.append({name: each for name, each in row.items() if name != "value"})
                touched.add((indicator, entity))
        if touched:
            applied.touched[scope] = touched
        if rows:
            uow.hot_many(self._statements.add_grains, rows)
        if fallen:
            # a count that is back to nothing leaves no row: a rebuild would not make one
            uow.hot_many(self._statements.drop_empty_grains, fallen)

    def _tell_late(self, uow: UnitOfWork, scope: Scope, counts: Counts, now: int | None, applied: Applied) -> None:
        """Count the changes to days that were final: revised, never dropped silently."""
        if now is None:
            return
        rows: dict[tuple[Slot, str, str, str], int] = {}
        for (slot, entity, _, day), value in counts.items():
            if value and self._final_at(slot, day) < now:
                key = ((slot[0], slot[1], ""), day, entity[0], entity[1])
                rows[key] = 1
        applied.late += len(rows)
        if rows:
            uow.hot_many(
                _LATE,
                [
                    {**_grain_key(scope, slot, day), "finess_eg": eg, "finess_ej": ej, "changes": changes}
                    for (slot, day, eg, ej), changes in rows.items()
                ],
            )

    def _final_at(self, slot: Slot, day: str) -> int:
        end = self._ends.get(day)
        if end is None:
            end = self._ends[day] = day_end(date.fromisoformat(day))
        return end + int(self._horizons[slot[0], slot[1]].total_seconds() * 1000)


def _grain_key(scope: Scope, slot: Slot, day: str) -> dict[str, object]:
    return {"workspace": scope[0], "epoch": scope[1], "indicator": slot[0], "version": slot[1], "day": day}
