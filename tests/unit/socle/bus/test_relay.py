"""The relay's own way through failures, without database or broker."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from socle.bus import relay as relay_module
from socle.bus.log import Pass
from socle.bus.port import TopicPartition
from socle.bus.relay import Relay
from socle.bus.relaying import LeadLost
from socle.store.port import Store, StoreFailed


class Database:
    """Away or there, for the store and for the lead."""

    service = "shelf"
    pace_seconds = 0.001
    poll_seconds = 0.001
    away = False
    held = False

    def on_events(self, callback: Callable[[], object] | None) -> None: ...

    async def read(self, work: object) -> dict[TopicPartition, int]:
        if self.away:
            raise StoreFailed("away")
        return {}

    async def take(self) -> bool:
        self.held = not self.away
        return self.held

    async def pending(self) -> bool:
        return True

    async def sequence(self, count: int, *, whole: bool) -> Pass:
        if self.away:
            self.held = False
            raise LeadLost("away")
        return Pass()

    async def give_up(self) -> None:
        self.held = False


class Publication:
    """Notes what it is told to do."""

    whole = True

    def __init__(self) -> None:
        self.told: list[str] = []

    async def lead(self, ends: Mapping[TopicPartition, int]) -> None:
        self.told.append("lead")

    async def follow(self, ends: Mapping[TopicPartition, int]) -> None:
        if self.told[-1] != "follow":
            self.told.append("follow")

    def hand_over(self, done: Pass) -> None: ...

    async def flush(self) -> None: ...


async def test_it_ceases_to_publish_before_it_leads_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the database, gone at once for lead and store, is back only when the lead is asked for."""
    monkeypatch.setattr(relay_module, "RETRY_SECONDS", 0.001)
    database, publication = Database(), Publication()
    relay = Relay(cast(Store, database), database, publication)
    await relay.start()
    for _ in range(3):
        database.away = True
        await _until(lambda: not relay.leading)
        database.away = False
        await _until(lambda: relay.leading)
    await relay.stop()
    assert publication.told == ["lead", "follow"] * 4


async def _until(there: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not there():
            await asyncio.sleep(0)
