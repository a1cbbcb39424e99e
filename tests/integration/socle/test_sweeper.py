"""What a sweeper takes from an outbox, and what it leaves there."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from socle.bus import kafka_publication, log, published
from socle.bus.embedded import EmbeddedBus
from socle.bus.kafka import KafkaBus
from socle.bus.kafka_publication import KafkaPublication
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.port import Record, TopicPartition
from socle.control.roll import Roll
from socle.exchange import Exchange
from socle.journal.query import JournalQuery
from socle.store import Store
from support import shelf
from support.archived import Archived, served

pytestmark = pytest.mark.timeout(120)


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


async def test_a_workspace_that_another_process_has_just_made_keeps_its_exchanges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not heard of here yet, it looks as if it were gone."""
    answers = iter([True])
    monkeypatch.setattr(Roll, "gone", lambda roll, name: next(answers, False))
    async with served(tmp_path, None) as made:
        journal, new = made.ground.journal, "t-0123456789ab"
        journal.record(Exchange("mss_sim", "smtp", new, 1, datetime.now(UTC)))
        await asyncio.sleep(1)
        assert next(answers, None) is None, "asked"
        assert len((await asyncio.to_thread(journal.find, JournalQuery(new))).items) == 1


class Remembering:
    """In the place of a producer."""

    subjects: list[bytes]

    def __init__(self, *_: Any) -> None:
        Remembering.subjects = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def publish(self, records: Mapping[TopicPartition, Sequence[Record]]) -> None:
        for each in records.values():
            Remembering.subjects += [dict(record.headers)["ce_subject"] for record in each]


async def test_what_was_swept_does_not_stop_a_relay_that_publishes_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that was used with the embedded bus gets Kafka: what is left of its history goes out."""
    monkeypatch.setattr(kafka_publication, "KafkaPublisher", Remembering)
    async with served(tmp_path, None) as made:
        await deleted(made)
        await made.send("default", "last")
        await swept(made)
        assert await events(made.store) == 1
        ends = await made.store.read(log.offsets)
        publication = KafkaPublication(made.store, KafkaBus(KafkaSettings(bootstrap="nobody:9092")))
        await publication.lead(ends)
        async with asyncio.timeout(30):
            while await made.store.read(published.heads) != ends:
                await asyncio.sleep(0.02)
        await publication.follow({})
    assert Remembering.subjects == [b"last"]
