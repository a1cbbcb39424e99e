"""Batches of several processes at the same moment, on a real PostgreSQL."""

import asyncio
import random
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from metrics.batch import Batch, Move, NotOwner, decoded
from metrics.catalogue import shipped
from metrics.projector import Projector
from metrics.store import MIGRATIONS
from metrics.tables import high_water, live, metadata, position
from socle.bus.port import Record, TopicPartition
from socle.settings import GroundSettings
from socle.store.port import Store, UnitOfWork
from socle.store.wiring import make_store, prepare
from support.metrics_events import Event, call, document, message, record, stay
from support.metrics_lab import Lab

pytestmark = pytest.mark.postgres


class Racing:
    """A unit of work that waits for the others just before it takes its scopes' locks."""

    def __init__(self, uow: UnitOfWork, barrier: threading.Barrier) -> None:
        self._uow = uow
        self._barrier = barrier

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)

    def lock(self, *names: str, shared: bool = False) -> None:
        self._barrier.wait(10)
        self._uow.lock(*names, shared=shared)


@asynccontextmanager
async def stores(folder: Path, url: str, count: int) -> AsyncIterator[list[Store]]:
    settings = GroundSettings(data_dir=folder, database_url=SecretStr(url))
    await asyncio.to_thread(prepare, settings, "metrics", metadata, MIGRATIONS)
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(count):
            store = make_store(settings, "metrics", lambda service, topic: None)
            await store.start()
            stack.push_async_callback(store.stop)
            made.append(store)
        yield made


def projector() -> Projector:
    return Projector(live, shipped().definitions, "metrics")


def batch_of(records: list[Record], begin: dict[TopicPartition, int] | None = None) -> Batch:
    moves: dict[TopicPartition, Move] = {}
    for each in records:
        part = TopicPartition(each.topic, each.partition)
        first = moves[part].expected if part in moves else (begin or {}).get(part, each.offset)
        moves[part] = Move(first, each.offset + 1)
    return Batch(moves, *decoded([records], None))


def race(barrier: threading.Barrier, batch: Batch, uow: UnitOfWork) -> None:
    projector().apply(Racing(uow, barrier), batch)  # type: ignore[arg-type]


def alone(log: list[Event]) -> list[tuple[Any, ...]]:
    """The grain that one reader makes of the log, on SQLite."""
    with Lab() as lab:
        lab.take(*log)
        return sorted(lab.rows("grain"))


async def rate(store: Store, indicator: str, measure: str) -> int:
    grain = live.grain.c
    asked = select(func.coalesce(func.sum(grain.value), 0)).where(
        grain.indicator == indicator, grain.measure == measure
    )
    return int(await store.read(lambda connection: connection.execute(asked).scalar_one()))


async def test_a_stay_and_its_document_that_come_at_the_same_moment_see_each_other(
    tmp_path: Path, postgres_url: str
) -> None:
    async with stores(tmp_path, postgres_url, 3) as (one, two, three):
        parts = [
            TopicPartition(topic, n)
            for topic in ("socles.stays.v1", "socles.dmp.v1", "socles.mss.v1")
            for n in range(12)
        ]
        await one.write(lambda uow: projector().assign(uow, parts))
        for n in range(10):
            barrier = threading.Barrier(3)
            sent = message(f"s{n}"), message(f"s{n}", kind="delivered", revision=2)
            batches = (
                batch_of([record(stay(f"s{n}"), n)]),
                batch_of([record(document(f"s{n}"), n)]),
                batch_of([record(sent[0], 2 * n), record(sent[1], 2 * n + 1)]),
            )
            pairs = zip((one, two, three), batches, strict=True)
            await asyncio.gather(*(store.write(partial(race, barrier, batch)) for store, batch in pairs))
        for indicator in ("DMP-SORTIE", "DMP-LL", "MSS-CIT"):
            assert (await rate(one, indicator, "num"), await rate(one, indicator, "den")) == (10, 10), indicator


