"""The product as seven processes on PostgreSQL and Kafka, under load on the real wire, while its parts are killed.

After each round the totals are exact: what was answered with success is stored and counted once; what was never
answered may be there or not, but whole and counted all the same.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from sandbox.hospitals.population import read_world
from sandbox.hospitals.world import hospitals as hospitals_of
from support.cluster import Cluster, Member, cluster
from support.drill_rounds import Rounds, leader
from support.kafka import Broker
from support.postgres import PostgresServer, fresh_database

pytestmark = [pytest.mark.drill, pytest.mark.slow, pytest.mark.kafka, pytest.mark.postgres]

REPLICAS = {"ins_sim": 1, "dmp_sim": 2, "mss_sim": 2, "metrics": 2}
SESSION_SECONDS = 6
ROUNDS = 20

Fault = Callable[[], Awaitable[None]]


@asynccontextmanager
async def running(folder: Path, broker: Broker, server: PostgresServer) -> AsyncIterator[Cluster]:
    """A cluster that takes acts, on a database of its own."""
    with fresh_database(server.url()) as database_url:
        environment = {
            "SOCLES_DATABASE_URL": database_url,
            "SOCLES_DATABASE_CONNECTIONS": "4",
            "SOCLES_KAFKA_BOOTSTRAP": broker.bootstrap,
            "SOCLES_KAFKA_SESSION_SECONDS": str(SESSION_SECONDS),
        }
        with cluster(folder, REPLICAS, environment) as made:
            await made.start()
            yield made


async def rounds_on(made: Cluster, dice: Random) -> Rounds:
    async with made.http("ins_sim") as http:
        return Rounds(made, hospitals_of(await read_world(http), seed=1, count=20), dice)


async def kill(*members: Member) -> None:
    """SIGKILL, and a new life at once."""
    for member in members:
        await asyncio.to_thread(member.send, signal.SIGKILL)
    for member in members:
        member.start()
    await asyncio.gather(*(member.ready() for member in members))


@pytest.mark.timeout(1200)
async def test_twenty_kills_at_random_moments_lose_and_double_nothing(
    tmp_path: Path, mortal_broker: Broker, postgres_server: PostgresServer
) -> None:
    dice = Random(20261124)

    async def broker_dies() -> None:
        await asyncio.to_thread(mortal_broker.kill)
        await asyncio.sleep(dice.uniform(0.2, 2))
        await asyncio.to_thread(mortal_broker.again)

    async def database_restarts() -> None:
        await asyncio.to_thread(postgres_server.restart, crash=dice.random() < 0.5)

    async with running(tmp_path, mortal_broker, postgres_server) as made:
        rounds = await rounds_on(made, dice)
        faults: list[tuple[str, Fault]] = [
            *((name, lambda member=member: kill(member)) for name, member in made.members.items()),
            ("all of dmp_sim", lambda: kill(*made.of("dmp_sim"))),
            ("all of metrics", lambda: kill(*made.of("metrics"))),
            ("the relay of dmp_sim", lambda: _kill_leader(made, "dmp_sim")),
            ("the relay of mss_sim", lambda: _kill_leader(made, "mss_sim")),
            ("broker", broker_dies),
            ("database", database_restarts),
        ]
        todo = [*faults, *dice.choices(faults, k=ROUNDS - len(faults))]
        dice.shuffle(todo)
        for name, fault in todo:
            answered = await rounds.run(fault)
            assert answered.refused == [], name
            assert min(map(len, (answered.documents, answered.calls, answered.mails, answered.stays))) > 0, name


async def _kill_leader(made: Cluster, module: str) -> None:
    await kill(await leader(made.of(module)))


@pytest.mark.timeout(600)
async def test_a_consumer_frozen_beyond_its_session_counts_nothing_twice(
    tmp_path: Path, mortal_broker: Broker, postgres_server: PostgresServer
) -> None:
    async with running(tmp_path, mortal_broker, postgres_server) as made:
        rounds = await rounds_on(made, Random(1))

        async def freeze() -> None:
            frozen = made.members["metrics-0"]
            frozen.send(signal.SIGSTOP)
            # clients of the frozen one wait for its answer: they have none meanwhile
            await asyncio.sleep(SESSION_SECONDS * 2)
            frozen.send(signal.SIGCONT)

        answered = await rounds.run(freeze, seconds=3)
        assert answered.refused == []
        assert len(answered.documents) > 20


@pytest.mark.timeout(600)
async def test_a_frozen_relay_is_replaced_and_repeats_nothing_when_it_wakes(
    tmp_path: Path, mortal_broker: Broker, postgres_server: PostgresServer
) -> None:
    async with running(tmp_path, mortal_broker, postgres_server) as made:
        rounds = await rounds_on(made, Random(2))

        async def freeze() -> None:
            frozen = await leader(made.of("dmp_sim"))
            others = [member for member in made.of("dmp_sim") if member is not frozen]
            frozen.send(signal.SIGSTOP)
            async with asyncio.timeout(30):
                assert await leader(others) is others[0]
            frozen.send(signal.SIGCONT)

        answered = await rounds.run(freeze, seconds=3)
        assert answered.refused == []
        assert len(answered.documents) > 20
