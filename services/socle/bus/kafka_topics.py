"""The contract's topics on Kafka: created when they are not there, verified when they are."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from socle.bus.kafka_settings import KafkaSettings
from socle.events.topics import TOPICS, Cleanup, TopicSpec

MAX_EVENT_BYTES = 1_048_588
"""What Kafka's own default lets through (``max.message.bytes``); no event comes near it."""
_CHECKED = ("cleanup.policy", "retention.ms", "retention.bytes", "min.insync.replicas", "max.message.bytes")


APPEAR_SECONDS = 0.05
APPEAR_TIMES = 100


class TopicMismatch(RuntimeError):
    """A topic is not as the contract wants it; says which, what is, what must be, and the command that mends it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A topic as the brokers describe it."""

    partitions: int
    replicas: int
    """Of the partition that has fewest."""
    config: Mapping[str, str]


def config_of(spec: TopicSpec, settings: KafkaSettings) -> dict[str, str]:
    """What a topic is created with."""
    config = {"cleanup.policy": spec.cleanup.value, "retention.ms": str(spec.retention_ms), "retention.bytes": "-1"}
    if settings.min_insync_replicas is not None:
        config["min.insync.replicas"] = str(settings.min_insync_replicas)
    return config


def mismatches(spec: TopicSpec, found: Found, settings: KafkaSettings) -> list[str]:
    """What is wrong with a topic that exists, in words, each with the command that mends it."""
    wrong = [*_size(spec, found, settings), *_config(spec, found, settings)]
    return [f"topic {spec.name}: {problem}" for problem in wrong]


def _size(spec: TopicSpec, found: Found, settings: KafkaSettings) -> list[str]:
    server = settings.bootstrap
    wrong = []
    if found.partitions < spec.partitions:
        wrong.append(
            f"it has {found.partitions} partitions and must have {spec.partitions}; while it is empty: "
            f"kafka-topics.sh --bootstrap-server {server} --alter --topic {spec.name} --partitions {spec.partitions}"
        )
    elif found.partitions > spec.partitions:
        wrong.append(
            f"it has {found.partitions} partitions and must have {spec.partitions}: Kafka cannot take partitions away, "
            f"delete it (with all its events): kafka-topics.sh --bootstrap-server {server} --delete --topic {spec.name}"
        )
    if settings.replication_factor is not None and found.replicas < settings.replication_factor:
        wrong.append(
            f"its partitions have {found.replicas} replicas and SOCLES_KAFKA_REPLICATION_FACTOR wants "
            f"{settings.replication_factor}: kafka-reassign-partitions.sh --bootstrap-server {server} --execute "
            "--reassignment-json-file … with more replicas, or lower the setting"
        )
    return wrong


def _config(spec: TopicSpec, found: Found, settings: KafkaSettings) -> list[str]:
    config = found.config
    wrong = []
    if config["cleanup.policy"] != spec.cleanup:
        wrong.append(_alter(spec, settings, "cleanup.policy", config["cleanup.policy"], spec.cleanup.value))
    if settings.check_retention and spec.cleanup is Cleanup.DELETE:
        for name, wanted in (("retention.ms", spec.retention_ms), ("retention.bytes", -1)):
            if config[name] != str(wanted):
                wrong.append(
                    _alter(spec, settings, name, config[name], str(wanted)) + " (or SOCLES_KAFKA_CHECK_RETENTION=false)"
                )
    least, insync = settings.min_insync_replicas or 1, int(config["min.insync.replicas"])
    if insync > found.replicas or insync < least:
        wrong.append(_alter(spec, settings, "min.insync.replicas", str(insync), str(min(least, found.replicas))))
    if int(config["max.message.bytes"]) < MAX_EVENT_BYTES:
        wrong.append(_alter(spec, settings, "max.message.bytes", config["max.message.bytes"], str(MAX_EVENT_BYTES)))
    return wrong