async def test_whoever_wakes_up_with_records_of_a_partition_it_lost_is_refused_whole(
    tmp_path: Path, postgres_url: str
) -> None:
    async with stores(tmp_path, postgres_url, 2) as (owner, zombie):
        records = [record(call("1"), 0, 0), record(call("2"), 1, 1)]
        other = record(document("s1"), 0, 0)
        parts = {TopicPartition(each.topic, each.partition) for each in (*records, other)}
        await owner.write(lambda uow: projector().assign(uow, parts))
        entered, go = threading.Event(), threading.Event()

        def slow(uow: UnitOfWork) -> None:
            projector().apply(uow, batch_of(records))
            entered.set()
            go.wait(10)

        first = asyncio.create_task(owner.write(slow))
        await asyncio.to_thread(entered.wait, 10)
        late = asyncio.create_task(zombie.write(lambda uow: projector().apply(uow, batch_of([*records, other]))))
        await asyncio.sleep(0.2)
        assert not late.done(), "it waits for the batch that is under way"
        go.set()
        await first
        with pytest.raises(NotOwner) as refused:
            await late
        assert refused.value.partitions == (TopicPartition(records[0].topic, records[0].partition),)
        assert await rate(owner, "INSI-SUCCES", "den") == 2
        assert await rate(owner, "DMP-VOL", "num") == 0
        marks = select(func.count()).select_from(high_water)
        assert await owner.read(lambda connection: connection.execute(marks).scalar_one()) == 1


async def test_batches_over_the_same_scopes_and_partitions_never_lock_each_other_up(
    tmp_path: Path, postgres_url: str
) -> None:
    """Owners and zombies in any mixture end with what one reader alone makes of the log."""
    dice = random.Random(5)
    log: list[Event] = []
    for n in range(120):
        workspace = f"ws{n % 3}"
        more = {"workspace": workspace, "finess_eg": f"01000{n % 7:04d}"}
        log += [
            stay(f"{n}", **more),
            document(f"{n}", **more),
            call(f"{n}", **more),
            document(f"{n}", kind="submitted", **more),
        ]
    dice.shuffle(log)
    tails: dict[TopicPartition, list[Record]] = {}
    for each in log:
        made = record(each)
        part = TopicPartition(made.topic, made.partition)
        tails.setdefault(part, []).append(record(each, len(tails.get(part, ())), len(tails.get(part, ()))))

    async with stores(tmp_path, postgres_url, 4) as replicas:
        await replicas[0].write(lambda uow: projector().assign(uow, tails))

        async def consume(store: Store, seed: int) -> int:
            mine, refused, project = random.Random(seed), 0, projector()
            while True:
                stand = await store.write(lambda uow: project.assign(uow, tails))
                left = [part for part, records in tails.items() if stand[part] < len(records)]
                if not left:
                    return refused
                taken = [
                    each
                    for part in mine.sample(left, mine.randint(1, len(left)))
                    for each in tails[part][stand[part] : stand[part] + mine.randint(1, 6)]
                ]
                mine.shuffle(taken)
                taken.sort(key=lambda each: each.offset)
                try:
                    await store.write(lambda uow, taken=taken: project.apply(uow, batch_of(taken)))  # type: ignore[misc]
                except NotOwner:
                    refused += 1

        async with asyncio.timeout(50):
            refusals = await asyncio.gather(*(consume(store, seed) for seed, store in enumerate(replicas)))
        assert sum(refusals) > 0
        grain = select(*live.grain.c)
        stored = await replicas[0].read(lambda connection: sorted(map(tuple, connection.execute(grain))))
        ends = select(position.c.topic, position.c.partition, position.c.next)
        stand = await replicas[0].read(lambda connection: {(t, p): n for t, p, n in connection.execute(ends)})
    assert stand == {tuple(part): len(records) for part, records in tails.items()}
    assert stored == await asyncio.to_thread(alone, log)


async def test_a_repeated_list_is_skipped_and_counted_whoever_reads_it(tmp_path: Path, postgres_url: str) -> None:
    async with stores(tmp_path, postgres_url, 2) as (one, two):
        first = [record(call(str(n)), n, n) for n in range(5)]
        again = [record(call(str(n)), n + 5, n) for n in range(6)]
        part = TopicPartition(first[0].topic, first[0].partition)
        await one.write(lambda uow: projector().assign(uow, [part]))
        await one.write(lambda uow: projector().apply(uow, batch_of(first)))
        applied = await two.write(lambda uow: projector().apply(uow, batch_of(again)))
        assert applied.repeated == 5
        assert await rate(one, "INSI-SUCCES", "den") == 6
        marks = select(high_water.c.sequence, high_water.c.repeated)
        assert await one.read(lambda connection: connection.execute(marks).all()) == [(5, 5)]
