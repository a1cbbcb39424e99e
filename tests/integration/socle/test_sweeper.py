"""What a sweeper takes from an outbox, and what it leaves there."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import func, select

from socle.bus.embedded import EmbeddedBus
from socle.store import Store
from support import shelf
from support.archived import Archived, served

pytestmark = pytest.mark.timeout(60)


class PublishingBus(EmbeddedBus):
    """As the one over Kafka, whose relay reads the events from the outbox once it can."""

    @property
    def keeps_hours(self) -> float:  # type: ignore[override]
        return 6.0


async def events(store: Store) -> int:
    outbox = shelf.COMMON.outbox
    return await store.read(
        lambda connection: connection.execute(select(func.count()).select_from(outbox)).scalar_one()
    )


async def deleted(made: Archived) -> None:
    """A workspace with five events, all of one log, deleted."""
    await made.http.post("/_sandbox/workspaces", json={"name": "ws1"})
    for number in range(5):
        await made.send("ws1", f"s{number}")
    await made.http.delete("/_sandbox/workspaces/ws1")


async def swept(made: Archived) -> None:
    """Until the mails have gone, and a round more."""
    while await made.mails.boxes("ws1", 1):
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.6)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCLES_CONTROL_SWEEP_SECONDS", "0.2")
    monkeypatch.setenv("SOCLES_CONTROL_KEEP_DEAD_SECONDS", "0.1")


async def test_the_last_event_of_a_log_stays_until_another_one_is_the_last(
    tmp_path: Path, database: str | None
) -> None:
    async with served(tmp_path, database) as made:
        await deleted(made)
        await swept(made)
        assert await events(made.store) == 1
        await made.send("default", "other")
        for _ in range(100):
            if await events(made.store) == 1:
                break
            await asyncio.sleep(0.1)
        assert [one["subject"] for one in (await made.http.get("/_sandbox/mss_sim/events")).json()["items"]] == [
            "other"
        ]
        assert await events(made.store) == 1


async def test_events_that_a_relay_publishes_are_left_to_it(tmp_path: Path) -> None:
    """Taken away before they are published, they would stop it for ever: it publishes without gaps."""
    async with served(tmp_path, None, PublishingBus()) as made:
        await deleted(made)
        await swept(made)
        assert await events(made.store) == 5
