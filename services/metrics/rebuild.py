"""Rebuild: replay the log from its start into the shadow tables, compare with the live ones, switch (§7.4).

What results must equal what was kept by differences, bit for bit. When the definitions have changed, the difference is
the point: the switch brings the new version's past.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Table, delete, except_, func, insert, select

from metrics.batch import Batch, Move, NotOwner, Poison, could_not
from metrics.consumer import MetricsConsumer
from metrics.domain.definitions import Definition
from metrics.projector import Projector
from metrics.tables import high_water, live, position, shadow
from metrics.wire.decode import Incoming, Undecodable, decode
from socle.bus.port import Bus, Record, TopicPartition
from socle.events.topics import TOPICS
from socle.store.port import Store, StoreBusy, StoreClosed, StoreFailed, UnitOfWork

_LOG = logging.getLogger(__name__)
_CONSUMER = "metrics-rebuild"
_MAX = 2000
_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found. ``missing`` and ``superfluous`` are rows of the live tables against the replay."""

    events: int
    rows: int
    missing: Mapping[str, int]
    superfluous: Mapping[str, int]
    switched: bool

    @property
    def equal(self) -> bool:
        """Whether both were the same, bit for bit."""
        return not any(self.missing.values()) and not any(self.superfluous.values())


class Rebuild:
    """One rebuild; use it once."""

    def __init__(self, bus: Bus, store: Store, consumer: MetricsConsumer, definitions: Iterable[Definition]) -> None:
        self._store = store
        self._live = consumer
        self._projector = Projector(shadow, definitions, _CONSUMER)
        self._bus = bus.consumer(_CONSUMER, tuple(TOPICS), self._from_the_start)
        self._positions: dict[TopicPartition, int] = {}
        self._events = 0

    async def run(self, *, switch: bool = True) -> Rebuilt:
        """Replay while the live consumer goes on; stop it only for the last step."""
        await self._store.write(_clear)
        await self._bus.start()
        try:
            while self._behind():
                await self._replay()
            async with self._live.pause:
                while self._behind():
                    await self._replay()
                return await self._store.write(lambda uow: self._finish(uow, switch))
        finally:
            await self._bus.stop()

    def _behind(self) -> bool:
        return any(self._positions.get(part, 0) < position for part, position in self._live.positions.items())

    async def _from_the_start(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        wanted = list(partitions)
        positions = await self._store.write(lambda uow: self._projector.assign(uow, wanted))
        self._positions.update(positions)
        return positions

    async def _replay(self) -> None:
        """One batch, never beyond where the live consumer stands."""
        found = await self._bus.fetch(max_records=_MAX, timeout=_SECONDS)
        taken: dict[TopicPartition, list[Record]] = {}
        for part, records in found.items():
            end = self._live.positions.get(part, 0)
            within = [record for record in records if self._positions.get(part, 0) <= record.offset < end]
            if within:
                taken[part] = within
            next_offset = within[-1].offset + 1 if within else self._positions.get(part, 0)
            self._bus.seek(part, next_offset)
        if not taken:
            return
        try:
            await self._commit(taken)
        except (NotOwner, StoreBusy, StoreClosed, StoreFailed, OSError):
            raise
        except Exception:
            # One event cannot be applied. The live consumer has set it aside; so does the replay.
            for part, each in taken.items():
                for record in each:
                    await self._one(part, record)

    async def _one(self, part: TopicPartition, record: Record) -> None:
        try:
            await self._commit({part: [record]})
        except (NotOwner, StoreBusy, StoreClosed, StoreFailed, OSError):
            raise
        except Exception as error:
            _LOG.exception(
                "metrics: %s[%d] at %d is left out of the rebuild", part.topic, part.partition, record.offset
            )
            await self._commit({part: [record]}, poison=could_not(error))

    async def _commit(self, taken: Mapping[TopicPartition, Sequence[Record]], *, poison: str | None = None) -> None:
        moves = {part: Move(self._positions.get(part, 0), each[-1].offset + 1) for part, each in taken.items()}
        await self._store.write(lambda uow: self._projector.apply(uow, Batch(moves, *_decoded(taken.values(), poison))))
        for part, move in moves.items():
            self._positions[part] = move.next
        self._events += sum(map(len, taken.values()))

    def _finish(self, uow: UnitOfWork, switch: bool) -> Rebuilt:
        pairs = list(zip(live.tables, shadow.tables, strict=True))
        missing = {kept.name: _only_in(uow, replayed, kept) for kept, replayed in pairs}
        superfluous = {kept.name: _only_in(uow, kept, replayed) for kept, replayed in pairs}
        rows = sum(_count(uow, replayed) for _, replayed in pairs)
        if switch:
            for kept, replayed in pairs:
                uow.execute(delete(kept))
                uow.execute(insert(kept).from_select([column.name for column in kept.c], select(replayed)))
        _clear(uow)
        return Rebuilt(self._events, rows, missing, superfluous, switch)


def _decoded(records: Iterable[Sequence[Record]], poison: str | None) -> tuple[list[Incoming], list[Poison]]:
    """Events, and what is set aside: for ``poison``, if that is given, or as it cannot be read."""
    events: list[Incoming] = []
    aside: list[Poison] = []
    for record in chain.from_iterable(records):
        try:
            if poison is None:
                events.append(decode(record))
            else:
                aside.append(Poison(record, poison))
        except Undecodable as error:
            aside.append(Poison(record, str(error)))
    return events, aside


def _clear(uow: UnitOfWork) -> None:
    for table in shadow.tables:
        uow.execute(delete(table))
    for table in (position, high_water):
        uow.execute(delete(table).where(table.c.consumer == _CONSUMER))


def _only_in(uow: UnitOfWork, one: Table, other: Table) -> int:
    rows = except_(select(*one.c), select(*other.c)).subquery()
    return int(uow.execute(select(func.count()).select_from(rows)).scalar_one())


def _count(uow: UnitOfWork, table: Table) -> int:
    return int(uow.execute(select(func.count()).select_from(table)).scalar_one())