def _alter(spec: TopicSpec, settings: KafkaSettings, name: str, is_: str, must: str) -> str:
    return (
        f"{name} is {is_} and must be {must}: kafka-configs.sh --bootstrap-server {settings.bootstrap} --alter "
        f"--entity-type topics --entity-name {spec.name} --add-config {name}={must}"
    )


async def ensure_topics(admin: AIOKafkaAdminClient, settings: KafkaSettings) -> None:
    """Have all topics of the contract there and right. Any number of processes may do this at once.

    Raises :class:`TopicMismatch`, and ``KafkaError`` when the brokers cannot answer.
    """
    there = await _describe(admin)
    absent = [spec for spec in TOPICS.values() if spec.name not in there]
    if absent and not settings.create_topics:
        raise TopicMismatch(
            "\n".join(
                f"topic {spec.name} is not there and SOCLES_KAFKA_CREATE_TOPICS is off: kafka-topics.sh "
                f"--bootstrap-server {settings.bootstrap} --create --topic {spec.name} --partitions {spec.partitions} "
                + " ".join(f"--config {name}={value}" for name, value in config_of(spec, settings).items())
                for spec in absent
            )
        )
    if absent:
        await _create(admin, absent, settings)
        there = await _appeared(admin)
    wrong = [problem for name, found in there.items() for problem in mismatches(TOPICS[name], found, settings)]
    if wrong:
        raise TopicMismatch("\n".join(wrong))
    if len(there) < len(TOPICS):
        raise KafkaError(f"not there yet: {', '.join(sorted(TOPICS.keys() - there.keys()))}")


async def _describe(admin: AIOKafkaAdminClient) -> dict[str, Found]:
    """Those of our topics that exist."""
    # not by name: brokers that create topics by themselves would do it on being asked
    listed = [topic for topic in await admin.describe_topics() if topic["topic"] in TOPICS and topic["partitions"]]
    if not listed:
        return {}
    config = await _settings(admin, ConfigResourceType.TOPIC, [topic["topic"] for topic in listed], _CHECKED)
    return {
        topic["topic"]: Found(
            len(topic["partitions"]), min(len(part["replicas"]) for part in topic["partitions"]), config[topic["topic"]]
        )
        for topic in listed
    }


async def _appeared(admin: AIOKafkaAdminClient) -> dict[str, Found]:
    """Topics reach the brokers' metadata a moment after they were created."""
    there = await _describe(admin)
    for _ in range(APPEAR_TIMES):
        if len(there) == len(TOPICS):
            break
        await asyncio.sleep(APPEAR_SECONDS)
        there = await _describe(admin)
    return there


async def _create(admin: AIOKafkaAdminClient, absent: Sequence[TopicSpec], settings: KafkaSettings) -> None:
    replicas = settings.replication_factor or await _default_replicas(admin)
    wanted = [
        NewTopic(spec.name, spec.partitions, replicas, topic_configs=config_of(spec, settings)) for spec in absent
    ]
    response: Any = await admin.create_topics(wanted)
    for name, code, *rest in response.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:  # another process was quicker
            raise error(f"{name}: {rest[0] if rest and rest[0] else error.description}")


async def _default_replicas(admin: AIOKafkaAdminClient) -> int:
    """The brokers' own choice: this version of the request cannot leave it to them."""
    brokers = (await admin.describe_cluster())["brokers"]
    broker, name = str(brokers[0]["node_id"]), "default.replication.factor"
    return int((await _settings(admin, ConfigResourceType.BROKER, [broker], [name]))[broker][name])


async def _settings(
    admin: AIOKafkaAdminClient, kind: ConfigResourceType, resources: Sequence[str], names: Sequence[str]
) -> dict[str, dict[str, str]]:
    """The values of some settings of some topics or brokers."""
    found: dict[str, dict[str, str]] = {}
    responses: Any = await admin.describe_configs(
        [ConfigResource(kind, resource, dict.fromkeys(names, "")) for resource in resources]
    )
    for response in responses:
        for code, message, _, resource, entries in response.resources:
            if code:
                raise for_code(code)(message)
            found[resource] = {name: value for name, value, *_ in entries}
    return found
