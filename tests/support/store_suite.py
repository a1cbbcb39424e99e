"""What every store promises (D5), whatever the database: inherit, and give the fixture ``store``."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from socle.blobs import Blob
from socle.store import Store, StoreBusy, StoreClosed, StoreFailed, UnitOfWork, hot_rows
from socle.store.outbox import EventTooLarge
from support import shelf
from support.store_content_suite import StoreContentSuite


async def names(store: Store) -> list[str]:
    return await store.read(lambda connection: [name for (name,) in hot_rows(connection, shelf.NAMES, {})])


async def subjects(store: Store) -> list[str]:
    outbox = shelf.COMMON.outbox
    return await store.read(
        lambda connection: list(connection.execute(select(outbox.c.subject).order_by(outbox.c.position)).scalars())
    )


class StoreSuite(StoreContentSuite):
    """Behaviour of a started, empty store."""

    async def test_what_was_written_is_there_when_the_answer_comes(self, store: Store) -> None:
        answer = await store.write(lambda uow: shelf.put(uow, "a") or 42)
        assert answer == 42
        assert await names(store) == ["a"]

    async def test_an_act_that_raises_leaves_nothing_and_says_why(self, store: Store) -> None:
        def work(uow: UnitOfWork) -> None:
            shelf.put_and_tell(uow, "a")
            uow.keep(Blob.of(b"content"))
            raise LookupError("no such patient")

        with pytest.raises(LookupError, match="no such patient"):
            await store.write(work)
        assert await names(store) == []
        assert await subjects(store) == []
        assert await store.blobs.find(Blob.of(b"content").sha256) is None

    async def test_an_event_that_no_broker_takes_fails_its_act(self, store: Store) -> None:
        """Stored, it could never be published, nor anything after it."""

        def work(uow: UnitOfWork, letters: int) -> None:
            event = shelf.event("1").model_copy(update={"software": "x" * letters})
            uow.emit(event, subject=f"{letters}", time=shelf.AT)

        await store.write(lambda uow: work(uow, 800_000))
        with pytest.raises(EventTooLarge, match=r"insi\.call\.completed"):
            await store.write(lambda uow: (shelf.put(uow, "a"), work(uow, 950_000)))
        assert await names(store) == []
        assert await subjects(store) == ["800000"]

    async def test_an_event_alone_is_committed_when_its_id_comes_back(self, store: Store) -> None:
        outbox, told = shelf.COMMON.outbox, list[object]()
        store.on_events(lambda: told.append(None))
        emitted = [
            asyncio.create_task(store.emit(shelf.event(f"{n}"), subject=f"event {n}", time=shelf.AT))
            for n in range(100)
        ]
        ids = await asyncio.gather(*emitted)
        stored = await store.read(lambda connection: set(connection.execute(select(outbox.c.id)).scalars()))
        assert stored == set(ids)
        assert len(stored) == 100
        assert told

    async def test_an_event_alone_that_fails_or_waits_spoils_no_other(self, store: Store) -> None:
        large = shelf.event("1").model_copy(update={"software": "x" * 950_000})
        results = await asyncio.gather(
            store.emit(shelf.event("1"), subject="good", time=shelf.AT),
            store.emit(large, subject="too large", time=shelf.AT),
            store.emit(shelf.event("1"), subject="later", time=shelf.AT, delay=3600),
            store.write(lambda uow: shelf.put_and_tell(uow, "thing")),
            return_exceptions=True,
        )
        assert [type(result).__name__ for result in results] == ["str", "EventTooLarge", "str", "str"]
        assert sorted(await subjects(store)) == ["good", "thing"]

    async def test_one_bad_act_does_not_spoil_its_neighbours(self, store: Store) -> None:
        """They are in the same group: queued together, committed together."""

        def bad(uow: UnitOfWork) -> None:
            shelf.put_and_tell(uow, "bad")
            raise ValueError("refused")

        acts = [store.write(bad if n % 3 == 0 else _putting(n)) for n in range(60)]
        results = await asyncio.gather(*acts, return_exceptions=True)
        assert [type(result) for result in results] == [ValueError if n % 3 == 0 else str for n in range(60)]
        expected = {f"thing {n}" for n in range(60) if n % 3}
        for kept in (await names(store), await subjects(store)):
            assert len(kept) == len(expected)
            assert set(kept) == expected

    async def test_acts_of_a_caller_who_awaits_each_are_in_that_order(self, store: Store) -> None:
        """Acts given at the same time may run side by side: nothing is promised of their order."""
        for n in range(50):
            await store.write(_putting(n))
        assert await names(store) == await subjects(store) == [f"thing {n}" for n in range(50)]

    async def test_a_broken_constraint_fails_that_act_only(self, store: Store) -> None:
        *same, other = await asyncio.gather(
            store.write(_putting(1)), store.write(_putting(1)), store.write(_putting(2)), return_exceptions=True
        )
        assert {type(result) for result in same} == {str, IntegrityError}
        assert isinstance(other, str)
        assert sorted(await names(store)) == ["thing 1", "thing 2"]

    async def test_core_statements_and_hot_ones_share_the_transaction(self, store: Store) -> None:
        def work(uow: UnitOfWork) -> list[tuple[object, ...]]:
            uow.execute(insert(shelf.THING), [{"name": "a", "shelf": 1}, {"name": "b", "shelf": 1}])
            uow.hot_many(shelf.PUT, [{"name": "c", "shelf": 2}, {"name": "d", "shelf": 2}])
            uow.connection.execute(text("UPDATE thing SET shelf = shelf + 1"))
            return uow.hot(shelf.NAMES, {})

        assert await store.write(work) == [("a",), ("b",), ("c",), ("d",)]
        total = await store.read(lambda c: c.execute(select(func.sum(shelf.THING.c.shelf))).scalar_one())
        assert total == 10

    async def test_a_failed_core_statement_undoes_the_whole_act(self, store: Store) -> None:
        def work(uow: UnitOfWork) -> None:
            shelf.put(uow, "a")
            uow.execute(insert(shelf.THING).values(name="a", shelf=1))

        with pytest.raises(IntegrityError):
            await store.write(work)
        assert await names(store) == []
        await store.write(_putting(1))
        assert await names(store) == ["thing 1"]

    async def test_reading_sees_committed_state_and_one_snapshot(self, store: Store) -> None:
        await store.write(_putting(1))
        loop = asyncio.get_running_loop()

        def twice(connection: Connection) -> tuple[int, int]:
            count = select(func.count()).select_from(shelf.THING)
            before = connection.execute(count).scalar_one()
            asyncio.run_coroutine_threadsafe(store.write(_putting(2)), loop).result(10)
            return before, connection.execute(count).scalar_one()

        assert await store.read(twice) == (1, 1)
        assert await names(store) == ["thing 1", "thing 2"]

    async def test_reading_cannot_write(self, store: Store) -> None:
        with pytest.raises(Exception, match=r"readonly|read-only"):
            await store.read(lambda c: c.execute(insert(shelf.THING).values(name="a", shelf=1)))
        assert await names(store) == []

    async def test_a_reader_that_raises_does_no_harm(self, store: Store) -> None:
        with pytest.raises(ZeroDivisionError):
            await store.read(lambda connection: 1 / 0)
        await store.write(_putting(1))
        assert await names(store) == ["thing 1"]

    async def test_a_cancelled_caller_leaves_the_store_working(self, store: Store) -> None:
        tasks = [asyncio.create_task(store.write(_putting(n))) for n in range(20)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        kept = await names(store)
        assert {f"thing {n}" for n in range(1, 20, 2)} <= set(kept)
        assert all(isinstance(results[n], asyncio.CancelledError) for n in range(0, 20, 2))

    @pytest.mark.parametrize("error", [StopIteration("done"), SystemExit(3), KeyboardInterrupt()])
    async def test_no_exception_of_an_act_ends_the_writer(self, store: Store, error: BaseException) -> None:
        def work(uow: UnitOfWork) -> None:
            shelf.put(uow, "lost")
            raise error

        with pytest.raises(StoreFailed):
            await store.write(work)
        await store.write(_putting(1))
        assert await names(store) == ["thing 1"]

    async def test_an_act_that_ends_the_transaction_fails_with_its_group_and_is_survived(self, store: Store) -> None:
        def rogue(uow: UnitOfWork) -> None:
            shelf.put(uow, "rogue")
            uow.connection.exec_driver_sql("ROLLBACK")

        results = await asyncio.gather(
            store.write(_putting(1)), store.write(rogue), store.write(_putting(2)), return_exceptions=True
        )
        kept = await names(store)
        for n, result in ((1, results[0]), (2, results[2])):
            assert (f"thing {n}" in kept) is not isinstance(result, StoreFailed)
        assert isinstance(results[1], StoreFailed)
        assert "rogue" not in kept
        await store.write(_putting(3))
        assert (await names(store))[-1] == "thing 3"

    async def test_a_full_queue_refuses_at_once(self, small_store: Store) -> None:
        """``small_store`` runs one act at a time and lets four wait."""
        slow, gate = gated()
        first = asyncio.create_task(small_store.write(slow))
        await asyncio.to_thread(gate[0].wait, 10)
        waiting = [asyncio.create_task(small_store.write(_putting(n))) for n in range(4)]
        await asyncio.sleep(0)
        with pytest.raises(StoreBusy):
            await small_store.write(_putting(99))
        gate[1].set()
        await asyncio.gather(first, *waiting)
        assert await names(small_store) == ["slow", *(f"thing {n}" for n in range(4))]

    async def test_stopping_finishes_what_is_queued_and_refuses_the_rest(self, store: Store) -> None:
        tasks = [asyncio.create_task(store.write(_putting(n))) for n in range(50)]
        await asyncio.sleep(0)
        await store.stop()
        assert await asyncio.gather(*tasks) == [_id(n) for n in range(50)]
        with pytest.raises(StoreClosed):
            await store.write(_putting(99))
        with pytest.raises(StoreClosed):
            await store.read(lambda connection: None)
        await store.stop()

    async def test_an_event_needs_a_time_zone(self, store: Store) -> None:
        with pytest.raises(ValueError, match="time zone"):
            await store.write(
                lambda uow: uow.emit(shelf.event("010000016"), subject="s", time=shelf.AT.replace(tzinfo=None))
            )


def _id(n: int) -> str:
    return f"id-{n}"


def _putting(n: int) -> Callable[[UnitOfWork], str]:
    def work(uow: UnitOfWork) -> str:
        shelf.put(uow, f"thing {n}")
        return uow.emit(shelf.event("010000016"), subject=f"thing {n}", time=shelf.AT, event_id=_id(n))

    return work


def gated() -> tuple[Callable[[UnitOfWork], None], tuple[threading.Event, threading.Event]]:
    running, go_on = threading.Event(), threading.Event()

    def work(uow: UnitOfWork) -> None:
        shelf.put(uow, "slow")
        running.set()
        assert go_on.wait(10)

    return work, (running, go_on)
