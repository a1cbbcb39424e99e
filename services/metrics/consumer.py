"""The consumer: fetch → decode → one transaction → tell who listens. It stops at nothing but the end of the process."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from metrics.batch import Applied, Batch, Move, NotOwner, Poison, could_not
from metrics.changes import Changes
from metrics.domain.days import to_ms
from metrics.gauges import Gauges
from metrics.projector import Projector
from metrics.settings import MetricsSettings
from metrics.wire.decode import Incoming, Undecodable, decode
from socle.bus.port import Bus, Record, TopicPartition
from socle.clock import Clock
from socle.events.topics import TOPICS
from socle.store.port import Store, StoreBusy, StoreClosed, StoreFailed, UnitOfWork

_LOG = logging.getLogger(__name__)
GROUP = "metrics"

Records = Mapping[TopicPartition, Sequence[Record]]


class MetricsConsumer:
    """Owns the positions of the partitions assigned to it; see :meth:`_take` for the steps."""

    def __init__(
        self,
        *,
        bus: Bus,
        store: Store,
        projector: Projector,
        changes: Changes,
        gauges: Gauges,
        clock_of: Callable[[str], Clock],
        settings: MetricsSettings,
    ) -> None:
        self._store = store
        self._projector = projector
        self._changes = changes
        self._gauges = gauges
        self._clock_of = clock_of
        self._settings = settings
        self._consumer = bus.consumer(projector.consumer, tuple(TOPICS), self._assigned)
        self._positions: dict[TopicPartition, int] = {}
        self._task: asyncio.Task[None] | None = None
        self.pause = asyncio.Lock()
        """Held while a batch is taken in; a rebuild holds it to switch."""

    @property
    def positions(self) -> Mapping[TopicPartition, int]:
        """Partition → the next offset."""
        return self._positions

    async def start(self) -> None:
        await self._consumer.start()
        self._task = asyncio.create_task(self._run(), name="metrics-consumer")

    async def stop(self) -> None:
        """Finish the batch under way, then leave the group."""
        if self._task is not None:
            async with self.pause:
                self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
            await self._consumer.stop()

    async def lags(self) -> dict[TopicPartition, tuple[int, int]]:
        """Partition → (position, end of the log)."""
        ends = await self._consumer.end_offsets()
        return {part: (self._positions.get(part, 0), end) for part, end in ends.items()}

    async def _assigned(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        wanted = list(partitions)
        positions = await self._store.write(lambda uow: self._projector.assign(uow, wanted))
        self._positions.update(positions)
        return positions

    async def _run(self) -> None:
        while True:
            try:
                found = await self._consumer.fetch(
                    max_records=self._settings.batch_max, timeout=self._settings.fetch_seconds
                )
                if found:
                    async with self.pause:
                        await self._take(found)
                self._gauges.lags(end - position for position, end in (await self.lags()).values())
            except asyncio.CancelledError:
                raise
            except NotOwner as lost:
                _LOG.warning("metrics: %s; its position is read again", lost)
                await self._again(lost.partition)
            except StoreClosed:
                return
            except (StoreBusy, StoreFailed, OSError) as error:
                _LOG.warning("metrics: a batch will be tried again: %s", error)
                self._rewind()
                await asyncio.sleep(self._settings.retry_seconds)
            except Exception:
                _LOG.exception("metrics: a batch will be tried again")
                self._rewind()
                await asyncio.sleep(self._settings.retry_seconds)

    async def _take(self, found: Records) -> None:
        """One fetch.

        1. leave out what lies before our position (a re-delivery);
        2. decode, apply and commit in the writer's thread, all at once;
        3. when the whole fails, go event by event and set aside the one that cannot be applied.
        """
        fresh = {
            part: [record for record in records if record.offset >= self._positions.get(part, 0)]
            for part, records in found.items()
        }
        fresh = {part: records for part, records in fresh.items() if records}
        if not fresh:
            return
        try:
            await self._commit(fresh)
        except (NotOwner, StoreBusy, StoreClosed, StoreFailed, OSError):
            raise
        except Exception:
            _LOG.exception("metrics: a batch failed; its events are taken one by one")
            for part, records in fresh.items():
                for record in records:
                    await self._one(part, record)

    async def _one(self, part: TopicPartition, record: Record) -> None:
        try:
            await self._commit({part: [record]})
        except (NotOwner, StoreBusy, StoreClosed, StoreFailed, OSError):
            raise
        except Exception as error:
            _LOG.exception("metrics: %s[%d] at %d is set aside", part.topic, part.partition, record.offset)
            await self._commit({part: [record]}, poison=could_not(error))

    async def _commit(self, records: Records, *, poison: str | None = None) -> None:
        moves = {part: Move(self._positions.get(part, 0), each[-1].offset + 1) for part, each in records.items()}

        def work(uow: UnitOfWork) -> tuple[Batch, Applied]:
            batch = self._batch(records, moves, poison)
            return batch, self._projector.apply(uow, batch)

        batch, applied = await self._store.write(work)
        for part, move in moves.items():
            self._positions[part] = move.next
        freshness = self._gauges.took(batch, applied, time.time_ns() // 1_000_000)
        if applied.touched:
            self._changes.publish(applied.touched, freshness)

    def _batch(self, records: Records, moves: Mapping[TopicPartition, Move], poison: str | None) -> Batch:
        events: list[Incoming] = []
        aside: list[Poison] = []
        for each in records.values():
            for record in each:
                if poison is not None:
                    aside.append(Poison(record, poison))
                    continue
                try:
                    events.append(decode(record))
                except Undecodable as error:
                    aside.append(Poison(record, str(error)))
        now = {name: to_ms(self._clock_of(name).now()) for name in {event.workspace for event in events}}
        return Batch(moves, events, aside, now, time.time_ns() // 1_000_000)

    async def _again(self, partition: TopicPartition) -> None:
        """Read the position of a partition that someone else has moved, and all others from where we are."""
        await self._assigned([partition])
        self._rewind()

    def _rewind(self) -> None:
        for part, position in self._positions.items():
            self._consumer.seek(part, position)
