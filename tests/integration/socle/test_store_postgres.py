"""The store's behaviour suite on PostgreSQL, and what is PostgreSQL's own: acts side by side, in several stores."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from socle.store import StoreBusy, StoreFailed, UnitOfWork
from socle.store.postgres import PostgresStore
from socle.store.postgres_connect import Address
from support import shelf
from support.postgres_store import opened, prepared
from support.store_suite import StoreSuite, gated, names, subjects

pytestmark = pytest.mark.postgres
THING = shelf.THING.c


@pytest.fixture
def address(postgres_url: str) -> Address:
    return prepared(postgres_url)


@pytest.fixture
async def store(address: Address, tmp_path: Path) -> AsyncIterator[PostgresStore]:
    async with opened(address, tmp_path) as store:
        yield store


@pytest.fixture
async def other(address: Address, tmp_path: Path) -> AsyncIterator[PostgresStore]:
    """A replica on the same schema."""
    async with opened(address, tmp_path) as store:
        yield store


@pytest.fixture
async def small_store(address: Address, tmp_path: Path) -> AsyncIterator[PostgresStore]:
    async with opened(address, tmp_path, connections=1, max_waiting=4) as store:
        yield store


class TestPostgresStore(StoreSuite):
    """Everything every store promises."""


async def test_an_act_that_takes_its_time_stops_nobody(store: PostgresStore, other: PostgresStore) -> None:
    """Neither in its own store nor in another; and what it wrote is seen by nobody before it has committed."""
    slow, (running, go_on) = gated()
    first = asyncio.create_task(store.write(slow))
    await asyncio.to_thread(running.wait, 10)
    for replica in (store, other):
        await asyncio.gather(
            *(replica.write(partial(shelf.put_and_tell, name=f"{id(replica)} {n}")) for n in range(20))
        )
    assert len(await names(other)) == 40
    go_on.set()
    await first
    assert len(await names(other)) == 41


async def test_acts_that_lock_one_name_run_one_after_the_other(store: PostgresStore, other: PostgresStore) -> None:
    """Without the lock, acts that read, think and write lose each other's change."""
    await store.write(partial(shelf.put, name="counter"))

    def count(uow: UnitOfWork) -> None:
        uow.lock("something else", "counter")
        seen = uow.execute(select(THING.shelf)).scalar_one()
        time.sleep(0.001)
        uow.execute(update(shelf.THING).values(shelf=seen + 1))

    await asyncio.gather(*(replica.write(count) for replica in (store, other) for _ in range(25)))
    assert await store.read(lambda connection: connection.execute(select(THING.shelf)).scalar_one()) == 50


async def test_those_who_share_a_lock_exclude_only_those_who_do_not(store: PostgresStore, other: PostgresStore) -> None:
    together = threading.Barrier(2)
    told: list[str] = []

    def reader(uow: UnitOfWork) -> None:
        uow.lock("scope", shared=True)
        uow.execute(select(THING.id))
        together.wait(10)
        time.sleep(0.1)
        told.append("shared")

    def writer(uow: UnitOfWork) -> None:
        uow.lock("scope")
        uow.execute(select(THING.id))
        told.append("alone")

    readers = [asyncio.create_task(replica.write(reader)) for replica in (store, other)]
    while together.n_waiting < 1 and not told:
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.05)
    await asyncio.gather(store.write(writer), *readers)
    assert told == ["shared", "shared", "alone"]


async def test_a_deadlock_is_nobodys_error(store: PostgresStore, other: PostgresStore) -> None:
    for name in ("a", "b"):
        await store.write(partial(shelf.put, name=name))
    both = threading.Barrier(2)
    begun = []

    def crossing(first: str, second: str) -> Callable[[UnitOfWork], None]:
        def work(uow: UnitOfWork) -> None:
            begun.append(first)
            _add_one(uow, first)
            if len(begun) <= 2:
                both.wait(10)
            _add_one(uow, second)
            uow.emit(shelf.event("010000016"), subject=first, time=shelf.AT)

        return work

    await asyncio.gather(store.write(crossing("a", "b")), other.write(crossing("b", "a")))
    assert len(begun) == 3
    shelves = await store.read(lambda connection: list(connection.execute(select(THING.shelf)).scalars()))
    assert shelves == [2, 2]
    assert sorted(await subjects(store)) == ["a", "b"]


