"""One batch, one transaction: position, facts and counts together (D4)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from metrics.batch import Applied, Batch, Poison
from metrics.bulk import Bulk, add_to
from metrics.domain.days import day_end
from metrics.domain.definitions import CohortRatio, Definition
from metrics.domain.engine import Counts, Engine, Slot
from metrics.forgetting import Dead
from metrics.lookups import Scope, look_up_by_index
from metrics.positions import Positions
from metrics.scope import ScopeUpdate
from metrics.statements import GrainRow, statements_of
from metrics.tables import Projection, late, poison
from metrics.wire.decode import Incoming
from socle.bus.port import TopicPartition
from socle.store.hot import hot
from socle.store.port import UnitOfWork

_SET_ASIDE = hot(
    insert(poison).values({column.name: bindparam(column.name) for column in poison.c}).on_conflict_do_nothing()
)
_LATE = Bulk(
    late,
    ("workspace", "epoch"),
    ("indicator", "version", "day", "finess_eg", "finess_ej", "changes"),
    add_to("changes"),
)


class Projector:
    """Applies batches to one projection, for one consumer name."""

    def __init__(
        self, tables: Projection, definitions: Iterable[Definition], consumer: str, dead: Dead | None = None
    ) -> None:
        """``dead``: tells the scopes whose events are passed over."""
        definitions = tuple(definitions)
        self.consumer = consumer
        self._dead = dead
        self.positions = Positions(consumer)
        self._statements = statements_of(tables)
        self._engine = Engine(definitions)
        self._horizons = {
            definition.key: definition.numerator.horizon if isinstance(definition, CohortRatio) else timedelta()
            for definition in definitions
        }
        self._ends: dict[str, int] = {}

    def assign(self, uow: UnitOfWork, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """The next offset of each partition, 0 for a new one."""
        return self.positions.assign(uow, partitions)

    def apply(self, uow: UnitOfWork, batch: Batch) -> Applied:
        """Take a batch in.

        1. move the positions, each from where we think it is: raises :class:`NotOwner` when one is elsewhere;
        2. leave out what was seen before, by source and sequence;
        3. set poison aside;
        4. exclude every other batch with events of the same scopes: a stay and its document that come at the same
           moment in two partitions must see each other;
        5. scope by scope, bring facts up to date, work out the difference and add it to the stored grain.
        """
        look_up_by_index(uow)
        self.positions.move(uow, batch.moves)
        fresh = self.positions.fresh(uow, batch)
        applied = Applied(repeated=fresh.repeated, missing=fresh.missing, poison=len(fresh.poison))
        self._set_aside(uow, fresh.poison, batch.received_at)
        scopes: defaultdict[Scope, list[Incoming]] = defaultdict(list)
        for event in fresh.events:
            if self._dead is not None and self._dead(event.workspace, event.epoch):
                continue
            scopes[event.workspace, event.epoch].append(event)
        if scopes:
            # the shadow tables are one replay's, and must not wait for those who keep the live ones
            kind = self._statements.tables.prefix
            uow.lock(*(f"scope {kind}{workspace} {epoch}" for workspace, epoch in scopes))
        for scope in sorted(scopes):
            change = ScopeUpdate(uow, self._statements, self._engine, scope)
            counts = change.apply(scopes[scope])
            applied.stale += change.stale
            applied.linked.update(change.linked)
            self._add(uow, scope, counts, applied)
            self._tell_late(uow, scope, counts, batch.now.get(scope[0]), applied)
        return applied

    def _set_aside(self, uow: UnitOfWork, found: list[Poison], at: int) -> None:
        if found:
            uow.hot_many(
                _SET_ASIDE,
                [
                    {
                        "topic": each.record.topic,
                        "partition": each.record.partition,
                        "log_offset": each.record.offset,
                        "reason": each.reason.replace("\0", "\\0"),
                        "source": each.source,
                        "workspace": each.workspace,
                        "headers": each.headers(),
                        "value": each.record.value,
                        "at": at,
                    }
                    for each in found
                ],
            )

    def _add(self, uow: UnitOfWork, scope: Scope, counts: Counts, applied: Applied) -> None:
        rows = [
            GrainRow(indicator, version, day, entity[0], entity[1], field, measure, value)
            for ((indicator, version, measure), entity, field, day), value in counts.items()
            if value
        ]
        if not rows:
            return
        rows.sort()  # as the table's key: neighbours lie on one page, and processes lock rows in one order
        applied.touched[scope] = {(row.indicator, (row.finess_eg, row.finess_ej)) for row in rows}
        self._statements.add_grains.put(uow, scope, rows)
        fallen = [row for row in rows if row.value < 0]
        if fallen:
            # a count that is back to nothing leaves no row: a rebuild would not make one
            within = {"workspace": scope[0], "epoch": scope[1]}
            keys = GrainRow._fields[:-1]
            uow.hot_many(
                self._statements.drop_empty_grains,
                [{**within, **dict(zip(keys, row[:-1], strict=True))} for row in fallen],
            )

    def _tell_late(self, uow: UnitOfWork, scope: Scope, counts: Counts, now: int | None, applied: Applied) -> None:
        """Count the changes to days that were final: revised, never dropped silently."""
        if now is None:
            return
        changed = {
            (slot[0], slot[1], day, entity[0], entity[1])
            for (slot, entity, _, day), value in counts.items()
            if value and self._final_at(slot, day) < now
        }
        applied.late += len(changed)
        _LATE.put(uow, scope, [(*each, 1) for each in sorted(changed)])

    def _final_at(self, slot: Slot, day: str) -> int:
        end = self._ends.get(day)
        if end is None:
            end = self._ends[day] = day_end(date.fromisoformat(day))
        return end + int(self._horizons[slot[0], slot[1]].total_seconds() * 1000)
