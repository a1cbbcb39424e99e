"""Metrics on a real Kafka and a real PostgreSQL: consumers come and go, a rebuild agrees."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from metrics.catalogue import shipped
from metrics.changes import Changes
from metrics.consumer import GROUP, MetricsConsumer
from metrics.gauges import Gauges
from metrics.news import News
from metrics.projector import Projector
from metrics.pulse import Pulse
from metrics.settings import MetricsSettings, Role
from metrics.tables import live
from socle.bus.kafka import KafkaBus
from socle.bus.kafka_settings import KafkaSettings
from socle.settings import GroundSettings
from socle.store.port import Store
from socle.store.wiring import make_store
from support.kafka import Broker
from support.metrics_events import Event, call, document, stay
from support.metrics_served import NOW, Served, served

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

CONSUMERS = 3
STAYS = 150


def bus(broker: Broker) -> KafkaBus:
    return KafkaBus(KafkaSettings(bootstrap=broker.bootstrap, session_seconds=6))


class Member:
    """One consumer of the group, as in a process of its own."""

    def __init__(self, run: Served, store: Store, broker: Broker) -> None:
        self._fingerprint = shipped().fingerprint
        self._consumer = MetricsConsumer(
            bus=bus(broker),
            store=store,
            projector=Projector(live, shipped().definitions, GROUP),
            news=News(Changes(10), Pulse(), lambda: 0),
            gauges=Gauges(),
            clock_of=run.ground.control.clock,
            settings=MetricsSettings(batch_max=40),
        )

    async def start(self) -> None:
        await self._consumer.start((self._fingerprint,))

    async def stop(self) -> None:
        await self._consumer.stop()


@asynccontextmanager
async def store_of(folder: Path, url: str) -> AsyncIterator[Store]:
    settings = GroundSettings(data_dir=folder, database_url=SecretStr(url))
    store = make_store(settings, "metrics", lambda service, topic: None)
    await store.start()
    yield store
    await store.stop()


def some_events() -> list[Event]:
    log: list[Event] = []
    for n in range(STAYS):
        more = {"finess_eg": f"01000{n % 17:04d}"}
        log += [
            stay(f"{n}", discharged=NOW, **more),
            call(f"{n}", at=NOW, **more),
            document(f"{n}", kind="submitted", at=NOW, **more),
            document(f"{n}", at=NOW, service_start=NOW, service_stop=NOW, **more),
        ]
    random.Random(3).shuffle(log)
    return log


@pytest.mark.timeout(180)
async def test_consumers_come_and_go_at_random_and_the_totals_are_exact(
    tmp_path: Path, postgres_url: str, kafka_broker: Broker
) -> None:
    dice, log = random.Random(11), some_events()
    async with (
        served(tmp_path, database=postgres_url, bus=bus(kafka_broker), roles={Role.API, Role.INGESTION}) as run,
        store_of(tmp_path, postgres_url) as store,
    ):
        await run.service.core.store.begin(shipped().fingerprint)
        members: dict[int, Member] = {}

        async def change() -> None:
            slot = dice.randrange(CONSUMERS)
            if slot in members:
                await members.pop(slot).stop()
            else:
                member = members[slot] = Member(run, store, kafka_broker)
                await member.start()

        async def emit() -> None:
            for start in range(0, len(log), 30):
                await run.emit(log[start : start + 30])
                await asyncio.sleep(0.3)

        emitting = asyncio.create_task(emit())
        for _ in range(9):
            await change()
            await asyncio.sleep(dice.uniform(0.2, 2))
        await emitting
        if not members:
            await change()
        async with asyncio.timeout(60):
            while (seen := await run.service.core.lag.ask()).total or not seen.known:
                await asyncio.sleep(0.1)
        assert sum(position for position, _ in seen.partitions.values()) == len(log)
        assert (await run.cell("INSI-SUCCES"))["den"] == STAYS
        assert (await run.cell("DMP-VOL"))["num"] == STAYS
        sortie = await run.cell("DMP-SORTIE")
        assert (sortie["num"], sortie["den"]) == (STAYS, STAYS)
        books = (await run.http.get("/api/books")).json()
        assert (books["counted"], sum(each["duplicates"] for each in books["sources"])) == (len(log), 0)
        rebuilt = await run.rebuilt()
        assert (rebuilt["equal"], rebuilt["events"]) == (True, len(log)), rebuilt
        for member in members.values():
            await member.stop()
