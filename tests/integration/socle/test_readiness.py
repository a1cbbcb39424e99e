"""``/_sandbox/ready`` names what is missing; ``/_sandbox/health`` does not care."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest

from socle.bus.embedded import EmbeddedBus
from socle.bus.port import TopicPartition
from socle.control.plane import ControlPlane
from socle.control.settings import ControlSettings
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.settings import GroundSettings
from socle.web import readiness
from support import shelf, toy_served


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
