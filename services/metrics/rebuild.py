"""Rebuild: replay the log from its start into the shadow tables, compare with the live ones, switch (§7.4).

What results must equal what was kept by differences, bit for bit. When the definitions have changed, the difference is
the point: the switch brings the new version's past. The consumers may be in other processes; see ``lease`` for how they
are made to wait for the last step, and how a rebuild that was killed or paused keeps nobody waiting.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from metrics.batch import NOT_THE_EVENTS, Batch, Move, could_not, decoded
from metrics.domain.definitions import Definition
from metrics.forgetting import Dead, bury
from metrics.lease import Lease, LeaseLost, keep_fingerprint
from metrics.positions import Positions
from metrics.projector import Projector
from metrics.shadow import Compared, clear, compare, replace
from metrics.tables import shadow
from socle.bus.port import Bus, Record, TopicPartition
from socle.events.topics import TOPICS
from socle.exchange import new_id
from socle.store.port import Store, UnitOfWork

_LOG = logging.getLogger(__name__)
REBUILDER = "metrics-rebuild"
_MAX = 4000
_SECONDS = 0.2

Ends = Mapping[TopicPartition, int]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found. ``missing`` and ``superfluous`` are rows of the live tables against the replay."""

    events: int
    rows: int
    missing: Mapping[str, int]
    superfluous: Mapping[str, int]
    switched: bool
    """Whether the live tables are now as the replay made them."""

    @property
    def equal(self) -> bool:
        """Whether both were the same, bit for bit."""
        return not any(self.missing.values()) and not any(self.superfluous.values())


class Rebuild:
    """One rebuild; use it once."""

    def __init__(
        self,
        bus: Bus,
        store: Store,
        live: str,
        definitions: Iterable[Definition],
        fingerprint: str,
        *,
        dead: Dead = lambda workspace, epoch: False,
    ) -> None:
        """``live``: the consumer whose positions and tables are the live ones. ``dead``: tells what nobody will ever
        see again; it is left out, since it is removed from the live tables too, sooner or later."""
        self._dead = dead
        self._store = store
        self._live = Positions(live)
        self._live_name = live
        self._fingerprint = fingerprint
        self._lease = Lease(store, live)
        self._projector = Projector(shadow, definitions, REBUILDER, dead)
        # a group of its own: nobody who was killed in one of that name is waited for
        self._bus = bus.consumer(f"{REBUILDER}-{new_id()}", tuple(TOPICS), self._from_the_start)
        self._positions: dict[TopicPartition, int] = {}
        self._events = 0

    async def run(self, *, switch: bool = True, renewing: bool = False) -> Rebuilt:
        """Replay while the consumers go on; hold them only for the last step. ``renewing``: only if the indicators are
        made with other definitions than ours.

        Raises :class:`metrics.lease.RebuildUnderWay`, or :class:`metrics.lease.LeaseLost` when this process stood
        still for so long that the others did not wait.
        """
        await self._lease.take(unless=self._fingerprint if renewing else None)
        try:
            await self._store.write(self._clear)
            await self._bus.start()
            await self._follow(await self._ends())
            # what came meanwhile is less each time; the rest is caught up with while the consumers wait
            await self._follow(await self._ends())
            await bury(self._store, self._dead)
            await self._store.write(self._lease.hold)
            ends = await self._ends()
            await self._follow(ends)
            await bury(self._store, self._dead)  # what died or came late meanwhile
            compared = await self._store.read(compare)
            await self._mine_alone(ends, compared, switch=switch)
            same = not compared.different
            return Rebuilt(self._events, compared.rows, compared.missing, compared.superfluous, switch or same)
        finally:
            try:
                await self._bus.stop()
            finally:  # else the lease would go on being renewed, and the consumers be held
                await self._lease.free()

    def _clear(self, uow: UnitOfWork) -> None:
        self._lease.renew(uow)
        clear(uow, REBUILDER)

    async def _ends(self) -> Ends:
        """Where the live consumers stand."""
        return await self._store.write(self._live.stored)

    async def _follow(self, ends: Ends) -> None:
        while any(self._positions.get(part, 0) < end for part, end in ends.items()):
            await self._replay(ends)

    async def _from_the_start(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        wanted = list(partitions)

        def work(uow: UnitOfWork) -> dict[TopicPartition, int]:
            self._lease.renew(uow)
            return self._projector.assign(uow, wanted)

        positions = await self._store.write(work)
        self._positions.update(positions)
        return positions

    async def _replay(self, ends: Ends) -> None:
        """One batch, never beyond where the live consumers stood."""
        found = await self._bus.fetch(max_records=_MAX, timeout=_SECONDS)
        taken: dict[TopicPartition, list[Record]] = {}
        gone: dict[TopicPartition, Move] = {}
        for part, records in found.items():
            begin, end = self._positions.get(part, 0), ends.get(part, 0)
            within = [record for record in records if begin <= record.offset < end]
            if within:
                taken[part] = within
            elif begin < end <= records[0].offset:
                gone[part] = Move(begin, end)
            if len(within) < len(records):
                self._bus.seek(part, within[-1].offset + 1 if within else end if part in gone else begin)
        if gone:
            await self._pass_over(gone)
        if not taken:
            return
        try:
            await self._commit(taken)
        except (LeaseLost, *NOT_THE_EVENTS):
            raise
        except Exception:
            # One event cannot be applied. The live consumer has set it aside; so does the replay.
            for part, each in taken.items():
                for record in each:
                    await self._one(part, record)

    async def _pass_over(self, moves: Mapping[TopicPartition, Move]) -> None:
        """Nothing is left before where the live consumers stood: events of dead scopes have been removed there."""

        def work(uow: UnitOfWork) -> None:
            self._lease.renew(uow)
            self._projector.positions.move(uow, moves)

        await self._store.write(work)
        self._positions.update({part: move.next for part, move in moves.items()})

    async def _one(self, part: TopicPartition, record: Record) -> None:
        try:
            await self._commit({part: [record]})
        except (LeaseLost, *NOT_THE_EVENTS):
            raise
        except Exception as error:
            _LOG.exception(
                "metrics: %s[%d] at %d is left out of the rebuild", part.topic, part.partition, record.offset
            )
            await self._commit({part: [record]}, poison=could_not(error))

    async def _commit(self, taken: Mapping[TopicPartition, Sequence[Record]], *, poison: str | None = None) -> None:
        moves = {part: Move(self._positions.get(part, 0), each[-1].offset + 1) for part, each in taken.items()}

        def work(uow: UnitOfWork) -> None:
            batch = Batch(moves, *decoded(taken.values(), poison))
            self._lease.renew(uow)
            self._projector.apply(uow, batch)

        await self._store.write(work)
        for part, move in moves.items():
            self._positions[part] = move.next
        self._events += sum(map(len, taken.values()))

    async def _mine_alone(self, ends: Ends, compared: Compared, *, switch: bool) -> None:
        """The last transaction: no batch can be under way; none was since the comparison."""

        def work(uow: UnitOfWork) -> None:
            self._lease.last(uow)
            if self._live.stored(uow) != ends:
                raise LeaseLost
            if switch:
                replace(uow, compared.different)
                keep_fingerprint(uow, self._live_name, self._fingerprint)
            clear(uow, REBUILDER)

        await self._store.write(work)
