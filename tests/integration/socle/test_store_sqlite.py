"""The store's promises on SQLite, and what is SQLite's own."""

import asyncio
import os
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert

from socle.blobs import Blob
from socle.store import SqliteStore, StoreFailed, UnitOfWork
from socle.store.connect import Synchronous
from socle.store.migrate import upgrade
from support import shelf
from support.store_suite import StoreSuite, gated, names


@pytest.fixture
def path(tmp_path: Path) -> Path:
    upgrade(tmp_path / "shelf.db", shelf.MIGRATIONS, shelf.METADATA)
    return tmp_path / "shelf.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(path, service="shelf")
    await store.start()
    yield store
    await store.stop()


@pytest.fixture
async def small_store(path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(path, service="shelf", max_waiting=4)
    await store.start()
    yield store
    await store.stop()


class TestSqliteStore(StoreSuite):
    """The common suite."""


class TestSqliteStoreFull(StoreSuite):
    """The common suite, with every group on the disk before its answer."""

    @pytest.fixture
    async def store(self, path: Path) -> AsyncIterator[SqliteStore]:
        store = SqliteStore(path, service="shelf", synchronous=Synchronous.FULL)
        await store.start()
        yield store
        await store.stop()


async def test_when_the_commit_fails_every_act_of_the_group_fails(store: SqliteStore) -> None:
    """A deferred reference is checked by COMMIT only: the bad act fails after all others have run."""

    def prepare(uow: UnitOfWork) -> None:
        uow.connection.exec_driver_sql(
            "CREATE TABLE note (thing INTEGER REFERENCES thing(id) DEFERRABLE INITIALLY DEFERRED)"
        )

    def dangling(uow: UnitOfWork) -> None:
        uow.connection.exec_driver_sql("INSERT INTO note (thing) VALUES (999)")

    await store.write(prepare)
    slow, (running, go_on) = gated()
    hold = asyncio.create_task(store.write(slow))
    await asyncio.to_thread(running.wait, 10)
    acts = [asyncio.create_task(store.write(partial(shelf.put_and_tell, name=f"thing {n}"))) for n in range(10)]
    acts.append(asyncio.create_task(store.write(dangling)))
    await asyncio.sleep(0)
    go_on.set()
    results = await asyncio.gather(*acts, return_exceptions=True)
    await hold
    assert all(isinstance(result, StoreFailed) for result in results)
    assert await names(store) == ["slow"]
    await store.write(lambda uow: shelf.put(uow, "after"))
    assert await names(store) == ["slow", "after"]


@pytest.mark.parametrize("hot_path", [True, False])
async def test_a_full_disk_is_no_fault_of_the_act(store: SqliteStore, *, hot_path: bool) -> None:
    def fill(uow: UnitOfWork) -> None:
        if hot_path:
            uow.keep(Blob.of(os.urandom(200_000)))
        else:
            uow.execute(insert(shelf.COMMON.blob), {"sha256": "x", "size": 1, "data": os.urandom(200_000)})

    def limit(uow: UnitOfWork) -> None:
        pages = uow.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        uow.connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")

    await store.write(limit)
    with pytest.raises(StoreFailed, match="full"):
        await store.write(fill)
    await store.write(lambda uow: shelf.put(uow, "small"))
    assert await names(store) == ["small"]


async def test_acts_commit_as_a_group(path: Path) -> None:
    """Far fewer commits than acts."""
    store = SqliteStore(path, service="shelf")
    await store.start()
    commits = 0

    def counted() -> None:
        nonlocal commits
        commits += 1

    store.on_events(counted)
    await asyncio.gather(*(store.write(partial(shelf.put_and_tell, name=str(n))) for n in range(1000)))
    await store.stop()
    assert 1 <= commits <= 50


async def test_acts_given_at_the_same_time_run_in_the_order_they_were_given(store: SqliteStore) -> None:
    await asyncio.gather(*(store.write(partial(shelf.put_and_tell, name=f"thing {n}")) for n in range(100)))
    assert await names(store) == [f"thing {n}" for n in range(100)]


async def test_what_goes_first_overtakes_the_queue(store: SqliteStore) -> None:
    order: list[int] = []
    acts = [asyncio.create_task(store.write(lambda uow, n=n: order.append(n))) for n in range(5)]
    await asyncio.sleep(0)
    await asyncio.gather(store.write_first(lambda uow: order.append(-1)), *acts)
    assert sorted(order) == [-1, 0, 1, 2, 3, 4]
    assert [n for n in order if n >= 0] == [0, 1, 2, 3, 4]


async def test_files_whose_act_never_committed_are_swept_at_the_start(path: Path) -> None:
    first = SqliteStore(path, service="shelf")
    await first.start()
    kept, lost = Blob.of(b"k" * 300_000), Blob.of(b"l" * 300_000)
    await first.write(lambda uow: uow.keep(kept))

    def work(uow: UnitOfWork) -> None:
        uow.keep(lost)
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        await first.write(work)
    await first.stop()
    folder = path.parent / "blobs" / "shelf"
    assert len(await asyncio.to_thread(lambda: list(folder.glob("??/*")))) == 2
    second = SqliteStore(path, service="shelf")
    await second.start()
    assert [file.name for file in await asyncio.to_thread(lambda: list(folder.glob("??/*")))] == [kept.sha256]
    assert await second.blobs.read(kept.sha256) == b"k" * 300_000
    assert await second.blobs.find(lost.sha256) is None
    await second.stop()


async def test_a_refused_content_can_be_kept_by_a_later_act(store: SqliteStore, tmp_path: Path) -> None:
    data = os.urandom(300_000)
    blob = Blob.of(data)

    def refused(uow: UnitOfWork) -> None:
        uow.keep(blob)
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        await store.write(refused)
    await store.write(lambda uow: uow.keep(blob))
    assert await store.blobs.read(blob.sha256) == data


async def test_two_processes_may_write_to_one_file(path: Path) -> None:
    """As replicas would: their transactions follow each other."""
    stores = [SqliteStore(path, service="shelf") for _ in range(2)]
    for store in stores:
        await store.start()
    await asyncio.gather(*(stores[n % 2].write(partial(shelf.put_and_tell, name=f"thing {n}")) for n in range(200)))
    assert sorted(await names(stores[0])) == sorted(f"thing {n}" for n in range(200))
    for store in stores:
        await store.stop()
