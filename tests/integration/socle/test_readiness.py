"""``/_sandbox/ready`` names what is missing; ``/_sandbox/health`` does not care."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from socle.bus.embedded import EmbeddedBus
from socle.bus.port import TopicPartition
from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.settings import GroundSettings
from socle.web import readiness
from support import shelf, toy_served
from support.postgres import PostgresServer, fresh_database


class DoubtfulBus(EmbeddedBus):
    """Says where its logs end, or not; counts how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.answers = asyncio.Event()
        self.answers.set()

    async def ends(self, topics: Sequence[str]) -> dict[TopicPartition, int]:
        self.asked += 1
        await self.answers.wait()
        return await super().ends(topics)


@pytest.fixture
def bus() -> DoubtfulBus:
    return DoubtfulBus()


@pytest.fixture
async def ground(tmp_path: Path, bus: DoubtfulBus, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ground]:
    monkeypatch.setattr(readiness, "_PATIENCE_SECONDS", 0.05)
    settings, small = GroundSettings(data_dir=tmp_path), ControlSettings(establishments=1, patients_per_establishment=1)
    made = Ground(settings, ControlPlane(settings, small), JournalStore(settings), bus)
    made.open_store("shelf", shelf.METADATA, shelf.MIGRATIONS)
    async with made:
        yield made


@pytest.fixture
async def http(ground: Ground) -> AsyncIterator[httpx.AsyncClient]:
    async with toy_served.client(ground) as made:
        yield made


async def missing(http: httpx.AsyncClient) -> list[str]:
    answer = await http.get("/_sandbox/ready")
    found = [one["part"] for one in answer.json()["missing"]]
    assert answer.status_code == (503 if found else 200)
    assert answer.json()["ready"] is not bool(found)
    assert (await http.get("/_sandbox/health")).status_code == 200
    return found


async def test_all_parts_that_fail_are_named(
    http: httpx.AsyncClient, ground: Ground, bus: DoubtfulBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await missing(http) == []
    monkeypatch.setattr(readiness, "_FRESH_SECONDS", 0)
    bus.answers.clear()
    assert await missing(http) == ["bus"]
    bus.answers.set()
    ((store, relay),) = ground.opened()
    await relay.stop()
    assert await missing(http) == ["relay:shelf"]
    await store.stop()
    assert await missing(http) == ["relay:shelf", "store:shelf"]
    await asyncio.to_thread(ground.journal.close)
    await asyncio.to_thread(ground.control.close)
    assert await missing(http) == ["control", "journal", "relay:shelf", "store:shelf"]


async def test_many_who_ask_share_one_look(http: httpx.AsyncClient, bus: DoubtfulBus) -> None:
    answers = await asyncio.gather(*(http.get("/_sandbox/ready") for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert bus.asked == 1


@pytest.fixture
def own_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh database in a server that may be killed."""
    with fresh_database(postgres_server.url()) as url:
        yield url


@pytest.mark.postgres
async def test_it_follows_postgresql_down_and_up(
    postgres_server: PostgresServer, own_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "_FRESH_SECONDS", 0)
    settings = GroundSettings(data_dir=tmp_path, database_url=SecretStr(own_url))
    ground = Ground.open(settings, ControlSettings(establishments=1, patients_per_establishment=1))
    ground.open_store("shelf", shelf.METADATA, shelf.MIGRATIONS)
    async with ground, toy_served.client(ground) as http:
        assert await missing(http) == []
        await asyncio.to_thread(postgres_server.kill)
        ground.journal.record(toy_served.exchange())
        await _until(http, {"control", "journal", "store:shelf"})
        change = await http.post("/_sandbox/reset")
        assert (change.status_code, change.json()["error"]["code"]) == (503, "database.away")
        assert (await http.get("/_sandbox/exchanges")).status_code == 503
        assert (await http.get("/_sandbox/population")).status_code == 200
        await asyncio.to_thread(postgres_server.start)
        await _until(http, set())
        assert (await http.post("/_sandbox/reset")).json()["epoch"] == 2


async def _until(http: httpx.AsyncClient, expected: set[str]) -> None:
    async with asyncio.timeout(20):
        while set(await missing(http)) != expected:
            await asyncio.sleep(0.05)
