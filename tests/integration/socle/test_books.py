"""The books of an outbox: exact before, between and after the relay's steps, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from socle.bus import books, log, published
from socle.bus.books import Account
from socle.bus.embedded import EmbeddedBus
from socle.bus.embedded_publication import LogPruned
from socle.bus.lead_sqlite import FileLead
from socle.bus.port import TopicPartition
from socle.bus.wiring import make_relay
from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.settings import GroundSettings
from socle.store import Store, UnitOfWork, held
from socle.store.sqlite import SqliteStore
from socle.web.factory import create_app
from support import shelf
from support.bus_wire import KEYS, TOPIC, names
from support.shelf_stores import prepare_shelf, started

SOURCE = "/socles/shelf/ws0"


class BooksSuite:
    """On any database; fixture ``store``: a started shelf store without a relay."""

    async def _account(self, store: Store, *, outside: bool = True) -> Account | None:
        found = await store.read(lambda connection: books.accounts(connection, SOURCE, outside=outside))
        assert len(found) <= 1
        return found[0] if found else None

    async def test_each_step_of_an_event_shows(self, store: Store) -> None:
        assert await self._account(store) is None
        await self._tell(store, "a", 60)
        assert await self._account(store) == Account(TOPIC, 30, 0, 0)
        relay = make_relay(store, EmbeddedBus())
        await relay.start()
        await relay.stop()
        assert await self._account(store) == Account(TOPIC, 30, 30, 0)
        assert await self._account(store, outside=False) == Account(TOPIC, 30, 30, 30)
        await self._tell(store, "b", 20)
        assert await self._account(store) == Account(TOPIC, 40, 30, 0)
        ends = await store.read(log.offsets)
        await store.write(lambda uow: published.move(uow, ends))
        assert await self._account(store) == Account(TOPIC, 40, 30, 30)

    async def test_an_event_held_back_is_stored_and_outlives_its_relay(self, store: Store) -> None:
        tell = partial(shelf.put_and_tell, key=KEYS[0], workspace="ws0")
        await store.write(partial(tell, name="late", delay=0.4))
        await store.write(partial(tell, name="soon"))
        for expected in (Account(TOPIC, 2, 1, 0), Account(TOPIC, 2, 2, 0)):
            relay = make_relay(store, EmbeddedBus())
            await relay.start()
            await relay.stop()
            assert await self._account(store) == expected
            await asyncio.sleep(0.45)

    async def test_many_that_are_due_come_in_their_order(self, store: Store) -> None:
        def work(uow: UnitOfWork) -> None:
            for name in names(held.AT_ONCE + 20):
                shelf.put_and_tell(uow, name, workspace="ws0", delay=0.01)

        await store.write(work)
        await asyncio.sleep(0.05)
        relay = make_relay(store, EmbeddedBus())
        await relay.start()
        while (await self._account(store)) != Account(TOPIC, held.AT_ONCE + 20, held.AT_ONCE + 20, 0):
            await asyncio.sleep(0.02)
        await relay.stop()
        (part,) = await store.read(log.offsets)
        found = await store.read(lambda connection: log.read(connection, [(part, 0, 1000)]))
        subjects = [dict(record.headers)["ce_subject"].decode() for record in found[part]]
        assert subjects == names(held.AT_ONCE + 20)

    async def test_an_act_that_fails_holds_nothing_back(self, store: Store) -> None:
        def work(uow: UnitOfWork) -> None:
            shelf.put_and_tell(uow, "a", workspace="ws0", delay=60.0)
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            await store.write(work)
        assert await self._account(store) is None

    async def test_pruning_changes_nothing(self, store: Store) -> None:
        await self._tell(store, "a", 60)
        relay = make_relay(store, EmbeddedBus())
        await relay.start()
        await relay.stop()
        ends = await store.read(log.offsets)
        half = {part: end // 2 for part, end in ends.items()}
        await store.write(lambda uow: published.move(uow, half))
        before = await self._account(store)
        part = max(half, key=lambda part: half[part])
        far = 2**62
        gone = [
            await store.write(partial(published.prune, log=part, head=half[part], before=far, count=2))
            for _ in range(half[part])
        ]
        assert sum(gone) == half[part]
        assert gone[0] == min(2, half[part])
        assert await store.write(partial(published.prune, log=part, head=half[part], before=0, count=2)) == 0
        assert await self._account(store) == before
        left = await store.read(lambda connection: log.read(connection, [(part, 0, 1000)]))
        assert left[part][0].offset == half[part]
        relay = make_relay(store, EmbeddedBus())
        with pytest.raises(LogPruned, match=r"published to Kafka and removed here.*SOCLES_KAFKA_BOOTSTRAP"):
            await relay.start()
        await relay.stop()

    async def test_young_events_are_kept(self, store: Store) -> None:
        await self._tell(store, "a", 10)
        relay = make_relay(store, EmbeddedBus())
        await relay.start()
        await relay.stop()
        for part, end in (await store.read(log.offsets)).items():
            assert await store.write(partial(published.prune, log=part, head=end, before=1000, count=9)) == 0

    async def test_a_late_move_never_takes_a_head_back(self, store: Store) -> None:
        part = TopicPartition(TOPIC, 3)
        for end in (7, 5, 9, 2):
            await store.write(lambda uow, end=end: published.move(uow, {part: end}))  # type: ignore[misc]
        assert await store.read(published.heads) == {part: 9}

    async def _tell(self, store: Store, prefix: str, count: int) -> None:
        for n, name in enumerate(names(count, prefix)):
            key, workspace = KEYS[n % len(KEYS)], f"ws{n % 2}"
            await store.write(partial(shelf.put_and_tell, name=name, key=key, workspace=workspace))


class TestSqlite(BooksSuite):
    """Files."""

    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[Store]:
        async with started(await prepare_shelf(tmp_path, None)) as store:
            yield store

    async def test_an_act_under_way_is_not_counted(self, store: Store) -> None:
        """The books are read in one snapshot: numbers given in the meantime do not mix with events counted before."""
        await self._tell(store, "a", 20)
        assert isinstance(store, SqliteStore)
        lead = FileLead(store)
        assert await lead.take()
        account = await self._account(store)
        await lead.sequence(100, whole=False)
        assert account == Account(TOPIC, 10, 0, 0)
        assert await self._account(store) == Account(TOPIC, 10, 10, 0)
        await lead.give_up()


@pytest.mark.postgres
class TestPostgres(BooksSuite):
    """A real server."""

    @pytest.fixture
    async def store(self, tmp_path: Path, postgres_url: str) -> AsyncIterator[Store]:
        async with started(await prepare_shelf(tmp_path, postgres_url)) as store:
            yield store


async def test_the_books_of_a_workspace_over_http(tmp_path: Path) -> None:
    settings = GroundSettings(data_dir=tmp_path)
    control = ControlPlane(settings, ControlSettings(establishments=1, patients_per_establishment=1))
    ground = Ground(settings, control, JournalStore(settings))
    store = ground.open_store("shelf", shelf.METADATA, shelf.MIGRATIONS)
    async with ground:
        transport = httpx.ASGITransport(await asyncio.to_thread(create_app, ground, []))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            await http.post("/_sandbox/workspaces", json={"name": "ws1"})
            for n, name in enumerate(names(12)):
                workspace = "ws1" if n % 3 else "default"
                await store.write(partial(shelf.put_and_tell, name=name, workspace=workspace))
            answer = (await http.get("/w/ws1/_sandbox/shelf/books")).json()
            (topic,) = answer["topics"]
            assert (topic["topic"], topic["stored"]) == (TOPIC, 8)
            assert topic["published"] == topic["sequenced"] <= 8
            assert (answer["source"], answer["epoch"], answer["bus"]) == ("/socles/shelf/ws1", 1, "embedded")
            assert (await http.get("/_sandbox/shelf/books")).json()["topics"][0]["stored"] == 4
            assert (await http.get("/_sandbox/nobody/books")).status_code == 404
            await http.post("/w/ws1/_sandbox/reset")
            after = (await http.get("/w/ws1/_sandbox/shelf/books")).json()
            assert (after["epoch"], after["topics"][0]["stored"]) == (2, 8)
