"""The contract's topics on a real broker: made, verified, mended with the command that the message gives."""

import asyncio
import logging
import re
import shlex

import pytest

from socle.bus.kafka import KafkaBus, KafkaUnreachable
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.kafka_topics import TopicMismatch
from socle.events.topics import TOPICS
from support.kafka import Broker, free_port

pytestmark = pytest.mark.kafka

TOOLS = {"kafka-topics.sh": "org.apache.kafka.tools.TopicCommand", "kafka-configs.sh": "kafka.admin.ConfigCommand"}


async def _tool(broker: Broker, command: str) -> str:
    name, *arguments = shlex.split(command)
    return await asyncio.to_thread(broker.tool, TOOLS[name], *arguments)


async def _start(broker: Broker, **settings: object) -> None:
    bus = KafkaBus(KafkaSettings(bootstrap=broker.bootstrap, **settings))
    await bus.start()
    await bus.stop()


async def _refused(broker: Broker, **settings: object) -> str:
    with pytest.raises(TopicMismatch) as refusal:
        await _start(broker, **settings)
    return str(refusal.value)


async def test_topics_are_made_as_the_contract_says_even_by_several_at_once(kafka_broker: Broker) -> None:
    await asyncio.gather(*(_start(kafka_broker) for _ in range(6)))
    told = await _tool(kafka_broker, f"kafka-topics.sh --describe --bootstrap-server {kafka_broker.bootstrap}")
    for spec in TOPICS.values():
        line = next(line for line in told.splitlines() if re.match(rf"Topic: {spec.name}\t.*PartitionCount", line))
        assert f"PartitionCount: {spec.partitions}\t" in line
        assert f"cleanup.policy={spec.cleanup.value}" in line
        assert f"retention.ms={spec.retention_ms}" in line
    await _start(kafka_broker)


async def test_a_topic_with_too_few_partitions_and_a_short_memory_is_refused_until_mended(kafka_broker: Broker) -> None:
    server = kafka_broker.bootstrap
    await _tool(
        kafka_broker,
        f"kafka-topics.sh --create --topic socles.dmp.v1 --partitions 3 --bootstrap-server {server} "
        "--config retention.ms=604800000 --config retention.bytes=1000000",
    )
    text = await _refused(kafka_broker)
    assert "topic socles.dmp.v1: it has 3 partitions and must have 12" in text
    assert "topic socles.dmp.v1: retention.ms is 604800000 and must be -1" in text
    commands = re.findall(r"kafka-(?:topics|configs)\.sh [^(\n]*", text)
    assert len(commands) == 3
    for command in commands:
        await _tool(kafka_broker, command)
    await _start(kafka_broker)


async def test_a_wrong_cleanup_policy_is_refused(kafka_broker: Broker) -> None:
    await _start(kafka_broker)
    alter = f"kafka-configs.sh --bootstrap-server {kafka_broker.bootstrap} --alter --entity-type topics --entity-name"
    await _tool(kafka_broker, f"{alter} socles.mss.v1 --add-config cleanup.policy=compact")
    await _tool(kafka_broker, f"{alter} socles.reference.v1 --add-config cleanup.policy=delete")
    text = await _refused(kafka_broker)
    assert "topic socles.mss.v1: cleanup.policy is compact and must be delete" in text
    assert "topic socles.reference.v1: cleanup.policy is delete and must be compact" in text


async def test_a_short_memory_is_taken_when_the_setting_says_so(kafka_broker: Broker) -> None:
    await _start(kafka_broker)
    await _tool(
        kafka_broker,
        f"kafka-configs.sh --bootstrap-server {kafka_broker.bootstrap} --alter --entity-type topics "
        "--entity-name socles.insi.v1 --add-config retention.ms=86400000",
    )
    assert "SOCLES_KAFKA_CHECK_RETENTION=false" in await _refused(kafka_broker)
    await _start(kafka_broker, check_retention=False)


async def test_topics_that_must_be_there_and_are_not(kafka_broker: Broker) -> None:
    text = await _refused(kafka_broker, create_topics=False)
    assert len(text.splitlines()) == len(TOPICS)
    for command in re.findall(r"kafka-topics\.sh .*", text):
        await _tool(kafka_broker, command)
    await _start(kafka_broker, create_topics=False)


async def test_a_broker_that_comes_late_is_waited_for(mortal_broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    await asyncio.to_thread(mortal_broker.kill)
    starting = asyncio.create_task(_start(mortal_broker, start_seconds=50))
    with caplog.at_level(logging.WARNING, "socle.bus.kafka"):
        await asyncio.sleep(1.5)
    assert not starting.done()
    assert f"waiting for Kafka at {mortal_broker.bootstrap}" in caplog.text
    await asyncio.to_thread(mortal_broker.again)
    await starting


async def test_a_broker_that_never_comes_ends_the_start(caplog: pytest.LogCaptureFixture) -> None:
    bus = KafkaBus(KafkaSettings(bootstrap=f"127.0.0.1:{free_port()}", start_seconds=1.2))
    with pytest.raises(KafkaUnreachable, match=r"did not answer for 1\.2 s.*SOCLES_KAFKA_BOOTSTRAP"):
        await bus.start()