async def test_who_waits_too_long_for_a_lock_is_told_to_come_back(address: Address, tmp_path: Path) -> None:
    async with opened(replace(address, lock_seconds=0.2), tmp_path) as store:
        running, go_on = threading.Event(), threading.Event()

        def hold(uow: UnitOfWork) -> None:
            uow.lock("name")
            uow.execute(select(THING.id))
            running.set()
            go_on.wait(10)

        holder = asyncio.create_task(store.write(hold))
        await asyncio.to_thread(running.wait, 10)
        with pytest.raises(StoreBusy):
            await store.write(lambda uow: uow.lock("name"))
        go_on.set()
        await holder
        await store.write(lambda uow: uow.lock("name"))


async def test_an_act_that_stands_still_is_expelled_with_its_locks(address: Address, tmp_path: Path) -> None:
    async with opened(replace(address, statement_seconds=0.3), tmp_path) as store:

        def stuck(uow: UnitOfWork) -> None:
            uow.lock("name")
            shelf.put(uow, "lost")
            uow.execute(select(THING.id))
            time.sleep(0.8)
            uow.execute(select(THING.id))

        held = asyncio.create_task(store.write(stuck))
        await asyncio.sleep(0.1)
        await store.write(lambda uow: uow.lock("name"))
        with pytest.raises(StoreFailed):
            await held
        with pytest.raises(StoreFailed, match="timeout"):
            await store.write(lambda uow: uow.execute(text("SELECT pg_sleep(5)")))
        assert await names(store) == []


async def test_an_act_that_hides_an_error_of_the_database_is_not_taken_for_kept(store: PostgresStore) -> None:
    await store.write(partial(shelf.put, name="a"))

    def hides(uow: UnitOfWork) -> None:
        shelf.put(uow, "b")
        with suppress(Exception):
            uow.execute(text("SELECT nonsense"))

    with pytest.raises(StoreFailed, match="not committed"):
        await store.write(hides)
    assert await names(store) == ["a"]


async def test_acts_are_done_after_others_failed(store: PostgresStore, small_store: PostgresStore) -> None:
    await store.write(partial(shelf.put, name="a"))
    for name in ("b", "c"):
        with pytest.raises(IntegrityError):
            await small_store.write(partial(shelf.put_and_tell, name="a"))
        await small_store.write(partial(shelf.put_and_tell, name=name))
    assert await names(small_store) == ["a", "b", "c"]


async def test_a_connection_ended_while_nobody_used_it_is_no_error(store: PostgresStore, postgres_url: str) -> None:
    await asyncio.gather(*(store.write(partial(shelf.put_and_tell, name=f"{n}")) for n in range(20)))
    await names(store)
    ended = await asyncio.to_thread(_end_sessions, postgres_url)
    assert ended >= 2
    await asyncio.gather(*(store.write(partial(shelf.put_and_tell, name=f"again {n}")) for n in range(20)))
    assert len(await names(store)) == 40


async def test_a_connection_lost_within_an_act_is_replaced_and_the_act_done_again(
    store: PostgresStore, postgres_url: str
) -> None:
    begun = []

    def work(uow: UnitOfWork) -> None:
        begun.append(1)
        shelf.put_and_tell(uow, "a")
        uow.execute(select(THING.id))
        if len(begun) == 1:
            _end_sessions(postgres_url)
            uow.execute(select(THING.id))

    await store.write(work)
    assert len(begun) == 2
    assert await names(store) == await subjects(store) == ["a"]


async def test_sessions_say_who_they_are(store: PostgresStore, postgres_url: str) -> None:
    await store.write(partial(shelf.put_and_tell, name="a"))
    await names(store)
    assert {"socles shelf write", "socles shelf read"} <= set(await asyncio.to_thread(_applications, postgres_url))


async def test_only_what_is_needed_is_connected(store: PostgresStore, postgres_url: str) -> None:
    for n in range(20):
        await store.write(partial(shelf.put_and_tell, name=f"{n}"))
    applications = await asyncio.to_thread(_applications, postgres_url)
    assert 1 <= applications.count("socles shelf write") <= 2  # a second caller may come before the first thread rests


def _add_one(uow: UnitOfWork, name: str) -> None:
    uow.execute(update(shelf.THING).where(THING.name == name).values(shelf=THING.shelf + 1))


def _end_sessions(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as admin:
        return len(
            admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE 'socles %'"
            ).fetchall()
        )


def _applications(url: str) -> list[str]:
    with psycopg.connect(url) as admin:
        return [name for (name,) in admin.execute("SELECT application_name FROM pg_stat_activity")]
