"""The consumer: fetch → decode → one transaction → tell who listens. It stops at nothing but the end of the process."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from metrics.batch import NOT_THE_EVENTS, Applied, Batch, Held, Move, NotOwner, Superseded, could_not, decoded
from metrics.domain.days import to_ms
from metrics.gauges import Gauges
from metrics.lease import pass_gate
from metrics.news import News
from metrics.projector import Projector
from metrics.settings import MetricsSettings
from metrics.told import Told, told_of
from socle.bus.port import Bus, Record, TopicPartition
from socle.clock import Clock
from socle.events.topics import TOPICS
from socle.store.port import Store, StoreBusy, StoreClosed, StoreFailed, UnitOfWork
from socle.store.soon import commit_soon

_LOG = logging.getLogger(__name__)
GROUP = "metrics"
_HELD_SECONDS = 0.05
_LARGE = 500
"""Events of a batch that is worth its transaction."""

Records = Mapping[TopicPartition, Sequence[Record]]


class MetricsConsumer:
    """Owns the positions of the partitions assigned to it; see :meth:`_take` for the steps."""

    def __init__(
        self,
        *,
        bus: Bus,
        store: Store,
        projector: Projector,
        news: News,
        gauges: Gauges,
        clock_of: Callable[[str], Clock],
        settings: MetricsSettings,
    ) -> None:
        self._store = store
        self._projector = projector
        self._news = news
        self._gauges = gauges
        self._clock_of = clock_of
        self._settings = settings
        self._consumer = bus.consumer(projector.consumer, tuple(TOPICS), self._assigned)
        self._positions: dict[TopicPartition, int] = {}
        self._lost: set[TopicPartition] = set()
        """Someone else has moved their positions: to be read again. With all others we go on from where we are."""
        self._unsure: set[TopicPartition] = set()
        """Their positions may not be on the disk yet: a crash of the database would put them back."""
        self._definitions: tuple[str, ...] = ()
        self._task: asyncio.Task[None] | None = None
        self._busy = asyncio.Lock()
        """Held while a batch is taken in."""

    @property
    def running(self) -> bool:
        """Whether it takes events in."""
        return self._task is not None and not self._task.done()

    async def start(self, definitions: tuple[str, ...]) -> None:
        """Join the group. ``definitions``: fingerprints that the stored grain may have, ours and what it has now."""
        self._definitions = definitions
        await self._consumer.start()
        self._task = asyncio.create_task(self._run(), name="metrics-consumer")

    async def stop(self) -> None:
        """Finish the batch under way, then leave the group."""
        if self._task is not None:
            async with self._busy:
                self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
            await self._consumer.stop()

    async def lags(self) -> dict[TopicPartition, tuple[int, int]]:
        """Partition assigned to this consumer → (position, end of the log)."""
        ends = await self._consumer.end_offsets()
        return {part: (self._positions.get(part, 0), end) for part, end in ends.items()}

    async def _assigned(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        wanted = list(partitions)
        positions = await self._store.write(lambda uow: self._projector.assign(uow, wanted))
        self._positions.update(positions)
        self._unsure.update(positions)  # whoever moved them may not have waited for the disk
        return positions

    async def _run(self) -> None:
        while True:
            try:
                if self._lost:
                    await self._assigned(self._lost)
                    self._lost.clear()
                    self._rewind()
                found = await self._consumer.fetch(
                    max_records=self._settings.batch_max, timeout=self._settings.fetch_seconds
                )
                if found:
                    async with self._busy:
                        await self._take(found)
                elif self._unsure:
                    await self._make_sure()
                self._gauges.lags({part: end - position for part, (position, end) in (await self.lags()).items()})
                if found and sum(map(len, found.values())) < _LARGE:
                    await asyncio.sleep(self._settings.gather_seconds)
            except asyncio.CancelledError:
                raise
            except NotOwner as lost:
                _LOG.warning("metrics: %s; read again from where they are", lost)
                self._gauges.refused("refused", len(lost.partitions))
                self._lost.update(lost.partitions)
            except Superseded:
                _LOG.error("metrics: the indicators are made with newer definitions; this process stops counting")
                await self._consumer.stop()
                return
            except StoreClosed:
                return
            except (Held, StoreBusy, StoreFailed, OSError) as error:
                await self._later("held" if isinstance(error, Held) else "failed", error)
            except Exception as error:
                _LOG.exception("metrics: a batch failed")
                await self._later("failed", error)

    async def _make_sure(self) -> None:
        """In a quiet moment: wait for the disk. Raises :class:`NotOwner` when a crash has put positions back; events
        that come tell as much by themselves."""
        asked = frozenset(self._unsure)
        unsure = {part: self._positions[part] for part in await self._consumer.end_offsets() if part in asked}

        def work(uow: UnitOfWork) -> list[TopicPartition]:
            return self._projector.positions.lost(uow, unsure)

        lost = await self._store.write(work)
        self._unsure -= asked  # not what was assigned meanwhile
        if lost:
            raise NotOwner(lost)

    async def _later(self, outcome: str, error: Exception) -> None:
        """Go back to where we stand, and try again after a while."""
        self._gauges.refused(outcome)
        if outcome != "held":
            _LOG.warning("metrics: a batch will be tried again: %s", error)
        self._rewind()
        await asyncio.sleep(_HELD_SECONDS if outcome == "held" else self._settings.retry_seconds)

    async def _take(self, found: Records) -> None:
        """One fetch.

        1. leave out what lies before our position (a re-delivery);
        2. decode, apply and commit in a thread of the store's, all at once;
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
        except NOT_THE_EVENTS:
            raise
        except Exception:
            _LOG.exception("metrics: a batch failed; its events are taken one by one")
            for part, records in fresh.items():
                for record in records:
                    await self._one(part, record)

    async def _one(self, part: TopicPartition, record: Record) -> None:
        try:
            await self._commit({part: [record]})
        except NOT_THE_EVENTS:
            raise
        except Exception as error:
            _LOG.exception("metrics: %s[%d] at %d is set aside", part.topic, part.partition, record.offset)
            await self._commit({part: [record]}, poison=could_not(error))

    async def _commit(self, records: Records, *, poison: str | None = None) -> None:
        moves = {part: Move(self._positions.get(part, 0), each[-1].offset + 1) for part, each in records.items()}

        def work(uow: UnitOfWork) -> tuple[Batch, Applied, Told, bool]:
            batch = self._batch(records, moves, poison)
            commit_soon(uow)  # positions, facts and counts: undone together, they are made again together
            pass_gate(uow, self._projector.consumer, self._definitions)
            applied = self._projector.apply(uow, batch)
            told = told_of(batch, applied, _now_ms())
            return batch, applied, told, self._news.within(uow, told)

        batch, applied, told, heard = await self._store.write(work)
        for part, move in moves.items():
            self._positions[part] = move.next
        self._unsure.update(moves)
        since = max(0, _now_ms() - told.at)
        self._gauges.took(batch, applied, {age + since: count for age, count in told.ages.items()})
        if not heard:
            self._news.hear(told)

    def _batch(self, records: Records, moves: Mapping[TopicPartition, Move], poison: str | None) -> Batch:
        events, aside = decoded(records.values(), poison)
        now = {name: to_ms(self._clock_of(name).now()) for name in {event.workspace for event in events}}
        return Batch(moves, events, aside, now, _now_ms())

    def _rewind(self) -> None:
        for part, position in self._positions.items():
            self._consumer.seek(part, position)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
